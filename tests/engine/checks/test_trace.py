"""The trace condition: exact values by matrices, a fair size, the wrong way round seen."""

import numpy as np
import pytest
from scipy import stats

from engine.checks.trace import Trace, of_matrices, trace_test


def law(seed: int, size: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    """A normal map and a covariance with log-normal spectrum, turned by scipy's Haar rotation."""
    rng = np.random.default_rng(seed)
    turn = stats.special_ortho_group.rvs(size, random_state=seed)
    return (
        rng.standard_normal((size, size)),
        (turn * np.exp(rng.standard_normal(size))) @ turn.T,
        rng,
    )


def found(square: np.ndarray, cov: np.ndarray, rng: np.random.Generator) -> Trace:
    told = of_matrices(square, cov, rng, outputs=len(cov))
    assert isinstance(told, Trace)
    return told


def test_delta_is_the_formula_of_the_paper() -> None:
    """log τ(A Σ Aᵀ) - log τ(A Aᵀ) - log τ(Σ), τ over each matrix's own size."""
    a, cov, rng = law(1, 6)
    told = found(a.T @ a, cov, rng)
    taus = [np.trace(m) / len(m) for m in (a @ cov @ a.T, a @ a.T, cov)]
    assert told.delta == pytest.approx(np.log(taus[0]) - np.log(taus[1]) - np.log(taus[2]))
    assert told.low < told.delta < told.high


def test_a_round_input_gives_nothing() -> None:
    a, _, rng = law(2, 5)
    told = found(a.T @ a, 3.0 * np.eye(5), rng)
    assert told.delta == pytest.approx(0.0, abs=1e-12)
    assert told.p > 0.9


def test_sizes_of_both_directions() -> None:
    """25 pairs of 10 dimensions: forward at most 5 of p < .05 (chance .007), backward all."""
    forward = backward = 0
    for seed in range(25):
        a, cov, rng = law(seed, 10)
        back, out = np.linalg.inv(a), a @ cov @ a.T
        forward += found(a.T @ a, cov, rng).p < 0.05
        backward += found(back.T @ back, out, rng).p < 0.05
    assert forward <= 5
    assert backward == 25


def test_the_error_of_the_map_is_taken_off() -> None:
    """300 rows of an ill-conditioned input, noise as large as the signal: Δ is right on average."""
    a, _, rng = law(3, 4)
    cov = np.diag([10.0, 1.0, 0.1, 0.02])
    truth = np.log(np.trace(a @ cov @ a.T) / np.trace(a.T @ a) / np.trace(cov) * 4)
    deltas = []
    for _ in range(40):
        x = rng.standard_normal((300, 4)) * np.sqrt(np.diag(cov))
        y = x @ a.T + 0.5 * rng.standard_normal((300, 4))
        told = trace_test(x, y, rng)
        assert isinstance(told, Trace)
        deltas.append(told.delta)
    assert np.mean(deltas) == pytest.approx(truth, abs=0.1)


def test_what_cannot_be_tested_is_said() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 100, 3))
    assert "two columns" in str(trace_test(x[:, :1], y, rng))
    assert "too few" in str(trace_test(x[:12], y[:12], rng))
    assert "the same" in str(trace_test(np.hstack([x, x[:, :1]]), y, rng))

"""Balancing problems side by side: the exact solver's optimum, allowed weights, a certified gap."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from engine.errors import QueryError
from engine.frontier.balancing import Estimand, balance
from engine.frontier.kernels import Features, rbf
from engine.frontier.problems import Problems

ESTIMANDS = list(Estimand)


def problems(
    estimand: Estimand, seed: int = 0, n: int = 80, penalty: float = 1.0, *, weighted: bool = False
) -> Problems:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    treated = rng.random(n) < 1 / (1 + np.exp(-x[:, 0]))
    base = rng.gamma(2.0, 0.5, n) if weighted else np.ones(n)
    kernel, counts = rbf(torch.from_numpy(x)), torch.from_numpy(base / base.mean())
    return Problems(kernel, counts, torch.from_numpy(treated), estimand, penalty)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_many_steps_reach_the_exact_weights(estimand: Estimand, *, weighted: bool) -> None:
    one = problems(estimand, weighted=weighted)
    found = one.weights(one.stepped(one.equal(), 1500))
    exact = balance(estimand, Features(one.kernel, None), one.treated > 0, one.base)
    assert found.numpy() == pytest.approx(exact.weights.numpy(), abs=2e-4)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_the_gap_is_never_less_than_the_distance_to_the_optimum(estimand: Estimand) -> None:
    one = problems(estimand, 1)
    best = one.stepped(one.equal(), 1500)
    least = one.at(best).value
    size = (one.at(one.equal()).value - least).abs()
    for steps in (0, 3, 30):
        r = one.stepped(one.equal(), steps)
        over = one.at(r).value - least
        assert bool((one.gap(r) >= over - 1e-9 * size).all())
    assert bool((one.gap(best) <= 1e-4 * size).all())


def test_the_objective_is_that_of_the_docstring() -> None:
    """By the sums written out, and its least value by a general solver."""
    one = problems(Estimand.ATT, 2, n=30)
    treated = one.treated.numpy() > 0
    k, rows = one.kernel.numpy(), (~treated).nonzero()[0]
    aim = treated / treated.sum()

    def objective(w: np.ndarray) -> float:
        apart = -aim
        apart = apart.copy()
        apart[rows] += w
        return float(0.5 * apart @ k @ apart + 0.5 * w @ w)

    equal = np.full(len(rows), 1 / len(rows))
    assert float(one.at(one.equal()).value) == pytest.approx(objective(equal), rel=1e-12)
    found = minimize(
        objective,
        equal,
        method="SLSQP",
        bounds=[(0, 1)] * len(rows),
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    best = one.stepped(one.equal(), 800)
    assert float(one.at(best).value) == pytest.approx(float(found.fun), rel=1e-6)


@pytest.mark.parametrize("sharpness", [0.0, 8.0])
@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_projected_multipliers_fulfil_what_is_asked(estimand: Estimand, sharpness: float) -> None:
    one = problems(estimand, 3, weighted=True)
    rng = torch.Generator().manual_seed(0)
    y = 3 * torch.randn(one.sides.shape, generator=rng, dtype=torch.float64)
    r = one.project(y, sharpness)
    assert float(r.min()) >= 0
    if estimand is Estimand.OVERLAP:
        assert float(r.max()) <= 1
        assert float((one.sides * one.base * r).sum()) == pytest.approx(0.0, abs=1e-9)
    else:
        assert (one.shares * r).sum(1).numpy() == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_the_slope_of_a_projection_is_its_difference_quotient(estimand: Estimand) -> None:
    one = problems(estimand, 4, n=20)
    rng = torch.Generator().manual_seed(1)
    y = torch.randn(one.sides.shape, generator=rng, dtype=torch.float64)
    wanted = torch.randn(one.sides.shape, generator=rng, dtype=torch.float64)
    leaf = y.clone().requires_grad_(True)
    (slope,) = torch.autograd.grad((wanted * one.project(leaf, 8.0)).sum(), leaf)
    way = torch.randn(one.sides.shape, generator=rng, dtype=torch.float64)
    ahead, behind = (float((wanted * one.project(y + h * way, 8.0)).sum()) for h in (1e-5, -1e-5))
    assert float((slope * way).sum()) == pytest.approx((ahead - behind) / 2e-5, rel=1e-5)


def test_a_group_without_rows_is_refused() -> None:
    kernel, base = torch.eye(4).double(), torch.ones(4).double()
    with pytest.raises(QueryError, match="no rows"):
        Problems(kernel, base, torch.zeros(4, dtype=torch.bool), Estimand.ATE, 1.0)

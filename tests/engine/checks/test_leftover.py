"""HSIC of what is left over, and the smooth function behind it; scipy and closed forms."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from engine.checks.residual import Leftover, leftover_test
from engine.checks.smooth import Smooth, smooth


def checked(left: np.ndarray, causes: np.ndarray, seed: int = 0) -> Leftover:
    last = list(leftover_test(left, causes, np.random.default_rng(seed)))[-1]
    assert isinstance(last, Leftover)
    return last


def smoothed(columns: np.ndarray, y: np.ndarray) -> Smooth:
    last = list(smooth(columns, y))[-1]
    assert last is not None
    return last


def test_the_alignment_is_that_of_centred_kernels() -> None:
    """By the definition with scipy's distances: tr(KHLH) over both norms."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(80, 2))
    left = x[:, 0] ** 2 + rng.normal(size=80)
    kernels = []
    for side in (left[:, None], x):
        scaled = side / side.std(0)
        square = cdist(scaled, scaled, "sqeuclidean")
        width = np.median(square[np.triu_indices(80, 1)])
        middle = np.eye(80) - 1 / 80
        kernels.append(middle @ np.exp(-square / width) @ middle)
    by_hand = (kernels[0] * kernels[1]).sum() / np.sqrt(
        (kernels[0] ** 2).sum() * (kernels[1] ** 2).sum()
    )
    assert checked(left, x).alignment == pytest.approx(by_hand, rel=1e-9)


def test_a_size_that_depends_on_the_cause_is_seen_and_noise_alone_is_not() -> None:
    rng = np.random.default_rng(2)
    x, noise = rng.normal(size=(2, 250))
    assert checked(noise * (1 + 0.8 * np.tanh(x)), x[:, None]).p <= 0.01
    assert checked(noise, x[:, None]).p > 0.05


def test_chances_are_fair() -> None:
    """40 tables without dependence: at most 7 of p ≤ .05 (chance .002)."""
    rng = np.random.default_rng(3)
    found = [checked(rng.normal(size=40), rng.normal(size=(40, 1)), seed) for seed in range(40)]
    assert sum(one.p <= 0.05 for one in found) <= 7


def test_the_smooth_function_is_found() -> None:
    rng = np.random.default_rng(4)
    x = rng.uniform(-2, 2, (300, 1))
    y = np.sin(3 * x[:, 0]) + 0.1 * rng.normal(size=300)
    found = smoothed(x, y)
    there = np.linspace(-1.8, 1.8, 40)[:, None]
    assert np.abs(found(there) - np.sin(3 * there[:, 0])).max() < 0.12
    assert found.left.std() == pytest.approx(0.1, abs=0.012)

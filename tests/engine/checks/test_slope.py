"""The slope test: its statistic by integration, its sign, and what it leaves alone."""

import numpy as np
import pytest
from scipy import integrate

from engine.checks.slope import CELLS, at_cells, cells, matched, slope_test, turns


def test_the_statistic_is_a_covariance_along_the_range() -> None:
    """p(x) = 2x on 0 … 1 and f' = e^(2x): E_p[2x] - E_uniform[2x] = 4/3 - 1."""
    x = np.sqrt((np.arange(200_000) + 0.5) / 200_000)
    ends = np.linspace(0, 1, CELLS + 1)
    told = at_cells(x, ends, np.exp(2 * ends) / 2)
    by_hand = integrate.quad(lambda t: 2 * t * (2 * t - 1), 0, 1)[0]
    assert told.statistic == pytest.approx(by_hand, abs=0.01)
    assert told.statistic == pytest.approx(1 / 3, abs=0.01)


def test_backward_the_statistic_is_positive_without_noise() -> None:
    """Covariance of f' and log f' over a uniform cause: never negative (Janzing et al. 2012)."""
    rng = np.random.default_rng(1)
    for power in (0.5, 2.0, 3.0):
        x = rng.uniform(0.2, 1.0, 4_000)
        y = x**power
        assert slope_test(y, x, rng, rising=True).statistic > 0.02
        assert abs(slope_test(x, y, rng, rising=True).statistic) < 0.03


def test_falling_curves_are_the_same_curves() -> None:
    x = np.random.default_rng(2).uniform(0, 1, 2_000)
    y = np.exp(3 * x)
    up = slope_test(x, y, np.random.default_rng(3), rising=True)
    down = slope_test(x, -y, np.random.default_rng(3), rising=False)
    assert up.statistic == pytest.approx(down.statistic)
    assert 0 <= up.p <= 1


def test_ranks_are_matched_by_the_curve() -> None:
    x = np.random.default_rng(4).normal(size=20_000)
    ends = cells(x)
    assert matched(x, x**3, ends) == pytest.approx(ends**3, abs=0.15)
    assert turns(ends**2)
    assert not turns(ends**3)

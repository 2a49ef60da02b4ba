"""The normal law's intervals against quadrature and scipy."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from engine.mechanisms.normal import draw_between, log_interval, log_probability
from tests.oracles import tensor


def log_by_quadrature(low: float, high: float) -> float:
    """log ∫ φ, with the largest value of the integrand taken out first."""
    near = min(abs(low), abs(high)) if low * high > 0 else 0.0
    inner, _ = quad(lambda t: np.exp(0.5 * (near**2 - t**2)), low, high, epsabs=0, epsrel=1e-10)
    return float(np.log(inner) - 0.5 * near**2 - 0.5 * np.log(2 * np.pi))


@given(st.floats(-30, 30), st.floats(1e-5, 5))
def test_log_interval_is_the_integral(low: float, width: float) -> None:
    found = log_interval(tensor([low]), tensor([low + width]), tensor([width]))
    assert float(found) == pytest.approx(log_by_quadrature(low, low + width), abs=2e-4)


@pytest.mark.parametrize("middle", [0.0, 3.0, -12.0])
@pytest.mark.parametrize("width", [1e-4, 0.019, 0.021, 1.0])
def test_single_precision_is_good_enough_to_learn_from(middle: float, width: float) -> None:
    low, high = middle - width / 2, middle + width / 2
    found = log_interval(*(torch.tensor([v]) for v in (low, high, width)))
    assert float(found) == pytest.approx(log_by_quadrature(low, high), abs=2e-3)


def test_gradients_are_finite_everywhere() -> None:
    low = torch.linspace(-50, 50, 301).requires_grad_()
    for width in (1e-9, 1e-3, 1.0, 30.0):
        total = log_interval(low, low + width, torch.full_like(low, width)).sum()
        (gradient,) = torch.autograd.grad(total, low)
        assert bool(gradient.isfinite().all())


def test_gradients_are_finite_however_far() -> None:
    """In single precision: rows that are a million scales off must not stop the others."""
    far = torch.logspace(0, 12, 121)
    low = torch.cat((-far, far)).requires_grad_()
    for width in (1e-9, 1e-3, 1.0, 30.0, 1e6):
        total = log_interval(low, low + width, torch.full_like(low, width)).sum()
        total = total + log_probability(low).sum()
        (gradient,) = torch.autograd.grad(total, low)
        assert bool(gradient.isfinite().all())


def test_log_probability_follows_its_series_far_in_the_tail() -> None:
    """log Φ(z) = -z²/2 - log(-z √2π) + log(1 - 1/z² + 3/z⁴ - …); scipy's log_ndtr to compare."""
    z = -np.logspace(2, 6, 60)
    assert log_probability(tensor(z)).numpy() == pytest.approx(stats.norm.logcdf(z), rel=1e-11)


@pytest.mark.parametrize("edge", [-45.0, -300.0, -1e5])
def test_draws_deep_in_a_tail_stay_near_its_edge(edge: float) -> None:
    """ε < edge exceeds it by 1/|edge| on average (Mills), whatever the other end is."""
    for low, sign in ((-np.inf, 1), (-1e12, 1), (-np.inf, -1)):
        ends = sorted((sign * low, sign * edge))
        drawn = draw_between(
            *(tensor([end] * 4000) for end in ends), torch.Generator().manual_seed(0)
        )
        beyond = (edge - sign * drawn) * -edge
        assert float(beyond.mean()) == pytest.approx(1.0, abs=0.06)
        assert float(beyond.median()) == pytest.approx(np.log(2), abs=0.06)


@pytest.mark.parametrize(("low", "high"), [(-1.0, 0.5), (2.0, 3.0), (6.0, 6.5), (-np.inf, -2.0)])
def test_draws_between_follow_the_truncated_normal(low: float, high: float) -> None:
    rng = torch.Generator().manual_seed(0)
    drawn = draw_between(tensor([low] * 4000), tensor([high] * 4000), rng).numpy()
    assert low < drawn.min()
    assert drawn.max() < high
    assert stats.kstest(drawn, stats.truncnorm(low, high).cdf).pvalue > 0.01


def test_draws_stay_inside_where_the_probability_underflows() -> None:
    low, high = tensor([50.0, -60.0, -np.inf]), tensor([51.0, -59.0, -70.0])
    drawn = draw_between(low, high, torch.Generator().manual_seed(0))
    assert bool(((drawn > low) & (drawn < high)).all())

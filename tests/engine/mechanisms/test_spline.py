"""Splines with knots in the noise, against zuko's, numerical integration and their own inverse."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from engine.mechanisms.spline import (
    STEEPEST,
    Spline,
    knots,
    knots_below,
    shape_of_sample,
    spline_of,
)
from tests.oracles import tensor


def raw(seed: int, bins: int = 8, size: float = 1.0) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    return size * torch.randn(bins, generator=rng, dtype=torch.float64)


def test_zeros_give_the_identity() -> None:
    y = torch.linspace(-6, 6, 101, dtype=torch.float64)
    noise, log_slope = spline_of(torch.zeros(8)).forward(y)
    assert torch.allclose(noise, y, atol=1e-12)
    assert torch.allclose(log_slope, torch.zeros(()).double(), atol=1e-12)


def test_equals_the_spline_of_zuko_between_the_last_knots() -> None:
    transforms = pytest.importorskip("zuko.transforms", reason="zuko is a development oracle")
    spline, places = spline_of(raw(3)), knots(8)
    oracle = transforms.MonotonicRQSTransform(torch.zeros(8), torch.zeros(8), torch.zeros(7))
    oracle.horizontal, oracle.vertical, oracle.derivatives = places, spline.values, spline.slopes
    noise = torch.linspace(float(places[0]) + 1e-6, float(places[-1]) - 1e-6, 997).double()
    y, log_rise = oracle.call_and_ladj(noise)
    assert torch.allclose(spline.inverse(noise), y, atol=1e-10)
    back, log_slope = spline.forward(y)
    assert torch.allclose(back, noise, atol=1e-8)
    assert torch.allclose(log_slope, -log_rise, atol=1e-6)


@pytest.mark.parametrize("bins", [2, 4, 8, 14])
def test_a_look_at_the_table_counts_the_knots_below(bins: int) -> None:
    places = knots(bins).numpy()
    near = np.concatenate([places - 1e-9, places + 1e-9, np.linspace(-40, 40, 4002)])
    found = knots_below(tensor(np.append(near, [1e300, -np.inf])), bins).numpy()
    assert found.tolist() == [*np.searchsorted(places, near), bins + 1, 0]


def test_steep_beside_flat_loses_no_digits() -> None:
    """Slopes e⁻⁵ and e⁵ in turn: the formula of Gregory and Delbourgo, by exact fractions."""
    spline = spline_of(tensor([100.0, -100.0] * 4))
    places, at = [Fraction(float(k)) for k in knots(8)], tensor(np.linspace(-2.79, 2.79, 97))
    values, slopes = ([Fraction(float(v)) for v in t] for t in (spline.values, spline.slopes))
    for noise, found in zip(at.tolist(), spline.inverse(at).tolist(), strict=True):
        k = max(i for i, place in enumerate(places) if place <= noise)
        width, height = places[k + 1] - places[k], values[k + 1] - values[k]
        share, mean = (Fraction(noise) - places[k]) / width, height / width
        both = share * (1 - share)
        above = height * (mean * share**2 + slopes[k] * both)
        exact = values[k] + above / (mean + (slopes[k] + slopes[k + 1] - 2 * mean) * both)
        assert found == pytest.approx(float(exact), rel=1e-12, abs=1e-12)


@given(st.integers(0, 10_000), st.floats(-7, 7), st.floats(0.1, 4))
def test_forward_undoes_inverse(seed: int, noise: float, size: float) -> None:
    spline = spline_of(raw(seed, size=size))
    found, _ = spline.forward(spline.inverse(tensor([noise])))
    assert float(found) == pytest.approx(noise, abs=1e-6)


def test_slope_is_the_derivative_everywhere() -> None:
    spline = spline_of(raw(1))
    y = torch.linspace(-9, 9, 401, dtype=torch.float64)
    step = 1e-6
    rise = spline.forward(y + step)[0] - spline.forward(y - step)[0]
    assert torch.allclose(rise / (2 * step), spline.forward(y)[1].exp(), rtol=1e-3)


def test_the_density_it_makes_sums_to_one() -> None:
    spline = spline_of(raw(7))

    def density(y: float) -> float:
        noise, log_slope = spline.forward(tensor([y]))
        return float(torch.exp(log_slope - 0.5 * noise.square())) / np.sqrt(2 * np.pi)

    far = 8 * float(spline.slopes.max())
    edges = [-far, *spline.values.tolist(), far]
    total = sum(quad(density, a, b)[0] for a, b in zip(edges[:-1], edges[1:], strict=True))
    assert total == pytest.approx(1.0, abs=1e-6)


def test_one_spline_per_row_is_the_same_as_each_alone() -> None:
    both = torch.stack((raw(0), raw(1)), 1)
    noise = tensor([0.3, -2.9])
    rows = spline_of(both)
    alone = torch.cat([spline_of(both[:, i]).inverse(noise[i : i + 1]) for i in range(2)])
    assert torch.allclose(rows.inverse(noise), alone, atol=1e-12)
    assert torch.allclose(rows.forward(alone)[0], noise, atol=1e-9)


def test_no_slope_is_beyond_its_bound() -> None:
    spline = spline_of(raw(0, size=100.0))
    assert float(spline.slopes.log().abs().max()) <= STEEPEST + 1e-9


def test_quantiles_of_a_sample_give_its_law() -> None:
    """Of an exponential law, whose quantile function is known."""
    levels = tensor(stats.expon.ppf(stats.norm.cdf(knots(8).numpy())))
    spline = spline_of(shape_of_sample(levels))
    assert torch.allclose(spline.values.diff(), levels.diff(), rtol=1e-6)


@pytest.mark.parametrize("values", [[-4.0, 1.0, 0.0, 4.0, 5.0], [-4.0, 0.0, 4.0]])
def test_knots_that_do_not_rise_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="spline"):
        Spline(tensor(values), torch.ones(5).double())

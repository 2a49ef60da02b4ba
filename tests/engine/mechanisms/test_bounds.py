"""Warps of bounded numbers: inverse and slope by numbers, densities that integrate to one."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engine.data.variable import Kind, Variable
from engine.mechanisms.bounds import Warp
from engine.mechanisms.law import Grid, Law, grid_of
from tests.oracles import tensor

WARPS = [Warp(0.0, None, 0.5), Warp(None, 3.0, 2.0), Warp(0.0, 1.0, 0.1), Warp(-2.0, 5.0, 7.0)]


def inside(warp: Warp, count: int = 400) -> np.ndarray:
    low = -20.0 if warp.lower is None else warp.lower
    high = 20.0 if warp.upper is None else warp.upper
    share = (np.arange(count) + 0.5) / count
    return low + (high - low) * share


def test_a_lower_bound_alone_is_the_inverse_of_softplus() -> None:
    """w(x) = lower + s log(expm1((x - lower) / s))."""
    x = np.array([2.001, 2.5, 3.0, 9.0])
    found = Warp(2.0, None, 0.7).forward(tensor(x)).numpy()
    assert found == pytest.approx(2 + 0.7 * np.log(np.expm1((x - 2) / 0.7)), rel=1e-12)


@pytest.mark.parametrize("warp", WARPS)
def test_the_slope_is_the_derivative(warp: Warp) -> None:
    x, step = inside(warp, 40), 1e-6
    rise = warp.forward(tensor(x + step)) - warp.forward(tensor(x - step))
    assert warp.log_slope(tensor(x)).exp().numpy() == pytest.approx(
        rise.numpy() / (2 * step), rel=1e-4
    )


@pytest.mark.parametrize("warp", WARPS)
def test_far_from_bounds_it_changes_nothing(warp: Warp) -> None:
    x = inside(warp)
    away = np.minimum(
        x - (-np.inf if warp.lower is None else warp.lower),
        (np.inf if warp.upper is None else warp.upper) - x,
    )
    far = away > 20 * warp.softness
    assert warp.forward(tensor(x[far])).numpy() == pytest.approx(x[far], abs=1e-7 * warp.softness)


@settings(max_examples=60)
@given(
    st.floats(-1e6, 1e6),
    st.floats(1e-3, 1e6),
    st.floats(1e-3, 1.0),
    st.sampled_from(["lower", "upper", "both"]),
    st.lists(st.floats(1e-12, 1 - 1e-12), min_size=1, max_size=20),
)
def test_values_come_back(
    low: float, width: float, soft: float, sides: str, shares: list[float]
) -> None:
    """x → w(x) → x to the last digits, and every y gives a value strictly between the bounds."""
    high = low + width
    warp = Warp(low if sides != "upper" else None, high if sides != "lower" else None, soft * width)
    x = (low + width * tensor(shares)).clamp(
        math.nextafter(low, math.inf), math.nextafter(high, -math.inf)
    )
    back = warp.inverse(warp.forward(x))
    assert (back - x).abs().max() <= 1e-13 * max(abs(low), abs(high), 50 * soft * width)
    y = tensor([-1e300, -1e5 * width, low, 0.0, high, 1e5 * width, 1e300])
    found = warp.inverse(y.sort().values)
    assert not found.isnan().any()
    assert sides == "upper" or bool((found > low).all())
    assert sides == "lower" or bool((found < high).all())
    assert (found.diff() >= 0).all()


@pytest.mark.parametrize("ends", [(None, 1e12), (-1e12, None), (-1e12, 1e12), (-3e15, 1e12)])
@pytest.mark.parametrize("softness", [0.01, 4.0, 1e6])
def test_small_numbers_far_from_a_huge_bound_keep_their_digits(
    ends: tuple[float | None, float | None], softness: float
) -> None:
    """1e12 - 0.3 has four decimals: what is that far from a bound is not counted from it."""
    x = tensor(np.linspace(-3, 3, 101))
    warp = Warp(*ends, softness)
    assert warp.inverse(warp.forward(x)).numpy() == pytest.approx(x.numpy(), abs=1e-9)


@pytest.mark.parametrize("warp", WARPS)
def test_a_warped_normal_has_the_density_of_its_distribution_function(warp: Warp) -> None:
    """P(x ≤ c) = Φ((w(c) - m) / s): its differences are the integrals of the density."""
    x = np.sort(np.append(inside(warp, 8001), inside(warp, 8001)[:1] + 1e-4))
    middle, scale = tensor(np.full_like(x, 0.4)), tensor(np.full_like(x, 1.3))
    density = Law(Grid(), None, warp).log_prob(tensor(x), middle, scale).exp().numpy()
    rank = stats.norm.cdf((warp.forward(tensor(x)).numpy() - 0.4) / 1.3)
    whole = np.trapezoid(density[500:-500], x[500:-500])
    assert whole == pytest.approx(rank[-501] - rank[500], abs=1e-5)


def test_a_bound_itself_has_no_density() -> None:
    law = Law(Grid(), None, Warp(0.0, 1.0, 0.2))
    x, one = tensor([0.0, 1.0, 0.5]), torch.ones(3).double()
    found = law.log_prob(x, 0 * one, one)
    assert found[:2].tolist() == [-math.inf, -math.inf]
    assert math.isfinite(float(found[2]))


@pytest.mark.parametrize("warp", [None, Warp(0.0, 10.0, 3.0)])
def test_cells_between_bounds_sum_to_one(warp: Warp | None) -> None:
    law = Law(Grid(0.5, 0.0, 10.0), None, warp)
    x = tensor(np.arange(21) * 0.5)
    for middle, scale in ((5.0, 2.0), (-1.0, 4.0), (30.0, 2.0)):
        ends = tensor(np.full(21, middle)), tensor(np.full(21, scale))
        assert float(law.log_prob(x, *ends).exp().sum()) == pytest.approx(1.0, abs=1e-9)
        rng = torch.Generator().manual_seed(0)
        assert torch.equal(law.push(law.abduct(x, *ends, rng), *ends), x)


def test_rounded_variables_keep_to_their_bounds() -> None:
    assert grid_of(Variable("x", Kind.CONTINUOUS, step=0.1, lower=0.0)) == Grid(0.1, 0.0)
    assert grid_of(Variable("x", Kind.CONTINUOUS, step=0.5, lower=0.2, upper=3.9)) == Grid(
        0.5, 0.5, 3.5
    )
    assert grid_of(Variable("n", Kind.COUNT, step=1.0, upper=10.0)) == Grid(1.0, 0.0, 10.0)
    assert grid_of(Variable("x", Kind.CONTINUOUS, lower=0.0)) == Grid()


def test_a_variable_without_bounds_is_written_as_before() -> None:
    """Digests of tables and fit keys are made of this text."""
    text = "Variable(name='x', kind=<Kind.COUNT: 'count'>, unit='', categories=(), step=1.0)"
    assert repr(Variable("x", Kind.COUNT, step=1.0)) == text
    assert repr(Variable("x", Kind.COUNT, step=1.0, lower=0.0)) == text[:-1] + ", lower=0.0)"


def test_nonsense_is_refused() -> None:
    for parts in ((None, None, 1.0), (1.0, 1.0, 1.0), (0.0, None, 0.0), (0.0, None, math.nan)):
        with pytest.raises(ValueError, match="bound|softness"):
            Warp(*parts)
    with pytest.raises(ValueError, match="bound"):
        Variable("x", Kind.CONTINUOUS, lower=1.0, upper=0.0)

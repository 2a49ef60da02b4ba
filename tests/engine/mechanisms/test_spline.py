"""Rational-quadratic splines against zuko's, numerical integration, and their own inverse."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from engine.mechanisms.spline import BOUND, Spline, knots, raw_width, spline_of
from tests.oracles import tensor


def raw(seed: int, bins: int = 8, size: float = 2.0) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    return size * torch.randn(raw_width(bins), generator=rng, dtype=torch.float64)


def test_zeros_give_the_identity() -> None:
    x = torch.linspace(-6, 6, 101, dtype=torch.float64)
    y, log_slope = spline_of(torch.zeros(raw_width(8))).forward(x)
    assert torch.allclose(y, x, atol=1e-12)
    assert torch.allclose(log_slope, torch.zeros(()).double(), atol=1e-12)


def test_equals_the_spline_of_zuko() -> None:
    transforms = pytest.importorskip("zuko.transforms", reason="zuko is a development oracle")
    spline = spline_of(raw(3))
    oracle = transforms.MonotonicRQSTransform(
        torch.zeros(8), torch.zeros(8), torch.zeros(7), bound=BOUND
    )
    oracle.horizontal, oracle.vertical = spline.places, spline.values
    oracle.derivatives = spline.slopes
    x = torch.linspace(-6, 6, 997, dtype=torch.float64)
    y, log_slope = spline.forward(x)
    theirs, their_log_slope = oracle.call_and_ladj(x)
    assert torch.allclose(y, theirs, atol=1e-10)
    assert torch.allclose(log_slope, their_log_slope, atol=1e-9)
    assert torch.allclose(spline.inverse(y), oracle._inverse(y), atol=1e-9)


@given(st.integers(0, 10_000), st.floats(-7, 7), st.floats(0.1, 6))
def test_inverse_undoes_forward(seed: int, x: float, size: float) -> None:
    spline = spline_of(raw(seed, size=size))
    y, _ = spline.forward(tensor([x]))
    assert float(spline.inverse(y)) == pytest.approx(x, abs=1e-7)


def test_slope_is_the_derivative() -> None:
    spline = spline_of(raw(1))
    x = torch.linspace(-3.9, 3.9, 200, dtype=torch.float64)
    step = 1e-6
    rise = spline.forward(x + step)[0] - spline.forward(x - step)[0]
    assert torch.allclose(rise / (2 * step), spline.forward(x)[1].exp(), rtol=1e-4)


def test_the_density_it_makes_sums_to_one() -> None:
    spline = spline_of(raw(7))

    def density(x: float) -> float:
        noise, log_slope = spline.forward(tensor([x]))
        return float(torch.exp(log_slope - 0.5 * noise.square())) / np.sqrt(2 * np.pi)

    edges = [-9.0, *spline.places.tolist(), 9.0]
    total = sum(quad(density, a, b)[0] for a, b in zip(edges[:-1], edges[1:], strict=True))
    assert total == pytest.approx(1.0, abs=1e-7)


def test_no_slope_is_beyond_its_bound() -> None:
    places, values, slopes = knots(raw(0, size=50.0)[None])
    assert float((values.diff() / places.diff()).max()) <= 101
    assert float(slopes.min()) > 0


@pytest.mark.parametrize("values", [[-4.0, 1.0, 0.0, 4.0], [-4.0, 0.0, 4.0]])
def test_knots_that_do_not_rise_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="spline"):
        Spline(tensor([-4.0, -1.0, 1.0, 4.0]), tensor(values), torch.ones(4).double())

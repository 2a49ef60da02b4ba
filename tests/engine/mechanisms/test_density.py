"""The density of spline noise with its gradient by formula, and the units of a network."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import silu

from engine.mechanisms.density import spline_density
from engine.mechanisms.network import activated
from engine.mechanisms.spline import bent, curve, knots

SLOTS, ROWS = 3, 40


def drawn(width: int) -> tuple[Tensor, Tensor, Tensor]:
    """y, some beyond the outer knots, and the knots' values and slopes; one spline or one a row."""
    rng = np.random.default_rng(width)
    values, slopes = curve(bent(torch.from_numpy(rng.normal(size=(SLOTS, 8, width)))).exp())
    return torch.from_numpy(2.5 * rng.normal(size=(SLOTS, ROWS))), values, slopes


@pytest.mark.parametrize("width", [1, ROWS])
def test_the_gradient_is_that_of_finite_differences(width: int) -> None:
    parts = [part.detach().requires_grad_() for part in drawn(width)]
    assert torch.autograd.gradcheck(spline_density, parts, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("width", [1, ROWS])
def test_it_is_a_density(width: int) -> None:
    """Trapezia over ± 60 come to one, whatever the spline."""
    _, values, slopes = drawn(width)
    y = torch.linspace(-60, 60, 120_001, dtype=torch.float64)
    wide = values[:, :, :1], slopes[:, :, :1]
    mass = torch.trapezoid(spline_density(y.expand(SLOTS, -1), *wide).exp(), y)
    np.testing.assert_allclose(mass, 1.0, atol=1e-4)


def test_equal_slopes_leave_the_normal_law() -> None:
    places = knots(8)[None, :, None].expand(SLOTS, -1, -1)
    y = torch.linspace(-6, 6, ROWS, dtype=torch.float64).expand(SLOTS, -1)
    found = spline_density(y, 2 * places, torch.full_like(places, 2.0))
    expected = -0.5 * (y / 2) ** 2 - 0.5 * np.log(2 * np.pi) - np.log(2)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_half_of_the_units_are_tanh_and_half_silu() -> None:
    hidden = 2 * torch.randn(2, 6, 5, generator=torch.Generator().manual_seed(0)).double()
    expected = torch.cat((hidden[:, :3].tanh(), silu(hidden[:, 3:])), 1)
    np.testing.assert_allclose(activated(hidden), expected, atol=1e-14)
    assert torch.autograd.gradcheck(activated, [hidden.requires_grad_()])

"""Monotone rational-quadratic splines with identity tails (Durkan et al., NeurIPS 2019).

Within bin k, with ξ = (x - x_k) / w, s = h / w (w, h width and height of the bin) and slopes d at
the knots: y = y_k + h (s ξ² + d_k ξ(1-ξ)) / (s + (d_k + d_{k+1} - 2s) ξ(1-ξ)).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad, softmax, softplus

BOUND = 4.0  # the spline lives on [-BOUND, BOUND]; outside it is the identity
_SMALLEST_BIN = 0.01  # share of the range: bounds every slope, so that no spike shrinks for ever
_SMALLEST_SLOPE = 0.01
_BLOCK = 32
_SLOPE_ONE = math.log(math.expm1(1.0 - _SMALLEST_SLOPE))


def raw_width(bins: int) -> int:
    """How many free numbers a spline of `bins` bins has."""
    return 3 * bins - 1


def knots(raw: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Knot places, values and slopes, each (…, bins + 1), from free numbers (…, 3 bins - 1).

    Zeros give the identity.
    """
    bins = (raw.shape[-1] + 1) // 3
    widths, heights, slopes = torch.split(raw, [bins, bins, bins - 1], -1)
    slopes = pad(slopes, (0, -(bins - 1) % _BLOCK))  # whole vectors: the same bits in any company
    inner = softplus(slopes + _SLOPE_ONE)[..., : bins - 1] + _SMALLEST_SLOPE
    return _places(widths), _places(heights), pad(inner, (1, 1), value=1.0)


def rational_quadratic(x: Tensor, bin_of: Tensor) -> tuple[Tensor, Tensor]:
    """Value y and log dy/dx at x inside its bin; `bin_of` holds x_k, w, y_k, h, d_k, d_{k+1}."""
    left, width, bottom, height, slope, next_slope = bin_of
    share = (x - left) / width
    mean_slope = height / width
    both = share * (1 - share)
    below = mean_slope + (slope + next_slope - 2 * mean_slope) * both
    y = bottom + height * (mean_slope * share.square() + slope * both) / below
    above = next_slope * share.square() + 2 * mean_slope * both + slope * (1 - share).square()
    return y, 2 * mean_slope.log() + above.log() - 2 * below.log()


@dataclass(frozen=True, slots=True, eq=False)
class Spline:
    """T: ℝ → ℝ increasing, identity outside [-BOUND, BOUND]; knots (bins + 1,) float64."""

    places: Tensor
    values: Tensor
    slopes: Tensor

    def __post_init__(self) -> None:
        """Refuse knots that do not make an increasing function."""
        size = self.places.shape
        if len(size) != 1 or size[0] < 2 or size != self.values.shape or size != self.slopes.shape:
            raise ValueError("a spline's knots differ in number")
        rising = (self.places.diff() > 0).all() and (self.values.diff() > 0).all()
        if not (rising and (self.slopes > 0).all()):
            raise ValueError("a spline must rise")

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """T(x) and log T'(x)."""
        inside = (x > self.places[0]) & (x < self.places[-1])
        y, log_slope = rational_quadratic(x, self._bins(x, self.places))
        return torch.where(inside, y, x), torch.where(inside, log_slope, torch.zeros_like(x))

    def inverse(self, y: Tensor) -> Tensor:
        """T⁻¹(y), by the root of a quadratic that does not cancel (Durkan et al., eq. 6–8)."""
        left, width, bottom, height, slope, next_slope = self._bins(y, self.values)
        inside = (y > self.values[0]) & (y < self.values[-1])
        rise, mean_slope = y - bottom, height / width
        bend = rise * (slope + next_slope - 2 * mean_slope)
        a = height * (mean_slope - slope) + bend
        b = height * slope - bend
        c = -mean_slope * rise
        root = (b.square() - 4 * a * c).clamp(min=0).sqrt()
        return torch.where(inside, left + width * 2 * c / (-b - root), y)

    def _bins(self, at: Tensor, edges: Tensor) -> Tensor:
        k = torch.searchsorted(edges, at.contiguous(), right=True).sub_(1)
        k = k.clamp_(0, len(edges) - 2)
        table = torch.stack(
            (
                self.places[:-1],
                self.places.diff(),
                self.values[:-1],
                self.values.diff(),
                self.slopes[:-1],
                self.slopes[1:],
            )
        )
        return table[:, k]


def spline_of(raw: Tensor) -> Spline:
    """The spline of free numbers (3 bins - 1,)."""
    places, values, slopes = knots(raw.double())
    return Spline(places, values, slopes)


def _places(raw: Tensor) -> Tensor:
    """Increasing knots from -BOUND to BOUND, shape (…, bins + 1)."""
    bins = raw.shape[-1]
    shares = _SMALLEST_BIN + (1 - _SMALLEST_BIN * bins) * softmax(raw, -1)
    inner = 2 * BOUND * shares[..., :-1].cumsum(-1) - BOUND
    return pad(pad(inner, (1, 0), value=-BOUND), (0, 1), value=BOUND)

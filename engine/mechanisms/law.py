"""The law of a number: w(x) = location + scale · T⁻¹(ε), on the variable's grid."""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from engine.data.variable import Kind, Variable
from engine.mechanisms.bounds import Warp
from engine.mechanisms.normal import draw_between, log_density, log_interval
from engine.mechanisms.spline import Spline

_SLACK = 1e-9  # cells: a bound on the grid is not missed by rounding
_EDGE = 1e300
_SMALLEST = 2.0**-54  # half the step of even draws, which may be 0
_FINEST = 1e-15  # a step is at least so wide where it is one over a whole number


@dataclass(frozen=True, slots=True)
class Grid:
    """Possible values: multiples of `step` (None: a continuum), from `lowest` to `highest`.

    None: without end there. What would be beyond counts as the last value.
    """

    step: float | None = None
    lowest: float | None = None
    highest: float | None = None

    def __post_init__(self) -> None:
        """Refuse a step that is no grid."""
        if self.step is not None and self.step <= 0:
            raise ValueError("a grid needs a positive step")

    def round(self, x: Tensor) -> Tensor:
        """The nearest possible value, user units."""
        if self.step is not None:
            per_unit = round(1 / max(self.step, _FINEST))
            decimal = per_unit > 0 and abs(per_unit * self.step - 1) < 1e-9
            index = torch.round(x / self.step)
            x = index / per_unit if decimal else index * self.step  # 366 / 10 = 36.6, 366 · 0.1 not
        if self.lowest is None and self.highest is None:
            return x
        return x.clamp(self.lowest, self.highest)

    def edges(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The cell that rounds to x; it has no end at the lowest and at the highest value."""
        half = 0.5 * (self.step or 0.0)
        low, high = x - half, x + half
        if self.lowest is not None:
            low = torch.where(x <= self.lowest, -torch.inf, low)
        if self.highest is not None:
            high = torch.where(x >= self.highest, torch.inf, high)
        return low, high


def grid_of(variable: Variable) -> Grid:
    """The grid of a numeric variable; counts are whole and not negative, rounding stays in bounds.

    A continuum has no last value: there a warp keeps to the bounds.
    """
    step = variable.step
    if variable.kind is Kind.COUNT:
        step = step or 1.0
    if step is None:
        return Grid()
    lower = variable.lower
    if variable.kind is Kind.COUNT:
        lower = max(0.0, lower or 0.0)
    ends = (
        None if lower is None else math.ceil(lower / step - _SLACK),
        None if variable.upper is None else math.floor(variable.upper / step + _SLACK),
    )
    whole = Grid(step)
    low, high = (
        None if end is None else float(whole.round(torch.tensor(end * step, dtype=torch.float64)))
        for end in ends
    )
    return Grid(step, low, high)


@dataclass(frozen=True, slots=True)
class Law:
    """w(x) = location + scale · T⁻¹(ε), ε ~ N(0, 1), x rounded to `grid`.

    No spline: T is the identity; no warp: w is. All tensors (rows,) float64; x in user units,
    location and scale in the warp's, which are the user's far from its bounds. A mechanism whose
    noise changes its shape from row to row passes a `spline` of its own, one per row.
    """

    grid: Grid
    spline: Spline | None = None
    warp: Warp | None = None

    def log_prob(
        self, x: Tensor, location: Tensor, scale: Tensor, spline: Spline | None = None
    ) -> Tensor:
        """Log density per user unit, or log probability of the cell that rounds to x; nats."""
        noise, log_slope = self._noise((self._warped(x) - location) / scale, spline)
        log_slope = log_slope - scale.log()
        if self.warp is not None:
            log_slope = log_slope + self.warp.log_slope(x)
        if self.grid.step is None:
            density = log_density(noise) + log_slope
            return torch.where(noise.isinf(), -torch.inf, density)
        low, high = self.cell(x, location, scale, spline)
        slope = log_slope.exp() * self.grid.step
        slim = slope < 1e-6  # here a difference would lose its digits
        width = torch.where(slim, slope, high - low)
        inside = log_interval(low.clamp(min=-_EDGE), high.clamp(max=_EDGE), width.clamp(max=_EDGE))
        inside = torch.where(low.isinf(), torch.special.log_ndtr(high), inside)
        return torch.where(high.isinf(), torch.special.log_ndtr(-low), inside)

    def push(
        self, noise: Tensor, location: Tensor, scale: Tensor, spline: Spline | None = None
    ) -> Tensor:
        """The x that noise makes."""
        spline = spline or self.spline
        y = noise if spline is None else spline.inverse(noise)
        y = torch.addcmul(location, scale, y)
        return self.grid.round(y if self.warp is None else self.warp.inverse(y))

    def abduct(
        self,
        x: Tensor,
        location: Tensor,
        scale: Tensor,
        rng: Generator,
        spline: Spline | None = None,
    ) -> Tensor:
        """The noise that gives x; within a cell, a draw from the noise's law there."""
        low, high = self.cell(x, location, scale, spline)
        return low if high is low else draw_between(low, high, rng)

    def cell(
        self, x: Tensor, location: Tensor, scale: Tensor, spline: Spline | None = None
    ) -> tuple[Tensor, Tensor]:
        """Between which noise x is what comes out; on a continuum one tensor twice."""
        if self.grid.step is None:
            noise = self._noise((self._warped(x) - location) / scale, spline)[0]
            return noise, noise
        low, high = (
            self._noise((self._warped(edge) - location) / scale, spline)[0]
            for edge in self.grid.edges(x)
        )
        return low, high

    def _warped(self, x: Tensor) -> Tensor:
        return x if self.warp is None else self.warp.forward(x)

    def _noise(self, y: Tensor, spline: Spline | None) -> tuple[Tensor, Tensor]:
        spline = spline or self.spline
        return (y, torch.zeros_like(y)) if spline is None else spline.forward(y)


def normal_noise(count: int, rng: Generator) -> Tensor:
    """`count` draws of ε ~ N(0, 1), float64 of float32 draws, in a third of the time."""
    return torch.randn(count, generator=rng).double()

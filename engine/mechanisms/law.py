"""The law of a number: x = location + scale · T⁻¹(ε), on the variable's grid."""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from engine.data.variable import Kind, Variable
from engine.mechanisms.normal import draw_between, log_density, log_interval
from engine.mechanisms.spline import Spline


@dataclass(frozen=True, slots=True)
class Grid:
    """Possible values: multiples of `step` (None: a continuum), from `lowest` on (None: any)."""

    step: float | None = None
    lowest: float | None = None

    def __post_init__(self) -> None:
        """Refuse a step that is no grid."""
        if self.step is not None and self.step <= 0:
            raise ValueError("a grid needs a positive step")

    def round(self, x: Tensor) -> Tensor:
        """The nearest possible value, user units."""
        if self.step is not None:
            per_unit = round(1 / self.step)
            decimal = per_unit > 0 and abs(per_unit * self.step - 1) < 1e-9
            index = torch.round(x / self.step)
            x = index / per_unit if decimal else index * self.step  # 366 / 10 = 36.6, 366 · 0.1 not
        return x if self.lowest is None else x.clamp(min=self.lowest)

    def edges(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The cell that rounds to x; its lower edge is -∞ at the lowest value."""
        half = 0.5 * (self.step or 0.0)
        low = x - half
        if self.lowest is not None:
            low = torch.where(x <= self.lowest, -torch.inf, low)
        return low, x + half


def grid_of(variable: Variable) -> Grid:
    """The grid of a numeric variable; counts are whole and not negative."""
    if variable.kind is Kind.COUNT:
        return Grid(variable.step or 1.0, 0.0)
    return Grid(variable.step)


@dataclass(frozen=True, slots=True)
class Law:
    """x = location + scale · T⁻¹(ε), ε ~ N(0, 1), rounded to `grid`; no spline: T is the identity.

    All tensors (rows,) float64; location, scale and x in user units.
    """

    grid: Grid
    spline: Spline | None = None

    def log_prob(self, x: Tensor, location: Tensor, scale: Tensor) -> Tensor:
        """Log density per user unit, or log probability of the cell that rounds to x; nats."""
        noise, log_slope = self._noise((x - location) / scale)
        if self.grid.step is None:
            return log_density(noise) + log_slope - scale.log()
        low, high = (self._noise((edge - location) / scale)[0] for edge in self.grid.edges(x))
        slim = self.grid.step / scale < 1e-6  # here a difference would lose its digits
        width = torch.where(slim, log_slope.exp() * self.grid.step / scale, high - low)
        return torch.where(
            torch.isinf(low),
            torch.special.log_ndtr(high),
            log_interval(low.clamp(min=-1e300), high, width.clamp(max=1e300)),
        )

    def push(self, noise: Tensor, location: Tensor, scale: Tensor) -> Tensor:
        """The x that noise makes."""
        y = noise if self.spline is None else self.spline.inverse(noise)
        return self.grid.round(location + scale * y)

    def abduct(self, x: Tensor, location: Tensor, scale: Tensor, rng: Generator) -> Tensor:
        """The noise that gives x; within a cell, a draw from the noise's law there."""
        if self.grid.step is None:
            return self._noise((x - location) / scale)[0]
        low, high = (self._noise((edge - location) / scale)[0] for edge in self.grid.edges(x))
        return draw_between(low, high, rng)

    def _noise(self, y: Tensor) -> tuple[Tensor, Tensor]:
        return (y, torch.zeros_like(y)) if self.spline is None else self.spline.forward(y)


def normal_noise(count: int, rng: Generator) -> Tensor:
    """`count` draws of ε ~ N(0, 1), float64."""
    return torch.randn(count, generator=rng, dtype=torch.float64)

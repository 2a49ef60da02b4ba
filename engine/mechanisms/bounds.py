"""Bounded numbers: a smooth rising warp of what is possible onto the whole line, and back.

w(x) = x + s [log(1 - exp(-(x - lower) / s)) - log(1 - exp(-(upper - x) / s))], without the term of
a bound that there is not. Further than a few s from a bound it is the identity, close to one it is
a logarithm. Its inverse is in closed form too:
x = lower + s [softplus((y - lower) / s) - softplus((y - upper) / s)].
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

_FAR = 1e300  # stands for a distance to a bound that there is not
_LEAST = 1e-300


@dataclass(frozen=True, slots=True)
class Warp:
    """w: (lower, upper) → ℝ; bounds, softness s and both sides in user units, float64."""

    lower: float | None
    upper: float | None
    softness: float

    def __post_init__(self) -> None:
        """Refuse what leaves no room."""
        if self.lower is None and self.upper is None:
            raise ValueError("a warp needs a bound")
        if self.lower is not None and self.upper is not None and not self.lower < self.upper:
            raise ValueError("the bounds leave nothing between them")
        if not self.softness > 0:
            raise ValueError("a softness must be positive")

    def forward(self, x: Tensor) -> Tensor:
        """w(x); -∞ at the lower bound and below, ∞ at the upper one and above."""
        above, below = self._distances(x)
        y = x + self.softness * (_log_share(above) - _log_share(below))
        if self.lower is not None:
            y = torch.where(x <= self.lower, -torch.inf, y)
        return y if self.upper is None else torch.where(x >= self.upper, torch.inf, y)

    def log_slope(self, x: Tensor) -> Tensor:
        """Log w'(x)."""
        above, below = self._distances(x)
        above, below = above.clamp(min=_LEAST), below.clamp(min=_LEAST)
        return torch.log1p(1 / torch.expm1(above) + 1 / torch.expm1(below))

    def inverse(self, y: Tensor) -> Tensor:
        """The x strictly between the bounds with w(x) = y, counted from the nearer bound."""
        if self.lower is None:
            assert self.upper is not None
            return self._inside(self._below(y, self._up(y)))
        up = (y - self.lower) / self.softness
        if self.upper is None:
            return self._inside(self._above(y, up))
        room = math.log(-math.expm1(-(self.upper - self.lower) / self.softness))
        down = self._up(y)
        from_below = self._above(y, up, room - _softplus(-down))
        from_above = self._below(y, down, room - _softplus(-up))
        return self._inside(torch.where(up < down, from_below, from_above))

    def _above(self, y: Tensor, up: Tensor, more: Tensor | float = 0.0) -> Tensor:
        """lower + s softplus(up + more), y = lower + s up; far from the bound counted from y."""
        assert self.lower is not None
        at = up + more
        beyond = self.softness * (more + _tail(at))
        return torch.where(at > 0, y + beyond, self.lower + self.softness * _softplus(at))

    def _below(self, y: Tensor, down: Tensor, more: Tensor | float = 0.0) -> Tensor:
        """upper - s softplus(down + more), y = upper - s down; far from the bound from y."""
        assert self.upper is not None
        at = down + more
        beyond = self.softness * (more + _tail(at))
        return torch.where(at > 0, y - beyond, self.upper - self.softness * _softplus(at))

    def _up(self, y: Tensor) -> Tensor:
        assert self.upper is not None
        return (self.upper - y) / self.softness

    def _distances(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """How far x is from each bound, in units of the softness; (rows,) each."""
        far = torch.full_like(x, _FAR)
        above = far if self.lower is None else (x - self.lower) / self.softness
        below = far if self.upper is None else (self.upper - x) / self.softness
        return above, below

    def _inside(self, x: Tensor) -> Tensor:
        """Not rounded onto a bound: that value would be impossible."""
        low = -math.inf if self.lower is None else math.nextafter(self.lower, math.inf)
        high = math.inf if self.upper is None else math.nextafter(self.upper, -math.inf)
        return x.clamp(low, high)


def _log_share(distance: Tensor) -> Tensor:
    """log(1 - e^-d), for d > 0."""
    return torch.log(-torch.expm1(-distance.clamp(min=_LEAST)))


def _softplus(z: Tensor) -> Tensor:
    """log(1 + e^z), exact in both tails (torch's own is the identity beyond 20)."""
    return z.clamp(min=0) + _tail(z)


def _tail(z: Tensor) -> Tensor:
    """log(1 + e^-|z|): what softplus adds to max(z, 0)."""
    return torch.log1p(torch.exp(-z.abs()))

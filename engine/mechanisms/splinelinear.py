"""A line with noise of any shape: x = β₀ + β·z(parents) + s · Q(ε), Q a monotone spline."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from engine.mechanisms.law import Law, normal_noise
from engine.mechanisms.linear import Linear


@dataclass(frozen=True, slots=True, eq=False)
class SplineLinear:
    """x = line(parents) + shift + scale · Q(ε), on the grid; shift and scale in user units.

    The line is that of least squares, which is consistent whatever the noise; without parents it is
    the mean, and the law is that of a variable on its own.
    """

    family: ClassVar[str] = "spline-linear"
    approximate: ClassVar[bool] = False

    line: Linear
    law: Law
    shift: float
    scale: float

    def __post_init__(self) -> None:
        """Refuse a scale that is none."""
        if not self.scale > 0:
            raise ValueError("a scale must be positive")

    def location(self, parents: Tensor) -> Tensor:
        """Where the middle of the noise lies, shape (rows,), user units."""
        return self.line.location(parents) + self.shift

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        """Nats per row (rows,), density or cell probability in user units."""
        location = self.location(parents)
        return self.law.log_prob(x, location, self._scale(location))

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        """The x that noise (rows,) makes."""
        location = self.location(parents)
        return self.law.push(noise, location, self._scale(location))

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        """Noise from x (rows,)."""
        location = self.location(parents)
        return self.law.abduct(x, location, self._scale(location), rng)

    def noise(self, count: int, rng: Generator) -> Tensor:
        """`count` draws of ε."""
        return normal_noise(count, rng)

    def _scale(self, location: Tensor) -> Tensor:
        return torch.full_like(location, self.scale)

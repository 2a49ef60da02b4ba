"""Additive noise: x = m(parents) + s · Q(ε), m a line plus a network, Q a monotone spline."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from engine.mechanisms.law import Law, normal_noise
from engine.mechanisms.linear import Linear
from engine.mechanisms.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Additive:
    """x = line(parents) + unit · network(z) + scale · Q(ε), on the grid.

    The network corrects the closed-form line in units of the line's residual sd (`unit`, user
    units). `scale` is in user units.
    """

    family: ClassVar[str] = "additive"
    approximate: ClassVar[bool] = False

    line: Linear
    law: Law
    network: Network
    unit: float
    scale: float

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        if not (self.unit > 0 and self.scale > 0):
            raise ValueError("a scale must be positive")
        if self.network.width != self.line.encoder.width or self.network.outputs < 1:
            raise ValueError("the network does not fit the line")

    def location(self, parents: Tensor) -> Tensor:
        """m(parents), shape (rows,), user units."""
        z = self.line.encoder(parents)
        return self.line.at(z).add_(self.network.outcome(z)[0].double(), alpha=self.unit)

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

"""Conditional flow: x = m(parents) + s(parents) · Q(ε; parents), Q a monotone spline per row."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from engine.mechanisms.law import Law, normal_noise
from engine.mechanisms.linear import Linear
from engine.mechanisms.locationscale import bounded
from engine.mechanisms.network import Network
from engine.mechanisms.spline import Spline, bent, curve

LEAN = 2.0  # parents change a bin's log slope by at most ± LEAN


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """x = line + unit · n₀ + unit · (floor + exp(bounded(n₁) + log_scale)) · Q(ε; z), on the grid.

    n = network(z), (rows, 2 + bins). Q is the spline whose bins have the log mean slopes
    `shape` + L tanh(n₂… / L): the shape of the noise changes with the parents, not only its place
    and size. `unit` is the line's residual sd in user units, `floor` the smallest scale in that
    unit; the exponent stays within what the rows learnt from showed.
    """

    family: ClassVar[str] = "flow"
    approximate: ClassVar[bool] = False

    line: Linear
    law: Law
    network: Network
    unit: float
    floor: float
    log_scale: float
    lowest: float
    highest: float
    shape: Tensor

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        if not (self.unit > 0 and self.floor > 0 and self.lowest <= self.highest):
            raise ValueError("a scale must be positive")
        if self.network.width != self.line.encoder.width:
            raise ValueError("the network does not fit the line")
        if self.shape.ndim != 1 or self.network.outputs != 2 + len(self.shape):
            raise ValueError("the network does not fit the spline")

    def pieces(self, parents: Tensor) -> tuple[Tensor, Tensor, Spline]:
        """m(parents) and s(parents), each (rows,), user units, and the rows' splines."""
        out = self.network(self.line.encoder(parents)).T
        location = self.line.location(parents) + self.unit * out[0]
        exponent = (bounded(out[1]) + self.log_scale).clamp(self.lowest, self.highest)
        log_slopes = bent(self.shape[:, None] + leaning(out[2:]))
        return location, self.unit * (self.floor + exponent.exp()), Spline(*curve(log_slopes))

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        """Nats per row (rows,), density or cell probability in user units."""
        location, scale, spline = self.pieces(parents)
        return self.law.log_prob(x, location, scale, spline)

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        """The x that noise (rows,) makes."""
        location, scale, spline = self.pieces(parents)
        return self.law.push(noise, location, scale, spline)

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        """Noise from x (rows,)."""
        location, scale, spline = self.pieces(parents)
        return self.law.abduct(x, location, scale, rng, spline)

    def noise(self, count: int, rng: Generator) -> Tensor:
        """`count` draws of ε."""
        return normal_noise(count, rng)


def leaning(raw: Tensor) -> Tensor:
    """L tanh(raw / L)."""
    return LEAN * torch.tanh(raw / LEAN)

"""Conditional flow: x = m(parents) + s(parents) · Q(ε; parents), Q a monotone spline per row."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import torch
from torch import Generator, Tensor

from engine.mechanisms.law import Law, normal_noise
from engine.mechanisms.linear import Linear
from engine.mechanisms.locationscale import share_of_unit
from engine.mechanisms.network import Network
from engine.mechanisms.spline import Spline, bent, curve, within

MODES = 3  # ways in which parents change the noise's shape: skew, tails, and skew of the tails
_LEAN = 2.0  # each by at most ± _LEAN in log slopes


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """x = line + unit · n₀ + unit · (floor + exp(bounded(n₁) + log_scale)) · Q(ε; z), on the grid.

    n = network(z), (rows, 2 + MODES). Q is the spline whose bin k has the log mean slope
    shape_k + Σ_j L tanh(n_{1+j} / L) P_j(k), P_j the Legendre polynomials of degree j = 1 … MODES:
    the shape of the noise changes with the parents, not only its place and size. `unit` is the
    line's residual sd in user units, `floor` the smallest scale in that unit; the exponent stays
    within what the rows learnt from showed.
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
        if self.shape.ndim != 1 or self.network.outputs != 2 + MODES:
            raise ValueError("the network does not fit the spline")

    def pieces(self, parents: Tensor) -> tuple[Tensor, Tensor, Spline]:
        """m(parents) and s(parents), each (rows,), user units, and the rows' splines."""
        z = self.line.encoder(parents)
        out = self.network.outcome(z)
        location = self.line.at(z).add_(out[0].double(), alpha=self.unit)
        log_slopes = bent(self.shape.float()[:, None] + leaning(out[2:], len(self.shape)))
        share = share_of_unit(out[1], self.log_scale, self.lowest, self.highest)
        scale = share.add_(self.floor).mul_(self.unit)
        return location, scale, Spline(*curve(log_slopes.exp()))

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


def leaning(raw: Tensor, bins: int) -> Tensor:
    """Σ_j L tanh(raw_j / L) P_j(k), shape (…, bins, rows), of outputs (…, MODES, rows)."""
    basis = _legendre(bins).to(raw)
    return basis @ within(raw, _LEAN)


@lru_cache(maxsize=16)
def _legendre(bins: int) -> Tensor:
    """P_1 … P_MODES at the bins, evenly spread over (-1, 1); shape (bins, MODES)."""
    at = (torch.arange(bins, dtype=torch.float64) + 0.5) * 2 / bins - 1
    return torch.stack((at, (3 * at**2 - 1) / 2, (5 * at**3 - 3 * at) / 2), 1)

"""Location-scale: x = m(parents) + s(parents) · Q(ε), m a line plus a network, Q a spline."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Generator, Tensor

from engine.mechanisms.law import Law, normal_noise
from engine.mechanisms.linear import Linear
from engine.mechanisms.network import Network
from engine.mechanisms.spline import within

RANGE = 6.0  # log-scales stay within ± RANGE of their middle, also far outside the data


@dataclass(frozen=True, slots=True, eq=False)
class LocationScale:
    """x = line + unit · n₀ + unit · (floor + exp(bounded(n₁) + log_scale)) · Q(ε), on the grid.

    n = network(z), (rows, 2); bounded(r) = R tanh(r / R). `unit` is the line's residual sd in user
    units, `floor` the smallest scale in that unit. The exponent stays between `lowest` and
    `highest`, what the rows learnt from showed: noise does not grow for ever outside the data.
    """

    family: ClassVar[str] = "location-scale"
    approximate: ClassVar[bool] = False

    line: Linear
    law: Law
    network: Network
    unit: float
    floor: float
    log_scale: float
    lowest: float
    highest: float

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        if not (self.unit > 0 and self.floor > 0 and self.lowest <= self.highest):
            raise ValueError("a scale must be positive")
        if self.network.width != self.line.encoder.width or self.network.outputs != 2:
            raise ValueError("the network does not fit the line")

    def location_scale(self, parents: Tensor) -> tuple[Tensor, Tensor]:
        """m(parents) and s(parents), each (rows,), user units."""
        z = self.line.encoder(parents)
        out = self.network.outcome(z)
        location = self.line.at(z).add_(out[0].double(), alpha=self.unit)
        share = share_of_unit(out[1], self.log_scale, self.lowest, self.highest)
        return location, share.add_(self.floor).mul_(self.unit)

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        """Nats per row (rows,), density or cell probability in user units."""
        return self.law.log_prob(x, *self.location_scale(parents))

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        """The x that noise (rows,) makes."""
        return self.law.push(noise, *self.location_scale(parents))

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        """Noise from x (rows,)."""
        return self.law.abduct(x, *self.location_scale(parents), rng)

    def noise(self, count: int, rng: Generator) -> Tensor:
        """`count` draws of ε."""
        return normal_noise(count, rng)


def share_of_unit(raw: Tensor, log_scale: float, lowest: float, highest: float) -> Tensor:
    """exp(bounded(raw) + log_scale), the exponent between `lowest` and `highest`; float64.

    `raw` is float32, and so is the exponent: it has no more digits than the network gave.
    """
    exponent = within(raw, RANGE).add_(log_scale).clamp_(lowest, highest)
    return exponent.exp_().double()


def bounded(raw: Tensor) -> Tensor:
    """R tanh(raw / R): the identity near 0, never beyond ± R."""
    return (raw / RANGE).tanh().mul(RANGE)

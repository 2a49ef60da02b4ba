"""Linear-Gaussian mechanism, x = β₀ + β·z(parents) + σ ε, in closed form."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from engine.mechanisms.encoding import Encoder
from engine.mechanisms.interactions import Pair
from engine.mechanisms.law import Law, normal_noise

FLOOR = 1e-3  # smallest noise scale, in sds of the variable
_RIDGE = 1e-10  # against the Gram's mean diagonal: splits perfectly collinear parents evenly


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """x = β₀ + β·z + σ ε, z the encoded parents (width,), ε ~ N(0, 1), on the variable's grid.

    After the columns of z come the products of the `pairs` of them: slopes that differ by group,
    held near zero by `precisions`, in rows' worth.
    """

    family: ClassVar[str] = "linear"
    approximate: ClassVar[bool] = False

    encoder: Encoder
    law: Law
    intercept: float
    slopes: Tensor
    scale: float
    pairs: tuple[Pair, ...] = ()
    precisions: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        width = self.encoder.width
        if self.slopes.shape != (width + len(self.pairs),) or not self.scale > 0:
            raise ValueError("a line's parts do not fit together")
        if any(len(pair) != 2 or not 0 <= min(pair) <= max(pair) < width for pair in self.pairs):
            raise ValueError("a line's products are of columns that it does not have")
        if len(self.precisions) != len(self.pairs) or not all(p > 0 for p in self.precisions):
            raise ValueError("a line's products are not all held")

    def location(self, parents: Tensor) -> Tensor:
        """β₀ + β·z, shape (rows,), user units."""
        return self.at(self.encoder(parents))

    def at(self, z: Tensor) -> Tensor:
        """β₀ + β·z of encoded parents (rows, width), user units."""
        width = self.encoder.width
        location = torch.mv(z, self.slopes[:width]).add_(self.intercept)
        if not self.pairs:
            return location
        places = torch.tensor(self.pairs).T
        across = torch.zeros(width, width, dtype=torch.float64)
        across[places[0], places[1]] = self.slopes[width:]
        return location.add_((z @ across).mul_(z).sum(1))

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


def least_squares(
    design: Tensor, x: Tensor, weights: Tensor, precisions: Tensor | None = None
) -> tuple[Tensor, float]:
    """Coefficients (1 + width,), intercept first, and residual sd of weighted least squares.

    `design` (rows, width), `x` (rows,) and `weights` (rows,) are float64; x of order one. Rows of
    weight 0 count for nothing. `precisions` (width,) hold coefficients near zero. With fewer rows
    than twice the unknowns left free one pseudo-row of ridge per coefficient keeps the line from
    going through every point.
    """
    rows = float(weights.sum())
    columns = torch.cat((torch.ones(len(design), 1, dtype=torch.float64), design), 1)
    weighted = columns * weights[:, None]
    gram, target = columns.T @ weighted, weighted.T @ x
    held = torch.full((len(gram),), _RIDGE * rows, dtype=torch.float64)
    if precisions is not None:
        held[1:] += precisions
    unknowns = _taken(gram, held)
    if rows < 2 * unknowns:
        held[1:] = held[1:].clamp(min=1.0)
    coefficients = torch.linalg.solve(gram + held.diag(), target)
    residual = x - columns @ coefficients
    free = max(rows - unknowns, 1.0)
    return coefficients, float((weights * residual.square()).sum() / free) ** 0.5


def _taken(gram: Tensor, held: Tensor) -> float:
    """Unknowns that are estimated, as many rows as they take: less than one where held."""
    loose = float((held < 1e-3).sum())
    if loose == len(gram):
        return loose
    inverse = torch.linalg.inv(gram + held.diag())
    return len(gram) - float((held * inverse.diagonal()).sum())

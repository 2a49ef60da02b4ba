"""Parents as a network sees them: numbers standardised, categories as 0/1 columns."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from engine.data.table import Table

_SOFT = 3.0


@dataclass(frozen=True, slots=True)
class Encoder:
    """Raw parents (rows, given) in user units → (rows, width) float64 of order one.

    `levels` per parent: 0 for a number, standardised by `means` and `scales`; k for one of k
    categories, k - 1 columns (category 0 is the reference).
    """

    means: tuple[float, ...] = ()
    scales: tuple[float, ...] = ()
    levels: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        if not len(self.means) == len(self.scales) == len(self.levels):
            raise ValueError("an encoder's parts differ in length")
        if min(self.scales, default=1.0) <= 0 or min(self.levels, default=0) < 0:
            raise ValueError("an encoder needs positive scales")

    @property
    def width(self) -> int:
        """Number of encoded columns."""
        return sum(self.widths)

    @property
    def widths(self) -> tuple[int, ...]:
        """Encoded columns per parent."""
        return tuple(1 if k == 0 else k - 1 for k in self.levels)

    def __call__(self, parents: Tensor) -> Tensor:
        """Encoded parents, shape (rows, width)."""
        if not any(self.levels):
            return (parents - _constants(self.means)).div_(_constants(self.scales))
        parts = []
        for i, k in enumerate(self.levels):
            column = parents[:, i : i + 1]
            if k == 0:
                parts.append((column - self.means[i]) / self.scales[i])
            else:
                parts.append((column == torch.arange(1, k)).double())
        return torch.cat(parts, 1)


def softened(z: Tensor) -> Tensor:
    """Encoded columns as a network sees them: z within ± 3, beyond it 3 + log(1 + |z| - 3).

    Far values of a heavy tail, and interventions far outside the data, then move it only a little.
    """
    within = z.clamp(-_SOFT, _SOFT)
    beyond = z - within
    return within.add_(beyond.abs().log1p_().copysign_(beyond))


@lru_cache(maxsize=1024)
def _constants(numbers: tuple[float, ...]) -> Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


def encoder_of(table: Table, names: tuple[str, ...]) -> Encoder:
    """The encoder of the columns `names`, each scaled by its own values alone."""
    spreads = [(0.0, 1.0) if table.variable(n).discrete else bulk(table[n]) for n in names]
    return Encoder(
        tuple(mean for mean, _ in spreads),
        tuple(sd if sd > 0 else 1.0 for _, sd in spreads),
        tuple(
            len(table.variable(n).categories) if table.variable(n).discrete else 0 for n in names
        ),
    )


def bulk(column: np.ndarray) -> tuple[float, float]:
    """Mean, and the sd that a normal law with the same 5 % to 95 % range has, if it is smaller."""
    mean, sd = spread(column)
    if sd == 0:
        return mean, sd
    low, high = np.nanquantile(column, [0.05, 0.95])
    narrow = float(high - low) / 3.29
    return mean, min(sd, narrow) if narrow > 1e-3 * sd else sd


def spread(column: np.ndarray) -> tuple[float, float]:
    """Mean and sd of the values that are there, user units; (0, 0) if there are none."""
    values = column[~np.isnan(column)]
    if not len(values):
        return 0.0, 0.0
    largest = float(np.abs(values).max())
    if largest == 0 or float(np.ptp(values / largest)) < 1e-12:
        return float(values[0]), 0.0
    scaled = values / largest
    mean, sd = float(scaled.mean()) * largest, float(scaled.std()) * largest
    return (mean, sd) if math.isfinite(mean) and sd > 0 else (float(values[0]), 0.0)

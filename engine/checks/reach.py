"""How far a place is from rows, in the space of a mechanism's causes, by nearest neighbours.

A mechanism has learnt from rows: where the nearest of them are farther than they are from each
other, its answer is extrapolated, however plausible each cause is by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Column = NDArray[np.float64]
NEIGHBOURS = 10
MOST_ROWS = 1_000  # of more, a fixed choice
BEYOND = 0.99  # share of the rows that are nearer to theirs
CENTRAL = 0.05, 0.95  # quantiles that give the scale of a number


@dataclass(frozen=True, eq=False)
class Ground:
    """Rows (n, d) of a mechanism's causes: numbers by their spread, categories one each.

    Another category is as far as one sd.
    """

    columns: Matrix

    @cached_property
    def own(self) -> Column:
        """Each row's distance to its k-th nearest other row, sorted, (n,)."""
        count = min(NEIGHBOURS, len(self.columns) - 1)
        return np.sort(_nearest(self.columns, self.columns, count + 1))  # itself among them

    def distances(self, places: Matrix) -> Column:
        """Of each place (m, d) to its k-th nearest row, (m,)."""
        return _nearest(places, self.columns, min(NEIGHBOURS, len(self.columns) - 1))

    def quantiles(self, distances: Column) -> Column:
        """Share of the rows that are nearer to theirs than such a distance, 0 … 1."""
        return np.searchsorted(self.own, distances, side="left") / len(self.own)

    def beyond(self, distances: Column) -> NDArray[np.bool_]:
        """Which are farther than 99 % of the rows are from theirs."""
        return np.asarray(distances > np.quantile(self.own, BEYOND) * (1 + 1e-9))

    @property
    def usual(self) -> float:
        """The rows' median distance."""
        return float(np.median(self.own))


@dataclass(frozen=True, slots=True)
class Scaling:
    """How columns become places: a number by its spread, a category as `levels` columns."""

    levels: tuple[int, ...]
    scale: tuple[float, ...]

    def __call__(self, columns: Sequence[Column]) -> Matrix:
        """Places (n, d) of columns of numbers and codes, (n,) each."""
        parts: list[Column] = []
        for column, levels, scale in zip(columns, self.levels, self.scale, strict=True):
            if levels:
                parts += [(column == code) / np.sqrt(2.0) for code in range(levels)]
            else:
                parts.append(column / scale)
        return np.stack(parts, 1).astype(np.float64)


def scaling(columns: Sequence[Column], levels: Sequence[int]) -> Scaling:
    """The scale of the central 90 % of each number, as sds of a normal law; else its sd."""
    scales = []
    for column, count in zip(columns, levels, strict=True):
        low, high = np.quantile(column, CENTRAL) if not count else (0.0, 3.29)
        scales.append(float((high - low) / 3.29) or float(column.std()) or 1.0)
    return Scaling(tuple(levels), tuple(scales))


def _nearest(places: Matrix, rows: Matrix, count: int) -> Column:
    """Distance to the `count`-th nearest of `rows`."""
    far = (places**2).sum(1)[:, None] + (rows**2).sum(1) - 2 * places @ rows.T
    part = np.partition(far, count - 1, axis=1)[:, count - 1]
    return np.asarray(np.sqrt(np.maximum(part, 0.0)))

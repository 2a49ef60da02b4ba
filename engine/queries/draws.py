"""Weighted draws of a joint distribution, and what is read off them: means, chances, shapes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.rows import counted_rows, row_weights
from engine.data.table import Column, Table
from engine.data.variable import Variable
from engine.interventions import Condition, OneOf, Range
from engine.queries.answers import Shape

GRID = 128  # points of a drawn density
TAIL = 4.0  # interquartile ranges
FINE = 512  # bins before smoothing
DRAWN = 50_000  # rows of a column that are drawn; its mean and sd are of all rows


@dataclass(frozen=True)
class Draws:
    """Samples by variable, each (rows,), with weights (rows,) that sum to 1 (None: equal).

    `probabilities` holds, for a discrete variable, its law (rows, k) given everything before it:
    averaging those is exact where counting labels is noisy (Rao-Blackwell). `exact` draws are all
    joint states with their probabilities.
    """

    samples: Mapping[str, Tensor]
    weights: Tensor | None = None
    probabilities: Mapping[str, Tensor] = field(default_factory=dict)
    exact: bool = False

    @property
    def rows(self) -> int:
        """Number of draws."""
        return len(next(iter(self.samples.values())))

    @property
    def ess(self) -> float:
        """Effective sample size (Σw)² / Σw² of Kish, in rows."""
        return float(self.rows) if self.weights is None else float(1 / (self.weights**2).sum())

    def mean(self, name: str) -> float:
        """Expectation of a numeric variable."""
        return self.average(self.samples[name])

    def masses(self, name: str, categories: int) -> Tensor:
        """Probability of each category of a discrete variable, shape (categories,)."""
        if name in self.probabilities:
            law = self.probabilities[name]
            return law.mean(0) if self.weights is None else self.weights @ law
        codes = self.samples[name].long()
        weights = None if self.weights is None else self.weights
        counts = torch.bincount(codes, weights, minlength=categories).double()
        return counts / counts.sum()

    def chance(self, condition: Condition, variable: Variable) -> float:
        """Probability that the condition holds."""
        return self.average(self.meets(condition, variable))

    def meets(self, condition: Condition, variable: Variable) -> Tensor:
        """Per draw, shape (rows,), the probability that the condition holds."""
        law = self.probabilities.get(variable.name)
        if isinstance(condition, OneOf) and law is not None:
            return law[:, list(condition.codes)].sum(-1)
        return holds(condition, self.samples[condition.variable]).double()

    def value(self, variable: Variable, level: int | None) -> float:
        """The number that is reported of an outcome: its mean, or the probability of `level`."""
        if not variable.discrete:
            return self.mean(variable.name)
        masses = self.masses(variable.name, len(variable.categories))
        return float(masses[reported_level(variable, level)])

    def each(self, variable: Variable, level: int | None) -> Tensor:
        """Per draw, shape (rows,), what `value` averages."""
        if not variable.discrete:
            return self.samples[variable.name].double()
        code = reported_level(variable, level)
        if variable.name in self.probabilities:
            return self.probabilities[variable.name][:, code]
        return (self.samples[variable.name] == code).double()

    def error(self, each: Tensor) -> float:
        """Monte-Carlo standard error of the average of `each` (rows,); 0 where draws are exact."""
        if self.exact or self.rows < 2:
            return 0.0
        if self.weights is None:
            return float(each.std()) / math.sqrt(self.rows)
        centred = each - float(self.weights @ each)
        return float((self.weights**2 @ centred**2).sqrt())

    def shape(self, variable: Variable, low: float, high: float, points: int = GRID) -> Shape:
        """The marginal of one variable, drawn on [low, high] if it is a number."""
        if variable.discrete:
            return bars(self.masses(variable.name, len(variable.categories)).numpy())
        values = self.samples[variable.name].double().numpy()
        weights = None if self.weights is None else self.weights.double().numpy()
        return density(values, low, high, weights=weights, points=points)

    def average(self, values: Tensor) -> float:
        """Weighted average over the draws of `values` (rows,)."""
        values = values.double()
        return float(values.mean() if self.weights is None else self.weights @ values)


def holds(condition: Condition, values: Tensor) -> Tensor:
    """Where `values` meet the condition, shape as `values`, boolean."""
    if isinstance(condition, Range):
        return (values >= condition.low) & (values <= condition.high)
    return torch.isin(values.long(), torch.tensor(condition.codes))


def column_holds(condition: Condition, column: Column) -> NDArray[np.bool_]:
    """Where a table's column meets the condition; missing values never do."""
    if isinstance(condition, Range):
        return (column >= condition.low) & (column <= condition.high)
    return np.isin(column, condition.codes)


def reported_level(variable: Variable, level: int | None) -> int:
    """The category whose probability is reported: the last one unless the user chose."""
    return len(variable.categories) - 1 if level is None else level


def bars(masses: NDArray[np.float64]) -> Shape:
    """Probabilities of categories as a shape."""
    return Shape(True, np.arange(len(masses), dtype=float), np.asarray(masses, float), float("nan"))


@lru_cache(maxsize=256)
def seen_shape(
    table: Table,
    name: str,
    low: float,
    high: float,
    points: int = GRID,
    unset: frozenset[str] = frozenset(),
) -> Shape | None:
    """`column_shape` of those rows of a table in which nobody set any of `unset`, kept."""
    keep = counted_rows(table, unset)
    weights = weights_among(table, keep)
    return column_shape(table.variable(name), table[name][keep], low, high, points, weights)


def column_shape(
    variable: Variable,
    column: Column,
    low: float,
    high: float,
    points: int = GRID,
    weights: Column | None = None,
) -> Shape | None:
    """The marginal of a table's column (missing left out); None without any value."""
    known = ~np.isnan(column)
    values, counted = column[known], None if weights is None else weights[known]
    if not len(values):
        return None
    if variable.discrete:
        counts = np.bincount(values.astype(int), counted, minlength=len(variable.categories))
        return bars(counts / counts.sum())
    some = slice(None, None, 1 + len(values) // DRAWN)
    drawn = None if counted is None else counted[some] / counted[some].sum()
    shape = density(values[some], low, high, weights=drawn, points=points)
    mean = _mean(values, counted)
    sd = float(values.std()) if counted is None else _mean((values - mean) ** 2, counted) ** 0.5
    return replace(shape, mean=mean, sd=sd)


def column_value(
    variable: Variable, column: Column, level: int | None, weights: Column | None = None
) -> float | None:
    """The mean of a table's column, or the share of a category; None without any value."""
    known = ~np.isnan(column)
    if not known.any():
        return None
    values, counted = column[known], None if weights is None else weights[known]
    if variable.discrete:
        values = (values == reported_level(variable, level)).astype(np.float64)
    return _mean(values, counted)


def weights_among(table: Table, keep: NDArray[np.bool_]) -> Column | None:
    """What the rows `keep` of a table count; None where all count the same."""
    return row_weights(table)[keep] if table.design.weights else None


def _mean(values: Column, weights: Column | None) -> float:
    return float(values.mean() if weights is None else weights @ values / weights.sum())


def density(
    values: NDArray[np.float64],
    low: float,
    high: float,
    *,
    weights: NDArray[np.float64] | None = None,
    points: int = GRID,
) -> Shape:
    """A smoothed histogram on [low, high]; mass outside is left out, so the area may be below 1.

    Gaussian kernel, bandwidth .9 · min(sd, IQR / 1.34) · n^(-1/5) (Silverman 1986, eq. 3.31), n the
    effective number of rows.
    """
    total = np.full(len(values), 1 / len(values)) if weights is None else weights
    mean = float(total @ values)
    sd = math.sqrt(max(float(total @ (values - mean) ** 2), 0.0))
    width = max(high - low, 1e-12)
    margin = 0.15 * width
    start, step = low - margin, (width + 2 * margin) / FINE
    places = (values - start) / step
    inside = (places >= 0) & (places < FINE)
    heights = np.bincount(places[inside].astype(np.int64), total[inside], minlength=FINE)
    bandwidth = max(_bandwidth(values, total, sd), 0.6 * step, 0.004 * width)
    reach = min(int(np.ceil(4 * bandwidth / step)), FINE // 2 - 1)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / bandwidth) ** 2)
    smooth = np.convolve(heights, kernel / kernel.sum(), mode="same") / step
    x = np.linspace(low, high, points)
    y = np.interp(x, start + step * (np.arange(FINE) + 0.5), smooth)
    sums = float(total[places < 0].sum()) + step * np.concatenate([[0.0], smooth.cumsum()])
    below = float(np.interp(low, start + step * np.arange(FINE + 1), sums))
    return Shape(False, x, y, mean, sd, below)


@lru_cache(maxsize=1024)
def drawing_range(table: Table, name: str) -> tuple[float, float]:
    """Where a numeric column is drawn: its central 99 %, long tails cut, and a margin.

    A tail is cut four interquartile ranges outside the quartiles, so that the bulk can be seen.
    """
    return range_of(table[name])


def range_of(column: Column) -> tuple[float, float]:
    """`drawing_range` of bare values."""
    values = column[~np.isnan(column)]
    if not len(values):
        return 0.0, 1.0
    low, lower, upper, high = np.quantile(values, (0.005, 0.25, 0.75, 0.995))
    if upper > lower:
        reach = TAIL * (upper - lower)
        low, high = max(low, lower - reach), min(high, upper + reach)
    if high - low < 1e-12 * max(abs(low), abs(high), 1e-300):
        low, high = low - max(0.5, abs(low) * 0.05), high + max(0.5, abs(high) * 0.05)
    margin = 0.12 * (high - low)
    return float(low - margin), float(high + margin)


def widened(bounds: tuple[float, float], *draws: Tensor) -> tuple[float, float]:
    """`bounds` enlarged to the central 90 % of each of `draws` and to their means."""
    low, high = bounds
    for values in draws:
        some = values.double()
        mean = float(some.mean())
        lower, upper = np.quantile(some[:2000].numpy(), (0.05, 0.95))
        low, high = min(low, float(lower), mean), max(high, float(upper), mean)
    step = (bounds[1] - bounds[0]) / 8  # axes that stand still while a slider moves a little
    return (
        bounds[0] - step * math.ceil((bounds[0] - low) / step),
        bounds[1] + step * math.ceil((high - bounds[1]) / step),
    )


def _bandwidth(values: NDArray[np.float64], weights: NDArray[np.float64], sd: float) -> float:
    some = np.sort(values[:: 1 + len(values) // 1000])
    spread = (some[(3 * len(some)) // 4] - some[len(some) // 4]) / 1.34
    scale = min(sd, spread) if spread > 0 else sd
    effective = 1 / float((weights**2).sum())
    return float(0.9 * scale * effective**-0.2)

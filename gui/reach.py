"""How far a value can be set on a card: robust quantiles, where the data are, a grid to move on."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.data.rows import counted_rows, row_weights
from engine.data.table import Table
from engine.interventions import Intervention, Set
from gui.spans import ROWS, USUAL, round_step

ROBUST = (0.005, 0.995)  # quantiles between which the slider of a card runs


@dataclass(frozen=True, slots=True)
class Reach:
    """Of a number, user units: `low` … `high` the slider, `usual` the central 95 % of the rows.

    `least` … `most`: all that was seen. `step`: the grid that the slider and the keys move on.
    """

    low: float
    high: float
    step: float
    usual: tuple[float, float]
    least: float
    most: float

    def on_grid(self, value: float) -> float:
        """The nearest value of the grid, without the dust of binary fractions."""
        return float(f"{round(value / self.step) * self.step:.12g}")

    @property
    def half(self) -> float:
        """The largest shift of the slider: half the usual range."""
        wide = self.usual[1] - self.usual[0]
        return max(self.step, self.on_grid(wide / 2))


@lru_cache(maxsize=1024)
def reach_of(table: Table, name: str) -> Reach | None:
    """The reach of a number; None for categories, and where there are no values."""
    variable, column = table.variable(name), table[name]
    if variable.discrete:
        return None
    known = column[np.isfinite(column)]
    if not len(known):
        return None
    some = known[:: max(1, len(known) // ROWS)]
    ranks = np.array((ROBUST[0], *USUAL, ROBUST[1])) * (len(some) - 1)
    ends = np.interp(ranks, np.arange(len(some)), np.sort(some))  # quantiles, fast
    low, lower, upper, high = (float(end) for end in ends)
    if high <= low:
        low, high = low - max(1.0, abs(low)) / 2, high + max(1.0, abs(high)) / 2
    step = round_step((high - low) / 100, variable.step)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    low, high = (float(f"{number * step:.12g}") for number in (first, last))
    return Reach(low, high, step, (lower, upper), float(known.min()), float(known.max()))


@lru_cache(maxsize=1024)
def typical(table: Table, name: str) -> Intervention:
    """What a value is reset to: the mean of the rows, on the grid; the commonest category."""
    column, counted = table[name], counted_rows(table)
    known = counted & np.isfinite(column)
    values, weights = column[known], row_weights(table)[known]
    if table.variable(name).discrete:
        shares = np.bincount(values.astype(np.int64), weights) if len(values) else np.zeros(1)
        return Set(name, float(np.argmax(shares)))
    mean = float(weights @ values / weights.sum()) if len(values) else 0.0
    reach = reach_of(table, name)
    return Set(name, mean if reach is None else reach.on_grid(mean))


@lru_cache(maxsize=1024)
def never_seen(table: Table, name: str) -> frozenset[float]:
    """Codes of categories that no row has."""
    column = table[name]
    codes = range(len(table.variable(name).categories))
    return frozenset(map(float, codes)) - set(np.unique(column[~np.isnan(column)]).tolist())


def unseen(table: Table, name: str, value: float) -> bool:
    """Whether a value lies outside all that was seen; never where the rows were left out."""
    if not table.rows:
        return False
    if table.variable(name).discrete:
        return value in never_seen(table, name)
    reach = reach_of(table, name)
    return reach is not None and not reach.least <= value <= reach.most

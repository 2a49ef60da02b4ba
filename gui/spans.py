"""The usual range of a column, with its density: what sliders move over."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.data.table import Table

Array = NDArray[np.float64]
ROWS = 20_000  # enough to draw a density; larger columns are thinned evenly
BINS = 64
USUAL = (0.025, 0.975)
KERNEL = np.exp(-0.5 * (np.arange(-6, 7) / 2.0) ** 2)


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """`steps` equal steps of size `step` from `low`, in user units, and the density above them."""

    low: float
    step: float
    steps: int
    median: float
    density: Array = field(default_factory=lambda: np.empty(0))

    @property
    def high(self) -> float:
        """The last value."""
        return self.value(self.steps)

    def value(self, number: int) -> float:
        """The value at a step, without the dust of binary fractions."""
        return float(f"{self.low + number * self.step:.12g}")

    def step_of(self, value: float) -> int:
        """The step nearest to `value`, inside the span."""
        return min(self.steps, max(0, round((value - self.low) / self.step)))


def span_of(table: Table, name: str, *, around_zero: bool = False) -> Span:
    """The 2.5–97.5 % range of a column on a round grid; `around_zero`: shifts as wide as it."""
    column = table[name]
    values = column[:: max(1, len(column) // ROWS)]
    values = values[np.isfinite(values)]
    if not len(values):
        return Span(0.0, 0.01, 100, 0.0)
    low, median, high = (float(v) for v in np.quantile(values, (USUAL[0], 0.5, USUAL[1])))
    if around_zero:
        low, high, median = -(high - low) / 2, (high - low) / 2, 0.0
    if high <= low:
        low, high = low - max(1.0, abs(low)) / 2, high + max(1.0, abs(high)) / 2
    step = round_step((high - low) / 100, table.variable(name).step)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    span = Span(float(f"{first * step:.12g}"), step, max(1, last - first), median)
    if around_zero:
        return span
    return Span(span.low, step, span.steps, median, _density(values, span.low, span.high))


def _density(values: Array, low: float, high: float) -> Array:
    heights, _ = np.histogram(values, BINS, (low, high))
    padded = np.pad(heights.astype(float), len(KERNEL) // 2, mode="reflect")
    return np.convolve(padded, KERNEL / KERNEL.sum(), "valid")


def round_step(about: float, grid: float | None) -> float:
    """1, 2 or 5 times a power of ten, not above `about`; on the variable's own grid."""
    power = 10.0 ** math.floor(math.log10(about))
    step = max(m * power for m in (1, 2, 5) if m * power <= about * (1 + 1e-9))
    if grid is None:
        return float(f"{step:.12g}")
    return grid * max(1, round(step / grid))

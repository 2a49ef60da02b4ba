"""What the sliders of one table move over, worked out once per column."""

import numpy as np

from engine.data.table import Table
from engine.data.variable import Variable
from engine.interventions import Condition, Intervention, OneOf, Range, Set, Shift
from gui.spans import ROWS, Span, span_of

NEAR = 2.5  # steps of a slider: closer values look like no change


class Ranges:
    """Spans of a table's columns, kept as long as the table is."""

    def __init__(self, table: Table | None) -> None:
        self.table = table
        self._spans: dict[tuple[str, bool], Span] = {}

    def span(self, name: str, *, shift: bool = False) -> Span:
        """The usual range of a column, or of shifts on it."""
        if self.table is None:
            raise LookupError(name)
        if (name, shift) not in self._spans:
            self._spans[name, shift] = span_of(self.table, name, around_zero=shift)
        return self._spans[name, shift]

    def first(self, name: str) -> Intervention:
        """An intervention to start from: the middle of the range, the last category."""
        if self.table is not None and self.table.variable(name).discrete:
            return Set(name, float(len(self.table.variable(name).categories) - 1))
        span = self.span(name)
        return Set(name, span.value(span.step_of(span.median)))

    def unlike(self, name: str, value: float) -> Intervention:
        """Another value than a row's own: the other category; the median, or another quantile."""
        if self.table is None or self.table.variable(name).discrete:
            return Set(name, float(value == 0))
        span, column = self.span(name), self.table[name]
        column = column[:: max(1, len(column) // ROWS)]
        quarters = np.quantile(column[np.isfinite(column)], (0.75, 0.25)) if len(column) else ()
        steps = (*map(span.step_of, (span.median, *map(float, quarters))), span.steps, 0)
        grid = [span.value(step) for step in steps]
        far = [other for other in grid if not abs(other - value) <= NEAR * span.step]
        return Set(name, (far or grid)[0])

    def other(self, item: Intervention) -> Intervention:
        """Another value to compare with: the first category or the next, the middle, no shift."""
        if isinstance(item, Shift):
            return Shift(item.variable, 0.0)
        if self.table is not None and self.table.variable(item.variable).discrete:
            return Set(item.variable, 0.0 if item.value else 1.0)
        span = self.span(item.variable)
        middle = span.value(span.step_of(span.median))
        return Set(item.variable, span.low if middle == item.value else middle)


def first_condition(ranges: Ranges, variable: Variable) -> Condition:
    """A condition to start from: the middle fifth of the usual range, the last category."""
    if variable.discrete:
        return OneOf(variable.name, (len(variable.categories) - 1,))
    span = ranges.span(variable.name)
    middle, half = span.step_of(span.median), max(1, span.steps // 10)
    low, high = max(1, middle - half), min(span.steps - 1, middle + half)
    return Range(variable.name, span.value(low), span.value(max(low, high)))

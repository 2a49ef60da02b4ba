"""Looking at rows near one value of a concept: a slider, how another column is there, examples."""

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.data.table import Table
from engine.queries.concepts import ConceptsAnswer, Floats, conditioned
from gui.appearance import Appearance
from gui.concepts import words
from gui.marks import Lines
from gui.plots.mirrored import Mirror, MirrorPlot
from gui.spans import BINS, Span, round_step
from gui.widgets.elided import ElidedLabel
from gui.widgets.picker import Choice, Picker
from gui.widgets.slider import DoseSlider

WIDTH = 0.25  # of looking, in standard deviations of the concept
LEAST_PLOT = 210  # pixels
Key = tuple[str, str]  # ("axis", its name) or ("column", its name)


class Looking(QWidget):
    """The eye, not the hand: rows that happen to have about this value of a concept."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found: ConceptsAnswer | None = None
        self._table: Table | None = None
        self._axis, self._at, self._sd = 0, 0.0, 1.0
        self._beside: Key = ("", "")
        self.axis = Picker(appearance, self.tr("Concept to look at"), role="seen")
        self.axis.picked.connect(lambda place: self._choose_axis(int(place)))
        self.slider = DoseSlider(appearance, Span(0.0, 0.01, 100, 0.0), "seen")
        self.slider.setAccessibleName(self.tr("Rows near this value of the concept"))
        self.slider.moved.connect(self.look)
        self.value = ElidedLabel()
        self.beside = Picker(appearance, self.tr("Shown of those rows"))
        self.beside.picked.connect(self._choose_beside)
        self.plot = MirrorPlot(appearance, self.tr("All rows, and rows near the value"))
        self.plot.setMinimumWidth(LEAST_PLOT)
        self.lines = Lines(self.tr("Rows that are most like this"), appearance, wrapped=True)
        self._lay_out()

    def show_found(self, found: ConceptsAnswer | None, table: Table | None) -> None:
        """Other concepts, or none; the slider keeps its place where the concept is the same."""
        known = found is not None and len(found.axes) > 0
        self.found, self._table = (found, table) if known and table is not None else (None, None)
        self.setVisible(self.found is not None)
        if self.found is None:
            return
        self._axis = min(self._axis, len(self.found.axes) - 1)
        self._settle()

    def look(self, at: float) -> None:
        """Rows near `at`."""
        self._at = at
        self._show()

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        for part in (self.axis, self.slider, self.value, self.beside):
            head.addWidget(part, 1 if part is self.slider else 0)
        below = QHBoxLayout()
        below.setSpacing(10)
        below.addWidget(self.plot, 2)
        below.addWidget(self.lines, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(below, 1)

    def _choose_axis(self, place: int) -> None:
        self._axis = place
        self._settle()

    def _choose_beside(self, key: object) -> None:
        if isinstance(key, tuple):
            self._beside = key
            self._show()

    def _settle(self) -> None:
        """The slider goes over the concept's usual range, at first in its middle."""
        found, table = self.found, self._table
        assert found is not None
        assert table is not None
        column = found.valuations[:, self._axis]
        known = column[~np.isnan(column)]
        self._sd = float(known.std()) or 1.0
        low, middle, high = (float(v) for v in np.quantile(known, (0.02, 0.5, 0.98)))
        if not high > low:
            low, high = low - 1.0, high + 1.0
        step = round_step((high - low) / 100, None)
        start = float(f"{np.floor(low / step) * step:.12g}")
        steps = max(1, round((high - start) / step))
        density, _ = np.histogram(known, BINS, (start, start + steps * step))
        span = Span(start, step, steps, middle, density.astype(float))
        self.slider.blockSignals(True)
        self.slider.span = span
        self.slider.setRange(0, steps)
        self.slider.setPageStep(max(1, steps // 10))
        self.slider.blockSignals(False)
        if not span.low <= self._at <= span.high:
            self._at = span.value(span.step_of(middle))
        choices = [Choice(place, one.name) for place, one in enumerate(found.axes)]
        self.axis.offer(choices, found.axes[self._axis].name)
        self._offer_beside(found, table)
        self._show()

    def _offer_beside(self, found: ConceptsAnswer, table: Table) -> None:
        axes = [("axis", one.name) for k, one in enumerate(found.axes) if k != self._axis]
        inside = set(found.asked.columns)
        order = sorted(table.names, key=lambda name: name in inside)
        self._choices = [*axes, *(("column", name) for name in order)]
        if self._beside not in self._choices:
            outside = [key for key in self._choices if key[0] == "column" and key[1] not in inside]
            plain = [key for key in outside if not table.variable(key[1]).discrete]
            self._beside = (plain or outside or self._choices)[0]

    def _show(self) -> None:
        found, table = self.found, self._table
        if found is None or table is None:
            return
        self.slider.show_value(self._at)
        width = WIDTH * self._sd
        text = words.valuation(found, self._axis, self._at, table)
        self.value.setText(self.tr("≈ {0}").format(text))
        offered = [Choice(key, key[1], self._hint(key)) for key in self._choices]
        self.beside.offer(offered, self.tr("shows {0}").format(self._beside[1]))
        weights = conditioned(found.valuations, self._axis, self._at, width)
        self.plot.draw(self._mirror(found, table, weights))
        said = words.near(found, self._axis, self._at, width)
        self.plot.describe(said[0].text)
        column = self._beside[1] if self._beside[0] == "column" else ""
        self.lines.show_lines((*said, *words.examples(found, self._axis, self._at, table, column)))

    def _hint(self, key: Key) -> str:
        return self.tr("concept") if key[0] == "axis" else ""

    def _mirror(self, found: ConceptsAnswer, table: Table, weights: Floats) -> Mirror:
        kind, name = self._beside
        variable = table.variable(name) if kind == "column" else None
        if variable is None:
            place = [one.name for one in found.axes].index(name)
            column = found.valuations[:, place]
        else:
            column = table[name]
        edges = words.bins(column, variable)
        every = words.shares(column, np.ones(len(column)), edges)
        some = words.shares(column, weights, edges)
        unit = variable.unit if variable is not None else ""
        axis = f"{name} ({unit})" if unit else name
        if variable is not None and variable.discrete:
            axis = f"{name}: {', '.join(variable.categories[:6])}"
        return Mirror(edges, every, some, (self.tr("all rows"), self.tr("rows like this")), axis)

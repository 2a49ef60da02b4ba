"""One row per condition: a range between two numbers, or some of the categories."""

import math

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.data.variable import Kind, Variable
from engine.interventions import Condition, OneOf, Range
from gui.appearance import Appearance
from gui.question.ranges import Ranges
from gui.widgets.categories import CategoryChips
from gui.widgets.elided import ElidedLabel
from gui.widgets.number import NumberField
from gui.widgets.range_slider import RangeSlider


class ConditionRow(QWidget):
    """Edits one Range or OneOf; `edited(Condition)` at every step, `settled` when let go."""

    edited = Signal(object)
    settled = Signal()

    def __init__(
        self, appearance: Appearance, variable: Variable, item: Condition, ranges: Ranges
    ) -> None:
        super().__init__()
        self.variable, self.item, self.ranges = variable, item, ranges
        self.slider: RangeSlider | None = None
        self.chips: CategoryChips | None = None
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._head = QHBoxLayout()
        self._head.setSpacing(6)
        self._head.addWidget(ElidedLabel(variable.name), 1)
        column.addLayout(self._head)
        if variable.discrete:
            self.chips = CategoryChips(
                appearance, variable.name, variable.categories, "see", several=True
            )
            self.chips.changed.connect(self._codes)
            column.addWidget(self.chips)
        else:
            self._build_range(appearance)
        self.show_item(item)

    def show_item(self, item: Condition) -> None:
        """Show the condition, without a signal; open ends show the ends of the usual range."""
        self.item = item
        if self.chips is not None and isinstance(item, OneOf):
            self.chips.show_codes(item.codes)
        if self.slider is not None and isinstance(item, Range):
            span = self.slider.span
            self.slider.show_range(item.low, item.high)
            self.low.show_value(span.low if math.isinf(item.low) else item.low)
            self.high.show_value(span.high if math.isinf(item.high) else item.high)

    def _build_range(self, appearance: Appearance) -> None:
        span = self.ranges.span(self.variable.name)
        self.slider = RangeSlider(appearance, span, "see")
        name = self.variable.name
        self.slider.setAccessibleName(self.tr("Range of {name}").format(name=name))
        self.slider.moved.connect(self._range)
        self.slider.settled.connect(self.settled)
        self.low = NumberField(self.tr("{name} from").format(name=name))
        self.high = NumberField(self.tr("{name} to").format(name=name), self.variable.unit)
        to = QLabel("–")
        for field, slot in ((self.low, self._low), (self.high, self._high)):
            field.continuum = self.variable.kind is Kind.CONTINUOUS and self.variable.step is None
            field.setSingleStep(span.step)
            field.edited.connect(slot)
            field.editingFinished.connect(self.settled)
        for widget in (self.low, to, self.high):
            self._head.addWidget(widget)
        self._column.addWidget(self.slider)

    @Slot(float)
    def _low(self, value: float) -> None:
        high = self.item.high if isinstance(self.item, Range) else math.inf
        self._range(value, max(value, high))

    @Slot(float)
    def _high(self, value: float) -> None:
        low = self.item.low if isinstance(self.item, Range) else -math.inf
        self._range(min(value, low), value)

    @Slot(float, float)
    def _range(self, low: float, high: float) -> None:
        self.edited.emit(Range(self.variable.name, low, high))

    @Slot(object)
    def _codes(self, codes: tuple[int, ...]) -> None:
        self.edited.emit(OneOf(self.variable.name, codes))
        self.settled.emit()

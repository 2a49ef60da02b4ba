"""One row per intervention: set or shift, a slider over the data's range, a number, categories."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.data.variable import Kind, Variable
from engine.interventions import Intervention, Set, Shift
from gui.appearance import Appearance
from gui.question.ranges import Ranges
from gui.widgets.categories import CategoryChips
from gui.widgets.elided import ElidedLabel
from gui.widgets.number import NumberField
from gui.widgets.picker import Choice, Picker
from gui.widgets.segmented import Segmented
from gui.widgets.slider import DoseSlider

IN_SIGHT = 8  # categories shown side by side; more are picked from a list


class InterventionRow(QWidget):
    """Edits one Set or Shift; `edited(Intervention)` at every step, `settled` when let go."""

    edited = Signal(object)
    settled = Signal()

    def __init__(
        self,
        appearance: Appearance,
        role: str,
        variable: Variable,
        item: Intervention,
        ranges: Ranges,
    ) -> None:
        super().__init__()
        self.variable, self.item, self.ranges = variable, item, ranges
        self.slider: DoseSlider | None = None
        self.field: NumberField | None = None
        self.chips: CategoryChips | None = None
        self.picker: Picker | None = None
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        self._head.addWidget(ElidedLabel(variable.name), 1)
        column.addLayout(self._head)
        if variable.discrete:
            self._build_categories(appearance, role)
        else:
            self._build_number(appearance, role)
        self.show_item(item)

    def show_item(self, item: Intervention) -> None:
        """Show the value, without a signal."""
        self.item = item
        value = _size(item)
        if self.slider is not None and self.field is not None:
            self.slider.show_value(value)
            self.field.show_value(value)
        if self.chips is not None:
            self.chips.show_codes((int(value),))
        if self.picker is not None:
            labels = self.variable.categories
            choices = [Choice(code, label) for code, label in enumerate(labels)]
            self.picker.offer(choices, labels[int(value)])

    def _build_number(self, appearance: Appearance, role: str) -> None:
        shift = isinstance(self.item, Shift)
        span = self.ranges.span(self.variable.name, shift=shift)
        self.mode = Segmented(appearance, (self.tr("set"), self.tr("shift")), compact=True)
        self.mode.choose(int(shift))
        self.mode.chosen.connect(self._turn)
        verb = self.tr("Shift {name} by") if shift else self.tr("Set {name} to")
        self.field = NumberField(verb.format(name=self.variable.name), self.variable.unit)
        self.field.continuum = self.variable.kind is Kind.CONTINUOUS and self.variable.step is None
        self.field.setSingleStep(span.step)
        self.field.edited.connect(self._number)
        self.field.editingFinished.connect(self.settled)
        self.slider = DoseSlider(appearance, span, role)
        self.slider.setAccessibleName(self.field.accessibleName())
        self.slider.moved.connect(self._number)
        self.slider.settled.connect(self.settled)
        self._head.addWidget(self.mode)
        self._head.addWidget(self.field)
        self._column.addWidget(self.slider)

    def _build_categories(self, appearance: Appearance, role: str) -> None:
        labels, name = self.variable.categories, self.variable.name
        if len(labels) > IN_SIGHT:
            self.picker = Picker(appearance, self.tr("Set {name} to").format(name=name))
            self.picker.picked.connect(self._code)
            self._head.addWidget(self.picker)
            return
        self.chips = CategoryChips(appearance, name, labels, role)
        self.chips.changed.connect(self._category)
        self._column.addWidget(self.chips)

    @Slot(float)
    def _number(self, value: float) -> None:
        make = Shift if isinstance(self.item, Shift) else Set
        self.edited.emit(make(self.variable.name, value))

    @Slot(object)
    def _category(self, codes: tuple[int, ...]) -> None:
        self.edited.emit(Set(self.variable.name, float(codes[0])))
        self.settled.emit()

    @Slot(object)
    def _code(self, code: int) -> None:
        self._category((code,))

    @Slot(int)
    def _turn(self, index: int) -> None:
        if index == 1:
            step = self.ranges.span(self.variable.name).step
            self.edited.emit(Shift(self.variable.name, float(f"{10 * step:.12g}")))
        else:
            self.edited.emit(self.ranges.first(self.variable.name))
        self.settled.emit()


def _size(item: Intervention) -> float:
    return item.value if isinstance(item, Set) else item.amount

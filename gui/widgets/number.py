"""A number field that writes numbers as the sentences do and leaves the wheel to the page."""

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QSizePolicy, QWidget

from gui.numerals import MINUS, point, read, short

LIMIT = 1e15
# Buttons of no width instead of NoButtons, which leaves a styled field no room for its text.
SHEET = """QAbstractSpinBox { background: palette(base); color: palette(text); padding: 2px 0;
  border: 1px solid palette(mid); border-radius: 6px; min-height: 18px; }
QAbstractSpinBox:focus { border-color: palette(link); }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: 0; }
QAbstractSpinBox QLineEdit { background: transparent; border: 0; padding: 0; }"""


class NumberField(QDoubleSpinBox):
    """One number in the user's unit; arrow keys step; `edited(float)` only by the user's hand."""

    edited = Signal(float)

    def __init__(self, name: str, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.continuum = True
        self.setStyleSheet(SHEET)
        self.setAccessibleName(name)
        self.setDecimals(12)
        self.setRange(-LIMIT, LIMIT)
        self.setKeyboardTracking(False)
        self.lineEdit().setTextMargins(5, 0, 2, 0)
        self.setSuffix(f" {unit}" if unit else "")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._changed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for six digits and the unit."""
        width = self.fontMetrics().horizontalAdvance("−00.00" + self.suffix()) + 16
        return QSize(min(width, 150), self.fontMetrics().height() + 8)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The same."""
        return self.sizeHint()

    def show_value(self, value: float) -> None:
        """Show a value without a signal."""
        if value != self.value():
            self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(False)

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        """Six significant digits; 2 of a continuum is written 2.0."""
        text = short(value)
        plain = text.lstrip(MINUS).isdigit() and abs(value) < 100
        return f"{text}{point()}0" if self.continuum and plain else text

    def valueFromText(self, text: str) -> float:  # noqa: N802 - Qt's name
        """What was typed, with either decimal sign."""
        value = self._read(text)
        return self.value() if value is None else value

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything that reads as a number will do."""
        good = self._read(text) is not None
        state = QValidator.State.Acceptable if good else QValidator.State.Intermediate
        return state, text, position

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """The wheel scrolls the page unless the field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _read(self, text: str) -> float | None:
        value = read(text.removesuffix(self.suffix()))
        return value if value is not None and abs(value) <= LIMIT else None

    @Slot(float)
    def _changed(self, value: float) -> None:
        self.edited.emit(value)

"""A small dialog: between which values a number can be; a side left empty has no limit."""

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from engine.data.kinds import check_bounds, number_text
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import UserError
from gui.notices import plain_label
from gui.numerals import read, short, value_text

Ends = tuple[float | None, float | None]


class PossibleDialog(QDialog):
    """Emits `chosen((lowest, highest))` when it is accepted; None: no limit on that side."""

    chosen = Signal(object)

    def __init__(self, table: Table, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Possible values"))
        self._table, self._variable = table, table.variable(name)
        variable = self._variable
        self.lowest = self._field(variable.lower, self.tr("Lowest possible value"))
        self.highest = self._field(variable.upper, self.tr("Highest possible value"))
        self.words = plain_label("")
        self.words.setWordWrap(True)
        self.words.setProperty("quiet", True)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self._lay_out()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._say()
        self.lowest.setFocus()

    @property
    def ends(self) -> Ends:
        """What is written now; an unreadable side reads as no limit."""
        return read(self.lowest.text()), read(self.highest.text())

    def accept(self) -> None:
        """Tell, and go."""
        self.chosen.emit(self.ends)
        super().accept()

    def _field(self, value: float | None, name: str) -> QLineEdit:
        field = QLineEdit("" if value is None else number_text(value))
        field.setAccessibleName(name)
        field.setPlaceholderText(self.tr("no limit"))
        field.setFixedWidth(field.fontMetrics().horizontalAdvance("0") * 14)
        field.textChanged.connect(self._say)
        return field

    def _lay_out(self) -> None:
        about = plain_label(
            self.tr(
                "Which values {0} can have at all. What is drawn from the model never leaves them."
            ).format(self._variable.name)
        )
        about.setWordWrap(True)
        start, end = QLabel(self.tr("Possible values: &from")), QLabel(self.tr("&to"))
        start.setBuddy(self.lowest)
        end.setBuddy(self.highest)
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (start, self.lowest, end, self.highest):
            row.addWidget(widget)
        if self._variable.unit:
            row.addWidget(plain_label(self._variable.unit))
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        column.addWidget(about)
        column.addLayout(row)
        column.addWidget(self.words)
        column.addWidget(self.buttons)
        self.setMinimumWidth(max(440, row.sizeHint().width() + 40))  # in every language

    @Slot()
    def _say(self) -> None:
        """What was seen, or why these limits cannot be; then they cannot be accepted either."""
        problem = self._problem()
        self.words.setText(problem or self._seen())
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not problem)

    def _problem(self) -> str:
        fields = self.lowest, self.highest
        if any(field.text().strip() and read(field.text()) is None for field in fields):
            return self.tr("Write numbers like 2.5, or nothing where there is no limit.")
        try:
            check_bounds(self._table, self._variable.name, *self.ends)
        except UserError as error:
            return f"{error.message}."
        return ""

    def _seen(self) -> str:
        values = self._table[self._variable.name]
        values = values[values == values]  # without gaps
        if not len(values):
            return self.tr("An empty side has no limit.")
        text = self.tr("The table has values from {0} to {1}. An empty side has no limit.")
        return text.format(short(values.min()), value_text(self._variable, float(values.max())))


def possible_words(variable: Variable) -> str:
    """Possible values: from 0 to 1; "" where there is no limit."""
    low, high = variable.lower, variable.upper
    if variable.kind is Kind.COUNT and not low:
        low = None  # as any count
    if low is None and high is None:
        return ""
    if high is None:
        return _tr("Possible values: from {0} up").format(short(low or 0.0))
    if low is None:
        return _tr("Possible values: up to {0}").format(short(high))
    return _tr("Possible values: from {0} to {1}").format(short(low), short(high))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Possible", text)

"""The imagined row: pick it, and read what was beside what would have been."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from engine.data.table import Table
from engine.data.variable import Variable
from engine.interventions import Convention
from engine.queries.answers import ImagineAnswer, Imagined
from gui.appearance import Appearance
from gui.imagined import convention_of, redrawn_ends, stays, unit_ends
from gui.numerals import count, percent, value_text
from gui.question.parts import Words
from gui.widgets.chip import Chip
from gui.widgets.number import SHEET


class RowPicker(QWidget):
    """Row number, previous, next; `picked(row)`, counted from 0 as everywhere."""

    picked = Signal(int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = RowField()
        self.field.setAccessibleName(self.tr("Row"))
        self.field.setToolTip(self.tr("Rows are counted from 0, as in the table"))
        self.field.valueChanged.connect(self._pick)
        self.previous = Chip(appearance, "‹")
        self.previous.setAccessibleName(self.tr("Previous row"))
        self.previous.clicked.connect(self.field.stepDown)
        self.next = Chip(appearance, "›")
        self.next.setAccessibleName(self.tr("Next row"))
        self.next.clicked.connect(self.field.stepUp)
        self.rows = Words("")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for widget in (Words(self.tr("row")), self.field, self.previous, self.next, self.rows):
            line.addWidget(widget)
        line.addStretch(1)

    def sync(self, row: int | None, rows: int) -> None:
        """Show the row that is asked about, without a signal."""
        self.field.blockSignals(True)
        self.field.setRange(-1, max(-1, rows - 1))
        self.field.setValue(-1 if row is None else row)
        self.field.blockSignals(False)
        self.rows.setText(self.tr("of {rows}").format(rows=count(rows)))
        self.setEnabled(rows > 0)

    @Slot(int)
    def _pick(self, row: int) -> None:
        if row >= 0:
            self.picked.emit(row)


class RowField(QSpinBox):
    """A row's number; nothing chosen is shown as a dash."""

    def __init__(self) -> None:
        super().__init__()
        self.setStyleSheet(SHEET)
        self.setRange(-1, -1)
        self.setSpecialValueText("–")
        self.setKeyboardTracking(False)
        self.setMinimumWidth(64)
        self.lineEdit().setTextMargins(5, 0, 2, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """The wheel scrolls the page unless the field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class UnitTable(QTableWidget):
    """Variable, was, would be; what changed is bold, what stays is quiet."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self.appearance = appearance
        self.answer: tuple[ImagineAnswer, Table] | None = None
        self.setAccessibleName(self.tr("The row, as it was and as it would be"))
        self.setHorizontalHeaderLabels([self.tr("variable"), self.tr("was"), self.tr("would be")])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setWordWrap(False)
        for policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)  # names give way, not values
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self._restyle)

    def draw(self, answer: ImagineAnswer, table: Table) -> None:
        """One line per variable of the answer that the table has."""
        self.answer = (answer, table)
        names = [name for name in answer.units if name in table]
        if self.rowCount() != len(names):
            self.setRowCount(len(names))
            self.updateGeometry()
        for place, name in enumerate(names):
            self._write(place, table.variable(name), answer.units[name], convention_of(answer))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """All lines; the page scrolls, not the table."""
        step = self.verticalHeader().defaultSectionSize()
        return QSize(300, self.horizontalHeader().sizeHint().height() + self.rowCount() * step + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """All lines."""
        return QSize(200, self.sizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """The page scrolls."""
        event.ignore()

    def _write(self, place: int, variable: Variable, unit: Imagined, by: Convention) -> None:
        was, would = unit_texts(variable, unit, by)
        same = unit.status != "set" and not variable.discrete and stays(unit)
        same = same and by is not Convention.REDRAW
        same = same or unit.status == "unchanged"
        head = f"{variable.name} ({variable.unit})" if variable.unit else variable.name
        values = (was, self.tr("unchanged") if same else would)
        texts = (head, *(text.removesuffix(f" {variable.unit}") for text in values))
        theme = self.appearance.theme
        for column, text in enumerate(texts):
            item = self.item(place, column)
            if item is None:
                item = QTableWidgetItem()
                self.setItem(place, column, item)
            item.setText(text)
            item.setToolTip(text)
            strong = column == 2 and not same
            role = "imagine" if strong and unit.status != "refused" else "quiet"
            item.setForeground(theme.color("text" if column == 0 and not same else role))
            font = QFont(self.font())
            font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
            item.setFont(font)

    @Slot()
    def _restyle(self) -> None:
        if self.answer is not None:
            self.draw(*self.answer)


def unit_texts(
    variable: Variable, unit: Imagined, by: Convention = Convention.RANK
) -> tuple[str, str]:
    """The factual and the imagined value; of a category with its probability; of luck its range."""
    if variable.discrete:
        was = value_text(variable, unit.actual)
        if unit.probabilities is not None:
            code = int(unit.probabilities.argmax())
            return was, f"{variable.categories[code]} {percent(float(unit.probabilities[code]))}"
        return was, "–" if unit.imagined is None else value_text(variable, unit.imagined)
    if by is Convention.REDRAW and unit.status == "changed":
        return redrawn_ends(variable, unit)
    return unit_ends(variable, unit)

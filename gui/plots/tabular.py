"""A plot as a table: on the screen, as tab-separated and as comma-separated text."""

import csv
import io
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.numerals import shown

WIDEST = 1000  # pixels of a dialog that is comfortable

Rows = Sequence[Sequence[str]]


def tab_separated(rows: Rows) -> str:
    """Rows as spreadsheets paste them."""
    return "\n".join("\t".join(row) for row in rows)


def comma_separated(rows: Rows) -> str:
    """Rows as a CSV file, lines ended by a line feed."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


class Sheet(QTableWidget):
    """Read-only rows under the first as header; Ctrl+C copies all of it, in C's locale."""

    def __init__(self, name: str, rows: Rows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Rows = ()
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setHighlightSections(False)
        self.fill(rows)

    def fill(self, rows: Rows) -> None:
        """Show other rows."""
        self.rows = rows
        head = list(rows[0]) if rows else []
        self.setColumnCount(len(head))
        self.setRowCount(max(0, len(rows) - 1))
        middle = Qt.AlignmentFlag.AlignVCenter
        right, left = Qt.AlignmentFlag.AlignRight | middle, Qt.AlignmentFlag.AlignLeft | middle
        sides = [left if _words(rows[1:], i) else right for i in range(len(head))]
        for column, name in enumerate(head):
            title = QTableWidgetItem(name)
            title.setTextAlignment(sides[column])
            self.setHorizontalHeaderItem(column, title)
        for place, row in enumerate(rows[1:]):
            for column, text in enumerate(row):
                item = QTableWidgetItem(shown(text))
                item.setToolTip(shown(text))
                item.setTextAlignment(sides[column])
                self.setItem(place, column, item)
        self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """All of it to the clipboard; a table alone would take but one cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(tab_separated(self.rows))
        else:
            super().keyPressEvent(event)


class TableDialog(QDialog):
    """The plot in words and as a table; Esc closes."""

    def __init__(self, name: str, words: str, rows: Rows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(name)
        self.words = QLabel(words)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.words.setAccessibleName(words)
        self.sheet = Sheet(name, rows)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(self.words)
        column.addWidget(self.sheet, 1)
        self.resize(*_size(self.fontMetrics(), rows))
        self.sheet.setFocus()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Once it is dressed its columns know their widths: all are seen where there is room."""
        super().showEvent(event)
        lacking = self.sheet.horizontalHeader().length() - self.sheet.viewport().width()
        if lacking > 0:
            self.resize(min(self.width() + lacking, max(self.width(), WIDEST)), self.height())


def _words(rows: Rows, column: int) -> bool:
    """Whether a column is read as words: it is the first, or has as many words as numbers."""
    cells = [row[column] for row in rows if column < len(row) and row[column]]
    return not column or not cells or 2 * sum(map(_number, cells)) < len(cells)


def _number(cell: str) -> bool:
    return any(map(str.isdigit, cell)) and not any(map(str.isalpha, cell))


def _size(metrics: QFontMetrics, rows: Rows) -> tuple[int, int]:
    """As wide as the rows and as high as they are, within what is comfortable."""
    columns = len(rows[0]) if rows else 1
    widths = [
        max(metrics.horizontalAdvance(r[i]) for r in rows if i < len(r)) for i in range(columns)
    ]
    wide = sum(widths) + 26 * columns + 40
    tall = (len(rows) + 1) * (metrics.height() + 8) + 130
    return min(max(wide, 360), WIDEST), min(max(tall, 240), 560)

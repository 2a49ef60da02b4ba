"""A small dialog: which variable an experimenter set, and which values of a column say where."""

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.data.design import SetWhere
from engine.data.rows import marking_values
from engine.data.table import Table
from engine.data.variable import Variable
from gui.notices import plain_label
from gui.numerals import count

MOST_VALUES = 200  # of a column that may mark rows
SHOWN = 6  # values seen without scrolling


class ExperimentDialog(QDialog):
    """Emits `chosen(SetWhere)` when it is accepted."""

    chosen = Signal(object)

    def __init__(self, table: Table, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Set by an experimenter"))
        self._table = table
        self.variable, self.column = QComboBox(), QComboBox()
        self.values = QListWidget()
        self.words = plain_label("")
        self.words.setWordWrap(True)
        self.words.setProperty("quiet", True)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self._lay_out()
        self.variable.addItems(list(table.names))
        self.variable.currentIndexChanged.connect(self._offer_columns)
        self.column.currentIndexChanged.connect(self._offer_values)
        self.values.itemChanged.connect(self._count)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.variable.setCurrentText(name)
        self._offer_columns()
        self.column.setFocus()

    @property
    def item(self) -> SetWhere:
        """What is chosen now."""
        lines = (self.values.item(row) for row in range(self.values.count()))
        checked = (line for line in lines if line.checkState() is Qt.CheckState.Checked)
        values = tuple(float(line.data(Qt.ItemDataRole.UserRole)) for line in checked)
        return SetWhere(self.variable.currentText(), self.column.currentText(), values)

    def check(self, *labels: str) -> None:
        """Check exactly the values called so."""
        for row in range(self.values.count()):
            line = self.values.item(row)
            shown = self._marker().show(float(line.data(Qt.ItemDataRole.UserRole)))
            line.setCheckState(_state(shown in labels))

    def accept(self) -> None:
        """Tell, and go."""
        self.chosen.emit(self.item)
        super().accept()

    def _lay_out(self) -> None:
        about = plain_label(
            self.tr(
                "In rows where an experimenter set a variable, its value says nothing of its "
                "causes. Everything else in these rows still counts."
            )
        )
        about.setWordWrap(True)
        form = QFormLayout()
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("&Variable that was set"), self.variable)
        form.addRow(self.tr("&Column that says where"), self.column)
        form.addRow(self.tr("&Its values there"), self.values)
        self.values.setAccessibleName(self.tr("Values that mark the rows"))
        self.values.setMinimumHeight(60)
        self.values.setObjectName("values")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        column.addWidget(about)
        column.addLayout(form)
        column.addWidget(self.words)
        column.addWidget(self.buttons)
        self.setMinimumWidth(440)

    @Slot()
    def _offer_columns(self) -> None:
        """Columns of few values but the variable; first the one that already marks its rows."""
        table, name = self._table, self.variable.currentText()
        known = [item.column for item in table.design.of(name)]
        names = [
            n for n in table.names if n != name and 2 <= len(_distinct(table, n)) <= MOST_VALUES
        ]
        first = known or [n for n in names if table.variable(n).discrete] or names
        kept = self.column.currentText()
        self.column.blockSignals(True)
        self.column.clear()
        self.column.addItems(names)
        self.column.setCurrentText(kept if kept in names and not known else (first or [""])[0])
        self.column.blockSignals(False)
        self._offer_values()

    @Slot()
    def _offer_values(self) -> None:
        table, name, column = self._table, self.variable.currentText(), self.column.currentText()
        self.values.blockSignals(True)
        self.values.clear()
        if column:
            earlier = [i.values for i in table.design.of(name) if i.column == column]
            marked = earlier[0] if earlier else marking_values(table, column)
            for value, rows in _distinct(table, column).items():
                text = self.tr("{0} ({1} rows)").format(self._marker().show(value), count(rows))
                line = QListWidgetItem(text, self.values)
                line.setData(Qt.ItemDataRole.UserRole, value)
                line.setFlags(
                    Qt.ItemFlag.ItemIsEnabled
                    | Qt.ItemFlag.ItemIsUserCheckable
                    | Qt.ItemFlag.ItemIsSelectable
                )
                line.setCheckState(_state(value in marked))
        self.values.blockSignals(False)
        rows = min(max(2, self.values.count()), SHOWN)
        self.values.setFixedHeight(rows * max(22, self.values.sizeHintForRow(0)) + 12)
        self._count()

    @Slot()
    def _count(self) -> None:
        """How many rows that makes; the dialog can be accepted where there are some."""
        item, table = self.item, self._table
        rows = int(np.isin(table[item.column], item.values).sum()) if item.column else 0
        if not self.column.count():
            words = self.tr("No other column has few enough values to mark rows.")
        elif not rows:
            words = self.tr("Check the values that mark the rows in which {0} was set.")
        else:
            words = self.tr("{0} was set in {1} of {2} rows.")
        self.words.setText(words.format(item.variable, count(rows), count(table.rows)))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(rows > 0)

    def _marker(self) -> Variable:
        return self._table.variable(self.column.currentText())


def _distinct(table: Table, name: str) -> dict[float, int]:
    """The values of a column and in how many rows each is."""
    column = table[name]
    values, rows = np.unique(column[~np.isnan(column)], return_counts=True)
    return dict(zip(values.tolist(), rows.tolist(), strict=True))


def _state(checked: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked

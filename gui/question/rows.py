"""A column of rows, one per intervention or condition, kept while they still fit."""

from collections.abc import Callable, Sequence
from typing import Protocol, cast

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.data.variable import Variable
from engine.interventions import Condition, Intervention
from gui.question.ranges import Ranges

Item = Intervention | Condition
Make = Callable[[Variable, Item, Ranges], QWidget]


class Row(Protocol):
    """What every row is: built for one variable, one type of item and one table's ranges."""

    variable: Variable
    item: Item
    ranges: Ranges
    edited: SignalInstance
    settled: SignalInstance

    def show_item(self, item: Item) -> None:
        """Show the item, without a signal."""


class Rows(QWidget):
    """The rows of an action or of evidence; `edited` and `settled` of any of them."""

    edited = Signal(object)
    settled = Signal()

    def __init__(self, make: Make, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self.rows: dict[str, QWidget] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self.hide()

    def sync(self, items: Sequence[Item], ranges: Ranges) -> None:
        """One row per item; rows that still fit are kept, with their focus."""
        table = ranges.table
        known = () if table is None else tuple(item for item in items if item.variable in table)
        for name in set(self.rows) - {item.variable for item in known}:
            self._drop(name)
        for place, item in enumerate(known):
            assert table is not None
            variable = table.variable(item.variable)
            old = cast(Row | None, self.rows.get(item.variable))
            built_for = old and (old.variable, type(old.item), old.ranges)
            if old is not None and built_for == (variable, type(item), ranges):
                old.show_item(item)
            else:
                self._add(place, variable, item, ranges)
        self.setVisible(bool(known))

    def _add(self, place: int, variable: Variable, item: Item, ranges: Ranges) -> None:
        self._drop(variable.name)
        widget = self._make(variable, item, ranges)
        row = cast(Row, widget)
        row.edited.connect(self.edited)
        row.settled.connect(self.settled)
        self.rows[variable.name] = widget
        self._column.insertWidget(place, widget)

    def _drop(self, name: str) -> None:
        row = self.rows.pop(name, None)
        if row is not None:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()

"""The sets and what each holds: a table of ticks with values, one line per set."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from engine.queries.concepts import ConceptConditions, Concepts
from gui.numerals import count, read, short
from gui.widgets.menu import KeyMenu

LEAST_WIDTH = 420  # pixels, where there is so much to show
_FLAGS = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
_HELD = _FLAGS | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable


class SetsTable(QTableWidget):
    """Space ticks, digits write a value, Delete clears a cell; the menu removes and renames."""

    turned = Signal(int, str)  # the set at a place holds a concept, or no longer
    written = Signal(int, str, float)  # at this value
    set_removed = Signal(int)
    concept_removed = Signal(str)
    rename_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Which set holds which concept, near which value"))
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setHighlightSections(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.concepts = Concepts()
        self.customContextMenuRequested.connect(self._open_menu)
        self.itemChanged.connect(self._edited)

    def show_sets(self, concepts: Concepts, found: ConceptConditions) -> None:
        """Ticks and values; `found` says what each set is worth."""
        self.concepts = concepts
        names = () if concepts.unknown else concepts.names
        worth = dict(zip(found.sets, found.rows, strict=False))
        self.blockSignals(True)
        self.setRowCount(len(concepts.sets))
        self.setColumnCount(len(names) + 1)
        self.setHorizontalHeaderLabels([*names, self.tr("rows")])
        self.setVerticalHeaderLabels([one.name for one in concepts.sets])
        for place, one in enumerate(concepts.sets):
            held = dict(one.filters)
            for column, name in enumerate(names):
                self._show_cell(place, column, one.name, name, held.get(name))
            rows = count(round(worth[one.name])) if one.name in worth else "–"
            self._fill(place, len(names), rows, self.tr("{0}: {1} rows").format(one.name, rows))
        self.blockSignals(False)
        self._fit()

    def held(self, place: int, column: int) -> bool:
        """True where a tick is shown."""
        item = self.item(place, column)
        return item is not None and item.checkState() is Qt.CheckState.Checked

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Delete clears the cell, the menu key opens the menu."""
        place, column = self.currentRow(), self.currentColumn()
        names = self._names()
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if 0 <= column < len(names) and self.held(place, column):
                self.turned.emit(place, names[column])
            return
        if event.key() == Qt.Key.Key_Menu and place >= 0:
            self._open_menu(self.visualItemRect(self.currentItem()).center())
            return
        super().keyPressEvent(event)

    def menu_for(self, place: int, column: int) -> KeyMenu:
        """What can be done with a set and a concept."""
        menu, names = KeyMenu(self), self._names()
        gone = menu.addAction(self.tr("Remove the set {0}").format(self.concepts.sets[place].name))
        gone.triggered.connect(lambda: self.set_removed.emit(place))
        if 0 <= column < len(names):
            name = names[column]
            if self.concepts.labels:
                rename = menu.addAction(self.tr("Rename {0}…").format(name))
                rename.triggered.connect(lambda: self.rename_wanted.emit(name))
            remove = menu.addAction(self.tr("Remove the concept {0}").format(name))
            remove.triggered.connect(lambda: self.concept_removed.emit(name))
        return menu

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _names(self) -> tuple[str, ...]:
        return () if self.concepts.unknown else self.concepts.names

    def _show_cell(self, place: int, column: int, one: str, name: str, value: float | None) -> None:
        text = "" if value is None else short(value)
        words = self.tr("{0} holds {1} near {2}") if text else self.tr("{0} does not hold {1}")
        item = self._fill(place, column, text, words.format(one, name, text))
        item.setFlags(_HELD)
        item.setCheckState(Qt.CheckState.Checked if text else Qt.CheckState.Unchecked)

    def _fill(self, place: int, column: int, text: str, words: str) -> QTableWidgetItem:
        item = self.item(place, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(place, column, item)
        item.setData(Qt.ItemDataRole.CheckStateRole, None)
        item.setFlags(_FLAGS)
        item.setText(text)
        item.setToolTip(words)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        return item

    def _edited(self, item: QTableWidgetItem) -> None:
        place, column, names = item.row(), item.column(), self._names()
        if column >= len(names):
            return
        name = names[column]
        value = dict(self.concepts.sets[place].filters).get(name)
        ticked = item.checkState() is Qt.CheckState.Checked
        before = "" if value is None else short(value)
        number = read(item.text())
        if ticked != (value is not None) or (not item.text().strip() and value is not None):
            self.turned.emit(place, name)
        elif item.text() != before and number is not None:
            self.written.emit(place, name, number)
        elif item.text() != before:
            self.blockSignals(True)
            item.setText(before)
            self.blockSignals(False)

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        for column in range(self.columnCount()):
            head = self.horizontalHeaderItem(column)
            wide = metrics.horizontalAdvance(head.text() if head is not None else "") + 28
            least = metrics.horizontalAdvance("9 999") + (50 if column < len(self._names()) else 24)
            self.setColumnWidth(column, min(180, max(wide, least)))
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 8)
        names = [one.name for one in self.concepts.sets]
        heads = max((metrics.horizontalAdvance(name) for name in names), default=0) + 24
        whole = heads + sum(self.columnWidth(i) for i in range(self.columnCount())) + 24
        self.setMinimumWidth(min(whole, LEAST_WIDTH))
        self.setMaximumWidth(max(whole, LEAST_WIDTH))

    def _open_menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        if item is not None:
            menu = self.menu_for(item.row(), item.column())
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.viewport().mapToGlobal(at))

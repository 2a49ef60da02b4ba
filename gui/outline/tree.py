"""The tree of the outline: shows lines, edits what is written on them, knows the canvas's keys."""

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import (
    QCoreApplication,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from gui.outline.lines import Line, What

LINE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
NUDGES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class OutlineTree(QTreeWidget):
    """Two columns: the thing, and facts about it. Several lines can be chosen at once."""

    delete_pressed = Signal()
    region_pressed = Signal()
    nudged = Signal(int, int)  # steps right and down
    written = Signal(object, str)  # the line and its new text
    menu_wanted = Signal(QPoint)  # on the screen

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Nodes and arrows"))
        self.setColumnCount(2)
        self.setHeaderLabels([self.tr("Variable"), self.tr("Facts")])
        self.setEditTriggers(QTreeWidget.EditTrigger.EditKeyPressed)
        self.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.setUniformRowHeights(True)
        self.setItemDelegate(_Writing(self.written.emit, self))
        self.header().resizeSection(0, 320)

    @property
    def writing(self) -> bool:
        """True while something is being typed in a line."""
        return self.state() == QTreeWidget.State.EditingState

    def fill(self, lines: Sequence[Line]) -> None:
        """Show these lines; what was folded out, current and chosen stays so."""
        opened = {line_of(item).key for item in self.all_items() if item.isExpanded()}
        chosen = {_place(item) for item in self.all_items() if item.isSelected()}
        current = self.currentItem()
        now = None if current is None else _place(current)
        self.clear()
        for line in lines:
            self.addTopLevelItem(_item(line))
        for item in self.all_items():
            item.setExpanded(line_of(item).key in opened)
            if _place(item) == now:
                self.setCurrentItem(item)
        for item in self.all_items():
            item.setSelected(_place(item) in chosen)

    def chosen(self) -> list[Line]:
        """The chosen lines, from above."""
        return [line_of(item) for item in self.all_items() if item.isSelected()]

    def current_line(self) -> Line | None:
        """The line that has the keyboard."""
        item = self.currentItem()
        return None if item is None else line_of(item)

    def choose(self, wanted: Callable[[Line], bool]) -> None:
        """Choose exactly the lines of that kind; the keyboard goes to the first, if it must."""
        first = None
        for item in self.all_items():
            item.setSelected(wanted(line_of(item)))
            first = item if first is None and item.isSelected() else first
        current = self.currentItem()
        if first is not None and (current is None or not current.isSelected()):
            index = self.indexFromItem(first)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def show_line(self, wanted: Callable[[Line], bool], *, edit: bool = False) -> None:
        """Go to the first line of that kind, and write on it."""
        item = next((item for item in self.all_items() if wanted(line_of(item))), None)
        if item is not None:
            self.clearSelection()
            self.setCurrentItem(item)
            if edit:
                self.setFocus()
                self.editItem(item, 0)

    def write_on(self, line: Line) -> None:
        """Write on this line, as F2 does."""
        self.show_line(lambda other: other.key == line.key, edit=True)

    def all_items(self) -> Iterator[QTreeWidgetItem]:
        """Every line's item, from above."""
        for row in range(self.topLevelItemCount()):
            item = self.topLevelItem(row)
            if item is not None:
                yield item
                inside = map(item.child, range(item.childCount()))
                yield from (child for child in inside if child is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Keys that the canvas knows too."""
        ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not ctrl:
            self.delete_pressed.emit()
        elif key == Qt.Key.Key_G and not event.modifiers():
            self.region_pressed.emit()
        elif key in NUDGES and ctrl:
            far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.nudged.emit(*(far * step for step in NUDGES[key]))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """What the canvas offers for the same thing."""
        at = event.pos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            item = self.currentItem()
            at = self.visualItemRect(item).bottomLeft() if item is not None else QPoint(8, 8)
        self.menu_wanted.emit(self.viewport().mapToGlobal(at))


class _Writing(QStyledItemDelegate):
    """Edits the text of a line, which may be less than the line says."""

    def __init__(self, written: Callable[[Line, str], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._written = written

    def createEditor(  # noqa: N802 - Qt's name
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        """A line to write in; none where nothing can be written."""
        if index.column() or (line := index.data(LINE)).text is None:
            return None  # type: ignore[return-value]
        editor = QLineEdit(parent)
        editor.setAccessibleName(_title(line))
        editor.setFrame(False)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802 - Qt's name
        """What can be written anew."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(index.data(LINE).text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:  # noqa: N802
        """Said, not kept: the line follows the document."""
        line = index.data(LINE)
        if isinstance(editor, QLineEdit) and editor.text().strip() != line.text:
            self._written(line, editor.text().strip())


def line_of(item: QTreeWidgetItem) -> Line:
    """The line that an item shows."""
    line = item.data(0, LINE)
    assert isinstance(line, Line)
    return line


def _place(item: QTreeWidgetItem) -> tuple[object, ...]:
    """The same for the line of the same thing under the same line: an edge has two."""
    above = item.parent()
    return (None if above is None else line_of(above).key, line_of(item).key)


def _item(line: Line) -> QTreeWidgetItem:
    item = QTreeWidgetItem([line.words, line.facts])
    item.setData(0, LINE, line)
    if line.text is not None:
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
    item.addChildren([_item(inner) for inner in line.inside])
    return item


def _title(line: Line) -> str:
    match line.what:
        case What.NODE:
            return _tr("Name of {0}").format(line.words)
        case What.ACTION:
            return _tr("Value of {0}").format(line.names[0])
        case What.REGION:
            return _tr("Title of the region")
        case _:
            return _tr("Note")


def _tr(text: str) -> str:
    return QCoreApplication.translate("OutlineTree", text)

"""A chip that opens a list of names to tick; it stays open while names are ticked."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui.appearance import Appearance
from gui.notices import plain_label
from gui.widgets.chip import Chip

MOST_LINES, WIDEST = 12, 360  # lines, pixels


class Ticks(Chip):
    """Shows how many are ticked; click, Enter or Down opens the list; `ticked(name)` on a turn."""

    ticked = Signal(str)

    def __init__(
        self, appearance: Appearance, name: str, hint: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, role="quiet", arrow=True, parent=parent)
        self.name, self.hint = name, hint
        self.names: tuple[str, ...] = ()
        self.chosen: frozenset[str] = frozenset()
        self._list: TickList | None = None
        self.clicked.connect(self.open)

    def offer(self, names: Sequence[str], chosen: Sequence[str], shown: str) -> None:
        """What can be ticked, what is, and the text shown."""
        self.names, self.chosen = tuple(names), frozenset(chosen)
        self.say(shown)
        self.setAccessibleName(f"{self.name}: {shown}")
        if self._list is not None:
            self._list.show_ticks(self.names, self.chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Down opens."""
        if event.key() == Qt.Key.Key_Down:
            self.open()
        else:
            super().keyPressEvent(event)

    @Slot()
    def open(self) -> None:
        """Show the list below the chip."""
        if self._list is None:
            self._list = TickList(self, self.name, self.hint)
            self._list.ticked.connect(self.ticked)
        self._list.show_ticks(self.names, self.chosen)
        self._list.show_at(self.mapToGlobal(QPoint(0, self.height() + 4)))


class TickList(QFrame):
    """The opened list: arrows move, Space or a click ticks, Esc leaves."""

    ticked = Signal(str)

    def __init__(self, parent: QWidget, name: str, hint: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("choices")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.hint = plain_label(hint)
        self.hint.setWordWrap(True)
        self.hint.setProperty("quiet", True)
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setAccessibleDescription(hint)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._turned)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        column.addWidget(self.hint)
        column.addWidget(self.list)

    def show_ticks(self, names: Sequence[str], chosen: frozenset[str]) -> None:
        """Fill the list anew, or only its ticks where the names are the same."""
        self.list.blockSignals(True)
        if [self.list.item(i).text() for i in range(self.list.count())] != list(names):
            self.list.clear()
            for name in names:
                item = QListWidgetItem(name, self.list)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            self.list.setCurrentRow(0)
        for i, name in enumerate(names):
            on = Qt.CheckState.Checked if name in chosen else Qt.CheckState.Unchecked
            self.list.item(i).setCheckState(on)
        self.list.blockSignals(False)

    def show_at(self, corner: QPoint) -> None:
        """Open at a screen position, as large as the list needs, inside the screen."""
        line = self.list.sizeHintForRow(0) if self.list.count() else 24
        width = min(max(self.list.sizeHintForColumn(0) + 60, 240), WIDEST)
        head = self.hint.heightForWidth(width - 16)
        size = QSize(width, min(self.list.count(), MOST_LINES) * line + head + 26)
        area = self.screen().availableGeometry()
        x = max(area.left(), min(corner.x(), area.right() - size.width()))
        y = max(area.top(), min(corner.y(), area.bottom() - size.height()))
        self.setGeometry(x, y, size.width(), size.height())
        self.show()
        self.list.setFocus()

    @Slot(QListWidgetItem)
    def _turned(self, item: QListWidgetItem) -> None:
        self.ticked.emit(item.text())

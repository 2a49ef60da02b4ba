"""A chip that opens a list to choose from, with a filter once the list is long."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.appearance import Appearance
from gui.widgets.chip import Chip

FILTER_FROM = 9  # choices


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list; `key` is what is emitted, `hint` stands behind the label."""

    key: object
    label: str
    hint: str = ""


class Picker(Chip):
    """Shows what is chosen; click, Enter or Down opens the list; `picked(key)` on a choice."""

    picked = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        *,
        role: str = "quiet",
        arrow: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, role=role, arrow=arrow, parent=parent)
        self.name = name
        self.choices: tuple[Choice, ...] = ()
        self._list: ChoiceList | None = None
        self.clicked.connect(self.open)

    def offer(self, choices: Sequence[Choice], shown: str) -> None:
        """What can be chosen, and the text shown now."""
        if tuple(choices) == self.choices and shown == self.text():
            return
        self.choices = tuple(choices)
        self.say(shown)
        self.setAccessibleName(f"{self.name}: {shown}" if shown != self.name else self.name)
        self.setEnabled(bool(self.choices))

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
            self._list = ChoiceList(self)
            self._list.picked.connect(self.picked)
        self._list.offer(self.choices, self.text())
        self._list.show_at(self.mapToGlobal(QPoint(0, self.height() + 4)))


class ChoiceList(QFrame):
    """The opened list: type to filter, arrows to move, Enter to choose, Esc to leave."""

    picked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("choices")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.filter = QLineEdit(placeholderText=self.tr("Filter"))
        self.filter.setAccessibleName(self.tr("Filter"))
        self.filter.textChanged.connect(self._narrow)
        self.filter.installEventFilter(self)
        self.list = QListWidget()
        self.list.setItemDelegate(_Line(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(4)
        column.addWidget(self.filter)
        column.addWidget(self.list)

    def offer(self, choices: tuple[Choice, ...], present: str) -> None:
        """Fill the list; the present choice is marked."""
        self.filter.clear()
        self.filter.setVisible(len(choices) >= FILTER_FROM)
        self.list.clear()
        for choice in choices:
            item = QListWidgetItem(choice.label, self.list)
            item.setData(Qt.ItemDataRole.UserRole, choice)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{choice.label} {choice.hint}")
            item.setToolTip(choice.label)
            if choice.label == present:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)

    def show_at(self, corner: QPoint) -> None:
        """Open at a screen position, as large as the list needs, inside the screen."""
        metrics = self.list.fontMetrics()
        items = [self.list.item(row) for row in range(self.list.count())]
        texts = [item.data(Qt.ItemDataRole.AccessibleTextRole) for item in items]
        width = max((metrics.horizontalAdvance(text) for text in texts), default=80) + 64
        line = self.list.sizeHintForRow(0) if texts else 24
        height = min(len(texts), 12) * line + 22 + (36 if not self.filter.isHidden() else 0)
        size = QSize(min(max(width, 140), 360), height)
        area = self.screen().availableGeometry()
        x = max(area.left(), min(corner.x(), area.right() - size.width()))
        y = max(area.top(), min(corner.y(), area.bottom() - size.height()))
        self.setGeometry(x, y, size.width(), size.height())
        self.show()
        (self.list if self.filter.isHidden() else self.filter).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows and Enter in the filter go to the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._step(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _step(self, step: int) -> None:
        row = self.list.currentRow() + step
        while 0 <= row < self.list.count() and self.list.item(row).isHidden():
            row += step
        if 0 <= row < self.list.count():
            self.list.setCurrentRow(row)

    @Slot(str)
    def _narrow(self, text: str) -> None:
        first = -1
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(text.casefold() not in item.text().casefold())
            first = row if first < 0 and not item.isHidden() else first
        self.list.setCurrentRow(first)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None and not item.isHidden():
            choice: Choice = item.data(Qt.ItemDataRole.UserRole)
            self.close()
            self.picked.emit(choice.key)


class _Line(QStyledItemDelegate):
    """The label, and its hint quiet at the right end."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the line."""
        choice: Choice = index.data(Qt.ItemDataRole.UserRole)
        metrics, rect = option.fontMetrics, option.rect
        super().paint(painter, option, index)
        wanted = metrics.horizontalAdvance(choice.label + choice.hint) + 32
        if not choice.hint or wanted > rect.width():
            return
        painter.save()
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, 0, -8, 0), int(right), choice.hint)
        painter.restore()

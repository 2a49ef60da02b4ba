"""Ctrl+K: any command or variable by a few letters of its name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget

from gui.appearance import Appearance
from gui.marks import Line, Lines, Mark

WIDTH, HEIGHT = 460, 340


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found: its words, a quiet hint, and what happens when it is chosen."""

    text: str
    hint: str
    run: Callable[[], None]


class Palette(QFrame):
    """A field and a list over the window; Return does, Esc closes."""

    def __init__(
        self,
        parent: QWidget,
        appearance: Appearance,
        entries: Callable[[], Iterable[Entry]],
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._before: QWidget | None = None  # had the keyboard before
        self.setObjectName("palette")
        self.hide()
        self._entries, self._found = entries, list[Entry]()
        self.field = QLineEdit(placeholderText=self.tr("A command or a variable"))
        self.field.setAccessibleName(self.tr("Find a command or a variable"))
        self.list = Lines(self.tr("Found"), appearance)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.clicked.connect(self._run_current)

    def open(self) -> None:
        """Show all, under the upper edge of the window."""
        window = self._window
        self._before = QApplication.focusWidget()
        self.resize(WIDTH, HEIGHT)
        self.move((window.width() - WIDTH) // 2, 72)
        self.field.clear()
        self._search("")
        self.show()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Up, Down, Return and Esc in the field; leaving it closes."""
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps and self._found:
            row = self.list.currentIndex().row() + steps[Qt.Key(event.key())]
            self._choose(row % len(self._found))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run_current()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return True
        return super().eventFilter(watched, event)

    def _leave(self) -> None:
        self.hide()
        if self._before is not None:
            self._before.setFocus()

    def _search(self, text: str) -> None:
        self._found = matches(text, self._entries())
        lines = (Line(Mark.NONE, entry.text, entry.hint) for entry in self._found)
        self.list.show_lines(tuple(lines))
        self._choose(0)

    def _choose(self, row: int) -> None:
        self.list.setCurrentIndex(self.list.model().index(row, 0))

    def _run_current(self, index: QModelIndex | None = None) -> None:
        row = self.list.currentIndex().row()
        self._leave()
        if 0 <= row < len(self._found):
            self._found[row].run()


def matches(text: str, entries: Iterable[Entry]) -> list[Entry]:
    """Entries that hold every typed word; those that begin with the text first."""
    words = text.casefold().split()
    found = [e for e in entries if all(word in e.text.casefold() for word in words)]
    return sorted(found, key=lambda e: not e.text.casefold().startswith(text.casefold()))

"""Ctrl+K: any command, variable, example or recent file by a few letters of its name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget

from gui.appearance import Appearance
from gui.marks import Line, Lines, Mark

LETTERS, LINES = 66, 12  # size of the list, in letters and lines of its font


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found: its words, a quiet hint, and what happens when it is chosen."""

    text: str
    hint: str
    run: Callable[[], None]
    usable: bool = True


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
        self.field = QLineEdit(placeholderText=self.tr("A command, a variable, an example"))
        self.field.setAccessibleName(self.tr("Find a command, a variable or an example"))
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
        metrics = self.fontMetrics()
        width = min(metrics.averageCharWidth() * LETTERS, window.width() - 40)
        height = min(metrics.height() * LINES * 2, window.height() - 100)
        self.setGeometry((window.width() - width) // 2, 72, width, height)
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
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 9,
            Qt.Key.Key_PageUp: -9,
        }
        if event.key() in steps and self._found:
            step, last = steps[Qt.Key(event.key())], len(self._found) - 1
            row = self.list.currentIndex().row() + step
            self._choose(row % (last + 1) if abs(step) == 1 else max(0, min(last, row)))
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
        if 0 <= row < len(self._found) and not self._found[row].usable:
            return
        self._leave()
        if 0 <= row < len(self._found):
            self._found[row].run()


def matches(text: str, entries: Iterable[Entry]) -> list[Entry]:
    """Entries in which every typed word is found, letters in order; the closest first.

    What cannot be used now comes after all that can.
    """
    words = text.casefold().split()
    scored = [(closeness(words, entry.text.casefold()), entry) for entry in entries]
    found = [(score, entry) for score, entry in scored if score is not None]
    found.sort(key=lambda pair: (not pair[1].usable, -pair[0]))
    return [entry for _, entry in found]


def closeness(words: Iterable[str], text: str) -> float | None:
    """How close words come to a text: the text's begin, a word's begin, within, letters spread.

    None where a word's letters are not all there in order. No words are equally close to all.
    """
    total = 0.0
    for word in words:
        if text.startswith(word):
            total += 4.0
        elif f" {word}" in text:
            total += 3.0
        elif word in text:
            total += 2.0
        else:
            span = spread(word, text)
            if span is None:
                return None
            total += len(word) / span
    return total - 0.001 * len(text) if total else 0.0


def spread(word: str, text: str) -> int | None:
    """The fewest letters of `text` that hold those of `word` in order; None where none do."""
    best = None
    for begin, letter in enumerate(text):
        if letter != word[0]:
            continue
        at = begin
        for wanted in word[1:]:
            at = text.find(wanted, at + 1)
            if at < 0:
                return best
        best = at - begin + 1 if best is None else min(best, at - begin + 1)
    return best

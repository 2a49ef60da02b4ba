"""One line above the canvas that says what could come next, with a button for it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from gui.appearance import Appearance
from gui.notices import plain_label
from gui.widgets.closing import CloseButton


@dataclass(frozen=True, slots=True)
class Way:
    """A button of the line."""

    words: str
    verb: Callable[[], object]


class Hint(QFrame):
    """Shown by `say`, until `leave` or its ✕; a topic that was closed is not brought up again."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offer")
        self.topic = ""
        self._closed: set[str] = set()
        self._ways: tuple[Way, ...] = ()
        self.words = plain_label("")
        self.words.setWordWrap(True)
        self.first, self.second = QPushButton(), QPushButton()
        self.first.clicked.connect(lambda: self._go(0))
        self.second.clicked.connect(lambda: self._go(1))
        self.dismiss = CloseButton(appearance, self.tr("Close this hint"))
        self.dismiss.clicked.connect(self._close)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(self.words, 1)
        for button in (self.first, self.second, self.dismiss):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, topic: str, words: str, *ways: Way) -> None:
        """Show `words` with up to two buttons, unless the topic was closed."""
        self.topic, self._ways = topic, ways
        self.words.setText(words)
        self.setAccessibleName(words)
        for button, way in zip((self.first, self.second), (*ways, None, None), strict=False):
            button.setVisible(way is not None)
            button.setText("" if way is None else way.words)
        self.setVisible(topic not in self._closed)

    def leave(self, topic: str = "") -> None:
        """No longer of use; with a topic, only if that is the one shown."""
        if not topic or topic == self.topic:
            self.topic = ""
            self.hide()

    def forget(self) -> None:
        """Another document: what was closed may be said again."""
        self._closed.clear()

    def _close(self) -> None:
        self._closed.add(self.topic)
        self.hide()

    def _go(self, number: int) -> None:
        if number < len(self._ways):
            self._ways[number].verb()

"""One line above the canvas that says what could come next, with a button for it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QWidget

from gui.appearance import Appearance
from gui.notices import plain_label
from gui.widgets.closing import CloseButton

NARROW = 80  # letters


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
        self._inner = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._inner.setSpacing(10)
        self._inner.addWidget(self.words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        for button in (self.first, self.second):
            buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        buttons.addStretch(1)
        self._inner.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(10)
        row.addLayout(self._inner, 1)
        row.addWidget(self.dismiss, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The buttons stand below the words where there is little room beside them."""
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        narrow = self.width() < NARROW * self.fontMetrics().averageCharWidth()
        self._inner.setDirection(way.TopToBottom if narrow else way.LeftToRight)

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

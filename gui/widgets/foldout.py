"""A heading that folds out a paragraph of plain text, to be read and copied."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from gui.appearance import Appearance
from gui.icons import icon

MOST_LINES = 18  # longer texts scroll


class FoldOut(QWidget):
    """Folded at first; without text it takes no room."""

    def __init__(self, title: str, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.head = QToolButton()
        self.head.setText(title)
        self.head.setCheckable(True)
        self.head.setObjectName("foldout")
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.toggled.connect(self._turn)
        self.words = Paragraph(title)
        self.words.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.head)
        column.addWidget(self.words)
        appearance.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def say(self, text: str) -> None:
        """The paragraph; '' hides all."""
        self.words.setPlainText(text)
        self.words.fit()
        self.setVisible(bool(text))

    @Slot(bool)
    def _turn(self, opened: bool) -> None:
        self.words.setVisible(opened)
        self._restyle()

    @Slot()
    def _restyle(self) -> None:
        way = "down" if self.head.isChecked() else "right"
        self.head.setIcon(icon(way, self._appearance.theme.quiet))
        side = round(12 * self._appearance.size)
        self.head.setIconSize(QSize(side, side))


class Paragraph(QPlainTextEdit):
    """Read-only text as high as its lines, up to a limit."""

    def __init__(self, name: str) -> None:
        super().__init__(readOnly=True)
        self.setObjectName("paragraph")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def fit(self) -> None:
        """As high as its lines."""
        lines = round(self.document().size().height())  # a plain text document counts lines
        scrolls = Qt.ScrollBarPolicy.ScrollBarAsNeeded
        hidden = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(scrolls if lines > MOST_LINES else hidden)
        self.setFixedHeight(min(lines, MOST_LINES) * self.fontMetrics().lineSpacing() + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width, other lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

"""Before a graph is written: which format, for whom, and what it leaves out of this graph."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from gui.formats import TITLES, readers_of, title_of

Told = Callable[[str], tuple[str, ...]]  # by format: what it leaves out; UserError if it cannot be


class ExportGraph(QDialog):
    """A list of formats; beside it, in words, what the chosen one leaves out."""

    def __init__(self, parent: QWidget | None, before: str, told: Told) -> None:
        super().__init__(parent)
        self._told = told
        self.setWindowTitle(_tr("Export graph"))
        self.list = QListWidget()
        self.list.setAccessibleName(_tr("Formats"))
        for format in TITLES:
            item = QListWidgetItem(title_of(format), self.list)
            item.setData(Qt.ItemDataRole.UserRole, format)
        self.list.setFixedWidth(self.list.sizeHintForColumn(0) + 36)
        self.readers = _label()
        self.heading = _label()
        self.heading.setProperty("heading", True)
        self.losses = _label()
        self.go = QPushButton(_tr("Choose a file…"))
        self.go.setDefault(True)
        self.back = QPushButton(_tr("Cancel"))
        self.go.clicked.connect(self.accept)
        self.back.clicked.connect(self.reject)
        self.list.itemActivated.connect(self._take)
        self.list.currentRowChanged.connect(self._show)
        self._lay_out()
        self.list.setCurrentRow(list(TITLES).index(before) if before in TITLES else 0)
        self.list.setFocus()
        self.resize(660, 400)

    @property
    def chosen(self) -> str:
        """The format that is marked."""
        return str(self.list.currentItem().data(Qt.ItemDataRole.UserRole))

    def _lay_out(self) -> None:
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(4, 0, 4, 0)
        column.setSpacing(8)
        for label in (self.readers, self.heading, self.losses):
            column.addWidget(label)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(words)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.list)
        middle.addWidget(area, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.go)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 16)
        whole.setSpacing(14)
        whole.addLayout(middle, 1)
        whole.addLayout(buttons)

    def _show(self) -> None:
        format = self.chosen
        self.readers.setText(readers_of(format))
        try:
            losses = self._told(format)
        except UserError as error:
            self.heading.setText(_tr("Cannot be written"))
            self.losses.setText(str(error))
            self.go.setEnabled(False)
        else:
            self.heading.setText(_tr("What this format changes") if losses else "")
            kept = _tr("It keeps everything that is drawn.")
            self.losses.setText("\n".join(f"• {_sentence(words)}" for words in losses) or kept)
            self.go.setEnabled(True)
        self.heading.setVisible(bool(self.heading.text()))
        said = " ".join((self.readers.text(), self.heading.text(), self.losses.text()))
        self.list.setAccessibleDescription(said)

    def _take(self) -> None:
        if self.go.isEnabled():
            self.accept()


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] if words[:1].islower() else words


def _label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _tr(text: str) -> str:
    return QCoreApplication.translate("ExportGraph", text)

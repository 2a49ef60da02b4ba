"""How many rows have gaps, and what is done about them: a line with a choice beside the data."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from engine.project import Project
from gui.notices import plain_label
from gui.numerals import percent


class GapsLine(QWidget):
    """Rows with a gap in a drawn variable: left out, or filled in; without any it takes no room."""

    wanted = Signal(bool)  # True: fill gaps in from the model

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = plain_label("")
        self.words.setWordWrap(True)
        self.words.setProperty("quiet", True)
        self.other = QPushButton()
        self.other.setFlat(True)
        self.other.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.other)
        self._impute = False
        self.hide()

    def say(self, project: Project) -> None:
        """What is done with the rows of `project` that have gaps."""
        share = gap_share(project)
        self.setVisible(share > 0)
        if project.table is None or not share:
            return
        self._impute = project.table.design.impute
        shown = percent(share) if share >= 0.005 else self.tr("Under 1 %")
        if self._impute:
            text = self.tr("{0} of rows have gaps: filled in from the model")
            self.other.setText(self.tr("Leave out"))
            self.other.setToolTip(
                self.tr("Learn each variable only from rows that have it and its causes.")
            )
        else:
            text = self.tr("{0} of rows have gaps: left out")
            self.other.setText(self.tr("Fill in"))
            self.other.setToolTip(
                self.tr(
                    "Draw what is missing from the model, given what was seen in the row: right if "
                    "your arrows are, and if a gap depends only on what was seen."
                )
            )
        self.words.setText(text.format(shown))
        self.other.setAccessibleDescription(self.words.text())

    def _choose(self) -> None:
        self.wanted.emit(not self._impute)


def gap_share(project: Project) -> float:
    """Share of rows, 0 … 1, that lack a value of a variable in the graph."""
    names = project.questionable
    if project.table is None or not names or not project.table.rows:
        return 0.0
    return 1.0 - float(project.table.complete(names).mean())

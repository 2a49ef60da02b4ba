"""The pictures of an answer on a page: side by side, with what changed, and in words."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.project import Project
from engine.queries.pictured import PictureAnswer
from engine.queries.questions import Rung
from gui.appearance import Appearance
from gui.phrases import plain
from gui.plots.photos import PhotoPlot
from gui.question.photo_words import changes, own_photo, photo_caption, photo_notes, photo_rows
from gui.widgets.chip import Chip
from gui.widgets.sentence import SentenceLabel


class PhotoPart(QWidget):
    """Hidden until it draws; `apart` shows the difference of what was and would be as well."""

    apart_turned = Signal(bool)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changed = SentenceLabel(appearance)
        self.notes = SentenceLabel(appearance)
        self.plot = PhotoPlot(appearance, self.tr("Pictures"))
        self.apart = Chip(appearance, self.tr("Difference"))
        self.apart.setCheckable(True)
        self.apart.setToolTip(self.tr("Grey where nothing changed, lighter and darker elsewhere"))
        self.apart.setAccessibleName(self.tr("Show the difference"))
        self.apart.clicked.connect(self.apart_turned)
        self._drawn: tuple[PictureAnswer, Project, str] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.changed, self.plot, self.notes, self.apart):
            column.addWidget(widget)
        self.hide()

    def draw(self, answer: PictureAnswer, project: Project, words: str) -> None:
        """Show the pictures of an answer; `words` is its sentence."""
        self._drawn = (answer, project, words)
        both = answer.originals is not None and answer.asked.question.rung is not Rung.SEE
        self.apart.setVisible(both)
        rows = photo_rows(answer, project, apart=both and self.apart.isChecked())
        self.changed.say(changes(answer, project))
        self.notes.say(photo_notes(answer))
        self.plot.setVisible(bool(rows))
        self.plot.draw(rows)
        said = (words, plain(self.notes.sentence), photo_caption(rows))
        self.plot.describe(" ".join(filter(None, said)))
        self.show()

    def draw_own(self, project: Project) -> None:
        """The row's own picture alone, while nothing can be said of another."""
        rows = own_photo(project)
        self._drawn = None
        self.apart.hide()
        for sentence in (self.changed, self.notes):
            sentence.say(())
        self.plot.setVisible(bool(rows))
        self.plot.draw(rows)
        self.plot.describe(photo_caption(rows))
        self.setVisible(bool(rows))

    def show_apart(self, *, apart: bool) -> None:
        """With or without the difference."""
        self.apart.setChecked(apart)
        if self._drawn is not None and not self.isHidden():
            self.draw(*self._drawn)

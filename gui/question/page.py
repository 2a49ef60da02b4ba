"""What the pages share: a column that shows either an answer or one sentence saying what to do."""

from collections.abc import Callable, Hashable
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.interventions import variables_of
from engine.project import Project
from engine.queries.answers import Result
from engine.queries.pictured import PictureAnswer
from gui import edits
from gui.appearance import Appearance
from gui.document import Document
from gui.phrases import Sentence, Span, plain
from gui.plots.compare import ComparePlot
from gui.plots.drawing import Drawing
from gui.plots.picture import Kind
from gui.question.assumptions import Absences
from gui.question.parts import OutcomeRow, askable, outcomes
from gui.question.photo_words import photo_sentence
from gui.question.photos import PhotoPart
from gui.question.ranges import Ranges
from gui.question.tools import AnswerTools
from gui.widgets.sentence import SentenceLabel

Verb = Callable[[Project], Project]


class Page(QWidget):
    """One rung: inputs follow the project, answers are drawn, user verbs go to the document."""

    def __init__(
        self, document: Document, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.appearance = document, appearance
        self.ranges = Ranges(None)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self.column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sentence = SentenceLabel(appearance, points=1.5)
        self.hint = SentenceLabel(appearance, points=0.5)
        self.photos = PhotoPart(appearance)
        self._usual: Drawing | None = None  # the plot that pictures stand in for
        self.outcome = OutcomeRow(appearance)
        self.outcome.outcome_picked.connect(self._pick_outcome)
        self.outcome.level_picked.connect(self._pick_level)

    @property
    def tools(self) -> AnswerTools:
        """What can be done with the answer."""
        raise NotImplementedError

    def show_kind(self, kind: Kind) -> None:
        """Density or bars, or what they add up to."""
        if isinstance(self.tools.plot, ComparePlot):
            self.tools.plot.choose(kind)
        self.tools.sync()

    def stack(self, *parts: QWidget) -> None:
        """Put parts below each other."""
        for part in parts:
            self.column.addWidget(part)

    def sync(self, project: Project, ranges: Ranges) -> None:
        """Make the inputs show the project's question."""
        raise NotImplementedError

    def missing(self, project: Project) -> str:
        """What to do before anything can be asked; '' when the question is whole."""
        if project.table is None:
            return self.tr("Load a table to ask about it.")
        if not askable(project):
            return self.tr("Draw variables that the table has: drag them onto the canvas.")
        if project.question.outcome not in outcomes(project):
            return self.tr("Choose an outcome.")
        return ""

    def missing_action(self, project: Project, words: str) -> str:
        """`missing`, and `words` while nothing is set; the outcome itself cannot be."""
        reason, names = Page.missing(self, project), variables_of(project.question.action)
        if reason:
            return reason
        if not set(askable(project)) & set(names):
            return words
        if project.question.outcome in names:
            text = self.tr("Choose another outcome: {name} is what is set.")
            return text.format(name=project.question.outcome)
        return ""

    def draw(self, result: Result) -> None:
        """Show an answer."""
        raise NotImplementedError

    def draw_photos(self, answer: PictureAnswer) -> None:
        """Show an answer that is pictures, in place of the other parts."""
        project = self.document.project
        if project.table is None:
            return
        self.hide_answer()
        sentence = photo_sentence(answer, project.table)
        self.say(sentence)
        self.photos.draw(answer, project, plain(sentence))
        if self._usual is None:
            self._usual = self.tools.plot
        self.tools.plot = self.photos.plot
        self.tools.show_for_pictures(pictures=True)

    def hide_answer(self) -> None:
        """Nothing of an answer is shown."""
        raise NotImplementedError

    def absences(self) -> Absences:
        """The absent arrows and hidden causes that are listed below the answer."""
        return (), ()

    def tell(self, words: str) -> None:
        """Show one sentence instead of an answer."""
        if words:
            self._put_photos_away()
        self.hint.say((Span(words, "quiet"),) if words else ())
        if words:
            self.photos.draw_own(self.document.project)

    def say(self, sentence: Sentence) -> None:
        """The answer's sentence."""
        self._put_photos_away()
        self.tell("")
        self.sentence.say(sentence)

    def _put_photos_away(self) -> None:
        self.photos.hide()
        if self._usual is not None:
            self.tools.plot, self._usual = self._usual, None
            self.tools.show_for_pictures(pictures=False)

    def apply(self, label: str, verb: Verb, merge: Hashable = None) -> None:
        """A user verb on the document."""
        self.document.apply(label, verb, merge)

    @Slot()
    def settle(self) -> None:
        """The end of a drag: what follows is an undo step of its own."""
        self.document.settle()

    @Slot(object)
    def _pick_outcome(self, name: str) -> None:
        label = self.tr("Ask about {name}").format(name=name)
        self.apply(label, partial(edits.set_outcome, outcome=name))

    @Slot(object)
    def _pick_level(self, level: int) -> None:
        self.apply(self.tr("Ask about a category"), partial(edits.set_level, level=level))

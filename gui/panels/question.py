"""The question panel: See, Do and Imagine over one question, answered in words and pictures."""

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from engine.basis import basis
from engine.project import Project
from engine.queries.answers import NOT_LEARNT, Result, Unanswerable
from engine.queries.pictured import PictureAnswer
from engine.queries.questions import Ask, PictureAsked, Rung
from engine.runtime.messages import Answer, FitStates
from gui import edits
from gui.appearance import Appearance
from gui.bridge import Bridge, alike
from gui.document import Document
from gui.dressing import PAGES
from gui.plots.picture import Kind
from gui.question.assumptions import Absences
from gui.question.do import DoPage
from gui.question.imagine import ImaginePage
from gui.question.page import Page
from gui.question.photo_words import asks_for_pictures, fits_picture
from gui.question.ranges import Ranges
from gui.question.see import SeePage
from gui.widgets.segmented import Segmented

ANSWER, DOSE, HAND = "answer", "dose", "hand"  # the views this panel asks for
NONE: Absences = ((), ())
RUNGS = (Rung.SEE, Rung.DO, Rung.IMAGINE)


class QuestionPanel(QWidget):
    """Asks the engine what the project's question says, and shows the newest answer."""

    show_assumptions = Signal(object)  # (absent arrows, absent hidden causes); empty when hidden
    save_wanted = Signal(object)  # the plot to write into a file
    answer_turned = Signal()  # an answer stands, or no longer
    settled = Signal(object)  # the last answer to the question as it stands
    pin_wanted = Signal(object)  # the answer to keep
    pictured = Signal(object)  # a PictureAnswer that is shown
    apart_turned = Signal(bool)  # whether what changed in pictures is shown

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.bridge, self.appearance = document, bridge, appearance
        self.ranges = Ranges(None)
        self.asked: dict[str, Ask] = {}
        self._absences: Absences = NONE
        self._learning = False
        self._reason = ""  # why nothing is asked
        self.result: Result | None = None  # the answer that stands
        self.final = False  # … and will not get better
        self.setAccessibleName(self.tr("Question"))
        labels = (self.tr("See"), self.tr("Do"), self.tr("Imagine"))
        self.rungs = Segmented(appearance, labels, ("see", "do", "imagine"))
        self.rungs.chosen.connect(self._choose)
        self.do = DoPage(document, appearance)
        self.imagine = ImaginePage(document, appearance)
        see = SeePage(document, appearance)
        self.pages: dict[Rung, Page] = {
            Rung.SEE: see,
            Rung.DO: self.do,
            Rung.IMAGINE: self.imagine,
        }
        self.do.assumptions_turned.connect(self._show_absences)
        self.imagine.assumptions_turned.connect(self._show_absences)
        self.do.treatment_picked.connect(self._later)
        self.do.hand.turned.connect(self._later)
        for page in self.pages.values():
            page.tools.kind_chosen.connect(self.show_kind)
            page.tools.save_wanted.connect(self.save_wanted)
            page.tools.pin_wanted.connect(self.pin)
            page.photos.apart_turned.connect(self.apart_turned)
        self._asking = QTimer(self, singleShot=True, interval=0)
        self._asking.timeout.connect(self._ask)
        self._lay_out()
        document.changed.connect(self._sync)
        bridge.answered.connect(self._draw)
        bridge.states_changed.connect(self._note_states)
        self._sync(None, document.project)

    @property
    def page(self) -> Page:
        """The page of the present rung."""
        return self.pages[self.document.project.question.rung]

    @property
    def answered(self) -> bool:
        """True while an answer stands."""
        return self.result is not None

    @Slot(object)
    def show_kind(self, kind: Kind) -> None:
        """Density or bars, or the share at or below, on every page."""
        for page in self.pages.values():
            page.show_kind(kind)

    @property
    def shows_pictures(self) -> bool:
        """True while the answer that stands is pictures."""
        return isinstance(self.result, PictureAnswer)

    def show_apart(self, *, apart: bool) -> None:
        """What changed in pictures, on every page, or not."""
        for page in self.pages.values():
            page.photos.show_apart(apart=apart)

    @Slot()
    def pin(self) -> None:
        """Keep the answer that stands."""
        if self.result is not None and not self.shows_pictures:
            self.pin_wanted.emit(self.result)

    def use_answer(self, way: str) -> None:
        """Copy, save or show the answer (the words of `AnswerTools`)."""
        self.page.tools.use(way)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as a sentence reads well."""
        return QSize(336, 640)

    @Slot(object, object)
    def _sync(self, old: Project | None, new: Project) -> None:
        if old is not None and basis(old) != basis(new):
            self._stand(None)  # what stands is of another graph or table
        if new.table is not self.ranges.table:
            self.ranges = Ranges(new.table)
        elif old is not None and old.question == new.question and old.graph == new.graph:
            return
        self.rungs.choose(RUNGS.index(new.question.rung))
        for page in self.pages.values():
            page.setVisible(page is self.page)
        self.page.sync(new, self.ranges)
        if old is None or old.graph != new.graph or not alike(old.question, new.question):
            self._tell_absences(NONE)  # until the new answer is there
            self._stand(None)
        self._later()

    @Slot(object)
    def _note_states(self, states: FitStates) -> None:
        self._learning = states.running and not states.paused

    @Slot()
    def _later(self) -> None:
        """Ask once everyone has heard of the change, the engine first."""
        self._asking.start()

    @Slot()
    def _ask(self) -> None:
        project = self.document.project
        reason = self.page.missing(project)
        asked: Ask = project.question.active
        if asks_for_pictures(project.question, project):
            asked = PictureAsked(project.question.outcome or "", project.question.active)
        answered = asked == self.asked.get(ANSWER)
        self._want(ANSWER, None if reason else asked)
        dose = self.do.dose_question(project) if self.page is self.do else None
        self._want(DOSE, dose)
        self._want(HAND, self.do.hand_question(project) if self.page is self.do else None)
        if reason or self._reason:
            self.page.tell(reason)
        if reason:
            self._stand(None)
        self._reason = reason
        if reason or answered:
            self._show_absences()

    def _want(self, view: str, question: Ask | None) -> None:
        if question == self.asked.get(view):
            return
        if view == HAND:
            self.do.draw_hand(None)  # the sums there are belong to another question
        if question is None:
            del self.asked[view]
            self.bridge.forget(view)
        else:
            self.asked[view] = question
            self.bridge.ask(view, question)

    @Slot(object)
    def _draw(self, answer: Answer) -> None:
        if answer.view == ANSWER:
            self._draw_answer(answer.result)
            self.final = answer.final
            if answer.final and self.result is not None:
                self.settled.emit(self.result)
        elif answer.view == DOSE:
            self.do.draw_dose(answer.result)
        elif answer.view == HAND:
            self.do.draw_hand(answer.result)

    def _draw_answer(self, result: Result) -> None:
        if isinstance(result, Unanswerable):
            soon = result.reason == NOT_LEARNT and self._learning
            words = self.tr("Learning: the first guess comes in a moment.")
            self.page.tell(words if soon else result.reason)
            self._stand(None)
        elif isinstance(result, PictureAnswer):
            if fits_picture(result, self.document.project):
                self.page.draw_photos(result)
                self._stand(result)
                self.pictured.emit(result)
        else:
            self.page.draw(result)
            self._stand(result)
        self._show_absences()

    def _stand(self, result: Result | None) -> None:
        turned = self.answered != (result is not None)
        self.result = result
        if turned:
            self.answer_turned.emit()

    @Slot()
    def _show_absences(self) -> None:
        self._tell_absences(self.page.absences())

    def _tell_absences(self, absences: Absences) -> None:
        if absences != self._absences:
            self._absences = absences
            self.show_assumptions.emit(absences)

    @Slot(int)
    def _choose(self, index: int) -> None:
        label = (self.tr("See"), self.tr("Do"), self.tr("Imagine"))[index]
        self.document.apply(label, partial(edits.set_rung, rung=RUNGS[index]))

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName(PAGES)
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 4, 14, 20)
        for page in self.pages.values():
            column.addWidget(page)
        column.addStretch(1)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 12, 0, 0)
        outer.setSpacing(8)
        top = QVBoxLayout()
        top.setContentsMargins(16, 0, 16, 0)
        top.addWidget(self.rungs)
        outer.addLayout(top)
        outer.addWidget(self.area, 1)
        self.setMinimumWidth(280)

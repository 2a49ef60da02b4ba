"""The tour of the demo: a real study, learnt and asked on three rungs, one stop after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot

from engine.interventions import OneOf, Set
from engine.project import Project
from engine.queries.answers import DoAnswer, ImagineAnswer, Result, SeeAnswer, Unanswerable
from engine.queries.questions import Question, Rung
from engine.runtime.messages import Answer, FitStates
from gui import edits
from gui.bridge import Bridge
from gui.document import Document
from gui.live import CARDS
from gui.panels.question import ANSWER

STUDY, TREATMENT, OUTCOME = "kidney-stones", "treatment", "recovered"
A, B, NO = 0, 1, 0  # category codes
SETTLE_MS = 150  # from the last answer to a still picture


@dataclass(frozen=True, slots=True)
class Stop:
    """One step: what is done to the project, and what there is to see."""

    name: str
    title: str
    words: str
    verb: Callable[[Project], Project]


def tr(text: str) -> str:
    """`text` in the user's language."""
    return QCoreApplication.translate("tour", text)


def stops() -> tuple[Stop, ...]:
    """See A, see B, do A against B, imagine."""
    return (
        Stop(
            "see-A",
            tr("See: the patients who had A"),
            tr("Open surgery, treatment A. Only the rows that match are counted."),
            partial(_seen, treatment=A),
        ),
        Stop(
            "see-B",
            tr("See: the patients who had B"),
            tr("B looks better. But look at size: B was mostly given for small stones."),
            partial(_seen, treatment=B),
        ),
        Stop(
            "do",
            tr("Do: give A to everyone, then B"),
            tr("The arrow from size is cut. Whatever the stone's size, A does better."),
            _done,
        ),
        Stop(
            "imagine",
            tr("Imagine: one patient, had the treatment been A"),
            tr("A patient who had B and did not recover keeps their own luck."),
            _imagined,
        ),
    )


class Tour(QObject):
    """Goes from stop to stop; each is reached when its answer will not change any more.

    Ends early, without a word, when the user changes something: then the window is theirs.
    """

    reached = Signal(object, object)  # Stop, Result
    ended = Signal(bool)  # True when the last stop was reached

    def __init__(self, document: Document, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self._ahead = list(stops())
        self._stop: Stop | None = None
        self._expected = document.project
        self._waiting: set[str] = set()
        self._result: Result | None = None
        self._fitting = self._live = True
        bridge.states_changed.connect(self._fitted)
        bridge.answered.connect(self._answered)

    def begin(self) -> None:
        """Open the study and train; the first stop follows."""
        from engine.simulate.examples import example

        self._document.replace(example(STUDY))
        self._expected = self._document.project
        self._bridge.fit()

    @Slot()
    def go_on(self) -> None:
        """To the next stop, or to the end."""
        if self._document.project != self._expected:
            self._end(arrived=False)
        elif not self._ahead:
            self._end(arrived=True)
        else:
            self._stop = self._ahead.pop(0)
            self._waiting, self._result = {ANSWER, CARDS}, None
            self._document.apply(self._stop.title, self._stop.verb)
            self._expected = self._document.project

    @Slot(object)
    def _fitted(self, states: FitStates) -> None:
        if self._fitting and not states.running and states.total and states.done == states.total:
            self._fitting = False
            self.go_on()

    @Slot(object)
    def _answered(self, answer: Answer) -> None:
        if self._stop is None or not answer.final or answer.view not in self._waiting:
            return
        if answer.view == ANSWER:
            if not answers(answer.result, self._document.project.question):
                return
            self._result = answer.result
        self._waiting.discard(answer.view)
        if not self._waiting:
            QTimer.singleShot(SETTLE_MS, self._arrive)

    @Slot()
    def _arrive(self) -> None:
        self.reached.emit(self._stop, self._result)

    def stop(self) -> None:
        """Go no further, without a word."""
        if self._live:
            self._live = False
            self._bridge.states_changed.disconnect(self._fitted)
            self._bridge.answered.disconnect(self._answered)

    def _end(self, *, arrived: bool) -> None:
        self.stop()
        self.ended.emit(arrived)


def answers(result: Result, question: Question) -> bool:
    """Whether `result` is about this question, and not about the one before."""
    match result:
        case SeeAnswer(evidence=evidence):
            return question.rung is Rung.SEE and evidence == question.evidence
        case DoAnswer(action=action):
            return question.rung is Rung.DO and action == question.action
        case ImagineAnswer(row=row, action=action):
            return (question.rung, row, action) == (Rung.IMAGINE, question.row, question.action)
        case Unanswerable():
            return True
    return False


def _seen(project: Project, treatment: int) -> Project:
    asked = edits.set_rung(edits.release_all(project), Rung.SEE)
    return edits.see(asked, OneOf(TREATMENT, (treatment,)))


def _done(project: Project) -> Project:
    asked = edits.set_rung(edits.release_all(project), Rung.DO)
    return edits.compare_with(edits.intervene(asked, Set(TREATMENT, A)), (Set(TREATMENT, B),))


def _imagined(project: Project) -> Project:
    """The first patient who had B and did not recover, had it been A."""
    asked = edits.set_rung(edits.release_all(project), Rung.IMAGINE)
    table = project.table
    if table is None:
        return asked
    unlucky = np.flatnonzero((table[TREATMENT] == B) & (table[OUTCOME] == NO))
    return edits.intervene(edits.pick_row(asked, int(unlucky[0])), Set(TREATMENT, A))

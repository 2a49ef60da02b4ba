"""Mechanism by mechanism: how far an answer is from rows, what changed where, what is doubtful."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.project import Project
from engine.queries.answers import DoAnswer, Stage, Unanswerable
from engine.queries.lights import (
    Environments,
    EnvironmentsAnswer,
    Mechanisms,
    MechanismsAnswer,
    ReachAnswer,
)
from engine.queries.questions import Question, Reach, Rung
from engine.runtime.messages import Answer, FitState, FitStates
from gui import edit_environment as verbs
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.marks import Line, Lines, Mark
from gui.mechanisms import words
from gui.notices import plain_label
from gui.widgets.picker import Choice, Picker

ANSWER, MECHANISMS, ENVIRONMENTS, REACH = "answer", "mechanisms", "environments", "reach"


class MechanismsSection(QWidget):
    """Three lists: beside the answer, between environments, mechanism by mechanism.

    Asked only while it is seen, and once everything is learnt. `environments_told` gives the
    newest finished comparison, or None once there is none.
    """

    environments_told = Signal(object)

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._document, self._bridge = document, bridge
        self._learnt = False
        self._asked: dict[str, Reach | Environments | Mechanisms] = {}
        self._stands: Question | None = None  # the question whose answer has its interval
        names = (
            self.tr("Beside the answer"),
            self.tr("Between environments"),
            self.tr("Mechanism by mechanism"),
        )
        self.reach, self.environments, self.mechanisms = (
            Lines(name, appearance, wrapped=True) for name in names
        )
        self.lists = dict(
            zip(
                (REACH, ENVIRONMENTS, MECHANISMS),
                (self.reach, self.environments, self.mechanisms),
                strict=True,
            )
        )
        for lines in self.lists.values():
            lines.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.column = Picker(appearance, self.tr("Environment column"))
        self.column.picked.connect(self._choose)
        self._lay_out(names)
        document.changed.connect(self.sync)
        bridge.answered.connect(self.receive)
        bridge.states_changed.connect(self._take_states)
        self.sync(None, document.project)

    def sync(self, old: Project | None, new: Project) -> None:
        """Forget what belonged to another graph, table, question or environment."""
        chosen = verbs.environment(new)
        none = self.tr("none")
        columns = verbs.environments(new.table)
        choices = [Choice("", none), *(Choice(name, name) for name in columns)] if columns else []
        self.column.offer(choices, chosen or none)
        law_same = old is not None and (old.graph, old.table, old.families, old.seed) == (
            new.graph,
            new.table,
            new.families,
            new.seed,
        )
        if not law_same:
            self._learnt, self._stands = False, None
            self._forget(REACH, ENVIRONMENTS, MECHANISMS)
        elif old is not None:
            if old.question.active != new.question.active:
                self._stands = None
                self._forget(REACH)
            if old.environment != new.environment:
                self._forget(ENVIRONMENTS)
        self._ask()

    def receive(self, answer: Answer) -> None:
        """The question's answer stands, or what was asked has come."""
        found, question = answer.result, self._document.project.question.active
        if answer.view == ANSWER:
            stands = (
                isinstance(found, DoAnswer)
                and (found.action, found.contrast) == (question.action, question.contrast)
                and found.interval is not None
                and found.stage is Stage.FITTED
            )
            self._stands = question if stands else None
            self._ask()
        elif answer.view in self._asked:
            self._show(answer)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Seen: what is missing is asked for."""
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Not seen: nothing is computed; what was found stays until something changes."""
        super().hideEvent(event)
        for view in self._asked:
            self._bridge.forget(view)
        self._asked.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width, other lines."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit)

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _take_states(self, states: FitStates) -> None:
        known = [s for s in states.states.values() if s is not FitState.HIDDEN]
        known = [s for s in known if s is not FitState.NO_DATA]
        learnt = bool(known) and all(state is FitState.FITTED for state in known)
        if learnt != self._learnt:
            self._learnt = learnt
            if not learnt:
                self._forget(ENVIRONMENTS, MECHANISMS)
            self._ask()

    def _ask(self) -> None:
        """What is seen, learnt and not asked yet; and words where there is nothing to ask."""
        project = self._document.project
        chosen, outcome = verbs.environment(project), project.question.outcome
        if not self.isVisible():
            return
        if self._learnt:
            self._want(MECHANISMS, Mechanisms())
            if chosen:
                self._want(ENVIRONMENTS, Environments(chosen))
        if self._stands is not None and outcome is not None:
            self._want(REACH, Reach(self._stands))
        self._fill(project, chosen)

    def _want(self, view: str, question: Reach | Environments | Mechanisms) -> None:
        if self._asked.get(view) != question:
            self._asked[view] = question
            self._bridge.ask(view, question)

    def _fill(self, project: Project, chosen: str) -> None:
        """Words in lists that nothing was told for."""
        waiting = words.waiting(project)
        said = {MECHANISMS: waiting, ENVIRONMENTS: waiting, REACH: ""}
        if not chosen:
            said[ENVIRONMENTS] = self.tr(
                "Choose a column that says where or when a row was taken: then it is told which"
                " mechanisms changed and which stayed."
            )
        said[REACH] = self.tr("Once the answer has its interval, its distance from rows is shown.")
        if project.question.rung is not Rung.DO:
            said[REACH] = self.tr("Ask what happens if we do: here is how far that is from rows.")
        for view, lines in self.lists.items():
            if not lines.lines():
                lines.show_lines((Line(Mark.NONE, said[view]),))
        self._fit()

    def _show(self, answer: Answer) -> None:
        found, table = answer.result, self._document.project.table
        lines = self.lists[answer.view]
        if isinstance(found, Unanswerable):
            lines.show_lines((Line(Mark.NONE, found.reason),))
        elif isinstance(found, MechanismsAnswer):
            lines.show_lines(words.mechanism_lines(found))
        elif isinstance(found, EnvironmentsAnswer):
            if found.column == verbs.environment(self._document.project):
                lines.show_lines(words.environment_lines(found))
                if found.whole:
                    self.environments_told.emit(found)
        elif isinstance(found, ReachAnswer) and table is not None:
            lines.show_lines(words.reach_lines(found, table))
        self._fit()

    def _forget(self, *views: str) -> None:
        for view in views:
            if self._asked.pop(view, None) is not None:
                self._bridge.forget(view)
            self.lists[view].show_lines(())
            if view == ENVIRONMENTS:
                self.environments_told.emit(None)

    def _choose(self, column: str) -> None:
        label = (
            self.tr("Environments by {0}").format(column) if column else self.tr("No environments")
        )
        self._document.apply(label, lambda project: verbs.choose_environment(project, column))

    def _fit(self) -> None:
        """Lists as high as their lines: the page scrolls as a whole."""
        for lines in self.lists.values():
            lines.setFixedHeight(lines.whole_height())

    def _lay_out(self, names: tuple[str, str, str]) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 4)
        row.setSpacing(24)
        for name, lines in zip(names, self.lists.values(), strict=True):
            head = plain_label(name)
            head.setProperty("heading", True)
            top = QHBoxLayout()
            top.setContentsMargins(8, 0, 0, 0)
            top.addWidget(head)
            if lines is self.environments:
                top.addWidget(self.column)
            top.addStretch(1)
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addLayout(top)
            column.addWidget(lines)
            column.addStretch(1)
            row.addLayout(column, 1)

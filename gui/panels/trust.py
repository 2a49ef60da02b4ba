"""Why one might trust an effect: other estimators, hidden causes, refuters, beside the model."""

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from engine.project import Project
from engine.queries.answers import (
    ChecksAnswer,
    DoAnswer,
    MediationAnswer,
    Result,
    Stage,
    TrustAnswer,
    Unanswerable,
)
from engine.queries.questions import Mediation, Question, Rung, Trust
from engine.runtime.messages import Answer, FitReport, FitStates
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.marks import Lines
from gui.notices import plain_label
from gui.trust.grounds import ground_lines
from gui.trust.hidden import HiddenCause
from gui.trust.how import HowSet
from gui.trust.lines import beside_lines, hidden_lines, refuted_lines, summary
from gui.trust.mechanisms import MechanismsSection
from gui.trust.paths import ThroughMediator

ANSWER, TRUST, MEDIATION = (
    "answer",
    "trust",
    "mediation",
)  # the views under which questions are asked


class TrustPanel(QWidget):
    """The same effect by others, what a hidden cause would take, refuters, and how it would be set.

    Asked only while it is seen, and once the question's answer has its interval.
    """

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
        self._standing = self._held = False
        self._asked: Question | None = None
        self._wanted: Mediation | None = None
        self._answer: DoAnswer | None = None
        self._checks: ChecksAnswer | None = None
        self._reports: Mapping[str, FitReport] = {}
        self.beside = Lines(self.tr("The same effect by others"), appearance, wrapped=True)
        self.hidden = Lines(self.tr("What a hidden cause would take"), appearance, wrapped=True)
        self.refuted = Lines(
            self.tr("Where the estimate must vanish, and where it must stay"),
            appearance,
            wrapped=True,
        )
        self.grounds = Lines(self.tr("What the answer rests on"), appearance, wrapped=True)
        self._lists = (self.beside, self.hidden, self.refuted)
        for lines in (self.grounds, *self._lists):
            lines.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.how = HowSet(document)
        self.cause = HiddenCause(appearance)
        self.paths = ThroughMediator(document, appearance)
        self.paths.wanted.connect(self._ask)
        self.summary = plain_label("")
        self.summary.setWordWrap(True)
        self.summary.setProperty("quiet", True)
        self.summary.setContentsMargins(6, 0, 0, 2)
        self.mechanisms = MechanismsSection(document, bridge, appearance)
        self._lay_out()
        document.changed.connect(self.sync)
        bridge.answered.connect(self.receive)
        bridge.states_changed.connect(self._take_states)
        self.sync(None, document.project)

    def sync(self, old: Project | None, new: Project) -> None:
        """Forget what belonged to another graph, table or question."""
        self.how.sync(new)
        self.paths.sync(new)
        self._order()
        if (
            old is None
            or (old.graph, old.table) != (new.graph, new.table)
            or old.question.active != new.question.active
        ):
            self._standing, self._answer = False, None
            if old is None or (old.graph, old.table) != (new.graph, new.table):
                self._checks = None
            self._forget()
            self._clear()

    def receive(self, answer: Answer) -> None:
        """The question's answer stands: ask; or what was asked has come."""
        found, question = answer.result, self._document.project.question.active
        if answer.view == ANSWER:
            self._standing = (
                isinstance(found, DoAnswer)
                and (found.action, found.contrast) == (question.action, question.contrast)
                and found.interval is not None
                and found.stage is Stage.FITTED
            )
            self._answer = found if self._standing and isinstance(found, DoAnswer) else None
            self._show_grounds()
            self._ask()
        elif answer.view == TRUST and isinstance(found, TrustAnswer):
            if (found.action,) == question.action:  # not that of a slider's last place
                self._show(found)
        elif answer.view == TRUST and isinstance(found, Unanswerable):
            self._clear(found.reason)
        elif answer.view == MEDIATION:
            self._show_paths(found)

    def show_checks(self, checks: ChecksAnswer) -> None:
        """The tests have come."""
        self._checks = checks
        self._show_grounds()

    def show_mechanisms(self) -> None:
        """Their part of the page comes into sight, and stays there while what is above grows."""
        self.mechanisms.column.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._held = True
        QTimer.singleShot(0, self, self._hold)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Seen: what is missing is asked for."""
        super().showEvent(event)
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width, other lines."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit)  # once the lists have their new widths

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Not seen: nothing is computed."""
        super().hideEvent(event)
        self._held = False
        self._forget()

    # ── private ────────────────────────────────────────────────────────────────────────────────

    @Slot()
    def _hold(self) -> None:
        if self._held:
            self._area.verticalScrollBar().setValue(self.mechanisms.y())

    @Slot()
    def _let_go(self) -> None:
        self._held = False

    @Slot(object)
    def _take_states(self, states: FitStates) -> None:
        if states.reports != self._reports:
            self._reports = states.reports
            self._show_grounds()

    def _show_grounds(self) -> None:
        found, project = self._answer, self._document.project
        lines = () if found is None else ground_lines(found, project, self._checks, self._reports)
        self.grounds.show_lines(lines)
        self.grounds.setVisible(bool(lines))
        self.grounds.setFixedHeight(self.grounds.whole_height())

    def _ask(self) -> None:
        if self._standing and self._asked is None and self.isVisible():
            self._asked = self._document.project.question.active
            self._bridge.ask(TRUST, Trust(self._asked))
        wanted = self.paths.question(self._document.project)
        if self._standing and self.isVisible() and wanted not in (None, self._wanted):
            self._wanted = wanted
            self._bridge.ask(MEDIATION, wanted)

    def _forget(self) -> None:
        if self._asked is not None:
            self._bridge.forget(TRUST)
        if self._wanted is not None:
            self._bridge.forget(MEDIATION)
        self._asked = self._wanted = None

    def _clear(self, words: str = "") -> None:
        for lines in self._lists:
            lines.show_lines(())
            lines.hide()
        self._show_grounds()
        self.cause.draw(None, None)
        self.paths.draw(None)
        self.summary.setText(words or self._waiting())

    def _waiting(self) -> str:
        if self._document.project.question.rung is not Rung.DO:
            return self.tr("Ask what happens if we do: here is what speaks for the answer.")
        return self.tr(
            "Once the answer has its interval, other ways to the same number are shown here,"
            " and how strong a hidden cause would have to be."
        )

    def _show(self, found: TrustAnswer) -> None:
        table = self._document.project.table
        if table is None or found.outcome not in table or found.action.variable not in table:
            return
        self.summary.setText(summary(found, table))
        self.beside.show_lines(beside_lines(found, table))
        self.hidden.show_lines(hidden_lines(found))
        self.refuted.show_lines(refuted_lines(found))
        for lines in self._lists:
            lines.setVisible(bool(lines.lines()))
        self.cause.draw(found, table)
        self._fit()

    def _show_paths(self, found: Result) -> None:
        if isinstance(found, Unanswerable):
            self.paths.draw(None, found.reason)
        elif isinstance(found, MediationAnswer):
            asked = self._document.project.question.action, (self.paths.chosen,)
            if ((found.action,), found.mediators) == asked:
                self.paths.draw(found)

    def _fit(self) -> None:
        """Lists as high as their lines: the page scrolls as a whole."""
        for lines in (self.grounds, *self._lists):
            lines.setFixedHeight(lines.whole_height())
        self.paths.fit()

    def _order(self) -> None:
        """Tab goes as the eye does, whatever fields there are."""
        cause, paths = self.cause, self.paths
        below = (cause.slider, cause.curve, cause.contours, paths.pick, paths.lines, paths.instead)
        last = (self.mechanisms.column, *self.mechanisms.lists.values())
        above = (*self.how.fields.values(), self.grounds, *self._lists)
        for before, after in pairwise((*above, *below, *last)):
            QWidget.setTabOrder(before, after)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("sheet")
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 4, 12, 4)
        column.setSpacing(2)
        column.addWidget(self.summary)
        column.addWidget(self.how)
        column.addWidget(self.grounds)
        row = QHBoxLayout()
        row.setSpacing(24)
        for lines in self._lists:
            row.addWidget(lines, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        column.addWidget(self.cause)
        column.addWidget(self.paths)
        column.addWidget(self.mechanisms)
        column.addStretch(1)
        self._area = area = QScrollArea(widgetResizable=True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.verticalScrollBar().rangeChanged.connect(self._hold)
        area.verticalScrollBar().actionTriggered.connect(self._let_go)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

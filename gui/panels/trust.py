"""Why one might trust an effect: other estimators, hidden causes, refuters, beside the model."""

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.data.table import Table
from engine.project import Project
from engine.queries.answers import DoAnswer, Interval, Stage, TrustAnswer, Unanswerable
from engine.queries.questions import Question, Rung, Trust
from engine.runtime.messages import Answer
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.marks import Line, Lines, Mark
from gui.notices import plain_label
from gui.numerals import count, gap, percent, value_text, written

ANSWER, TRUST = "answer", "trust"  # the views under which questions are asked


class TrustPanel(QWidget):
    """Three lists: the same effect by others, what a hidden cause would take, and refuters.

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
        self._standing = False
        self._asked: Question | None = None
        self.beside = Lines(self.tr("The same effect by others"), appearance, wrapped=True)
        self.hidden = Lines(self.tr("What a hidden cause would take"), appearance, wrapped=True)
        self.refuted = Lines(
            self.tr("Where the estimate must vanish, and where it must stay"),
            appearance,
            wrapped=True,
        )
        self.summary = plain_label("")
        self.summary.setWordWrap(True)
        self.summary.setProperty("quiet", True)
        self.summary.setContentsMargins(6, 0, 0, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 12, 4)
        column.setSpacing(2)
        column.addWidget(self.summary)
        row = QHBoxLayout()
        row.setSpacing(24)
        for lines in (self.beside, self.hidden, self.refuted):
            row.addWidget(lines, 1)
        column.addLayout(row, 1)
        document.changed.connect(self.sync)
        bridge.answered.connect(self.receive)
        self.sync(None, document.project)

    def sync(self, old: Project | None, new: Project) -> None:
        """Forget what belonged to another graph, table or question."""
        if (
            old is None
            or (old.graph, old.table) != (new.graph, new.table)
            or old.question.active != new.question.active
        ):
            self._standing = False
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
            self._ask()
        elif answer.view == TRUST and isinstance(found, TrustAnswer):
            if (found.action,) == question.action:  # not that of a slider's last place
                self._show(found)
        elif answer.view == TRUST and isinstance(found, Unanswerable):
            self._clear(found.reason)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Seen: what is missing is asked for."""
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Not seen: nothing is computed."""
        super().hideEvent(event)
        self._forget()

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _ask(self) -> None:
        if self._standing and self._asked is None and self.isVisible():
            self._asked = self._document.project.question.active
            self._bridge.ask(TRUST, Trust(self._asked))

    def _forget(self) -> None:
        if self._asked is not None:
            self._bridge.forget(TRUST)
        self._asked = None

    def _clear(self, words: str = "") -> None:
        for lines in (self.beside, self.hidden, self.refuted):
            lines.show_lines(())
            lines.hide()
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
        self.summary.setText(self._summary(found, table))
        self.beside.show_lines(self._beside_lines(found, table))
        self.hidden.show_lines(self._hidden_lines(found))
        self.refuted.show_lines(
            tuple(
                Line(Mark.WARNED if one.surprising else Mark.OPEN, f"{one.refuter}:", one.words)
                for one in found.refuted
            )
        )
        for lines in (self.beside, self.hidden, self.refuted):
            lines.setVisible(bool(lines.lines()))

    def _summary(self, found: TrustAnswer, table: Table) -> str:
        treatment = table.variable(found.action.variable)
        ends = (value_text(treatment, item.value) for item in (found.action, found.contrast))
        what = self.tr("{0} = {1} against {2}, {3} rows").format(
            found.action.variable, *ends, count(found.rows)
        )
        adjusted = (
            self.tr("adjusting for {0}").format(", ".join(found.adjusting))
            if found.adjusting
            else self.tr("adjusting for nothing")
        )
        said = found.agreement[:1].upper() + found.agreement[1:]
        return self.tr("{0}, {1}. {2}.").format(what, adjusted, said)

    def _beside_lines(self, found: TrustAnswer, table: Table) -> tuple[Line, ...]:
        lines = []
        if found.difference is not None and found.interval is not None:
            figures = self._figures(found.difference, found.interval, found, table)
            lines.append(Line(Mark.NONE, self.tr("the model:"), figures))
        for other in found.beside:
            figures = self._figures(other.value, other.interval, found, table)
            tip = ""
            if other.clipped:
                tip = self.tr("In {0} of the rows one treatment was next to impossible.").format(
                    percent(other.clipped)
                )
            mark = Mark.WARNED if other.clipped > 0.05 else Mark.NONE
            lines.append(Line(mark, f"{other.method}:", figures, tip))
        return tuple(lines)

    def _figures(self, value: float, ends: Interval, found: TrustAnswer, table: Table) -> str:
        outcome = table.variable(found.outcome)
        scale, unit = (100.0, self.tr("points")) if outcome.discrete else (1.0, outcome.unit or "")
        told = gap(0.0, scale * value, (scale * ends[0], scale * ends[1]))
        assert told.low is not None
        assert told.high is not None
        number = f"{written(told.difference, signed=True)} {unit}".rstrip()
        return self.tr("{0} ({1} to {2})").format(number, written(told.low), written(told.high))

    def _hidden_lines(self, found: TrustAnswer) -> tuple[Line, ...]:
        hidden = found.hidden
        if hidden is None:
            return ()
        lines = [Line(Mark.OPEN, f"{words}.") for words in hidden.words]
        if hidden.e_value is not None:
            words = self.tr(
                "Or it would have to make treatment and outcome each at least {0} times as likely"
                " (E-value)."
            ).format(written(gap(0.0, hidden.e_value).difference))
            lines.append(Line(Mark.OPEN, words))
        return tuple(lines)

"""What the graph implies and how the data answer; what was drawn; what no data can test."""

from collections.abc import Generator
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.data.variable import Variable
from engine.errors import UserError
from engine.graph.graph import CausalGraph
from engine.identify.remedies import Remedy, Way, remedies
from engine.interventions import Set
from engine.project import Project
from engine.queries.answers import ChecksAnswer, DoAnswer, Footing, IndependenceTest
from engine.queries.lights import Support
from engine.queries.lots import BalanceAnswer, Lot
from engine.runtime.messages import Answer
from gui.appearance import Appearance
from gui.bridge import Bridge, alike
from gui.document import Document
from gui.lots import lot_line
from gui.marks import INDEPENDENT, Line, Lines, Mark
from gui.notices import plain_label
from gui.numerals import intervention_text, percent, shown
from gui.phrases import joined
from gui.question.parts import LinkButton
from gui.remedy_words import remedy_line
from gui.repairs import Repairs
from gui.sentences import rests_words
from gui.slices import Slices
from gui.tested import decimal, measure, tests_words
from gui.widgets.scrolled import scrolled

ANSWER = "answer"  # the view under which the question panel asks
MOST_REMEDIES = 3  # besides a lot


class AssumptionsPanel(QWidget):
    """Left: tests of implied independences. Right: hidden causes, untestable claims, support."""

    why_wanted = Signal()  # the paths between exposure and outcome
    hedge_changed = Signal(object)  # two groups of variables, or None

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._document = document
        self._checks: ChecksAnswer | None = None
        self._lots: tuple[Lot, ...] = ()
        self._answer: DoAnswer | None = None
        self._mended: tuple[object, ...] | None = None  # what remedies were looked for
        self._remedies: list[Remedy] = []
        self._looking = Slices(self)
        self._looking.ended.connect(self._show_remedies)
        self.tested = Lines(self.tr("Tested independences"), appearance, wrapped=True)
        self.summary = plain_label("")
        self.summary.setWordWrap(True)
        self.summary.setProperty("quiet", True)
        self.summary.setContentsMargins(6, 4, 0, 4)
        self.repairs = Repairs(appearance)
        self.why = LinkButton(appearance, self.tr("Why is this a bias?"))
        self.why.setToolTip(self.tr("All paths between exposure and outcome (Alt+9)"))
        self.why.clicked.connect(self.why_wanted)
        self.assumed = Lines(self.tr("Assumed, not tested"), appearance, wrapped=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 12, 4)
        row.setSpacing(24)
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(self.tested, 100)
        said = QHBoxLayout()
        said.addWidget(self.summary, 1)
        said.addWidget(self.why, 0, Qt.AlignmentFlag.AlignVCenter)
        left.addLayout(said)
        left.addWidget(self.repairs)
        left.addStretch(1)
        left.setContentsMargins(0, 0, 0, 0)
        row.addWidget(scrolled(left), 1)
        row.addWidget(self.assumed, 1)
        document.changed.connect(self.sync)
        bridge.answered.connect(self.receive)
        self.sync(None, document.project)

    def sync(self, old: Project | None, new: Project) -> None:
        """Forget what belonged to another graph, table or question."""
        other = old is None or (old.graph, old.table) != (new.graph, new.table)
        if other:
            self._checks = None
        if other or old is None or not alike(old.question.active, new.question.active):
            self._answer = None
            self._follow_verdict()
            self._show()

    def show_checks(self, checks: ChecksAnswer) -> None:
        """The tests have come."""
        self._checks = checks
        self._show()

    def offer_why(self, *, biased: bool) -> None:
        """The way to the paths, where one of them biases."""
        self.why.setVisible(biased)

    def show_balance(self, answer: BalanceAnswer) -> None:
        """Whether lots were even."""
        self._lots = answer.lots
        self._show()

    def receive(self, answer: Answer) -> None:
        """An answer to the question panel: what it rests on and how well it is supported."""
        if answer.view == ANSWER:
            self._answer = answer.result if isinstance(answer.result, DoAnswer) else None
            self._follow_verdict()
            self.assumed.show_lines(self._assumed_lines())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width, other rows."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit)  # once the parts have their new widths

    def _fit(self) -> None:
        """The summary is whole; the tests above it scroll where there is too little room."""
        whole = self.tested.whole_height()
        self.tested.setMaximumHeight(whole)
        self.tested.setMinimumHeight(min(whole, self.fontMetrics().height() + 10))
        self.summary.setMinimumHeight(0)  # else it asks for what it once had
        width = self.summary.width()
        self.summary.setMinimumHeight(self.summary.heightForWidth(width) if width > 40 else 0)

    def _show(self) -> None:
        self.repairs.show_changes(self._checks)
        lines = self._tested_lines()
        self.tested.show_lines(lines)
        self.tested.setVisible(bool(lines))
        self.summary.setText(self._summary_words())
        self._fit()
        QTimer.singleShot(0, self, self._fit)  # what stands beside the summary came or went
        self.assumed.show_lines(self._assumed_lines())

    def _summary_words(self) -> str:
        project = self._document.project
        if self._checks is not None and self._checks.tests:
            return tests_words(self._checks.tests)
        if not project.graph.edges and not project.graph.bidirected:
            return self.tr("Draw an arrow: what it implies is tested here.")
        if project.table is None:
            return self.tr("Open a table to test what the graph implies.")
        if self._checks is None:
            return self.tr("Testing what the graph implies …")
        return tests_words(self._checks.tests)

    def _tested_lines(self) -> tuple[Line, ...]:
        lots = tuple(map(lot_line, self._lots))
        if self._checks is None:
            return lots
        tests = sorted(self._checks.tests, key=lambda test: (not test.rejected, test.p))
        return (*lots, *(self._test_line(test) for test in tests))

    def _test_line(self, test: IndependenceTest) -> Line:
        claim = f"{test.x} {INDEPENDENT} {test.y}" + (
            f" | {', '.join(test.given)}" if test.given else ""
        )
        figures = f"{measure(test.method)} {decimal(test.effect)}"
        if test.interval is not None:
            low, high = (decimal(end) for end in test.interval)
            figures += self.tr(" ({0} to {1})").format(low, high)
        if test.rejected:
            figures = self.tr("contradicted: {0}").format(figures)
        tip = self.tr("{0}: {1}, p = {2}, {3} rows").format(
            claim, test.method, shown(f"{test.p:.2g}"), test.rows
        )
        return Line(Mark.WARNED if test.rejected else Mark.PASSED, claim, figures, tip)

    def _assumed_lines(self) -> tuple[Line, ...]:
        project = self._document.project
        drawn = _drawn_hidden(project.graph)
        lines = [
            Line(Mark.WARNED, self.tr("{0}:").format(name), self.tr("you drew a hidden cause"))
            if name not in project.graph.latent
            else Line(Mark.WARNED, name, self.tr("is drawn but never measured"))
            for name in drawn
        ]
        if self._answer is not None:
            lines += self._support_lines(self._answer)
            lines += self._footing_lines(self._answer.footing)
        if project.graph.variables and self._checks is None:
            lines.append(
                Line(Mark.OPEN, self.tr("no other hidden causes, no selection:"),
                     self.tr("cannot be tested"))
            )  # fmt: skip
        if self._checks is not None:
            if self._checks.repair:
                lines.insert(0, Line(Mark.WARNED, self._checks.repair))
            if self._checks.random:
                lines.append(Line(Mark.OPEN, self._checks.random))
            said = ": " + ", ".join(drawn)  # named above already, one by one
            untestable = self._checks.untestable
            lines += [Line(Mark.OPEN, text) for text in untestable if not text.endswith(said)]
        return tuple(lines)

    def _footing_lines(self, footing: Footing) -> list[Line]:
        absent = [
            *(f"{a} → {b}" for a, b in footing.rests_on_arrows),
            *(f"{a} ↔ {b}" for a, b in footing.rests_on_hidden),
        ]
        words = self.tr("assumed absent: the answer rests on it")
        if footing.identified is False:
            return self._refusal_lines(footing)
        if footing.identified and not footing.listed:
            return [Line(Mark.OPEN, rests_words(footing))]
        return [Line(Mark.OPEN, edge, words) for edge in absent]

    def _refusal_lines(self, footing: Footing) -> list[Line]:
        """What stands in the way of an answer, and what would give one under more assumptions."""
        lines = []
        if footing.hedge is not None:
            words = self.tr(
                "held together by hidden causes, and so is {0}: no formula tells them apart"
            ).format(joined(footing.hedge[1]))
            steps = "\n".join(footing.rules)
            lines.append(Line(Mark.WARNED, f"{', '.join(footing.hedge[0])}:", words, steps))
        lines += map(remedy_line, self._remedies)
        words = self.tr(
            "an instrument: an effect if all lines are straight, or in those it moves (compliers)"
        )
        return lines + [Line(Mark.OPEN, f"{name}:", words) for name in footing.instruments]

    def _follow_verdict(self) -> None:
        """Draw the hedge of an answer that is not identified, and look for what would mend it."""
        footing = None if self._answer is None else self._answer.footing
        refused = footing is not None and footing.identified is False
        self.hedge_changed.emit(footing.hedge if footing is not None and refused else None)
        project, answer = self._document.project, self._answer
        treatments = _treatments(project, answer)
        wanted = (project.graph, treatments) if refused and treatments else None
        if wanted == self._mended or answer is None:
            return
        self._mended, self._remedies = wanted, []
        self._looking.cancel()
        if wanted is not None:
            outcome = project.vectors.node(answer.outcome)
            self._looking.start(_looked_for(_known(project), treatments, outcome))

    @Slot(object)
    def _show_remedies(self, found: list[Remedy]) -> None:
        self._remedies = found
        self.assumed.show_lines(self._assumed_lines())

    def _support_lines(self, answer: DoAnswer) -> list[Line]:
        table, support = self._document.project.table, answer.support
        if table is None or support is None:
            return []
        setting = ", ".join(
            intervention_text(variable, item)
            for item in answer.action
            if (variable := _variable(self._document.project, item.variable)) is not None
        )
        return [Line(_mark(support), setting, self._support_words(support))]

    def _support_words(self, support: Support) -> str:
        plausible = percent(support.share)
        if support.share > 0.995:
            return self.tr("was plausible for all rows")
        return self.tr(
            "was plausible for {0} of the rows; {1} of the answer is extrapolated"
        ).format(plausible, percent(1 - round(support.share, 2)))


def _looked_for(
    graph: CausalGraph, treatments: tuple[str, ...], outcome: str
) -> Generator[float | None, None, list[Remedy]]:
    """The first remedies that would be enough, and the lot, a proposal at each step."""
    found: list[Remedy] = []
    for remedy in remedies(graph, treatments, outcome):
        if remedy is not None and (len(found) < MOST_REMEDIES or remedy.way is Way.LOT):
            found.append(remedy)
        yield 0.0
    return found


def _known(project: Project) -> CausalGraph:
    """The graph, what has no data as never measured."""
    absent = {v for v in project.graph.variables if not project.measured(v)}
    return replace(project.graph, latent=project.graph.latent | absent)


def _treatments(project: Project, answer: DoAnswer | None) -> tuple[str, ...]:
    """What is set, where a lot could set it: shifts are another question."""
    action = () if answer is None else answer.action
    return project.vectors.nodes(item.variable for item in action if isinstance(item, Set))


def _drawn_hidden(graph: CausalGraph) -> list[str]:
    """Hidden causes a ↔ b and variables never measured, in the order of the graph."""
    place = graph.variables.index
    pairs = (sorted(pair, key=place) for pair in graph.bidirected)
    hidden = sorted(pairs, key=lambda pair: (place(pair[0]), place(pair[1])))
    latent = [name for name in graph.variables if name in graph.latent]
    return [*(f"{a} ↔ {b}" for a, b in hidden), *latent]


def _mark(support: Support) -> Mark:
    return Mark.OPEN if support.share >= 0.5 else Mark.WARNED


def _variable(project: Project, name: str) -> Variable | None:
    try:
        return None if project.table is None else project.table.variable(name)
    except UserError:
        return None

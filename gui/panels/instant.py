"""The instant effect: two groups made alike, before anything is trained, and how well it went."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.checks.groups import FEWEST, groups
from engine.data.table import Table
from engine.project import Project
from engine.queries.answers import DoAnswer, Stage, Unanswerable
from engine.queries.balanced import Basis, Estimand, Instant, InstantAnswer
from engine.runtime.messages import Answer
from gui import edit_instant as verbs
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.instant import pictures, words
from gui.marks import Line, Lines, Mark
from gui.notices import plain_label
from gui.numerals import count, value_text
from gui.plots.mirrored import MirrorPlot
from gui.plots.rowwise import RowPlot
from gui.widgets.chip import Chip
from gui.widgets.flow import FlowLayout
from gui.widgets.picker import Choice, Picker
from gui.widgets.segmented import Segmented
from gui.widgets.ticks import Ticks

K = TypeVar("K")
ANSWER, INSTANT = "answer", "instant"  # the views under which questions are asked
LEAST_PLOT, LEAST_WORDS, MOST_WORDS = 250, 180, 520  # pixels of a plot; of the words
WORDS_SHARE = 0.38  # of the panel


class InstantPanel(QWidget):
    """What is compared, the number in words, and four pictures of it; asked while it is seen.

    `corner` chooses the picture where there is no room for all.
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
        self._asked: Instant | None = None
        self.found: InstantAnswer | None = None
        self._model: DoAnswer | None = None
        self._make_pickers(appearance)
        self.words = Lines(self.tr("The instant effect"), appearance, wrapped=True)
        self.words.setMinimumWidth(LEAST_WORDS)
        self.forest = RowPlot(appearance, self.tr("The same by other ways"))
        self.love = RowPlot(appearance, self.tr("How alike the groups are"))
        self.weights = MirrorPlot(appearance, self.tr("Weights of the rows"))
        self.chances = MirrorPlot(appearance, self.tr("Overlap of the groups"))
        self.plots = (self.forest, self.love, self.weights, self.chances)
        labels = (self.tr("Other ways"), self.tr("Alike?"), self.tr("Weights"), self.tr("Overlap"))
        self.chooser = Segmented(appearance, labels, compact=True)
        self.chooser.choose(0)
        self.chooser.chosen.connect(lambda index: self._choose(index))
        self.corner = QWidget(self)
        self.corner.hide()
        self._first = 0
        self._lay_out()
        document.changed.connect(self.sync)
        bridge.answered.connect(self.receive)

    def sync(self, old: Project | None, new: Project) -> None:
        """Another comparison, graph or table: what stood is of yesterday."""
        if not self.isVisible():
            return
        if old is not None and (old.graph, old.table) != (new.graph, new.table):
            self._forget()
        asked = verbs.resolved(new)
        if asked != self._asked:
            self._forget()
            self._ask(asked)
        self._show_pickers(asked, new)

    def receive(self, answer: Answer) -> None:
        """A better balanced answer, or the model's own to the same question."""
        found = answer.result
        if answer.view == ANSWER:
            done = isinstance(found, DoAnswer) and found.stage is Stage.FITTED
            self._model = found if done and isinstance(found, DoAnswer) else None
            if self.found is not None:
                self._show(self.found)
        elif answer.view == INSTANT and isinstance(found, InstantAnswer):
            if found.asked == self._asked:
                self.found = found
                self._show(found)
        elif answer.view == INSTANT and isinstance(found, Unanswerable):
            self._clear(found.reason)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Seen: asked."""
        super().showEvent(event)
        self._asked = None
        self.sync(None, self._document.project)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Not seen: nothing is computed."""
        super().hideEvent(event)
        self._forget()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """As many pictures as there is room for."""
        super().resizeEvent(event)
        self._fit()

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _make_pickers(self, appearance: Appearance) -> None:
        self.treatment = Picker(appearance, self.tr("Treatment"), role="do")
        self.value = Picker(appearance, self.tr("Treated"), role="do")
        self.other = Picker(appearance, self.tr("Compared with"))
        self.outcome = Picker(appearance, self.tr("Outcome"), role="outcome")
        self.level = Picker(appearance, self.tr("Category of the outcome"), role="outcome")
        self.estimand = Picker(appearance, self.tr("Whose effect"))
        self.how = Picker(appearance, self.tr("Balance against rows, and the interval"))
        self.how.setToolTip(
            self.tr("How much balance is traded for rows (λ); where the interval is from")
        )
        hint = self.tr("Tick what was fixed before the treatment; what reacts to it misleads.")
        self.fixed = Ticks(appearance, self.tr("Fixed before the treatment"), hint)
        self.model = Chip(appearance, self.tr("Ask the model too"))
        self.model.setToolTip(self.tr("The same comparison as a Do question, to be trained"))
        self._edits(self.treatment.picked, self.tr("Treatment"), verbs.choose_treatment)
        self._edits(self.value.picked, self.tr("Treated"), verbs.choose_value)
        self._edits(self.other.picked, self.tr("Compared with"), verbs.choose_other)
        self._edits(self.outcome.picked, self.tr("Outcome"), verbs.choose_outcome)
        self._edits(self.level.picked, self.tr("Category"), verbs.choose_level)
        self._edits(self.estimand.picked, self.tr("Whose effect"), verbs.choose_estimand)
        self._edits(self.fixed.ticked, self.tr("Fixed before the treatment"), verbs.tick)
        self._edits(self.how.picked, self.tr("How"), verbs.choose_how)
        ask = self.tr("Ask the model too")
        self.model.clicked.connect(lambda: self._document.apply(ask, verbs.ask_model))

    def _edits(
        self, signal: SignalInstance, label: str, verb: Callable[[Project, K], Project]
    ) -> None:
        signal.connect(lambda key: self._document.apply(label, lambda p: verb(p, key)))

    def _lay_out(self) -> None:
        chips = QWidget()
        flow = FlowLayout(chips, gap=6)
        for part in (
            self.treatment,
            self.value,
            plain_label(self.tr("instead of")),
            self.other,
            plain_label(self.tr("on")),
            self.outcome,
            self.level,
            plain_label(self.tr("for")),
            self.estimand,
            self.fixed,
            self.how,
            self.model,
        ):
            flow.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.words, 3)
        for plot in self.plots:
            row.addWidget(plot, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 12, 4)
        column.setSpacing(6)
        column.addWidget(chips)
        column.addLayout(row, 1)
        tools = QHBoxLayout(self.corner)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.addStretch(1)
        tools.addWidget(self.chooser)

    def _choose(self, index: int) -> None:
        self._first = index
        self._fit()

    def _fit(self) -> None:
        """The chosen picture first, and those after it as far as there is room."""
        wide = max(280, round(WORDS_SHARE * self.width()))
        wide = min(wide, MOST_WORDS)
        self.words.setMaximumWidth(wide)
        many = max(1, min(4, (self.width() - wide) // LEAST_PLOT))
        first = min(self._first, 4 - many)
        for place, plot in enumerate(self.plots):
            plot.setVisible(first <= place < first + many)
        self.chooser.setVisible(many < 4)

    def _ask(self, asked: Instant) -> None:
        self._asked = asked
        table = self._document.project.table
        if table is None:
            self._clear(self.tr("Open a table: two groups of its rows are compared here at once."))
        elif asked.treatment is None or asked.outcome is None:
            self._clear(self.tr("Choose a treatment and an outcome."))
        elif asked.value is None or asked.other is None:
            self._clear(self._two_values(asked.treatment, table))
        else:
            self._clear(self.tr("The groups are being made alike."))
            self._bridge.ask(INSTANT, asked)

    def _two_values(self, name: str, table: Table) -> str:
        often = groups(table, name, FEWEST)
        if len(often) < 2:
            words = self.tr(
                "{0} has no two values with {1} rows each to compare; a curve over it is under Do."
            )
            return words.format(name, FEWEST)
        words = self.tr("{0} has {1} values that occur often: choose two of them to compare.")
        return words.format(name, count(len(often)))

    def _forget(self) -> None:
        if self._asked is not None:
            self._bridge.forget(INSTANT)
        self._asked = self.found = None

    def _clear(self, why: str) -> None:
        self.found = None
        self.words.show_lines((Line(Mark.NONE, why),))
        for plot in self.plots:
            plot.draw(None, "")
            plot.describe("")

    def _show(self, found: InstantAnswer) -> None:
        table = self._document.project.table
        if table is None or found.asked != self._asked:
            return
        self.words.show_lines(words.lines(found, table))
        model = self._model
        if model is not None and not words.same_question(model, found.asked, table):
            model = None
        self.forest.draw(pictures.forest(found, model, table))
        self.forest.describe(pictures.overlap_words(found))
        self.love.draw(pictures.love(found), self.tr("Nothing is held."))
        self.love.describe(self.tr("Dashed: .1 standard deviations, worth a look."))
        self.weights.draw(pictures.weights(found, table))
        self.chances.draw(pictures.chances(found, table))
        self.model.setVisible(model is None and verbs.model_can(self._document.project))
        self.fixed.setVisible(found.basis is not Basis.GRAPH)

    def _show_pickers(self, asked: Instant, project: Project) -> None:
        table = project.table
        names = () if table is None else table.names
        choices = [Choice(name, name) for name in names]
        self.treatment.offer(choices, asked.treatment or self.tr("treatment"))
        self.outcome.offer(choices, asked.outcome or self.tr("outcome"))
        self._offer_values(asked, table)
        outcome = None if table is None or not asked.outcome else table.variable(asked.outcome)
        levels = () if outcome is None or not outcome.discrete else outcome.categories
        shown = levels[-1 if asked.level is None else asked.level] if levels else ""
        self.level.offer([Choice(code, label) for code, label in enumerate(levels)], f"= {shown}")
        self.level.setVisible(len(levels) > 0)
        ways = [Choice(one, words.whom(one)) for one in Estimand]
        self.estimand.offer(ways, words.whom(asked.estimand))
        self.how.offer(
            [Choice(one, words.way(one), words.why(one)) for one in verbs.ways(asked)],
            words.how(asked),
        )
        free = [name for name in names if name not in (asked.treatment, asked.outcome)]
        told = self.tr("{0} of {1} fixed before").format(len(asked.fixed), len(free))
        self.fixed.offer(free, asked.fixed, told)
        if self.found is None:
            self.model.setVisible(False)

    def _offer_values(self, asked: Instant, table: Table | None) -> None:
        known = table is not None and asked.treatment is not None
        choices, shown = [], ["?", "?"]
        if known and table is not None and asked.treatment is not None:
            variable = table.variable(asked.treatment)
            for value, rows in groups(table, asked.treatment, FEWEST)[:200]:
                hint = self.tr("{0} rows").format(count(rows))
                choices.append(Choice(value, value_text(variable, value), hint))
            for side, chosen in enumerate((asked.value, asked.other)):
                if chosen is not None:
                    shown[side] = value_text(variable, chosen)
        self.value.offer(choices, shown[0])
        self.other.offer(choices, shown[1])

"""Three questions about a table, for a first graph: what is changed, hoped for, fixed before."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.before import earlier_columns, later_columns
from engine.data.table import Table
from engine.graph.tiers import Tiers, backward
from engine.project import Project
from gui.appearance import Appearance
from gui.drafting import Draft, draft_graph, left_out, usual_level, usual_values
from gui.notices import plain_label
from gui.question.parts import Words
from gui.widgets.flow import FlowLayout
from gui.widgets.picker import Choice, Picker
from gui.widgets.valuechoice import ValueChoice

LEAST_ROWS, MOST_ROWS = 3, 8  # columns shown without scrolling
MARGINS = 64  # pixels left and right of the page


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered so far."""

    treatment: str = ""
    outcome: str = ""
    low: float = 0.0
    high: float = 0.0
    level: int | None = None
    before: frozenset[str] = field(default_factory=frozenset)
    by_lot: bool = False


class Starter(QScrollArea):
    """`drafted(Draft)` when the questions are answered; `left` to draw without them."""

    drafted = Signal(object)
    left = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Three questions for a first graph"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table: Table | None = None
        self._tiers: Tiers = {}
        self.said = Said()
        self.treatment = Picker(appearance, self.tr("What do you change?"))
        self.outcome = Picker(appearance, self.tr("What do you hope for?"))
        self.low = ValueChoice(appearance, self.tr("compared with"))
        self.high = ValueChoice(appearance, self.tr("set to"))
        self.level = Picker(appearance, self.tr("How often which value?"))
        self.of = Words(self.tr("how often"))
        self.from_, self.to = Words(self.tr("from")), Words(self.tr("to"))
        self.before_heading = _heading("")
        self.before = QListWidget()
        self.all, self.none = QPushButton(self.tr("Tick all")), QPushButton(self.tr("Tick none"))
        self.by_lot, self._lot = QCheckBox(), ""
        self.summary = _paragraph("")
        self.make = QPushButton(self.tr("Make the draft and learn it"))
        self.leave = QPushButton(self.tr("Draw it myself"))
        self.setWidget(self._page())
        self._connect()

    def ask(self, table: Table, tiers: Tiers = MappingProxyType({})) -> None:
        """Begin anew with this table; time tiers say beforehand what was fixed before what."""
        self._table, self._tiers, self.said = table, tiers, Said()
        self._fill_before()
        self._follow()

    def follow(self, project: Project) -> None:
        """The table or its tiers were changed meanwhile: what was answered starts again."""
        table = project.table
        if table is not None and (table is not self._table or project.tiers != self._tiers):
            self.ask(table, project.tiers)

    def take_keyboard(self) -> None:
        """The keyboard is on the first question."""
        self.treatment.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def draft(self) -> Draft | None:
        """What the answers come to; None while one is missing, or against the time tiers."""
        said, table = self.said, self._table
        if table is None or not said.treatment or not said.outcome or said.low == said.high:
            return None
        before = tuple(name for name in table.names if name in said.before)
        made = Draft(
            said.treatment, said.outcome, said.low, said.high, before, said.by_lot, said.level
        )
        return made if made.told and not self._back_in_time(made) else None

    def _back_in_time(self, draft: Draft) -> tuple[str, ...]:
        """The ends of a path of the draft that leads from a later tier into an earlier one."""
        way = backward(draft_graph(draft, ""), self._tiers)
        return (way[0], way[-1]) if way else ()

    # ── answers ────────────────────────────────────────────────────────────────────────────────

    def choose_treatment(self, name: str) -> None:
        """What is changed, between two values worth comparing; earlier tiers are ticked."""
        if self._table is None:
            return
        if self._tiers:
            earlier = earlier_columns(self._table, self._tiers, name)
            self.said = replace(self.said, before=earlier & set(_usable(self._table)))
        low, high = usual_values(self._table, name)
        outcome = "" if self.said.outcome == name else self.said.outcome
        self._say(treatment=name, outcome=outcome, low=low, high=high)

    def choose_outcome(self, name: str) -> None:
        """What is hoped for, and how often which of its categories."""
        if self._table is not None:
            self._say(outcome=name, level=usual_level(self._table.variable(name)))

    def _say(self, **answers: object) -> None:
        self.said = replace(self.said, **answers)  # type: ignore[arg-type]
        taken = {self.said.treatment, self.said.outcome}
        self.said = replace(self.said, before=self.said.before - taken - self._later())
        if taken & answers.keys() or {"treatment", "outcome"} & answers.keys():
            self._fill_before()
        self._follow()

    def _tick(self, item: QListWidgetItem) -> None:
        name, on = item.data(Qt.ItemDataRole.UserRole), item.checkState() == Qt.CheckState.Checked
        self._say(before=self.said.before | {name} if on else self.said.before - {name})

    def _tick_all(self, *, on: bool) -> None:
        self._say(before=frozenset(self._others()) - self._later() if on else frozenset())
        self._fill_before()

    def _finish(self) -> None:
        if self.draft is not None:
            self.drafted.emit(self.draft)

    # ── showing ────────────────────────────────────────────────────────────────────────────────

    def _follow(self) -> None:
        table, said = self._table, self.said
        if table is None:
            return
        usable = _usable(table)
        self.treatment.offer(_choices(table, usable), said.treatment or self.tr("choose"))
        others = [name for name in usable if name != said.treatment]
        self.outcome.offer(_choices(table, others), said.outcome or self.tr("choose"))
        for widget in (self.from_, self.low, self.to, self.high):
            widget.setVisible(bool(said.treatment))
        if said.treatment:
            variable = table.variable(said.treatment)
            self.low.offer(variable, said.low)
            self.high.offer(variable, said.high)
        labels = table.variable(said.outcome).categories if said.outcome else ()
        self.of.setVisible(bool(labels))
        self.level.setVisible(bool(labels))
        if labels and said.level is not None:
            codes = [Choice(code, label) for code, label in enumerate(labels)]
            self.level.offer(codes, labels[said.level])
        what = said.treatment or self.tr("that")
        text = self.tr("3. Which columns were fixed before {0}?").format(what)
        self.before_heading.setText(text)
        self._lot = self.tr("Chance alone decided {0}, as in an experiment").format(what)
        self._fold_lot()
        with QSignalBlocker(self.by_lot):
            self.by_lot.setChecked(said.by_lot)
        self.summary.setText(self._words())
        self.make.setEnabled(self.draft is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Narrower: long lines are folded."""
        super().resizeEvent(event)
        self._fold_lot()

    def _fold_lot(self) -> None:
        """A tick box does not fold its words by itself."""
        words, metrics = self._lot, self.by_lot.fontMetrics()
        room = self.viewport().width() - MARGINS - 2 * metrics.height()
        if metrics.horizontalAdvance(words) > room:
            words = words.replace(", ", ",\n", 1)
        if words != self.by_lot.text():
            self.by_lot.setText(words)

    def _words(self) -> str:
        said, table, draft = self.said, self._table, self.draft
        if not said.treatment or not said.outcome:
            return self.tr("Choose what is changed and what is hoped for.")
        if said.low == said.high:
            text = self.tr("Choose two different values of {0} to compare.")
            return text.format(said.treatment)
        told = Draft(said.treatment, said.outcome, 0.0, 0.0, tuple(said.before), said.by_lot)
        back = self._back_in_time(told)
        if back:
            text = self.tr("The time tiers say that {1} comes before {0}: it cannot be its effect.")
            return text.format(*back)
        if draft is None or table is None:
            return self.tr(
                "Tick what was fixed before {0}, or say that chance decided it: without that, a"
                " difference is not an effect."
            ).format(said.treatment)
        rest = left_out(table, draft)
        effect = self.tr("The draft asks what {0} does to {1}").format(said.treatment, said.outcome)
        if draft.before and not draft.by_lot:
            effect += self.tr(", adjusting for what is ticked")
        words = [self.tr("{0}. Each arrow keeps a question mark until you confirm it.")]
        if rest:
            words.append(self.tr("Left out, so not adjusted for: {1}."))
        return " ".join(words).format(effect, _listed(rest))

    def _fill_before(self) -> None:
        self.before.blockSignals(True)
        self.before.clear()
        for name in self._others():
            item = QListWidgetItem(name, self.before)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = name in self.said.before
            if name in self._later():
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
                words = self.tr("{0} (time tier {1}) comes later than {2}")
                what = self.said.treatment
                item.setToolTip(words.format(name, self._tiers[name], what))
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        if self.before.count():
            self.before.setCurrentRow(0)
        rows = max(LEAST_ROWS, min(MOST_ROWS, self.before.count()))
        self.before.setMinimumHeight(rows * max(18, self.before.sizeHintForRow(0)) + 12)
        self.before.blockSignals(False)

    def _later(self) -> frozenset[str]:
        """What a time tier puts after the treatment: it cannot have been fixed before."""
        if self._table is None or not self.said.treatment:
            return frozenset()
        return later_columns(self._table, self._tiers, self.said.treatment)

    def _others(self) -> list[str]:
        taken = {self.said.treatment, self.said.outcome}
        return [] if self._table is None else [n for n in _usable(self._table) if n not in taken]

    def _connect(self) -> None:
        self.treatment.picked.connect(self.choose_treatment)
        self.outcome.picked.connect(self.choose_outcome)
        self.level.picked.connect(lambda code: self._say(level=code))
        self.low.chosen.connect(lambda value: self._say(low=value))
        self.high.chosen.connect(lambda value: self._say(high=value))
        self.before.itemChanged.connect(self._tick)
        self.all.clicked.connect(lambda: self._tick_all(on=True))
        self.none.clicked.connect(lambda: self._tick_all(on=False))
        self.by_lot.toggled.connect(lambda on: self._say(by_lot=on))
        self.make.clicked.connect(self._finish)
        self.leave.clicked.connect(self.left)

    def _page(self) -> QWidget:
        self.before.setObjectName("values")
        self.before.setAccessibleName(self.tr("Columns fixed before"))
        self.make.setDefault(True)
        for button in (self.all, self.none):
            button.setFlat(True)
        title = plain_label(self.tr("Three questions for a first graph"))
        title.setObjectName("title")
        title.setWordWrap(True)
        column = QVBoxLayout()
        column.setSpacing(5)
        column.addWidget(title)
        column.addWidget(
            _paragraph(self.tr("Nothing is final: every arrow of the draft can be changed."))
        )
        column.addSpacing(8)
        column.addWidget(_heading(self.tr("1. What do you change?")))
        column.addWidget(_row([self.treatment, self.from_, self.low, self.to, self.high]))
        column.addSpacing(10)
        column.addWidget(_heading(self.tr("2. What do you hope for?")))
        column.addWidget(_row([self.outcome, self.of, self.level]))
        column.addSpacing(10)
        column.addWidget(self.before_heading)
        words = self.tr(
            "What is ticked is adjusted for. Leave out whatever may itself have been changed by it."
        )
        column.addWidget(_paragraph(words))
        column.addWidget(self.before, 1)
        column.addWidget(_row([self.all, self.none]))
        column.addWidget(self.by_lot)
        column.addSpacing(8)
        column.addWidget(self.summary)
        column.addSpacing(4)
        buttons = QHBoxLayout()
        buttons.addWidget(self.make)
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        column.addLayout(buttons)
        page = QWidget()
        page.setObjectName("sheet")
        row = QHBoxLayout(page)
        row.setContentsMargins(MARGINS // 2, 18, MARGINS // 2, 16)
        row.addStretch(1)
        row.addLayout(column, 6)
        row.addStretch(1)
        return page


def _usable(table: Table) -> list[str]:
    """Columns that may stand in a graph: not those that only say how rows count."""
    telling = table.design.columns
    return [name for name in table.names if name not in telling]


def _choices(table: Table, names: Sequence[str]) -> list[Choice]:
    return [Choice(n, n, table.variable(n).unit or table.variable(n).kind.value) for n in names]


def _listed(names: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} +{len(names) - most}"


def _heading(text: str) -> QLabel:
    label = plain_label(text)
    label.setObjectName("question")
    label.setWordWrap(True)
    return label


def _paragraph(text: str) -> QLabel:
    label = plain_label(text)
    label.setWordWrap(True)
    label.setProperty("quiet", True)
    return label


def _row(widgets: Sequence[QWidget]) -> QWidget:
    row = QWidget()
    flow = FlowLayout(row)
    for widget in widgets:
        flow.addWidget(widget)
    return row

"""Imagine: one row of the table, had things been otherwise."""

from functools import partial

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from engine.data.table import Table
from engine.data.variable import Kind
from engine.interventions import Convention, Intervention, variables_of
from engine.project import Project
from engine.queries.answers import ImagineAnswer, Result, Shape
from gui import edits
from gui.appearance import Appearance
from gui.document import Document
from gui.imagined import (
    already,
    convention_of,
    convention_words,
    imagine_gap,
    imagine_sentence,
    range_text,
    stays,
    unit_ends,
)
from gui.numerals import intervention_text
from gui.phrases import Span, plain, quiet, tr
from gui.plots.compare import ComparePlot
from gui.plots.picture import Layer, Line, Picture
from gui.plots.unit import UnitPicture, UnitPlot
from gui.question.assumptions import Absences, AssumptionsNote
from gui.question.interventions import InterventionRow
from gui.question.luck import LuckRow
from gui.question.page import Page
from gui.question.parts import ChipRow, Words, askable, variable_choices
from gui.question.pictures import fits
from gui.question.ranges import Ranges
from gui.question.rows import Rows
from gui.question.tools import AnswerTools
from gui.question.unit import RowPicker, UnitTable
from gui.sentences import stage_words
from gui.summaries import picture_words
from gui.trust.lines import how_words
from gui.vectors import settable, start_doing
from gui.widgets.picker import Choice
from gui.widgets.sentence import SentenceLabel


class ImaginePage(Page):
    """A row, interventions on it, and both worlds side by side."""

    assumptions_turned = Signal()

    def __init__(
        self, document: Document, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, appearance, parent)
        self.row = RowPicker(appearance)
        self.row.picked.connect(self._pick_row)
        self.chips = ChipRow(appearance, "imagine")
        self.chips.removed.connect(self._stop)
        self.chips.added.connect(self._start)
        self.rows = Rows(partial(InterventionRow, appearance, "imagine"))
        self.rows.edited.connect(self._intervene)
        self.rows.settled.connect(self.settle)
        self.luck = LuckRow(appearance)
        self.luck.picked.connect(self._carry)
        self.convention = SentenceLabel(appearance)
        self.note = AssumptionsNote(appearance)
        self.note.turned.connect(self.assumptions_turned)
        self.plot = UnitPlot(appearance, self.tr("The row in both worlds"))
        self.bars = ComparePlot(appearance, self.tr("The row in both worlds"))
        self.head = Words(self.tr("The row"), heading=True)
        self.table = UnitTable(appearance)
        self._tools = AnswerTools(appearance, self.sentence, self.plot)
        self.stack(self.row, self.chips, self.rows, self.outcome, self.hint)
        self.stack(self.sentence, self.photos, self.luck, self.convention, self.plot, self.bars)
        self.stack(self.tools, self.head, self.table, self.note)
        self._show_parts(False)

    @property
    def tools(self) -> AnswerTools:
        """What can be done with the answer."""
        return self._tools

    def sync(self, project: Project, ranges: Ranges) -> None:
        """Row, chips, rows and pickers follow the question."""
        self.tools.more = how_words(project)
        self.ranges = ranges
        table, names, question = project.table, askable(project), project.question
        action = tuple(item for item in question.action if item.variable in names)
        texts: list[tuple[str, str]] = []
        choices: list[Choice] = []
        if table is not None and names:
            texts = [(i.variable, _chip(i, table)) for i in action]
            choices = variable_choices(project, settable(project))
        self.row.sync(question.row, 0 if table is None else table.rows)
        self.chips.sync(texts, choices)
        self.rows.sync(action, ranges)
        self.outcome.sync(project, variables_of(action))
        self.luck.sync(question.convention)

    def missing(self, project: Project) -> str:
        """Imagine needs a row and something that had been otherwise."""
        words = super().missing(project)
        if not words and project.question.row is None:
            return self.tr("Choose a row, here or in the table.")
        return self.missing_action(project, self.tr("Add a variable that had been otherwise."))

    def draw(self, result: Result) -> None:
        """The imagined value in words, as a picture, and with every other variable."""
        table = self.document.project.table
        if not isinstance(result, ImagineAnswer) or table is None or not fits(result, table):
            return
        sentence = imagine_sentence(result, table)
        self.say(sentence)
        stage = stage_words(result.stage)
        unit = result.units.get(result.outcome)
        known = unit is not None and unit.status != "refused" and not already(result)
        words = quiet(convention_words(result, table)) if known else ()
        if stage:
            words = (Span(stage[:1].upper() + stage[1:] + ". ", "warn"), *words)
        self.convention.say(words)
        self.note.draw(result.footing, "", result.warnings)
        self.table.draw(result, table)
        number, bars = unit_picture(result, table, self.ranges), level_picture(result, table)
        self._show_parts(True)
        self.luck.setVisible(known)
        self.plot.setVisible(number is not None)
        self.bars.setVisible(bars is not None)
        self.tools.plot = self.bars if bars is not None else self.plot
        self.plot.draw(number)
        self.bars.draw(bars)
        self.plot.describe(plain(sentence))
        self.bars.describe(picture_words(bars, plain(sentence)))
        self.tools.sync()

    def absences(self) -> Absences:
        """What the answer assumes to be absent, while it is listed."""
        return self.note.listed()

    def tell(self, words: str) -> None:
        """Words instead of an answer."""
        super().tell(words)
        if words:
            self.sentence.say(())
            self.hide_answer()

    def hide_answer(self) -> None:
        """Nothing of an answer is shown."""
        self._show_parts(False)
        self.note.hide()
        self.convention.say(())

    @Slot(int)
    def _pick_row(self, row: int) -> None:
        label = self.tr("Row {row}").format(row=row)
        self.apply(label, partial(edits.pick_row, row=row), "row")

    @Slot(object)
    def _start(self, name: str) -> None:
        row, table = self.document.project.question.row, self.ranges.table

        def first(column: str) -> Intervention:
            if table is not None and row is not None and row < table.rows:
                return self.ranges.unlike(column, float(table[column][row]))
            return self.ranges.first(column)

        label = self.tr("Had {name} been otherwise").format(name=name)
        self.apply(label, partial(start_doing, name=name, first=first))

    @Slot(str)
    def _stop(self, name: str) -> None:
        label = self.tr("Release {name}").format(name=name)
        self.apply(label, partial(edits.stop_doing, variable=name))

    @Slot(object)
    def _carry(self, convention: Convention) -> None:
        label = self.tr("Luck {carried}").format(carried=self.luck.words[convention])
        self.apply(label, partial(edits.carry_luck, convention=convention))

    @Slot(object)
    def _intervene(self, item: Intervention) -> None:
        label = self.tr("Had {name} been otherwise").format(name=item.variable)
        self.apply(label, partial(edits.intervene, intervention=item), ("do", item.variable))

    def _show_parts(self, shown: bool) -> None:
        for widget in (self.luck, self.plot, self.bars, self.head, self.table, self.tools):
            widget.setVisible(shown)


def _chip(item: Intervention, table: Table) -> str:
    """The intervention without its do( ): a row had it, nobody did it."""
    return intervention_text(table.variable(item.variable), item).removeprefix("do(")[:-1]


def unit_picture(answer: ImagineAnswer, table: Table, ranges: Ranges) -> UnitPicture | None:
    """Both worlds' values of a numeric outcome, over the data's density."""
    shown, outcome = imagine_gap(answer, table), table.variable(answer.outcome)
    if shown is None:
        return None
    unit, span = answer.units[answer.outcome], ranges.span(answer.outcome)
    own = stays(unit)
    was, would = unit_ends(outcome, unit)
    redraw, text = None, ""
    if shown.low is not None and shown.high is not None:
        redraw = (float(shown.low), float(shown.high))
        text = tr("{range} if luck is drawn again").format(range=range_text(shown.low, shown.high))
    middle = convention_of(answer) is Convention.REDRAW
    marked = tr("middle {value}") if middle else tr("would be {value}")
    return UnitPicture(
        unit.actual if own else float(shown.before),
        unit.actual if own else float(shown.after),
        tr("was {value}").format(value=was),
        marked.format(value=would),
        redraw,
        text,
        (span.low, span.high),
        span.density,
        outcome.unit,
        outcome.name,
    )


def level_picture(answer: ImagineAnswer, table: Table) -> Picture | None:
    """The category that was, and the probabilities of those that would have been."""
    outcome, unit = table.variable(answer.outcome), answer.units.get(answer.outcome)
    if unit is None or not outcome.discrete or np.isnan(unit.actual):
        return None
    codes = np.arange(len(outcome.categories), dtype=float)
    would = unit.probabilities
    if would is None:
        if unit.imagined is None:
            return None
        would = (codes == unit.imagined).astype(float)
    was = Shape(True, codes, (codes == unit.actual).astype(float), float("nan"))
    layers = (
        Layer(was, "seen", Line.SOLID, tr("was"), filled=True),
        Layer(
            Shape(True, codes, would, float("nan")),
            "imagine",
            Line.DOTTED,
            tr("would be"),
        ),
    )
    level = len(codes) - 1 if answer.level is None else answer.level
    ordered = outcome.kind is not Kind.CATEGORICAL
    return Picture(layers, "", outcome.categories, level, name=outcome.name, ordered=ordered)

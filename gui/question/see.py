"""See: the rows that fit what is known, and what the model says of them beside."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from engine.interventions import Condition, variables_of
from engine.project import Project
from engine.queries.answers import Result, SeeAnswer
from gui import edits
from gui.appearance import Appearance
from gui.document import Document
from gui.numerals import condition_text
from gui.phrases import Span, plain, quiet
from gui.plots.compare import ComparePlot
from gui.question.evidence import ConditionRow
from gui.question.page import Page
from gui.question.parts import ChipRow, Note, askable, variable_choices
from gui.question.pictures import fits, see_picture
from gui.question.ranges import Ranges, first_condition
from gui.question.rows import Rows
from gui.question.tools import AnswerTools
from gui.sentences import disagreement_words, model_sentence, see_sentence, stage_words
from gui.summaries import picture_words
from gui.widgets.picker import Choice
from gui.widgets.sentence import SentenceLabel


class SeePage(Page):
    """Conditions, the share of rows that meet them, and how the outcome is spread there."""

    def __init__(
        self, document: Document, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, appearance, parent)
        self.chips = ChipRow(appearance, "see")
        self.chips.removed.connect(self._stop)
        self.chips.added.connect(self._start)
        self.rows = Rows(partial(ConditionRow, appearance))
        self.rows.edited.connect(self._see)
        self.rows.settled.connect(self.settle)
        self.note = Note(appearance)
        self.model = SentenceLabel(appearance)
        self.disagreement = SentenceLabel(appearance)
        self.stage = SentenceLabel(appearance)
        self.warnings = SentenceLabel(appearance)
        self.reminder = SentenceLabel(appearance)
        said = (self.model, self.disagreement, self.stage, self.warnings, self.reminder)
        for widget in said:
            self.note.column.addWidget(widget)
        self.plot = ComparePlot(appearance, self.tr("All rows and matching rows"))
        self._tools = AnswerTools(appearance, self.sentence, self.plot)
        self.stack(self.chips, self.rows, self.outcome, self.hint, self.sentence)
        self.stack(self.photos, self.note, self.plot, self.tools)
        self._show_parts(False)

    @property
    def tools(self) -> AnswerTools:
        """What can be done with the answer."""
        return self._tools

    def sync(self, project: Project, ranges: Ranges) -> None:
        """Chips, rows and pickers follow the question."""
        self.ranges = ranges
        table, names = project.table, askable(project)
        evidence = tuple(c for c in project.question.evidence if c.variable in names)
        texts: list[tuple[str, str]] = []
        choices: list[Choice] = []
        if table is not None and names:
            for item in evidence:
                text = condition_text(table.variable(item.variable), item)
                texts.append((item.variable, f"{item.variable} {text}"))
            taken = {*variables_of(evidence), project.question.outcome}
            choices = variable_choices(project, [n for n in names if n not in taken])
        self.chips.sync(texts, choices)
        self.rows.sync(evidence, ranges)
        self.outcome.sync(project, variables_of(evidence))

    def draw(self, result: Result) -> None:
        """The rows in words and as a picture, the model apart."""
        table = self.document.project.table
        if not isinstance(result, SeeAnswer) or table is None or not fits(result, table):
            return
        sentence = see_sentence(result, table)
        self.say(sentence)
        self.model.say(model_sentence(result, table))
        disagreement = disagreement_words(result, table)
        self.disagreement.say((Span(disagreement, "warn"),) if disagreement else ())
        stage = stage_words(result.stage) if result.model_value is not None else ""
        self.stage.say((Span(stage[:1].upper() + stage[1:] + ".", "warn"),) if stage else ())
        self.warnings.say((Span("\n".join(result.warnings), "warn"),) if result.warnings else ())
        reminder = self.tr("Seeing is not doing: the rows may differ in other ways, too.")
        self.reminder.say(quiet(reminder) if result.evidence else ())
        picture = see_picture(result, table)
        self.plot.draw(picture, "", (result.outcome, result.level))
        words = plain((*sentence, Span(" "), *self.model.sentence))
        self.plot.describe(picture_words(picture, words))
        self.tools.sync()
        self._show_parts(True)
        self.note.setVisible(bool(result.evidence or result.warnings))

    def tell(self, words: str) -> None:
        """Words instead of an answer."""
        super().tell(words)
        if words:
            self.sentence.say(())
            self.hide_answer()

    def hide_answer(self) -> None:
        """Nothing of an answer is shown."""
        self._show_parts(False)

    @Slot(object)
    def _start(self, name: str) -> None:
        if self.ranges.table is not None:
            item = first_condition(self.ranges, self.ranges.table.variable(name))
            label = self.tr("See {name}").format(name=name)
            self.apply(label, partial(edits.see, condition=item))

    @Slot(str)
    def _stop(self, name: str) -> None:
        label = self.tr("Look away from {name}").format(name=name)
        self.apply(label, partial(edits.stop_seeing, variable=name))

    @Slot(object)
    def _see(self, item: Condition) -> None:
        label = self.tr("See {name}").format(name=item.variable)
        self.apply(label, partial(edits.see, condition=item), ("see", item.variable))

    def _show_parts(self, shown: bool) -> None:
        for widget in (self.note, self.plot, self.tools):
            widget.setVisible(shown)

"""Do: what happens to the outcome if variables are set or shifted."""

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.interventions import Action, Intervention, released, variables_of
from engine.project import Project
from engine.queries.answers import DoAnswer, DoseAnswer, Result
from engine.queries.questions import ByHand, DoseResponse
from gui import edits
from gui.appearance import Appearance
from gui.document import Document
from gui.numerals import intervention_text
from gui.phrases import Sentence, Span, plain
from gui.plots.compare import ComparePlot
from gui.plots.curves import CurvePlot
from gui.question.assumptions import Absences, AssumptionsNote
from gui.question.hand import HandNote
from gui.question.interventions import InterventionRow
from gui.question.page import Page
from gui.question.parts import (
    ChipRow,
    Words,
    askable,
    variable_choices,
)
from gui.question.pictures import do_picture, dose_curves, dose_words, fits, present, unsupported
from gui.question.ranges import Ranges
from gui.question.rows import Rows
from gui.question.tools import AnswerTools
from gui.sentences import contrast_words, do_sentence, stage_words, support_words, turned_words
from gui.summaries import curve_words, picture_words
from gui.trust.lines import how_words
from gui.vectors import settable, start_doing
from gui.widgets.picker import Choice, Picker
from gui.widgets.sentence import SentenceLabel

SEEN, NOTHING, OTHER = "seen", "nothing", "other"


class DoPage(Page):
    """Interventions, contrast, the effect in words, before/after and dose–response."""

    assumptions_turned = Signal()
    treatment_picked = Signal()

    def __init__(
        self, document: Document, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, appearance, parent)
        self.treatment: str | None = None
        self.chips = ChipRow(appearance, "do")
        self.chips.removed.connect(self._stop)
        self.chips.added.connect(self._start)
        self.rows = Rows(partial(InterventionRow, appearance, "do"))
        self.rows.edited.connect(self._intervene)
        self.rows.settled.connect(self.settle)
        self.compared = Picker(appearance, self.tr("Compared with"))
        self.compared.picked.connect(self._compare)
        self.compared_words = Words(self.tr("compared with"))
        self.outcome.flow.addWidget(self.compared_words)
        self.outcome.flow.addWidget(self.compared)
        self.others = Rows(partial(InterventionRow, appearance, "seen"))
        self.others.edited.connect(self._contrast)
        self.others.settled.connect(self.settle)
        self.stage = SentenceLabel(appearance)
        self.note = AssumptionsNote(appearance)
        self.note.turned.connect(self.assumptions_turned)
        self.plot = ComparePlot(appearance, self.tr("Before and after"))
        self.dose_head = SentenceLabel(appearance)
        self.dose_pick = Picker(appearance, self.tr("Dose of"))
        self.dose_pick.picked.connect(self._pick_treatment)
        self.dose_plot = CurvePlot(appearance, self.tr("Dose–response"))
        self.hand = HandNote(appearance)
        self._answer: DoAnswer | None = None  # the newest
        self._tools = AnswerTools(appearance, self.sentence, self.plot, (self.dose_plot,))
        self._lay_out()

    @property
    def tools(self) -> AnswerTools:
        """What can be done with the answer."""
        return self._tools

    def sync(self, project: Project, ranges: Ranges) -> None:
        """Chips, rows and pickers follow the question."""
        self.tools.more = how_words(project)
        self.ranges = ranges
        question, table = project.question, project.table
        names = askable(project)
        action = tuple(item for item in question.action if item.variable in names)
        texts: list[tuple[str, str]] = []
        choices: list[Choice] = []
        if table is not None and names:
            texts = [(i.variable, intervention_text(table.variable(i.variable), i)) for i in action]
            choices = variable_choices(project, settable(project))
        self.chips.sync(texts, choices)
        self.rows.sync(action, ranges)
        self.outcome.sync(project, variables_of(action))
        self.others.sync(question.contrast or (), ranges)
        self._sync_contrast(question.contrast, project)
        self._sync_treatment(action, project)

    def missing(self, project: Project) -> str:
        """Do needs something to do."""
        return self.missing_action(project, self.tr("Add a variable to set."))

    def dose_question(self, project: Project) -> DoseResponse | None:
        """The standing question of the lower plot."""
        question = project.question
        outcome = question.outcome
        asked = outcome is not None and outcome not in project.pictures
        if self.missing(project) or self.treatment is None or outcome is None or not asked:
            return None
        others = released(question.action, self.treatment)
        return DoseResponse(outcome, self.treatment, question.level, others)

    def hand_question(self, project: Project) -> ByHand | None:
        """What is asked while the sums by hand are open."""
        if self.missing(project) or not self.hand.open or self.hand.isHidden():
            return None
        return ByHand(project.question.active)

    def draw_hand(self, result: Result | None) -> None:
        """The counts and sums below the plot."""
        self.hand.take(result)
        self.hand.draw(self.document.project.table, self._answer)

    def draw(self, result: Result) -> None:
        """The effect in words, its picture, what it rests on."""
        table = self.document.project.table
        if not isinstance(result, DoAnswer) or table is None or not fits(result, table):
            return
        sentence = do_sentence(result, table)
        self.say(sentence)
        self.stage.say(_stage(stage_words(result.stage), turned_words(result, table)))
        self.note.draw(result.footing, support_words(result, table), result.warnings)
        picture = do_picture(result, table)
        empty = self.tr("Nothing to draw: this graph and these data give no number.")
        self.plot.draw(picture, empty, (result.outcome, result.level))
        self.plot.describe(picture_words(picture, plain(sentence)))
        self.tools.sync()
        self._answer = result
        self._show_parts(whole=True)
        by_hand = table.variable(result.outcome).discrete and picture is not None
        if self.hand.isHidden() == by_hand:
            self.hand.setVisible(by_hand)
            self.hand.turned.emit()
        self.hand.draw(table, result)
        self._show_dose(picture is not None and bool(self.dose_plot.curves))
        self._mark(result)

    def draw_dose(self, result: Result) -> None:
        """The dose–response below."""
        table = self.document.project.table
        gone = table is None or not fits(result, table)
        if not isinstance(result, DoseAnswer) or table is None or gone or result.y is None:
            self.dose_plot.set_curves(())
            self._show_dose(False)
            return
        curves, axes = dose_curves(result, table)
        bare = unsupported(result, table.variable(result.treatment))
        self.dose_plot.replace(curves, axes, bare)
        self.dose_head.say(dose_words(result, table))
        self.dose_plot.describe(curve_words(self.dose_plot))
        self._show_dose(self.plot.picture is not None and self.plot.isVisibleTo(self))

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
        self.stage.say(())
        self.note.hide()
        self._show_parts(whole=False)
        self._show_dose(False)
        self.hand.hide()

    @Slot(object)
    def _start(self, name: str) -> None:
        verb = partial(start_doing, name=name, first=self.ranges.first)
        self.apply(self.tr("Do {name}").format(name=name), verb)

    @Slot(str)
    def _stop(self, name: str) -> None:
        verb = partial(edits.stop_doing, variable=name)
        self.apply(self.tr("Release {name}").format(name=name), verb)

    @Slot(object)
    def _intervene(self, item: Intervention) -> None:
        label = self.tr("Do {name}").format(name=item.variable)
        self.apply(label, partial(edits.intervene, intervention=item), ("do", item.variable))

    @Slot(object)
    def _contrast(self, item: Intervention) -> None:
        label = self.tr("Compare with another {name}").format(name=item.variable)
        verb = partial(edits.contrast_by, intervention=item)
        self.apply(label, verb, ("contrast", item.variable))

    @Slot(object)
    def _compare(self, choice: str) -> None:
        contrast: Action | None = None
        if choice == NOTHING:
            contrast = ()
        elif choice == OTHER:
            action = self.document.project.question.action
            contrast = tuple(self.ranges.other(item) for item in action)
        self.apply(self.tr("Compare"), partial(edits.compare_with, contrast=contrast))

    @Slot(object)
    def _pick_treatment(self, name: str) -> None:
        self.treatment = name
        self.treatment_picked.emit()

    def _sync_contrast(self, contrast: Action | None, project: Project) -> None:
        choices = [
            Choice(SEEN, self.tr("what was seen")),
            Choice(OTHER, self.tr("another value")),
            Choice(NOTHING, self.tr("no intervention")),
        ]
        shown = self.tr("another value")
        if not contrast and project.table is not None:
            shown = contrast_words(contrast, project.table)
        self.compared.offer(choices, shown)
        asked = bool(project.question.action) and project.table is not None
        self.compared.setVisible(asked)
        self.compared_words.setVisible(asked)

    def _sync_treatment(self, action: Action, project: Project) -> None:
        names = variables_of(action)
        if self.treatment not in names:
            self.treatment = names[0] if names else None
        self.dose_pick.offer([Choice(name, name) for name in names], self.treatment or "")
        self.dose_pick.setVisible(len(names) > 1)

    def _mark(self, answer: DoAnswer) -> None:
        marks = []
        for role, action in (("seen", answer.contrast), ("do", answer.action)):
            value = present(action, self.treatment or "")
            if value is not None:
                marks.append((value, role))
        self.dose_plot.set_marks(marks)

    def _show_parts(self, *, whole: bool) -> None:
        self.plot.setVisible(whole)
        self.tools.setVisible(whole)

    def _show_dose(self, shown: bool) -> None:
        self.dose_row.setVisible(shown)
        self.dose_plot.setVisible(shown)

    def _lay_out(self) -> None:
        self.dose_row = QWidget()
        head = QHBoxLayout(self.dose_row)
        head.setContentsMargins(0, 4, 0, 0)
        head.addWidget(self.dose_head, 1)
        head.addWidget(self.dose_pick)
        self.stack(self.chips, self.rows, self.outcome, self.others, self.hint)
        self.stack(self.sentence, self.photos, self.stage, self.note, self.plot, self.tools)
        self.stack(self.hand, self.dose_row, self.dose_plot)
        self.hand.hide()
        self._show_parts(whole=False)
        self._show_dose(False)


def _stage(stage: str, turned: str) -> Sentence:
    words = stage[:1].upper() + stage[1:] + "." if stage else ""
    spans = (Span(words, "warn"), Span(" " if words and turned else ""), Span(turned, "warn"))
    return tuple(span for span in spans if span.text)

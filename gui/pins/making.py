"""From an answer to a pin: its words and numbers exactly as the question panel shows them."""

from collections.abc import Iterable
from decimal import Decimal

from engine.basis import basis
from engine.data.table import Table
from engine.interventions import Convention
from engine.project import Project
from engine.queries.answers import DoAnswer, ImagineAnswer, Result, SeeAnswer
from engine.queries.pins import Pin
from engine.queries.questions import Question, Rung
from gui.imagined import convention_of, imagine_gap, imagine_sentence, range_text
from gui.numerals import intervention_text, percent
from gui.phrases import joined, plain, tr
from gui.question.pictures import action_label, fits
from gui.sentences import (
    condition_words,
    do_gap,
    do_sentence,
    gap_text,
    number_text,
    quantity,
    see_gap,
    see_sentence,
    stage_words,
)

LONGEST = 60  # letters of a name that is made up


def pin_of(project: Project, result: Result | None) -> Pin | None:
    """The answer to the project's question as a pin; None where nothing can be kept."""
    table, question = project.table, project.question.active
    if result is None or table is None or not fits(result, table):
        return None
    if not answers(result, question):
        return None
    name = unused(question_words(question, table)[:LONGEST], (pin.name for pin in project.pins))
    match result:
        case DoAnswer():
            return _do(name, project, result, table)
        case SeeAnswer():
            return _see(name, project, result, table)
        case ImagineAnswer():
            return _imagine(name, project, result, table)
    return None


def answers(result: Result, question: Question) -> bool:
    """True where `result` answers this very question, and not the one before it."""
    match result:
        case DoAnswer():
            told = (result.outcome, result.level, result.action, result.contrast)
            asked = (question.outcome, question.level, question.action, question.contrast)
            return question.rung is Rung.DO and told == asked
        case SeeAnswer():
            seen = (result.outcome, result.level, result.evidence)
            return question.rung is Rung.SEE and seen == (
                question.outcome,
                question.level,
                question.evidence,
            )
        case ImagineAnswer():
            unit = (result.outcome, result.row, result.action)
            same = unit == (question.outcome, question.row, question.action)
            return question.rung is Rung.IMAGINE and same
    return False


def question_words(question: Question, table: Table) -> str:
    """The question in a few words: do(dose = 2.0 mg); dose 1.5–2.0; row 12, dose = 3.0 mg."""
    if question.rung is Rung.SEE:
        words = joined(tuple(condition_words(item, table) for item in question.evidence))
        return words or tr("all rows")
    if question.rung is Rung.DO:
        return action_label(question.action, table)
    items = [intervention_text(table.variable(i.variable), i) for i in question.action]
    texts = tuple(item.removeprefix("do(")[:-1] for item in items)
    return tr("row {row}, {had}").format(row=question.row, had=joined(texts))


def about_words(question: Question, project: Project) -> str:
    """Outcome and contrast: recovery vs seen; the outcome alone where names have changed."""
    table, outcome = project.table, question.outcome or ""
    if table is None or outcome not in table:
        return outcome
    variable = table.variable(outcome)
    known = question.level is None or question.level < len(variable.categories)
    about = quantity(variable, question.level) if known else outcome
    if question.rung is not Rung.DO:
        return about
    contrast = question.contrast
    if contrast and any(item.variable not in table for item in contrast):
        return about
    against = tr("seen") if contrast is None else tr("nothing done")
    if contrast:
        against = action_label(contrast, table).removeprefix("do(")[:-1]
    return tr("{about} vs {contrast}").format(about=about, contrast=against)


def unused(name: str, taken: Iterable[str]) -> str:
    """`name`, or with a number behind it if there is one of that name."""
    names = set(taken)
    if name not in names:
        return name
    return next(f"{name} ({n})" for n in range(2, len(names) + 3) if f"{name} ({n})" not in names)


def _do(name: str, project: Project, answer: DoAnswer, table: Table) -> Pin:
    shown, outcome = do_gap(answer, table), table.variable(answer.outcome)
    sentence, stage = plain(do_sentence(answer, table)), stage_words(answer.stage)
    question, ground = project.question.active, basis(project)
    if shown is None:
        return Pin(name, question, sentence, "", stage, ground)
    sure = not stage
    return Pin(
        name,
        question,
        sentence,
        gap_text(shown, outcome),
        stage,
        ground,
        float(shown.difference),
        _float(shown.low) if sure else None,
        _float(shown.high) if sure else None,
    )


def _see(name: str, project: Project, answer: SeeAnswer, table: Table) -> Pin:
    shown, outcome = see_gap(answer, table), table.variable(answer.outcome)
    sentence, question = plain(see_sentence(answer, table)), project.question.active
    if shown is None:
        return Pin(name, question, sentence, basis=basis(project))
    value = shown.after if answer.evidence else shown.before
    text = number_text(value, outcome)
    return Pin(name, question, sentence, text, "", basis(project), float(value))


def _imagine(name: str, project: Project, answer: ImagineAnswer, table: Table) -> Pin:
    sentence, stage = plain(imagine_sentence(answer, table)), stage_words(answer.stage)
    shown, outcome = imagine_gap(answer, table), table.variable(answer.outcome)
    unit, value, text = answer.units.get(answer.outcome), None, ""
    if shown is not None:
        value, text = float(shown.after), number_text(shown.after, outcome)
        if (
            convention_of(answer) is Convention.REDRAW
            and shown.low is not None
            and shown.high is not None
        ):
            text = f"{range_text(shown.low, shown.high)} {outcome.unit}".rstrip()
    elif unit is not None and unit.probabilities is not None and outcome.discrete:
        level = len(outcome.categories) - 1 if answer.level is None else answer.level
        share = float(unit.probabilities[level])
        text = percent(share)
    return Pin(name, project.question.active, sentence, text, stage, basis(project), value)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)

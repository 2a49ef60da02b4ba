"""What is said of pictures under a question, and which stand beside each other."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.data.pictures import Pixels
from engine.data.table import Table
from engine.data.variable import Variable
from engine.project import Project
from engine.queries.pictured import PictureAnswer
from engine.queries.questions import Question, Rung
from gui.bridge import alike
from gui.imagined import had_words
from gui.numerals import count, intervention_text, percent, short, value_text
from gui.phrases import Sentence, Span, joined, listed, say, strong, tr
from gui.pixels import difference
from gui.plots.photos import Photo, grey_fact
from gui.plots.picture import Line
from gui.question.pictures import action_label
from gui.sentences import stage_words

ALL = 0.995  # from this share on, of all
PAIRS = 3  # of what was and what would be under do, side by side
STYLE = {
    Rung.SEE: ("see", Line.SOLID),
    Rung.DO: ("do", Line.DASHED),
    Rung.IMAGINE: ("imagine", Line.DOTTED),
}


def fits_picture(answer: PictureAnswer, project: Project) -> bool:
    """False for an answer to an older project or another question."""
    return answer.name in project.pictures and alike(answer.asked.question, project.question.active)


def photo_sentence(answer: PictureAnswer, table: Table) -> Sentence:
    """Row 12, had light been 70 °: its picture as it was, and as it would be."""
    question, name = answer.asked.question, strong(answer.name)
    if question.rung is Rung.SEE:
        return _seen(answer, name)
    if question.rung is Rung.DO:
        texts = [intervention_text(table.variable(i.variable), i) for i in question.action]
        return say(
            tr("If {done}: {name} would look like one of these."),
            done=strong(joined(tuple(texts))),
            name=name,
        )
    phrases = listed(tuple(had_words(item, table) for item in question.action))
    row = strong(count(question.row or 0))
    had = say(tr("Row {row}, had {phrases}"), row=row, phrases=phrases)
    return say(tr("{had}: {name} as it was and as it would be."), had=had, name=name)


def photo_notes(answer: PictureAnswer) -> Sentence:
    """That it is approximate, how far it is learnt, and where it is drawn by guess."""
    said = []
    if answer.stage is not None and (stage := stage_words(answer.stage)):
        said.append(stage[:1].upper() + stage[1:] + ".")
    if answer.extrapolated >= 0.05:
        words = tr("For {share} of such pictures the causes lie outside the rows: extrapolated.")
        if answer.extrapolated >= ALL:
            words = tr("The causes lie outside the rows: extrapolated.")
        said.append(words.format(share=percent(answer.extrapolated)))
    said += [note if note.endswith(".") else f"{note}." for note in answer.notes]
    spans = [Span(" ".join(said), "warn")] if said else []
    if answer.approximate:
        words = tr("Approximate: drawn by what was learnt, not photographed.")
        spans.append(Span(f"{' ' if said else ''}{words}", "quiet"))
    return tuple(spans)


def photo_rows(
    answer: PictureAnswer, project: Project, *, apart: bool
) -> tuple[tuple[Photo, ...], ...]:
    """Pictures in rows; `apart`: what changed as well."""
    question, table = answer.asked.question, project.table
    if table is None or not len(answer.shown):
        return ()
    role, line = STYLE[question.rung]
    facts = [_facts(answer.causes, k, table) for k in range(len(answer.shown))]
    if question.rung is Rung.SEE:
        rows = answer.rows or tuple(range(len(answer.shown)))
        titles = [tr("row {0}").format(count(row)) for row in rows]
        shown = [_photo(p, role, line, t, f) for p, t, f in zip(answer.shown, titles, facts,
                                                               strict=False)]  # fmt: skip
        return tuple(tuple(shown[i : i + PAIRS]) for i in range(0, len(shown), PAIRS))
    before = answer.originals
    if question.rung is Rung.IMAGINE:
        was = () if before is None or not len(before) else (_was(before[0], answer, table),)
        would = _photo(answer.shown[0], role, line, tr("would be"), facts[0])
        return _with_difference((*was,), (would,), apart=apart)
    drawn = [_photo(p, role, line, tr("do"), f) for p, f in zip(answer.shown, facts, strict=True)]
    if before is None or len(before) != len(drawn):
        return tuple(tuple(drawn[i : i + PAIRS]) for i in range(0, len(drawn), PAIRS))
    other = question.contrast
    title = action_label(other, table) if other else tr("without it")
    without = [_photo(p, "seen", Line.SOLID, title, ()) for p in before]
    return _with_difference(tuple(without[:PAIRS]), tuple(drawn[:PAIRS]), apart=apart, below=True)


def own_photo(project: Project) -> tuple[tuple[Photo, ...], ...]:
    """The picture of the row that is imagined, as it was; () for another question."""
    question, table = project.question, project.table
    row, name = question.row, question.outcome or ""
    if question.rung is not Rung.IMAGINE or table is None or name not in project.pictures:
        return ()
    if row is None or row >= table.pictures[name].rows:
        return ()
    causes = [cause for cause in project.graph.parents(name) if cause in table]
    facts = _facts({cause: table[cause][row : row + 1] for cause in causes}, 0, table)
    title = tr("row {0}, as it was").format(count(row))
    own = table.pictures[name].pixels[row]
    return ((_photo(own, "seen", Line.SOLID, title, facts),),)


def photo_caption(rows: tuple[tuple[Photo, ...], ...]) -> str:
    """Every picture by its title and what is known of it."""
    return "; ".join(f"{photo.title}: {photo.words}" for row in rows for photo in row)


def changes(answer: PictureAnswer, project: Project) -> Sentence:
    """light 96 → 70 °, shadow length 3.2 → 7.9 cm; the causes of an imagined row's picture."""
    table, row = project.table, answer.asked.question.row
    if table is None or row is None or answer.asked.question.rung is not Rung.IMAGINE:
        return ()
    told = []
    for name, values in answer.causes.items():
        if name in table and len(values):
            variable = table.variable(name)
            was = _value(variable, float(table[name][row]))
            would = _value(variable, float(values[0]))
            if was == would:
                told.append(f"{name} {was}")
            else:
                told.append(f"{name} {_bare(was, variable.unit)} → {would}")
    return (Span(", ".join(told), "quiet"),) if told else ()


def asks_for_pictures(question: Question, project: Project) -> bool:
    """True where the outcome is a picture."""
    return question.outcome is not None and question.outcome in project.pictures


def _seen(answer: PictureAnswer, name: Sentence) -> Sentence:
    total, number = count(answer.total), count(len(answer.shown))
    if not answer.asked.question.evidence:
        return say(tr("{name} of {number} of {total} rows."), name=name, number=number, total=total)
    if not answer.matching:
        return say(tr("None of {total} rows fits: no {name} to show."), name=name, total=total)
    text = tr("{matching} of {total} rows fit; {name} of {number} of them.")
    matching = strong(count(answer.matching))
    return say(text, matching=matching, total=total, name=name, number=number)


def _was(pixels: Pixels, answer: PictureAnswer, table: Table) -> Photo:
    row = answer.asked.question.row or 0
    values = {name: table[name][row : row + 1] for name in answer.causes if name in table}
    return _photo(pixels, "seen", Line.SOLID, tr("was"), _facts(values, 0, table))


def _photo(
    pixels: Pixels, role: str, line: Line, title: str, facts: tuple[tuple[str, str], ...]
) -> Photo:
    return Photo(pixels, role, line, title, (*facts, grey_fact(pixels)))


def _facts(
    causes: Mapping[str, NDArray[np.float64]], k: int, table: Table
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, _value(table.variable(name), float(values[k])))
        for name, values in causes.items()
        if name in table and k < len(values)
    )


def _with_difference(
    before: tuple[Photo, ...], after: tuple[Photo, ...], *, apart: bool, below: bool = False
) -> tuple[tuple[Photo, ...], ...]:
    changed = tuple(
        Photo(difference(a.pixels, b.pixels), "quiet", Line.THIN, tr("difference"))
        for a, b in zip(before, after, strict=False)
        if apart
    )
    if below:
        return before, after, changed
    return (*before, *after), changed


def _value(variable: Variable, value: float) -> str:
    """Three digits of a number with its unit, or a category."""
    if variable.discrete or math.isnan(value):
        return value_text(variable, value)
    return f"{short(float(f'{value:.3g}'))} {variable.unit}".rstrip()


def _bare(text: str, unit: str) -> str:
    return text.removesuffix(f" {unit}") if unit else text

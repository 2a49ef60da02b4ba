"""What the concepts panel says."""

import math

import numpy as np

from engine.data.table import Table
from engine.data.variable import Variable
from engine.queries.concepts import (
    ConceptAxis,
    ConceptConditions,
    Concepts,
    ConceptsAnswer,
    ConceptSet,
    Encoder,
    Floats,
    conditioned,
    effective,
    nearest,
)
from gui.marks import Line, Mark
from gui.numerals import count, percent, rounded, short, value_text, written
from gui.phrases import joined, tr

AGREED = 0.9  # correlation above which two trainings found the same
BINS, MOST_COLUMNS, EXAMPLES = 24, 3, 4  # of a histogram; shown of an example; examples


def encoder(one: Encoder) -> str:
    """How concepts are read off the columns, in a picker."""
    return tr("straight") if one is Encoder.LINEAR else tr("curved")


def encoder_hint(one: Encoder) -> str:
    """What that means."""
    if one is Encoder.LINEAR:
        return tr("weighted sums of the columns: fast")
    return tr("bent sums of the columns: slower, finds more")


def conditions(found: ConceptConditions, concepts: Concepts) -> tuple[Line, ...]:
    """Whether the sets are enough, and what each is worth."""
    said = []
    if found.missing:
        said.append(Line(Mark.WARNED, _with_stop(found.missing)))
    else:
        words = tr("These sets are enough to find {0}, up to their scale and sign.")
        said.append(Line(Mark.PASSED, words.format(joined(found.names))))
    if found.names and not found.met and found.identified:
        said.append(Line(Mark.PASSED, tr("As far as values go, the sets tell the concepts apart.")))
    if found.rows:
        base = concepts.base if concepts.labels else tr("all rows")
        least = min(range(len(found.rows)), key=lambda i: found.rows[i])
        words = tr("The base set is {0}: {1} rows. The smallest set is {2}: {3} rows' worth.")
        rows = count(round(found.base_rows)), found.sets[least], count(round(found.rows[least]))
        said.append(Line(Mark.NONE, words.format(base, *rows)))
    return tuple(said)


def progress(found: ConceptsAnswer) -> Line:
    """How far learning is."""
    share = found.done / max(1, found.total)
    return Line(Mark.OPEN, tr("Learning: {0} done.").format(percent(share)))


def learnt(found: ConceptsAnswer, table: Table) -> tuple[Line, ...]:
    """How surely each concept was found, what it is like, and what speaks against it."""
    said = [] if found.whole else [progress(found)]
    for axis in found.axes:
        said.append(Line(_mark(axis), agreement(axis, found.alike, len(found.losses))))
        if axis.explained is not None:
            words = tr("{0} explains {1} of the column {2}.")
            share = percent(axis.explained)
            said.append(Line(Mark.NONE, words.format(axis.name, share, axis.column)))
    if found.axes and not all(axis.scaled for axis in found.axes):
        words = tr("Where no unit is known the mean is 0 and the standard deviation 1; the sign "
                   "is free.")  # fmt: skip
        said.append(Line(Mark.NONE, words))
    said += [Line(Mark.OPEN, _with_stop(note)) for note in found.notes]
    weak = [one.name for one in found.sets if found.whole and one.gain < 0.01]
    if weak:
        words = tr("In {0} nothing tells the rows from the base set.")
        said.append(Line(Mark.WARNED, words.format(joined(tuple(weak)))))
    return tuple(said)


def agreement(axis: ConceptAxis, alike: int, trainings: int) -> str:
    """In how many trainings a concept was the same, of those `alike` that fit as well as any."""
    if trainings < 2:
        words = tr("{0} was learnt once: nothing says that it would be found again.")
        return words.format(axis.name)
    if math.isnan(axis.agreement):
        words = tr("{0}: no other training fits as well, so nothing confirms it.")
        return words.format(axis.name)
    told = written(rounded(axis.agreement, 2))
    if axis.least < AGREED:
        words = tr("{0}: {1} trainings that fit alike agree to {2} of 1, the least to {3}.")
        return words.format(axis.name, alike, told, written(rounded(axis.least, 2)))
    if alike < trainings:
        words = tr(
            "{0} was found the same in {1} of {2} trainings (agreement {3} of 1); "
            "the others fit worse."
        )
    else:
        words = tr("{0} was found the same in {1} of {2} trainings (agreement {3} of 1).")
    return words.format(axis.name, alike, trainings, told)


def near(found: ConceptsAnswer, axis: int, at: float, width: float) -> tuple[Line, ...]:
    """What looking at rows near a value is, and is not."""
    weights = conditioned(found.valuations, axis, at, width)
    rows = count(round(effective(weights)))
    words = tr("About {0} rows happen to be like this; it is not what would happen if they were "
               "made so.")  # fmt: skip
    return (Line(Mark.OPEN, words.format(rows)),)


def examples(
    found: ConceptsAnswer, axis: int, at: float, table: Table, beside: str
) -> tuple[Line, ...]:
    """The nearest rows: their valuations of all concepts, and some columns."""
    said = []
    shown = [n for n in (beside, *_outside(table, found)) if n in table]
    names = tuple(dict.fromkeys(shown))[:MOST_COLUMNS]
    for row in nearest(found.valuations, axis, at, EXAMPLES).tolist():
        values = ", ".join(
            f"{one.name} {valuation(found, k, float(found.valuations[row, k]), table)}"
            for k, one in enumerate(found.axes)
        )
        rest = ", ".join(f"{n} {_rough(table, n, row)}" for n in names)
        said.append(Line(Mark.NONE, tr("row {0}: {1}").format(count(row), values), rest))
    return tuple(said)


def valuation(found: ConceptsAnswer, axis: int, value: float, table: Table) -> str:
    """A value of a concept, with the unit where one is known."""
    one = found.axes[axis]
    if math.isnan(value):
        return "?"
    text = short(float(f"{value:.3g}"))
    unit = table.variable(one.column).unit if one.scaled and one.column in table else ""
    return f"{text} {unit}".rstrip()


def set_words(one: ConceptSet, names: tuple[str, ...]) -> str:
    """A set in the button that adds it: heat and damp, at 36 and 212."""
    values = joined(tuple(short(value) for _, value in one.filters))
    return tr("Add: {0} near {1}").format(joined(tuple(n for n, _ in one.filters)), values)


def bins(column: Floats, variable: Variable | None) -> Floats:
    """Edges between which rows are counted: a bin per category, else between the usual ends."""
    if variable is not None and variable.discrete:
        return np.asarray(np.arange(len(variable.categories) + 1) - 0.5, dtype=np.float64)
    low, high = np.nanquantile(column, (0.005, 0.995))
    if not high > low:
        low, high = low - 0.5, high + 0.5
    return np.asarray(np.linspace(low, high, BINS + 1), dtype=np.float64)


def shares(column: Floats, weights: Floats, edges: Floats) -> Floats:
    """Shares (bins,) of what rows count, those beyond the ends in the last bins."""
    known = ~np.isnan(column)
    values = np.clip(column[known], edges[0], edges[-1])
    heights, _ = np.histogram(values, edges, weights=weights[known])
    return np.asarray(heights / max(float(heights.sum()), 1e-300), dtype=np.float64)


def _rough(table: Table, name: str, row: int) -> str:
    """A cell to four digits."""
    return value_text(table.variable(name), float(f"{table[name][row]:.4g}"))


def _outside(table: Table, found: ConceptsAnswer) -> tuple[str, ...]:
    representation = set(found.asked.columns)
    return tuple(name for name in table.names if name not in representation)


def _mark(axis: ConceptAxis) -> Mark:
    if math.isnan(axis.agreement):
        return Mark.OPEN
    return Mark.PASSED if axis.least >= AGREED else Mark.WARNED


def _with_stop(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."

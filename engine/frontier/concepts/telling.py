"""From a table to a problem, and from what was learnt to an answer; in slices."""

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.checks.concepts import set_weights
from engine.data.table import Table
from engine.errors import QueryError
from engine.frontier.concepts.learning import Learning, Problem
from engine.frontier.concepts.representation import Whitening, whitening
from engine.queries.concepts import (
    FEWEST_IN_SET,
    ConceptAxis,
    Concepts,
    ConceptsAnswer,
    SetReport,
    effective,
)
from engine.seeds import numpy_generator

Floats = NDArray[np.float64]
CHUNK = 4_000  # rows of one slice
AGREED = 0.9  # mean |correlation| of restarts below which an axis is doubted


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A problem, the rows it is made of, whitened columns of every row and what is to be told."""

    problem: Problem
    rows: NDArray[np.int64]
    notes: tuple[str, ...]
    worth: tuple[float, ...]


def prepared(table: Table, concepts: Concepts, seed: int) -> Generator[None, None, Prepared]:
    """Complete rows, whitened, with their sets; a QueryError where there are too few."""
    named = concepts.names if not concepts.labels and not concepts.unknown else ()
    complete = np.flatnonzero(table.complete((*concepts.columns, *named)))
    sets, base = set_weights(concepts, table, complete)
    used = (base > 0) | (sets > 1e-6).any(axis=0)
    rows, sets, base = complete[used], sets[:, used], base[used]
    worth = tuple(effective(one) for one in sets)
    _check(concepts, worth, float(base.sum()))
    yield
    x = np.column_stack([table[name][rows] for name in concepts.columns])
    yield
    rng = numpy_generator(seed, "concepts", "directions")
    turned = yield from whitening(x, base, rng)
    if turned.turn.shape[1] < len(concepts.names):
        raise QueryError(
            f"The representation has {turned.turn.shape[1]} directions that differ, "
            f"fewer than the {len(concepts.names)} concepts",
            remedy="add columns to the representation",
        )
    mask = None
    if not concepts.unknown:
        held = [set(one.concepts) for one in concepts.sets]
        mask = np.array([[name in one for name in concepts.names] for one in held])
    problem = Problem(turned(x), sets, base, mask, len(concepts.names))
    notes = _notes(table, concepts, turned, table.rows - len(complete))
    return Prepared(problem, rows, notes, worth)


def told(
    table: Table, concepts: Concepts, ready: Prepared, learning: Learning, missing: str
) -> Generator[None, None, ConceptsAnswer]:
    """The answer as learning stands; valuations in units where two values tell the scale."""
    best, alike = learning.chosen()
    yield
    parts = []
    for start in range(0, len(ready.rows), CHUNK):
        parts.append(learning.valuations(best, ready.problem.x[start : start + CHUNK]))
        yield
    h = np.concatenate(parts)
    scale, shift, scaled = _units(table, concepts, learning, best, h[ready.problem.base > 0])
    h = h * scale + shift
    axes = []
    held = learning.held & (ready.problem.base > 0)
    for k, name in enumerate(concepts.names):
        known = name in table and not table.variable(name).discrete
        read = _explained(h[held, k], table[name][ready.rows[held]]) if known else None
        mean = float(alike[:, k].mean()) if len(alike) else math.nan
        least = float(alike[:, k].min()) if len(alike) else math.nan
        axes.append(ConceptAxis(name, mean, least, name if known else "", read, bool(scaled[k])))
    valuations = np.full((table.rows, len(concepts.names)), math.nan)
    valuations[ready.rows] = h
    gains = math.log(2) - learning.by_set[best]
    reports = tuple(
        SetReport(one.name, worth, float(gain))
        for one, worth, gain in zip(concepts.sets, ready.worth, gains, strict=True)
    )
    doubts = _doubts(missing, axes, whole=learning.done)
    return ConceptsAnswer(
        concepts,
        learning.taken,
        learning.settings.steps,
        tuple(map(float, learning.losses)),
        best,
        tuple(axes),
        valuations,
        reports,
        (*ready.notes, *doubts),
        learning.done,
        len(alike) + 1,
    )


def _check(concepts: Concepts, worth: tuple[float, ...], base: float) -> None:
    if base < FEWEST_IN_SET:
        raise QueryError(
            f"The base set has {base:.0f} complete rows, {FEWEST_IN_SET:.0f} are needed",
            remedy="choose columns with fewer gaps, or another base set",
        )
    for one, rows in zip(concepts.sets, worth, strict=True):
        if rows < FEWEST_IN_SET:
            raise QueryError(
                f"{one.name} is worth {rows:.0f} complete rows, {FEWEST_IN_SET:.0f} are needed",
                remedy="choose values that more rows have, or leave the set out",
            )


def _units(
    table: Table, concepts: Concepts, learning: Learning, best: int, base: Floats
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Valuation = h · scale + shift, each (n,), and where that is in the unit of the values.

    Two sets that hold a concept at different values tell scale and shift; where rows are filtered,
    the width of the filter tells the scale more exactly. Else mean 0 and sd 1 in the base set.
    """
    spread = np.maximum(base.std(axis=0), 1e-12)
    scale, shift = 1 / spread, -base.mean(axis=0) / spread
    scaled = np.zeros(len(scale), dtype=bool)
    centres, precisions = learning.centres(best)
    if concepts.unknown:
        return scale, shift, scaled
    for k, name in enumerate(concepts.names):
        held = {e: dict(one.filters).get(name) for e, one in enumerate(concepts.sets)}
        places = [e for e, value in held.items() if value is not None]
        at = np.array([held[e] for e in places], dtype=float)
        mine = centres[places, k]
        if len(set(at.tolist())) < 2 or np.ptp(mine) < 1e-3 * spread[k]:
            continue
        slope = float(np.polyfit(mine, at, 1)[0])
        if not concepts.labels and name in table:
            width = concepts.width * table.spread(name)
            slope = math.copysign(width * float(precisions[places, k].mean()) ** 0.5, slope)
        scale[k], shift[k] = slope, float((at - slope * mine).mean())
        scaled[k] = True
    return scale, shift, scaled


def _explained(valuations: Floats, column: Floats) -> float | None:
    """R² of the straight line, None where it cannot be told."""
    known = ~np.isnan(column)
    if known.sum() < 3 or not column[known].std() or not valuations[known].std():
        return None
    return float(np.corrcoef(valuations[known], column[known])[0, 1]) ** 2


def _notes(table: Table, concepts: Concepts, turned: Whitening, gaps: int) -> tuple[str, ...]:
    notes = []
    if gaps:
        notes.append(f"{gaps} rows have gaps and get no valuations.")
    if turned.constant:
        names = [concepts.columns[place] for place in turned.constant]
        more = f" and {len(names) - 6} more" if len(names) > 6 else ""
        notes.append(f"The same in all rows, so of no use: {', '.join(names[:6])}{more}.")
    if turned.told < 0.999:
        kept = turned.turn.shape[1]
        notes.append(
            f"{kept} main directions of {len(concepts.columns)} columns were used; they tell "
            f"{turned.told:.0%} of their variance."
        )
    return tuple(notes)


def _doubts(missing: str, axes: list[ConceptAxis], *, whole: bool) -> list[str]:
    """What speaks against the axes, one sentence each."""
    found = []
    if missing:
        found.append(f"The sets do not identify the concepts. {missing}")
    if whole and axes and all(math.isnan(axis.agreement) for axis in axes):
        found.append("No other restart came as far as the one shown, so nothing confirms it.")
    low = [axis.name for axis in axes if axis.agreement < AGREED]
    if whole and low:
        found.append(f"Restarts that fit as well disagree on {', '.join(low)}.")
    return found

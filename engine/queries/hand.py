"""What one would do by hand: the tables of counts and the weighted sum behind a discrete answer.

Back-door adjustment, P(y | do(x)) = Σ_z P(y | x, z) P(z) (Pearl 2009, Theorem 3.3.2), with shares
of rows for probabilities; beside each count the rate that the answer itself used.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import torch
from torch import Tensor

from engine.data.design import Design
from engine.data.rows import counted_rows
from engine.data.table import Table
from engine.errors import QueryError
from engine.identify.adjustment import adjustment_sets
from engine.interventions import Action, Set, variables_of
from engine.queries.answers import Cell, HandAnswer, HandArm, Stratum
from engine.queries.doing import FULL, Step, arms, paired, reported, unfitted
from engine.queries.draws import Draws, reported_level
from engine.queries.model import Model
from engine.queries.questions import ByHand, Question, Rung
from engine.queries.routes import NO_PATH

MOST_STRATA = 24  # more tables than anyone would write
HALF = 0.5  # rows of prior in a table of counts, `engine.mechanisms.table`


def answer_by_hand(model: Model, asked: ByHand) -> Iterator[Step]:
    """The tables, or a QueryError with the reason why there are none."""
    question = asked.question
    _check(model, question)
    before, after = arms(model, question)
    for side in (after, before):
        if side.route.footing.refused:
            raise QueryError("There is no number that could be worked out by hand")
    if after.route.footing.method == NO_PATH:
        raise QueryError("No directed path leads to the outcome: nothing changes")
    needed = (*before.route.needed, *after.route.needed)
    if model.missing(needed):
        yield unfitted(), True
        return
    adjusting = _adjusting(model, question, after.route.footing.adjusting)
    worlds = paired(model, before, after, str(question.outcome), FULL)
    yield replace(_worked(model, question, adjusting, worlds), stage=model.stage(needed)), True


def _check(model: Model, question: Question) -> None:
    """Refuse, in a sentence, what has no tables of counts."""
    if question.rung is not Rung.DO or not question.action or question.outcome is None:
        raise QueryError("Only the effect of setting a variable is worked out by hand")
    model.rows_needed("counting needs them")
    design = model.table.design
    if Design(cluster=design.cluster) != design:
        raise QueryError("Rows that are weighted, set or filled in are not counted by hand")
    items = (*question.action, *(question.contrast or ()))
    names = (question.outcome, *variables_of(items))
    if not all(model.variable(name).discrete for name in names) or not _sets(items):
        raise QueryError("By hand goes where outcome and what is set have categories")
    if question.contrast and set(variables_of(question.contrast)) != set(
        variables_of(question.action)
    ):
        raise QueryError("By hand needs the same variables set on both sides")


def _sets(items: Action) -> bool:
    return all(isinstance(item, Set) for item in items)


def _adjusting(model: Model, question: Question, named: tuple[str, ...]) -> tuple[str, ...]:
    """The set that the words name if it serves alone, else the smallest that does."""
    sets = adjustment_sets(model.graph, variables_of(question.action), str(question.outcome))
    known = {frozenset(each): each for each in sets}
    if not sets:
        raise QueryError("No single set of variables adjusts for this: it takes more than a table")
    chosen = known.get(frozenset(named), sets[0])
    numbers = [name for name in chosen if not model.variable(name).discrete]
    if numbers:
        raise QueryError(
            f"{numbers[0]} is a number: each of its values would be a table of its own"
        )
    strata = math.prod(len(model.variable(name).categories) for name in chosen)
    if strata > MOST_STRATA:
        raise QueryError(f"{strata} tables would be needed: too many to do by hand")
    return chosen


def _worked(
    model: Model, question: Question, adjusting: tuple[str, ...], worlds: tuple[Draws, Draws]
) -> HandAnswer:
    outcome, table = str(question.outcome), model.table
    level = reported_level(model.variable(outcome), question.level)
    sides = ((question.contrast,) if question.contrast else ()) + (question.action,)
    names = (outcome, *variables_of(question.action), *adjusting)
    keep = table.complete(names) & counted_rows(table)
    columns = {name: table[name][keep] for name in names}
    shown = worlds[-len(sides) :]
    levels = [range(len(model.variable(name).categories)) for name in adjusting]
    combined = (dict(zip(adjusting, codes, strict=True)) for codes in product(*levels))
    strata = tuple(
        _stratum(model, outcome, level, codes, sides, columns, shown) for codes in combined
    )
    first, second, moved = reported(model, question, worlds)
    total = int(keep.sum())
    counted = [_counted(strata, place, total) for place in range(len(sides))]
    hits = table[outcome][~np.isnan(table[outcome])]
    seen = (int((hits == level).sum()), len(hits))
    compared = counted[0] if question.contrast else seen[0] / max(1, seen[1])
    before = HandArm(question.contrast, compared, first)
    after = HandArm(question.action, counted[-1], second, moved)
    return HandAnswer(
        outcome,
        level,
        adjusting,
        (before, after),
        strata,
        total,
        table.rows - total,
        seen,
        _smoothed(strata, table, outcome, level),
    )


def _stratum(
    model: Model,
    outcome: str,
    level: int,
    codes: dict[str, int],
    sides: tuple[Action, ...],
    columns: dict[str, np.ndarray],
    worlds: tuple[Draws, ...],
) -> Stratum:
    """One table: per side how many rows of the stratum had it, and how many of these the level."""
    inside = np.ones(len(columns[outcome]), dtype=bool)
    for name, code in codes.items():
        inside &= columns[name] == code
    cells, weight = [], None
    for side, world in zip(sides, worlds, strict=True):
        treated = inside.copy()
        for item in side:
            assert isinstance(item, Set)
            treated &= columns[item.variable] == item.value
        hits = int((treated & (columns[outcome] == level)).sum())
        weight, rate = _in_the_answer(world, model, outcome, level, codes)
        cells.append(Cell(hits, int(treated.sum()), rate))
    return Stratum(tuple(codes.values()), int(inside.sum()), tuple(cells), weight)


def _in_the_answer(
    world: Draws, model: Model, outcome: str, level: int, codes: dict[str, int]
) -> tuple[float | None, float | None]:
    """Weight of a stratum and rate of the level there, by the draws that the answer averages."""
    if any(name not in world.samples for name in codes):
        return None, None
    each = world.each(model.variable(outcome), level).double()
    weights = torch.full_like(each, 1 / len(each)) if world.weights is None else world.weights
    here: Tensor = torch.ones(len(each), dtype=torch.bool)
    for name, code in codes.items():
        here = here & (world.samples[name].long() == code)
    weight = float(weights[here].sum())
    return weight, float((weights[here] @ each[here]) / weight) if weight > 0 else None


def _counted(strata: tuple[Stratum, ...], place: int, rows: int) -> float | None:
    """Σ_z share of rows in z · share of hits among the treated there; None for an empty cell."""
    total = 0.0
    for stratum in strata:
        cell = stratum.cells[place]
        if not stratum.rows:
            continue
        if not cell.rows:
            return None
        total += stratum.rows / rows * cell.hits / cell.rows
    return total if rows else None


def _smoothed(strata: tuple[Stratum, ...], table: Table, outcome: str, level: int) -> bool:
    """True where each rate is (hits + ½ p) / (rows + ½), p the level's own smoothed share."""
    known = table[outcome][~np.isnan(table[outcome])]
    k = len(table.variable(outcome).categories)
    share = (float((known == level).sum()) + HALF / k) / (len(known) + HALF)
    cells = [cell for stratum in strata for cell in stratum.cells]
    return all(
        cell.rate is not None
        and math.isclose(cell.rate, (cell.hits + HALF * share) / (cell.rows + HALF), abs_tol=1e-9)
        for cell in cells
    )

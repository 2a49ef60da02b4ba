"""The instant answer: two groups of a table made alike, before anything is trained."""

from collections.abc import Generator, Iterator
from dataclasses import replace

import numpy as np

from engine.checks.groups import groups
from engine.checks.study import FEWEST, Study, study
from engine.data.rows import Mask, counted_rows
from engine.data.table import Table
from engine.errors import QueryError
from engine.frontier.beside import chance_of_treatment, others
from engine.frontier.effects import (
    BalancedEffect,
    Groups,
    Weighed,
    compared,
    effect,
    modelled,
    weigh,
)
from engine.frontier.kernels import Kernel
from engine.frontier.resampling import DRAWS, kernel_of_draws, resampled
from engine.frontier.zero_shot import beyond, passed
from engine.queries.balanced import Basis, Histogram, Instant, InstantAnswer, Moved
from engine.queries.beside import Beside
from engine.seeds import numpy_generator

BINS = 20


def instant(
    table: Table,
    asked: Instant,
    basis: Basis,
    held: tuple[str, ...],
    seed: int,
    unset: frozenset[str] = frozenset(),
) -> Iterator[InstantAnswer | None]:
    """A first look, then the best weights, then other ways one by one; None after a slice of work.

    The first look is one pass of the trained network, or where that is not asked, means made alike.

    Every answer is better than the one before. A QueryError says what stands in the way.
    """
    value, other = _ends(asked)
    treatment, outcome = str(asked.treatment), str(asked.outcome)
    narrowed = _at_ends(table, treatment, value, other)
    _check(narrowed, asked, held)
    rows = study(narrowed, treatment, value, other, outcome, held, asked.level, unset)
    _check_outcome(rows, table, outcome)
    yield None
    offered = counted_rows(narrowed) & ~np.isnan(narrowed[treatment])
    keep = narrowed.complete((treatment, outcome, *held)) & counted_rows(
        narrowed, (unset | {outcome, *held}) - {treatment}
    )
    compared_rows = compared(rows)

    def told(found: BalancedEffect) -> InstantAnswer:
        return replace(
            _answer(asked, basis, held, rows, found),
            offered=int(offered.sum()),
            moved=_named(found.moved, narrowed, held, keep),
        )

    means = yield from modelled(compared_rows, seed, trees=False, bends=False)
    unasked = beyond(compared_rows, asked.penalty)
    network = unasked is None
    if network:
        weighed = yield from passed(compared_rows, asked.estimand, asked.penalty)
    else:
        weighed = yield from _weigh(compared_rows, asked, Kernel.LINEAR, seed)
    found = effect(compared_rows, asked.estimand, weighed, means)
    answer = replace(told(found), first=bool(held) and not (network and asked.one_pass))
    yield answer
    if held:
        means = yield from modelled(compared_rows, seed)
        if not (network and asked.one_pass):
            weighed = yield from _weigh(compared_rows, asked, asked.kernel, seed)
        found = effect(compared_rows, asked.estimand, weighed, means)
        answer = replace(told(found), unasked=unasked if asked.one_pass else None)
        yield answer
    for one in others(rows, asked.estimand, numpy_generator(seed, "instant", "folds")):
        other_way = Beside(one.method, one.value, one.interval, one.clipped)
        answer = replace(answer, beside=(*answer.beside, other_way))
        yield answer
    if asked.bootstrap:
        wide = yield from resampled(compared_rows, found, means, seed, asked.penalty)
        kernel = kernel_of_draws(found).value
        answer = replace(answer, interval=wide.interval, drawn=DRAWS, kernel_of_draws=kernel)
        yield answer


def _weigh(
    groups: Groups, asked: Instant, kernel: Kernel, seed: int
) -> Generator[None, None, Weighed]:
    return (yield from weigh(groups, asked.estimand, kernel, seed, asked.penalty))


def _answer(
    asked: Instant, basis: Basis, held: tuple[str, ...], rows: Study, found: BalancedEffect
) -> InstantAnswer:
    treated = found.balance.treated.numpy()
    weights = found.balance.weights.numpy()
    return InstantAnswer(
        asked,
        basis,
        held,
        found.rows,
        found.rows,
        found.value,
        found.interval,
        found.effective,
        (int(treated.sum()), int((~treated).sum())),
        found.moved,
        _counted(weights, treated),
        _chances(rows, weights, treated),
        landmarks=found.landmarks,
        told=found.told,
        models=found.models,
        pass_gap=found.balance.gap if found.one_pass else None,
    )


def _ends(asked: Instant) -> tuple[float, float]:
    if asked.treatment is None or asked.outcome is None:
        raise QueryError("Choose a treatment and an outcome")
    if asked.treatment == asked.outcome:
        raise QueryError("Treatment and outcome are the same column", remedy="choose another one")
    if asked.value is None or asked.other is None:
        raise QueryError(f"Choose two values of {asked.treatment} to compare")
    return asked.value, asked.other


def _at_ends(table: Table, treatment: str, value: float, other: float) -> Table:
    """The same rows, the treatment unknown in those at neither value."""
    column = table[treatment]
    at = np.where((column == value) | (column == other), column, np.nan)
    return replace(table, columns={**table.columns, treatment: at})


def _check(table: Table, asked: Instant, held: tuple[str, ...]) -> None:
    """Two groups with rows enough, and nothing held that is treatment or outcome."""
    treatment = str(asked.treatment)
    for name in (treatment, str(asked.outcome)):
        if name in held:
            raise QueryError(
                f"{name} is compared, so it cannot be held fixed too", remedy="untick it"
            )
    complete = table.complete((treatment, str(asked.outcome), *held)) & counted_rows(table)
    column = table[treatment]
    for value in (asked.value, asked.other):
        assert value is not None
        shown = table.variable(treatment).show(value)
        if not dict(groups(table, treatment)).get(value):
            raise QueryError(
                f"No row has {treatment} = {shown}, so there is nothing to compare",
                remedy="choose another value",
            )
        many = int((column[complete] == value).sum())
        if many < FEWEST:
            raise QueryError(
                f"Only {many} complete rows have {treatment} = {shown}; a comparison needs "
                f"{FEWEST} on either side",
                remedy="compare values that occur more often, or hold columns with fewer gaps",
            )


def _check_outcome(rows: Study, table: Table, outcome: str) -> None:
    if float(np.ptp(rows.outcome)) > 0:
        return
    if table.variable(outcome).discrete and len(table.variable(outcome).categories) > 2:
        raise QueryError(
            f"Every compared row is on the same side of this category of {outcome}",
            remedy="choose another category",
        )
    raise QueryError(
        f"{outcome} is the same in all {rows.rows} compared rows, so nothing can move it",
        remedy="choose another outcome",
    )


def _named(
    moved: tuple[Moved, ...], table: Table, held: tuple[str, ...], keep: Mask
) -> tuple[Moved, ...]:
    """Columns of categories are called by their category."""
    names: list[str] = []
    for name in held:
        variable, seen = table.variable(name), np.unique(table[name][keep])
        if variable.discrete:
            names += [f"{name} = {variable.show(float(code))}" for code in seen[1:]]
        elif len(seen) > 1:
            names.append(name)
    if len(names) != len(moved):
        return moved
    return tuple(replace(one, name=name) for one, name in zip(moved, names, strict=True))


def _counted(weights: np.ndarray, treated: np.ndarray) -> Histogram:
    """Rows by what each counts, 1 on average in its group."""
    sides = [weights[group] * group.sum() for group in (treated, ~treated)]
    edges = np.linspace(0.0, max(2.0, *(float(side.max()) for side in sides)), BINS + 1)
    first, second = (np.histogram(side, edges)[0] / len(side) for side in sides)
    return Histogram(edges, first, second)


def _chances(rows: Study, weights: np.ndarray, treated: np.ndarray) -> Histogram:
    """Rows by their chance of the treatment, as they are and weighted."""
    edges = np.linspace(0.0, 1.0, BINS + 1)
    e = chance_of_treatment(rows).clip(0.0, 1.0)

    def shares(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        sides = [np.histogram(e[g], edges, weights=counts[g])[0] for g in (treated, ~treated)]
        first, second = (side / max(float(side.sum()), 1e-300) for side in sides)
        return first, second

    before = shares(rows.weights)
    return Histogram(edges, before[0], before[1], shares(weights))

"""Rung two: P(outcome | do(action)) beside its contrast, with its interval and what it rests on."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from engine.data.rows import cluster_codes, counted_rows, row_weights, set_rows
from engine.data.table import Table
from engine.errors import QueryError
from engine.interventions import Action, OneOf, Set, Shift, variables_of
from engine.mechanisms.base import Mechanism, is_discrete
from engine.queries.answers import (
    NOT_LEARNT,
    DoAnswer,
    Interval,
    Result,
    Shape,
    Support,
    Unanswerable,
)
from engine.queries.bounding import Part, bounded
from engine.queries.chains import check_enough, drawn_along
from engine.queries.draws import (
    Draws,
    column_value,
    reported_level,
    seen_shape,
    weights_among,
    widened,
)
from engine.queries.model import Model, complete_rows
from engine.queries.questions import Question
from engine.queries.routes import Route, grounded, route
from engine.queries.selecting import selection_words
from engine.queries.worlds import Memory, draw
from engine.scm.cases import resample
from engine.seeds import generator

QUICK, FULL, MEMBER = 2_000, 10_000, 2_000  # draws per answer, refined answer, bootstrap member
CONFIDENCE = 0.9
NORMAL_QUANTILE = 1.6449  # of .95
PLAUSIBLE = 2.3263  # |noise| up to here: the central 98 % of what the mechanism would do itself
RARE = 0.01  # a category at least this probable is plausible
FEWEST_SET = 10  # rows of an experiment that say which values were set
MANY_CLUSTERS = 50  # as many stand for all of them

Step = tuple[Result, bool]  # an answer, and whether it is the last of its kind


@dataclass(frozen=True)
class Arm:
    """One side of a contrast: what is done, and the route to its outcome."""

    action: Action
    route: Route


def arms(model: Model, question: Question) -> tuple[Arm, Arm]:
    """The two sides of a question: the contrast (nothing done: what was seen) and the action."""
    outcome = str(question.outcome)
    sides = (question.contrast or (), question.action)
    before, after = (Arm(side, route(model.nodes, side, outcome, model.vectors)) for side in sides)
    return before, after


def answer_do(model: Model, question: Question) -> Iterator[Step | None]:
    """Quick, then full, then with interval and support: each step is a better answer."""
    if question.outcome is None:
        yield Unanswerable("Choose an outcome."), True
        return
    model.variable(question.outcome)
    if not question.action:
        yield Unanswerable("Choose a variable to set."), True
        return
    if question.outcome in variables_of((*question.action, *(question.contrast or ()))):
        yield Unanswerable(f"{question.outcome} is set itself: choose another outcome."), True
        return
    for item in (*question.action, *(question.contrast or ())):
        model.variable(item.variable)
    before, after = arms(model, question)
    footing = grounded(
        after.route.footing, model.nodes, after.action, question.outcome, model.vectors
    )
    empty = DoAnswer(
        question.outcome,
        question.level,
        question.action,
        question.contrast,
        footing,
        warnings=selection_words(model, question.action, question.outcome),
    )
    refused = next((a for a in (after, before) if a.route.footing.refused), None)
    if refused is not None:
        refusal = footing if refused is after else refused.route.footing
        yield from _without_number(
            model, question, replace(empty, footing=refusal, before=_seen_shape(model, question))
        )
        return
    needed = (*before.route.needed, *after.route.needed)
    if model.missing(needed):
        yield unfitted(), True
        return
    yield from _refined(model, question, before, after, replace(empty, stage=model.stage(needed)))


def _without_number(model: Model, question: Question, empty: DoAnswer) -> Iterator[Step | None]:
    """The answer that is none, and the bounds that the graph puts on it where it does."""
    variable = model.variable(str(question.outcome))
    condition = None
    if variable.discrete:
        condition = OneOf(variable.name, (reported_level(variable, question.level),))
    sides = ((1.0, question.action), (-1.0, question.contrast or ()))
    parts = [Part(sign, variable.name, condition, action) for sign, action in sides]
    yield empty, False
    for found in bounded(model, parts):
        if found is None:
            yield None
        else:
            empty = replace(empty, bounds=found)
    yield empty, True


def unfitted() -> Unanswerable:
    """What to say when mechanisms are missing."""
    return Unanswerable(NOT_LEARNT)


def paired(
    model: Model,
    before: Arm,
    after: Arm,
    outcome: str,
    count: int,
    member: int | None = None,
) -> tuple[Draws, Draws]:
    """Both arms with the same noise, so that their difference has little Monte-Carlo error."""
    seen: Memory | None = None
    if member is not None and not model.graph.bidirected:
        seen = Memory()
    first = arm_draws(model, before, outcome, count, member, other=after, memory=seen)
    later = None if seen is None else Memory(seen.seen)
    return first, arm_draws(model, after, outcome, count, member, memory=later)


def arm_draws(
    model: Model,
    arm: Arm,
    outcome: str,
    count: int,
    member: int | None = None,
    *,
    memory: Memory | None = None,
    other: Arm | None = None,
) -> Draws:
    """Draws of the outcome (and what it depends on) on one side of a contrast.

    The point fit's draws are kept with the model; a member's only in the `memory` given.
    """
    if arm.route.adjust is not None:
        return _adjusted(model, arm, outcome, count, member)
    if not arm.action and other is not None and other.route.adjust is not None:
        return _adjusted(model, Arm((), other.route), outcome, count, member)
    if arm.route.chain is not None:
        return _along(model, arm, outcome, count, member)
    scm = model.scm(arm.route.law, member)
    noise = model.noise(scm, count)
    if member is None and memory is None:
        memory = model.memory(arm.action, count)
    return draw(scm, noise, arm.action, memory=memory)


def interval_of(
    estimate: float, value: Callable[[int], float], members: int, noise: float, degrees: int
) -> Iterator[Interval | None]:
    """The t-interval around `estimate` from bootstrap members; None after each of them.

    Half-width² = (t(.95; degrees) · sd of the members)² + (1.645 · noise)²: estimation error and
    the Monte-Carlo standard error `noise`, which the members share. `degrees` of freedom: M − 1, or
    one less than the clusters if these are fewer.
    """
    values = []
    for member in range(members):
        values.append(value(member))
        yield None
    off = np.asarray(values) - estimate
    spread = math.sqrt(float(off @ off) / max(1, len(off) - 1))
    half = math.hypot(t_quantile(degrees) * spread, NORMAL_QUANTILE * noise)
    yield estimate - half, estimate + half


def t_quantile(degrees: int) -> float:
    """The .95 quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + CONFIDENCE) / 2))


def support(model: Model, action: Action) -> Support | None:
    """For which share of the data's rows the set values were plausible, given their causes.

    Plausible: within the central 98 % of the variable's own mechanism at that row, or a category of
    probability ≥ 1 %; or set so by an experimenter, who sets it in any row. Jointly over all set
    variables, each given the others' set values. None where a mechanism is missing.
    """
    sets = [item for item in action if isinstance(item, Set)]
    own = {c.target: c for c in model.law}
    laws = [own[item.variable] for item in sets]
    if not sets or model.missing(laws) or model.project.table is None:
        return None
    names = {name for law in laws for name in (*law.given, law.target)}
    unset = model.unset(v for law in laws for v in law.given)
    columns, weights = complete_rows(model.table, tuple(sorted(names)), unset)
    every = 1 + len(weights) // FULL
    rows, weights = {name: column[::every] for name, column in columns.items()}, weights[::every]
    if not len(weights):
        return None
    world = rows | {s.variable: torch.full_like(rows[s.variable], s.value) for s in sets}
    fine = torch.ones(len(rows[sets[0].variable]), dtype=torch.bool)
    scm = model.scm(laws)
    for item in sets:
        given = own[item.variable].given
        parents = torch.stack([world[n] for n in given], -1) if given else torch.empty(len(fine), 0)
        own_way = _plausible(model, scm.mechanisms[item.variable], item, parents.double())
        fine &= own_way | _was_set_so(model.table, item)
    if not model.table.design.weights:
        return Support(float(fine.double().mean()))
    return Support(float(weights @ fine.double() / weights.sum()))


def value_of(draws: Draws, model: Model, question: Question) -> float:
    """The reported number of the question's outcome."""
    return draws.value(model.variable(str(question.outcome)), question.level)


def reported(
    model: Model, question: Question, worlds: tuple[Draws, Draws]
) -> tuple[float, float, float]:
    """Both numbers as they are reported, and what was added to the second.

    Compared with nothing done, the first is the rows' own mean; the model gives the difference.
    """
    first, second = (value_of(world, model, question) for world in worlds)
    seen = None if question.contrast else _seen_value(model, question)
    bounded = model.variable(str(question.outcome)).discrete
    if seen is None or (bounded and not 0 <= second + seen - first <= 1):
        return first, second, 0.0
    return seen, second + (seen - first), seen - first


def _refined(
    model: Model, question: Question, before: Arm, after: Arm, empty: DoAnswer
) -> Iterator[Step]:
    outcome = str(question.outcome)
    for count in (QUICK, FULL):
        worlds = paired(model, before, after, outcome, count)
        answer = _filled(model, question, worlds, empty)
        if worlds[1].exact:
            break  # nothing to refine
        if count == QUICK:
            yield answer, False
    noise = _paired_error(model, question, worlds)
    answer = replace(answer, support=support(model, question.action))
    needed = (*before.route.needed, *after.route.needed)
    members = model.members(needed)
    yield answer, members < 2 and not model.firsts
    if model.firsts:
        answer = replace(answer, first_guess=_first_guess(model, question, before, after))
        yield answer, members < 2
    if members < 2:
        return

    def difference(member: int) -> float:
        pair = paired(model, before, after, outcome, MEMBER, member)
        return value_of(pair[1], model, question) - value_of(pair[0], model, question)

    estimate = float(answer.difference or 0.0)
    degrees = model.degrees(members)
    for found in interval_of(estimate, difference, members, noise, degrees):
        if found is None:
            yield answer, False
        else:
            yield replace(answer, interval=found), True


def _filled(
    model: Model, question: Question, worlds: tuple[Draws, Draws], empty: DoAnswer
) -> DoAnswer:
    first, second, _ = reported(model, question, worlds)
    seen = None if question.contrast else _seen_value(model, question)
    before, after = _shapes(model, question, worlds, from_rows=seen is not None)
    return replace(
        empty,
        before=before,
        after=after,
        before_value=first,
        after_value=second,
        difference=second - first,
        samples=0 if worlds[1].exact else worlds[1].rows,
    )


def _seen_value(model: Model, question: Question) -> float | None:
    """The outcome's mean, or share of the level, among the rows; None if some lack it.

    Among those that count and in which nobody set the outcome or a cause of it.
    """
    name = str(question.outcome)
    keep = model.untouched((name,))
    column = model.table[name][keep]
    if np.isnan(column).any():
        return None
    weights = weights_among(model.table, keep)
    return column_value(model.variable(name), column, question.level, weights)


def _paired_error(model: Model, question: Question, worlds: tuple[Draws, Draws]) -> float:
    """Monte-Carlo standard error of the difference; both worlds share their noise."""
    variable = model.variable(str(question.outcome))
    first, second = (world.each(variable, question.level) for world in worlds)
    alike = len(first) == len(second) and _same(worlds[0].weights, worlds[1].weights)
    if worlds[0].exact or worlds[1].exact or not alike:
        errors = (w.error(e) for w, e in zip(worlds, (first, second), strict=True))
        return math.hypot(*errors)
    return worlds[1].error(second - first)


def _same(a: Tensor | None, b: Tensor | None) -> bool:
    return a is b or (a is not None and b is not None and torch.equal(a, b))


def _shapes(
    model: Model, question: Question, worlds: tuple[Draws, Draws], *, from_rows: bool
) -> tuple[Shape, Shape]:
    name = str(question.outcome)
    variable = model.variable(name)
    low, high = 0.0, 1.0
    if not variable.discrete:
        bounds = model.drawing_range(name)
        low, high = widened(bounds, *(world.samples[name] for world in worlds))
    before, after = (world.shape(variable, low, high) for world in worlds)
    if from_rows:
        before = seen_shape(model.table, name, low, high, unset=model.unset((name,))) or before
    return before, after


def _seen_shape(model: Model, question: Question) -> Shape | None:
    name = str(question.outcome)
    discrete = model.variable(name).discrete
    low, high = (0.0, 1.0) if discrete else model.drawing_range(name)
    return seen_shape(model.table, name, low, high, unset=model.unset((name,)))


def _first_guess(model: Model, question: Question, before: Arm, after: Arm) -> float:
    pair = paired(model.first_guess(), before, after, str(question.outcome), QUICK)
    return value_of(pair[1], model, question) - value_of(pair[0], model, question)


def _adjusted(model: Model, arm: Arm, outcome: str, count: int, member: int | None) -> Draws:
    """Σ_z P(y | x, z) P(z), z from the table's rows (standardisation; Robins 1986).

    Rows without the outcome count as well: only x and z must be known. Nothing done: their own x.
    """
    conditional = arm.route.adjust
    assert conditional is not None
    rows, weights = _rows(model, conditional.given, count, member)
    done = {item.variable: item for item in arm.action}
    world = {name: _treated(rows[name], done.get(name)) for name in conditional.given}
    parents = torch.stack([world[name] for name in conditional.given], -1)
    scm = model.scm((conditional,), member)
    noise = model.noise(scm, len(parents))[outcome]
    mechanism = scm.mechanisms[outcome]
    samples = {**world, outcome: mechanism.push(noise, parents).double()}
    laws = {}
    if is_discrete(mechanism):
        laws[outcome] = mechanism.probabilities(parents).double()
    return Draws(samples, weights, laws)


def _along(model: Model, arm: Arm, outcome: str, count: int, member: int | None) -> Draws:
    """Along the estimand of the ID algorithm; variables that may have any value have the rows'."""
    chain = arm.route.chain
    assert chain is not None
    anywhere = {}
    if chain.anywhere:
        model.rows_needed("this answer averages over them")
        names = chain.anywhere
        rows, _ = _picked_rows(model.table, names, model.unset(names), count, model.project.seed)
        anywhere = {name: torch.from_numpy(model.table[name][rows.numpy()]) for name in names}
    draws = drawn_along(model, chain, arm.action, outcome, anywhere, count, member)
    if member is None:
        check_enough(draws, outcome)
    return draws


def _rows(
    model: Model, given: tuple[str, ...], count: int, member: int | None
) -> tuple[dict[str, Tensor], Tensor | None]:
    """Rows complete in `given`, about `count` of them, weighted as a bootstrap member drew them."""
    model.rows_needed("this answer averages over them")
    seed, table, unset = model.project.seed, model.table, model.unset(given)
    if member is not None and table.design.cluster:
        numbers, share = _picked_clusters(table, given, unset, count, seed)
    else:
        numbers, share = _picked_rows(table, given, unset, count, seed)
    if not len(numbers):
        raise QueryError(f"No row has all of {', '.join(given)} as they come about by themselves")
    rows = {name: torch.from_numpy(table[name][numbers.numpy()]) for name in given}
    counted = torch.from_numpy(row_weights(table)[numbers.numpy()])
    if member is None:
        return rows, counted / counted.sum() if table.design.weights else None
    drawn = resample(table, seed, member)[numbers]
    weights = 1 + (drawn - 1) * share**0.5  # fewer rows than there are spread too much
    weights = weights * counted
    return rows, weights / weights.sum()


@lru_cache(maxsize=16)
def _picked_rows(
    table: Table, names: tuple[str, ...], unset: frozenset[str], count: int, seed: int
) -> tuple[Tensor, float]:
    """Numbers of about `count` complete rows, all or a fixed choice, and which share they are.

    Rows that count, and in which nobody set any of `unset`.
    """
    complete = torch.from_numpy(np.flatnonzero(table.complete(names) & counted_rows(table, unset)))
    total = len(complete)
    if total > count:
        picked = torch.randperm(total, generator=generator(seed, "rows"))[:count]
        return complete[picked], count / total
    return complete.repeat(max(1, count // max(total, 1))), 1.0


@lru_cache(maxsize=16)
def _picked_clusters(
    table: Table, names: tuple[str, ...], unset: frozenset[str], count: int, seed: int
) -> tuple[Tensor, float]:
    """The complete rows of as many whole clusters as hold about `count`, and their share.

    All rows where these are few clusters: then each of them matters.
    """
    complete = np.flatnonzero(table.complete(names) & counted_rows(table, unset))
    codes = cluster_codes(table)
    assert codes is not None
    present, place = np.unique(codes[complete], return_inverse=True)
    order = torch.randperm(len(present), generator=generator(seed, "clusters")).numpy()
    sizes = np.bincount(place, minlength=len(present))[order].cumsum()
    chosen = order[: int(np.searchsorted(sizes, count)) + 1]
    if len(chosen) < MANY_CLUSTERS:
        return torch.from_numpy(complete), 1.0
    return torch.from_numpy(complete[np.isin(place, chosen)]), len(chosen) / len(present)


def _was_set_so(table: Table, item: Set) -> bool:
    """True where an experimenter set a variable to this value, or to ones around it.

    A category in ≥ 1 % of the rows in which it was set; a number inside their central 98 %.
    """
    column = table[item.variable]
    values = column[set_rows(table, item.variable) & ~np.isnan(column)]
    if len(values) < FEWEST_SET:
        return False
    if table.variable(item.variable).discrete:
        return float((values == item.value).mean()) >= RARE
    low, high = np.quantile(values, (RARE, 1 - RARE))
    return bool(low <= item.value <= high)


def _treated(column: Tensor, item: Set | Shift | None) -> Tensor:
    if isinstance(item, Set):
        return torch.full_like(column, item.value)
    return column + item.amount if isinstance(item, Shift) else column


def _plausible(model: Model, mechanism: Mechanism, item: Set, parents: Tensor) -> Tensor:
    if is_discrete(mechanism):
        return mechanism.probabilities(parents)[:, int(item.value)] >= RARE
    value = torch.full((len(parents),), item.value, dtype=torch.float64)
    noise = mechanism.abduct(
        value, parents, generator(model.project.seed, "support", item.variable)
    )
    return noise.abs() <= PLAUSIBLE

"""Rung two: P(outcome | do(action)) beside its contrast, with its interval and what it rests on."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.rows import set_rows
from engine.data.table import Table
from engine.interventions import Action, OneOf, Set, variables_of
from engine.mechanisms.base import Mechanism, is_discrete
from engine.queries.answers import (
    CONFIDENCE,
    NOT_LEARNT,
    DoAnswer,
    Interval,
    Result,
    Shape,
    Unanswerable,
)
from engine.queries.bounding import Part, bounded
from engine.queries.draws import (
    Draws,
    column_value,
    reported_level,
    seen_shape,
    weights_among,
    widened,
)
from engine.queries.lights import Support
from engine.queries.model import Model, complete_rows
from engine.queries.questions import Question
from engine.queries.reach import beyond, reached
from engine.queries.routes import Route, grounded, route
from engine.queries.selecting import selection_words
from engine.queries.standing import adjusted, along
from engine.queries.worlds import Memory, draw
from engine.seeds import generator

QUICK, FULL, MEMBER = 2_000, 10_000, 2_000  # draws per answer, refined answer, bootstrap member
NORMAL_QUANTILE = 1.6449  # of .95
PLAUSIBLE = 2.3263  # |noise| up to here: the central 98 % of what the mechanism would do itself
RARE = 0.01  # a category at least this probable is plausible
FEWEST_SET = 10  # rows of an experiment that say which values were set

Step = tuple[Result, bool]  # an answer, and whether it is the last of its kind


@dataclass(frozen=True)
class Arm:
    """One side of a contrast: what is done, and the route to its outcome.

    `natural`: what is done as far as mediators see, where that is something else.
    """

    action: Action
    route: Route
    natural: Action = ()


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
    adjust, chain = arm.route.adjust, arm.route.chain
    if adjust is None and not arm.action and other is not None:
        adjust = other.route.adjust
    if adjust is not None:
        return adjusted(model, adjust, arm.action, outcome, count, member)
    if chain is not None:
        return along(model, chain, arm.action, outcome, count, member, natural=arm.natural)
    scm = model.scm(arm.route.law, member)
    noise = model.noise(scm, count)
    if member is None and memory is None:
        memory = model.memory(arm.action, count)
    return draw(scm, noise, arm.action, memory=memory)


def interval_of(
    estimate: float, value: Callable[[int | None], float], members: int, noise: float, degrees: int
) -> Iterator[Interval | None]:
    """The t-interval around `estimate` from bootstrap members; None after each of them.

    Half-width² = (t(.95; degrees) · sd of the members)² + (1.645 · noise)²: estimation error and
    the Monte-Carlo standard error `noise` of the estimate. Members are held against the point fit
    (None) on their own draws, which are fewer, so that drawing is counted once. `degrees` of
    freedom: M − 1, or one less than the clusters if these are fewer.
    """
    centre = value(None)
    values = []
    for member in range(members):
        values.append(value(member))
        yield None
    yield interval_around(estimate, np.array(values) - centre, noise, degrees)


def interval_around(
    estimate: float, off: NDArray[np.float64], noise: float, degrees: int
) -> Interval:
    """The same from how far each member is off the point fit on the same draws."""
    spread = math.sqrt(float(off @ off) / max(1, len(off) - 1))
    half = math.hypot(t_quantile(degrees) * spread, NORMAL_QUANTILE * noise)
    return estimate - half, estimate + half


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
    noise = paired_error(model, question, worlds)
    stands = support(model, question.action)
    if stands is not None:
        laws = reached(model, after.route, question.action)
        stands = replace(stands, beyond=beyond(model, laws, worlds[1]))
    answer = replace(answer, support=stands)
    needed = (*before.route.needed, *after.route.needed)
    members = model.members(needed)
    yield answer, members < 2 and not model.firsts
    if model.firsts:
        answer = replace(answer, first_guess=_first_guess(model, question, before, after))
        yield answer, members < 2
    if members < 2:
        return

    def difference(member: int | None) -> float:
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


def paired_error(model: Model, question: Question, worlds: tuple[Draws, Draws]) -> float:
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


def _plausible(model: Model, mechanism: Mechanism, item: Set, parents: Tensor) -> Tensor:
    if is_discrete(mechanism):
        return mechanism.probabilities(parents)[:, int(item.value)] >= RARE
    value = torch.full((len(parents),), item.value, dtype=torch.float64)
    noise = mechanism.abduct(
        value, parents, generator(model.project.seed, "support", item.variable)
    )
    return noise.abs() <= PLAUSIBLE

"""How much of an effect goes past a mediator and how much through it: natural effects.

Y(x, M(x*)) is the outcome had the treatment been x, and the mediator what it would have been at x*.
Total = Y(x, M(x)) - Y(x*, M(x*)); direct = Y(x, M(x*)) - Y(x*, M(x*)); the rest goes through M
(Pearl, UAI 2001; Robins, Greenland, Epidemiology 1992).
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.data.rows import counted_rows, row_weights
from engine.errors import QueryError
from engine.identify.complete import Estimand
from engine.identify.kernels import drawable
from engine.identify.mediation import natural_direct
from engine.interventions import Set, variables_of
from engine.queries.answers import Footing, MediationAnswer
from engine.queries.beside import Share
from engine.queries.chains import Chain
from engine.queries.doing import (
    FULL,
    MEMBER,
    QUICK,
    Arm,
    Step,
    arm_draws,
    interval_around,
    paired_error,
    unfitted,
    value_of,
)
from engine.queries.draws import Draws
from engine.queries.model import Model
from engine.queries.questions import Mediation, Question
from engine.queries.routes import Route
from engine.queries.trust import contrasted

METHOD = "natural effects"
NOT_COMPUTED = "It follows from the data, but Doscope cannot compute this natural effect yet."
Worlds = tuple[Draws, Draws, Draws]


def answer_mediation(model: Model, asked: Mediation) -> Iterator[Step | None]:
    """Total, direct and through the mediators, each better and then with its interval.

    Refused in one sentence, with what can be asked instead, where no data can tell them apart.
    """
    question = contrasted(model, asked.question)
    (action,), (other,) = question.action, question.contrast or ()
    assert isinstance(action, Set)
    assert isinstance(other, Set)
    outcome = str(question.outcome)
    way = natural_route(model, variables_of((action,)), asked.mediators, outcome)
    empty = MediationAnswer(
        outcome,
        question.level,
        action,
        other,
        asked.mediators,
        way.footing,
        instead=tuple(_usual(model, name) for name in asked.mediators),
    )
    if way.footing.refused:
        yield empty, True
        return
    if model.missing(way.needed):
        yield unfitted(), True
        return
    arms = _arms(action, other, way)
    for count in (QUICK, FULL):
        worlds = _worlds(model, arms, outcome, count)
        shares = tuple(Share(value) for value in _split(model, question, worlds))
        answer = replace(
            empty,
            total=shares[0],
            direct=shares[1],
            through=shares[2],
            stage=model.stage(way.needed),
        )
        if worlds[0].exact:
            break
        yield answer, False
    yield from _with_intervals(model, question, answer, worlds, arms, way)


def natural_route(
    model: Model, treatments: tuple[str, ...], mediators: tuple[str, ...], outcome: str
) -> Route:
    """The way to P(Y(x, M(x*))): a chain whose natural links see x*; or why there is none."""
    if len(treatments) != 1:
        raise QueryError("Direct and indirect effects are those of setting one variable")
    nodes = model.vectors.nodes((*treatments, *mediators, outcome))
    if set(nodes) & set(model.vectors.names):
        raise QueryError("Direct and indirect effects are told of single columns only")
    for name in mediators:
        model.variable(name)
    found = natural_direct(model.nodes, treatments[0], mediators, outcome)
    if not found.identified:
        return Route(Footing(False, METHOD, why_not=found.why_not))
    estimand = Estimand((outcome,), treatments, (), tuple(k for k, _ in found.kernels), found.over)
    natural = frozenset(v for kernel, on in found.kernels if on for v in kernel.variables)
    if not drawable(estimand.kernels):
        return Route(Footing(True, METHOD, why_not=NOT_COMPUTED, computable=False))
    return Route(Footing(True, METHOD), chain=Chain(estimand, natural))


def needed_for_mediation(model: Model, asked: Mediation) -> Route:
    """The way that tells which conditionals must be there."""
    question = contrasted(model, asked.question)
    treatments = variables_of(question.action)
    return natural_route(model, treatments, asked.mediators, str(question.outcome))


def _arms(action: Set, other: Set, way: Route) -> tuple[Arm, Arm, Arm]:
    """Y(x, M(x)), Y(x, M(x*)), Y(x*, M(x*))."""
    return (
        Arm((action,), way, (action,)),
        Arm((action,), way, (other,)),
        Arm((other,), way, (other,)),
    )


def _worlds(
    model: Model, arms: tuple[Arm, Arm, Arm], outcome: str, count: int, member: int | None = None
) -> Worlds:
    first, mixed, last = (arm_draws(model, arm, outcome, count, member) for arm in arms)
    return first, mixed, last


def _split(model: Model, question: Question, worlds: Worlds) -> tuple[float, float, float]:
    """Total, direct, through."""
    here, mixed, there = (value_of(world, model, question) for world in worlds)
    return here - there, mixed - there, here - mixed


def _with_intervals(
    model: Model,
    question: Question,
    answer: MediationAnswer,
    worlds: Worlds,
    arms: tuple[Arm, Arm, Arm],
    way: Route,
) -> Iterator[Step | None]:
    members = model.members(way.needed)
    yield answer, members < 2
    if members < 2:
        return
    centre = np.array(_split(model, question, _worlds(model, arms, answer.outcome, MEMBER)))
    spread = []
    for member in range(members):
        drawn = _worlds(model, arms, answer.outcome, MEMBER, member)
        spread.append(_split(model, question, drawn) - centre)
        yield None
    here, mixed, there = worlds
    pairs = ((there, here), (there, mixed), (mixed, here))
    degrees = model.degrees(members)
    told = []
    for share, off, pair in zip(answer.shares, np.array(spread).T, pairs, strict=True):
        noise = paired_error(model, question, pair)
        ends = interval_around(share.value, off, noise, degrees)
        told.append(replace(share, interval=ends))
    yield replace(answer, total=told[0], direct=told[1], through=told[2]), True


def _usual(model: Model, name: str) -> Set:
    """The value to hold a mediator at: the rows' mean, or the commonest category."""
    table, variable = model.table, model.variable(name)
    keep = counted_rows(table, frozenset()) & ~np.isnan(table[name])
    values, weights = table[name][keep], row_weights(table)[keep]
    if not len(values):
        return Set(name, 0.0)
    if variable.discrete:
        return Set(name, float(np.bincount(values.astype(int), weights).argmax()))
    return Set(name, float(f"{np.average(values, weights=weights):.3g}"))

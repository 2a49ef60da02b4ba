"""Dose–response: E[outcome | do(treatment = v)] along the treatment's range, with its band."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import stdev

import numpy as np

from engine.interventions import Action, Set, released
from engine.queries.answers import Array, DoseAnswer, Unanswerable
from engine.queries.doing import MEMBER, Arm, Step, arm_draws, support, t_quantile, unfitted
from engine.queries.draws import Draws
from engine.queries.lights import Support
from engine.queries.model import Model
from engine.queries.questions import DoseResponse
from engine.queries.reach import beyond, reached
from engine.queries.routes import route
from engine.queries.worlds import Memory

POINTS = 17
BAND_DRAWS = 1_000


def doses(model: Model, treatment: str) -> Array:
    """Where the curve is computed: every category, or an even grid over the data's central 98 %."""
    variable = model.variable(treatment)
    if variable.discrete:
        return np.arange(len(variable.categories), dtype=float)
    column = model.table[treatment]
    if not len(column):
        return np.linspace(*model.drawing_range(treatment), POINTS)
    low, high = np.quantile(column[~np.isnan(column)], (0.01, 0.99))
    margin = 0.15 * (high - low)
    return np.linspace(low - margin, high + margin, POINTS)


def answer_dose(model: Model, asked: DoseResponse) -> Iterator[Step]:
    """The curve first, its band when the bootstrap members stand."""
    model.variable(asked.treatment)
    variable = model.variable(asked.outcome)
    if asked.outcome == asked.treatment:
        yield Unanswerable("The outcome is set itself: choose another outcome."), True
        return
    x = doses(model, asked.treatment)
    actions = [_at(asked, float(value)) for value in x]
    way = route(model.nodes, actions[0], asked.outcome, model.vectors)
    empty = DoseAnswer(asked.outcome, asked.treatment, asked.level, way.footing, x)
    if way.footing.refused:
        yield empty, True
        return
    if model.missing(way.needed):
        yield unfitted(), True
        return

    def worlds(count: int, member: int | None = None) -> Iterator[Draws]:
        seen = model.memory((), count) if member is None else Memory()
        for action in actions:
            memory = None if model.graph.bidirected or seen is None else Memory(seen.seen)
            arm = Arm(action, way)
            yield arm_draws(model, arm, asked.outcome, count, member, memory=memory)

    laws = reached(model, way, actions[0])
    y, bare = np.empty(len(x)), np.zeros(len(x))
    for i, draws in enumerate(worlds(MEMBER)):
        y[i] = draws.value(variable, asked.level)
        if model.table.rows:
            stands = support(model, actions[i]) or Support(1.0)
            bare[i] = replace(stands, beyond=beyond(model, laws, draws)).extrapolated
    answer = replace(empty, extrapolated=bare, stage=model.stage(way.needed), y=y)
    members = model.members(way.needed)
    yield answer, members < 2
    if members < 2:
        return
    rows: list[list[float]] = []
    for member in range(min(members, 16)):
        drawn = worlds(BAND_DRAWS, member)
        rows.append([draws.value(variable, asked.level) for draws in drawn])
        yield answer, False
    assert answer.y is not None
    half = t_quantile(model.degrees(len(rows))) * np.array(
        [stdev(column) for column in zip(*rows, strict=True)]
    )
    yield replace(answer, low=answer.y - half, high=answer.y + half), True


def _at(asked: DoseResponse, value: float) -> Action:
    return (*released(asked.others, asked.treatment), Set(asked.treatment, value))

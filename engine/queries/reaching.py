"""Three lights beside an answer: distance from the rows, spread of the members, independence.

The answer to `Reach`; each is told by itself.
"""

from collections.abc import Iterator
from dataclasses import replace
from statistics import stdev

import numpy as np

from engine.data.rows import counted_rows
from engine.data.table import Table
from engine.errors import QueryError
from engine.interventions import Action, Set
from engine.queries.answers import Stage
from engine.queries.doing import FULL, Arm, arm_draws, arms, unfitted, value_of
from engine.queries.lights import MechanismLights, ReachAnswer
from engine.queries.mechanisms import lights_of
from engine.queries.model import Model
from engine.queries.questions import Question, Rung
from engine.queries.reach import nearby, reached

USUAL = (0.1, 0.3, 0.5, 0.7, 0.9)  # quantiles of what is set, where the usual spread is taken
SPREAD_DRAWS = 1_000


def answer_reach(model: Model, question: Question) -> Iterator[tuple[ReachAnswer, bool] | None]:
    """Distance first, then the members' spread, then the lights of what the action reaches."""
    model.rows_needed("how far an answer is from them is told by rows")
    if question.rung is not Rung.DO or question.outcome is None or not question.action:
        raise QueryError("Only what is set can be far from the rows", remedy="ask under Do")
    _, after = arms(model, question)
    if after.route.footing.refused:
        raise QueryError("There is no answer whose reach could be told")
    if model.missing(after.route.needed) or model.stage(after.route.needed) is not Stage.FITTED:
        raise QueryError(unfitted().reason)
    laws = reached(model, after.route, question.action)
    draws = arm_draws(model, after, question.outcome, FULL)
    near, far = nearby(model, laws, draws)
    yield None
    told = ReachAnswer(
        question.outcome, question.level, question.action, near, far, model.table.rows
    )
    yield told, False
    for spread in _spreads(model, question):
        if spread is None:
            yield None
        else:
            told = replace(told, spread=spread[0], usual=spread[1])
            yield told, False
    lights: list[MechanismLights] = []
    for step in lights_of(model, laws):
        if step is None:
            yield None
        else:
            lights.append(step)
    yield replace(told, lights=tuple(lights)), True


def _spreads(model: Model, question: Question) -> Iterator[tuple[float, float] | None]:
    """sd of the outcome's number over the members: under the action, and where rows are.

    Of a mean in sds of the outcome, of a chance in shares of 1; nothing before the members stand.
    """
    _, after = arms(model, question)
    members = min(model.members(after.route.needed), 16)
    table, outcome = model.table, str(question.outcome)
    if members < 2:
        return
    unit = 1.0 if model.variable(outcome).discrete else float(np.nanstd(table[outcome])) or 1.0

    def spread(action: Action) -> Iterator[float | None]:
        arm, values = Arm(action, after.route), []
        for member in range(members):
            draws = arm_draws(model, arm, outcome, SPREAD_DRAWS, member)
            values.append(value_of(draws, model, question))
            yield None
        yield stdev(values) / unit

    usual: list[float] = []
    here = 0.0
    for action in (question.action, *_usual(table, question.action)):
        for step in spread(action):
            if step is None:
                yield None
            elif action == question.action:
                here = step
            else:
                usual.append(step)
    yield here, float(np.median(usual)) if usual else here


def _usual(table: Table, action: Action) -> list[Action]:
    """The same variables set to values that rows have, jointly: those of rows in their order."""
    names = tuple(item.variable for item in action if isinstance(item, Set))
    if not names or len(names) < len(action):
        return []
    rows = np.flatnonzero(table.complete(names) & counted_rows(table))
    order = rows[np.argsort(table[names[0]][rows], kind="stable")]
    if not len(order):
        return []
    places = [order[int(share * (len(order) - 1))] for share in USUAL]
    return [tuple(Set(name, float(table[name][row])) for name in names) for row in places]

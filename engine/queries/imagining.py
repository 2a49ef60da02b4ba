"""Rung three: what a row would have been. Abduction, action, prediction (Pearl 2009, 7.1)."""

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from engine.data.rows import set_rows
from engine.interventions import Action, Set, Shift, variables_of
from engine.queries.answers import ImagineAnswer, Imagined, Unanswerable
from engine.queries.doing import Step, unfitted
from engine.queries.model import Model
from engine.queries.questions import Question
from engine.queries.routes import Route, grounded, imagining, kept
from engine.scm.conditional import Conditional
from engine.scm.scm import Scm, counterfactual

COPIES = 500  # draws of the abducted noise, where it is not unique
REDRAWN = 2_000  # fresh draws of luck
SAME = 1e-6  # standard deviations: a smaller move is rounding


def answer_imagine(model: Model, question: Question) -> Iterator[Step]:
    """Factual and counterfactual values of one row, with the convention named."""
    outcome, row = question.outcome, question.row
    if outcome is None:
        yield Unanswerable("Choose an outcome."), True
        return
    variable = model.variable(outcome)
    if row is None:
        yield Unanswerable("Pick a row of the table."), True
        return
    model.rows_needed("there is no row to imagine")
    if not 0 <= row < model.table.rows:
        yield Unanswerable(f"The table has rows 0 to {model.table.rows - 1}."), True
        return
    if not question.action:
        yield Unanswerable("Choose a variable to change."), True
        return
    held = held_in(model, row, question.action)
    way = imagining(model.graph, (*question.action, *held), outcome)
    if way.footing.identified and model.missing(way.law):
        yield unfitted(), True
        return
    yield (
        ImagineAnswer(
            outcome=outcome,
            level=question.level,
            row=row,
            action=question.action,
            units=unit_values(model, row, question.action),
            convention="gumbel" if variable.discrete else "rank",
            footing=grounded(way.footing, model.graph, question.action, outcome),
            stage=model.stage(way.law) if way.footing.identified else None,
            warnings=tuple(
                f"In this row an experimenter set {item.variable}: it would have stayed as it was."
                for item in held
            ),
        ),
        True,
    )


def held_in(model: Model, row: int, action: Action) -> tuple[Set, ...]:
    """What an experimenter had set in this row, as far as `action` would reach it.

    It would have been set all the same: only its own mechanism was out of work.
    """
    varied = model.table.design.varied
    if not varied:
        return ()
    treated = variables_of(action)
    reached = model.graph.descendants(treated).difference(treated)
    return tuple(
        Set(name, float(model.table[name][row]))
        for name in model.graph.variables
        if name in varied & reached and set_rows(model.table, name)[row]
    )


def unit_values(model: Model, row: int, action: Action) -> dict[str, Imagined]:
    """Every measured variable of the graph, as it was in this row and as it would have been."""
    unit = {name: float(model.table[name][row]) for name in model.graph.variables}
    held = held_in(model, row, action)
    action = (*action, *held)
    treated = variables_of(action)
    reached = model.graph.descendants(treated)
    values: dict[str, Imagined] = {}
    for name in model.graph.variables:
        if name not in reached:
            values[name] = Imagined(unit[name], unit[name])
    ways = {name: imagining(model.graph, action, name) for name in reached if name not in treated}
    for item in _as_set(model, unit, action):
        if isinstance(item, Set):
            values[item.variable] = Imagined(unit[item.variable], item.value, status="set")
        else:  # its mechanism runs in the new world, then it is moved
            ways[item.variable] = imagining(model.graph, action, item.variable)
    for name, way in ways.items():
        values[name] = _imagined(model, unit, action, name, way)
    values |= {item.variable: Imagined(item.value, item.value) for item in held}
    return {name: values[name] for name in model.graph.variables}


def imagined_draws(model: Model, unit: Mapping[str, float], action: Action, way: Route) -> Tensor:
    """Counterfactual draws of the route's last variable, shape (COPIES,), for one unit."""
    scm, rows = _unit_scm(model, unit, way.law, COPIES)
    world = counterfactual(scm, rows, _as_set(model, unit, action), model.project.seed)
    return world[way.law[-1].target].double()


def _imagined(
    model: Model, unit: Mapping[str, float], action: Action, name: str, way: Route
) -> Imagined:
    actual = unit[name]
    needed = {v for c in way.law for v in (*c.given, c.target)}
    if way.footing.identified is False or model.missing(way.law):
        return Imagined(actual, None, status="refused")
    if any(np.isnan(unit[v]) for v in needed):
        return Imagined(actual, None, status="refused")
    draws = imagined_draws(model, unit, action, way)
    redrawn = _redrawn(model, unit, action, way)
    variable = model.variable(name)
    if variable.discrete:
        masses = torch.bincount(draws.long(), minlength=len(variable.categories)).double()
        likely = float(masses.argmax())
        changed = "unchanged" if float(masses[int(actual)]) == len(draws) else "changed"
        law = (masses / masses.sum()).numpy()
        return Imagined(actual, likely, probabilities=law, status=changed)
    middle = float(draws.median() if variable.step is not None else draws.mean())
    low, high = torch.quantile(redrawn, torch.tensor([0.05, 0.95]).double()).tolist()
    moved = abs(middle - actual) > SAME * model.table.spread(name)
    status = "set" if name in variables_of(action) else "changed" if moved else "unchanged"
    return Imagined(actual, middle + 0.0, low, high, status=status)


def _redrawn(model: Model, unit: Mapping[str, float], action: Action, way: Route) -> Tensor:
    scm, rows = _unit_scm(model, unit, way.law, 1)
    world = scm.redrawn(rows, _as_set(model, unit, action), REDRAWN, model.project.seed)
    return world[way.law[-1].target].double()


def _unit_scm(
    model: Model, unit: Mapping[str, float], law: tuple[Conditional, ...], copies: int
) -> tuple[Scm, dict[str, Tensor]]:
    names = {v for c in law for v in (*c.given, c.target)}
    rows = {name: torch.full((copies,), unit[name], dtype=torch.float64) for name in names}
    return model.scm(law), rows


def _as_set(model: Model, unit: Mapping[str, float], action: Action) -> Action:
    """A shift of what no other intervention reaches sets the row's own value plus the shift."""
    moved = kept(model.graph, action)
    return tuple(
        Set(item.variable, unit[item.variable] + item.amount)
        if isinstance(item, Shift) and item.variable not in moved
        else item
        for item in action
    )

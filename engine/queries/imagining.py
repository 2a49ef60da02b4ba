"""Rung three: what a row would have been. Abduction, action, prediction (Pearl 2009, 7.1)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from engine.data.rows import set_rows
from engine.data.variable import Kind, Variable
from engine.interventions import Action, Convention, Set, Shift, variables_of
from engine.mechanisms.base import Samples
from engine.queries.answers import Alternative, ImagineAnswer, Imagined, Unanswerable
from engine.queries.doing import Step, unfitted
from engine.queries.model import Model
from engine.queries.questions import Question
from engine.queries.routes import Route, grounded, imagining, kept
from engine.scm.conditional import Conditional
from engine.scm.conventions import patterns, turned_worlds
from engine.scm.scm import Scm, counterfactual, has_rank

COPIES = 500  # draws of the abducted noise, where it is not unique
TURNED = 64  # the same, in each pattern of turned ranks
REDRAWN = 2_000  # fresh draws of luck
SAME = 1e-6  # standard deviations: a smaller move is rounding


def answer_imagine(model: Model, question: Question) -> Iterator[Step]:
    """Factual and counterfactual values of one row, with the convention named."""
    outcome, row = question.outcome, question.row
    if outcome is None:
        yield Unanswerable("Choose an outcome."), True
        return
    model.variable(outcome)
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
    way = imagining(model.nodes, (*question.action, *held), outcome, model.vectors)
    if way.footing.identified and model.missing(way.law):
        yield unfitted(), True
        return
    yield (
        ImagineAnswer(
            outcome=outcome,
            level=question.level,
            row=row,
            action=question.action,
            units=unit_values(model, row, question.action, question.convention, outcome),
            convention=named_convention(question.convention, model, outcome, way.law),
            footing=grounded(way.footing, model.nodes, question.action, outcome, model.vectors),
            stage=model.stage(way.law) if way.footing.identified else None,
            warnings=(
                *(
                    f"In this row an experimenter set {item.variable}: "
                    "it would have stayed as it was."
                    for item in held
                ),
                *chained(model, way.law),
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


def chained(model: Model, law: tuple[Conditional, ...]) -> tuple[str, ...]:
    """One sentence per vector whose order of components an imagined value rests on.

    A triangular map keeps the rank of each component among rows that are alike in those before it,
    so that another order is another coupling of the same laws. The first component alone is carried
    over like any number; all after it, and what they cause, hang on the order.
    """
    names = (c.target for c in law if model.vectors.before(c.target))
    return tuple(
        f"{name} is carried over in the order {', '.join(model.vectors.columns(name))}: "
        "another order could give another number."
        for name in model.vectors.nodes(names)
    )


def named_convention(
    convention: Convention, model: Model, outcome: str, law: tuple[Conditional, ...]
) -> str:
    """The convention's name for an outcome: a category without an order keeps its Gumbel noise.

    `law` holds the mechanism of `outcome`, where there is one.
    """
    variable = model.variable(outcome)
    gumbel = variable.discrete and variable.kind is not Kind.ORDINAL
    if law and not model.missing(law):
        mechanism = model.scm(law).mechanisms.get(outcome)
        if mechanism is not None:
            gumbel = not has_rank(mechanism)
    return "gumbel" if gumbel and convention is Convention.RANK else convention.value


def unit_values(
    model: Model,
    row: int,
    action: Action,
    convention: Convention = Convention.RANK,
    outcome: str | None = None,
) -> dict[str, Imagined]:
    """Every measured variable of the graph, as it was in this row and as it would have been.

    `outcome` is the one whose hull over conventions is given.
    """
    unit = {name: float(model.table[name][row]) for name in model.graph.variables}
    held = held_in(model, row, action)
    action = (*action, *held)
    treated = variables_of(action)
    reached = model.graph.descendants(treated)
    values = {name: Imagined(unit[name], unit[name]) for name in unit if name not in reached}
    ways = {
        name: imagining(model.nodes, action, name, model.vectors)
        for name in reached
        if name not in treated
    }
    done = _as_set(model, unit, action)
    for item in done:
        if isinstance(item, Set):
            values[item.variable] = Imagined(unit[item.variable], item.value, status="set")
        else:  # its mechanism runs in the new world, then it is moved
            ways[item.variable] = imagining(model.nodes, action, item.variable, model.vectors)
    known = {name: way for name, way in ways.items() if _answerable(model, unit, way)}
    worlds = _worlds(model, unit, done, known)
    for name in ways:
        if name not in known:
            values[name] = Imagined(unit[name], None, status="refused")
            continue
        draws = {each: world[name] for each, world in worlds.items()}
        found = _imagined(model, name, unit[name], draws, convention)
        status = "set" if name in treated else found.status
        hull = _hull(model, unit, done, known[name], found) if name == outcome else None
        values[name] = replace(found, status=status, hull=hull)
    values |= {item.variable: Imagined(item.value, item.value) for item in held}
    return {name: values[name] for name in model.graph.variables}


def imagined_values(
    model: Model, row: int, action: Action, convention: Convention, names: tuple[str, ...]
) -> dict[str, float | None]:
    """What `unit_values` says of `names` by one convention, in less time; None where refused."""
    unit = {name: float(model.table[name][row]) for name in model.graph.variables}
    action = (*action, *held_in(model, row, action))
    done = _as_set(model, unit, action)
    values: dict[str, float | None] = dict(unit)
    values |= {item.variable: item.value for item in done if isinstance(item, Set)}
    reached = model.graph.descendants(variables_of(action))
    fixed = {item.variable for item in done if isinstance(item, Set)}
    ways = {
        name: imagining(model.nodes, action, name, model.vectors)
        for name in names
        if name in reached and name not in fixed
    }
    known = {name: way for name, way in ways.items() if _answerable(model, unit, way)}
    world = _worlds(model, unit, done, known, (convention,)).get(convention, {})
    for name in ways:
        draws = world[name].double() if name in known else None
        values[name] = (
            None if draws is None else _told(model.variable(name), draws, convention).value
        )
    return {name: values[name] for name in names}


def _answerable(model: Model, unit: Mapping[str, float], way: Route) -> bool:
    if way.footing.refused or model.missing(way.law):
        return False
    return not any(np.isnan(unit[v]) for c in way.law for v in (*c.given, c.target))


def _worlds(
    model: Model,
    unit: Mapping[str, float],
    action: Action,
    ways: Mapping[str, Route],
    conventions: tuple[Convention, ...] = tuple(Convention),
) -> dict[Convention, Samples]:
    """Draws of everything the action changes, by each convention, in one pass through it all."""
    needed = {c for way in ways.values() for c in way.law}
    law = tuple(c for name in model.graph.order() for c in needed if c.target == name)
    if not law:
        return {}
    scm, seed = model.scm(law), model.project.seed
    one = _copies(unit, law, 1)
    rows = one if _unique(scm, one, seed) else _copies(unit, law, COPIES)
    worlds: dict[Convention, Samples] = {
        each: counterfactual(scm, rows, action, seed, each)
        for each in conventions
        if each is not Convention.REDRAW
    }
    if Convention.REDRAW in conventions:
        worlds[Convention.REDRAW] = scm.redrawn(one, action, REDRAWN, seed)
    return worlds


def _imagined(
    model: Model, name: str, actual: float, draws: Mapping[Convention, Tensor], by: Convention
) -> Imagined:
    variable = model.variable(name)
    under = {each: _told(variable, values.double(), each) for each, values in draws.items()}
    told, chosen = under[by], draws[by].double()
    if variable.discrete:
        status = "unchanged" if bool((chosen == actual).all()) else "changed"
        return Imagined(
            actual, told.value, probabilities=told.probabilities, status=status, under=under
        )
    ends = torch.tensor([0.05, 0.95], dtype=torch.float64)
    low, high = torch.quantile(draws[Convention.REDRAW].double(), ends).tolist()
    moved = float((chosen - actual).abs().max()) > SAME * model.table.spread(name)
    return Imagined(
        actual, told.value, low, high, status="changed" if moved else "unchanged", under=under
    )


def _told(variable: Variable, draws: Tensor, by: Convention) -> Alternative:
    """One value for all draws: of categories the likeliest, of redrawn or rounded ones the middle,

    else the mean.
    """
    if variable.discrete:
        masses = torch.bincount(draws.long(), minlength=len(variable.categories)).double()
        return Alternative(float(masses.argmax()), (masses / masses.sum()).numpy())
    if bool((draws == draws[0]).all()):
        return Alternative(float(draws[0]) + 0.0)
    middle = by is Convention.REDRAW or variable.step is not None
    return Alternative(float(draws.median() if middle else draws.mean()) + 0.0)


def _hull(
    model: Model, unit: Mapping[str, float], action: Action, way: Route, found: Imagined
) -> tuple[float, float] | None:
    """Lowest and highest of a number over kept ranks, ranks turned in any pattern, and redraw.

    Where noise is not unique (categories, cells on the way), 5–95 % of each pattern's draws count.
    """
    if found.low is None or found.high is None:
        return None
    scm, seed, outcome = model.scm(way.law), model.project.seed, way.law[-1].target
    one = _copies(unit, way.law, 1)
    rows = one if _unique(scm, one, seed) else _copies(unit, way.law, TURNED)
    ranked = [name for name in scm.names if has_rank(scm.mechanisms[name])]
    values = turned_worlds(scm, rows, action, seed, outcome, patterns(ranked)).double()
    ends = torch.quantile(values, torch.tensor([0.05, 0.95], dtype=torch.float64), dim=1)
    told = [found.low, found.high, *(each.value for each in found.under.values())]
    return min(float(ends[0].min()), *told), max(float(ends[1].max()), *told)


def _unique(scm: Scm, one: Samples, seed: int) -> bool:
    """True where a unit's noise follows from its values, so that one copy says all."""
    first, second = scm.abduct(one, seed), scm.abduct(one, seed, "again")
    return all(torch.equal(first[name], second[name]) for name in scm.names)


def _copies(
    unit: Mapping[str, float], law: tuple[Conditional, ...], copies: int
) -> dict[str, Tensor]:
    names = {v for c in law for v in (*c.given, c.target)}
    return {name: torch.full((copies,), unit[name], dtype=torch.float64) for name in names}


def _as_set(model: Model, unit: Mapping[str, float], action: Action) -> Action:
    """A shift of what no other intervention reaches sets the row's own value plus the shift."""
    moved = kept(model.nodes, action, model.vectors)
    return tuple(
        Set(item.variable, unit[item.variable] + item.amount)
        if isinstance(item, Shift) and item.variable not in moved
        else item
        for item in action
    )

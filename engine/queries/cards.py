"""All marginals at once, for the node cards: what was seen, and what it becomes."""

from collections.abc import Iterator
from dataclasses import replace

from engine.interventions import Action, Set, variables_of
from engine.queries.answers import CardsAnswer, Shape, Stage
from engine.queries.doing import QUICK, Arm, Step, arm_draws
from engine.queries.draws import Draws, column_shape, seen_shape, weights_among
from engine.queries.imagining import unit_values
from engine.queries.model import Model
from engine.queries.questions import Cards, Question, Rung
from engine.queries.routes import G_FORMULA, NO_PATH, route
from engine.queries.seeing import matching_rows
from engine.queries.worlds import draw
from engine.scm.conditional import Conditional

CARD_POINTS = 64


def answer_cards(model: Model, asked: Cards) -> Iterator[Step]:
    """Histograms of every variable; under `do` those that the action reaches."""
    question = asked.question
    seen = {name: shape for name in model.table.names if (shape := seen_card(model, name))}
    blank = CardsAnswer(seen=seen)
    if question.rung is Rung.SEE:
        yield _see(model, question, blank), True
    elif question.rung is Rung.DO:
        yield _do(model, question.action, blank), True
    else:
        yield _imagine(model, question, blank), True


def seen_card(model: Model, name: str) -> Shape | None:
    """The marginal of one column, as small as a card."""
    low, high = card_range(model, name)
    return seen_shape(model.table, name, low, high, CARD_POINTS, model.unset((name,)))


def card_range(model: Model, name: str) -> tuple[float, float]:
    """Where a card draws a number: fixed by the data, so that a slider moves only curves."""
    if model.table.variable(name).discrete:
        return 0.0, 1.0
    return model.drawing_range(name)


def _see(model: Model, question: Question, blank: CardsAnswer) -> CardsAnswer:
    if not question.evidence:
        return blank
    keep = matching_rows(model, question.evidence)
    after: dict[str, Shape] = {}
    for name in model.table.names:
        low, high = card_range(model, name)
        rows = keep & model.untouched((name,))
        column, weights = model.table[name][rows], weights_among(model.table, rows)
        variable = model.table.variable(name)
        shape = column_shape(variable, column, low, high, CARD_POINTS, weights)
        if shape is not None:
            after[name] = shape
    named = {condition.variable for condition in question.evidence}
    status = {name: "filtered" if name in named else "changed" for name in model.graph.variables}
    return replace(
        blank,
        after=after,
        status=status,
        matching=int(keep.sum()),
        rows=int(model.untouched(named).sum()),
    )


def _do(model: Model, action: Action, blank: CardsAnswer) -> CardsAnswer:
    action = tuple(item for item in action if item.variable in model.variables)
    if not action:
        return blank
    treated = set(variables_of(action))
    reached = model.graph.descendants(treated)
    status = {name: "unchanged" for name in model.graph.variables if name not in reached}
    for item in action:
        status[item.variable] = "set" if isinstance(item, Set) else "shifted"
    after, stages = _after(model, action, reached - treated, status)
    values = {item.variable: item.value for item in action if isinstance(item, Set)}
    stage = min(stages, key=list(Stage).index, default=None)
    return replace(blank, after=after, status=status, set_values=values, stage=stage)


def _after(
    model: Model, action: Action, outcomes: set[str] | frozenset[str], status: dict[str, str]
) -> tuple[dict[str, Shape], list[Stage]]:
    shapes: dict[str, Shape] = {}
    stages: list[Stage] = []
    world: Draws | None = None
    for name in model.graph.variables:
        if name not in outcomes:
            continue
        way = route(model.nodes, action, name, model.vectors)
        if way.footing.refused:
            status[name] = "not computed" if way.footing.identified else "not identified"
            continue
        if model.missing(way.needed):
            status[name] = "not fitted"
            continue
        status[name] = "changed"
        stages.append(model.stage(way.needed))
        whole = way.footing.method in (G_FORMULA, NO_PATH) and not model.graph.bidirected
        if whole and not model.missing(model.law):
            world = world or _whole(model, action)
            draws = world
        else:
            draws = arm_draws(model, Arm(action, way), name, QUICK)
        low, high = card_range(model, name)
        shapes[name] = draws.shape(model.variable(name), low, high, CARD_POINTS)
    return shapes, stages


def _whole(model: Model, action: Action) -> Draws:
    """One push through the whole graph, where no hidden cause stands in the way."""
    scm = model.scm(model.law)
    return draw(scm, model.noise(scm, QUICK), action, memory=model.memory(action, QUICK))


def _imagine(model: Model, question: Question, blank: CardsAnswer) -> CardsAnswer:
    action = tuple(item for item in question.action if item.variable in model.variables)
    row = question.row
    if row is None or not action or not 0 <= row < model.table.rows:
        return blank
    units = unit_values(model, row, action, question.convention)
    status = {name: unit.status for name, unit in units.items()}
    values = {name: u.imagined for name, u in units.items() if u.imagined is not None}
    return replace(blank, status=status, set_values=values)


def needed_for_cards(model: Model, question: Question) -> tuple[Conditional, ...]:
    """Conditionals that the cards use under this question, each once."""
    if question.rung is Rung.SEE or not question.action:
        return ()
    if question.rung is Rung.IMAGINE:
        return model.law
    treated = variables_of(question.action)
    ways = (
        route(model.nodes, question.action, name, model.vectors)
        for name in model.graph.variables
        if name in model.graph.descendants(treated) and name not in treated
    )
    return tuple(dict.fromkeys(c for way in ways for c in way.needed))

"""Cards placed by what they are to a question: confounders above, mediators between … No Qt."""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from math import ceil

from engine.errors import GraphError
from engine.graph.graph import CausalGraph
from engine.project import Position, Project, Role
from gui.canvas.layering import layers_of, neighbours
from gui.canvas.layout import LAYER_STEP, STEP_X, STEP_Y

ROW = STEP_Y + 30.0


def by_role(project: Project) -> dict[str, Position]:
    """Exposure left, outcome right, mediators between, confounders above, instruments further left.

    Other causes of the outcome stand below it; what is left, in rows below everything.
    """
    exposures, outcomes = exposures_of(project), outcomes_of(project)
    if not exposures or not outcomes:
        raise GraphError(
            "A layout by role needs to know what is set and what is asked about",
            remedy="mark an exposure (E) and an outcome (O) first",
        )
    groups = _groups(project.graph, exposures, outcomes)
    order = {v: i for i, v in enumerate(project.graph.order())}
    return _placed(project.graph, {k: sorted(v, key=order.__getitem__) for k, v in groups.items()})


def exposures_of(project: Project) -> set[str]:
    """What has the role; else what the question sets."""
    drawn = set(project.graph.variables)
    marked = {v for v, role in project.roles.items() if role is Role.EXPOSURE} & drawn
    return marked or {i.variable for i in project.question.action} & drawn


def outcomes_of(project: Project) -> set[str]:
    """What has the role; else what the question asks about."""
    drawn = set(project.graph.variables)
    marked = {v for v, role in project.roles.items() if role is Role.OUTCOME} & drawn
    return marked or {project.question.outcome or ""} & drawn


def _groups(
    graph: CausalGraph, exposures: Collection[str], outcomes: Collection[str]
) -> dict[str, set[str]]:
    """Each variable in exactly one group."""
    left = set(graph.variables) - set(exposures) - set(outcomes)
    before, toward = graph.ancestors(exposures), graph.ancestors(outcomes)
    after = graph.descendants(exposures)
    around = _toward(graph, outcomes, around=exposures)
    groups = {"exposure": set(exposures), "outcome": set(outcomes) - set(exposures)}
    for name, chosen in (
        ("mediator", after & toward),
        ("confounder", before & around),
        ("instrument", before),
        ("cause", toward),
    ):
        groups[name] = left & chosen
        left -= groups[name]
    return groups | {"other": left}


def _toward(graph: CausalGraph, outcomes: Collection[str], *, around: Collection[str]) -> set[str]:
    """Causes of the outcomes even where nothing passes `around`."""
    parents, _ = neighbours(graph)
    seen: set[str] = set()
    fresh = list(outcomes)
    while fresh:
        new = [v for v in parents[fresh.pop()] if v not in seen and v not in around]
        seen.update(new)
        fresh += new
    return seen


def _placed(graph: CausalGraph, groups: Mapping[str, list[str]]) -> dict[str, Position]:
    layers = layers_of(graph)
    places = _column(groups["exposure"], 0.0)
    x = 0.0
    columns = groupby(sorted(groups["mediator"], key=layers.__getitem__), key=layers.__getitem__)
    for _, column in columns:
        x += LAYER_STEP
        places |= _column(list(column), x)
    width = x + LAYER_STEP
    places |= _column(groups["outcome"], width)
    back = 0.0
    instruments = sorted(groups["instrument"], key=lambda v: -layers[v])
    for _, column in groupby(instruments, key=layers.__getitem__):
        back -= LAYER_STEP
        places |= _column(list(column), back)
    top = min(y for _, y in places.values())
    places |= _rows(groups["confounder"], (0.0, width), top - ROW, -ROW)
    bottom = max(y for _, y in places.values())
    causes = _rows(groups["cause"], (0.0, width), bottom + ROW, ROW)
    places |= causes
    bottom = max(y for _, y in places.values())
    return places | _rows(groups["other"], (0.0, width), bottom + ROW, ROW)


def _column(names: list[str], x: float) -> dict[str, Position]:
    """One above the other around the middle line."""
    top = -(len(names) - 1) / 2
    return {v: (x, (top + i) * STEP_Y) for i, v in enumerate(names)}


def _rows(
    names: Iterable[str], span: tuple[float, float], first: float, step: float
) -> dict[str, Position]:
    """In rows over the span from left to right, each row centred."""
    names = list(names)
    most = max(1, int((span[1] - span[0]) / STEP_X) + 1)
    rows = ceil(len(names) / most)
    middle, places = (span[0] + span[1]) / 2, {}
    for row in range(rows):
        line = names[row * most : (row + 1) * most]
        for i, name in enumerate(line):
            places[name] = (middle + (i - (len(line) - 1) / 2) * STEP_X, first + row * step)
    return places

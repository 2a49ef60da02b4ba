"""Several columns as one variable, and taken apart: verbs Project → Project. No Qt."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from types import MappingProxyType

from engine.errors import GraphError
from engine.graph.graph import CausalGraph, Edge, graph_of, pair
from engine.graph.tiers import check_tiers
from engine.graph.vectors import Vectors
from engine.interventions import Action, Intervention, Shift, variables_of
from engine.project import Position, Project
from gui import edits

APART = 150.0  # canvas units between the cards of a vector taken apart


def make_vector(
    project: Project,
    name: str,
    columns: Iterable[str],
    at: Position = (0.0, 0.0),
    shown: Mapping[str, Position] = MappingProxyType({}),
) -> Project:
    """One node `name` in place of the nodes of these columns, with all their edges.

    Arrows between the columns go: within a vector there are none. Refused where the node would be
    its own cause. Columns that were not drawn join in; `at` is its place where none was, `shown`
    where cards stand that nobody has placed. A question that sets some of the columns only sets
    none of them any more.
    """
    name, columns = name.strip(), tuple(columns)
    _check(project, name, columns)
    tiers = _joined_tiers(project, name, columns)
    merged = dict.fromkeys(columns, name)
    graph = _merged(project.graph, name, merged)
    check_tiers(graph, tiers)
    drawn = [column for column in columns if column in project.graph.variables]
    standing = {**shown, **project.positions}
    places = [standing[column] for column in drawn if column in standing]
    if places:
        at = (sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places))
    roles = [project.roles[column] for column in drawn if column in project.roles]
    kept = {v: place for v, place in standing.items() if v in graph.variables}
    question = project.question
    contrast = _whole(question.contrast, columns) if question.contrast else question.contrast
    question = replace(
        question,
        action=_whole(question.action, columns),
        contrast=contrast if contrast or not question.contrast else None,
    )
    return replace(
        project,
        graph=graph,
        positions={**kept, name: at},
        roles={v: role for v, role in project.roles.items() if v not in merged}
        | ({name: roles[0]} if roles else {}),
        assumed=_assumed(project, merged),
        vectors=Vectors((*project.vectors.parts, (name, columns))),
        question=question,
        tiers=tiers,
    )


def take_apart(
    project: Project, name: str, shown: Mapping[str, Position] = MappingProxyType({})
) -> Project:
    """A node per component of the vector `name`, each with all its edges; the law stays as it was.

    For that each component gets an arrow from those before it, which is only assumed: within the
    vector it claimed nothing, now it would.
    """
    columns = project.vectors.columns(name)
    chain = set(combinations(columns, 2))
    vectors = Vectors(tuple(part for part in project.vectors.parts if part[0] != name))
    own = Vectors(((name, columns),))
    graph = CausalGraph(
        own.spread(project.graph.variables),
        frozenset(_spread(own, project.graph.edges) | chain),
        frozenset(pair(*both) for both in _spread(own, project.graph.bidirected)),
        frozenset(own.spread(project.graph.latent)),
    )
    standing = {**shown, **project.positions}
    x, y = standing.get(name, (0.0, 0.0))
    top = y - APART * (len(columns) - 1) / 2
    places = {column: (x, top + APART * i) for i, column in enumerate(columns)}
    role, tier = project.roles.get(name), project.tiers.get(name)
    tiers = {v: t for v, t in project.tiers.items() if v != name}
    if tier is not None:
        tiers |= dict.fromkeys(columns, tier)
    check_tiers(graph, tiers)
    return replace(
        project,
        graph=graph,
        tiers=tiers,
        positions={v: at for v, at in standing.items() if v != name} | places,
        roles={v: r for v, r in project.roles.items() if v != name}
        | ({} if role is None else dict.fromkeys(columns, role)),
        assumed=frozenset(_spread(own, project.assumed) | chain),
        vectors=vectors,
    )


def proposed_name(project: Project, columns: Iterable[str]) -> str:
    """What the columns' names begin with, or V1, V2 …: a name that nothing has yet."""
    taken = {*project.graph.variables, *project.columns}
    taken |= set(project.table.names) if project.table is not None else set()
    stem = os.path.commonprefix(list(columns)).rstrip("_-. 0123456789")
    if stem and stem not in taken:
        return stem
    stem = stem or "V"
    return next(name for i in range(1, len(taken) + 2) if (name := f"{stem}{i}") not in taken)


def joinable(project: Project, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that can become components: single measured columns, in order."""
    if project.table is None:
        return ()
    hidden, wanted = project.graph.latent, set(names)
    free = (name for name in project.table.names if project.vectors.node(name) == name)
    return tuple(name for name in free if name in wanted and name not in hidden)


def settable(project: Project) -> tuple[str, ...]:
    """The variables that one more do(…) can name: whole ones, neither set nor the outcome."""
    taken = {*variables_of(project.question.action), project.question.outcome}
    measured = filter(project.measured, project.graph.variables)
    return tuple(v for v in measured if taken.isdisjoint(project.vectors.columns(v)))


def start_doing(project: Project, name: str, first: Callable[[str], Intervention]) -> Project:
    """One more do(…), on every component of a vector; `first` says what to start from."""
    for column in project.vectors.beside(name):
        project = edits.start_doing(project, first(column))
    return project


def ask_do(project: Project, name: str, first: Callable[[str], Intervention]) -> Project:
    """do(…) from wherever the question stands, on every component of a vector."""
    for column in project.vectors.beside(name):
        project = edits.ask_do(project, first(column))
    return project


def _check(project: Project, name: str, columns: tuple[str, ...]) -> None:
    if len(set(columns)) < 2:
        raise GraphError("One variable needs two columns or more", remedy="select several")
    if not name:
        raise GraphError("A variable needs a name", remedy="type at least one letter")
    if project.vectors.node(name) != name:
        raise GraphError(
            f"{name} is part of {project.vectors.node(name)}", remedy="choose another name"
        )
    if name in project.graph.variables or (project.table is not None and name in project.table):
        raise GraphError(f"There is already a variable named {name}", remedy="choose another name")
    for column in columns:
        if column not in joinable(project, columns):
            raise GraphError(f"{column} is not one measured column", remedy="leave it out")


def _merged(graph: CausalGraph, name: str, merged: dict[str, str]) -> CausalGraph:
    """`graph` with `merged` variables as one; a cycle is refused and named."""
    variables = dict.fromkeys((*(merged.get(v, v) for v in graph.variables), name))
    return graph_of(
        variables,
        sorted(_mapped(graph.edges, merged)),
        sorted(_mapped(graph.bidirected, merged)),
        sorted(graph.latent),
    )


def _joined_tiers(project: Project, name: str, columns: tuple[str, ...]) -> dict[str, int]:
    """Time tiers once columns are one variable: theirs, where they have the same."""
    own = {project.tiers.get(column) for column in columns}
    tiers = {v: tier for v, tier in project.tiers.items() if v not in columns}
    one = own.pop() if len(own) == 1 else None
    return tiers if one is None else {**tiers, name: one}


def _mapped(edges: Iterable[Edge], merged: dict[str, str]) -> set[Edge]:
    """Edges between the merged variable and others; those within it are left out."""
    named = {(merged.get(a, a), merged.get(b, b)) for a, b in edges}
    return {(a, b) for a, b in named if a != b}


def _assumed(project: Project, merged: dict[str, str]) -> frozenset[Edge]:
    """Arrows of the merged variable that no confirmed arrow stands for."""
    confirmed = _mapped(project.graph.edges - project.assumed, merged)
    return frozenset(_mapped(project.assumed, merged) - confirmed)


def _spread(vectors: Vectors, edges: Iterable[Edge]) -> set[Edge]:
    return {
        (a, b) for one, other in edges for a in vectors.columns(one) for b in vectors.columns(other)
    }


def _whole(action: Action, columns: tuple[str, ...]) -> Action:
    """`action` without what it does to some of `columns` only, or in different ways."""
    acted = [item for item in action if item.variable in columns]
    ways = {isinstance(item, Shift) for item in acted}
    if len(acted) == len(columns) and len(ways) == 1:
        return action
    return tuple(item for item in action if item not in acted)

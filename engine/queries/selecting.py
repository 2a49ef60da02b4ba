"""Words on rows that were selected by something drawn: what an answer does not heed."""

from functools import lru_cache

import numpy as np

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.graph.projection import project
from engine.identify.complete import derive
from engine.identify.estimand import joined
from engine.identify.selection import recover, seeing_recoverable
from engine.identify.spoken import listed
from engine.interventions import Action, Evidence, variables_of
from engine.project import Project, Role
from engine.queries.model import Model

UNHEEDED = "Rows are selected by {names}, which this answer does not heed."
ELSEWHERE = "All rows share {names}: in others the two may go together otherwise."


def selection_words(model: Model, action: Action, outcome: str) -> tuple[str, ...]:
    """Why the answer may hold for no one, where rows are marked as selected; () where it may stand.

    It stands where selected rows give the same estimand; elsewhere it is told what stands in the
    way. A marked variable that varies in the table selected nothing.
    """
    drawn = model.project
    selected = _selected(model)
    if not selected or not action:
        return ()
    treatments = model.vectors.nodes(variables_of(action))
    return _words(_drawn(drawn, selected), treatments, model.vectors.node(outcome), selected)


def seeing_words(model: Model, evidence: Evidence, outcome: str) -> tuple[str, ...]:
    """Why what was seen in these rows may not be so in others; () where the graph says it is."""
    selected = _selected(model)
    if not selected or not evidence:
        return ()
    given = set(model.vectors.nodes(variables_of(evidence)))
    node, drawn = model.vectors.node(outcome), _drawn(model.project, selected)
    if node in selected or seeing_recoverable(drawn, node, given - set(selected), selected):
        return ()
    return (ELSEWHERE.format(names=listed(selected)),)


def _selected(model: Model) -> tuple[str, ...]:
    """What is marked as selected and does not vary."""
    drawn = model.project
    return tuple(
        name
        for name in drawn.graph.variables
        if drawn.roles.get(name) is Role.SELECTED and not _varies(model, name)
    )


def _drawn(drawn: Project, selected: tuple[str, ...]) -> CausalGraph:
    """The graph with what is not measured as hidden, the selection not."""
    hidden = {v for v in drawn.graph.variables if not drawn.measured(v)} - set(selected)
    graph = drawn.graph
    return CausalGraph(graph.variables, graph.edges, graph.bidirected, frozenset(hidden))


@lru_cache(maxsize=256)
def _words(
    graph: CausalGraph, treatments: tuple[str, ...], outcome: str, selected: tuple[str, ...]
) -> tuple[str, ...]:
    unheeded = UNHEEDED.format(names=listed(selected))
    try:
        found = recover(graph, treatments, (outcome,), selected)
    except QueryError:  # what is asked is selected itself, or the selection causes something
        return (unheeded,)
    if found.estimand is None:
        return (found.why_not,)
    plain = derive(project(graph), treatments, (outcome,)).estimand
    same = plain is not None and joined(plain.expression) == joined(found.estimand.expression)
    return () if same else (unheeded,)


def _varies(model: Model, name: str) -> bool:
    if name not in model.variables:
        return False
    column = model.table[name]
    return len(np.unique(column[~np.isnan(column)])) > 1

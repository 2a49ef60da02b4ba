"""Words on rows that were selected by something drawn: what an answer does not heed."""

from functools import lru_cache

import numpy as np

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.graph.projection import project
from engine.identify.complete import derive
from engine.identify.estimand import joined
from engine.identify.selection import recover
from engine.identify.spoken import listed
from engine.interventions import Action, variables_of
from engine.project import Role
from engine.queries.model import Model

UNHEEDED = "Rows are selected by {names}, which this answer does not heed."


def selection_words(model: Model, action: Action, outcome: str) -> tuple[str, ...]:
    """Why the answer may hold for no one, where rows are marked as selected; () where it may stand.

    It stands where selected rows give the same estimand; elsewhere it is told what stands in the
    way. A marked variable that varies in the table selected nothing.
    """
    drawn = model.project
    selected = tuple(
        name
        for name in drawn.graph.variables
        if drawn.roles.get(name) is Role.SELECTED and not _varies(model, name)
    )
    if not selected or not action:
        return ()
    hidden = {v for v in drawn.graph.variables if not drawn.measured(v)} - set(selected)
    graph = CausalGraph(
        drawn.graph.variables, drawn.graph.edges, drawn.graph.bidirected, frozenset(hidden)
    )
    treatments = model.vectors.nodes(variables_of(action))
    return _words(graph, treatments, model.vectors.node(outcome), selected)


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

"""The instant answer to a question about a project: what is held, by whose word, and the number."""

from collections.abc import Iterator

from engine.errors import QueryError
from engine.frontier.instant import instant
from engine.graph.graph import CausalGraph
from engine.identify.adjustment import adjustment_sets
from engine.queries.balanced import Basis, Instant, InstantAnswer
from engine.queries.doing import Step
from engine.queries.model import Model


def answer_instant(model: Model, asked: Instant) -> Iterator[Step | None]:
    """The balanced comparison, then other estimators one by one; None after a slice of work."""
    model.rows_needed("balance compares them")
    for name in (asked.treatment, asked.outcome, *asked.fixed):
        if name is not None:
            model.table.variable(name)
    basis, held = footing(model, asked)
    unset = model.unset((str(asked.outcome), *held)) if basis is Basis.GRAPH else frozenset()
    result: InstantAnswer | None = None
    for told in instant(model.table, asked, basis, held, model.project.seed, unset):
        if told is None:
            yield None
            continue
        result = told
        yield result, False
    assert result is not None
    yield result, True


def footing(model: Model, asked: Instant) -> tuple[Basis, tuple[str, ...]]:
    """What is held, and why: the graph's smallest adjustment set, else what was ticked."""
    if asked.treatment is None or asked.outcome is None:
        raise QueryError("Choose a treatment and an outcome")
    graph, vectors = model.nodes, model.vectors
    start, end = vectors.node(asked.treatment), vectors.node(asked.outcome)
    whole = start == asked.treatment  # a column of several is no node of its own
    drawn = {start, end} <= set(graph.variables) and start != end and whole
    if drawn and _leads(graph, start, end):
        sets = adjustment_sets(graph, (start,), end)
        if sets:
            return Basis.GRAPH, vectors.spread(sets[0])
        return Basis.OPEN, asked.fixed
    if drawn and _leads(graph, end, start):
        return Basis.OPEN, asked.fixed
    return (Basis.TICKED if asked.fixed else Basis.NOTHING), asked.fixed


def _leads(graph: CausalGraph, cause: str, effect: str) -> bool:
    return cause in graph.ancestors((effect,))

"""What would make P(outcome | do(treatments)) follow from the data: measure something, or a lot.

Each proposal is tried: the graph is drawn as it then would be, and `identify` asked again.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.graph.graph import CausalGraph, Edge
from engine.identify.identification import identify

MOST_TRIED = 24


class Way(StrEnum):
    """What would be done."""

    MEASURE = "measure"  # a variable that is drawn but not measured
    HIDDEN_CAUSE = "hidden cause"  # what a ↔ stands for
    MEDIATOR = "mediator"  # all by which a treatment works on what it now points at
    LOT = "lot"  # set the treatments by lot


@dataclass(frozen=True, slots=True)
class Remedy:
    """`names`: the variable, the two ends, or the treatments; alone it would be enough."""

    way: Way
    names: tuple[str, ...]


def remedies(
    graph: CausalGraph, treatments: Collection[str], outcome: str
) -> Iterator[Remedy | None]:
    """Those that would be enough, one by one; None after each that would not. A lot comes last."""
    tried = _proposals(graph, tuple(treatments), outcome)
    for _, (remedy, drawn) in zip(range(MOST_TRIED), tried, strict=False):
        yield remedy if identify(drawn, treatments, outcome).identified else None
    lot = Remedy(Way.LOT, tuple(treatments))
    yield lot if identify(_by_lot(graph, treatments), treatments, outcome).identified else None


def _proposals(
    graph: CausalGraph, treatments: tuple[str, ...], outcome: str
) -> Iterator[tuple[Remedy, CausalGraph]]:
    concerned = graph.ancestors((*treatments, outcome))
    for name in graph.variables:
        if name in graph.latent and name in concerned:
            yield Remedy(Way.MEASURE, (name,)), replace(graph, latent=graph.latent - {name})
    for a, b in sorted(graph.bidirected):
        if {a, b} <= concerned:
            yield Remedy(Way.HIDDEN_CAUSE, (a, b)), _measured(graph, (a, b))
    for treatment in treatments:
        if (treatment, outcome) in graph.edges:
            yield Remedy(Way.MEDIATOR, (treatment, outcome)), _between(graph, treatment, outcome)


def _measured(graph: CausalGraph, ends: Edge) -> CausalGraph:
    """a ← new → b in place of a ↔ b."""
    new = _new_name(graph)
    return replace(
        graph,
        variables=(*graph.variables, new),
        edges=graph.edges | {(new, end) for end in ends},
        bidirected=graph.bidirected - {ends},
    )


def _between(graph: CausalGraph, cause: str, effect: str) -> CausalGraph:
    """cause → new → effect in place of cause → effect, and no hidden cause of the new one."""
    new = _new_name(graph)
    edges = graph.edges - {(cause, effect)} | {(cause, new), (new, effect)}
    return replace(graph, variables=(*graph.variables, new), edges=edges)


def _by_lot(graph: CausalGraph, treatments: Collection[str]) -> CausalGraph:
    """Nothing leads into the treatments."""
    return replace(
        graph,
        edges=frozenset(edge for edge in graph.edges if edge[1] not in treatments),
        bidirected=frozenset(edge for edge in graph.bidirected if not set(edge) & set(treatments)),
    )


def _new_name(graph: CausalGraph) -> str:
    number = 0
    while (name := f"new {number}") in graph.variables:
        number += 1
    return name

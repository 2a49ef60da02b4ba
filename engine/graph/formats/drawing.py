"""What a graph file holds: the graph, where its variables are drawn, and their roles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.errors import GraphError
from engine.graph.graph import CausalGraph, Edge, pair
from engine.project import Position, Role


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph as drawn. Positions are centres in canvas units, y down; `name` is the graph's title.

    `warnings`: one sentence for each thing that was dropped or ignored on reading.
    """

    graph: CausalGraph = field(default_factory=CausalGraph)
    positions: Mapping[str, Position] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    name: str = ""
    warnings: tuple[str, ...] = ()


def checked_graph(
    names: Iterable[str],
    edges: Iterable[Edge],
    bidirected: Iterable[Edge],
    latent: Iterable[str] = (),
) -> CausalGraph:
    """A graph from a file, variables in order of mention; a cycle is refused and named."""
    edges, bidirected = list(edges), list(bidirected)
    mentioned = dict.fromkeys([*names, *(v for edge in [*edges, *bidirected] for v in edge)])
    if any(not name.strip() for name in mentioned):
        raise GraphError("A variable has an empty name", remedy="name it")
    for a, b in bidirected:
        if a == b:
            raise GraphError(f"{a} ↔ {a} says nothing", remedy="join two different variables")
    graph = CausalGraph(
        tuple(mentioned),
        frozenset(edges),
        frozenset(pair(a, b) for a, b in bidirected),
        frozenset(latent),
    )
    graph.order()
    return graph


def place(line: int, column: int = 0) -> str:
    """Where in a text, counted from 1: "line 3, column 7"."""
    return f"line {line}, column {column}" if column else f"line {line}"

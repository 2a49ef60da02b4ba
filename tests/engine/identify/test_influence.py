"""Causal and biasing paths against the definitions, path by path."""

from collections.abc import Iterator

import networkx
import numpy as np
import pytest

from engine.graph.graph import CausalGraph, graph_of, pair
from engine.identify.influence import Joint, biasing_paths, in_words, influence, joints
from tests.engine.graph.graphs import random_graph

Edge = tuple[str, str, str, str]  # from, to, mark at from, mark at to: ">" is an arrowhead


def all_paths(graph: CausalGraph, x: str, ys: set[str], xs: set[str]) -> Iterator[list[Edge]]:
    """Every path that leaves x, visits no variable twice and ends at its first outcome."""
    edges = [(a, b, "-", ">") for a, b in graph.edges]
    edges += [(a, b, ">", ">") for a, b in graph.bidirected]
    edges += [(b, a, there, here) for a, b, here, there in edges]

    def onward(path: list[Edge], seen: set[str]) -> Iterator[list[Edge]]:
        here = path[-1][1] if path else x
        for edge in edges:
            if edge[0] != here or edge[1] in seen or edge[1] in xs:
                continue
            if edge[1] in ys:
                yield [*path, edge]
            else:
                yield from onward([*path, edge], seen | {edge[1]})

    yield from onward([], {x})


def is_open(graph: CausalGraph, path: list[Edge], given: set[str]) -> bool:
    """Colliders are in `given` or above it, everything else is not in it (Pearl 2009, 1.2.3)."""
    dag = networkx.DiGraph()
    dag.add_nodes_from(graph.variables)
    dag.add_edges_from(graph.edges)
    for before, after in zip(path[:-1], path[1:], strict=True):
        middle = before[1]
        if before[3] == after[2] == ">":
            if not given & (networkx.descendants(dag, middle) | {middle}):
                return False
        elif middle in given:
            return False
    return True


def named(path: list[Edge]) -> set[Joint]:
    found = set[Joint]()
    for a, b, here, there in path:
        if here == there:
            found.add((*pair(a, b), True))
        else:
            found.add((a, b, False) if there == ">" else (b, a, False))
    return found


def directed(path: list[Edge]) -> bool:
    return all(edge[2:] == ("-", ">") for edge in path)


@pytest.mark.parametrize("seed", range(60))
def test_edges_are_those_of_the_paths(seed: int) -> None:
    graph = random_graph(seed, 6, 0.4, 0.2)
    rng = np.random.default_rng(seed)
    names = list(rng.permutation(list(graph.variables)))
    xs, ys = set(names[: 1 + seed % 2]), set(names[2 : 3 + seed % 3 // 2])
    given = {v for v in names[4:] if rng.random() < 0.5}
    paths = [p for x in xs for p in all_paths(graph, x, ys, xs)]
    causal = set[Joint]().union(*(named(p) for p in paths if directed(p)))
    free = set[Joint]().union(
        *(named(p) for p in paths if directed(p) and is_open(graph, p, given))
    )
    biasing = [p for p in paths if not directed(p) and is_open(graph, p, given)]
    found = influence(graph, xs, ys, given)
    assert found.complete
    assert found.causal == free
    assert found.closed == causal - free
    assert found.biasing == set[Joint]().union(*map(named, biasing))
    listed, whole = biasing_paths(graph, xs, ys, given, 1000)
    assert whole
    assert len(listed) == len(biasing)
    assert [len(path) for path in listed] == sorted(len(path) + 1 for path in biasing)


def test_m_bias_opens_by_adjusting() -> None:
    """Greenland, Pearl, Robins 1999."""
    m = graph_of(edges=[("a", "x"), ("a", "m"), ("b", "m"), ("b", "y"), ("x", "y")])
    assert influence(m, ["x"], ["y"]).biasing == frozenset()
    (path,), whole = biasing_paths(m, ["x"], ["y"], ["m"])
    assert whole
    assert in_words(path) == "x ← a → m ← b → y"
    assert influence(m, ["x"], ["y"], ["m"]).causal == {("x", "y", False)}


def test_without_a_question_nothing_is_joined() -> None:
    graph = graph_of(edges=[("x", "y")])
    assert influence(graph, [], ["y"]).causal == frozenset()
    assert influence(graph, ["x"], ["x"]).causal == frozenset()


def test_millions_of_paths_are_not_walked_one_by_one() -> None:
    """A ladder of 24 rungs has more than 2²³ open paths; its edges are all on one but the last."""
    edges = [(f"a{i}", f"a{i + 1}") for i in range(24)] + [
        (f"a{i}", f"b{i + 1}") for i in range(24)
    ]
    edges += [(f"b{i}", f"a{i + 1}") for i in range(1, 24)] + [("a0", "x"), ("a24", "y")]
    graph = graph_of(edges=edges)
    found = influence(graph, ["x"], ["y"])
    assert found.complete
    assert found.biasing == {(a, b, False) for a, b in edges if b != "b24"}
    paths, whole = biasing_paths(graph, ["x"], ["y"], most=3)
    assert not whole
    assert len(paths) <= 3


def test_where_the_search_gives_up_no_bias_is_missed() -> None:
    """Walks pass where no path can, and to see that takes too long in a dense graph."""
    graph = random_graph(14, 24, 0.3, 0.0)
    names = graph.variables
    asked = [names[6]], [names[-2]], [names[12], names[8]]
    found = influence(graph, *asked)
    listed, _ = biasing_paths(graph, *asked, most=200)
    assert not found.complete
    assert found.biasing >= set[Joint]().union(*(joints(path) for path in listed))


@pytest.mark.parametrize("seed", range(40))
def test_ancestors_lead_there_past_everything_with_a_part(seed: int) -> None:
    graph = random_graph(seed, 7, 0.35, 0.1)
    rng = np.random.default_rng(seed)
    x, y, *rest = rng.permutation(list(graph.variables)).tolist()
    given = {v for v in rest if rng.random() < 0.3}
    found = influence(graph, [x], [y], given)
    for end, told in ((x, found.above_exposures), (y, found.above_outcomes)):
        free = networkx.DiGraph(graph.edges)
        free.add_nodes_from(graph.variables)
        free.remove_nodes_from(({x, y} | given) - {end})
        assert told == networkx.ancestors(free, end)

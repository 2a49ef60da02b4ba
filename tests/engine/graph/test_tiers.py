"""Time tiers: exactly arrows that lead back in time are refused. Oracle: networkx, all paths."""

from itertools import permutations, product

import networkx as nx
import numpy as np
import pytest

from engine.errors import GraphError
from engine.graph.graph import CausalGraph, graph_of
from engine.graph.tiers import backward, check_arrow, check_tiers, spread


def leads_back(edges: set[tuple[str, str]], tiers: dict[str, int]) -> bool:
    graph = nx.DiGraph(edges)
    return any(
        tiers[a] > tiers[b]
        for a, b in permutations(tiers, 2)
        if a in graph and b in graph and nx.has_path(graph, a, b)
    )


def refuses(graph: CausalGraph, tiers: dict[str, int], edge: tuple[str, str]) -> bool:
    try:
        check_arrow(graph, tiers, *edge)
    except GraphError:
        return True
    return False


@pytest.mark.parametrize("seed", range(30))
def test_an_arrow_is_refused_exactly_where_a_path_would_lead_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = list("abcdef")
    drawn = {(a, b) for a, b in product(names, names) if a < b and rng.random() < 0.35}
    tiers = {v: int(rng.integers(3)) for v in names if rng.random() < 0.6}
    found = backward(graph_of(names, sorted(drawn)), tiers)
    assert bool(found) == leads_back(drawn, tiers)
    if found:
        assert tiers[found[0]] > tiers[found[-1]]
        assert set(zip(found, found[1:], strict=False)) <= drawn
        return
    graph, same = graph_of(names, sorted(drawn)), nx.DiGraph()
    same.add_nodes_from(names)
    same.add_edges_from(drawn)
    for a, b in permutations(names, 2):
        if (a, b) not in drawn and not nx.has_path(same, b, a):
            assert refuses(graph, tiers, (a, b)) == leads_back(drawn | {(a, b)}, tiers)


def test_the_refusal_names_both_tiers_and_the_way() -> None:
    graph = graph_of("abc", [("a", "b")])
    with pytest.raises(GraphError, match=r"a comes later than c \(time tiers 2 and 1\).*a → b → c"):
        check_arrow(graph, {"a": 2, "c": 1}, "b", "c")
    with pytest.raises(GraphError, match="a comes later than b"):
        check_tiers(graph, {"a": 1, "b": 0})
    check_tiers(graph, {"a": 1, "b": 1})


def test_spread_keeps_empty_tiers() -> None:
    assert spread({"a": 2, "b": 0, "x": 1}, ("a", "b", "c")) == (("b",), (), ("a",))
    assert spread({}, ("a",)) == ()

"""Vectors in a graph: one node says of its columns what d-separation among the columns says."""

import itertools

import networkx
import numpy as np
import pytest

from engine.checks.independence import componentwise
from engine.errors import GraphError, QueryError
from engine.graph.graph import CausalGraph, graph_of
from engine.graph.projection import factorisation
from engine.graph.separation import separated
from engine.graph.vectors import (
    PLAIN,
    Vectors,
    check_vectors,
    check_whole,
    expanded,
    spread_out,
    vectors_of,
)
from engine.interventions import Set, Shift
from engine.scm.conditional import Conditional
from tests.engine.graph.graphs import canonical

POS = vectors_of({"pos": ("px", "py")})
TRIAL = graph_of(("z", "pos", "y"), [("z", "pos"), ("pos", "y")], [("pos", "y")])


def random_graph(seed: int, hidden: float = 0.2) -> CausalGraph:
    rng, names = np.random.default_rng(seed), ("a", "V", "b", "W", "c")
    order = rng.permutation(names).tolist()
    pairs = list(itertools.combinations(order, 2))
    edges = [pair for pair in pairs if rng.random() < 0.5]
    return graph_of(names, edges, [pair for pair in pairs if rng.random() < hidden])


def of_two() -> Vectors:
    return vectors_of({"V": ("v1", "v2", "v3"), "W": ("w1", "w2")})


def test_what_a_vector_becomes() -> None:
    graph = expanded(TRIAL, POS)
    assert graph.variables == ("z", "px", "py", "y")
    assert graph.edges == {("z", "px"), ("z", "py"), ("px", "py"), ("px", "y"), ("py", "y")}
    assert graph.bidirected == {("px", "y"), ("py", "y")}
    assert expanded(TRIAL, PLAIN) is TRIAL


@pytest.mark.parametrize("seed", range(8))
def test_separation_of_nodes_is_separation_of_their_columns(seed: int) -> None:
    """On the graph of columns by networkx, hidden causes written out as variables."""
    graph, vectors = random_graph(seed), of_two()
    dag = canonical(expanded(graph, vectors))
    for x, y in itertools.combinations(graph.variables, 2):
        others = [v for v in graph.variables if v not in (x, y)]
        for size in range(len(others) + 1):
            for given in itertools.combinations(others, size):
                sides = (set(vectors.spread(names)) for names in ((x,), (y,), given))
                told = networkx.is_d_separator(dag, *sides)
                assert separated(graph, (x,), (y,), given) == told


@pytest.mark.parametrize("seed", range(8))
def test_the_chain_rule_of_nodes_spread_out_is_that_of_the_columns(seed: int) -> None:
    graph, vectors = random_graph(seed), of_two()
    columns = expanded(graph, vectors)
    assert spread_out(factorisation(graph), graph, vectors) == factorisation(columns)


def test_given_stands_in_the_order_of_the_columns() -> None:
    graph = graph_of(("pos", "z"), [("z", "pos")])
    law = spread_out((Conditional("pos", ("z",)),), graph, POS)
    assert law == (Conditional("px", ("z",)), Conditional("py", ("px", "z")))


def test_an_independence_of_vectors_is_told_component_by_component() -> None:
    """The conjunction of v_i ⫫ w_j | Z, v_<i, w_<j is V ⫫ W | Z (chain rule)."""
    graph = graph_of(("V", "W", "a"))
    told = list(componentwise([("V", "W", ("a",))], graph, vectors_of({"V": "pq", "W": "rs"})))
    assert told == [
        ("p", "r", ("a",)),
        ("p", "s", ("r", "a")),
        ("q", "r", ("p", "a")),
        ("q", "s", ("p", "r", "a")),
    ]


def test_a_vector_is_set_whole_or_not_at_all() -> None:
    check_whole(POS, (Set("px", 1.0), Set("py", 2.0), Set("z", 0.0)))
    check_whole(POS, ())
    with pytest.raises(QueryError, match=r"pos is one variable of px, py \(px\): set both"):
        check_whole(POS, (Set("px", 1.0),))
    with pytest.raises(QueryError, match="set all 3"):
        check_whole(of_two(), (Set("v2", 1.0), Set("v1", 1.0)))
    with pytest.raises(QueryError, match="set all of them, or shift all of them"):
        check_whole(POS, (Set("px", 1.0), Shift("py", 1.0)))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"pos": ("px",)}, "at least two"),
        ({"pos": ("px", "px")}, "at least two"),
        ({"pos": ("px", "py"), "V": ("py", "y")}, "py is already part of pos"),
        ({"gone": ("px", "py")}, "no variable gone"),
        ({"z": ("px", "py")}, "z is itself a column"),
        ({"pos": ("px", "y")}, "y is part of pos and stands in the graph"),
        ({"pos": ("px", "pz")}, "no column pz"),
    ],
)
def test_vectors_that_cannot_be_are_refused(parts: dict[str, tuple[str, ...]], words: str) -> None:
    with pytest.raises(GraphError, match=words):
        check_vectors(vectors_of(parts), TRIAL, ("z", "px", "py", "y"))

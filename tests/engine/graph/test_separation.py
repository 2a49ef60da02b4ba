"""m-separation against networkx d-separation on the graph with every hidden cause written out."""

from itertools import combinations

import networkx
import numpy as np
import pytest

from engine.errors import GraphError
from engine.graph.graph import graph_of, pair
from engine.graph.separation import open_path, open_path_in_words, separated
from tests.engine.graph.graphs import canonical, random_graph


@pytest.mark.parametrize("seed", range(60))
def test_agrees_with_d_separation_of_the_canonical_dag(seed: int) -> None:
    graph = random_graph(seed, 6)
    dag = canonical(graph)
    rng = np.random.default_rng(seed)
    for x, y in combinations(graph.variables, 2):
        rest = [v for v in graph.variables if v not in (x, y)]
        for _ in range(4):
            given = {v for v in rest if rng.random() < 0.4}
            expected = networkx.is_d_separator(dag, {x}, {y}, given)
            assert separated(graph, (x,), (y,), given) == expected


@pytest.mark.parametrize("seed", range(30))
def test_sets_agree_with_d_separation(seed: int) -> None:
    graph = random_graph(seed, 8, arrows=0.2, both=0.08)
    names = np.random.default_rng((seed, 1)).permutation(graph.variables).tolist()
    xs, ys, given = set(names[:2]), set(names[2:4]), set(names[4:6])
    assert separated(graph, xs, ys, given) == networkx.is_d_separator(
        canonical(graph), xs, ys, given
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_open_path_is_a_path_and_is_open(seed: int) -> None:
    """No variable twice, consecutive ones adjacent, and the path alone stays connected."""
    graph = random_graph(seed, 7)
    for x, y in combinations(graph.variables, 2):
        given = set(graph.variables[:3]) - {x, y}
        path = open_path(graph, (x,), (y,), given)
        if not path:
            continue
        assert len(set(path)) == len(path)
        assert {path[0], path[-1]} == {x, y}
        for a, b in zip(path, path[1:], strict=False):
            assert {(a, b), (b, a)} & graph.edges or pair(a, b) in graph.bidirected
        on_path = {v for v in path[1:-1] if v in given}
        for v in on_path:  # a variable held fixed on an open path has two arrowheads into it
            i = path.index(v)
            for neighbour in (path[i - 1], path[i + 1]):
                assert (neighbour, v) in graph.edges or pair(v, neighbour) in graph.bidirected


def test_a_collider_opens_by_its_descendant() -> None:
    graph = graph_of(edges=[("x", "c"), ("y", "c"), ("c", "d")])
    assert separated(graph, ("x",), ("y",))
    assert not separated(graph, ("x",), ("y",), ("d",))
    assert open_path(graph, ("x",), ("y",), ("d",)) == ("x", "c", "y")


def test_a_path_reads_as_people_write_it() -> None:
    """Age is joined to dose twice; only its arrow leaves the path open when dose is held fixed."""
    graph = graph_of(
        edges=[("age", "dose"), ("age", "pain"), ("dose", "pill")],
        bidirected=[("pain", "mood"), ("age", "dose")],
    )
    assert open_path(graph, ("dose",), ("mood",)) == ()
    assert open_path_in_words(graph, ("dose",), ("mood",)) == ""
    words = open_path_in_words(graph, ("dose",), ("mood",), ("pain",))
    assert words == "dose ← age → pain ↔ mood"
    words = open_path_in_words(graph, ("pill",), ("pain",), ("age",))
    assert words == ""


def test_latent_variables_cannot_be_held_fixed() -> None:
    graph = graph_of(edges=[("u", "x"), ("u", "y")], latent=["u"])
    assert not separated(graph, ("x",), ("y",))
    with pytest.raises(GraphError, match="never measured"):
        separated(graph, ("x",), ("y",), ("u",))


def test_unknown_and_doubled_names_are_refused() -> None:
    graph = graph_of(edges=[("x", "y")])
    with pytest.raises(GraphError, match="no variable z"):
        separated(graph, ("x",), ("z",))
    with pytest.raises(GraphError, match="named twice"):
        separated(graph, ("x",), ("y",), ("x",))

"""Paths one by one: what d-separation says of each, and what closes it."""

import networkx
import numpy as np
import pytest

from engine.graph.graph import CausalGraph, graph_of
from engine.identify.influence import in_words
from engine.identify.paths import Meet, closings, joined_paths
from tests.engine.graph.graphs import canonical, random_graph
from tests.engine.identify.test_influence import all_paths, directed, is_open

M = graph_of(
    edges=[("a", "x"), ("a", "m"), ("b", "m"), ("b", "y"), ("x", "y"), ("m", "d")]
)  # Greenland, Pearl, Robins 1999, with an effect of the collider


def spoken(edges: list[tuple[str, str, str, str]]) -> str:
    signs = {("-", ">"): "→", (">", "-"): "←", (">", ">"): "↔"}
    return edges[0][0] + "".join(f" {signs[here, there]} {b}" for _, b, here, there in edges)


@pytest.mark.parametrize("seed", range(40))
def test_all_paths_are_found_and_judged(seed: int) -> None:
    graph = random_graph(seed, 5, 0.45, 0.15)
    rng = np.random.default_rng(seed)
    x, y, *rest = rng.permutation(list(graph.variables)).tolist()
    held = {v for v in rest if rng.random() < 0.5}
    truth = {
        spoken(path): (is_open(graph, path, held), directed(path))
        for path in all_paths(graph, x, {y}, {x})
    }
    found, whole = joined_paths(graph, [x], [y], held)
    told = {in_words(one.path): (one.open, one.causal) for one in found}
    if whole:
        assert told == truth
    else:
        assert told.items() <= truth.items()
    order = [(not one.biasing, one.causal) for one in found]
    assert order == sorted(order)


def test_a_collider_stops_and_is_opened_by_what_it_causes() -> None:
    (closed, causal), _ = joined_paths(M, ["x"], ["y"])
    assert in_words(closed.path) == "x ← a → m ← b → y"
    assert [stop.meet for stop in closed.stops] == [Meet.FORK, Meet.COLLIDER, Meet.FORK]
    assert [stop.passes for stop in closed.stops] == [True, False, True]
    assert causal.causal
    (opened, _), _ = joined_paths(M, ["x"], ["y"], ["d"])
    assert opened.biasing
    assert [stop.by for stop in opened.stops] == [(), ("d",), ()]


def test_closing_names_what_to_hold_and_what_to_let_go() -> None:
    (opened, _), _ = joined_paths(M, ["x"], ["y"], ["d"])
    found = closings(M, opened, ["x"], ["y"], ["d"])
    assert [(one.name, one.let_go) for one in found] == [("a", False), ("d", True), ("b", False)]
    assert all(one.clean for one in found)


def test_closing_one_path_may_open_another() -> None:
    """z is a confounder and a collider of a and b: holding it fixed opens x ← a → z ← b → y."""
    graph = graph_of(
        edges=[("z", "x"), ("z", "y"), ("a", "x"), ("a", "z"), ("b", "z"), ("b", "y"), ("x", "y")]
    )
    found, _ = joined_paths(graph, ["x"], ["y"])
    first = next(one for one in found if in_words(one.path) == "x ← z → y")
    (closing,) = closings(graph, first, ["x"], ["y"])
    assert in_words(closing.opens) == "x ← a → z ← b → y"


def test_what_reacts_to_the_exposure_is_told() -> None:
    """x → m ← u → y, m held: u closes it cleanly, and so does letting m go."""
    graph = graph_of(edges=[("x", "m"), ("u", "m"), ("u", "y"), ("x", "v"), ("v", "w"), ("w", "y")])
    (opened, *_), _ = joined_paths(graph, ["x"], ["y"], ["m"])
    assert {(one.name, one.reacts) for one in closings(graph, opened, ["x"], ["y"], ["m"])} == {
        ("m", False),
        ("u", False),
    }


def test_a_hidden_cause_is_closed_by_nothing() -> None:
    graph = graph_of(["x", "y"], [("x", "y")], [("x", "y")])
    (opened, _), _ = joined_paths(graph, ["x"], ["y"])
    assert in_words(opened.path) == "x ↔ y"
    assert opened.biasing
    assert closings(graph, opened, ["x"], ["y"]) == ()


@pytest.mark.parametrize("seed", range(25))
def test_a_clean_closing_leaves_fewer_open_paths(seed: int) -> None:
    """networkx: with all closed by such steps, x and y are separated once x's arrows are gone."""
    graph = random_graph(seed, 6, 0.4, 0.0)
    x, y = graph.variables[0], graph.variables[-1]
    held: set[str] = set()
    for _ in range(12):
        found, whole = joined_paths(graph, [x], [y], held)
        opened = [one for one in found if one.biasing]
        clean = [c for one in opened for c in closings(graph, one, [x], [y], held) if c.clean]
        if not opened or not clean:
            break
        held ^= {clean[0].name}
        now, _ = joined_paths(graph, [x], [y], held)
        assert sum(one.biasing for one in now) < len(opened)
    if whole and not opened and not held & graph.descendants([x]):
        assert networkx.is_d_separator(_without_effect(graph, x), {x}, {y}, held)


def _without_effect(graph: CausalGraph, x: str) -> networkx.DiGraph:
    dag = canonical(graph)
    dag.remove_edges_from(list(dag.out_edges(x)))
    return dag

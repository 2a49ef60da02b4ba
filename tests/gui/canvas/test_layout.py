"""Cards go left to right, do not overlap, and stay where they were put."""

from itertools import combinations, pairwise

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph.graph import CausalGraph, graph_of
from engine.project import Position
from gui.canvas.interlocking import interlocked
from gui.canvas.layout import free_spot, grid, place

WIDTH, HEIGHT = 190.0, 112.0


def apart(a: Position, b: Position) -> bool:
    return abs(a[0] - b[0]) >= WIDTH or abs(a[1] - b[1]) >= HEIGHT


@st.composite
def graphs(draw: st.DrawFn) -> CausalGraph:
    count = draw(st.integers(0, 12))
    names = [f"v{i}" for i in range(count)]
    pairs = [(a, b) for a, b in combinations(names, 2)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return graph_of(names, chosen)


@settings(max_examples=60)
@given(graphs())
def test_causes_stand_left_of_effects_and_no_two_cards_overlap(graph: CausalGraph) -> None:
    places = place(graph, {})
    assert set(places) == set(graph.variables)
    assert all(places[a][0] < places[b][0] for a, b in graph.edges)
    assert all(apart(places[a], places[b]) for a, b in combinations(places, 2))


@settings(max_examples=40)
@given(graphs(), st.integers(0, 5))
def test_given_places_are_kept(graph: CausalGraph, count: int) -> None:
    given_places = {v: (i * 400.0, 33.0) for i, v in enumerate(graph.variables[:count])}
    places = place(graph, given_places)
    assert {v: places[v] for v in given_places} == given_places
    assert all(apart(places[a], places[b]) for a, b in combinations(places, 2))


def test_layers_are_longest_paths() -> None:
    """Oracle networkx: the generation of a node is its longest path from a root."""
    edges = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("a", "e"), ("e", "d")]
    places = place(graph_of("abcde", edges), {})
    generations = networkx.topological_generations(networkx.DiGraph(edges))
    layer = {v: i for i, names in enumerate(generations) for v in names}
    columns = sorted({x for x, _ in places.values()})
    assert {v: columns.index(x) for v, (x, _) in places.items()} == layer


def test_a_chain_is_a_straight_line() -> None:
    places = place(graph_of("abc", [("a", "b"), ("b", "c")]), {})
    assert len({y for _, y in places.values()}) == 1


def test_a_long_graph_stays_large_enough_to_read() -> None:
    """Ten layers in a row would be seen at a quarter; interlocked at a good deal more."""
    names = [f"v{i}" for i in range(10)]
    chain = list(pairwise(names))
    places = place(graph_of([*names, "x", "y"], [*chain, ("v3", "x"), ("v3", "y")]), {})
    width = max(x for x, _ in places.values()) - min(x for x, _ in places.values()) + WIDTH
    height = max(y for _, y in places.values()) - min(y for _, y in places.values()) + HEIGHT
    assert min(708 / width, 520 / height) > 0.45
    assert all(places[a][0] < places[b][0] for a, b in chain)


def test_an_arrow_does_not_hide_behind_a_card_where_another_lane_is_free() -> None:
    layers = [["a"], [], ["c"], [], ["e"]]
    places = interlocked(layers, [("a", "c"), ("c", "e")])
    assert len({places[v][1] for v in "ace"}) == 1
    places = interlocked(layers, [("a", "c"), ("c", "e"), ("a", "e")])
    assert len({places[v][1] for v in "ace"}) == 2


def test_the_many_cards_of_a_layer_stand_above_each_other() -> None:
    layers = [["r"], [f"v{i}" for i in range(30)]]
    places = interlocked(layers, [("r", v) for v in layers[1]])
    assert all(apart(places[a], places[b]) for a, b in combinations(places, 2))


def test_two_arms_do_not_cross() -> None:
    edges = [("a", "c"), ("b", "d"), ("a", "e"), ("b", "f")]
    places = place(graph_of(["a", "b", "d", "f", "c", "e"], edges), {})
    upper, lower = ("a", "b") if places["a"][1] < places["b"][1] else ("b", "a")
    of = {"a": ("c", "e"), "b": ("d", "f")}
    assert max(places[v][1] for v in of[upper]) < min(places[v][1] for v in of[lower])


def test_forty_loose_variables_fill_a_block_not_a_tower() -> None:
    places = place(graph_of([f"v{i}" for i in range(40)]), {})
    width = max(x for x, _ in places.values()) - min(x for x, _ in places.values()) + WIDTH
    height = max(y for _, y in places.values()) - min(y for _, y in places.values()) + HEIGHT
    assert 0.8 < width / height < 3


def test_parts_that_nothing_joins_are_packed_closely() -> None:
    edges = [(f"a{i}", f"b{i}") for i in range(6)]
    places = place(graph_of([], edges), {})
    width = max(x for x, _ in places.values()) - min(x for x, _ in places.values()) + WIDTH
    height = max(y for _, y in places.values()) - min(y for _, y in places.values()) + HEIGHT
    assert 0.8 < width / height < 4
    assert all(places[a][1] == places[b][1] for a, b in edges)


def test_a_new_effect_goes_right_of_its_cause() -> None:
    places = place(graph_of("ab", [("a", "b")]), {"a": (100.0, 50.0)})
    assert places["b"] == (330.0, 50.0)


def test_free_spot_is_the_wish_where_nothing_is_in_the_way() -> None:
    assert free_spot([(0.0, 0.0)], (500.0, 0.0)) == (500.0, 0.0)


def test_free_spot_moves_aside_for_a_card() -> None:
    spot = free_spot([(0.0, 0.0)], (10.0, 10.0))
    assert apart(spot, (0.0, 0.0))
    assert max(abs(spot[0]), abs(spot[1])) < 300


@pytest.mark.parametrize("count", [1, 5, 12])
def test_a_grid_has_a_place_for_each(count: int) -> None:
    places = grid(count, (0.0, 0.0))
    assert len(set(places)) == count
    assert all(apart(a, b) for a, b in combinations(places, 2))

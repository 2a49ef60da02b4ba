"""Assumptions listed against exact enumeration: which one absent edge makes the formula wrong."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from engine.errors import QueryError
from engine.graph.graph import CausalGraph, graph_of, pair
from engine.identify.assumptions import assumptions
from engine.identify.identification import identify
from tests.engine.graph.graphs import random_graph
from tests.engine.identify.laws import BinaryLaw, by_formula
from tests.engine.identify.test_adjustment import SIMPSON, TRIAL
from tests.engine.identify.test_identification import question


def is_wrong(graph: CausalGraph, larger: CausalGraph, treatments: tuple[str, ...], y: str) -> bool:
    """The formula identified in `graph` misses P(y | do) in a random binary SCM on `larger`."""
    found, names = identify(graph, treatments, y), list(graph.variables)
    for draw in range(3):
        law = BinaryLaw(larger, draw)
        for value in (0, 1):
            do = dict.fromkeys(treatments, value)
            others = tuple(i for i, v in enumerate(names) if v != y)
            truth = law.joint(do).sum(others)[1]
            if not abs(by_formula(found, law.joint(), names, do, y) - truth) < 1e-9:
                return True
    return False


@pytest.mark.parametrize("seed", range(30))
def test_exactly_the_edges_that_break_the_formula(seed: int) -> None:
    graph = random_graph(seed, 4, arrows=0.5, both=0.1)
    treatments, outcome = question(seed, graph.variables)
    if not identify(graph, treatments, outcome).identified:
        return
    arrows, hidden = assumptions(graph, treatments, outcome)
    for a, b in permutations(graph.variables, 2):
        if (a, b) not in graph.edges and b not in graph.ancestors((a,)):
            larger = replace(graph, edges=graph.edges | {(a, b)})
            assert ((a, b) in arrows) == is_wrong(graph, larger, treatments, outcome), (a, b)
        if a < b and pair(a, b) not in graph.bidirected:
            larger = replace(graph, bidirected=graph.bidirected | {(a, b)})
            assert ((a, b) in hidden) == is_wrong(graph, larger, treatments, outcome), (a, b)


def test_kidney_stones_rest_on_one_absent_hidden_cause() -> None:
    """Size → treatment, size → success, treatment → success: only treatment ↔ success breaks it.

    A hidden cause of size and success does not: size is held fixed and closes it.
    """
    assert assumptions(SIMPSON, ("x",), "y") == ((), (("x", "y"),))


def test_the_trial() -> None:
    arrows, hidden = assumptions(TRIAL, ("dose",), "recovery")
    assert arrows == ()
    assert set(hidden) == {("dose", "severity"), ("dose", "recovery"), ("adherence", "dose")}


def test_drawn_latent_causes_are_no_absent_ones() -> None:
    graph = graph_of(edges=[("x", "y"), ("u", "y"), ("u", "z")], latent=["u"])
    arrows, hidden = assumptions(graph, ("x",), "y")
    assert set(hidden) == {("x", "y")}  # x ↔ z only meets z ↔ y head to head
    assert all("u" not in edge for edge in (*arrows, *hidden))


def test_the_same_list_every_time() -> None:
    graph = random_graph(5, 10, arrows=0.3, both=0.0)
    names = np.random.default_rng(5).permutation(graph.variables).tolist()
    first = assumptions(graph, (names[0],), names[1])
    assert first == assumptions(graph, (names[0],), names[1])


def test_too_large_a_graph_is_refused() -> None:
    graph = graph_of(edges=[(f"v{i}", f"v{i + 1}") for i in range(61)])
    with pytest.raises(QueryError, match="more than 60 variables"):
        assumptions(graph, ("v0",), "v61")

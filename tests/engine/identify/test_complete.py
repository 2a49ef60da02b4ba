"""ID and IDC against exact laws, hedges against their definition, verdicts against y0."""

import numpy as np
import pytest

from engine.graph.graph import CausalGraph, graph_of
from engine.identify.complete import derive
from engine.identify.identification import identify, identify_jointly
from engine.identify.kernels import Derived
from engine.scm.conditional import Conditional
from tests.engine.graph.graphs import random_graph
from tests.engine.identify.admgs import Asked, questions, small_graphs
from tests.engine.identify.laws import is_hedge, misses
from tests.engine.identify.test_adjustment import FRONT_DOOR, SIMPSON

NAPKIN = graph_of(edges=[("w", "z"), ("z", "x"), ("x", "y")], bidirected=[("w", "x"), ("w", "y")])


def right(graph: CausalGraph, asked: Asked, seed: int) -> bool:
    """An estimand that is the truth of a random model, or a hedge."""
    found = derive(graph, *asked)
    if found.estimand is None:
        return is_hedge(graph, asked, found)
    return not misses(graph, asked, found, seed)


def test_questions_of_every_graph_with_three_variables() -> None:
    """One treatment or two, one outcome or two, with or without something seen: every fourth."""
    asked = [(graph, each) for graph in small_graphs(3) for each in questions(graph.variables)]
    assert len(asked) > 500
    assert [case for i, case in enumerate(asked[::4]) if not right(*case, seed=i)] == []


def test_the_number_of_small_graphs() -> None:
    """DAGs up to names: 2, 6 (OEIS A003087); without arrows, undirected graphs: 2, 4 (A000088)."""
    for count, dags, plain in ((2, 2, 2), (3, 6, 4)):
        graphs = small_graphs(count)
        assert sum(not graph.bidirected for graph in graphs) == dags
        assert sum(not graph.edges for graph in graphs) == plain


@pytest.mark.parametrize("seed", range(40))
def test_random_questions_of_larger_graphs(seed: int) -> None:
    graph = random_graph(seed, 5 + seed % 2, arrows=0.4, both=0.25)
    asked = list(questions(graph.variables))
    for i in np.random.default_rng((seed, 7)).choice(len(asked), 4, replace=False):
        assert right(graph, asked[i], seed), asked[i]


def test_the_napkin() -> None:
    """Pearl, Mackenzie 2018: Σ_w P(x, y | w, z) P(w) / Σ_w P(x | w, z) P(w), at any z."""
    found = identify(NAPKIN, ("x",), "y")
    assert found.estimand == (
        "P(y | do(x)) = [Σ_{w} P(y, x | w, z) P(w)] / [Σ_{w} P(x | w, z) P(w)]"
    )
    assert found.anywhere == ("z",)
    assert found.computable
    assert found.law is not None
    ((link,),) = (kernel.links for kernel in found.law.kernels)
    assert isinstance(link, Derived)
    assert (link.target, link.given) == ("y", ("x",))
    assert [each for each in link.of.links if isinstance(each, Conditional)] == [
        Conditional("w"),
        Conditional("x", ("w", "z")),
        Conditional("y", ("w", "z", "x")),
    ]


def test_one_do_may_be_identified_for_one_outcome_alone() -> None:
    """x ↔ y bars y; w lies beyond nothing hidden; and together they are as barred as y."""
    graph = graph_of(edges=[("x", "y"), ("x", "w")], bidirected=[("x", "y")])
    assert not identify(graph, ("x",), "y").identified
    assert identify(graph, ("x",), "w").identified
    assert not identify_jointly(graph, ("x",), ("w", "y")).identified


def test_what_is_seen_beside() -> None:
    """IDC, line 1: given the only common cause, seeing is doing; given the mediator, it is not."""
    simpson = identify_jointly(SIMPSON, ("x",), ("y",), ("z",))
    assert simpson.estimand == "P(y | do(x), z) = P(y | z, x)"
    assert [rule.line for rule in simpson.rules] == ["IDC 1", "ID 6"]
    door = identify_jointly(FRONT_DOOR, ("x",), ("y",), ("m",))
    assert door.estimand == "P(y | do(x), m) = Σ_{x'} P(y | x', m) P(x')"


def test_the_steps_name_lines_of_the_algorithm_and_variables() -> None:
    lines = [(rule.line, rule.words) for rule in identify(NAPKIN, ("x",), "y").rules]
    assert [line for line, _ in lines] == ["ID 3", "ID 7"]
    assert lines[0][1].startswith("w and z can only act through what is set")


@pytest.mark.parametrize("seed", range(30))
def test_the_same_verdict_as_y0(seed: int) -> None:
    pytest.importorskip("y0", reason="y0 is a development oracle")
    from tests.bench.identify import y0_verdicts

    verdict = y0_verdicts()
    assert verdict is not None
    graph = random_graph(seed, 5, arrows=0.4, both=0.3)
    asked = list(questions(graph.variables))
    for i in np.random.default_rng((seed, 8)).choice(len(asked), 4, replace=False):
        assert verdict(graph, asked[i]) == (derive(graph, *asked[i]).estimand is not None)

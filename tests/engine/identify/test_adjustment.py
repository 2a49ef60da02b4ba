"""The adjustment criterion against exact laws: brute-force subsets and linear-Gaussian truth."""

from itertools import chain, combinations

import networkx
import numpy as np
import pytest

from engine.errors import QueryError
from engine.graph.graph import CausalGraph, graph_of
from engine.identify.adjustment import adjustment_sets, is_adjustment_set
from tests.engine.graph.graphs import canonical, linear_law, random_graph

M_BIAS = graph_of(edges=[("a", "z"), ("b", "z"), ("a", "x"), ("b", "y"), ("x", "y")])
SIMPSON = graph_of(edges=[("z", "x"), ("z", "y"), ("x", "y")])
FRONT_DOOR = graph_of(edges=[("x", "m"), ("m", "y")], bidirected=[("x", "y")])
TRIAL = graph_of(
    ["age", "severity", "dose", "adherence", "recovery"],
    [
        ("age", "severity"),
        ("age", "dose"),
        ("severity", "dose"),
        ("dose", "adherence"),
        ("severity", "recovery"),
        ("dose", "recovery"),
        ("adherence", "recovery"),
    ],
    [("severity", "recovery")],
)


def subsets(names: list[str]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(names, k) for k in range(len(names) + 1)))


def adjusted_and_true_effect(
    graph: CausalGraph, treatments: tuple[str, ...], outcome: str, given: tuple[str, ...], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of Σ_z E[y | x, z] P(z) on x, and of E[y | do(x)], in one linear-Gaussian SCM."""
    law = linear_law(graph, seed)
    at, cov, weights = law["place"], law["cov"], law["weights"].copy()
    x, y, z = [at[v] for v in treatments], at[outcome], [at[v] for v in given]
    regressors = x + z
    slopes = np.linalg.solve(cov[np.ix_(regressors, regressors)], cov[regressors, y])[: len(x)]
    weights[x, :] = 0.0
    return slopes, np.linalg.inv(np.eye(len(weights)) - weights)[y, x]


def shpitser(dag: networkx.DiGraph, xs: set[str], y: str, zs: set[str]) -> bool:
    """The criterion as published for DAGs, word for word, on networkx."""
    proper = dag.copy()
    proper.remove_edges_from([edge for edge in dag.edges if edge[1] in xs])
    after = set().union(*(networkx.descendants(proper, x) for x in xs)) - xs
    causal = after & (networkx.ancestors(proper, y) | {y})
    forbidden = causal.union(*(networkx.descendants(dag, v) for v in causal))
    cut = dag.copy()
    cut.remove_edges_from([(a, b) for a, b in dag.edges if a in xs and b in causal])
    return not zs & forbidden and networkx.is_d_separator(cut, xs, {y}, zs)


@pytest.mark.parametrize("seed", range(60))
def test_the_criterion_matches_the_published_one_on_the_full_dag(seed: int) -> None:
    """Hidden variables written out, criterion on the DAG: the same answer as on the projection."""
    graph = random_graph(seed, 6, arrows=0.4, both=0.12, latent=0.15)
    names = list(np.random.default_rng((seed, 1)).permutation(graph.observed).tolist())
    outcome, treatments = names[0], tuple(names[1 : 2 + seed % 2])
    rest = sorted(set(names) - {outcome, *treatments})
    dag = canonical(graph)
    for given in subsets(rest):
        expected = shpitser(dag, set(treatments), outcome, set(given))
        assert is_adjustment_set(graph, treatments, outcome, given) == expected, given


@pytest.mark.parametrize("seed", range(40))
def test_accepted_sets_give_the_effect_and_rejected_ones_do_not(seed: int) -> None:
    """Exact slopes: an accepted set is always right, a rejected one wrong in a random SCM."""
    graph = random_graph(seed, 5, arrows=0.5, both=0.15)
    names = np.random.default_rng((seed, 1)).permutation(graph.variables).tolist()
    outcome, treatments = names[0], tuple(names[1 : 2 + seed % 2])
    rest = [v for v in graph.variables if v not in (outcome, *treatments)]
    for given in subsets(rest):
        wrong = False
        for draw in range(3):
            slopes, truth = adjusted_and_true_effect(graph, treatments, outcome, given, draw)
            wrong |= not np.allclose(slopes, truth, atol=1e-7)
        assert is_adjustment_set(graph, treatments, outcome, given) != wrong, given


@pytest.mark.parametrize("seed", range(80))
def test_the_minimal_sets_are_all_of_them(seed: int) -> None:
    graph = random_graph(seed, 7, arrows=0.4, both=0.08, latent=0.1)
    names = np.random.default_rng((seed, 1)).permutation(graph.observed).tolist()
    outcome, treatments = names[0], tuple(names[1 : 2 + seed % 2])
    rest = sorted(set(names) - {outcome, *treatments})
    valid = [set(s) for s in subsets(rest) if is_adjustment_set(graph, treatments, outcome, s)]
    minimal = {tuple(sorted(s)) for s in valid if not any(other < s for other in valid)}
    found = adjustment_sets(graph, treatments, outcome)
    assert list(found) == sorted(minimal, key=lambda s: (len(s), s))


def test_published_cases() -> None:
    assert adjustment_sets(SIMPSON, ("x",), "y") == (("z",),)
    assert adjustment_sets(M_BIAS, ("x",), "y") == ((),)
    assert not is_adjustment_set(M_BIAS, ("x",), "y", ("z",))
    assert is_adjustment_set(M_BIAS, ("x",), "y", ("a", "z"))
    assert adjustment_sets(FRONT_DOOR, ("x",), "y") == ()
    assert adjustment_sets(graph_of(edges=[("x", "y")], bidirected=[("x", "y")]), ("x",), "y") == ()
    assert adjustment_sets(TRIAL, ("dose",), "recovery") == (("age", "severity"),)


def test_two_treatments_with_feedback_have_no_adjustment_set() -> None:
    """Robins's feedback: l comes after x1, before x2, and shares a cause with y."""
    graph = graph_of(
        edges=[("x1", "l"), ("l", "x2"), ("x1", "y"), ("x2", "y"), ("u", "l"), ("u", "y")],
        latent=["u"],
    )
    assert adjustment_sets(graph, ("x1", "x2"), "y") == ()
    assert adjustment_sets(graph, ("x2",), "y") == (("l",),)


def parallel_confounders(count: int, length: int) -> CausalGraph:
    """`count` back-door paths x ← c1 ← … → y of `length` variables each, and x → y."""
    edges = [("x", "y")]
    for i in range(count):
        names = [f"c{i}_{j}" for j in range(length)]
        edges += [(names[0], "x"), *zip(names, names[1:], strict=False), (names[-1], "y")]
    return graph_of(edges=edges)


def test_many_sets_are_capped_and_a_smallest_is_among_them() -> None:
    """16 paths of 3: 3¹⁶ minimal sets of 16; through one gate g, {g} alone suffices."""
    graph = parallel_confounders(16, 3)
    sets = adjustment_sets(graph, ("x",), "y")
    assert len(sets) == 200
    assert all(len(names) == 16 for names in sets)
    assert all(is_adjustment_set(graph, ("x",), "y", names) for names in sets[:5])
    gated = [(a, "g") if b == "y" and a != "x" else (a, b) for a, b in graph.edges]
    gate = graph_of(edges=[*gated, ("g", "y")])
    assert adjustment_sets(gate, ("x",), "y")[0] == ("g",)
    assert adjustment_sets(gate, ("x",), "y", most=3)[0] == ("g",)


def test_hidden_unknown_and_doubled_names_are_refused() -> None:
    graph = graph_of(edges=[("u", "x"), ("x", "y")], latent=["u"])
    with pytest.raises(QueryError, match="drawn as hidden"):
        adjustment_sets(graph, ("u",), "y")
    with pytest.raises(QueryError, match="no variable w"):
        adjustment_sets(graph, ("w",), "y")
    with pytest.raises(QueryError, match="both set and asked about"):
        adjustment_sets(graph, ("x",), "x")

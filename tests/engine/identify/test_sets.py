"""Front doors, instruments, adjustment sets of all kinds: brute force and exact slopes."""

from dataclasses import replace

import networkx
import numpy as np
import pytest

from engine.graph.graph import CausalGraph, graph_of
from engine.identify.adjustment import (
    OptimalSet,
    adjustment_sets,
    is_adjustment_set,
    optimal_set,
)
from engine.identify.enumerating import evaluated
from engine.identify.frontdoor import front_door_formula, front_door_sets
from engine.identify.instruments import Instrument, instruments
from tests.engine.graph.graphs import canonical, linear_law, random_graph
from tests.engine.identify.laws import BinaryLaw
from tests.engine.identify.test_adjustment import FRONT_DOOR, M_BIAS, SIMPSON, subsets

Names = tuple[str, ...]


def minimal(sets: list[Names]) -> list[Names]:
    """Those that hold no other one, by size and then by name."""
    each = [set(names) for names in sets]
    kept = [tuple(sorted(s)) for s in each if not any(other < s for other in each)]
    return sorted(set(kept), key=lambda names: (len(names), names))


def drawn(seed: int, names: Names, count: int) -> list[str]:
    return np.random.default_rng((seed, 1)).permutation(names)[:count].tolist()


# ── adjustment ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_sets_with_forced_and_forbidden_covariates(seed: int, direct: bool) -> None:
    """Against all subsets: those that hold what is forced, lack what is forbidden, and serve."""
    graph = random_graph(seed, 7, arrows=0.4, both=0.1)
    y, x, second, must, mustnot = drawn(seed, graph.variables, 5)
    xs = (x, second)[: 1 + seed % 2]
    rest = sorted(set(graph.variables) - {y, *xs})
    forced = {must} & set(rest) if seed % 3 else set()
    forbidden = {mustnot} & set(rest) if seed % 5 else set()
    valid = [
        s
        for s in subsets(rest)
        if forced <= set(s)
        and not forbidden & set(s)
        and is_adjustment_set(graph, xs, y, s, direct=direct)
    ]
    found = adjustment_sets(graph, xs, y, forced=forced, forbidden=forbidden, direct=direct)
    assert list(found) == minimal(valid)


@pytest.mark.parametrize("seed", range(20))
def test_sets_for_two_outcomes_serve_both(seed: int) -> None:
    """Separation from two is separation from each, in the graph cut for both (networkx)."""
    graph = random_graph(seed, 6, arrows=0.4, both=0.1)
    y, other, x = drawn(seed, graph.variables, 3)
    dag = canonical(graph)
    causal = networkx.descendants(dag, x) & set().union(
        *(networkx.ancestors(dag, v) | {v} for v in (y, other))
    )
    forbidden = causal.union(*(networkx.descendants(dag, v) for v in causal))
    dag.remove_edges_from([(x, v) for v in causal if dag.has_edge(x, v)])
    rest = sorted(set(graph.variables) - {y, other, x} - forbidden)
    valid = [
        s
        for s in subsets(rest)
        if all(networkx.is_d_separator(dag, {x}, {v}, set(s)) for v in (y, other))
    ]
    assert list(adjustment_sets(graph, (x,), (y, other))) == minimal(valid)


@pytest.mark.parametrize("seed", range(30))
def test_a_direct_set_gives_the_coefficient_of_the_arrow(seed: int) -> None:
    """Exact regressions in three random linear laws: accepted sets are right, others are not."""
    graph = random_graph(seed, 5, arrows=0.6, both=0.15)
    y, x = drawn(seed, graph.variables, 2)
    for given in subsets([v for v in graph.variables if v not in (x, y)]):
        wrong = False
        for draw in range(3):
            law = linear_law(graph, draw)
            at, cov = law["place"], law["cov"]
            by = [at[v] for v in (x, *given)]
            slope = np.linalg.solve(cov[np.ix_(by, by)], cov[by, at[y]])[0]
            wrong |= not np.isclose(slope, law["weights"][at[y], at[x]], atol=1e-8)
        assert is_adjustment_set(graph, (x,), y, given, direct=True) != wrong, given


def variance(law: dict, x: str, y: str, given: Names) -> float:
    """Asymptotic variance of the slope of y on x given a set: var(y | x, z) / var(x | z)."""
    at, cov = law["place"], law["cov"]

    def left(target: str, by: list[str]) -> float:
        j, i = [at[v] for v in by], at[target]
        return cov[i, i] - cov[i, j] @ np.linalg.solve(cov[np.ix_(j, j)], cov[j, i])

    return left(y, [x, *given]) / left(x, list(given))


@pytest.mark.parametrize("seed", range(40))
def test_no_set_errs_less_than_the_optimal_one(seed: int) -> None:
    graph = random_graph(seed, 7, arrows=0.45, both=0.08 * (seed % 2))
    order = graph.order()
    x, y = order[3], order[-1]
    best = optimal_set(graph, (x,), y)
    if best is None:
        return
    assert is_adjustment_set(graph, (x,), y, best.names)
    others = adjustment_sets(graph, (x,), y)
    if best.among_all:
        rest = [v for v in graph.variables if v not in (x, y)]
        others = tuple(s for s in subsets(rest) if is_adjustment_set(graph, (x,), y, s))
    for draw in range(3):
        law = linear_law(graph, draw)
        least = min(variance(law, x, y, s) for s in others)
        assert variance(law, x, y, best.names) <= least * (1 + 1e-9)


def test_published_optimal_sets() -> None:
    """Henckel et al. 2022: causes of the outcome help, causes of the treatment alone do not."""
    graph = graph_of(edges=[("a", "x"), ("a", "z"), ("z", "y"), ("x", "y"), ("w", "y")])
    assert optimal_set(graph, ("x",), "y") == OptimalSet(("w", "z"), among_all=True)
    assert optimal_set(SIMPSON, ("x",), "y") == OptimalSet(("z",), among_all=True)
    assert optimal_set(M_BIAS, ("x",), "y") == OptimalSet(("b",), among_all=True)
    row = graph_of(
        edges=[("a", "x"), ("a", "b"), ("b", "c"), ("c", "y"), ("x", "y")], bidirected=[("b", "c")]
    )
    assert adjustment_sets(row, ("x",), "y") == (("a",), ("c",))
    assert optimal_set(row, ("x",), "y") == OptimalSet(("c",), among_all=False)
    for law in (linear_law(row, draw) for draw in range(3)):
        assert variance(law, "x", "y", ("c",)) < variance(law, "x", "y", ("a",))
    assert optimal_set(FRONT_DOOR, ("x",), "y") is None


# ── front doors ────────────────────────────────────────────────────────────────────────────────


def front_door(dag: networkx.DiGraph, xs: set[str], y: str, zs: set[str]) -> bool:
    """Pearl 1995, word for word: three conditions, on the DAG with hidden causes written out."""
    around = dag.subgraph(set(dag) - zs)
    if any(networkx.has_path(around, x, y) for x in xs):
        return False
    no_x = dag.copy()
    no_x.remove_edges_from(list(dag.out_edges(xs)))
    no_z = dag.copy()
    no_z.remove_edges_from(list(dag.out_edges(zs)))
    return not zs or (
        networkx.is_d_separator(no_x, xs, zs, set()) and networkx.is_d_separator(no_z, zs, {y}, xs)
    )


@pytest.mark.parametrize("seed", range(60))
def test_front_door_sets_are_all_of_them(seed: int) -> None:
    graph = random_graph(seed, 6, arrows=0.45, both=0.12)
    order = graph.order()
    xs, y = (order[0], order[1])[: 1 + seed % 2], order[-1 - seed % 2]
    rest = [v for v in graph.variables if v not in (*xs, y)]
    dag = canonical(graph)
    valid = [s for s in subsets(rest) if front_door(dag, set(xs), y, set(s))]
    found = front_door_sets(graph, xs, y)
    assert list(found) == minimal(valid)
    names = list(graph.variables)
    for through in found[:2]:
        law = BinaryLaw(graph, seed)
        told = evaluated(front_door_formula(graph, xs, y, through), law.joint(), names)
        do = dict.fromkeys(xs, 1)
        at = tuple(
            1 if v in do and told.shape[i] == 2 else slice(None) for i, v in enumerate(names)
        )
        gone = tuple(i for i, v in enumerate(names) if v != y)
        np.testing.assert_allclose(told[at].ravel(), law.joint(do).sum(gone), atol=1e-12)


def test_published_front_doors() -> None:
    """Two mediators in a row serve alone; beside each other they are needed together."""
    row = graph_of(edges=[("x", "a"), ("a", "b"), ("b", "y")], bidirected=[("x", "y")])
    assert front_door_sets(row, ("x",), "y") == (("a",), ("b",))
    side = graph_of(edges=[("x", "a"), ("x", "b"), ("a", "y"), ("b", "y")], bidirected=[("x", "y")])
    assert front_door_sets(side, ("x",), "y") == (("a", "b"),)
    leak = replace(FRONT_DOOR, bidirected=frozenset({("x", "y"), ("m", "y")}))
    assert front_door_sets(leak, ("x",), "y") == ()


# ── instruments ────────────────────────────────────────────────────────────────────────────────


def is_ancestral_instrument(graph: CausalGraph, x: str, y: str, z: str, given: set[str]) -> bool:
    """The definition, on networkx: separated from y, not from x, once x's causal arrows are cut."""
    dag = canonical(graph)
    causal = networkx.descendants(dag, x) & (networkx.ancestors(dag, y) | {y})
    forbidden = causal.union(*(networkx.descendants(dag, v) for v in causal))
    if {z, *given} & forbidden:
        return False
    cut = dag.copy()
    cut.remove_edges_from([(x, v) for v in causal if dag.has_edge(x, v)])
    return networkx.is_d_separator(cut, {z}, {y}, given) and not networkx.is_d_separator(
        cut, {z}, {x}, given
    )


@pytest.mark.parametrize("seed", range(60))
def test_every_ancestral_instrument_is_found_and_gives_the_slope(seed: int) -> None:
    """cov(z, y | w) / cov(z, x | w) is the total effect in a random linear law."""
    graph = random_graph(seed, 6, arrows=0.4, both=0.2)
    order = graph.order()
    x, y = order[2], order[-1 - seed % 2]
    dag = canonical(graph)
    found = {each.name: each.given for each in instruments(graph, x, y)}
    if not networkx.has_path(dag, x, y):
        assert found == {}
        return
    for z in set(graph.variables) - {x, y}:
        above = (networkx.ancestors(dag, y) | networkx.ancestors(dag, z)) & set(graph.variables)
        some = [
            set(s)
            for s in subsets(sorted(above - {x, y, z}))
            if is_ancestral_instrument(graph, x, y, z, set(s))
        ]
        assert (z in found) == bool(some), (z, some)
    law = linear_law(graph, seed)
    at, cov = law["place"], law["cov"]
    cut = law["weights"].copy()
    cut[at[x], :] = 0.0
    truth = np.linalg.inv(np.eye(len(cut)) - cut)[at[y], at[x]]
    for z, given in found.items():
        assert is_ancestral_instrument(graph, x, y, z, set(given))
        by = [at[v] for v in given]
        ends = [at[v] for v in (z, x, y)]
        part = cov[np.ix_(ends, ends)] - cov[np.ix_(ends, by)] @ np.linalg.solve(
            cov[np.ix_(by, by)], cov[np.ix_(by, ends)]
        )
        assert part[0, 2] / part[0, 1] == pytest.approx(truth, abs=1e-7)


def test_published_instruments() -> None:
    """A lottery; one that a common cause must be held fixed for; a proxy of one; none."""
    lottery = graph_of(edges=[("z", "x"), ("x", "y")], bidirected=[("x", "y")])
    assert instruments(lottery, "x", "y") == (Instrument("z"),)
    held = graph_of(edges=[("w", "z"), ("w", "y"), ("z", "x"), ("x", "y")], bidirected=[("x", "y")])
    assert Instrument("z", ("w",)) in instruments(held, "x", "y")
    proxy = graph_of(
        edges=[("u", "z"), ("u", "x"), ("x", "y")], bidirected=[("x", "y")], latent=["u"]
    )
    assert instruments(proxy, "x", "y") == (Instrument("z"),)
    direct = graph_of(edges=[("z", "x"), ("z", "y"), ("x", "y")], bidirected=[("x", "y")])
    assert instruments(direct, "x", "y") == ()
    assert not is_ancestral_instrument(direct, "x", "y", "z", set())

"""Latent projection against the full graph; the chain rule against exact covariances."""

from itertools import chain, combinations

import numpy as np
import pytest

from engine.graph.graph import CausalGraph, graph_of
from engine.graph.projection import factorisation, project, tian_predecessors
from engine.graph.separation import separated
from engine.scm.conditional import Conditional
from tests.engine.graph.graphs import linear_law, random_graph


def covariance_of_product(
    conditionals: tuple[Conditional, ...], names: tuple[str, ...], cov: np.ndarray
) -> np.ndarray:
    """Covariance of Π P(target | given), each factor the exact Gaussian conditional of `cov`."""
    at = {v: i for i, v in enumerate(names)}
    size = len(names)
    weights, noise = np.zeros((size, size)), np.zeros(size)
    for factor in conditionals:
        t, g = at[factor.target], [at[v] for v in factor.given]
        slope = np.linalg.solve(cov[np.ix_(g, g)], cov[g, t]) if g else np.zeros(0)
        weights[t, g], noise[t] = slope, cov[t, t] - slope @ cov[g, t]
    spread = np.linalg.inv(np.eye(size) - weights)
    return spread @ np.diag(noise) @ spread.T


def observed_covariance(graph: CausalGraph, seed: int) -> np.ndarray:
    law = linear_law(graph, seed)
    at = [law["place"][v] for v in graph.observed]
    return law["cov"][np.ix_(at, at)]


@pytest.mark.parametrize("seed", range(40))
def test_projection_keeps_every_separation_and_every_ancestor(seed: int) -> None:
    graph = random_graph(seed, 7, arrows=0.3, both=0.08, latent=0.4)
    projected = project(graph)
    assert projected.variables == graph.observed
    assert not projected.latent
    for x, y in combinations(graph.observed, 2):
        assert (x in projected.ancestors((y,))) == (x in graph.ancestors((y,)))
        rest = [v for v in graph.observed if v not in (x, y)]
        for given in chain.from_iterable(combinations(rest, k) for k in range(len(rest) + 1)):
            assert separated(projected, (x,), (y,), given) == separated(graph, (x,), (y,), given)


def test_the_textbook_cases() -> None:
    fork = graph_of(edges=[("u", "x"), ("u", "y")], latent=["u"])
    assert project(fork) == graph_of(["x", "y"], bidirected=[("x", "y")])
    chain_ = graph_of(["x", "y"], edges=[("x", "u"), ("u", "y")], latent=["u"])
    assert project(chain_) == graph_of(["x", "y"], edges=[("x", "y")])
    collider = graph_of(["x", "y"], edges=[("x", "u"), ("y", "u")], latent=["u"])
    assert project(collider) == graph_of(["x", "y"])
    mixed = graph_of(["x", "y"], [("u", "y")], [("x", "u")], latent=["u"])
    assert project(mixed) == graph_of(["x", "y"], bidirected=[("x", "y")])


@pytest.mark.parametrize("seed", range(40))
def test_the_chain_rule_gives_the_exact_covariance(seed: int) -> None:
    """Linear-Gaussian oracle: the product of the conditionals is the observed law."""
    graph = random_graph(seed, 7, arrows=0.35, both=0.2, latent=0.15)
    cov = observed_covariance(graph, seed)
    product = covariance_of_product(factorisation(graph), graph.observed, cov)
    np.testing.assert_allclose(product, cov, rtol=1e-8, atol=1e-9)


def test_factors_of_parents_alone_give_a_wrong_covariance() -> None:
    """In x → m → y with x ↔ y: the product of child-given-parents misses it."""
    graph = graph_of(edges=[("x", "m"), ("m", "y")], bidirected=[("x", "y")])
    cov = observed_covariance(graph, 1)
    naive = tuple(Conditional(v, graph.parents(v)) for v in graph.order())
    wrong = covariance_of_product(naive, graph.observed, cov)
    assert np.abs(wrong - cov).max() > 0.1
    right = covariance_of_product(factorisation(graph), graph.observed, cov)
    np.testing.assert_allclose(right, cov, rtol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_without_hidden_causes_predecessors_are_parents(seed: int) -> None:
    graph = random_graph(seed, 8, both=0.0)
    for variable in graph.variables:
        assert tian_predecessors(graph, variable) == graph.parents(variable)


def test_predecessors_hold_the_district_and_its_parents() -> None:
    """The drug trial with severity ↔ recovery: recovery needs age too, severity does not change."""
    graph = graph_of(
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
    assert tian_predecessors(graph, "severity") == ("age",)
    assert tian_predecessors(graph, "dose") == ("age", "severity")
    assert tian_predecessors(graph, "recovery") == ("age", "severity", "dose", "adherence")
    assert [factor.target for factor in factorisation(graph)] == list(graph.order())

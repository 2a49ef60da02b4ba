"""Identified answers against the truth of random SCMs with hidden causes, by exact enumeration."""

from itertools import permutations, product

import numpy as np
import pytest

from engine.errors import QueryError
from engine.graph.graph import graph_of
from engine.graph.projection import project
from engine.identify.complete import Hedge
from engine.identify.identification import (
    BACK_DOOR,
    EDGES,
    G_FORMULA,
    NO_PATH,
    counterfactual_identified,
    identify,
)
from engine.scm.conditional import Conditional
from tests.engine.graph.graphs import linear_law, random_graph
from tests.engine.identify.laws import BinaryLaw, by_formula
from tests.engine.identify.test_adjustment import FRONT_DOOR, M_BIAS, SIMPSON, TRIAL

BOW = graph_of(edges=[("x", "y")], bidirected=[("x", "y")])


def question(seed: int, names: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """A random outcome and one or two random treatments."""
    shuffled = np.random.default_rng((seed, 1)).permutation(names).tolist()
    return tuple(shuffled[1 : 2 + seed % 2]), shuffled[0]


@pytest.mark.parametrize("seed", range(120))
def test_whatever_is_identified_is_the_truth(seed: int) -> None:
    """Exact P(y | do(x)) of two random binary SCMs equals the formula on their observed joint."""
    graph = random_graph(seed, 6, arrows=0.5, both=0.15, latent=0.1)
    if len(graph.observed) < 3:
        return
    treatments, outcome = question(seed, graph.observed)
    found = identify(graph, treatments, outcome)
    for draw in range(2):
        law = BinaryLaw(graph, draw)
        joint, names = law.joint(), list(graph.observed)
        for values in product((0, 1), repeat=len(treatments)):
            do = dict(zip(treatments, values, strict=True))
            truth = law.joint(do).sum(tuple(i for i, v in enumerate(names) if v != outcome))[1]
            if found.identified:
                assert by_formula(found, joint, names, do, outcome) == pytest.approx(truth)


def test_every_method_is_met_by_the_random_graphs() -> None:
    """The sweep above is no empty promise: it holds every method and refusals."""
    methods = []
    for seed in range(120):
        graph = random_graph(seed, 6, arrows=0.5, both=0.15, latent=0.1)
        if len(graph.observed) >= 3:
            methods.append(identify(graph, *question(seed, graph.observed)).method)
    assert all(methods.count(method) >= 5 for method in (NO_PATH, G_FORMULA, BACK_DOOR, ""))


@pytest.mark.parametrize("seed", range(60))
def test_a_shift_moves_the_outcome_by_the_total_effect(seed: int) -> None:
    """Linear-Gaussian truth: do(x += δ) moves E[y] by δ times the sum over directed paths."""
    graph = random_graph(seed, 6, arrows=0.4, both=0.12)
    treatments, outcome = question(seed, graph.variables)
    found = identify(graph, treatments, outcome, shifted=treatments)
    if not found.identified or found.method == NO_PATH:
        return
    law = linear_law(graph, seed)
    at, cov, size = law["place"], law["cov"], len(law["place"])
    truth = np.linalg.inv(np.eye(size) - law["weights"])[at[outcome], [at[v] for v in treatments]]
    weights = np.zeros((size, size))
    for factor in found.factors:
        given = [at[v] for v in factor.given]
        slope = np.linalg.solve(cov[np.ix_(given, given)], cov[given, at[factor.target]])
        weights[at[factor.target], given] = slope
    moved = np.linalg.inv(np.eye(size) - weights)[at[outcome], [at[v] for v in treatments]]
    np.testing.assert_allclose(moved, truth, atol=1e-8)


def test_shifts_beside_hidden_causes() -> None:
    """A front door moves what x causes, not x; a hidden cause of x and its child forbids it."""
    front = identify(FRONT_DOOR, ("x",), "y", shifted=("x",))
    assert front.method == EDGES
    assert front.estimand == "P(y | do(x += δ)) = Σ_{x, m} P(y | x, m) P(m | x + δ) P(x)"
    assert front.natural == {"x", "y"}
    bow = identify(BOW, ("x",), "y", shifted=("x",))
    tied = "x and y, which reacts to it, are joined by hidden causes"
    assert bow.why_not == f"{tied}: what a shift does cannot be told from them."


def test_a_shift_beside_hidden_causes_moves_the_outcome_by_the_total_effect() -> None:
    """Linear-Gaussian truth, over all pairs of 40 random graphs; x as it came about stays."""
    met = 0
    for seed in range(40):
        graph = random_graph(seed, 6, arrows=0.45, both=0.2)
        law, names = linear_law(graph, seed), graph.variables
        at, cov, size = law["place"], law["cov"], len(law["place"])
        total = np.linalg.inv(np.eye(size) - law["weights"])
        for x, y in permutations(names, 2):
            found = identify(graph, (x,), y, shifted=(x,))
            if found.method != EDGES:
                continue
            met += 1
            weights, sees = np.zeros((size, size)), np.zeros(size)
            for factor in found.factors:
                given = [at[v] for v in factor.given]
                slope = np.linalg.solve(cov[np.ix_(given, given)], cov[given, at[factor.target]])
                weights[at[factor.target], given] = slope
                if x in factor.given and factor.target not in found.natural:
                    sees[at[factor.target]] = slope[factor.given.index(x)]
            reaction = np.linalg.inv(np.eye(size) - weights) @ sees
            assert reaction[at[x]] == pytest.approx(0.0, abs=1e-12)
            assert reaction[at[y]] == pytest.approx(total[at[y], at[x]], abs=1e-7)
    assert met > 10


def test_published_cases() -> None:
    simpson = identify(SIMPSON, ("x",), "y")
    assert (simpson.method, simpson.adjusting) == (G_FORMULA, ("z",))
    assert set(simpson.factors) == {Conditional("z"), Conditional("y", ("z", "x"))}
    assert simpson.estimand == "P(y | do(x)) = Σ_{z} P(y | z, x) P(z)"
    assert identify(M_BIAS, ("x",), "y").adjusting == ()
    refused = identify(BOW, ("x",), "y")
    assert not refused.identified
    assert refused.why_not == (
        "x and y share a hidden cause (x ↔ y), and no formula gets around it."
    )
    assert refused.hedge == Hedge(("x", "y"), ("y",))
    smoking = identify(FRONT_DOOR, ("x",), "y")
    assert (smoking.method, smoking.through) == ("front-door adjustment", ("m",))
    assert smoking.computable
    assert smoking.estimand == "P(y | do(x)) = Σ_{m} P(m | x) Σ_{x'} P(y | x', m) P(x')"


def test_the_trial_with_a_hidden_cause_of_severity_and_recovery() -> None:
    found = identify(TRIAL, ("dose",), "recovery")
    assert found.method == BACK_DOOR
    assert found.adjusting == ("age", "severity")
    assert found.factors == (Conditional("recovery", ("age", "severity", "dose")),)
    assert identify(TRIAL, ("dose",), "adherence").method == G_FORMULA
    assert identify(TRIAL, ("severity",), "recovery").identified is False
    assert identify(TRIAL, ("recovery",), "age").estimand == "P(age | do(recovery)) = P(age)"


def test_a_refusal_names_a_path_that_nothing_measured_closes() -> None:
    graph = graph_of(edges=[("u", "x"), ("u", "w"), ("w", "y"), ("x", "w")], latent=["u"])
    found = identify(graph, ("x",), "y")
    assert found.why_not.startswith("No measured variable can close the path x ↔ w → y,")


def test_treatment_confounder_feedback_needs_the_g_formula() -> None:
    """Robins: no single adjustment set for (x1, x2), yet the product over l is right."""
    graph = graph_of(
        edges=[("x1", "l"), ("l", "x2"), ("x1", "y"), ("x2", "y"), ("l", "y"), ("v", "l")],
    )
    found = identify(graph, ("x1", "x2"), "y")
    assert found.method == G_FORMULA
    assert found.adjustment_sets == ()


def test_names_reach_latex_escaped() -> None:
    graph = graph_of(edges=[("dose_mg", "50% better")])
    assert identify(graph, ("dose_mg",), "50% better").latex == (
        "P(\\text{50\\% better} \\mid \\operatorname{do}(\\text{dose\\_mg})) = "
        "P(\\text{50\\% better} \\mid \\text{dose\\_mg})"
    )


def test_setting_the_outcome_itself_is_refused() -> None:
    with pytest.raises(QueryError, match="both set and asked about"):
        identify(BOW, ("x", "y"), "y")
    with pytest.raises(QueryError, match="Nothing is set"):
        identify(BOW, (), "y")


def test_counterfactuals_stop_at_a_hidden_cause() -> None:
    assert counterfactual_identified(SIMPSON, ("x",), "y") == (True, "")
    allowed, why_not = counterfactual_identified(TRIAL, ("dose",), "recovery")
    assert not allowed
    assert "recovery ↔ severity" in why_not
    assert counterfactual_identified(TRIAL, ("dose",), "adherence")[0]
    assert counterfactual_identified(TRIAL, ("recovery",), "age")[0]


def test_a_shifted_treatment_needs_its_own_noise() -> None:
    """Setting x frees it of its noise; shifting keeps that noise, so it must be known."""
    graph = graph_of(edges=[("x", "y"), ("z", "y")], bidirected=[("w", "x"), ("w", "z")])
    assert counterfactual_identified(graph, ("x",), "y")[0]
    shared = graph_of(edges=[("x", "y"), ("z", "y")], bidirected=[("x", "z")])
    assert counterfactual_identified(shared, ("x",), "y")[0]
    assert not counterfactual_identified(shared, ("x",), "y", shifted=("x",))[0]


@pytest.mark.parametrize("seed", range(40))
def test_our_answers_are_within_the_complete_algorithm(seed: int) -> None:
    """y0's ID algorithm (complete) identifies everything that we do."""
    pytest.importorskip("y0", reason="y0 is a development oracle")
    from y0.algorithm.identify import identify_outcomes
    from y0.dsl import Variable
    from y0.graph import NxMixedGraph

    graph = project(random_graph(seed, 5, arrows=0.4, both=0.2))
    treatments, outcome = question(seed, graph.variables)
    mixed = NxMixedGraph.from_str_edges(
        nodes=list(graph.variables), directed=list(graph.edges), undirected=list(graph.bidirected)
    )
    theirs = identify_outcomes(mixed, {Variable(v) for v in treatments}, {Variable(outcome)})
    if identify(graph, treatments, outcome).identified:
        assert theirs is not None

"""Selected rows and natural effects: recovered laws are the truth; the rest is refused in words."""

import numpy as np
import pytest

from engine.errors import QueryError
from engine.graph.graph import CausalGraph, graph_of
from engine.identify.enumerating import evaluated
from engine.identify.mediation import natural_direct
from engine.identify.selection import recover, seeing_recoverable
from tests.engine.graph.graphs import random_graph
from tests.engine.identify.laws import BinaryLaw, along


def selected_joint(law: BinaryLaw, names: list[str], selected: str) -> np.ndarray:
    """P(everything | selected = 1), the selection's axis kept with length 1."""
    part = law.joint().take([1], axis=names.index(selected))
    return part / part.sum()


def with_selection(seed: int) -> tuple[CausalGraph, str, str]:
    """A random graph whose last variable is the selection; a cause and an effect elsewhere."""
    graph = random_graph(seed, 6, arrows=0.4, both=0.15)
    order = graph.order()
    kept = frozenset(e for e in graph.edges if e[1] != order[-1] or seed % 3)
    return CausalGraph(graph.variables, kept, graph.bidirected), order[1], order[-2]


@pytest.mark.parametrize("seed", range(60))
def test_what_is_recovered_is_the_truth_of_all(seed: int) -> None:
    graph, x, y = with_selection(seed)
    last = graph.order()[-1]
    if last in (x, y) or graph.children(last):
        return
    found = recover(graph, (x,), (y,), (last,))
    if found.estimand is None:
        assert last in found.why_not
        return
    law, names = BinaryLaw(graph, seed), list(graph.variables)
    told = evaluated(found.estimand.expression, selected_joint(law, names, last), names)
    for value in (0, 1):
        truth = law.joint({x: value}).sum(tuple(i for i, v in enumerate(names) if v != y))
        at = [slice(None)] * len(names)
        if told.shape[names.index(x)] == 2:
            at[names.index(x)] = slice(value, value + 1)
        here = told[tuple(at)]
        gap = here - truth.reshape([2 if v == y else 1 for v in names])
        np.testing.assert_allclose(gap, 0.0, atol=1e-12)


def test_the_sweep_meets_both() -> None:
    found = [
        recover(graph, (x,), (y,), (graph.order()[-1],)).estimand is not None
        for graph, x, y in map(with_selection, range(60))
        if graph.order()[-1] not in (x, y)
    ]
    assert min(found.count(True), found.count(False)) > 5


def test_published_selections() -> None:
    """Bareinboim, Tian, Pearl 2014: harmless behind the treatment, fatal behind the outcome."""
    behind_x = graph_of(edges=[("x", "y"), ("x", "s")])
    assert seeing_recoverable(behind_x, "y", ("x",), ("s",))
    assert recover(behind_x, ("x",), ("y",), ("s",)).estimand is not None
    behind_y = graph_of(edges=[("x", "y"), ("y", "s")])
    assert not seeing_recoverable(behind_y, "y", ("x",), ("s",))
    assert recover(behind_y, ("x",), ("y",), ("s",)).estimand is None
    confounded = graph_of(edges=[("z", "x"), ("z", "y"), ("x", "y"), ("x", "s")])
    lost = recover(confounded, ("x",), ("y",), ("s",))
    assert lost.estimand is None
    assert lost.why_not == "Rows are selected by s, so that z among them is not as among all."


def test_selection_on_a_collider_says_so() -> None:
    """Berkson: two diseases that both bring people to hospital."""
    berkson = graph_of(["x", "y"], [("x", "s"), ("y", "s")])
    found = recover(berkson, ("x",), ("y",), ("s",))
    assert found.estimand is None
    assert found.why_not == (
        "Rows are selected by s: x and y now look related because of that (x → s ← y)."
    )
    with pytest.raises(QueryError, match="which causes y"):
        recover(graph_of(edges=[("x", "y"), ("s", "y")]), ("x",), ("y",), ("s",))


def nested(law: BinaryLaw, graph: CausalGraph, x: str, y: str, through: set[str]) -> np.ndarray:
    """P(y) with the arrows x → `through` at x* = 0 and all other arrows out of x at x = 1."""
    total = np.ones((2,) * len(law.names))
    for v in law.names:
        parents = [] if v == x else list(law.dag.predecessors(v))
        one = np.asarray(0.5) if v == x else law.tables[v]
        if x in parents:
            one = np.take(one, int(v not in through), parents.index(x))
            parents.remove(x)
        total = total * along(np.stack([1 - one, one], -1), [*parents, v], law.names)
    return total.sum(tuple(i for i, v in enumerate(law.names) if v != y))


@pytest.mark.parametrize("seed", range(60))
def test_an_identified_natural_effect_is_the_nested_counterfactual(seed: int) -> None:
    graph = random_graph(seed, 6, arrows=0.45, both=0.1)
    order = graph.order()
    x, mediator, y = order[1], order[3], order[-1]
    found = natural_direct(graph, x, (mediator,), y)
    if not found.identified:
        assert found.why_not
        return
    law, names = BinaryLaw(graph, seed), list(graph.variables)
    joint, place = law.joint(), names.index(x)
    total = np.ones((1,) * len(names))
    for kernel, starred in found.kernels:
        factor = evaluated(kernel.expression, joint, names)
        total = total * (factor if factor.shape[place] == 1 else factor.take([not starred], place))
    leads = y in graph.descendants((mediator,))
    onward = {v for v in graph.variables if leads and mediator in graph.descendants((v,))}
    truth = nested(law, graph, x, y, onward & set(graph.children(x)))
    summed = total.sum(tuple(names.index(v) for v in found.over), keepdims=True)
    gap = summed - truth.reshape([2 if v == y else 1 for v in names])
    np.testing.assert_allclose(gap, 0.0, atol=1e-12)


def test_the_sweep_of_natural_effects_meets_both() -> None:
    """Identified with a mediator that matters, and refused, often enough."""
    found = []
    for seed in range(60):
        graph = random_graph(seed, 6, arrows=0.45, both=0.1)
        order = graph.order()
        effect = natural_direct(graph, order[1], (order[3],), order[-1])
        if not effect.identified or any(starred for _, starred in effect.kernels):
            found.append(effect.identified)
    assert min(found.count(True), found.count(False)) > 5


def test_natural_effects_in_the_textbook() -> None:
    """Simple mediation is told apart; with a confounder that the treatment causes it is refused."""
    simple = graph_of(edges=[("x", "m"), ("m", "y"), ("x", "y")])
    assert natural_direct(simple, "x", ("m",), "y").identified
    caused = graph_of(
        edges=[("x", "m"), ("m", "y"), ("x", "y"), ("x", "l"), ("l", "m"), ("l", "y")]
    )
    refused = natural_direct(caused, "x", ("m",), "y")
    assert refused.why_not == (
        "l reacts to x and sits on both paths, past the mediator and through it; "
        "ask for the controlled direct effect, with the mediator set."
    )
    assert refused.controlled.identified
    hidden = graph_of(edges=[("x", "m"), ("m", "y"), ("x", "y")], bidirected=[("m", "y")])
    tied = natural_direct(hidden, "x", ("m",), "y")
    assert "m and y both react to x and share a hidden cause" in tied.why_not
    with pytest.raises(QueryError, match="No mediator"):
        natural_direct(simple, "x", (), "y")

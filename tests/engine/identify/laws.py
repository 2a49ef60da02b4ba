"""Exact laws of random binary SCMs with hidden causes, by enumeration."""

from itertools import product

import networkx
import numpy as np

from engine.graph.graph import CausalGraph
from engine.identify.complete import Derivation
from engine.identify.enumerating import evaluated
from engine.identify.identification import BACK_DOOR, Identification
from engine.scm.conditional import Conditional
from tests.engine.graph.graphs import canonical
from tests.engine.identify.admgs import Asked


class BinaryLaw:
    """P(v = 1 | parents) drawn for every variable, hidden causes written out."""

    def __init__(self, graph: CausalGraph, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.observed = graph.observed
        self.dag = canonical(graph)
        self.names = list(networkx.topological_sort(self.dag))
        self.tables = {v: rng.uniform(0.1, 0.9, (2,) * self.dag.in_degree(v)) for v in self.names}

    def joint(self, do: dict[str, int] | None = None) -> np.ndarray:
        """P(observed | do), one axis of length 2 per observed variable in the graph's order."""
        do = do or {}
        total = np.ones((2,) * len(self.names))
        for v in self.names:
            parents = [] if v in do else list(self.dag.predecessors(v))
            one = np.asarray(float(do[v])) if v in do else self.tables[v]
            total = total * along(np.stack([1 - one, one], -1), [*parents, v], self.names)
        hidden = tuple(i for i, v in enumerate(self.names) if v not in self.observed)
        left = [v for v in self.names if v in self.observed]
        return total.sum(hidden).transpose([left.index(v) for v in self.observed])


def along(table: np.ndarray, axes: list[str], names: list[str]) -> np.ndarray:
    """`table` over `axes` as an array that broadcasts over `names`."""
    order = sorted(range(len(axes)), key=lambda i: names.index(axes[i]))
    shape = [2 if v in axes else 1 for v in names]
    return table.transpose(order).reshape(shape)


def conditional(joint: np.ndarray, names: list[str], factor: Conditional) -> np.ndarray:
    """P(target | given) from the joint, broadcastable over `names`."""
    keep = {factor.target, *factor.given}
    both = joint.sum(tuple(i for i, v in enumerate(names) if v not in keep), keepdims=True)
    return both / both.sum(names.index(factor.target), keepdims=True)


def by_formula(
    found: Identification, joint: np.ndarray, names: list[str], do: dict[str, int], outcome: str
) -> float:
    """P(outcome = 1 | do) by the identified expression, from the observed joint alone.

    NaN where it depends on a variable that the question does not name.
    """
    if not found.factors:
        assert found.law is not None
        told = evaluated(found.law.expression, joint, names)
        at = [do.get(v, slice(None)) if told.shape[i] == 2 else 0 for i, v in enumerate(names)]
        at[names.index(outcome)] = 1
        value = np.atleast_1d(told[tuple(at)])
        return float(value.flat[0]) if np.ptp(value) < 1e-9 else float("nan")
    factors = [conditional(joint, names, factor) for factor in found.factors]
    if found.method == BACK_DOOR:
        other = tuple(i for i, v in enumerate(names) if v not in found.adjusting)
        factors.append(joint.sum(other, keepdims=True))
    at = tuple(slice(do[v], do[v] + 1) if v in do else slice(None) for v in names)
    total = np.ones((1,) * len(names))
    for factor in factors:
        size = [at[i] if factor.shape[i] == 2 else slice(None) for i in range(len(names))]
        total = total * factor[tuple(size)]
    axis = names.index(outcome)
    return float(total.take(1, axis).sum())


def misses(graph: CausalGraph, asked: Asked, found: Derivation, seed: int) -> bool:
    """Whether the estimand differs from P(outcomes | do, given) of a random model, anywhere."""
    treatments, outcomes, given = asked
    law, names = BinaryLaw(graph, seed), list(graph.variables)
    assert found.estimand is not None
    told = evaluated(found.estimand.expression, law.joint(), names)
    keep = {*outcomes, *given}
    for values in product((0, 1), repeat=len(treatments)):
        do = dict(zip(treatments, values, strict=True))
        gone = tuple(i for i, v in enumerate(names) if v not in keep)
        truth = law.joint(do).sum(gone, keepdims=True)
        if given:
            truth = truth / truth.sum(tuple(names.index(v) for v in outcomes), keepdims=True)
        at = tuple(
            slice(do[v], do[v] + 1) if v in do and told.shape[i] == 2 else slice(None)
            for i, v in enumerate(names)
        )
        if not np.allclose(told[at], truth, atol=1e-9):
            return True
    return False


def is_hedge(graph: CausalGraph, asked: Asked, found: Derivation) -> bool:
    """Definition 6 of Shpitser, Pearl 2006, by networkx: two R-rooted C-forests F' ⊂ F.

    Of a set: its ↔ join it, and from all of it arrows within it lead to R. R are ancestors of what
    is asked once the treatments are cut; treatments (as IDC has them) are in F, not in F'.
    """
    assert found.hedge is not None
    outer, inner = set(found.hedge.outer), set(found.hedge.inner)
    arrows = networkx.DiGraph()
    arrows.add_nodes_from(graph.variables)
    arrows.add_edges_from(graph.edges)
    set_too = {r.words.split()[1] for r in found.rules if r.line == "IDC 1"}
    treatments, outcomes = {*asked[0], *set_too}, {*asked[1], *asked[2]} - set_too
    within = arrows.subgraph(inner)
    roots = {v for v in inner if not within.out_degree(v)}
    cut = arrows.copy()
    cut.remove_edges_from([e for e in arrows.edges if e[1] in treatments])
    above = outcomes.union(*(networkx.ancestors(cut, y) for y in outcomes))
    return (
        inner < outer
        and bool(outer & treatments)
        and not inner & treatments
        and roots <= above
        and all(_forest(graph, arrows, names, roots) for names in (outer, inner))
    )


def _forest(graph: CausalGraph, arrows: networkx.DiGraph, names: set[str], roots: set[str]) -> bool:
    joined = networkx.Graph()
    joined.add_nodes_from(names)
    joined.add_edges_from(edge for edge in graph.bidirected if names.issuperset(edge))
    within = arrows.subgraph(names)
    led = roots.union(*(networkx.ancestors(within, root) for root in roots))
    return networkx.is_connected(joined) and led == names

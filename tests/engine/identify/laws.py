"""Exact laws of random binary SCMs with hidden causes, by enumeration."""

import networkx
import numpy as np

from engine.graph.graph import CausalGraph
from engine.identify.identification import BACK_DOOR, Identification
from engine.scm.conditional import Conditional
from tests.engine.graph.graphs import canonical


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
    """P(outcome = 1 | do) by the identified expression, from the observed joint alone."""
    factors = [conditional(joint, names, factor) for factor in found.factors]
    if found.method == BACK_DOOR:
        other = tuple(i for i, v in enumerate(names) if v not in found.adjusting)
        factors.append(joint.sum(other, keepdims=True))
    at = tuple(slice(do[v], do[v] + 1) if v in do else slice(None) for v in names)
    product = np.ones((1,) * len(names))
    for factor in factors:
        size = [at[i] if factor.shape[i] == 2 else slice(None) for i in range(len(names))]
        product = product * factor[tuple(size)]
    axis = names.index(outcome)
    return float(product.take(1, axis).sum())

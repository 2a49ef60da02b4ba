"""Random mixed graphs, and the plain DAG (every ↔ a named hidden cause) that oracles understand."""

import networkx
import numpy as np

from engine.graph.graph import CausalGraph, graph_of


def random_graph(
    seed: int, count: int = 6, arrows: float = 0.35, both: float = 0.2, latent: float = 0.0
) -> CausalGraph:
    """A random ADMG over shuffled names, so that name order is no topological order."""
    rng = np.random.default_rng(seed)
    names = [f"v{i}" for i in rng.permutation(count)]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    edges = [p for p in pairs if rng.random() < arrows]
    bidirected = [p for p in pairs if rng.random() < both]
    hidden = [v for v in names if rng.random() < latent]
    return graph_of(sorted(names), edges, bidirected, hidden)


def canonical(graph: CausalGraph) -> networkx.DiGraph:
    """Every a ↔ b written as a ← hidden → b."""
    dag = networkx.DiGraph()
    dag.add_nodes_from(graph.variables)
    dag.add_edges_from(graph.edges)
    for a, b in graph.bidirected:
        dag.add_edges_from([(f"h {a} {b}", a), (f"h {a} {b}", b)])
    return dag


def linear_law(graph: CausalGraph, seed: int) -> dict[str, object]:
    """A random linear-Gaussian SCM on `graph`: its coefficients and exact covariance by name."""
    rng = np.random.default_rng(seed)
    dag = canonical(graph)
    order = list(networkx.topological_sort(dag))
    place = {v: i for i, v in enumerate(order)}
    weights = np.zeros((len(order), len(order)))
    for cause, effect in dag.edges:
        weights[place[effect], place[cause]] = rng.choice([-1, 1]) * rng.uniform(0.4, 1.2)
    spread = np.linalg.inv(np.eye(len(order)) - weights)
    noise = np.diag(rng.uniform(0.5, 1.5, len(order)))
    return {"place": place, "weights": weights, "noise": noise, "cov": spread @ noise @ spread.T}

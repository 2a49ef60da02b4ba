"""Comparison of a graph with random ones, ours beside DoWhy's falsify_graph, on known linear laws.

True graphs of 5 and 6 variables with normal noise, and wrong ones that are the same with shuffled
names; `python -m tests.bench falsify [GRAPHS [ROWS]]` (10 of each, 500 rows) counts verdicts "no
better than a random graph" and the time of each.
"""

import json
import time
from importlib.util import find_spec

import numpy as np

from engine.checks.evidence import Measured, examine
from engine.checks.falsify import TYPICAL, Falsification, falsify
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph, graph_of

GRAPHS, ROWS = 10, 500


def main(args: list[str]) -> None:
    """Verdicts and seconds; lines for people, then JSON."""
    many, rows = (int(args[i]) if len(args) > i else n for i, n in enumerate((GRAPHS, ROWS)))
    beside = find_spec("dowhy") is not None
    if not beside:
        print("DoWhy is not installed: ours alone (pip install -e .[peers])")
    found = []
    for seed in range(many):
        truth = random_graph(seed)
        table = drawn(truth, seed, rows)
        for right, graph in ((True, truth), (False, shuffled(truth, seed))):
            row: dict[str, object] = {"seed": seed, "right": right}
            started = time.perf_counter()
            last = list(falsify(graph, table, seed))[-1]
            assert isinstance(last, Falsification)
            row |= {"as_good": last.as_good, "alike": last.alike}
            row["seconds"] = time.perf_counter() - started
            if beside:
                row |= _dowhys(graph, table)
            print("  ".join(f"{k} {v:.3g}" for k, v in row.items()), flush=True)
            found.append(row)
    for name in ("as_good", "dowhy"):
        shares = [
            sum(float(str(row[name])) > TYPICAL for row in found if row["right"] is right)
            for right in (True, False)
        ] if name in found[0] else []  # fmt: skip
        if shares:
            print(f"{name}: random fits as well for {shares[0]} true and {shares[1]} wrong graphs")
    print(json.dumps(found))


def random_graph(seed: int) -> CausalGraph:
    """5 or 6 variables, about half of the arrows that could be."""
    rng = np.random.default_rng(seed)
    names = [f"v{i}" for i in range(5 + seed % 2)]
    order = list(rng.permutation(names))
    edges = [(a, b) for i, a in enumerate(order) for b in order[i + 1 :] if rng.random() < 0.45]
    return graph_of(names, edges)


def shuffled(graph: CausalGraph, seed: int) -> CausalGraph:
    """The same drawing with its names mixed up."""
    rng = np.random.default_rng(1_000 + seed)
    names = dict(zip(graph.variables, rng.permutation(graph.variables), strict=True))
    return graph_of(graph.variables, [(names[a], names[b]) for a, b in sorted(graph.edges)])


def drawn(graph: CausalGraph, seed: int, rows: int) -> Table:
    """A linear law with slopes of .5 to 1 either way."""
    rng = np.random.default_rng(seed)
    columns: dict[str, np.ndarray] = {}
    for v in graph.order():
        columns[v] = rng.standard_normal(rows)
        for parent in graph.parents(v):
            columns[v] = columns[v] + rng.choice([-1, 1]) * rng.uniform(0.5, 1) * columns[parent]
    variables = tuple(Variable(v, Kind.CONTINUOUS) for v in graph.variables)
    return Table(variables, {v: columns[v] for v in graph.variables})


def _partial_correlation(x: np.ndarray, y: np.ndarray, z: np.ndarray | None = None) -> float:
    """Our test of straight lines for DoWhy; its own kernel test takes minutes per graph."""
    given = [] if z is None else [Measured(column, False) for column in np.atleast_2d(z.T)]
    found = examine(Measured(x.ravel(), False), Measured(y.ravel(), False), given)
    return 1.0 if isinstance(found, str) else found.p


def _dowhys(graph: CausalGraph, table: Table) -> dict[str, object]:
    import networkx
    import pandas
    from dowhy.gcm.falsify import FalsifyConst, falsify_graph

    dag = networkx.DiGraph()
    dag.add_nodes_from(graph.variables)
    dag.add_edges_from(graph.edges)
    frame = pandas.DataFrame({v: table[v] for v in table.names})
    started = time.perf_counter()
    result = falsify_graph(
        dag,
        frame,
        n_permutations=50,
        independence_test=_partial_correlation,
        conditional_independence_test=_partial_correlation,
        n_jobs=1,
        show_progress_bar=False,
    )
    found = result.summary[FalsifyConst.VALIDATE_LMC]
    return {
        "dowhy": float(found[FalsifyConst.P_VALUE]),
        "dowhy_seconds": time.perf_counter() - started,
    }

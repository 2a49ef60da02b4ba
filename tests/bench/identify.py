"""Identification: verdicts beside y0's, estimands beside the truth of random models, time.

Every ADMG with ≤ 4 nodes up to relabelling, and random ones with 5 to 7: every question with one
treatment and one outcome, two of either, or one variable seen beside (of the random ones, 6 drawn).
Verdicts are compared with y0's ID and IDC where y0 can be imported (`pip install y0`); estimands
with P(outcomes | do, given) of random binary models whose hidden causes are written out, and
hedges with their definition. `--random N` (2000), `--models N` (1), `--size N` (4); `--part I/N`:
every N-th question from the I-th on, so that several processes can share the work.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np

from engine.graph.graph import CausalGraph
from engine.graph.projection import project
from engine.identify.complete import derive
from engine.identify.identification import identify
from tests.engine.graph.graphs import random_graph
from tests.engine.identify.admgs import Asked, questions, small_graphs
from tests.engine.identify.laws import is_hedge, misses

Case = tuple[CausalGraph, Asked]


def main(args: list[str]) -> None:
    """Counts of agreement, then milliseconds per question."""
    options = argparse.ArgumentParser(prog="identify")
    options.add_argument("--random", type=int, default=2000)
    options.add_argument("--models", type=int, default=1)
    options.add_argument("--size", type=int, default=4)
    options.add_argument("--part", default="0/1")
    given = options.parse_args(args)
    first, step = map(int, given.part.split("/"))
    whole = [g for n in range(2, given.size + 1) for g in small_graphs(n)]
    print(f"{len(whole)} graphs with up to {given.size} nodes, {given.random} random ones")
    every = ((g, q) for g in whole for q in questions(g.variables))
    for title, cases in (
        (f"up to {given.size} nodes", every),
        ("5 to 7 nodes", random_cases(given.random)),
    ):
        compared(title, islice(cases, first, None, step), given.models)
    timed()


def random_cases(count: int) -> Iterator[Case]:
    """Six questions of each random graph."""
    for seed in range(count):
        graph = random_graph(seed, 5 + seed % 3, arrows=0.4, both=0.2)
        asked = list(questions(graph.variables))
        chosen = np.random.default_rng((seed, 7)).choice(len(asked), 6, replace=False)
        yield from ((graph, asked[i]) for i in chosen)


def compared(title: str, cases: Iterator[Case], models: int) -> None:
    """One line of counts; every disagreement is printed."""
    theirs = y0_verdicts()
    counts: Counter[str] = Counter()
    for number, (graph, asked) in enumerate(cases):
        found = derive(graph, *asked)
        counts["questions"] += 1
        counts["identified"] += found.estimand is not None
        if found.estimand is None:
            counts["false hedges"] += not is_hedge(graph, asked, found)
        else:
            wrong = any(misses(graph, asked, found, seed=number + 7 * m) for m in range(models))
            counts["wrong estimands"] += wrong
        if theirs is not None and theirs(graph, asked) != (found.estimand is not None):
            counts["other verdict than y0"] += 1
            print("  y0 differs:", graph, asked)
        if counts["questions"] % 2000 == 0:
            print(f"  {title}: {dict(counts)}", flush=True)
    if theirs is None:
        print("  y0 is not installed: verdicts are not compared")
    named = ("false hedges", "wrong estimands", "other verdict than y0")
    print(f"{title}: {dict(counts)}; {', '.join(f'{n}: {counts[n]}' for n in named)}", flush=True)


def y0_verdicts():  # noqa: ANN201 - y0 may be absent
    """(graph, question) → whether y0 identifies it; None where y0 is not installed."""
    try:
        from y0.algorithm.identify import identify_outcomes
        from y0.dsl import Variable
        from y0.graph import NxMixedGraph
    except ImportError:
        return None

    for cut in ("remove_in_edges", "remove_out_edges"):
        setattr(NxMixedGraph, cut, _keeping_nodes(getattr(NxMixedGraph, cut)))

    def verdict(graph: CausalGraph, asked: Asked) -> bool:
        mixed = NxMixedGraph.from_str_edges(
            nodes=list(graph.variables),
            directed=list(graph.edges),
            undirected=list(graph.bidirected),
        )
        sides = [{Variable(v) for v in names} for names in asked]
        return identify_outcomes(mixed, sides[0], sides[1], sides[2] or None) is not None

    return verdict


def _keeping_nodes(method):  # noqa: ANN001, ANN202 - y0 may be absent
    """y0 0.2.11 loses variables that a cut leaves without edges, and fails: they are put back."""

    def kept(graph, vertices):  # noqa: ANN001, ANN202
        found = method(graph, vertices)
        for node in graph.nodes():
            found.add_node(node)
        return found

    return kept


def timed() -> None:
    """Milliseconds of processor time for the whole reasoning on graphs of 10 to 50 nodes."""
    for count in (10, 20, 30, 50):
        spent = []
        for seed in range(20):
            graph = project(random_graph(seed, count, arrows=3 / count, both=1 / count))
            order = graph.order()
            start = time.process_time()
            identify(graph, (order[count // 3],), order[-1])
            spent.append(1000 * (time.process_time() - start))
        print(f"{count} nodes: median {np.median(spent):.0f} ms, worst {max(spent):.0f} ms")

"""Whether the estimand's own draws have little bias, small errors and honest intervals.

Random binary SCMs with hidden causes over back-door, front-door, M, napkin and the trial of the
window's picture; of each run a new law and a new table. Beside ours the plug-in: the same formula
on the table's shares. Truth by enumeration of the SCM with its hidden causes.

`python -m tests.bench estimands [--runs 200] [--rows 2000] [-o FILE]`
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph, graph_of
from engine.identify.enumerating import evaluated
from engine.identify.identification import identify
from engine.interventions import Set
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import DoAnswer
from engine.queries.model import Model
from engine.queries.questions import Question, Rung
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from tests.engine.identify.laws import BinaryLaw

GRAPHS = {
    "back-door": graph_of(edges=[("z", "x"), ("z", "y"), ("x", "y")], bidirected=[]),
    "front-door": graph_of(edges=[("x", "m"), ("m", "y")], bidirected=[("x", "y")]),
    "M": graph_of(edges=[("x", "y"), ("x", "m")], bidirected=[("x", "z"), ("z", "y")]),
    "napkin": graph_of(
        edges=[("w", "r"), ("r", "x"), ("x", "y")], bidirected=[("w", "x"), ("w", "y")]
    ),
    "trial": graph_of(
        edges=[("age", "x"), ("age", "s"), ("s", "x"), ("x", "y"), ("s", "y"), ("age", "y")],
        bidirected=[("s", "y")],
    ),
}
OPTIONS = argparse.ArgumentParser(prog="estimands")
OPTIONS.add_argument("--runs", type=int, default=200)
OPTIONS.add_argument("--rows", type=int, default=2000)
OPTIONS.add_argument("-o", dest="output", type=Path)


def main(args: list[str]) -> None:
    """One row per graph, and JSON of every run."""
    given = OPTIONS.parse_args(args)
    told: dict[str, list[list[float]]] = {}
    head = f"{'graph':12}{'runs':>6}{'bias':>10}{'±se':>8}{'RMSE':>9}{'plug-in':>9}{'ratio':>7}"
    print(head + f"{'coverage':>10}{'half':>8}")
    for name, graph in GRAPHS.items():
        runs = [r for seed in range(given.runs) if (r := run(graph, seed, given.rows)) is not None]
        told[name] = runs
        print(f"{name:12}{summary(runs)}", flush=True)
        if given.output:
            given.output.write_text(json.dumps(told), "utf-8")


def run(graph: CausalGraph, seed: int, rows: int) -> list[float] | None:
    """Truth, estimate, low, high and plug-in of P(y = 1 | do(x = 1)) - P(y = 1 | do(x = 0))."""
    law, names = BinaryLaw(graph, seed), list(graph.variables)
    joint = law.joint()
    rng = np.random.default_rng([seed, rows])
    states = np.unravel_index(rng.choice(joint.size, rows, p=joint.ravel()), joint.shape)
    kinds = tuple(Variable(n, Kind.CATEGORICAL, categories=("0", "1")) for n in names)
    table = Table(kinds, {name: states[i].astype(float) for i, name in enumerate(names)})
    drawn = Project(graph=graph, table=table, seed=seed)
    asked = Question(Rung.DO, "y", 1, action=(Set("x", 1.0),), contrast=(Set("x", 0.0),))
    model = fit(drawn, Shelf(), needed(Model(drawn), asked))
    *_, (last, _) = answer(model, asked)
    if not isinstance(last, DoAnswer) or last.difference is None or last.interval is None:
        return None
    shares = np.zeros_like(joint)
    np.add.at(shares, states, 1 / rows)
    truth = float(np.subtract(*(marginal(law.joint({"x": v}), names) for v in (1, 0))))
    return [truth, last.difference, *last.interval, plugged(graph, shares, names)]


def marginal(joint: np.ndarray, names: list[str]) -> float:
    """P(y = 1)."""
    return float(joint.sum(tuple(i for i, v in enumerate(names) if v != "y"))[1])


def plugged(graph: CausalGraph, shares: np.ndarray, names: list[str]) -> float:
    """The estimand on the table's shares; cells nobody is in count for nothing."""
    found = identify(graph, ("x",), "y")
    assert found.law is not None
    with np.errstate(invalid="ignore", divide="ignore"):
        told = np.nan_to_num(evaluated(found.law.expression, shares, names))
    told = np.broadcast_to(told, (2,) * len(names))
    y, x = names.index("y"), names.index("x")
    effect = told.take(1, y).take(1, x - (x > y)) - told.take(1, y).take(0, x - (x > y))
    return float(effect.mean())


def summary(runs: list[list[float]]) -> str:
    """Bias with its standard error over the runs, both errors, coverage and mean half-width."""
    truth, told, low, high, plug = np.asarray(runs).T
    off, other = told - truth, plug - truth
    se = off.std(ddof=1) / math.sqrt(len(off))
    rmse, beside = (float(np.sqrt((e**2).mean())) for e in (off, other))
    covered = float(((low <= truth) & (truth <= high)).mean())
    half = float((high - low).mean()) / 2
    return (
        f"{len(off):6d}{off.mean():10.4f}{se:8.4f}{rmse:9.4f}{beside:9.4f}"
        f"{rmse / beside:7.2f}{covered:10.1%}{half:8.4f}"
    )

"""Single-unit counterfactuals on stress/ctf2 and ctf4: does the hull over conventions hold them?

Sign flips that no data can see (ICML 2025 position paper on synthetic experiments, arXiv
2508.08883): x1 = u1, x2 = u2 if x1 ≥ 0 else -u2; ctf2: x3 = x2 + u3; ctf4: x3 = u3 if x2 ≥ 0 else
-u3; u standard normal. 20 000 rows to learn from; do(x1) and do(x2) at the 25th, 50th, 75th
percentile, rounded to .01; every unit of the test rows × descendant × action counts once. A hit
is the true counterfactual within the hull as it stands, tolerance 0; beside it with .02 sd for
the error of estimation, and within the 5–95 % redraw alone, which holds 90 % by construction.
`--units N` (300), `--seeds N` (3), `--family F`, `--json PATH`.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.interventions import Convention, Set
from engine.project import Project
from engine.queries.imagining import unit_values
from engine.queries.model import Model
from engine.scm.conditional import Conditional
from engine.scm.fitted import Fitted
from engine.scm.fitting import Done, FitRun, FitTask

Columns = dict[str, np.ndarray]
TRAIN = 20_000
PARENTS = {"x1": (), "x2": ("x1",), "x3": ("x2",)}
ACTIONS = [(name, q) for name in ("x1", "x2") for q in (25, 50, 75)]
BELOW = {"x1": ("x2", "x3"), "x2": ("x3",)}
SLACK = 0.02  # sd of the variable
GOAL = 0.9


def ctf2(noise: Columns, done: Mapping[str, float]) -> Columns:
    """A flip, and a sum of what it flips."""
    x = _flipped(noise, done)
    return {**x, "x3": x["x2"] + noise["x3"]}


def ctf4(noise: Columns, done: Mapping[str, float]) -> Columns:
    """A flip by a flip."""
    x = _flipped(noise, done)
    return {**x, "x3": np.where(x["x2"] >= 0, noise["x3"], -noise["x3"])}


def _flipped(noise: Columns, done: Mapping[str, float]) -> Columns:
    x1 = _set("x1", done, noise["x1"])
    return {"x1": x1, "x2": _set("x2", done, np.where(x1 >= 0, noise["x2"], -noise["x2"]))}


def _set(name: str, done: Mapping[str, float], value: np.ndarray) -> np.ndarray:
    return np.full_like(value, done[name]) if name in done else value


CASES = {"ctf2": ctf2, "ctf4": ctf4}


@dataclass
class Record:
    """What one descendant under actions on one variable gave, a number per unit and action."""

    truth: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    under: dict[Convention, list[float]] = field(
        default_factory=lambda: {each: [] for each in Convention}
    )
    redraw: list[tuple[float, float]] = field(default_factory=list)  # 5–95 %, alone

    def row(self, sd: float) -> dict[str, float]:
        """Shares held, widths and errors, in units of the variable (its sd is `sd`)."""
        truth, low, high = map(np.array, (self.truth, self.low, self.high))
        near, (bottom, top) = SLACK * sd, np.array(self.redraw).T
        errors = {
            f"rmse_{each}": float(np.sqrt(np.mean((np.array(values) - truth) ** 2)))
            for each, values in self.under.items()
        }
        return {
            "units": len(truth),
            "held": float(np.mean((low <= truth) & (truth <= high))),
            "held_slack": float(np.mean((low - near <= truth) & (truth <= high + near))),
            "held_redraw": float(np.mean((bottom <= truth) & (truth <= top))),
            "width": float(np.median(high - low)),
            "width_redraw": float(np.median(top - bottom)),
            "width_sd": float(np.median(high - low) / sd),
            **errors,
        }


def main(args: list[str]) -> None:
    """Both cases over the seeds, a table and perhaps a JSON file."""
    options = argparse.ArgumentParser(prog="conventions")
    options.add_argument("cases", nargs="*", default=list(CASES))
    options.add_argument("--units", type=int, default=300)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--family", default="auto")
    options.add_argument("--json", type=Path)
    given = options.parse_args(args)
    rows = [
        {"case": case, "action": done, "outcome": outcome, **record.row(sd)}
        for case in given.cases
        for (done, outcome), (record, sd) in measured(case, given).items()
    ]
    told(rows)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), "utf-8")


def measured(case: str, given: argparse.Namespace) -> dict[tuple[str, str], tuple[Record, float]]:
    """Records and sd by variable set and descendant, over all seeds and percentiles."""
    found: dict[tuple[str, str], tuple[Record, float]] = {}
    for seed in range(given.seeds):
        rng = np.random.default_rng(seed)
        noise = {name: rng.normal(size=TRAIN + given.units) for name in PARENTS}
        data = CASES[case](noise, {})
        model, families = fitted(data, seed, given.family)
        print(f"{case} seed {seed}: {families}", flush=True)
        luck = {name: column[TRAIN:] for name, column in noise.items()}
        for name, q in ACTIONS:
            value = round(float(np.percentile(data[name][:TRAIN], q)), 2)
            truth = CASES[case](luck, {name: value})
            for outcome in BELOW[name]:
                record = found.setdefault((name, outcome), (Record(), float(data[outcome].std())))[
                    0
                ]
                take(record, model, Set(name, value), outcome, truth[outcome])
    return found


def take(record: Record, model: Model, action: Set, outcome: str, truth: np.ndarray) -> None:
    """The answer for every test unit, as the window would give it."""
    for row, true in enumerate(truth):
        unit = unit_values(model, row, (action,), outcome=outcome)[outcome]
        assert unit.hull is not None
        assert unit.low is not None
        assert unit.high is not None
        record.truth.append(float(true))
        record.low.append(unit.hull[0])
        record.high.append(unit.hull[1])
        record.redraw.append((unit.low, unit.high))
        for each, other in unit.under.items():
            record.under[each].append(other.value)


def fitted(data: Columns, seed: int, family: str) -> tuple[Model, str]:
    """A model of the first rows whose table holds the units to imagine, and its families."""
    variables = tuple(Variable(name, Kind.CONTINUOUS) for name in PARENTS)
    train = Table(variables, {name: data[name][:TRAIN].copy() for name in PARENTS})
    units = Table(variables, {name: data[name][TRAIN:].copy() for name in PARENTS})
    tasks = [FitTask(Conditional(name, given), family) for name, given in PARENTS.items()]
    fits: dict[Conditional, Fitted] = {}
    for event in FitRun(tasks, train, seed).slices():
        if isinstance(event, Done):
            fits[event.fitted.conditional] = event.fitted
        if len(fits) == len(tasks):
            break
    edges = [(cause, effect) for effect, causes in PARENTS.items() for cause in causes]
    project = Project(graph=graph_of(tuple(PARENTS), edges), table=units, seed=seed)
    return Model(project, fits), " ".join(fits[task.conditional].family for task in tasks)


def told(rows: list[dict[str, object]]) -> None:
    """One line per case, action and descendant; then the pooled share per case."""
    head = (
        "case",
        "do",
        "of",
        "units",
        "held",
        f"±{SLACK}sd",
        "redraw",
        "width",
        "in sd",
        "redraw",
    )
    errors = tuple(f"RMSE {each}" for each in Convention)
    print("  ".join(f"{text:>9}" for text in head), "  ".join(f"{e:>13}" for e in errors))
    keys = ("units", "held", "held_slack", "held_redraw", "width", "width_sd", "width_redraw")
    for row in rows:
        names = "  ".join(f"{row[key]!s:>9}" for key in ("case", "action", "outcome"))
        shown = "  ".join(f"{row[key]:9.3f}" if key != "units" else f"{row[key]:9}" for key in keys)
        gaps = "  ".join(f"{row[f'rmse_{each}']:13.3f}" for each in Convention)
        print(f"{names}  {shown} {gaps}")
    for case in dict.fromkeys(row["case"] for row in rows):
        some = [row for row in rows if row["case"] == case]
        held = np.average(
            [float(str(r["held"])) for r in some], weights=[int(str(r["units"])) for r in some]
        )
        verdict = "reached" if held >= GOAL else "missed"
        print(f"{case}: the hull holds {held:.1%} of all units (goal {GOAL:.0%}: {verdict})")

"""Small samples: do 40 to 300 rows lead to more than they can carry? Five laws with known truth.

Each law is y given two independent normal parents a and b. Per number of rows, over seeds: excess
of the expected log score (on 20 000 fresh rows) over the straight line fitted to the same rows, and
loss against the true law; the share of runs that chose something more complex than the truth; and
what calibration said. `--seeds S` (default 20), `--rows 40,100,300`.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from scipy import stats

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.mechanisms.base import Mechanism
from engine.queries.answers import Calibration
from engine.scm.attempt import Attempt
from engine.scm.conditional import Conditional
from engine.scm.fitting import Done, FitRun, FitTask, Fitted

FRESH = 20_000
PARENTS = ("a", "b")
Column = np.ndarray
Density = Callable[[Column, Column, Column], Column]
ORDER = ("linear", "spline-linear", "additive", "location-scale", "flow")


@dataclass(frozen=True)
class Law:
    """y = location(a, b) + scale(a, b) · noise; the simplest family that holds the truth."""

    simplest: str
    location: Callable[[Column, Column], Column]
    scale: Callable[[Column, Column], Column]
    noise: stats.rv_continuous

    def draw(self, a: Column, b: Column, rng: np.random.Generator) -> Column:
        noise = self.noise.rvs(size=len(a), random_state=rng)
        return self.location(a, b) + self.scale(a, b) * noise

    def log_density(self, y: Column, a: Column, b: Column) -> Column:
        scale = self.scale(a, b)
        return self.noise.logpdf((y - self.location(a, b)) / scale) - np.log(scale)


def _one(a: Column, b: Column) -> Column:
    return np.ones_like(a)


NORMAL = stats.norm()
LAWS = {
    "linear": Law("linear", lambda a, b: a - 0.5 * b, _one, NORMAL),
    "quadratic": Law("additive", lambda a, b: a + 0.7 * b**2, _one, NORMAL),
    "changing size": Law("location-scale", lambda a, b: a, lambda a, b: np.exp(0.6 * b), NORMAL),
    "skewed noise": Law("additive", lambda a, b: a - 0.5 * b, _one, stats.expon(-1.0)),
    "independent": Law("linear", lambda a, b: 0 * a, _one, NORMAL),
}


@dataclass
class Tally:
    """What the seeds gave for one law and number of rows."""

    over_line: list[float] = field(default_factory=list)
    below_truth: list[float] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    verdicts: list[Calibration] = field(default_factory=list)


def main(args: list[str]) -> None:
    """Print a table and one line of JSON."""
    seeds = int(args[args.index("--seeds") + 1]) if "--seeds" in args else 20
    wanted = args[args.index("--rows") + 1] if "--rows" in args else "40,100,300"
    print(
        f"{'law':15}{'rows':>5}{'over line':>11}{'worst':>8}{'to truth':>10}"
        f"{'too complex':>13}{'at most off':>13}{'doubted':>9}  families"
    )
    found, started = [], time.process_time()
    for rows in map(int, wanted.split(",")):
        tallies = {name: Tally() for name in LAWS}
        for seed in range(seeds):
            _run(rows, seed, tallies)
        for name, tally in tallies.items():
            found.append(_told(name, rows, tally))
    print(f"{time.process_time() - started:.0f} CPU s")
    print(json.dumps({"seeds": seeds, "results": found}))


def _run(rows: int, seed: int, tallies: dict[str, Tally]) -> None:
    rng = np.random.default_rng((seed, rows))
    parents = {name: rng.normal(size=rows) for name in PARENTS}
    fresh = {name: rng.normal(size=FRESH) for name in PARENTS}
    columns = parents | {name: law.draw(*parents.values(), rng) for name, law in LAWS.items()}
    table = Table(tuple(Variable(name, Kind.CONTINUOUS) for name in columns), columns)
    run = FitRun([FitTask(Conditional(name, PARENTS)) for name in LAWS], table, seed)
    fits = _points(run)
    attempts: dict[str, Attempt] = {a.task.conditional.target: a for a in run.attempts}
    given = torch.from_numpy(np.column_stack([fresh[name] for name in PARENTS]))
    for name, law in LAWS.items():
        y, tally = law.draw(*fresh.values(), rng), tallies[name]
        ours = _score(fits[name].mechanism, y, given)
        line = _score(attempts[name].closed["linear"], y, given)
        truth = float(law.log_density(y, *fresh.values()).mean())
        tally.over_line.append(ours - line)
        tally.below_truth.append(truth - ours)
        tally.families.append(fits[name].family)
        calibration = fits[name].report.calibration
        if calibration is not None:
            tally.verdicts.append(calibration)


def _points(run: FitRun) -> dict[str, Fitted]:
    """The point fits; bootstrap members are not waited for."""
    fits: dict[str, Fitted] = {}
    for event in run.slices():
        if isinstance(event, Done):
            fits[event.fitted.conditional.target] = event.fitted
        if len(fits) == len(LAWS):
            break
    return fits


def _score(mechanism: Mechanism, y: Column, given: torch.Tensor) -> float:
    with torch.inference_mode():
        return float(mechanism.log_prob(torch.from_numpy(y), given).mean())


def _told(name: str, rows: int, tally: Tally) -> dict[str, object]:
    names = [*ORDER, *sorted(set(tally.families) - set(ORDER))]
    limit = names.index(LAWS[name].simplest)
    complex_ = float(np.mean([names.index(family) > limit for family in tally.families]))
    at_most = float(np.median([c.at_most for c in tally.verdicts])) if tally.verdicts else 1.0
    doubted = float(np.mean([c.off or c.drifts for c in tally.verdicts] or [0.0]))
    counts = {family: tally.families.count(family) for family in names if family in tally.families}
    result: dict[str, object] = {
        "law": name,
        "rows": rows,
        "over_line": float(np.mean(tally.over_line)),
        "worst_over_line": float(np.min(tally.over_line)),
        "below_truth": float(np.mean(tally.below_truth)),
        "too_complex": complex_,
        "at_most_off": at_most,
        "doubted": doubted,
        "families": counts,
    }
    print(
        f"{name:15}{rows:5}{result['over_line']:11.3f}{result['worst_over_line']:8.3f}"
        f"{result['below_truth']:10.3f}{complex_:13.0%}{at_most:13.0%}{doubted:9.0%}  "
        + ", ".join(f"{family} {n}" for family, n in counts.items()),
        flush=True,
    )
    return result

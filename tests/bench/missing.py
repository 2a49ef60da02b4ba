"""Effects where a cause is missing depending on its effect: complete rows, filled gaps, no gaps.

Three worlds z → x → y ← z of 2 000 rows; about half of x is gone, the likelier the larger y is (for
categories: where y is yes). E[y | do(x = 1)] - E[y | do(x = low)], low -1 for numbers and 0 for
categories, of each fit against the world's own. `python -m tests.bench missing [SEEDS] [WORLD …]`
prints a line per seed, the root mean squared errors, and all of it as JSON.
"""

import json
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.interventions import Set
from engine.scm.conditional import Conditional
from engine.scm.fitted import Done, FitTask, Fitted
from engine.scm.imputed import ImputedRun
from engine.scm.scm import scm_of

Columns = dict[str, np.ndarray]
World = Callable[[np.random.Generator, int, float | None], Columns]
ROWS, SEEDS, MANY = 2_000, 5, 400_000
LAW = tuple(FitTask(Conditional(v, g)) for v, g in (("z", ()), ("x", ("z",)), ("y", ("z", "x"))))


def _linear(rng: np.random.Generator, rows: int, x: float | None) -> Columns:
    z, noise = rng.normal(size=rows), rng.normal(size=(2, rows))
    cause = 0.7 * z + noise[0] if x is None else np.full(rows, x)
    return {"z": z, "x": cause, "y": 1.5 * cause + z + noise[1]}


def _curved(rng: np.random.Generator, rows: int, x: float | None) -> Columns:
    z, noise = rng.normal(size=rows), rng.normal(size=(2, rows))
    cause = np.sin(1.5 * z) + 0.6 * noise[0] if x is None else np.full(rows, x)
    y = 2 * np.tanh(1.5 * cause) + 0.5 * cause * z + np.exp(0.3 * z) * 0.5 * noise[1]
    return {"z": z, "x": cause, "y": y}


def _categories(rng: np.random.Generator, rows: int, x: float | None) -> Columns:
    z = (rng.random(rows) < 0.4).astype(float)
    odds = rng.gumbel(size=(rows, 3)) + np.outer(z, [0.0, 0.5, 1.5])
    cause = odds.argmax(1).astype(float) if x is None else np.full(rows, x)
    chance = 1 / (1 + np.exp(-(-1.5 + np.array([0.0, 1.5, 2.5])[cause.astype(int)] + 0.8 * z)))
    return {"z": z, "x": cause, "y": (rng.random(rows) < chance).astype(float)}


WORLDS: dict[str, tuple[World, tuple[float, float]]] = {
    "linear": (_linear, (-1.0, 1.0)),
    "nonlinear": (_curved, (-1.0, 1.0)),
    "categorical": (_categories, (0.0, 1.0)),
}


def main(args: list[str]) -> None:
    """The named worlds, or all, over some seeds."""
    seeds = int(args[0]) if args and args[0].isdecimal() else SEEDS
    names = [name for name in args if not name.isdecimal()] or list(WORLDS)
    print(json.dumps({name: _measured(name, seeds) for name in names}, indent=1))


def _measured(name: str, seeds: int) -> dict[str, object]:
    world, doses = WORLDS[name]
    low, high = (world(np.random.default_rng(99), MANY, dose)["y"].mean() for dose in doses)
    truth = float(high - low)
    errors: dict[str, list[float]] = {"complete": [], "imputed": [], "full": []}
    seconds: list[float] = []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        columns = world(rng, ROWS, None)
        gone = rng.random(ROWS) < _chance_gone(name, columns["y"])
        holed = {**columns, "x": np.where(gone, np.nan, columns["x"])}
        for way, data in (("complete", holed), ("imputed", holed), ("full", columns)):
            started = time.process_time()
            found = _effect(_table(name, data, impute=way == "imputed"), doses, seed)
            errors[way].append(found - truth)
            if way == "imputed":
                seconds.append(time.process_time() - started)
        said = "  ".join(f"{way} {values[-1]:+.3f}" for way, values in errors.items())
        print(f"{name} seed {seed}: {gone.mean():.0%} of x gone; error {said}  {seconds[-1]:.1f} s")
    rms = {way: float(np.sqrt(np.mean(np.square(found)))) for way, found in errors.items()}
    ratio = rms["imputed"] / rms["complete"]
    print(f"{name}: truth {truth:.3f}, rms {rms}, imputed / complete {ratio:.2f}")
    return {"truth": truth, "rms": rms, "ratio": ratio, "errors": errors, "cpu_seconds": seconds}


def _chance_gone(name: str, y: np.ndarray) -> np.ndarray:
    if name == "categorical":
        return np.where(y > 0, 0.7, 0.15)
    return 1 / (1 + np.exp(-2 * (y - 0.25) / y.std()))


def _table(name: str, columns: Columns, *, impute: bool) -> Table:
    labels = {"z": 2, "x": 3, "y": 2} if name == "categorical" else {}
    variables = tuple(
        Variable(v, Kind.CATEGORICAL, categories=tuple("abc"[: labels[v]]))
        if v in labels
        else Variable(v, Kind.CONTINUOUS)
        for v in columns
    )
    table = Table(variables, dict(columns))
    return replace(table, design=replace(table.design, impute=impute))


def _effect(table: Table, doses: tuple[float, float], seed: int) -> float:
    fits: dict[str, Fitted] = {}
    for event in ImputedRun(LAW, table, LAW, seed).slices():
        if isinstance(event, Done):
            fits[event.fitted.conditional.target] = event.fitted
        if len(fits) == len(LAW):
            break
    scm = scm_of({v.name: v for v in table.variables}, [fits[t.conditional.target] for t in LAW])
    low, high = (scm.sample(50_000, seed, (Set("x", dose),))["y"].mean() for dose in doses)
    return float(high - low)

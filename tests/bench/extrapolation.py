"""Which light tells where a mechanism is wrong: distance, disagreement, independence.

`python -m tests.bench extrapolation [FUNCTIONS]` (60). y = f(x1, x2) + noise of .2 sd, f a sum of
40 random waves of length about 4, 600 rows of two causes (normal, correlation .6). The mechanism
and its bootstrap members are the engine's. At 60 places per function (normal, 1 to 3 times as wide
and without the correlation, so that many are far jointly and not one by one) the error |m - f| in
sds of y is compared with each light: Spearman's correlation within a function, and the area under
the curve for errors above .3 sd. Outside: farther than 99 % of the rows. Intervals of 95 % by
resampling functions; differences are paired.
"""

import json
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from engine.checks.reach import Ground, scaling
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.mechanisms.base import Mechanism
from engine.project import Project
from engine.queries.lights import MechanismLights
from engine.queries.mechanisms import lights_of
from engine.queries.model import Model
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf

FUNCTIONS, BATCH, ROWS, PLACES, NOISE, LARGE = 60, 10, 600, 60, 0.2, 0.3
WAVES, RESAMPLES, DRAWS = 40, 2_000, 64
Matrix = NDArray[np.float64]
LIGHTS = ("distance", "disagreement", "one by one", "both ranks")


def main(args: list[str]) -> None:
    """Correlations and areas with intervals; lines for people, then JSON."""
    functions = int(args[0]) if args else FUNCTIONS
    found = [row for batch in _batches(functions) for row in measured(batch)]
    whole: dict[str, object] = {}
    for outside in (False, True):
        told = summary(found, outside=outside)
        where = "outside the rows" if outside else "everywhere"
        for name, (middle, low, high) in told.items():
            print(f"{where:18}{name:52}{middle:7.3f}  ({low:.3f} to {high:.3f})", flush=True)
        whole[where] = told
    print(json.dumps(whole))


def _batches(functions: int) -> Iterator[range]:
    for start in range(0, functions, BATCH):
        yield range(start, min(start + BATCH, functions))


class Waves:
    """f(x) = √(2 / 40) Σ cos(w · x + b), w normal with sd 1.5."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.ways = 1.5 * rng.standard_normal((2, WAVES))
        self.starts = rng.uniform(0, 2 * np.pi, WAVES)

    def __call__(self, x: Matrix) -> Matrix:
        return np.sqrt(2 / WAVES) * np.cos(x @ self.ways + self.starts).sum(1)


def measured(numbers: range) -> list[dict[str, Matrix]]:
    """Error and lights at each place, one row per function."""
    functions, columns, edges = {}, {}, []
    for number in numbers:
        rng = np.random.default_rng(number)
        f = functions[number] = Waves(rng)
        x = rng.standard_normal((ROWS, 2)) @ np.array([[1.0, 0.6], [0.0, 0.8]])
        y = f(x)
        y = y + NOISE * y.std() * rng.standard_normal(ROWS)
        columns |= {f"a{number}": x[:, 0], f"b{number}": x[:, 1], f"y{number}": y}
        edges += [(f"a{number}", f"y{number}"), (f"b{number}", f"y{number}")]
    table = Table(tuple(Variable(name, Kind.CONTINUOUS) for name in columns), columns, "waves")
    model = fit(Project(graph=graph_of(tuple(columns), edges), table=table), Shelf())
    laws = [c for c in model.law if c.given]
    lights = [one for one in lights_of(model, laws) if isinstance(one, MechanismLights)]
    p = {one.node: one.leftover.p if one.leftover else np.nan for one in lights}
    return [
        _of_function(model, number, f) | {"p": np.array([p[f"y{number}"]])}
        for number, f in functions.items()
    ]


def _of_function(model: Model, number: int, f: Waves) -> dict[str, Matrix]:
    rng = np.random.default_rng(10_000 + number)
    places = rng.standard_normal((PLACES, 2)) * rng.uniform(1, 3, (PLACES, 1))
    conditional = next(c for c in model.law if c.target == f"y{number}")
    order = [("a", "b").index(name[0]) for name in conditional.given]
    fitted, y = model.fits[conditional], model.table[f"y{number}"]
    means = [_mean(one, places[:, order]) for one in (fitted.mechanism, *fitted.members)]
    rows = np.stack([model.table[f"{side}{number}"] for side in "ab"], 1)
    scale = scaling(list(rows.T), (0, 0))
    ground = Ground(scale(list(rows.T)))
    distance = ground.distances(scale(list(places.T)))
    low, high = rows.min(0), rows.max(0)
    spread = np.std(means[1:], 0, ddof=1) / y.std()
    return {
        "error": np.abs(means[0] - f(places)) / y.std(),
        "distance": distance,
        "disagreement": spread,
        "one by one": np.maximum(low - places, places - high).max(1),
        "both ranks": _ranks(distance) + _ranks(spread),
        "outside": ground.beyond(distance),
    }


def _mean(mechanism: Mechanism, places: Matrix) -> Matrix:
    """E[y | place], the same noise at each."""
    noise = mechanism.noise(DRAWS, torch.Generator().manual_seed(1))
    with torch.inference_mode():
        drawn = mechanism.push(
            noise.repeat(len(places)), torch.from_numpy(places).repeat_interleave(DRAWS, 0)
        )
    return drawn.double().numpy().reshape(len(places), DRAWS).mean(1)


def summary(rows: list[dict[str, Matrix]], *, outside: bool) -> dict[str, tuple[float, ...]]:
    """Means over functions with their intervals, and paired differences from distance."""
    kept = [r["outside"] if outside else np.ones(PLACES, bool) for r in rows]
    rng = np.random.default_rng(0)
    told: dict[str, tuple[float, ...]] = {}
    told["share of large errors"] = _interval(
        [float((r["error"][k] > LARGE).mean()) for r, k in zip(rows, kept, strict=True)], rng
    )
    for measure, by in (("Spearman", _spearman), ("AUROC", _area)):
        found = {
            light: np.array(
                [by(r["error"][k], r[light][k]) for r, k in zip(rows, kept, strict=True)]
            )
            for light in LIGHTS
        }
        for light, values in found.items():
            told[f"{measure}, {light}"] = _interval(values, rng)
        for light in LIGHTS[1:]:
            told[f"{measure}, {light} less distance"] = _interval(
                found[light] - found["distance"], rng
            )
    means = np.array([r["error"][k].mean() for r, k in zip(rows, kept, strict=True)])
    doubts = -np.array([float(r["p"][0]) for r in rows])
    known = np.isfinite(doubts)
    told["Spearman over functions, independence (1 - p)"] = _between(
        means[known], doubts[known], rng
    )
    return told


def _interval(values: object, rng: np.random.Generator) -> tuple[float, float, float]:
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    means = [rng.choice(known, len(known)).mean() for _ in range(RESAMPLES)]
    return float(known.mean()), *(float(q) for q in np.quantile(means, (0.025, 0.975)))


def _between(a: Matrix, b: Matrix, rng: np.random.Generator) -> tuple[float, float, float]:
    picks = [rng.integers(0, len(a), len(a)) for _ in range(RESAMPLES)]
    drawn = [_spearman(a[i], b[i]) for i in picks]
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return _spearman(a, b), float(low), float(high)


def _ranks(values: Matrix) -> Matrix:
    return np.argsort(np.argsort(values)).astype(float)


def _spearman(a: Matrix, b: Matrix) -> float:
    if len(a) < 5 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(_ranks(a), _ranks(b))[0, 1])


def _area(error: Matrix, light: Matrix) -> float:
    """Share of pairs of a large and a small error in which the light is greater at the large."""
    large, small = light[error > LARGE], light[error <= LARGE]
    if len(large) < 3 or len(small) < 3:
        return float("nan")
    gaps = large[:, None] - small
    return float((gaps > 0).mean() + 0.5 * (gaps == 0).mean())

"""Estimators beside the model on worlds of known effect: bias, error, coverage of 90 % intervals.

Three worlds of a two-valued treatment with two causes shared by treatment and outcome: straight
lines, an effect that differs among people, and a yes-or-no outcome. `python -m tests.bench
estimators [RUNS [ROWS]]` (200 runs of 500 rows) prints, per world and estimator: bias in standard
errors of the mean over the runs, stated over true error, and coverage (goal 85 to 95 %).
"""

import json

import numpy as np

from engine.checks.estimators import Estimate, estimates
from engine.checks.study import Study

RUNS, ROWS, MANY = 200, 500, 2_000_000
WORLDS = ("line", "differing", "yes or no")
QUANTILE = 1.6448536269514722


def main(args: list[str]) -> None:
    """All worlds; lines for people, then JSON."""
    runs, rows = (int(args[i]) if len(args) > i else n for i, n in enumerate((RUNS, ROWS)))
    found = {world: measured(world, runs, rows) for world in WORLDS}
    for world, methods in found.items():
        for method, row in methods.items():
            print(
                f"{world:10} {method:34} bias {row['bias_se']:+5.1f} se  "
                f"error {row['stated']:.2f} of true  coverage {100 * row['coverage']:.1f} %"
            )
    print(json.dumps(found))


def measured(world: str, runs: int, rows: int) -> dict[str, dict[str, float]]:
    """By method: bias in standard errors of the mean, stated error / true error, coverage."""
    truth = effect(world)
    found: dict[str, list[Estimate]] = {}
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        for one in estimates(drawn(world, rng, rows), rng):
            found.setdefault(one.method, []).append(one)
    return {method: _summary(ones, truth) for method, ones in found.items()}


def _summary(ones: list[Estimate], truth: float) -> dict[str, float]:
    values = np.array([one.value for one in ones])
    errors = np.array([one.error for one in ones])
    spread = float(values.std(ddof=1))
    return {
        "bias_se": float((values.mean() - truth) / spread * np.sqrt(len(ones))),
        "rmse": float(np.sqrt(((values - truth) ** 2).mean())),
        "stated": float(errors.mean() / spread),
        "coverage": float((np.abs(values - truth) < QUANTILE * errors).mean()),
    }


def effect(world: str) -> float:
    """The average effect; of the yes-or-no outcome by two million draws."""
    if world != "yes or no":
        return 1.0
    x = np.random.default_rng(1).standard_normal((MANY, 2))
    return float((_chance(x, 1.0) - _chance(x, 0.0)).mean())


def drawn(world: str, rng: np.random.Generator, rows: int) -> Study:
    """One table; P(treated) = logistic(0.7 a - 0.5 b)."""
    x = rng.standard_normal((rows, 2))
    took = (rng.random(rows) < 1 / (1 + np.exp(0.5 * x[:, 1] - 0.7 * x[:, 0]))).astype(float)
    if world == "yes or no":
        y = (rng.random(rows) < _chance(x, took)).astype(float)
    else:
        y = took + x[:, 0] + x[:, 1] + rng.standard_normal(rows)
        y += took * (0.8 * x[:, 1] if world == "differing" else 0.0)
    return Study(y, took, 1.0, 0.0, True, x, ("a", "b"), np.ones(rows))


def _chance(x: np.ndarray, took: np.ndarray | float) -> np.ndarray:
    return 1 / (1 + np.exp(0.5 - 0.8 * took - 0.6 * x[:, 0] - 0.5 * x[:, 1]))

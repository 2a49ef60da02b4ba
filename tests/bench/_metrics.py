"""How far a model is from the truth: the published metrics, and means over cases."""

from collections.abc import Iterable, Mapping

import numpy as np

from tests.bench._expressions import Array


def rmse_cf(truth: Mapping[str, Array], found: Mapping[str, Array]) -> float:
    """Mean over rows of the L2 distance over all variables, raw units (Javaloy et al. 2023)."""
    gaps = [(found[name] - truth[name]) ** 2 for name in truth]
    return float(np.sqrt(np.sum(gaps, 0)).mean())


def rmse_ate(
    truth: Iterable[Mapping[str, Array]], found: Iterable[Mapping[str, Array]], done: str
) -> float:
    """L2 over all variables but `done` of the error of a difference of means, raw units.

    One world per value set; averaged over all pairs of values (Javaloy et al. 2023).
    """
    true_means, means = (
        np.array([[world[name].mean() for name in world if name != done] for world in worlds])
        for worlds in (truth, found)
    )
    first, second = np.triu_indices(len(means), 1)
    off = (means[second] - means[first]) - (true_means[second] - true_means[first])
    return float(np.sqrt((off**2).sum(1)).mean())


def mse_in_sd(
    truth: Mapping[str, Array], found: Mapping[str, Array], sds: Mapping[str, float]
) -> float:
    """Mean squared error over rows and the variables of `sds`, each in its own sd."""
    return float(np.mean([(((found[v] - truth[v]) / sd) ** 2).mean() for v, sd in sds.items()]))


def geometric_mean(values: Iterable[float]) -> float:
    """Geometric mean; NaN of nothing."""
    logs = [np.log(value) for value in values]
    return float(np.exp(np.mean(logs))) if logs else float("nan")


def reached(times: Iterable[float], errors: Iterable[float], goal: float) -> float:
    """The first time from which on the error stays at or below `goal`; infinite if never."""
    found = float("inf")
    for at, error in sorted(zip(times, errors, strict=True), reverse=True):
        if error > goal:
            break
        found = at
    return found

"""The interval of a balanced effect from resampled rows, whose weights are solved anew."""

from collections.abc import Generator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.checks.study import Column, rows_of
from engine.frontier.balancing import PENALTY
from engine.frontier.effects import BalancedEffect, Groups, augmented, weigh
from engine.frontier.kernels import Kernel
from engine.frontier.outcomes import Means
from engine.seeds import numpy_generator

DRAWS = 200
MOST_RESOLVED = 600  # rows up to which each draw has the kernel of the number itself
TAIL = 0.05  # of draws beyond either end


def kernel_of_draws(found: BalancedEffect) -> Kernel:
    """The kernel by which each draw's weights are solved."""
    return found.kernel if found.rows <= MOST_RESOLVED else Kernel.LINEAR


def resampled(
    groups: Groups,
    found: BalancedEffect,
    means: tuple[Means, Means],
    seed: int,
    penalty: float = PENALTY,
    draws: int = DRAWS,
) -> Generator[None, None, BalancedEffect]:
    """`found` with the 90 % interval of resampled rows, or clusters, in slices.

    In each draw a row counts as often as it was drawn and weights are solved anew; the interval is
    as wide as the middle 90 % of draws, about the number itself. What the outcome model says of a
    row stays: its errors matter little beside weights that balance (Athey, Imbens, Wager 2018).
    """
    rng, kernel = numpy_generator(seed, "balanced", "draws"), kernel_of_draws(found)
    values: list[float] = []
    while len(values) < draws:
        rows, count = _drawn(groups, rng)
        treated = groups.treated[rows]
        if bool(treated.all()) or not bool(treated.any()):
            continue
        study = replace(rows_of(groups.study, rows), weights=groups.base[rows] * count)
        some = Groups(study, treated, study.weights / study.weights.mean())
        first, second = (replace(one, at=one.at[rows]) for one in means)
        weighed = yield from weigh(some, found.estimand, kernel, seed, penalty)
        values.append(augmented(some, found.estimand, weighed.weights, (first, second))[0])
        yield None
    low, high = np.quantile(values, [TAIL, 1 - TAIL]) - np.mean(values)
    return replace(found, ends=(found.value + float(low), found.value + float(high)))


def _drawn(groups: Groups, rng: np.random.Generator) -> tuple[NDArray[np.int64], Column]:
    """The rows drawn at least once, and how often."""
    codes, many = groups.study.clusters, groups.study.rows
    place = np.arange(many)
    if codes is not None:
        names, place = np.unique(codes, return_inverse=True)
        many = len(names)
    times = np.bincount(rng.integers(many, size=many), minlength=many)[place]
    rows = np.flatnonzero(times)
    return rows, times[rows].astype(np.float64)

"""Intervals of resamples: as wide as closed forms say, by cluster where rows belong together."""

import numpy as np
import pytest

from engine.checks.study import Study
from engine.frontier.effects import BalancedEffect, compared, effect, modelled, weigh
from engine.frontier.kernels import Kernel
from engine.frontier.resampling import kernel_of_draws, resampled
from engine.frontier.slices import done
from engine.queries.balanced import Estimand
from tests.engine.frontier.test_effects import world


def found(study: Study, draws: int, kernel: Kernel = Kernel.LINEAR) -> BalancedEffect:
    groups = compared(study)
    means = done(modelled(groups, 0, trees=False))
    one = effect(groups, Estimand.ATE, done(weigh(groups, Estimand.ATE, kernel, 0)), means)
    return done(resampled(groups, one, means, 0, draws=draws))


def width(one: BalancedEffect) -> float:
    return one.interval[1] - one.interval[0]


def bare(rows: int, clusters: np.ndarray | None = None, times: int = 1) -> Study:
    rng = np.random.default_rng(1)
    t = np.repeat(np.arange(rows) % 2, times).astype(float)
    y = np.repeat(rng.normal(size=rows), times)
    x = np.empty((rows * times, 0))
    return Study(y, t, 1.0, 0.0, True, x, (), np.ones(rows * times), clusters)


def test_a_plain_difference_is_as_unsure_as_two_means() -> None:
    study = bare(100)
    sides = [study.outcome[study.treatment == t] for t in (1, 0)]
    error = np.sqrt(sum(side.var(ddof=1) / len(side) for side in sides))
    assert width(found(study, 400)) == pytest.approx(2 * 1.645 * error, rel=0.12)


def test_copies_of_a_row_are_one_cluster() -> None:
    """Four copies of each row, known as such, tell no more than the rows."""
    many = found(bare(100, np.repeat(np.arange(100), 4), 4), 400)
    assert width(many) == pytest.approx(width(found(bare(100), 400)), rel=0.12)


def test_with_covariates_it_is_about_the_analytic_one() -> None:
    study, _, _ = world(11, 120)
    again = found(study, 40, Kernel.RBF)
    assert again.ends is not None
    assert again.interval[0] < again.value < again.interval[1]
    assert width(again) == pytest.approx(2 * 1.645 * again.error, rel=0.4)
    assert kernel_of_draws(again) is Kernel.RBF

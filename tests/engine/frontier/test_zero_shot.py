"""The first look: for which tables the trained network is asked, and what its answer says."""

import numpy as np
import pytest

from engine.checks.study import Study
from engine.frontier.effects import compared, effect, modelled, weigh
from engine.frontier.kernels import Kernel
from engine.frontier.slices import done
from engine.frontier.zero_shot import beyond, passed
from engine.queries.balanced import Estimand
from engine.simulate.studies import Family, simulated


def study(
    rows: int = 300, covariates: int = 6, family: Family = Family.TREES
) -> tuple[Study, float]:
    one = simulated(family, rows, np.random.default_rng(5), covariates)
    owners = tuple(f"x{i}" for i in range(one.covariates.shape[1]))
    took = one.treated.astype(float)
    return (
        Study(one.outcome, took, 1.0, 0.0, True, one.covariates, owners, np.ones(rows)),
        one.ate,
    )


@pytest.mark.parametrize("estimand", list(Estimand))
def test_its_number_is_nearly_that_of_the_best_weights(estimand: Estimand) -> None:
    """Beside the standard error, the way that the weights were found does not matter."""
    groups = compared(study()[0])
    means = done(modelled(groups, 0, trees=False))
    first = effect(groups, estimand, done(passed(groups, estimand, 1.0)), means)
    best = effect(groups, estimand, done(weigh(groups, estimand, Kernel.RBF, 0)), means)
    assert first.one_pass
    assert not best.one_pass
    assert abs(first.value - best.value) < 0.15 * best.error
    assert first.error == pytest.approx(best.error, rel=0.1)
    assert first.balance.gap < 0.05


def test_the_interval_is_about_the_truth() -> None:
    one, truth = study(rows=800)
    groups = compared(one)
    means = done(modelled(groups, 0, trees=False, bends=False))
    found = effect(groups, Estimand.ATE, done(passed(groups, Estimand.ATE, 1.0, 0)), means)
    assert abs(found.value - truth) < 3 * found.error


@pytest.mark.parametrize(
    ("rows", "covariates", "penalty", "why"),
    [
        (2049, 5, 1.0, "2,049 rows"),
        (300, 129, 1.0, "129 columns"),
        (300, 5, 0.05, "penalties"),
        (300, 5, 20.0, "penalties"),
    ],
)
def test_it_is_not_asked_beyond_its_training(
    rows: int, covariates: int, penalty: float, why: str
) -> None:
    rng = np.random.default_rng(0)
    x, took = rng.normal(size=(rows, covariates)), (np.arange(rows) % 2).astype(float)
    owners = tuple(f"x{i}" for i in range(covariates))
    one = Study(rng.normal(size=rows), took, 1.0, 0.0, True, x, owners, np.ones(rows))
    said = beyond(compared(one), penalty)
    assert said is not None
    assert why in said


def test_with_nothing_held_there_is_nothing_to_balance() -> None:
    took = (np.arange(60) % 2).astype(float)
    one = Study(took, took, 1.0, 0.0, True, np.empty((60, 0)), (), np.ones(60))
    assert beyond(compared(one), 1.0) == "nothing is held fixed"
    assert beyond(compared(study()[0]), 1.0) is None

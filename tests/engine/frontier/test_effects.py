"""Effects of balanced groups, where the truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from engine.checks.study import Study
from engine.errors import QueryError
from engine.frontier.balancing import Estimand
from engine.frontier.effects import (
    BalancedEffect,
    balanced_effect,
    compared,
    done,
    effect,
    modelled,
    weigh,
)
from engine.frontier.kernels import Kernel
from engine.queries.balanced import is_thin


def world(seed: int, n: int = 400, *, weights: bool = False) -> tuple[Study, float, float]:
    """Treated the likelier, the larger x₀; the effect is 1 + x₀. Also the rows' own ATE and ATT."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    t = rng.random(n) < 1 / (1 + np.exp(-x[:, 0]))
    y = 2 * x[:, 0] - x[:, 1] + t * (1 + x[:, 0]) + 0.5 * rng.normal(size=n)
    counts = rng.uniform(0.5, 2.0, n) if weights else np.ones(n)
    own = 1 + x[:, 0]
    study = Study(y, t.astype(float), 1.0, 0.0, True, x, ("a", "b"), counts)
    return (
        study,
        float(np.average(own, weights=counts)),
        float(np.average(own[t], weights=counts[t])),
    )


def quick(study: Study, estimand: Estimand, kernel: Kernel) -> BalancedEffect:
    """With ridge alone beside."""
    groups = compared(study)
    weighed = done(weigh(groups, estimand, kernel, 0))
    return effect(groups, estimand, weighed, done(modelled(groups, 0, trees=False)))


@pytest.mark.parametrize("kernel", list(Kernel))
def test_everybodys_effect_and_that_of_the_treated(kernel: Kernel) -> None:
    for seed in range(3):
        study, ate, att = world(seed)
        all_ = quick(study, Estimand.ATE, kernel)
        treated = quick(study, Estimand.ATT, kernel)
        assert att - ate > 0.2
        assert all_.value == pytest.approx(ate, abs=0.15)
        assert treated.value == pytest.approx(att, abs=0.15)


def test_weights_count() -> None:
    study, ate, _ = world(4, weights=True)
    assert balanced_effect(study, Estimand.ATE, Kernel.RBF, 0).value == pytest.approx(ate, abs=0.15)


def test_intervals_hold_the_truth_of_the_law() -> None:
    """E[1 + x₀] = 1; 60 tables of 200 rows: 90 % hold it, 42 of 60 at the very least."""
    found = [quick(world(100 + seed, 200)[0], Estimand.ATE, Kernel.LINEAR) for seed in range(60)]
    held = sum(one.interval[0] <= 1.0 <= one.interval[1] for one in found)
    assert 47 <= held <= 60
    widths = [one.interval[1] - one.interval[0] for one in found]
    spread = np.std([one.value for one in found])
    assert np.mean(widths) / 2 / 1.645 == pytest.approx(spread, rel=0.35)


def test_columns_are_told_before_and_after() -> None:
    study, _, _ = world(5)
    found = quick(study, Estimand.ATT, Kernel.LINEAR)
    first = found.moved[0]
    t = study.treatment == 1
    a, b = study.covariates[t, 0], study.covariates[~t, 0]
    pooled = np.sqrt((a.var() + b.var()) / 2)
    assert first.name == "a"
    assert first.before == pytest.approx((a.mean() - b.mean()) / pooled)
    assert abs(first.after) < 0.1 * abs(first.before)


def test_groups_that_hardly_overlap_are_worth_few_rows() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate((rng.normal(0, 1, 100), rng.normal(6, 1, 100)))[:, None]
    t = np.repeat([0.0, 1.0], 100)
    study = Study(x[:, 0] + t, t, 1.0, 0.0, True, x, ("x",), np.ones(200))
    found = quick(study, Estimand.ATT, Kernel.RBF)
    assert is_thin(found.effective, (100, 100))
    other = world(6)[0]
    sides = int((other.treatment == 1).sum()), int((other.treatment != 1).sum())
    assert not is_thin(quick(other, Estimand.ATE, Kernel.RBF).effective, sides)


@pytest.mark.parametrize(
    ("effective", "counts", "thin"),
    [
        ((200.0, 29.9), (200, 400), True),
        ((35.0, 300.0), (35, 400), False),  # a small group, all of it
        ((260.0, 40.0), (260, 2490), True),  # 40 rows stand for 260
        ((185.0, 110.0), (600, 15992), False),
    ],
)
def test_few_rows_that_stand_for_many_are_thin(
    effective: tuple[float, float], counts: tuple[int, int], thin: bool
) -> None:
    assert is_thin(effective, counts) == thin


def test_an_amount_has_no_groups() -> None:
    study, _, _ = world(7)
    amount = replace(study, treatment=study.covariates[:, 0], discrete=False)
    with pytest.raises(QueryError, match="number"):
        balanced_effect(amount, Estimand.ATE, Kernel.LINEAR, 0)


def test_clusters_make_the_error_larger_where_they_are_alike() -> None:
    study, _, _ = world(8, 200)
    four = np.repeat(np.arange(200), 4)
    many = Study(
        study.outcome[four], study.treatment[four], 1.0, 0.0, True, study.covariates[four],
        study.owners, np.ones(800), four.astype(np.int64),
    )  # fmt: skip
    plain = quick(study, Estimand.ATT, Kernel.LINEAR)
    known = quick(many, Estimand.ATT, Kernel.LINEAR)
    assert known.error == pytest.approx(plain.error, rel=0.1)

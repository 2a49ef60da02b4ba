"""Refuters: quiet where all is well, loud where something is planted."""

from dataclasses import replace

import numpy as np
import pytest

from engine.checks.estimators import regression
from engine.checks.refuters import (
    CAUSE,
    DUMMY,
    PLACEBO,
    SUBSET,
    Progress,
    Refutation,
    placebo,
    random_cause,
    refute,
    subset,
)
from engine.checks.study import Study
from tests.engine.checks.test_estimators import drawn


def found(one: Study) -> dict[str, Refutation]:
    steps = list(refute(one, np.random.default_rng(0)))
    return {step.refuter: step for step in steps if isinstance(step, Refutation)}


def test_a_sound_study_passes_all_four_and_tells_its_progress() -> None:
    steps = list(refute(drawn(1), np.random.default_rng(0)))
    told = [step.refuter for step in steps if isinstance(step, Refutation)]
    assert told == [PLACEBO, DUMMY, CAUSE, SUBSET]
    assert not any(step.surprising for step in steps if isinstance(step, Refutation))
    assert steps[0] == Progress(PLACEBO, 1, 100)
    assert sum(isinstance(step, Progress) for step in steps) == 270


def test_a_shuffled_treatment_gives_nothing_and_a_part_much_the_same() -> None:
    one = drawn(2)
    told = found(one)
    error = regression(one).error
    assert abs(told[PLACEBO].mean) < 3 * error / 10
    assert told[PLACEBO].spread[0] < 0 < told[PLACEBO].spread[1]
    assert told[SUBSET].mean == pytest.approx(regression(one).value, abs=error / 2)
    assert told[CAUSE].mean == pytest.approx(regression(one).value, abs=error / 4)


def test_parts_are_of_whole_clusters() -> None:
    """Each row six times over: parts that keep its copies together move more."""
    one, times = drawn(3, 40), np.repeat(np.arange(40), 6)
    copied = replace(
        one,
        outcome=one.outcome[times],
        treatment=one.treatment[times],
        covariates=one.covariates[times],
        weights=np.ones(240),
    )
    lump = replace(copied, clusters=times)
    whole, apart = found(lump)[SUBSET], found(copied)[SUBSET]
    assert not whole.surprising
    assert np.ptp(whole.spread) > 1.5 * np.ptp(apart.spread)  # parts of clusters move more


def test_too_many_covariates_are_noticed() -> None:
    rng = np.random.default_rng(4)
    one = drawn(4, 40)
    wide = np.column_stack([one.covariates, rng.standard_normal((40, 12))])
    names = tuple(f"c{i}" for i in range(14))
    told = found(replace(one, covariates=wide, owners=names))
    assert told[CAUSE].surprising
    assert "too few rows" in told[CAUSE].words


def test_clusters_treated_whole_exchange_their_treatment() -> None:
    """Else nothing would be shuffled, and a sound study would be called unsound."""
    rng = np.random.default_rng(7)
    codes = np.repeat(np.arange(60), 10)
    treated = (np.arange(60) % 2).astype(float)[codes]
    level = rng.standard_normal(60)[codes]
    outcome = treated + level + rng.standard_normal(600)
    one = replace(drawn(1, 600), outcome=outcome, treatment=treated, clusters=codes)
    shuffled = placebo(one, rng).treatment
    assert len(set(zip(codes, shuffled, strict=True))) == 60
    assert sorted(shuffled) == sorted(treated)
    assert (shuffled != treated).any()
    assert not found(one)[PLACEBO].surprising


def test_what_changes_and_what_stays() -> None:
    one = replace(drawn(5, 100), clusters=np.arange(100) // 10)
    rng = np.random.default_rng(1)
    shuffled = placebo(one, rng)
    for cluster in range(10):
        own = one.clusters == cluster
        assert sorted(shuffled.treatment[own]) == sorted(one.treatment[own])
    assert np.array_equal(shuffled.outcome, one.outcome)
    assert random_cause(one, rng).covariates.shape == (100, 3)
    part = subset(one, rng)
    assert part.rows == 80
    assert part.clusters is not None
    assert len(np.unique(part.clusters)) == 8

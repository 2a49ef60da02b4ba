"""Simulated studies: the truth they state is that of their rows, and nothing is hidden."""

import numpy as np
import pytest

from engine.simulate.studies import TRAINED, Family, simulated

FAMILIES = list(Family)


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_are_of_order_one_and_both_groups_are_there(family: Family) -> None:
    for seed in range(20):
        study = simulated(family, 200, np.random.default_rng(seed))
        assert study.covariates.shape[0] == 200
        assert 5 <= study.covariates.shape[1] <= 50
        assert np.isfinite(study.covariates).all()
        assert np.abs(study.covariates).max() <= 5.0
        assert 5 <= study.treated.sum() <= 195


@pytest.mark.parametrize("family", FAMILIES)
def test_treatment_is_a_coin_with_the_stated_chance(family: Family) -> None:
    """Over many rows the share of treated among those of a like chance is that chance."""
    study = simulated(family, 40_000, np.random.default_rng(1), covariates=8)
    order = np.argsort(study.chance)
    for part in np.array_split(order, 8):
        gap = study.treated[part].mean() - study.chance[part].mean()
        assert abs(gap) < 4 * 0.5 / np.sqrt(len(part))


@pytest.mark.parametrize("family", FAMILIES)
def test_what_the_mean_leaves_is_noise_of_the_stated_size_in_both_groups(family: Family) -> None:
    study = simulated(family, 40_000, np.random.default_rng(2), covariates=6)
    left = study.outcome - study.untreated - study.treated * study.effect
    for group in (study.treated, ~study.treated):
        assert abs(left[group].mean()) < 5 * study.noise / np.sqrt(group.sum())
        assert left[group].std() == pytest.approx(study.noise, rel=0.05)
    assert abs(np.corrcoef(left, study.treated)[0, 1]) < 0.025


def test_weighting_by_the_chance_finds_the_stated_effects() -> None:
    """Horvitz and Thompson with the true chances: nothing but the covariates is confounding."""
    study = simulated(Family.NETWORK, 200_000, np.random.default_rng(5), covariates=5)
    t, e, y = study.treated, study.chance, study.outcome
    ate = np.average(y, weights=t / e) - np.average(y, weights=~t / (1 - e))
    att = y[t].mean() - np.average(y, weights=~t * e / (1 - e))
    assert ate == pytest.approx(study.ate, abs=0.06)
    assert att == pytest.approx(study.att, abs=0.06)


def test_the_same_seed_gives_the_same_study_and_waves_are_not_trained_on() -> None:
    one, two = (simulated(Family.TREES, 60, np.random.default_rng(3)) for _ in range(2))
    assert (one.outcome == two.outcome).all()
    assert Family.WAVES not in TRAINED
    assert set(TRAINED) == set(Family) - {Family.WAVES}


def test_studies_differ_in_overlap_effects_and_kinds_of_columns() -> None:
    many = [simulated(Family.LINEAR, 300, np.random.default_rng(seed)) for seed in range(60)]
    spread = [np.std(np.log(s.chance / (1 - s.chance))) for s in many]
    assert min(spread) < 0.5 < 1.5 < max(spread)
    varied = [float(s.effect.std()) for s in many]
    assert min(varied) < 0.2 < 0.8 < max(varied)
    yes_no = [np.mean([len(np.unique(c)) == 2 for c in s.covariates.T]) for s in many]
    assert min(yes_no) < 0.1 < 0.3 < max(yes_no)
    assert len({s.covariates.shape[1] for s in many}) > 15

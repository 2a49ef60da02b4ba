"""Calibration against scipy's Kolmogorov-Smirnov test, simulation, and mechanisms known wrong."""

import math

import numpy as np
import pytest
from scipy import special, stats

from engine.checks.calibration import (
    Parent,
    gain,
    kolmogorov_p,
    largest_sum,
    of_chances,
    of_shares,
    path_p,
    randomised,
    rank_correlation,
    uniform_distance,
)
from engine.queries.answers import Calibration

ANY = 10**9  # a mechanism that is given, not learnt


def shares(seed: int, *, held: int = 200, bend: float = 0.0, fan: float = 0.0) -> Calibration:
    """A least-squares line learnt from 4 · held rows of y = x + bend x² + e^(fan x) noise."""
    rng, learnt = np.random.default_rng(seed), 4 * held
    x, noise = rng.normal(size=(2, held + learnt))
    y = x + bend * x**2 + np.exp(fan * x) * noise
    slope, intercept, *_ = stats.linregress(x[:learnt], y[:learnt])
    left = y - intercept - slope * x
    u = special.ndtr(left[learnt:] / left[:learnt].std(ddof=2))
    return of_shares(u, [Parent("x", x[learnt:])], learnt)


@pytest.mark.parametrize("rows", [8, 30, 200, 5000])
def test_distance_and_chance_are_kolmogorovs(rows: int) -> None:
    u = np.random.default_rng(rows).uniform(size=rows) ** 1.04
    theirs = stats.kstest(u, "uniform")
    assert uniform_distance(u) == pytest.approx(theirs.statistic, abs=1e-12)
    assert kolmogorov_p(uniform_distance(u), rows) == pytest.approx(theirs.pvalue, abs=0.03)


def test_right_mechanisms_are_seldom_doubted() -> None:
    """200 lines learnt on true lines: tests at 5 % reject 2 to 9 %, the verdict 1 to 2 at most."""
    found = [shares(seed) for seed in range(200)]
    assert 0.02 <= np.mean([one.p < 0.05 for one in found]) <= 0.09
    assert np.mean([one.p_parent < 0.05 for one in found]) <= 0.09
    assert sum(one.off or one.drifts for one in found) <= 4


def test_wrong_mechanisms_are_caught_and_the_parent_is_named() -> None:
    bent, fanned = shares(1, bend=0.7), shares(1, fan=0.7)
    assert bent.drifts
    assert not bent.spread
    assert fanned.drifts
    assert fanned.spread
    tilted = of_shares(np.linspace(0, 1, 300) ** 2, [], ANY)
    assert tilted.off
    assert tilted.misplaced == pytest.approx(0.25, abs=0.01)  # max |√u - u|
    assert tilted.at_most == pytest.approx(0.25 + 1.358 / math.sqrt(300), abs=0.01)


def test_dependence_on_a_parent_in_level_and_in_spread() -> None:
    rng = np.random.default_rng(2)
    u, other, group = rng.uniform(size=600), rng.normal(size=600), rng.integers(0, 3, 600)
    level = u + rng.normal(0, 0.5, 600)
    spread = np.abs(u - 0.5) + rng.normal(0, 0.2, 600)
    parents = [Parent("other", other), Parent("group", group.astype(float), 3)]
    calm = of_shares(u, parents, ANY)
    assert not calm.off
    assert not calm.drifts
    for parent, inside in ((level, False), (spread, True)):
        found = of_shares(u, [*parents, Parent("cause", parent)], ANY)
        assert found.drifts
        assert (found.parent, found.spread) == ("cause", inside)
        assert abs(found.drift) > 0.3


def test_few_rows_give_no_verdict() -> None:
    found = of_shares(np.full(19, 0.9), [], ANY)
    assert found.p < 1e-6
    assert not found.enough
    assert not found.off
    assert found.at_most == 1.0


def test_chances_that_are_right_are_seldom_doubted() -> None:
    rejected = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        x, g = rng.normal(size=300), rng.integers(0, 2, 300).astype(float)
        chances = special.softmax(np.column_stack([x, -x, 0.5 * g]), 1)
        codes = (rng.uniform(size=(300, 1)) > chances.cumsum(1)).sum(1)
        found = of_chances(chances, codes, [Parent("x", x), Parent("g", g, 2)], ANY)
        rejected.append(2 * min(found.p, found.p_parent) < 0.05)
    assert np.mean(rejected) <= 0.08


def test_chances_that_are_wrong_are_caught() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=800)
    truth = special.expit(2 * x)
    codes = (rng.uniform(size=800) < truth).astype(np.int64)
    bold = special.expit(6 * x)  # too sure of itself
    found = of_chances(np.column_stack([1 - bold, bold]), codes, [], ANY)
    assert found.off
    flat = np.full((800, 2), 0.5)  # right on average, blind to x
    blind = of_chances(flat, codes, [Parent("x", x)], ANY)
    assert not blind.off
    assert blind.drifts
    assert blind.parent == "x"
    expected = abs(truth[x < 0] - 0.5).sum() / 800
    assert blind.drift == pytest.approx(expected, abs=0.04)


def test_reliability_counts_predicted_and_seen() -> None:
    chances = np.array([[0.75, 0.25], [0.75, 0.25], [0.75, 0.25], [0.35, 0.65]])
    found = of_chances(chances, np.array([1, 0, 0, 1]), [], ANY)
    assert found.observed == (0, 0, 1, 0, 0, 0, 1, 0, 0, 0)
    assert found.expected == pytest.approx((0, 0, 0.75, 0, 0, 0, 0.65, 0, 0, 0))


def test_a_path_leaves_its_bounds_as_often_as_brownian_motion() -> None:
    steps = np.random.default_rng(4).normal(size=(4000, 1000)) / math.sqrt(1000)
    tops = np.abs(steps.cumsum(1)).max(1)
    for height in (1.0, 1.6, 2.24):
        assert path_p(height) == pytest.approx(np.mean(tops >= height), abs=0.03)


def test_sums_are_taken_where_groups_of_equals_end() -> None:
    gaps = np.array([1.0, -1.0, 1.0, 1.0, -3.0])
    assert largest_sum(gaps, np.array([1.0, 1.0, 2.0, 2.0, 3.0])) == 2.0
    assert largest_sum(gaps, np.zeros(5)) == 1.0


def test_randomised_shares_of_ordered_categories_are_uniform() -> None:
    rng = np.random.default_rng(5)
    chances = rng.dirichlet((1.0, 2.0, 0.5), 3000)
    codes = (rng.uniform(size=(3000, 1)) > chances.cumsum(1)).sum(1)
    u = randomised(chances, codes, rng.uniform(size=3000))
    assert stats.kstest(u, "uniform").pvalue > 0.01
    inside = chances.cumsum(1)[np.arange(3000), codes]
    assert (u <= inside).all()
    assert (u >= inside - chances[np.arange(3000), codes]).all()


def test_rank_correlation_is_spearmans() -> None:
    rng = np.random.default_rng(6)
    a = rng.integers(0, 5, 90).astype(float)
    b = a + rng.normal(size=90)
    assert rank_correlation(a, b) == pytest.approx(stats.spearmanr(a, b).statistic)
    assert rank_correlation(a, np.ones(90)) == 0.0


def test_gain_is_paired() -> None:
    rng = np.random.default_rng(7)
    base = rng.normal(0, 10, 50)
    more = base + rng.normal(0.3, 0.1, 50)
    mean, error = gain(more, base)
    assert (mean, error) == pytest.approx((np.mean(more - base), stats.sem(more - base)), rel=1e-12)
    assert gain(base[:1], base[:1])[1] is None

"""Distances between tables against closed forms, scipy, and tables known equal or different."""

import numpy as np
import pytest
from scipy import stats

from engine.checks import distance
from engine.checks.distance import Distances, Pair, compare, energy_distance, total_variation


@pytest.fixture(autouse=True)
def few_shuffles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distance, "SHUFFLES", 99)


def compared(*pairs: Pair, seed: int = 0) -> Distances:
    *slices, last = compare(pairs, np.random.default_rng(seed))
    assert set(slices) == {None}
    assert last is not None
    return last


def test_energy_distance_of_two_normals() -> None:
    """N(0, 1) and N(d, 1): with X - Y ~ N(d, 2), 2 E|X - Y| - 2 E|X - X'| in closed form."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(1500, 1)), rng.normal(1.0, 1.0, (1500, 1))
    apart = stats.foldnorm(1.0 / np.sqrt(2), scale=np.sqrt(2)).mean()
    alike = 2 / np.sqrt(np.pi)
    assert energy_distance(x, y) == pytest.approx(2 * apart - 2 * alike, rel=0.15)


def test_energy_distance_of_one_column_is_scipys() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=80), rng.gamma(2.0, size=70)
    theirs = stats.energy_distance(x, y) ** 2  # scipy takes the root, and of half of it
    assert energy_distance(x[:, None], y[:, None]) == pytest.approx(theirs, rel=1e-9)


def test_total_variation_of_shares() -> None:
    assert total_variation(np.array([0.0, 0, 1, 2]), np.array([0.0, 1, 1, 1]), 3) == 0.5


def test_rows_of_the_same_law_are_as_near_as_halves() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.multivariate_normal([0, 3], [[1, 0.6], [0.6, 2]], (2, 400))
    codes = rng.integers(0, 3, (2, 400)).astype(float)
    found = compared(Pair("a", x[:, 0], y[:, 0]), Pair("b", x[:, 1], y[:, 1]), Pair("c", *codes, 3))
    assert found.whole.ratio == pytest.approx(1.0, abs=0.35)
    assert found.p > 0.05
    for name in ("a", "b", "c"):
        assert found.variables[name].ratio == pytest.approx(1.0, abs=0.6)


def test_a_lost_dependence_shows_only_in_the_joint_distance() -> None:
    rng = np.random.default_rng(3)
    a, other, noise = rng.normal(size=(3, 400))
    b = 0.9 * a + np.sqrt(1 - 0.81) * noise
    alone = rng.normal(size=400)
    found = compared(
        Pair("a", a, other), Pair("c", noise, rng.normal(size=400)), Pair("b", b, alone)
    )
    assert found.p == pytest.approx(0.01)
    assert found.whole.ratio > 2
    assert found.pair == ("a", "b")
    assert found.correlation is not None
    assert found.correlation.distance == pytest.approx(0.9, abs=0.1)
    assert max(one.ratio for one in found.variables.values()) < 2


def test_a_shift_is_measured_in_sds() -> None:
    rng = np.random.default_rng(4)
    found = compared(Pair("a", rng.normal(0, 5, 600), rng.normal(5, 5, 600)))
    assert found.variables["a"].distance == pytest.approx(1.0, abs=0.15)
    assert found.pair is None
    assert found.whole.ratio > 10


def test_shuffles_are_a_level_test() -> None:
    """Of 100 equal pairs of tables a tenth come out below .1, give or take."""
    ps = []
    for seed in range(100):
        x, y = np.random.default_rng(seed).normal(size=(2, 30))
        ps.append(compared(Pair("a", x, y), seed=seed).p)
    assert 0.03 <= np.mean(np.array(ps) <= 0.1) <= 0.19


def test_constant_columns_and_unseen_categories_do_no_harm() -> None:
    found = compared(Pair("a", np.ones(40), np.ones(40)), Pair("b", np.zeros(40), np.zeros(40), 3))
    assert found.whole.distance == 0.0
    assert found.whole.ratio == 0.0
    assert found.p == 1.0

"""Changes between environments: fair sizes, each kind seen and named; statsmodels-free oracles."""

import numpy as np
import pytest
from scipy import stats

from engine.checks.calibration import Parent
from engine.checks.environments import Change, Way, change_test, normal_parts

ROWS = 400


def checked(
    part: np.ndarray, causes: list[np.ndarray], where: np.ndarray, *, sized: bool = True
) -> Change:
    parents = [Parent(f"c{i}", values) for i, values in enumerate(causes)]
    last = list(change_test([part], parents, where, sized=sized))[-1]
    assert isinstance(last, Change)
    return last


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Noise, a cause that differs between environments, the environment."""
    rng = np.random.default_rng(seed)
    where = rng.integers(0, 2, ROWS)
    return rng.normal(size=ROWS), rng.normal(size=ROWS) + where, where


def test_without_causes_it_is_the_t_test() -> None:
    """Two means, one variance: p of scipy's t-test, twice, as the spread is looked at, too."""
    noise, _, where = drawn(1)
    noise = np.clip(noise + 0.4 * where, -4, 4)
    found = checked(noise, [], where)
    p = stats.ttest_ind(noise[where == 1], noise[where == 0]).pvalue
    assert found.p == pytest.approx(2 * p, rel=1e-6)
    assert found.way is Way.LEVEL
    gap = noise[where == 1].mean() - noise[where == 0].mean()
    assert abs(found.shift) == pytest.approx(gap, rel=1e-6)


def test_nothing_is_found_where_only_the_causes_moved() -> None:
    """60 draws, a curve learnt a little wrongly: at most 8 of p < .05 (chance .01)."""
    hits = 0
    for seed in range(60):
        noise, cause, where = drawn(seed)
        hits += checked(noise + 0.15 * np.sin(cause), [cause], where).p < 0.05
    assert hits <= 8


@pytest.mark.parametrize("way", list(Way))
def test_each_way_is_seen_and_named(way: Way) -> None:
    noise, cause, where = drawn(3)
    sign = np.where(where == 1, 1.0, -1.0)
    part = {
        Way.LEVEL: noise + 0.5 * sign,
        Way.REACTION: noise + 0.5 * sign * (cause - 0.5),
        Way.SPREAD: noise * np.where(where == 1, 1.7, 1.0),
    }[way]
    found = checked(part, [cause], where)
    assert found.p < 0.001
    assert found.way is way
    assert found.cause == ("c0" if way is Way.REACTION else "")
    if way is Way.LEVEL:
        assert abs(found.shift) == pytest.approx(1.0, abs=0.3)


def test_what_could_have_been_seen_by_simulation() -> None:
    """A shift of the detectable size is seen by its own test in about 80 % of 100 draws."""
    noise, _, where = drawn(4)
    size = checked(noise, [], where).detectable
    hits = 0
    for seed in range(100):
        noise, _, where = drawn(100 + seed)
        hits += checked(noise + size * where, [], where).p < 0.05
    assert 70 <= hits <= 92


def test_categories_and_too_few_rows() -> None:
    rng = np.random.default_rng(5)
    where = rng.integers(0, 2, ROWS)
    chances = np.full((ROWS, 2), 0.5)
    same = normal_parts(chances, rng.integers(0, 2, ROWS))
    moved = normal_parts(chances, (rng.random(ROWS) < 0.35 + 0.3 * where).astype(int))
    assert checked(same[0], [], where, sized=False).p > 0.01
    assert checked(moved[0], [], where, sized=False).p < 0.001
    few = list(change_test(same, [], np.zeros(ROWS, dtype=int), sized=False))
    assert "too few" in str(few[-1])

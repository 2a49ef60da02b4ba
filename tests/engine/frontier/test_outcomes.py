"""Outcome models: which is used where, held out for real, and near to what is true."""

import numpy as np
import pytest

from engine.frontier.outcomes import Means, outcomes
from engine.frontier.slices import done


def told(x: np.ndarray, y: np.ndarray, t: np.ndarray, *, trees: bool = True) -> tuple[Means, Means]:
    fold = np.arange(len(y)) % 5
    return done(outcomes(x, y, t, np.ones(len(y)), fold, trees=trees))


def groups(rows: int = 300, width: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(rows, width)), rng.random(rows) < 0.6, rng.normal(size=rows)


def test_lines_are_told_by_ridge_and_steps_by_trees() -> None:
    """The treated's outcome is a line; the others' a product of two steps. Noise .3."""
    x, t, noise = groups(600)
    steps = 2.0 * (x[:, 0] > 0) * (x[:, 1] > 0.3)
    y = np.where(t, x[:, 0] - x[:, 2], steps) + 0.3 * noise
    first, second = told(x, y, t)
    assert (first.model.boosted, second.model.boosted) == (False, True)
    assert second.model.trees is not None
    assert second.model.error == second.model.trees < 0.7 * second.model.ridge
    assert np.sqrt(((first.at - (x[:, 0] - x[:, 2])) ** 2).mean()) < 0.1
    assert np.sqrt(((second.at - steps) ** 2).mean()) < 0.3
    assert first.model.error == pytest.approx(0.09 / (2 + 0.09), rel=0.25)


def test_a_row_has_no_part_in_its_own_mean() -> None:
    """Its outcome doubled, the means of its fold's rows stay; those of others move."""
    x, t, noise = groups()
    y = x[:, 0] + noise
    row = int(np.flatnonzero(t)[7])
    other = y.copy()
    other[row] += 0.5
    before, after = (told(x, one, t, trees=False)[0].at for one in (y, other))
    same = (np.arange(300) % 5 == row % 5) & t
    assert after[same] == pytest.approx(before[same], abs=1e-12)
    assert np.abs(after - before)[~same & t].min() > 1e-6


def test_few_rows_begin_at_what_the_many_say() -> None:
    """Twelve treated rows, ten slopes: the others' line plus 1 is nearly true."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(300, 10))
    t = np.arange(300) < 12
    curve = x.sum(1)
    y = curve + t + 0.5 * rng.normal(size=300)
    first, _ = told(x, y, t, trees=False)
    assert np.sqrt(((first.at - curve - 1) ** 2).mean()) < 0.4
    slopes = np.linalg.lstsq(np.column_stack([np.ones(12), x[t]]), y[t], rcond=None)[0]
    alone = np.column_stack([np.ones(300), x]) @ slopes
    assert np.sqrt(((alone - curve - 1) ** 2).mean()) > 0.8


def test_nothing_held_is_the_groups_mean() -> None:
    _, t, y = groups(50)
    first, second = told(np.empty((50, 0)), y, t)
    assert first.at[~t] == pytest.approx(np.full((~t).sum(), y[t].mean()), abs=0.05)
    assert second.model.error == pytest.approx(1.0, abs=0.1)

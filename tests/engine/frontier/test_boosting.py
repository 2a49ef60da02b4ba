"""Boosted trees: the best split of all, and as near to a known function as another library's."""

from itertools import product

import numpy as np
import pytest

from engine.frontier import boosting
from engine.frontier.boosting import boosted, grown, splits

HISTOGRAM = 1.526  # scikit-learn 1.9.1, HistGradientBoostingRegressor: 16 bins, depth 3, 120 trees


def friedman(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.random((rows, 8))
    f = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2
    f += 10 * x[:, 3] + 5 * x[:, 4]
    return x, f, f + rng.normal(size=rows)


def test_held_out_it_is_as_near_as_scikit_learn() -> None:
    x, f, y = friedman(900)
    rows, mean = splits(x), float(y[:600].mean())
    told = list(boosted(rows[:600], (y[:600] - mean)[None], np.ones((1, 600)), rows[600:]))
    assert told[-1] is not None
    error = float(((mean + told[-1][0] - f[600:]) ** 2).mean())
    assert error < 1.05 * HISTOGRAM
    assert [one is not None for one in told[:10]] == [False] * 9 + [True]


def test_the_first_split_is_the_best_of_all() -> None:
    """Least squares over all columns and cuts, each side's mean shrunk by one row of zero."""
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 6, (60, 3)).astype(float), rng.normal(size=60)
    y -= y.mean()
    w = rng.uniform(0.5, 2.0, 60)
    best = (-np.inf, 0, 0.0)
    for column, cut in product(range(3), np.arange(5) + 0.5):
        left = x[:, column] < cut
        gain = sum((w[s] @ y[s]) ** 2 / (w[s].sum() + 1) for s in (left, ~left))
        if min(w[left].sum(), w[~left].sum()) >= boosting.LEAST:
            best = max(best, (gain, column, cut))
    rows = splits(x)
    place = int(grown(rows, y[None], w[None]).at[0, 0])
    assert (rows[:, place] > 0).tolist() == (x[:, best[1]] < best[2]).tolist()


def test_models_side_by_side_are_as_alone() -> None:
    x, _, y = friedman(120)
    rows, w = splits(x), np.random.default_rng(2).uniform(0.0, 2.0, (2, 120))
    both = grown(rows, np.stack([y, -2 * y]), w)(rows)
    for k, target in enumerate((y, -2 * y)):
        assert grown(rows, target[None], w[k : k + 1])(rows)[0] == pytest.approx(both[k])


def test_a_leaf_is_the_shrunk_mean_of_its_rows() -> None:
    """One yes/no column: two leaves, RATE · Σ y / (rows + 1)."""
    x, y = np.repeat([0.0, 1.0], [20, 30])[:, None], np.repeat([1.0, -2.0], [20, 30])
    rows = splits(x)
    told = grown(rows, y[None], np.ones((1, 50)))(rows)[0]
    assert told[[0, -1]] == pytest.approx([0.1 * 20 / 21, -0.1 * 60 / 31])


def test_without_columns_nothing_is_split() -> None:
    rows = splits(np.empty((12, 0)))
    told = grown(rows, np.ones((1, 12)), np.ones((1, 12)))(rows)
    assert told[0] == pytest.approx(np.full(12, 0.1 * 12 / 13))

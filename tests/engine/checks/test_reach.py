"""Distances to rows: by scipy's tree, and what is far only jointly."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from engine.checks.reach import NEIGHBOURS, Ground, scaling


def ground() -> Ground:
    rng = np.random.default_rng(1)
    x = rng.normal(size=500)
    return Ground(np.stack([x, x + 0.1 * rng.normal(size=500)], 1))


def test_distances_are_those_of_a_tree() -> None:
    rows = ground()
    tree = cKDTree(rows.columns)
    places = np.random.default_rng(2).normal(size=(20, 2))
    assert rows.distances(places) == pytest.approx(tree.query(places, NEIGHBOURS)[0][:, -1])
    own = np.sort(tree.query(rows.columns, NEIGHBOURS + 1)[0][:, -1])
    assert rows.own == pytest.approx(own, abs=1e-6)


def test_what_is_usual_one_by_one_can_be_far_jointly() -> None:
    rows = ground()
    far = rows.distances(np.array([[1.0, -1.0], [1.0, 1.0]]))
    assert rows.beyond(far).tolist() == [True, False]
    assert rows.quantiles(far)[0] > 0.99


def test_units_do_not_matter_and_another_category_is_an_sd_away() -> None:
    rng = np.random.default_rng(3)
    x, kind = rng.normal(size=2_000), rng.integers(0, 3, 2_000).astype(float)
    one, other = scaling([x, kind], (0, 3)), scaling([1_000 * x, kind], (0, 3))
    assert other([1_000 * x, kind]) == pytest.approx(one([x, kind]))
    places = one([np.zeros(2), np.array([0.0, 1.0])])
    assert np.linalg.norm(places[0] - places[1]) == pytest.approx(1.0)
    moved = one([np.array([0.0, 1.0]), np.zeros(2)])
    assert np.linalg.norm(moved[0] - moved[1]) == pytest.approx(1.0, abs=0.1)

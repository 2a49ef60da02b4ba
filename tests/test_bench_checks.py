"""Small samples of the benches of checks: their laws are null where they say so, and they count."""

import numpy as np
import pytest
from scipy import stats

from tests.bench import estimators, independence


@pytest.mark.parametrize("name", independence.LAWS)
def test_the_null_laws_are_null_and_the_others_are_not(name: str) -> None:
    """60 tables of 200 rows: at most 9 false alarms (chance .002), and more alarms with a link."""
    law, link = independence.LAWS[name]
    size, methods = independence.rejected(law, 200, 0.0, 60)
    assert size <= 9 / 60
    assert len(methods) == 1
    assert independence.rejected(law, 500, 1.5 * link, 20)[0] > 0.5


def test_expected_counts_of_the_categories_are_at_least_five() -> None:
    x, y, z = independence.categories(np.random.default_rng(1), 200, 0.0)
    for value in (0, 1):
        keep = z.values == value
        table = stats.contingency.crosstab(x.values[keep], y.values[keep]).count
        assert stats.contingency.expected_freq(table).min() >= 5


def test_the_estimators_bench_counts_coverage() -> None:
    found = estimators.measured("line", 8, 200)
    assert len(found) == 3
    for row in found.values():
        assert abs(row["bias_se"]) < 4
        assert row["coverage"] >= 0.5
        assert row["rmse"] < 0.6


def test_the_effect_on_a_yes_or_no_outcome_by_integration() -> None:
    """Gauss-Hermite over both causes."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    x = np.stack(np.meshgrid(nodes, nodes, indexing="ij"), -1).reshape(-1, 2)
    mass = np.outer(weights, weights).ravel() / (2 * np.pi)
    gap = estimators._chance(x, 1.0) - estimators._chance(x, 0.0)
    assert estimators.effect("yes or no") == pytest.approx(mass @ gap, abs=1e-3)

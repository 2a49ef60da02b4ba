"""What is read off draws, against scipy and closed forms."""

import numpy as np
import pytest
import torch
from scipy import stats

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.interventions import OneOf, Range
from engine.queries.draws import Draws, column_shape, density, drawing_range

X = Variable("x", Kind.CONTINUOUS)
C = Variable("c", Kind.CATEGORICAL, categories=("a", "b", "c"))


def table(values: np.ndarray) -> Table:
    return Table((X,), {"x": values})


def test_density_is_the_kernel_estimate() -> None:
    """Against scipy's exact Gaussian kernel estimate with the same bandwidth."""
    values = np.random.default_rng(0).normal(3, 2, 2000)
    shape = density(values, -4, 10)
    spread = np.subtract(*np.quantile(values, (0.75, 0.25))) / 1.34
    factor = 0.9 * min(values.std(), spread) * len(values) ** -0.2 / values.std(ddof=1)
    exact = stats.gaussian_kde(values, factor)(shape.x)
    assert np.abs(shape.y - exact).max() < 0.02 * exact.max()
    assert shape.mean == pytest.approx(values.mean())
    assert shape.sd == pytest.approx(values.std())


def test_weights_count_rows() -> None:
    values = np.array([1.0, 2.0, 4.0])
    draws = Draws({"x": torch.tensor(values)}, torch.tensor([0.5, 0.25, 0.25]).double())
    assert draws.mean("x") == pytest.approx(2.0)
    assert draws.ess == pytest.approx(1 / (0.25 + 0.0625 + 0.0625))
    assert draws.chance(Range("x", 1.5, 9.0), X) == pytest.approx(0.5)


def test_chance_of_categories_averages_their_laws() -> None:
    law = torch.tensor([[0.2, 0.3, 0.5], [0.6, 0.1, 0.3]]).double()
    draws = Draws({"c": torch.tensor([0.0, 2.0])}, None, {"c": law})
    assert draws.chance(OneOf("c", (0, 1)), C) == pytest.approx(0.6)
    assert draws.value(C, 2) == pytest.approx(0.4)


def test_labels_are_counted_where_no_law_is_known() -> None:
    draws = Draws({"c": torch.tensor([0.0, 2.0, 2.0, 1.0])})
    assert draws.masses("c", 3).tolist() == [0.25, 0.25, 0.5]


def test_long_tails_are_cut_and_the_bulk_stays() -> None:
    """Cauchy: quartiles at ±1, so four interquartile ranges outside them is ±9, and a margin."""
    values = stats.cauchy.ppf((np.arange(20_000) + 0.5) / 20_000)
    low, high = drawing_range(table(values), "x")
    assert high == pytest.approx(9 + 0.12 * 18, rel=0.01)
    assert low == pytest.approx(-high, rel=0.01)


def test_constant_column_still_has_a_range() -> None:
    low, high = drawing_range(table(np.full(10, 7.0)), "x")
    assert low < 7 < high


def test_missing_values_are_left_out() -> None:
    column = np.array([0.0, np.nan, 2.0, 2.0])
    shape = column_shape(C, column, 0, 1)
    assert shape is not None
    assert shape.y.tolist() == pytest.approx([1 / 3, 0, 2 / 3])
    assert column_shape(X, np.array([np.nan]), 0, 1) is None

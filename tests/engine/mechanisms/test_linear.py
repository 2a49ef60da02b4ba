"""The closed-form line against numpy's least squares."""

import numpy as np
import pytest
import torch

from engine.mechanisms.encoding import Encoder
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.linear import Linear, least_squares
from tests.oracles import tensor


def data(rows: int = 400, width: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    design = rng.normal(size=(rows, width))
    return design, 0.5 + design @ np.arange(1, width + 1) + 0.3 * rng.normal(size=rows)


def test_coefficients_are_those_of_least_squares() -> None:
    design, x = data()
    found, residual = least_squares(tensor(design), tensor(x), torch.ones(400).double())
    columns = np.column_stack([np.ones(400), design])
    oracle, squares, *_ = np.linalg.lstsq(columns, x)
    assert found.numpy() == pytest.approx(oracle, abs=1e-8)
    assert residual == pytest.approx(np.sqrt(squares[0] / (400 - 4)), abs=1e-8)


def test_weights_count_rows() -> None:
    design, x = data(60)
    weights = np.random.default_rng(0).integers(0, 4, size=60)
    found, residual = least_squares(tensor(design), tensor(x), tensor(weights))
    repeated = np.repeat(np.arange(60), weights)
    again, same = least_squares(
        tensor(design[repeated]), tensor(x[repeated]), torch.ones(len(repeated)).double()
    )
    assert found.numpy() == pytest.approx(again.numpy(), abs=1e-9)
    assert residual == pytest.approx(same, abs=1e-9)


def test_collinear_parents_share_the_slope() -> None:
    x = np.linspace(-1, 1, 50)
    found, _ = least_squares(
        tensor(np.column_stack([x, x])), tensor(2 * x), torch.ones(50).double()
    )
    assert found.numpy() == pytest.approx([0, 1, 1], abs=1e-4)


def test_few_rows_leave_some_noise() -> None:
    rng = np.random.default_rng(0)
    found, residual = least_squares(
        tensor(rng.normal(size=(3, 5))), tensor(rng.normal(size=3)), torch.ones(3).double()
    )
    assert bool(found.isfinite().all())
    assert residual > 0.01


def test_one_line_in_user_units() -> None:
    line = Linear(Encoder((10.0,), (2.0,), (0,)), Law(Grid()), 5.0, tensor([4.0]), 0.5)
    assert line.push(tensor([1.0]), tensor([[12.0]])).item() == pytest.approx(5 + 4 + 0.5)
    noise = line.abduct(tensor([9.5]), tensor([[12.0]]), torch.Generator())
    assert noise.item() == pytest.approx(1.0)


def test_parts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="fit together"):
        Linear(Encoder((0.0,), (1.0,), (0,)), Law(Grid()), 0.0, tensor([1.0, 2.0]), 1.0)

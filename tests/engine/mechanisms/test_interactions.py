"""Slopes that differ by group: taken up where they are, left out where they are not."""

import numpy as np
import pytest
import torch

from engine.data.table import Table
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.interactions import candidates, chosen, products
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.linear import Linear
from engine.scm.cases import cases_of
from engine.scm.closed import fit_line
from engine.scm.conditional import Conditional
from tests.oracles import category, number, tensor

ENCODER = Encoder((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (0, 3, 0))  # a number, three groups, a number


def drawn(seed: int, differs: float, rows: int = 800) -> tuple[np.ndarray, np.ndarray]:
    """z (rows, 4) and x = z₀ + (1 + differs · z₀) [group 2] + noise."""
    rng = np.random.default_rng(seed)
    a, b, noise = rng.normal(size=(3, rows))
    group = rng.integers(3, size=rows)
    z = np.stack((a, group == 1, group == 2, b), 1).astype(float)
    return z, a + (1 + differs * a) * (group == 2) + noise


def test_only_a_category_with_another_parent_is_a_candidate() -> None:
    assert candidates(ENCODER) == ((0, 1), (0, 2), (1, 3), (2, 3))
    assert candidates(Encoder((0.0, 0.0), (1.0, 1.0), (0, 0))) == ()


def test_the_product_that_is_there_is_found_and_no_other() -> None:
    pairs = candidates(ENCODER)
    ones = torch.ones(800).double()
    found = [chosen(pairs, *map(tensor, drawn(seed, 0.5)), ones) for seed in range(40)]
    assert sum((0, 2) in each for each in found) == 40
    assert sum(len(each) > 1 for each in found) <= 4


def test_nothing_is_taken_up_where_slopes_are_the_same() -> None:
    pairs = candidates(ENCODER)
    ones = torch.ones(800).double()
    found = [chosen(pairs, *map(tensor, drawn(seed, 0.0)), ones) for seed in range(60)]
    assert sum(map(bool, found)) <= 3


def test_rows_of_weight_zero_do_not_count_and_few_rows_are_left_alone() -> None:
    z, x = drawn(0, 0.5)
    x[:400] = -5 * z[:400, 0] * z[:400, 1]
    weights = torch.cat((torch.zeros(400), torch.ones(400))).double()
    pairs = candidates(ENCODER)
    assert chosen(pairs, tensor(z), tensor(x), weights) == ((0, 2),)
    assert chosen(pairs, tensor(z[:30]), tensor(x[:30]), torch.ones(30).double()) == ()


def test_the_line_is_that_of_least_squares_with_the_product() -> None:
    rng = np.random.default_rng(3)
    amount, group = rng.normal(5, 2, 600), rng.integers(2, size=600).astype(float)
    y = 1 + 2 * amount + group * (3 - amount) + 0.5 * rng.normal(size=600)
    variables = number("amount"), category("group", 2), number("y")
    rows = Table(variables, {"amount": amount, "group": group, "y": y})
    cases = cases_of(Conditional("y", ("amount", "group")), rows)
    line = fit_line(cases, torch.ones(600).double())
    design = np.stack((np.ones(600), amount, group, amount * group), 1)
    best = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    assert line.pairs == ((0, 1),)
    assert line.location(cases.parents).numpy() == pytest.approx(best, abs=1e-7)


def test_products_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="products"):
        Linear(ENCODER, Law(Grid()), 0.0, torch.zeros(5).double(), 1.0, ((0, 4),))
    assert products(tensor([[2.0, 3.0]]), ((0, 1),)).tolist() == [[6.0]]

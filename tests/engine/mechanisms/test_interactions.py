"""Slopes that differ by group: taken up where they are, held as far as the rows say."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from engine.data.table import Table
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.interactions import chosen, groups, products
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.linear import Linear
from engine.scm.cases import cases_of
from engine.scm.closed import fit_line, refit
from engine.scm.conditional import Conditional
from tests.oracles import category, number, tensor

ENCODER = Encoder((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (0, 3, 0))  # a number, three groups, a number
ALL = ((0, 1), (0, 2), (1, 3), (2, 3))


def drawn(seed: int, differs: float, rows: int = 800) -> tuple[np.ndarray, np.ndarray]:
    """z (rows, 4) and x = z₀ + (1 + differs · z₀) [group 2] + noise."""
    rng = np.random.default_rng(seed)
    a, b, noise = rng.normal(size=(3, rows))
    group = rng.integers(3, size=rows)
    z = np.stack((a, group == 1, group == 2, b), 1).astype(float)
    return z, a + (1 + differs * a) * (group == 2) + noise


def test_a_category_comes_with_all_its_products() -> None:
    assert groups(ENCODER) == (((0, 1), (1, 3), (0, 2), (2, 3)),)
    two = Encoder((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (2, 0, 2))
    assert groups(two) == (((0, 1), (0, 2)), ((0, 2), (1, 2)))
    assert groups(Encoder((0.0, 0.0), (1.0, 1.0), (0, 0))) == ()


def test_slopes_that_differ_are_found_and_barely_held() -> None:
    ones = torch.ones(800).double()
    for seed in range(20):
        found = chosen(groups(ENCODER), *map(tensor, drawn(seed, 0.5)), ones)
        assert found.pairs == ALL
        assert set(found.precisions) == {found.precisions[0]}
        assert found.precisions[0] < 100


def test_nothing_is_taken_up_where_slopes_are_the_same() -> None:
    ones = torch.ones(800).double()
    found = [chosen(groups(ENCODER), *map(tensor, drawn(seed, 0.0)), ones) for seed in range(60)]
    assert sum(bool(each.pairs) for each in found) <= 3


def test_rows_of_weight_zero_do_not_count_and_few_rows_are_left_alone() -> None:
    z, x = drawn(0, 0.5)
    x[:400] = -5 * z[:400, 0] * z[:400, 1]
    weights = torch.cat((torch.zeros(400), torch.ones(400))).double()
    blocks = groups(ENCODER)
    alone = chosen(blocks, tensor(z[400:]), tensor(x[400:]), weights[400:])
    assert chosen(blocks, tensor(z), tensor(x), weights).precisions == pytest.approx(
        alone.precisions
    )
    assert chosen(blocks, tensor(z[:22]), tensor(x[:22]), torch.ones(22).double()).pairs == ()


def test_the_variance_of_slopes_is_the_most_probable_one() -> None:
    """Restricted likelihood, written out: x off its line is N(0, σ²(I + τ VVᵀ))."""
    z, x = drawn(4, 1.0, 120)
    found = chosen(groups(ENCODER), tensor(z), tensor(x), torch.ones(120).double())
    base = np.column_stack((np.ones(120), z))
    off = np.linalg.svd(base)[0][:, base.shape[1] :]
    v = off.T @ np.stack([z[:, i] * z[:, j] for i, j in ALL], 1)
    r = off.T @ x

    def likelihood(tau: float) -> float:
        shape = np.eye(len(r)) + tau * v @ v.T
        size = float(r @ np.linalg.solve(shape, r)) / len(r)
        return float(multivariate_normal.logpdf(r, cov=size * shape))

    taus = np.exp(np.arange(-8.0, 6.0, 0.5))
    assert 1 / found.precisions[0] == pytest.approx(taus[np.argmax([likelihood(t) for t in taus])])


def test_the_line_is_that_of_least_squares_with_the_product_held() -> None:
    rng = np.random.default_rng(3)
    amount, group = rng.normal(5, 2, 600), rng.integers(2, size=600).astype(float)
    y = 1 + 2 * amount + group * (3 - amount) + 0.5 * rng.normal(size=600)
    variables = number("amount"), category("group", 2), number("y")
    rows = Table(variables, {"amount": amount, "group": group, "y": y})
    cases = cases_of(Conditional("y", ("amount", "group")), rows)
    line = fit_line(cases, torch.ones(600).double())
    assert line.pairs == ((0, 1),)
    held = np.sqrt(line.precisions[0])
    z = cases.design.numpy()
    design = np.column_stack((np.ones(600), z, z[:, 0] * z[:, 1]))
    padded = np.vstack((design, [0, 0, 0, held]))
    best = np.linalg.lstsq(padded, np.append(y - y.mean(), 0.0), rcond=None)[0]
    assert line.location(cases.parents).numpy() == pytest.approx(design @ best + y.mean(), abs=1e-6)
    free = np.linalg.lstsq(design, y, rcond=None)[0]
    assert line.slopes.numpy() == pytest.approx(free[1:], rel=0.01)


def test_a_bootstrap_member_has_the_products_of_the_line() -> None:
    rng = np.random.default_rng(5)
    amount, group = rng.normal(size=80), rng.integers(2, size=80).astype(float)
    y = amount * (1 + group) + rng.normal(size=80)
    variables = number("amount"), category("group", 2), number("y")
    rows = Table(variables, {"amount": amount, "group": group, "y": y})
    cases = cases_of(Conditional("y", ("amount", "group")), rows)
    line = fit_line(cases, torch.ones(80).double())
    counts = torch.from_numpy(rng.multinomial(80, np.full(80, 1 / 80))).double()
    member = refit(line, cases, counts)
    assert isinstance(member, Linear)
    assert line.pairs
    assert (member.pairs, member.precisions) == (line.pairs, line.precisions)
    assert not torch.equal(member.slopes, line.slopes)


def test_location_is_the_sum_of_slopes_and_products() -> None:
    slopes = tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    line = Linear(ENCODER, Law(Grid()), 0.5, slopes, 1.0, ((0, 1), (2, 3)), (1.0, 1.0))
    got = line.at(tensor([[2.0, 1.0, 0.0, 3.0], [2.0, 0.0, 1.0, 3.0]]))
    assert got.tolist() == [0.5 + 2 + 2 + 12 + 10, 0.5 + 2 + 3 + 12 + 18]


def test_products_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="products"):
        Linear(ENCODER, Law(Grid()), 0.0, torch.zeros(5).double(), 1.0, ((0, 4),), (1.0,))
    with pytest.raises(ValueError, match="held"):
        Linear(ENCODER, Law(Grid()), 0.0, torch.zeros(5).double(), 1.0, ((0, 1),))
    assert products(tensor([[2.0, 3.0]]), ((0, 1),)).tolist() == [[6.0]]

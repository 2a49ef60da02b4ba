"""Weights that make groups alike: feasible, exact where that can be told, blind to order."""

import numpy as np
import pytest
import torch

from engine.errors import QueryError
from engine.frontier.balancing import Balance, Estimand, balance
from engine.frontier.kernels import LANDMARKS, Features, Kernel, features
from tests.oracles import tensor

ESTIMANDS = list(Estimand)


def groups(seed: int, n: int = 120, width: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, width))
    return x, rng.random(n) < 1 / (1 + np.exp(-x[:, 0]))


def weighed(
    estimand: Estimand, kernel: Kernel, x: np.ndarray, t: np.ndarray, penalty: float = 1.0
) -> Balance:
    base = torch.ones(len(t)).double()
    return balance(estimand, features(kernel, tensor(x), 0), torch.from_numpy(t), base, penalty)


@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize("kernel", list(Kernel))
def test_weights_are_chances_in_each_group(estimand: Estimand, kernel: Kernel) -> None:
    x, t = groups(0)
    found = weighed(estimand, kernel, x, t)
    w = found.weights.numpy()
    assert w.min() >= 0
    assert [w[t].sum(), w[~t].sum()] == pytest.approx([1.0, 1.0], abs=1e-9)
    assert found.gap < 1e-8
    assert 1 <= found.effective(treated=False) <= (~t).sum() + 1e-9


def test_without_a_penalty_means_are_made_equal() -> None:
    x, t = groups(1, 300)
    att = weighed(Estimand.ATT, Kernel.LINEAR, x, t, 1e-4)
    ate = weighed(Estimand.ATE, Kernel.LINEAR, x, t, 1e-4)
    for j in range(3):
        assert att.difference(tensor(x[:, j])) == pytest.approx(0.0, abs=1e-4)
        own = float(ate.weights.numpy()[t] @ x[t, j])
        assert own == pytest.approx(x[:, j].mean(), abs=1e-3)


def test_the_treated_count_equally_in_att() -> None:
    x, t = groups(2)
    w = weighed(Estimand.ATT, Kernel.RBF, x, t).weights.numpy()
    assert w[t] == pytest.approx(np.full(t.sum(), 1 / t.sum()))


def test_a_large_penalty_weighs_all_rows_alike() -> None:
    x, t = groups(3)
    w = weighed(Estimand.ATE, Kernel.RBF, x, t, 1e6).weights.numpy()
    assert w[t] == pytest.approx(np.full(t.sum(), 1 / t.sum()), rel=1e-3)


def test_two_kinds_of_rows_are_weighed_as_counted_by_hand() -> None:
    """One yes/no covariate: 30 treated, 20 of them with yes; of 40 others 10. λ → 0."""
    x = np.repeat([1.0, 0.0, 1.0, 0.0], [20, 10, 10, 30])[:, None]
    t = np.repeat([True, False], [30, 40])
    w = weighed(Estimand.ATT, Kernel.LINEAR, x, t, 1e-8).weights.numpy()
    assert w[30:40].sum() == pytest.approx(20 / 30, abs=1e-4)
    ate = weighed(Estimand.ATE, Kernel.LINEAR, x, t, 1e-8).weights.numpy()
    assert [ate[:20].sum(), ate[30:40].sum()] == pytest.approx([30 / 70, 30 / 70], abs=1e-4)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_the_order_of_rows_does_not_matter(estimand: Estimand) -> None:
    x, t = groups(4)
    order = np.random.default_rng(0).permutation(len(t))
    plain = weighed(estimand, Kernel.RBF, x, t).weights.numpy()
    mixed = weighed(estimand, Kernel.RBF, x[order], t[order]).weights.numpy()
    assert mixed == pytest.approx(plain[order], abs=1e-6)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_a_row_that_counts_twice_is_two_rows(estimand: Estimand) -> None:
    x, t = groups(5, 80)
    space = features(Kernel.LINEAR, tensor(x), 0)
    twice = np.arange(80) < 20
    double = np.concatenate((np.arange(80), np.arange(20)))
    base = tensor(np.where(twice, 2.0, 1.0))
    if space.factor is None:
        raise AssertionError
    stacked = Features(None, space.factor[torch.from_numpy(double)])
    one = balance(estimand, space, torch.from_numpy(t), base, 1.0)
    two = balance(estimand, stacked, torch.from_numpy(t[double]), torch.ones(100).double(), 1.0)
    summed = np.bincount(double, two.weights.numpy())
    assert one.weights.numpy() == pytest.approx(summed, abs=1e-6)


def test_many_rows_are_told_by_landmarks_and_nearly_alike() -> None:
    x, t = groups(6, 2300, 2)
    many = features(Kernel.RBF, tensor(x), 0)
    assert many.factor is not None
    assert many.factor.shape[1] <= LANDMARKS
    assert 0.999 < many.told <= 1.0 + 1e-9
    apart = ((x[:50, None] - x[None, :50]) ** 2).sum(-1)
    width = np.median(((x[::3, None] - x[None, ::3]) ** 2).sum(-1)[np.triu_indices(767, 1)])
    near = (many.factor[:50] @ many.factor[:50].T).numpy()
    assert near == pytest.approx(np.exp(-apart / width), abs=1e-3)


def test_an_empty_group_is_refused() -> None:
    with pytest.raises(QueryError, match="no rows"):
        weighed(Estimand.ATE, Kernel.LINEAR, np.zeros((5, 1)), np.ones(5, bool))

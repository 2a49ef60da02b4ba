"""Large programs part by part: scikit-learn's objective, slices, and no order of rows.

The objectives were found by scikit-learn 1.9.1, SVC(kernel="precomputed", C=1/λ, tol=1e-8).
"""

from collections.abc import Generator

import numpy as np
import pytest
import torch

from engine.frontier.balancing import Estimand, balance, dual
from engine.frontier.cholesky import Pivoted, pivoted
from engine.frontier.kernels import CLOSE, Features, Kernel, features
from engine.frontier.parts import by_parts
from engine.frontier.quadratic import Dense, Optimum, approach
from tests.oracles import tensor

BY_SVC = [
    (11, 700, 8, 1.0, -942.787931575005),
    (12, 600, 2, 1.0, -869.6540283557882),
    (13, 560, 12, 0.1, -46.75049352617927),
]


def groups(seed: int, n: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, width))
    return x, rng.random(n) < 1 / (1 + np.exp(-x[:, 0]))


def last(steps: Generator[None, None, Optimum]) -> tuple[Optimum, int]:
    count = 0
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            return ended.value, count
        count += 1


@pytest.mark.parametrize(("seed", "n", "width", "penalty", "objective"), BY_SVC)
def test_the_objective_is_that_of_a_support_vector_machine(
    seed: int, n: int, width: int, penalty: float, objective: float
) -> None:
    x, t = groups(seed, n, width)
    space = features(Kernel.RBF, tensor(x), 0)
    found, slices = last(dual(space, torch.from_numpy(t), torch.ones(n).double(), penalty))
    assert found.value == pytest.approx(objective, rel=1e-6)
    assert found.gap <= 1e-6 * abs(objective)
    assert found.value - objective <= found.gap + 1e-8 * abs(objective)
    assert slices > 20
    a = found.x.numpy()
    assert a[t].sum() == pytest.approx(a[~t].sum(), abs=1e-6)
    assert 0 <= a.min() <= a.max() <= 1


def test_without_a_start_it_is_the_same() -> None:
    x, t = groups(11, 700, 8)
    space = features(Kernel.RBF, tensor(x), 0)
    bare = Features(space.matrix, None)
    found, _ = last(dual(bare, torch.from_numpy(t), torch.ones(700).double(), 1.0))
    assert found.value == pytest.approx(BY_SVC[0][-1], rel=1e-6)


def test_where_parts_get_stuck_it_is_solved_as_one() -> None:
    """Rank 3: nearly all x are as good."""
    rng = np.random.default_rng(0)
    f, signs = rng.normal(size=(600, 3)), np.where(rng.random(600) < 0.5, 1.0, -1.0)
    q = tensor(f @ f.T)
    one, side = torch.ones(600).double(), torch.zeros(1).double()
    *_, found = by_parts(Dense(q), one, tensor(signs), 0.0, 1.0, torch.zeros(600).double())
    *_, whole = approach(Dense(q), one, tensor(signs)[:, None], side, 1.0)
    assert found is not None
    assert whole is not None
    assert found.value == pytest.approx(whole.value, rel=1e-6)


def test_the_order_of_many_rows_does_not_matter() -> None:
    x, t = groups(14, 540, 8)
    order = np.random.default_rng(0).permutation(540)

    def weighed(x: np.ndarray, t: np.ndarray) -> np.ndarray:
        space = features(Kernel.RBF, tensor(x), 0)
        one = torch.ones(len(t)).double()
        return balance(Estimand.OVERLAP, space, torch.from_numpy(t), one).weights.numpy()

    assert weighed(x[order], t[order]) == pytest.approx(weighed(x, t)[order], abs=1e-6)


def test_columns_of_few_values_are_told_by_few_pivots() -> None:
    """Four yes/no columns: 16 kinds of rows, so rank 16, and nothing is left out."""
    x = np.random.default_rng(0).integers(0, 2, (300, 4)).astype(float)
    space = features(Kernel.RBF, tensor(x), 0)
    assert space.factor is not None
    assert space.factor.shape == (300, 16)
    assert space.told == 1.0
    apart = ((x[:, None] - x[None]) ** 2).sum(-1)
    some = apart[np.triu_indices(300, 1)]
    width = np.sort(some[some > 0])[((some > 0).sum() - 1) // 2]
    assert (space.factor @ space.factor.T).numpy() == pytest.approx(
        np.exp(-apart / width), abs=1e-6
    )


def test_what_pivots_leave_is_bounded_by_what_the_diagonal_lacks() -> None:
    x = np.random.default_rng(1).normal(size=(80, 2))
    kernel = tensor(np.exp(-((x[:, None] - x[None]) ** 2).sum(-1)))
    steps = pivoted(lambda row: kernel[row], 0, 80, 20, CLOSE * 0)
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            found = ended.value
            break
    assert isinstance(found, Pivoted)
    rest = (kernel - found.factor @ found.factor.T).numpy()
    assert np.linalg.eigvalsh(rest)[0] > -1e-10
    assert np.linalg.eigvalsh(rest)[-1] <= float(found.left.sum())
    assert np.diag(rest) == pytest.approx(found.left.numpy(), abs=1e-10)
    assert np.abs(rest[found.pivots.numpy()]).max() < 1e-6

"""Box-constrained quadratic programs: against enumeration of faces, scipy, and the certificate."""

from itertools import product

import numpy as np
import pytest
import torch
from scipy.optimize import LinearConstraint, minimize

from engine.errors import QueryError
from engine.frontier.cholesky import root_of
from engine.frontier.quadratic import Dense, Factored, least
from tests.oracles import tensor


def problem(seed: int, n: int, rank: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(n, rank))
    return factor, rng.normal(size=n), np.where(rng.random(n) < 0.5, 1.0, -1.0)


def by_faces(q: np.ndarray, c: np.ndarray, a: np.ndarray, b: float, upper: float) -> float:
    """The least objective over all ways to put unknowns at 0, at `upper`, or between."""
    best = np.inf
    for places in product((0, 1, 2), repeat=len(c)):
        free = np.array(places) == 2
        x = np.where(np.array(places) == 1, upper, 0.0)
        m = int(free.sum())
        if m:
            kkt = np.block(
                [[q[np.ix_(free, free)], -a[free, None]], [a[None, free], np.zeros((1, 1))]]
            )
            right = np.append(c[free] - q[free] @ x, b - a @ x)
            x[free] = np.linalg.lstsq(kkt, right, rcond=None)[0][:m]
        if abs(a @ x - b) < 1e-7 and x.min() > -1e-9 and x.max() < upper + 1e-9:
            best = min(best, float(0.5 * x @ q @ x - c @ x))
    return best


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("rank", [2, 6])
def test_the_least_of_all_faces(seed: int, rank: int) -> None:
    factor, c, signs = problem(seed, 6, rank)
    found = least(
        Dense(tensor(factor @ factor.T)), tensor(c), tensor(signs)[:, None], tensor([0.3]), 1.0
    )
    exact = by_faces(factor @ factor.T, c, signs, 0.3, 1.0)
    assert found.value == pytest.approx(exact, abs=1e-7)
    assert found.value - exact <= found.gap + 1e-9
    assert float(tensor(signs) @ found.x) == pytest.approx(0.3, abs=1e-9)
    assert 0 <= float(found.x.min()) <= float(found.x.max()) <= 1


def test_scipy_finds_nothing_lower_on_a_simplex() -> None:
    factor, c, _ = problem(7, 40, 40)
    q = factor @ factor.T / 40
    found = least(Dense(tensor(q)), tensor(c), torch.ones(40, 1).double(), tensor([1.0]), 1.0)
    start = np.full(40, 1 / 40)
    other = minimize(
        lambda x: 0.5 * x @ q @ x - c @ x,
        start,
        jac=lambda x: q @ x - c,
        bounds=[(0, 1)] * 40,
        constraints=LinearConstraint(np.ones((1, 40)), 1, 1),
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert found.value == pytest.approx(other.fun, rel=1e-6)
    assert found.value <= other.fun + 1e-7


def test_a_factor_is_as_good_as_its_matrix() -> None:
    factor, c, signs = problem(3, 300, 5)
    whole = Dense(tensor(factor @ factor.T + 0.2 * np.eye(300)))
    few = Factored(tensor(factor), 0.2)
    sides = tensor([0.0])
    one, two = (least(q, tensor(c), tensor(signs)[:, None], sides, 1.0) for q in (whole, few))
    assert one.x.numpy() == pytest.approx(two.x.numpy(), abs=1e-6)
    assert one.value == pytest.approx(two.value, rel=1e-9)


def test_permuted_unknowns_have_permuted_answers() -> None:
    """Also where Q has rank 3 only, so that many x are best."""
    factor, c, signs = problem(5, 60, 3)
    order = np.random.default_rng(1).permutation(60)
    plain, other = (
        least(Dense(tensor(f @ f.T)), tensor(0 * v + 1), tensor(s)[:, None], tensor([0.0]), 1.0).x
        for f, v, s in ((factor, c, signs), (factor[order], c[order], signs[order]))
    )
    assert other.numpy() == pytest.approx(plain.numpy()[order], abs=1e-6)


def test_what_cannot_be_met_is_refused() -> None:
    with pytest.raises(QueryError, match="No weights fulfil"):
        least(
            Dense(torch.eye(3).double()),
            torch.zeros(3).double(),
            torch.ones(3, 1).double(),
            tensor([5.0]),
            1.0,
        )


def test_rounding_does_not_end_a_factorisation() -> None:
    """Eigenvalues 1e12 … 1 and one of -1e-2, which is rounding at that size; -1e11 is none."""
    rng = torch.Generator().manual_seed(0)
    turn = torch.linalg.qr(torch.randn(6, 6, generator=rng, dtype=torch.float64))[0]
    sizes = torch.tensor([1e12, 1e9, 1e6, 1e3, 1.0, -1e-2], dtype=torch.float64)
    matrix = turn @ torch.diag(sizes) @ turn.T
    factor = root_of(matrix)
    assert float((factor @ factor.T - matrix).abs().max()) < 1e-11 * 1e12
    sizes[-1] = -1e11
    with pytest.raises(QueryError, match="No weights"):
        root_of(turn @ torch.diag(sizes) @ turn.T)

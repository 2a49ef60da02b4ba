"""Cholesky's factor in slices, and of a kernel the part of it that few pivots tell."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.errors import QueryError

BLOCK = 160  # columns of a factor per slice
SHARES = (0.0, 1e-15, 1e-14, 1e-13, 1e-12)  # of the trace
NOT_FOUND = "No weights that balance these groups were found"
REMEDY = "compare groups that overlap more, or hold fewer columns fixed"
_PIVOTS = 16  # per slice


def root_of(matrix: Tensor) -> Tensor:
    """Cholesky's factor of a positive definite matrix (n, n), also where rounding has made it less.

    Then a share of its trace is added: the step is a little off, which later ones mend.
    """
    steps = root_steps(matrix)
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            found: Tensor = ended.value
            return found


def root_steps(matrix: Tensor) -> Generator[None, None, Tensor]:
    """`root_of` in slices of `BLOCK` columns."""
    trace = float(matrix.diagonal().sum())
    for share in SHARES:
        lifted = matrix.clone()
        lifted.diagonal().add_(share * trace)
        if (yield from _factored(lifted)):
            return lifted
    raise QueryError(NOT_FOUND, remedy=REMEDY)


def _factored(a: Tensor) -> Generator[None, None, bool]:
    """Turn `a` (n, n) into its factor in place, block column by block column; False if not pd."""
    n = len(a)
    for start in range(0, n, BLOCK):
        end = min(start + BLOCK, n)
        if start:
            a[start:, start:end] -= a[start:, :start] @ a[start:end, :start].T
        block, wrong = torch.linalg.cholesky_ex(a[start:end, start:end])
        if int(wrong):
            return False
        a[start:end, start:end] = block
        if end < n:
            below = torch.linalg.solve_triangular(block, a[end:, start:end].T, upper=False)
            a[end:, start:end] = below.T
            a[start:end, end:] = 0.0
            yield None
    return True


@dataclass(frozen=True, slots=True, eq=False)
class Pivoted:
    """K ≈ F Fᵀ of F (n, r), exact at the rows `pivots` (r,); its diagonal lacks `left` (n,).

    K - F Fᵀ is positive semidefinite, so that xᵀKx is larger than xᵀFFᵀx by Σ left · Σ x² at most.
    """

    factor: Tensor
    pivots: Tensor
    left: Tensor


def pivoted(
    column: Callable[[int], Tensor], first: int, size: int, most: int, close: float
) -> Generator[None, None, Pivoted]:
    """Pivots by the largest rest of the diagonal (Harbrecht, Peters, Schneider 2012), in slices.

    Of a kernel (size, size) with ones on its diagonal, given by its columns. It ends when at most
    `close` of the trace is left, after `most` pivots, or, where `close` is above 0, as soon as it
    is plain that these will not do. Ties aside, the order of rows does not matter: `first` is the
    first pivot.
    """
    factor = torch.zeros(most, size, dtype=torch.float64)
    left = torch.ones(size, dtype=torch.float64)
    pivots: list[int] = []
    while len(pivots) < most and float(left.max()) > 1e-12 and float(left.sum()) > close:
        pivot = int(left.argmax()) if pivots else first
        many = len(pivots)
        row = column(pivot) - factor[:many].T @ factor[:many, pivot]
        row /= float(left[pivot]) ** 0.5
        factor[many] = row
        left = (left - row.square()).clamp(min=0.0)
        left[pivot] = 0.0
        pivots.append(pivot)
        if len(pivots) % _PIVOTS == 0:
            yield None
            if _hopeless(float(left.sum()), size, close, len(pivots) / most):
                break
    many = len(pivots)
    return Pivoted(factor[:many].T.contiguous(), torch.tensor(pivots), left)


def _hopeless(left: float, size: int, close: float, share: float) -> bool:
    """True where the rest falls so slowly that all pivots would leave far more than `close`."""
    return close > 0 and left > size * (close / size) ** (0.4 * share)

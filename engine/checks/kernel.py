"""A kernel test of x ⫫ y | given, which sees bends where partial correlations see straight lines.

Zhang, Peters, Janzing, Schölkopf, UAI 2011 (KCI): features of (x, given) and of y are freed from
`given` by kernel ridge regression; T = tr(A B) / n of what is left, against a gamma law with its
first two moments under independence (without `given` those of shuffled rows). The regression's
width and ridge are those with the least leave-one-out error, because a rough regression leaves
dependence behind that is none.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.checks.evidence import Evidence, Measured, examine
from engine.seeds import numpy_generator

Matrix = NDArray[np.float64]
MOST_ROWS = 400  # of more, a fixed choice
FEWEST_ROWS = 30
WIDTHS = (0.5, 1.0, 2.0)  # of the kernel of `given`, in median distances
RIDGES = tuple(float(ridge) for ridge in np.geomspace(1e-3, 10.0, 7))
KERNEL = "kernel"


def kernel_test(
    x: Measured, y: Measured, given: Sequence[Measured] = ()
) -> Iterator[Evidence | str | None]:
    """None after each slice of some milliseconds, then what was found.

    `effect` is the alignment of what is left of both kernels, 0 … 1, less what chance alone makes.
    """
    rows = len(x.values)
    if rows < FEWEST_ROWS:
        yield "there are too few complete rows"
        return
    if np.ptp(x.values) == 0 or np.ptp(y.values) == 0:
        yield "one of them does not vary"
        return
    kept = np.arange(rows)
    if rows > MOST_ROWS:
        kept = np.sort(numpy_generator(0, "kernel").permutation(rows)[:MOST_ROWS])
    sides = [_columns([one], kept) for one in (x, y)]
    held = _columns(given, kept) if given else np.empty((len(kept), 0))
    first = np.hstack([sides[0], held / 2])
    kernels = [centred(gauss(side, median_square(side))) for side in (first, sides[1])]
    yield None
    for step in _freed(kernels, held) if given else ():
        if step is None:
            yield None
        else:
            kernels = step
    left, right = kernels
    yield _judged(left, right, *(_weighted if given else _shuffled)(left, right))


def examine_by_kernel(x: Measured, y: Measured, given: Sequence[Measured]) -> Evidence | str:
    """The kernel test wherever a number takes part; categories alone are counted as ever."""
    if all(one.discrete for one in (x, y, *given)):
        return examine(x, y, given)
    found: Evidence | str = ""
    for step in kernel_test(x, y, given):
        found = found if step is None else step
    return found


def _columns(parts: Sequence[Measured], kept: NDArray[np.int64]) -> Matrix:
    """Coded columns, each with spread 1."""
    wide = np.hstack([part.coded for part in parts])[kept]
    spread = wide.std(0)
    return np.asarray(wide / np.where(spread > 0, spread, 1.0), dtype=np.float64)


def squares(columns: Matrix) -> Matrix:
    """Squared distances of all pairs of rows."""
    norm = (columns**2).sum(1)
    far = norm[:, None] + norm - 2 * columns @ columns.T
    return np.asarray(np.maximum(far, 0.0), dtype=np.float64)


def gauss_between(one: Matrix, other: Matrix, square: float) -> Matrix:
    """The Gaussian kernel between the rows of two tables, (rows of one, rows of the other)."""
    far = (one**2).sum(1)[:, None] + (other**2).sum(1) - 2 * one @ other.T
    return np.asarray(np.exp(-np.maximum(far, 0.0) / square))


def median_square(columns: Matrix) -> float:
    """The median squared distance of two rows that differ."""
    far = squares(columns)[np.triu_indices(len(columns), 1)]
    return float(np.median(far[far > 0])) if (far > 0).any() else 1.0


def gauss(columns: Matrix, square: float) -> Matrix:
    """The Gaussian kernel of all pairs of rows; `square`: the squared distance where it is 1/e."""
    return np.asarray(np.exp(-squares(columns) / square))


def centred(kernel: Matrix) -> Matrix:
    """The kernel with the means of its rows and columns taken off."""
    return np.asarray(kernel - kernel.mean(0) - kernel.mean(1)[:, None] + kernel.mean())


def _freed(kernels: Sequence[Matrix], held: Matrix) -> Iterator[list[Matrix] | None]:
    """Each kernel with `held` regressed out, R K R, by the best of all widths and ridges."""
    best = [(np.inf, kernel) for kernel in kernels]
    square = median_square(held)
    for width in WIDTHS:
        values, vectors = np.linalg.eigh(centred(gauss(held, square * width**2)))
        values = np.maximum(values, 0.0)
        yield None
        turned = [vectors.T @ kernel @ vectors for kernel in kernels]
        for ridge in RIDGES:
            shrink = ridge / (values + ridge)
            diagonal = (vectors**2 * shrink).sum(1)
            for i, inner in enumerate(turned):
                inside = shrink[:, None] * inner * shrink
                residual = np.einsum("ij,jk,ik->i", vectors, inside, vectors, optimize=True)
                missed = float((residual / np.maximum(diagonal, 1e-12) ** 2).mean())
                if missed < best[i][0]:
                    best[i] = (missed, vectors @ inside @ vectors.T)
            yield None
    yield [kernel for _, kernel in best]


def _judged(left: Matrix, right: Matrix, mean: float, variance: float) -> Evidence:
    """T = tr(A B) / n against the gamma law with these moments."""
    from scipy.special import gammaincc

    statistic = float((left * right).sum()) / len(left)
    if variance <= 0 or mean <= 0:
        return Evidence(KERNEL, statistic, 1.0, 0.0, None, None)
    p = float(gammaincc(mean**2 / variance, max(statistic, 0.0) * mean / variance))
    whole = float(np.sqrt((left**2).sum() * (right**2).sum())) / len(left)
    effect = max(statistic - mean, 0.0) / whole if whole > 0 else 0.0
    return Evidence(KERNEL, statistic, p, min(effect, 1.0), None, None)


def _shuffled(left: Matrix, right: Matrix) -> tuple[float, float]:
    """Mean and variance of T over all orders of the rows of one side, which sums to 0 by rows."""
    rows = len(left)
    mean = float(np.trace(left) * np.trace(right)) / (rows * (rows - 1))
    apart = [float((side**2).sum() - (np.diag(side) ** 2).sum()) for side in (left, right)]
    return mean, 2 * apart[0] * apart[1] / (rows**3 * (rows - 1))


def _weighted(left: Matrix, right: Matrix) -> tuple[float, float]:
    """tr(A ∘ B) / n and 2 tr((A ∘ B)²) / n²: KCI, proposition 5 and section 3.3."""
    product, rows = left * right, len(left)
    return float(np.trace(product)) / rows, 2 * float((product**2).sum()) / rows**2

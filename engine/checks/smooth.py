"""A smooth function of some columns, by kernel ridge regression with the least leave-one-out error.

For what a mechanism's own curve still leaves: where there is little noise, the small misfit of a
network is as large as the noise itself, and a test of the noise would see nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.checks.kernel import gauss_between, median_square, squares

Matrix = NDArray[np.float64]
Column = NDArray[np.float64]
MOST_ROWS = 400  # of more, a fixed choice
WIDTHS = (0.1, 0.2, 0.4, 0.8, 1.6)  # of the kernel, in median distances
RIDGES = tuple(float(ridge) for ridge in np.geomspace(1e-4, 1e2, 10))


@dataclass(frozen=True, slots=True, eq=False)
class Smooth:
    """y ≈ `mean` + Σ weights · kernel; `left` what it leaves, scaled to one variance (n,)."""

    mean: float
    at: Matrix
    weights: Column
    shift: Column
    scale: Column
    square: float
    left: Column

    def __call__(self, columns: Matrix) -> Column:
        """The function at other places (m, d)."""
        there = (columns - self.shift) / self.scale
        return np.asarray(
            self.mean + gauss_between(there, self.at, self.square) @ self.weights,
            dtype=np.float64,
        )


def smooth(columns: Matrix, y: Column) -> Iterator[Smooth | None]:
    """`y` (n,) as a function of `columns` (n, d), n some hundreds; None after each width.

    What is left is divided by √(1 - leverage), which gives it back the variance that fitting took.
    """
    shift, spread = columns.mean(0), columns.std(0)
    scale = np.where(spread > 0, spread, 1.0)
    at = (columns - shift) / scale
    square, mean = median_square(at), float(y.mean())
    apart = squares(at)
    least, best = np.inf, (1.0, 1.0, np.empty(0), np.empty((0, 0)))
    for width in WIDTHS:
        values, vectors = np.linalg.eigh(np.exp(-apart / (square * width**2)))
        values, turned = np.maximum(values, 0.0), vectors.T @ (y - mean)
        for ridge in RIDGES:
            shrink = ridge / (values + ridge)
            free = np.maximum((vectors**2) @ shrink, 1e-9)
            missed = float((((vectors @ (shrink * turned)) / free) ** 2).mean())
            if missed < least:
                least, best = missed, (square * width**2, ridge, values, vectors)
        yield None
    square, ridge, values, vectors = best
    shrink = ridge / (values + ridge)
    turned = vectors.T @ (y - mean)
    left = vectors @ (shrink * turned) / np.sqrt(np.maximum((vectors**2) @ shrink, 1e-9))
    weights = vectors @ (turned / (values + ridge))
    yield Smooth(mean, at, weights, shift, scale, square, left)

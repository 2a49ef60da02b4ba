"""Is what a mechanism leaves over independent of the causes? HSIC with a permutation test.

Gretton, Fukumizu, Teo, Song, Schölkopf, Smola, NIPS 2007; as a test of additive noise: Hoyer,
Janzing, Mooij, Peters, Schölkopf, NIPS 2008. T = tr(A B) / n of centred Gaussian kernels (median
width), against T of shuffled rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.checks.kernel import centred, gauss, median_square

Matrix = NDArray[np.float64]
MOST_ROWS = 300  # of more, a fixed choice
FEWEST_ROWS = 30
SHUFFLES = 199
PER_SLICE = 20


@dataclass(frozen=True, slots=True)
class Leftover:
    """How far leftovers and causes go together, 0 … 1, the chance of it, and the rows used."""

    alignment: float
    p: float
    rows: int


def leftover_test(
    left: Matrix, causes: Matrix, rng: np.random.Generator
) -> Iterator[Leftover | None]:
    """`left` (n,) against all `causes` (n, d) at once; None after each slice of shuffles."""
    kept = np.arange(len(left))
    if len(kept) > MOST_ROWS:
        kept = np.sort(rng.permutation(len(kept))[:MOST_ROWS])
    first, second = (_kernel(side[kept]) for side in (left[:, None], causes))
    yield None
    observed, reached = float((first * second).sum()), 0
    for number in range(SHUFFLES):
        order = rng.permutation(len(kept))
        reached += float((first[np.ix_(order, order)] * second).sum()) >= observed
        if number % PER_SLICE == PER_SLICE - 1:
            yield None
    whole = float(np.sqrt((first**2).sum() * (second**2).sum()))
    alignment = observed / whole if whole > 0 else 0.0
    yield Leftover(alignment, (1 + reached) / (1 + SHUFFLES), len(kept))


def _kernel(columns: Matrix) -> Matrix:
    spread = columns.std(0)
    scaled = columns / np.where(spread > 0, spread, 1.0)
    return centred(gauss(scaled, median_square(scaled)))

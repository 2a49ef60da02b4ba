"""The columns of a representation as few uncorrelated directions of variance 1; in slices."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST = 64  # directions
CHUNK = 4_000  # rows of one slice
WIDE = 300  # columns from which the main directions are found by iteration
ROUNDS = 6
_LEAST = 1e-4  # sd of a direction, of the widest, below which it is rounding


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """(x - `centre`) @ `turn`: uncorrelated, variance 1 in the base set; x (rows, columns).

    `told`: the share of the standardised columns' variance that the directions tell. `constant`:
    places of columns that are the same in all rows of the base set.
    """

    centre: Floats
    turn: Floats
    told: float
    constant: tuple[int, ...]

    def __call__(self, x: Floats) -> Floats:
        """(rows, directions)."""
        return np.asarray((x - self.centre) @ self.turn)


def whitening(
    x: Floats, weights: Floats, rng: np.random.Generator
) -> Generator[None, None, Whitening]:
    """The whitening of rows `x` (rows, columns) that count as `weights` (rows,)."""
    share = weights / weights.sum()
    centre = share @ x
    spread = np.sqrt(share @ (x - centre) ** 2)
    scale = np.maximum(np.abs(x).max(axis=0), 1e-300)
    constant = spread <= 1e-12 * scale
    inverse = np.where(constant, 0.0, 1 / np.where(constant, 1.0, spread))
    yield
    covariance = np.zeros((x.shape[1], x.shape[1]))
    for start in range(0, len(x), CHUNK):
        part = (x[start : start + CHUNK] - centre) * inverse
        covariance += (part * share[start : start + CHUNK, None]).T @ part
        yield
    sizes, directions = yield from _main(covariance, rng)
    kept = sizes > _LEAST**2 * max(float(sizes.max(initial=0)), 1e-300)
    turn = inverse[:, None] * directions[:, kept] / np.sqrt(sizes[kept])
    told = float(sizes[kept].sum() / max(float(np.trace(covariance)), 1e-300))
    return Whitening(centre, turn, min(1.0, told), tuple(map(int, np.flatnonzero(constant))))


def _main(
    covariance: Floats, rng: np.random.Generator
) -> Generator[None, None, tuple[Floats, Floats]]:
    """The largest eigenvalues and their directions, at most MOST, largest first."""
    if len(covariance) > WIDE:  # orthogonal iteration
        basis = rng.standard_normal((len(covariance), MOST + 16))
        for _ in range(ROUNDS):
            basis = np.linalg.qr(covariance @ basis)[0]
            yield
        sizes, inner = np.linalg.eigh(basis.T @ covariance @ basis)
        directions = basis @ inner
    else:
        sizes, directions = np.linalg.eigh(covariance)
    order = np.argsort(-sizes)[:MOST]
    found = directions[:, order]
    heaviest = np.take_along_axis(found, np.abs(found).argmax(axis=0)[None], 0)
    return np.maximum(sizes[order], 0.0), found * np.where(heaviest < 0, -1.0, 1.0)

"""Concept-conditional sets by soft filtering: p(z | C) ∝ p(z) Π q(⟨a, z⟩ - b); numpy alone.

Algorithm 1 and lemma 4 of Rajendran et al., arXiv 2402.09236: a draw of the base law is accepted
with chance Π q / max q, so that accepted draws follow the conditional law exactly.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError

Floats = NDArray[np.float64]
BATCH = 20_000  # draws of the base law at a time
MOST_BATCHES = 2_000


def chances(readings: Floats, at: Floats, width: float) -> Floats:
    """The chance (rows,) of keeping each row: Π exp(-½ ((reading - at) / width)²)."""
    return np.asarray(np.exp(-0.5 * (((readings - at) / width) ** 2).sum(axis=1)))


def accepted(
    readings: Floats, at: Floats, width: float, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Which rows (rows,) a collector keeps, by `readings` (rows, atoms) held near `at` (atoms,)."""
    return np.asarray(rng.random(len(readings)) <= chances(readings, at, width))


def filtered(
    draw: Callable[[int], Floats],
    atoms: Floats,
    at: Floats,
    width: float,
    rows: int,
    rng: np.random.Generator,
) -> Floats:
    """`rows` draws z (rows, dz) of the base law with `atoms` (k, dz) held near `at`."""
    kept: list[Floats] = []
    found = 0
    for _ in range(MOST_BATCHES):
        z = draw(BATCH)
        kept.append(z[accepted(z @ atoms.T, at, width, rng)])
        found += len(kept[-1])
        if found >= rows:
            return np.concatenate(kept)[:rows]
    raise DataError(
        "Hardly any row is near these values", remedy="filter at values that more rows have"
    )

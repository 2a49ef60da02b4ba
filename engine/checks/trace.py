"""Do a linear map and the spread of its input know of each other? The trace condition.

Janzing, Hoyer, Schölkopf, Telling cause from effect based on high-dimensional observations, ICML
2010. With y = A x + noise and τ the trace over the size,

    Δ = log τ(A Σ Aᵀ) - log τ(A Aᵀ) - log τ(Σ)

is near 0 if A and Σ = cov(x) were chosen independently, and far below it, as a rule, the wrong way
round. Chance: Σ turned by random rotations (Haar; Besserve et al. 2018). Rotations mix the columns
of x, so these need one unit. A comes from n rows, and its error adds to τ(A Aᵀ) alone; the
expected error is taken off, A Aᵀ - cov(error), with tr(A Aᵀ) = tr(AᵀA).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
PER_BATCH, BATCHES = 111, 9
ROTATIONS = PER_BATCH * BATCHES
FEWEST_COLUMNS = 2
WORTH = 10  # columns of the input from which on the wrong way is nearly always seen


@dataclass(frozen=True, slots=True)
class Trace:
    """Δ in nats, its two-sided chance by rotations, where 95 % of these lie, and sizes."""

    delta: float
    p: float
    low: float
    high: float
    inputs: int
    outputs: int
    rows: int


def trace_test(x: Matrix, y: Matrix, rng: np.random.Generator) -> Trace | str:
    """Columns `x` (n, p) as causes of columns `y` (n, q), or a sentence that says why not."""
    (rows, inputs), outputs = x.shape, y.shape[1]
    if inputs < FEWEST_COLUMNS:
        return "the trace condition needs two columns at least on the causes' side"
    if rows < 2 * inputs + 10:
        return f"{rows} rows are too few for {inputs} columns"
    x, y = x - x.mean(0), y - y.mean(0)
    cov = x.T @ x / (rows - 1)
    if np.linalg.cond(cov) > 1e10:
        return "some columns of the causes say the same as others"
    slopes = np.linalg.solve(cov, x.T @ y / (rows - 1))  # (p, q)
    left = y - x @ slopes
    noise = float((left**2).sum()) / (rows - 1 - inputs)
    square = slopes @ slopes.T - noise * np.linalg.inv(cov) / (rows - inputs - 2)
    return of_matrices(square, cov, rng, outputs=outputs, rows=rows)


def of_matrices(
    square: Matrix, cov: Matrix, rng: np.random.Generator, *, outputs: int, rows: int = 0
) -> Trace | str:
    """The same from AᵀA (p, p) and the covariance of the input (p, p)."""
    inputs = len(cov)
    whole = float(np.trace(square))
    observed = float((square * cov).sum())
    if whole <= 0 or observed <= 0:
        return "the causes explain too little of the effects"
    scale = np.log(whole) + np.log(np.trace(cov) / inputs)
    values = np.asarray(np.linalg.eigvalsh(cov), dtype=np.float64)
    turned = np.concatenate([_turned(square, values, rng) for _ in range(BATCHES)])
    null = np.log(np.maximum(turned, 1e-300)) - scale
    delta = float(np.log(observed) - scale)
    below, above = int((null <= delta).sum()), int((null >= delta).sum())
    p = min(1.0, 2 * (1 + min(below, above)) / (1 + ROTATIONS))
    low, high = np.quantile(null, (0.025, 0.975))
    return Trace(delta, p, float(low), float(high), inputs, outputs, rows)


def _turned(square: Matrix, values: Matrix, rng: np.random.Generator) -> Matrix:
    """tr(AᵀA · U Λ Uᵀ) for as many Haar rotations U as a batch has."""
    size = len(values)
    rotation, upper = np.linalg.qr(rng.standard_normal((PER_BATCH, size, size)))
    rotation = rotation * np.sign(np.diagonal(upper, axis1=1, axis2=2))[:, None, :]
    mapped = np.einsum("ij,bjk->bik", square, rotation, optimize=True)
    return np.asarray((mapped * rotation).sum(1) @ values)

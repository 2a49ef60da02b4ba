"""Where learning begins when it is known which set filters which concept: a convex problem.

By lemma 3 of arXiv 2402.09236 the log density ratio of a set to the base set is quadratic in z. For
a linear encoder it is quadratic in x, so that a logistic regression on products of columns, which
has one optimum, finds Q_e = Σ_k M_ek a_k a_k'. As M has full rank, (pseudo-inverse of M) Q gives
each a_k a_k', and its main direction a_k.
"""

from collections.abc import Generator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float64]
MOST_DIRECTIONS = 10  # of which products are made: 65 of them
CHUNK = 1_500  # rows of one slice
STEPS, RIDGE, LONGEST = 12, 1e-5, 10.0
FARTHEST = 8.0  # of a centre, in widths of its filter


def convex_start(
    base: Floats, sets: list[Floats], mask: NDArray[np.bool_]
) -> Generator[None, None, tuple[Floats, Floats, Floats]]:
    """Directions (d, n), centres (sets, n) and offsets (sets,) of -½ Σ (x a_k - c_ek)² + α_e."""
    plane = _plane(base, sets)
    quadratics, slopes, offsets = [], [], []
    inside = base @ plane
    for rows in sets:
        found = yield from _logistic(inside, rows @ plane)
        offset, slope, bend = _parts(found, plane.shape[1])
        offsets.append(offset)
        slopes.append(slope)
        quadratics.append(bend)
    back = np.linalg.pinv(mask.astype(float))
    directions = np.zeros((plane.shape[1], mask.shape[1]))
    for k, square in enumerate(np.einsum("ke,eab->kab", back, np.array(quadratics))):
        sizes, axes = np.linalg.eigh(square)
        directions[:, k] = axes[:, -1] * max(float(sizes[-1]), 0.01) ** 0.5
    centres = np.zeros(mask.shape)
    for e, on in enumerate(mask):
        solved = np.linalg.lstsq(directions[:, on], slopes[e], rcond=None)[0]
        centres[e, on] = solved.clip(-FARTHEST, FARTHEST)
    alphas = np.array(offsets) + 0.5 * (centres**2).sum(axis=1)
    return plane @ directions, centres, alphas.clip(-30, 30)


def _plane(base: Floats, sets: list[Floats]) -> Floats:
    """At most MOST_DIRECTIONS directions (d, k) along which sets differ most from the base set.

    Means that moved, and variances that filtering made smaller.
    """
    width = base.shape[1]
    if width <= MOST_DIRECTIONS:
        return np.eye(width)
    middle = base.mean(axis=0)
    apart = np.zeros((width, width))
    for rows in sets:
        moved = rows.mean(axis=0) - middle
        change = np.eye(width) - np.cov(rows.T)
        apart += np.outer(moved, moved) + change @ change
    return np.asarray(np.linalg.eigh(apart)[1][:, -MOST_DIRECTIONS:])


def _logistic(base: Floats, rows: Floats) -> Generator[None, None, Floats]:
    """Newton's method for the log odds of the set against the base set, each counted alike."""
    x = torch.from_numpy(np.vstack([base, rows]))
    y = torch.cat([torch.zeros(len(base)), torch.ones(len(rows))]).double()
    each = torch.where(y > 0, 0.5 / len(rows), 0.5 / len(base))
    pieces = [slice(start, start + CHUNK) for start in range(0, len(x), CHUNK)]
    parts = [(_products(x[i]), y[i], each[i]) for i in pieces]
    size = parts[0][0].shape[1]
    ridge = torch.full((size,), RIDGE, dtype=torch.float64)
    ridge[0] = 1e-9
    found = torch.zeros(size, dtype=torch.float64)
    yield
    for _ in range(STEPS):
        gradient, curved = ridge * found, torch.diag(ridge)
        for products, told, share in parts:
            odds = torch.sigmoid(products @ found)
            gradient += products.T @ (share * (odds - told))
            curved += (products * (share * odds * (1 - odds))[:, None]).T @ products
            yield
        step = torch.linalg.solve(curved, gradient)
        found = found - step * min(1.0, LONGEST / max(float(step.abs().max()), 1e-300))
    return found.numpy()


def _products(x: Tensor) -> Tensor:
    """1, columns, products of two columns."""
    i, j = torch.triu_indices(x.shape[1], x.shape[1])
    return torch.cat([torch.ones(len(x), 1, dtype=x.dtype), x, x[:, i] * x[:, j]], 1)


def _parts(found: Floats, width: int) -> tuple[float, Floats, Floats]:
    """Offset, slopes g and Q of offset + x g - ½ x Q x'."""
    i, j = np.triu_indices(width)
    bend = np.zeros((width, width))
    bend[i, j] -= found[1 + width :]
    bend[j, i] -= found[1 + width :]
    return float(found[0]), found[1 : 1 + width], bend

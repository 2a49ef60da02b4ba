"""How far valuations agree: matched correlations, and what a plane through them tells."""

from functools import lru_cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ENUMERATED = 6  # concepts up to which all matchings are gone through


def matched(first: Floats, second: Floats) -> tuple[NDArray[np.int64], Floats]:
    """For each column of `first` (rows, n) its partner in `second`, and their |correlation|.

    The matching with the largest sum (Kuhn 1955); their mean is what the paper calls MCC.
    """
    size = np.abs(_correlations(first, second))
    mine = np.arange(len(size))
    if len(size) <= ENUMERATED:
        orders = _orders(len(size))
        partners = orders[size[mine, orders].sum(axis=1).argmax()]
    else:
        from scipy.optimize import linear_sum_assignment

        partners = linear_sum_assignment(-size)[1]
    return np.asarray(partners, dtype=np.int64), np.asarray(size[mine, partners])


@lru_cache(maxsize=ENUMERATED + 1)
def _orders(n: int) -> NDArray[np.int64]:
    return np.array(list(permutations(range(n))), dtype=np.int64).reshape(-1, n)


def explained(h: Floats, truth: Floats) -> Floats:
    """R² of the linear regression of each column of `truth` (rows, m) on `h` (rows, n)."""
    inputs = np.column_stack([h, np.ones(len(h))])
    left = truth - inputs @ np.linalg.lstsq(inputs, truth, rcond=None)[0]
    return np.asarray(1 - left.var(axis=0) / np.maximum(truth.var(axis=0), 1e-300))


def _correlations(first: Floats, second: Floats) -> Floats:
    a, b = _standard(first), _standard(second)
    return np.asarray(a.T @ b / len(a))


def _standard(x: Floats) -> Floats:
    centred = x - x.mean(axis=0)
    return np.asarray(centred / np.maximum(centred.std(axis=0), 1e-300))

"""The value of an estimand in linear-Gaussian laws, by precision matrices, many laws at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.identify.estimand import Expression, Fraction, Probability, Product, Summed

Array = NDArray[np.float64]


def precision(expression: Expression, law: Array, names: Sequence[str]) -> Array:
    """K with `expression` ∝ exp(-½ v'Kv), per law: (laws, n, n), from covariances (laws, n, n).

    A product adds precisions, a fraction subtracts, a sum is a Schur complement. NaN where a sum
    does not converge.
    """
    match expression:
        case Probability(of, given):
            return _of(law, names, (*of, *given)) - _of(law, names, given)
        case Product(factors):
            total = np.zeros_like(law)
            for factor in factors:
                total = total + precision(factor, law, names)
            return total
        case Summed(over, inside):
            return _summed(precision(inside, law, names), [names.index(v) for v in over])
        case Fraction(top, bottom):
            return precision(top, law, names) - precision(bottom, law, names)


def response(matrix: Array, y: int, x: Sequence[int]) -> tuple[Array, Array]:
    """Slopes of y on x and its variance, (laws, k + 1), and what should be 0, (laws, n, n).

    P(y | do(x)) depends on nothing but x, and adds up to 1 whatever x is: so nothing is left of the
    precision once y is integrated out, and y goes with no further variable.
    """
    on_y, own = matrix[:, y, :], matrix[:, y, y]
    slopes = -on_y[:, list(x)] / own[:, None]
    left = matrix - on_y[:, :, None] * on_y[:, None, :] / own[:, None, None]
    others = [i for i in range(matrix.shape[-1]) if i != y and i not in x]
    left[:, y, others] = on_y[:, others] / own[:, None]
    return np.column_stack([slopes, 1 / own]), left


def _of(law: Array, names: Sequence[str], chosen: Sequence[str]) -> Array:
    at = [names.index(v) for v in chosen]
    whole = np.zeros_like(law)
    if at:
        whole[np.ix_(range(len(law)), at, at)] = np.linalg.inv(law[:, at][:, :, at])
    return whole


def _summed(matrix: Array, gone: list[int]) -> Array:
    rest = [i for i in range(matrix.shape[-1]) if i not in gone]
    inner = matrix[:, gone][:, :, gone]
    proper = np.asarray(np.isfinite(inner).all((1, 2)), dtype=bool)
    proper[proper] = np.linalg.eigvalsh(inner[proper]).min(-1) > 0
    safe = np.where(proper[:, None, None], inner, np.eye(len(gone)))
    across = matrix[:, gone][:, :, rest]
    left = matrix[:, rest][:, :, rest] - across.swapaxes(-1, -2) @ np.linalg.solve(safe, across)
    whole = np.zeros_like(matrix)
    whole[np.ix_(range(len(matrix)), rest, rest)] = left
    whole[~proper] = np.nan
    return whole

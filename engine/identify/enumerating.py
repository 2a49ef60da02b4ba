"""The value of an estimand where the whole law is known: a table of probabilities."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.identify.estimand import Expression, Fraction, Probability, Product, Summed

Array = NDArray[np.float64]


def evaluated(expression: Expression, joint: Array, names: Sequence[str]) -> Array:
    """`expression` under the law `joint`, which has one axis per name, in that order.

    The result has the same axes, of length 1 where it does not depend on the variable. What is
    conditioned on an impossible event counts as 0.
    """
    match expression:
        case Probability(of, given):
            both = _marginal(joint, names, {*of, *given})
            return _ratio(both, _marginal(joint, names, set(given)))
        case Product(factors):
            total: Array = np.ones((1,) * len(names))
            for factor in factors:
                total = total * evaluated(factor, joint, names)
            return total
        case Summed(over, inside):
            axes = tuple(i for i, name in enumerate(names) if name in over)
            value = evaluated(inside, joint, names)
            size = [joint.shape[i] if i in axes else n for i, n in enumerate(value.shape)]
            return np.asarray(np.broadcast_to(value, size).sum(axes, keepdims=True))
        case Fraction(top, bottom):
            return _ratio(evaluated(top, joint, names), evaluated(bottom, joint, names))


def _marginal(joint: Array, names: Sequence[str], keep: set[str]) -> Array:
    gone = tuple(i for i, name in enumerate(names) if name not in keep)
    return np.asarray(joint.sum(gone, keepdims=True), dtype=np.float64)


def _ratio(top: Array, bottom: Array) -> Array:
    top, bottom = np.broadcast_arrays(top, bottom)
    return np.divide(top, bottom, out=np.zeros(top.shape), where=bottom > 0)

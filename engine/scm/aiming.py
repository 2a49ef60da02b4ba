"""The mean of a trained mechanism, aimed once more at least squares.

Training makes rows probable, and what is far from the bulk counts little there: where noise was
taken for wide or heavy-tailed because the curve did not reach, the mean of x given its causes may
be off by more than chance, and averages over `do` with it. One step of boosting (Bühlmann, Yu,
J. Amer. Statist. Assoc. 2003) mends that: the least-squares line of x - E[x | z] is added to the
curve, so that the residuals meet the normal equations of a straight line. Not where the law hardly
notices: nothing is amiss then, and least squares would add an error of its own. And not where it
loses much: where noise is small and the curve misses a few far rows, the line would spoil the rest.
"""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from engine.mechanisms.additive import Additive
from engine.mechanisms.base import Mechanism
from engine.mechanisms.flow import Flow
from engine.mechanisms.interactions import with_products
from engine.mechanisms.law import Grid
from engine.mechanisms.linear import least_squares
from engine.mechanisms.locationscale import LocationScale
from engine.scm.cases import Cases
from engine.scm.scoring import Rows

_LEAST, _MOST = 0.01, 0.25  # nats per row
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(8)

Curve = Additive | LocationScale | Flow


def aimed(mechanism: Mechanism, cases: Cases, weights: Tensor) -> Mechanism:
    """The mechanism with its mean mended on the rows as `weights` (n,) counts them.

    Lines have the least-squares mean already. The location of a warped variable is not its mean in
    user units, and is left as it is.
    """
    if not isinstance(mechanism, Curve) or cases.warp is not None:
        return mechanism
    line = mechanism.line
    residual = (cases.x - mean(mechanism, cases.parents)) / line.scale
    design, held = with_products(cases.design, line.pairs, line.precisions)
    added, _ = least_squares(design, residual, weights, held)
    added *= line.scale
    better = replace(
        line, intercept=line.intercept + float(added[0]), slopes=line.slopes + added[1:]
    )
    return replace(mechanism, line=better)


def called_for(
    plain: Mechanism, better: Mechanism, cases: Cases, rows: Tensor, scored: Rows
) -> bool:
    """True where held-out `rows`, weighed as `scored`, notice the mended mean, but lose little."""
    if plain is better:
        return False
    x, parents = cases.x[rows], cases.parents[rows]
    with torch.inference_mode():
        lost = scored.mean(plain.log_prob(x, parents) - better.log_prob(x, parents))
    return abs(lost) >= _LEAST and lost <= _MOST


def mean(mechanism: Curve, parents: Tensor) -> Tensor:
    """E[x | parents] (rows,) by Gauss-Hermite quadrature over the noise, before any rounding."""
    smooth = replace(mechanism, law=replace(mechanism.law, grid=Grid()))
    total = torch.zeros(len(parents), dtype=torch.float64)
    with torch.inference_mode():
        for node, weight in zip(_NODES, _WEIGHTS / _WEIGHTS.sum(), strict=True):
            noise = torch.full((len(parents),), float(node), dtype=torch.float64)
            total += float(weight) * smooth.push(noise, parents)
    return total

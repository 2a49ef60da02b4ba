"""Whether a variable follows from its parents with no noise to speak of.

A line says so by the scale of its noise. A network comes near a curve without ever being it: what
it leaves over is then small, and the same in rows nearby. So what counts is what rows nearby do not
share: a quadric through the neighbours of a row (in the parents) is compared with the row itself,
in the spirit of the Γ test (Evans, Jones, Proc. R. Soc. A 2002).
"""

import numpy as np
import torch
from torch import Tensor

from engine.mechanisms.additive import Additive
from engine.mechanisms.base import Mechanism, is_discrete
from engine.mechanisms.encoding import bulk
from engine.mechanisms.flow import Flow
from engine.mechanisms.linear import FLOOR, Linear
from engine.mechanisms.locationscale import LocationScale
from engine.mechanisms.splinelinear import SplineLinear
from engine.scm.cases import Cases
from engine.scm.warping import target_of

NEGLIGIBLE = 5e-3  # noise, in sds; of categories, of what is not known without the parents
_CLOSE = 2e-2  # sds within which half of the rows are predicted, before anybody looks nearer
_NEAR, _ASKED = (
    4000,
    500,
)  # rows among which neighbours are sought, and rows that have theirs sought
_WIDEST = 6  # parents; in more dimensions no rows are near
_ROWS_PER_TERM = 10  # of the quadric
_MOST_ROWS = 0.9  # share of the rows that must have so little noise
_NORMAL = 1.6449  # that share of a normal law is within so many sds


def determined(mechanism: Mechanism, cases: Cases) -> bool:
    """True where the parents leave open less than `NEGLIGIBLE`.

    Of a number: nine in ten rows have less noise than `NEGLIGIBLE` sds, the sd that of its bulk. Of
    a category: the likeliest is not the one seen in less than that share of the rows in which it
    is not when drawn without parents, Σ p (1 - p).
    """
    if not cases.encoder.width:
        return noiseless(mechanism, cases)
    with torch.inference_mode():
        if is_discrete(mechanism):
            return _certain(mechanism.probabilities(cases.parents), cases)
        return noiseless(mechanism, cases) or _smooth(mechanism, cases)


def noiseless(mechanism: Mechanism, cases: Cases) -> bool:
    """True where the noise sits at its floor."""
    if isinstance(mechanism, Linear | SplineLinear | Additive):
        scale = mechanism.scale
    elif isinstance(mechanism, LocationScale | Flow):
        with torch.inference_mode():
            parents = cases.parents[:1000]
            pieces = (
                mechanism.location_scale(parents)
                if isinstance(mechanism, LocationScale)
                else mechanism.pieces(parents)
            )
            scale = float(pieces[1].mean())
    else:
        return False
    return scale <= 1.5 * FLOOR * target_of(cases, cases.weights)[3]


def unshared(residual: Tensor, z: Tensor, most: int) -> Tensor:
    """What of `residual` (rows,) the nearest rows in z (rows, width) do not share; (asked,).

    Each of `most` rows, evenly spread, minus a quadric through twice as many neighbours as it has
    terms; scaled so that pure noise keeps its sd.
    """
    rows, width = z.shape
    asked = torch.arange(0, rows, max(1, -(-rows // most)))
    apart = torch.cdist(z[asked], z)
    apart[torch.arange(len(asked)), asked] = torch.inf
    reach, near = apart.topk(2 * _terms(width) + 1, largest=False)
    away = (z[near] - z[asked, None]) / reach[:, -1].clamp(min=1e-12)[:, None, None]
    pairs = [away[..., i] * away[..., j] for i in range(width) for j in range(i, width)]
    quadric = torch.cat((torch.ones_like(away[..., :1]), away, torch.stack(pairs, 2)), 2)
    gram = quadric.mT @ quadric + 1e-9 * torch.eye(_terms(width), dtype=torch.float64)
    inverse = torch.linalg.inv(gram)
    here = (inverse @ (quadric.mT @ residual[near][:, :, None]))[:, 0, 0]
    left: Tensor = (residual[asked] - here) / (1 + inverse[:, 0, 0]).sqrt()
    return left


def _terms(width: int) -> int:
    return 1 + width + width * (width + 1) // 2


def _smooth(mechanism: Mechanism, cases: Cases) -> bool:
    once = cases.once.nonzero().squeeze(1)
    once = once[:: max(1, -(-len(once) // _NEAR))]
    x, parents, z = cases.x[once], cases.parents[once], cases.design[once]
    width = z.shape[1]
    if width > _WIDEST:
        return False
    _, sd = bulk(x.numpy())
    residual = x - mechanism.push(torch.zeros_like(x), parents)
    if not float(residual.abs().median()) <= _CLOSE * sd:
        return False
    every = torch.cat((x[:, None], residual[:, None], z), 1)
    rows = torch.from_numpy(np.unique(every.numpy(), axis=0))  # copies tell nothing
    if len(rows) < _ROWS_PER_TERM * _terms(width):
        return False
    left = unshared(rows[:, 1], rows[:, 2:], _ASKED).abs()
    return float(torch.quantile(left, _MOST_ROWS)) <= _NORMAL * NEGLIGIBLE * sd


def _certain(chances: Tensor, cases: Cases) -> bool:
    """As if one row more had not been the likeliest: few rows are no proof."""
    weights, codes = cases.weights, cases.x.long()
    shares = torch.zeros(chances.shape[1], dtype=torch.float64)
    shares.index_add_(0, codes, weights / weights.sum())
    alone = float((shares * (1 - shares)).sum())
    wrong = float(weights[chances.argmax(1) != codes].sum())
    return (wrong + 1) / float(weights.sum()) <= NEGLIGIBLE * alone

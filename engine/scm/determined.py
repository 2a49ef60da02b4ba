"""Whether a variable follows from its parents with no noise to speak of.

A line says so by the scale of its noise. A network comes near a curve without ever being it: what
it leaves over is then small, and the same in rows nearby. So what counts is what rows nearby do not
share: a plane through the neighbours of a row (in the parents) is compared with the row itself, in
the spirit of the Γ test (Evans, Jones, Proc. R. Soc. A 2002).
"""

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
_CLOSE = 1e-2  # sds within which half of the rows are predicted, before anybody looks nearer
_NEAR, _ASKED = (
    4000,
    500,
)  # rows among which neighbours are sought, and rows that have theirs sought
_ROWS_PER_SLOPE, _WIDEST = 10, 10  # a plane needs so many rows; in more dimensions none are near
_MOST_ROWS = 0.9  # share of the rows that must have so little noise
_NORMAL = 1.6449  # that share of a normal law is within so many sds


def determined(mechanism: Mechanism, cases: Cases) -> bool:
    """True where the parents leave open less than `NEGLIGIBLE`.

    Of a number: nine in ten rows have less noise than `NEGLIGIBLE` sds, the sd that of its bulk. Of
    a category: 1 - P(seen) is less than that share of what it is without parents, Σ p (1 - p).
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

    Each of `most` rows, evenly spread, minus a plane through its neighbours; scaled so that pure
    noise keeps its sd.
    """
    rows, width = z.shape
    asked = torch.arange(0, rows, max(1, -(-rows // most)))
    apart = torch.cdist(z[asked], z)
    apart[torch.arange(len(asked)), asked] = torch.inf
    near = apart.topk(2 * (width + 1) + 1, largest=False).indices
    ones = torch.ones(*near.shape, 1, dtype=torch.float64)
    plane = torch.cat((ones, z[near] - z[asked, None]), 2)
    gram = plane.mT @ plane + 1e-9 * torch.eye(width + 1, dtype=torch.float64)
    inverse = torch.linalg.inv(gram)
    here = (inverse @ (plane.mT @ residual[near][:, :, None]))[:, 0, 0]
    return (residual[asked] - here) / (1 + inverse[:, 0, 0]).sqrt()


def _smooth(mechanism: Mechanism, cases: Cases) -> bool:
    once = cases.once.nonzero().squeeze(1)
    once = once[:: max(1, -(-len(once) // _NEAR))]
    x, parents, z = cases.x[once], cases.parents[once], cases.design[once]
    width = z.shape[1]
    if width > _WIDEST or len(once) < _ROWS_PER_SLOPE * (width + 1):
        return False
    _, sd = bulk(x.numpy())
    residual = x - mechanism.push(torch.zeros_like(x), parents)
    if not float(residual.abs().median()) <= _CLOSE * sd:
        return False
    rows = torch.unique(
        torch.cat((x[:, None], residual[:, None], z), 1), dim=0
    )  # a copy tells nothing
    if len(rows) < _ROWS_PER_SLOPE * (width + 1):
        return False
    left = unshared(rows[:, 1], rows[:, 2:], _ASKED).abs()
    return float(torch.quantile(left, _MOST_ROWS)) <= _NORMAL * NEGLIGIBLE * sd


def _certain(chances: Tensor, cases: Cases) -> bool:
    weights = cases.weights / cases.weights.sum()
    seen = chances.gather(1, cases.x.long()[:, None]).squeeze(1)
    shares = torch.zeros(chances.shape[1], dtype=torch.float64)
    shares.index_add_(0, cases.x.long(), weights)
    alone = float((shares * (1 - shares)).sum())
    return 0 < float((weights * (1 - seen)).sum()) <= NEGLIGIBLE * alone

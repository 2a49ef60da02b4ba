"""How a bounded number is warped: the softness under which a straight line fits best."""

import math

import torch
from torch import Tensor

from engine.mechanisms.bounds import Warp
from engine.mechanisms.linear import FLOOR, least_squares
from engine.scm.cases import Cases

SOFTNESS = (1 / 64, 1 / 16, 1 / 4, 1.0, 4.0)  # in sds: from a kink at the bound to a logarithm


def warp_of(cases: Cases) -> Warp | None:
    """The warp of a bounded continuum; None for what has no bounds, or keeps to them by its grid.

    Chosen as a power is by Box and Cox (1964): by the likelihood, per user unit, of a straight line
    with normal noise in the warp's unit, Σ log w'(x) - n log σ. All candidates have as many
    parameters, so the rows learnt from may judge. A constant beyond doubt is not warped.
    """
    lower, upper = cases.variable.lower, cases.variable.upper
    if (lower is None and upper is None) or cases.k or cases.grid.step is not None:
        return None
    best, chosen = -math.inf, None
    for share in SOFTNESS:
        softness = share * cases.sd
        if lower is not None and upper is not None:
            softness = min(softness, upper - lower)
        warp = Warp(lower, upper, softness)
        score = _score(cases, *warped(cases, cases.weights, warp), warp)
        if score > best:
            best, chosen = score, warp
    return chosen


def target_of(cases: Cases, weights: Tensor) -> tuple[Tensor, Tensor, float, float]:
    """What a line is fitted to: x (n,), its weights, mean and sd, in the warp's unit if any."""
    if cases.warp is None:
        return cases.x, weights, cases.mean, cases.sd
    return warped(cases, weights, cases.warp)


def warped(cases: Cases, weights: Tensor, warp: Warp) -> tuple[Tensor, Tensor, float, float]:
    """w(x) (n,), weights (n,) without the rows at a bound, and weighted mean and sd of w(x)."""
    x = warp.forward(cases.x)
    weights = torch.where(x.isfinite(), weights, 0.0)
    x = torch.where(x.isfinite(), x, 0.0)
    share = weights / weights.sum().clamp(min=1e-300)
    mean = float((share * x).sum())
    sd = warp.softness * float((share * ((x - mean) / warp.softness).square()).sum()) ** 0.5
    return x, weights, mean, sd if sd > 0 else max(1e-6 * abs(mean), 1e-6)


def _score(cases: Cases, x: Tensor, weights: Tensor, mean: float, sd: float, warp: Warp) -> float:
    """Nats per row in user units of the best line under a warp, up to a constant."""
    rows = float(weights.sum())
    if rows < 2:
        return -math.inf
    _, residual = least_squares(cases.design, (x - mean) / sd, weights)
    slopes = torch.where(weights > 0, warp.log_slope(cases.x), 0.0)
    return float((weights * slopes).sum()) / rows - math.log(sd * max(residual, FLOOR))

"""The standard normal law: density, stable probability of an interval, draws within one."""

import math

import torch
from torch import Generator, Tensor

_LOG_ROOT_2PI = 0.5 * math.log(2 * math.pi)
_NARROW = 0.02  # below this width the midpoint formula is the more exact one


def log_density(noise: Tensor) -> Tensor:
    """Log φ(ε)."""
    return -0.5 * noise.square() - _LOG_ROOT_2PI


def log_interval(low: Tensor, high: Tensor, width: Tensor) -> Tensor:
    """log(Φ(high) - Φ(low)) without cancellation, also far in a tail; `width` = high - low > 0.

    Wide: in the lower tail, log Φ(b) + log(1 - Φ(a)/Φ(b)). Narrow, with middle c and width δ:
    log φ(c) + log δ + log(sinh(cδ/2) / (cδ/2)) - δ²/24.
    """
    middle = 0.5 * (low + high)
    tilt = (0.5 * middle * width).abs().clamp(min=1e-4)
    log_sinhc = tilt + torch.log(-torch.expm1(-2 * tilt)) - torch.log(2 * tilt)
    log_width = width.clamp(min=1e-30).log()
    narrow = log_density(middle) + log_width + log_sinhc - width.square() / 24
    flip = torch.where(middle > 0, -1.0, 1.0).to(low.dtype)
    near = torch.where(middle > 0, low, high) * flip
    far = torch.where(middle > 0, high, low) * flip
    log_near = torch.special.log_ndtr(near)
    share = (torch.special.log_ndtr(far) - log_near).clamp(max=-1e-6)
    wide = log_near + torch.log(-torch.expm1(share))
    return torch.where(width < _NARROW, narrow, wide)


def draw_between(low: Tensor, high: Tensor, rng: Generator) -> Tensor:
    """ε ~ N(0, 1) given low < ε < high, elementwise; `low` may be -∞. Float64."""
    share = torch.rand(low.shape, generator=rng, dtype=torch.float64).clamp(1e-6, 1 - 1e-6)
    flip = low > 0
    a, b = torch.where(flip, -high, low), torch.where(flip, -low, high)
    below, upto = torch.special.ndtr(a), torch.special.ndtr(b)
    drawn = torch.special.ndtri(below + torch.where(flip, 1 - share, share) * (upto - below))
    start = torch.where(torch.isinf(low), high - 1.0, low)
    even = start + share * (
        high - start
    )  # so far out that Φ underflows, or so narrow that Φ is flat
    drawn = torch.where(flip, -drawn, drawn)
    usable = torch.isfinite(drawn) & (drawn > low) & (drawn < high)
    return torch.where(usable, drawn, even)

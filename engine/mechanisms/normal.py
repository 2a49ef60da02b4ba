"""The standard normal law: density, quantiles, stable probability of an interval, draws in it."""

import math

import torch
from torch import Generator, Tensor

_LOG_ROOT_2PI = 0.5 * math.log(2 * math.pi)
_NARROW = 0.02  # below this width the midpoint formula is the more exact one
_LEADING = -1e3  # ε from which on the first term of Φ's series has six digits
_TAIL = -36.0  # ε below which Φ soon underflows
_DEEP = -650.0  # log probability below which Φ underflows
FAR = 1e12  # stands for ∞ among noise edges: log Φ(-FAR) is finite, its probability is 0


def log_density(noise: Tensor) -> Tensor:
    """Log φ(ε)."""
    return -0.5 * noise.square() - _LOG_ROOT_2PI


def probability(z: Tensor) -> Tensor:
    """Φ(z), exact far into the lower tail, where torch's `ndtr` loses all digits."""
    return 0.5 * torch.erfc(z * -(0.5**0.5))


def log_probability(z: Tensor) -> Tensor:
    """Log Φ(z), by its leading term far in the lower tail: with finite slopes in any precision."""
    near = torch.special.log_ndtr(z.clamp(min=_LEADING))
    far = z.clamp(max=_LEADING)
    return torch.where(z < _LEADING, log_density(far) - (-far).log(), near)


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
    log_near = log_probability(near)
    share = (log_probability(far) - log_near).clamp(max=-1e-6)
    wide = log_near + torch.log(-torch.expm1(share))
    return torch.where(width < _NARROW, narrow, wide)


def quantile(log_below: Tensor, log_above: Tensor) -> Tensor:
    """ε with log Φ(ε) = log_below and log Φ(-ε) = log_above, exact in both tails; within ± FAR.

    The smaller of the two decides. Where Φ underflows, by Newton steps on log Φ.
    """
    lesser = torch.minimum(log_below, log_above).clamp(-0.5 * FAR**2, 0.0)
    z = torch.special.ndtri(lesser.clamp(min=_DEEP).exp())
    deep = lesser < _DEEP
    if bool(deep.any()):
        log_p = lesser[deep]
        root = -(-2 * log_p).sqrt()
        for _ in range(4):
            reached = torch.special.log_ndtr(root)
            root = root - (reached - log_p) / (log_density(root) - reached).exp()
        z = z.masked_scatter(deep, root)
    return torch.where(log_below <= log_above, z, -z).clamp(-FAR, FAR)


def draw_between(low: Tensor, high: Tensor, rng: Generator) -> Tensor:
    """ε ~ N(0, 1) given low < ε < high, elementwise; ends may be infinite. Float64.

    Where Φ underflows, by Φ(ε) ∝ exp(-ε²/2): ε = -√(b² - 2 log u) for ε < b (Marsaglia 1964).
    """
    share = torch.rand(low.shape, generator=rng, dtype=torch.float64).clamp(1e-6, 1 - 1e-6)
    flip = low > 0
    a, b = torch.where(flip, -high, low), torch.where(flip, -low, high)
    up = torch.where(flip, 1 - share, share)
    below, upto = probability(a), probability(b)
    drawn = torch.special.ndtri(below + up * (upto - below))
    deep = b < _TAIL
    if bool(deep.any()):
        first, last, part = a[deep], b[deep], up[deep]
        least = torch.exp(0.5 * (last - first) * (last + first))
        tail = -(last.square() - 2 * torch.log(least + part * (1 - least))).sqrt()
        drawn = drawn.masked_scatter(deep, tail)
    start = torch.where(torch.isinf(low), high - 1.0, low)
    end = torch.where(torch.isinf(high), start + 1.0, high)
    even = start + share * (end - start)  # Φ is flat in so narrow a cell
    drawn = torch.where(flip, -drawn, drawn)
    usable = torch.isfinite(drawn) & (drawn > low) & (drawn < high)
    return torch.where(usable, drawn, even)

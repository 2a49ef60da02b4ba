"""Log density of spline noise for many slots at once, with its gradient by formula.

Automatic differentiation would keep and walk some 150 small tensors per step. The formulas are
those of the rational-quadratic spline (Durkan, Bekasov, Murray, Papamakarios, NeurIPS 2019).
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torch.nn.functional import pad

from engine.mechanisms.normal import log_density
from engine.mechanisms.spline import knots


class _At(NamedTuple):
    """Per y its bin: where ε begins, how wide, and Q's value, rise and slopes there."""

    y: Tensor
    left: Tensor
    width: Tensor
    bottom: Tensor
    height: Tensor
    a: Tensor
    b: Tensor

    def share(self) -> Tensor:
        """How far through its bin ε is, 0 to 1, by the root that does not cancel."""
        mean, up = self.height / self.width, self.y - self.bottom
        bend = up * (self.a + self.b - 2 * mean)
        square = self.height * (mean - self.a) + bend
        linear = self.height * self.a - bend
        root = (linear * linear + 4 * square * mean * up).clamp_(min=1e-30).sqrt_()
        return 2 * mean * up / (linear + root)


class _Context(FunctionCtx):
    saved_tensors: tuple[Tensor, ...]
    shared: bool  # one spline per slot, not one per row


class _SplineDensity(torch.autograd.Function):
    """log φ(ε) + log dε/dy at y = Q(ε), (slots, rows).

    Inputs: y (slots, rows); Q's values and slopes at the knots, (slots, bins + 1, rows or 1). Bins
    go from knot to knot; beyond the first and the last Q is a straight line.
    """

    @staticmethod
    def forward(ctx: _Context, y: Tensor, values: Tensor, slopes: Tensor) -> Tensor:
        """The log density; only its last numbers are kept."""
        chosen, outside, at = _bins(y, values, slopes)
        share, low = at.share(), y < values[:, 0]
        end = torch.where(low, slopes[:, 0], slopes[:, -1])
        edge = torch.where(low, values[:, 0], values[:, -1])
        beyond = (y - edge) / end
        last = float(knots(values.shape[1] - 1)[-1])
        inner = at.left + at.width * share
        noise = torch.where(outside, torch.where(low, beyond - last, beyond + last), inner)
        mean, both, rest = at.height / at.width, share * (1 - share), 1 - share
        d = mean + (at.a + at.b - 2 * mean) * both
        e = at.b * share * share + 2 * mean * both + at.a * rest * rest
        rise = torch.where(outside, end, mean * mean * e / (d * d))
        ctx.save_for_backward(
            chosen, outside, low, share, noise, beyond, rise, d, e, mean, at.width, at.a, at.b
        )
        ctx.shared = values.shape[2] == 1
        return log_density(noise) - rise.log()

    @staticmethod
    def backward(ctx: _Context, *above: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gradients of y, values and slopes: with ε(y, θ), L_θ = -L_ε Q_θ / Q_ε - ∂θ log Q_ε."""
        chosen, outside, low, s, noise, beyond, rise, d, e, mean, width, a, b = ctx.saved_tensors
        (grad,) = above
        both, rest = s * (1 - s), 1 - s
        sum_ = a + b - 2 * mean
        n, middle = mean * s * s + a * both, 1 - 2 * s
        bends = 2 * ((b * s - a * rest + mean * middle) / e - sum_ * middle / d) / width
        pull = (-noise - torch.where(outside, 0.0, bends)) / rise  # L_ε / Q_ε
        inner, out = torch.where(outside, 0.0, grad), torch.where(outside, grad, 0.0)
        up = width * mean * both / (d * d)
        off, twice = 1 - 2 * both, 2 * both / d
        q_m = width * (n / d + mean * (s * s * d - n * off) / (d * d))
        by_mean = -inner * (pull * q_m + 2 / mean + 2 * both / e - 2 * off / d) / width
        by_a = -inner * (pull * up * (d - n) + rest * rest / e - twice)
        by_b = -inner * (s * s / e - pull * up * n - twice)
        bottom = -inner * pull
        pieces = torch.stack((bottom - by_mean, by_mean, by_a, by_b), 1)  # of bottom, top, a, b
        if ctx.shared:
            spread = torch.bmm(pieces, chosen.transpose(1, 2))[..., None]
        else:
            spread = pieces[:, :, None] * chosen[:, None]
        values, slopes = (_to_knots(spread[:, i], spread[:, i + 1]) for i in (0, 2))
        of_value, of_slope = -out * pull, -out * (pull * beyond + 1 / rise)
        for place, here in ((0, low), (-1, ~low)):
            for whole, part in ((values, of_value), (slopes, of_slope)):
                at_end = torch.where(here, part, 0.0)
                whole[:, place] += at_end.sum(1, keepdim=True) if ctx.shared else at_end
        return grad * pull, values, slopes


spline_density: Callable[[Tensor, Tensor, Tensor], Tensor] = _SplineDensity.apply


def _bins(y: Tensor, values: Tensor, slopes: Tensor) -> tuple[Tensor, Tensor, _At]:
    """Which bin each y is in, (slots, bins, rows) of 0 and 1; what lies beyond, and the bins."""
    ends = knots(values.shape[1] - 1, y.dtype).to(y.device)
    outside = (y < values[:, 0]) | (y > values[:, -1])
    inside = torch.where(outside, 0.0, y)[:, None]
    over = inside >= values[:, 1:-1]
    first = torch.ones_like(over[:, :1])
    chosen = (torch.cat((first, over), 1) & ~torch.cat((over, ~first), 1)).to(y.dtype)
    left, width = (torch.stack((ends[:-1], ends.diff())) @ chosen).unbind(1)
    table = (values[:, :-1], values[:, 1:], slopes[:, :-1], slopes[:, 1:])
    if values.shape[2] == 1:  # one spline per slot: a 0/1 product batches well
        bottom, top, a, b = torch.bmm(torch.cat(table, 2).transpose(1, 2), chosen).unbind(1)
    else:
        bottom, top, a, b = ((part * chosen).sum(1) for part in table)
    return chosen, outside, _At(inside[:, 0], left, width, bottom, top - bottom, a, b)


def _to_knots(left: Tensor, right: Tensor) -> Tensor:
    """Gradients at the knots, (slots, bins + 1, …), of those at both ends of the bins."""
    return pad(left, (0, 0, 0, 1)) + pad(right, (0, 0, 1, 0))

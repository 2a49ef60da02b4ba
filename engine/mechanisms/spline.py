"""Monotone rational-quadratic splines of noise: y = Q(ε), knots at fixed places of ε.

Between knots e_k of ε (bin width w), y has the values q_k and the slopes d_k; with ξ = (ε - e_k)/w
and s = (q_{k+1} - q_k) / w (Gregory and Delbourgo 1982; Durkan et al., NeurIPS 2019):
y = q_k + (q_{k+1} - q_k) (s ξ² + d_k ξ(1-ξ)) / (s + (d_k + d_{k+1} - 2s) ξ(1-ξ)).
The free numbers are the log mean slopes of the bins; the slope at a knot lies between those of its
two bins, q is 0 in the middle, and beyond the last knots Q is straight. Knots in ε put each bin
where there are rows, whatever the shape of the law: an edge or a skew gets bins of its own.
"""

import math
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import pad

STEEPEST = 5.0  # log slopes stay within ± STEEPEST, so that no spike shrinks for ever
_LAST_KNOT = 2.8
_EVEN = 0.65  # knots are denser in the middle


@lru_cache(maxsize=16)
def knots(bins: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """Places of the knots in units of the noise's sd, shape (bins + 1,); `bins` is even."""
    if bins < 2 or bins % 2:
        raise ValueError("a spline needs an even number of bins")
    share = torch.linspace(-1, 1, bins + 1, dtype=torch.float64)
    return (_LAST_KNOT * (_EVEN * share + (1 - _EVEN) * share**3)).to(dtype)


@lru_cache(maxsize=16)
def _cells(bins: int) -> Tensor:
    """Of equal cells from the first knot to the last: how many knots are at or below it.

    With h = bins / 2, the knots are whole multiples of the last over 20 h³: cells of that width
    begin and end at knots, none holds one. A cell in front has none below it, one behind has all.
    """
    fine = 20 * (bins // 2) ** 3
    middle = (torch.arange(-fine, fine, dtype=torch.float64) + 0.5) * (_LAST_KNOT / fine)
    below = torch.searchsorted(knots(bins), middle, right=True)
    return torch.cat((torch.tensor([0]), below, torch.tensor([bins + 1])))


def knots_below(noise: Tensor, bins: int) -> Tensor:
    """How many knots are below noise (rows,), 0 … bins + 1, by one look at a table.

    At a knot, where both bins agree, rounding may count it or not.
    """
    fine = 20 * (bins // 2) ** 3
    cell = noise.mul(fine / _LAST_KNOT).add_(fine + 1).clamp_(0, 2 * fine + 1)
    return _cells(bins).index_select(0, cell.nan_to_num_(0.0).int())


def bent(raw: Tensor) -> Tensor:
    """Free numbers as log slopes within ± STEEPEST."""
    return within(raw, STEEPEST)


def within(raw: Tensor, reach: float) -> Tensor:
    """R tanh(raw / R), never beyond ± R; float32 by a sigmoid, which takes a third of the time."""
    if raw.dtype is torch.float32:
        return (raw * (2 / reach)).sigmoid() * (2 * reach) - reach
    return reach * (raw / reach).tanh()


def curve(mean: Tensor) -> tuple[Tensor, Tensor]:
    """Values and slopes at the knots, each (…, bins + 1, rows), of mean slopes (…, bins, rows)."""
    bins = mean.shape[-2]
    width = knots(bins, mean.dtype).diff().to(mean.device)[:, None]
    values = pad((mean * width).cumsum(-2), (0, 0, 1, 0))
    values = values - values[..., bins // 2 : bins // 2 + 1, :]
    left, right = mean[..., :-1, :], mean[..., 1:, :]
    share = width[1:] / (width[:-1] + width[1:])
    inner = left * share + right * (1 - share)
    return values, torch.cat((mean[..., :1, :], inner, mean[..., -1:, :]), -2)


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """The bin of each number: its left knot and width in ε, y and dy/dε at both ends."""

    left: Tensor
    width: Tensor
    bottom: Tensor
    top: Tensor
    slope: Tensor
    next_slope: Tensor


def rise(noise: Tensor, at: Bins) -> Tensor:
    """Q(ε) inside its bin, ε not outside it."""
    share = (noise - at.left).div_(at.width)
    height = at.top - at.bottom
    mean, both = height / at.width, (1 - share).mul_(share)
    below = (at.slope + at.next_slope).sub_(mean, alpha=2).mul_(both).add_(mean)
    above = share.square_().mul_(mean).addcmul_(at.slope, both)
    return above.mul_(height).div_(below).add_(at.bottom)


def sink(y: Tensor, at: Bins) -> tuple[Tensor, Tensor]:
    """ε = Q⁻¹(y) inside its bin and log dε/dy, by the root without cancelling (Durkan, eq. 6-8)."""
    height = at.top - at.bottom
    mean = height / at.width
    up = y - at.bottom
    bend = up * (at.slope + at.next_slope - 2 * mean)
    a, b, c = height * (mean - at.slope) + bend, height * at.slope - bend, -mean * up
    root = (b.square() - 4 * a * c).clamp(min=1e-30).sqrt()
    share = 2 * c / (-b - root)
    both = share * (1 - share)
    below = mean + (at.slope + at.next_slope - 2 * mean) * both
    above = at.next_slope * share.square() + 2 * mean * both + at.slope * (1 - share).square()
    return at.left + at.width * share, 2 * below.log() - above.log() - 2 * mean.log()


@dataclass(frozen=True, slots=True, eq=False)
class Spline:
    """T = Q⁻¹: ℝ → ℝ increasing; `values` and `slopes` of Q at the knots, float64.

    (bins + 1,): one spline for all rows; (bins + 1, rows), also float32: one per row. `pieces` are
    what one for all needs to go from ε to y.
    """

    values: Tensor
    slopes: Tensor
    pieces: Tensor | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        """Refuse knots that do not make an increasing function."""
        size = self.values.shape
        if len(size) not in (1, 2) or size[0] < 3 or not size[0] % 2 or size != self.slopes.shape:
            raise ValueError("a spline's knots differ in number")
        if len(size) == 1 and not ((self.values.diff() > 0).all() and (self.slopes > 0).all()):
            raise ValueError("a spline must rise")
        if len(size) == 1:
            object.__setattr__(self, "pieces", _pieces(self.values, self.slopes))

    def forward(self, y: Tensor) -> tuple[Tensor, Tensor]:
        """T(y) and log T'(y), each like y (rows,)."""
        ends = knots(len(self.values) - 1)
        first, last = self.values[0], self.values[-1]
        low, high = y < first, y > last
        inside = torch.where(low | high, 0.0, y)
        noise, log_slope = sink(inside, self._bins(self._bin_of_value(inside)))
        start, end = self.slopes[0], self.slopes[-1]
        noise = torch.where(low, ends[0] + (y - first) / start, noise)
        noise = torch.where(high, ends[-1] + (y - last) / end, noise)
        log_slope = torch.where(low, -start.log(), torch.where(high, -end.log(), log_slope))
        return noise, log_slope

    def inverse(self, noise: Tensor) -> Tensor:
        """Q(ε), like ε (rows,)."""
        bins = len(self.values) - 1
        k = knots_below(noise, bins)
        if self.pieces is not None:
            return _rise(noise, [piece.index_select(0, k) for piece in self.pieces])
        ends = knots(bins)
        inside = noise.clamp(ends[0], ends[-1])
        y = rise(inside, self._bins(k.sub_(1).clamp_(0, bins - 1)))
        slope = torch.where(noise < 0, self.slopes[0], self.slopes[-1])
        return y.addcmul_(noise - inside, slope)

    def _bin_of_value(self, y: Tensor) -> Tensor:
        if self.values.ndim == 1:
            return torch.searchsorted(self.values[1:-1], y.contiguous(), right=True)
        return (self.values[1:-1] <= y).sum(0)

    def _bins(self, k: Tensor) -> Bins:
        places = knots(len(self.values) - 1)

        def at(table: Tensor, next_one: int = 0) -> Tensor:
            if table.ndim == 1:  # a selection takes a third of the time of table[k]
                return table[next_one:].index_select(0, k)
            return table[next_one:].gather(0, k[None]).squeeze(0).double()

        return Bins(
            at(places),
            at(places.diff()),
            at(self.values),
            at(self.values, 1),
            at(self.slopes),
            at(self.slopes, 1),
        )


def _pieces(values: Tensor, slopes: Tensor) -> Tensor:
    """Numbers of each bin, (7, bins + 2); in front of the first knot and behind the last a line.

    y = (a₀ + a₁ t + a₂ t²) / (b₀ + b₁ t + b₂ t²), t = ε - e_k: the formula above, by powers.
    """
    places = knots(len(values) - 1)
    width, height, bottom = places.diff(), values.diff(), values[:-1]
    mean = height / width
    left, right = slopes[:-1], slopes[1:]
    bend = (left + right - 2 * mean) / width
    down = -bend / width
    inner = torch.stack((
        places[:-1],
        bottom * mean, bottom * bend + mean * left, bottom * down + mean * (mean - left) / width,
        mean, bend, down,
    ))  # fmt: skip
    one, none = torch.ones(2).double(), torch.zeros(2).double()
    ends = torch.tensor([0, -1])
    outer = torch.stack((places[ends], values[ends], slopes[ends], none, one, none, none))
    return torch.cat((outer[:, :1], inner, outer[:, 1:]), 1)


def _rise(noise: Tensor, pieces: list[Tensor]) -> Tensor:
    """Q(ε) by the numbers of each row's bin, which are used up."""
    start, *numbers = pieces
    t = torch.sub(noise, start, out=start)
    above, below = (a.addcmul_(t, b.addcmul_(t, c)) for a, b, c in (numbers[:3], numbers[3:]))
    return above.div_(below)


def spline_of(raw: Tensor) -> Spline:
    """The spline of free numbers (bins,), or one per row of (bins, rows); zeros: the identity."""
    mean = bent(raw.double()).exp()
    if raw.ndim == 2:
        return Spline(*curve(mean))
    values, slopes = curve(mean[:, None])
    return Spline(values[:, 0], slopes[:, 0])


def shape_of_sample(levels: Tensor) -> Tensor:
    """Free numbers of the spline through quantiles `levels` (bins + 1,) of y at the knots."""
    width = knots(len(levels) - 1).diff()
    log_slopes = (levels.diff() / width).clamp(math.exp(-0.9 * STEEPEST)).log()
    return STEEPEST * (log_slopes / STEEPEST).clamp(-0.95, 0.95).atanh()

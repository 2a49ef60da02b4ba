"""Counts: a negative binomial whose log mean is a line, log μ = a + b·z, variance μ + α μ².

P(x) = Γ(x + n) / (Γ(n) x!) · p^n (1 - p)^x with n = 1/α and p = 1 / (1 + α μ); α = 0 is the Poisson
law. x rises in one noise ε ~ N(0, 1): the smallest count with F(x) ≥ Φ(ε). F by incomplete beta and
gamma functions; where these underflow, by the first terms of a tail's series.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from engine.mechanisms.encoding import Encoder
from engine.mechanisms.law import normal_noise
from engine.mechanisms.normal import FAR, draw_between, log_density, probability, quantile

_RIDGE = 0.1  # pseudo-rows per slope: keeps separated rows finite
_PRIOR_ROWS = 0.5  # at z = 0, of a count of one or of the mean: no count is impossible
_STEPS = 50
_POISSON = 1e-8  # α μ below which the law is a Poisson law to all digits that matter
_LEAST_DISPERSION, _MOST_DISPERSION = 1e-10, 1e6
_STIRLING = 30.0  # from here on differences of log Γ are taken by series
_TINY = 1e-290
_HIGHEST = math.log(1e15)  # of a log mean: whole numbers beyond it are not exact
_ROOM = math.log(10.0)  # means stay within ten times what the rows learnt from showed


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """log μ = a + b·z between `lowest` and `highest`; variance μ + α μ², α = `dispersion`."""

    family: ClassVar[str] = "count"
    approximate: ClassVar[bool] = False

    encoder: Encoder
    intercept: float
    slopes: Tensor
    dispersion: float
    lowest: float
    highest: float

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        if self.slopes.shape != (self.encoder.width,):
            raise ValueError("a count's parts do not fit together")
        if not (self.dispersion >= 0 and self.lowest <= self.highest <= _HIGHEST):
            raise ValueError("a count needs a dispersion and a range")

    def mean(self, parents: Tensor) -> Tensor:
        """μ(parents), shape (rows,)."""
        line = self.intercept + self.encoder(parents) @ self.slopes
        return line.clamp(self.lowest, self.highest).exp()

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        """Log P(x | parents), shape (rows,); -∞ for what is no count."""
        counted = x.clamp(min=0).floor()
        logs = _log_mass(counted, self.mean(parents), self.dispersion)
        return torch.where(counted == x, logs, -torch.inf)

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        """The count that noise (rows,) makes: the smallest whose upper edge is not below it."""
        mean = self.mean(parents)
        return _smallest(noise, _guess(noise, mean, self.dispersion), mean, self.dispersion)

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        """Noise (rows,) from its law given that x came out."""
        low, high = self.cell(x, parents)
        return draw_between(low, high, rng)

    def cell(self, x: Tensor, parents: Tensor) -> tuple[Tensor, Tensor]:
        """Between which noise x comes out, within ± FAR."""
        mean = self.mean(parents)
        return _edge(x - 1, mean, self.dispersion), _edge(x, mean, self.dispersion)

    def noise(self, count: int, rng: Generator) -> Tensor:
        """`count` draws of ε."""
        return normal_noise(count, rng)


def _log_mass(x: Tensor, mean: Tensor, dispersion: float) -> Tensor:
    """Log P(x) of whole x ≥ 0."""
    logs = x * mean.log() - torch.lgamma(x + 1)
    if dispersion == 0:
        return logs - mean
    shrunk = torch.log1p(dispersion * mean)
    return logs + _rising(x, 1 / dispersion) - (x + 1 / dispersion) * shrunk


def _rising(x: Tensor, n: float) -> Tensor:
    """log Γ(n + x) - log Γ(n) - x log n, also where n is large: by Stirling's series."""
    if n < _STIRLING:
        return torch.lgamma(n + x) - math.lgamma(n) - x * math.log(n)
    ends = (n + x, torch.full_like(x, n))
    tops, bottom = (1 / (12 * m) - 1 / (360 * m**3) + 1 / (1260 * m**5) for m in ends)
    return (n + x - 0.5) * torch.log1p(x / n) - x + tops - bottom


def _edge(x: Tensor, mean: Tensor, dispersion: float) -> Tensor:
    """Φ⁻¹(F(x)): the noise at which x ends and x + 1 begins; -FAR below 0. All (rows,)."""
    from scipy.special import betainc, gammainc, gammaincc

    k = x.clamp(min=0)
    upper = k >= mean  # count in the smaller tail
    poisson = dispersion * mean < _POISSON
    tail = torch.empty_like(k)

    def fill(rows: Tensor, values: object) -> None:
        tail[rows] = torch.as_tensor(values, dtype=torch.float64)

    for rows, function in ((poisson & upper, gammainc), (poisson & ~upper, gammaincc)):
        fill(rows, function(k[rows].numpy() + 1, mean[rows].numpy()))
    if dispersion > 0:
        n, grown = 1 / dispersion, 1 + dispersion * mean
        rows = ~poisson & upper
        fill(rows, betainc(k[rows].numpy() + 1, n, (dispersion * mean / grown)[rows].numpy()))
        rows = ~poisson & ~upper
        fill(rows, betainc(n, k[rows].numpy() + 1, (1 / grown)[rows].numpy()))
    edge = torch.special.ndtri(tail)
    deep = tail < _TINY
    if bool(deep.any()):
        logs = _log_tail(k[deep], mean[deep], dispersion, upper[deep])
        edge[deep] = quantile(logs, torch.zeros_like(logs))
    edge = torch.where(upper, -edge, edge)
    return torch.where(x < 0, -FAR, edge.clamp(-FAR, FAR))


def _log_tail(k: Tensor, mean: Tensor, dispersion: float, upper: Tensor) -> Tensor:
    """Log P(X > k) where `upper`, else log P(X ≤ k), far from the mean: geometric in its ratio."""
    first = torch.where(upper, k + 1, k)
    odds = mean / (1 + dispersion * mean)
    rise = odds * (1 + dispersion * first) / (first + 1)  # P(first + 1) / P(first)
    fall = first / (odds * (1 + dispersion * (first - 1).clamp(min=0)))
    ratio = torch.where(upper, rise, fall).clamp(0.0, 1 - 1e-9)
    return _log_mass(first, mean, dispersion) - torch.log1p(-ratio)


def _guess(noise: Tensor, mean: Tensor, dispersion: float) -> Tensor:
    """About where the noise (rows,) leads: by skewness (Cornish, Fisher 1937), or a gamma law."""
    spread = (mean * (1 + dispersion * mean)).sqrt()
    lean = (1 + 2 * dispersion * mean) / spread
    start = mean + spread * (noise + lean * (noise.square() - 1) / 6) - 0.5
    skewed = (lean > 1) & (dispersion * mean > 1)
    if bool(skewed.any()):
        from scipy.special import gammainccinv, gammaincinv

        upper, n = noise > 0, 1 / dispersion
        for rows, function in ((skewed & ~upper, gammaincinv), (skewed & upper, gammainccinv)):
            tail = probability(-noise[rows].abs()).clamp(min=_TINY).numpy()
            gamma = torch.as_tensor(function(n, tail), dtype=torch.float64)
            start[rows] = dispersion * mean[rows] * gamma - 0.5
    return start.nan_to_num(0.0).clamp(0.0, 1e16).ceil()


def _smallest(noise: Tensor, start: Tensor, mean: Tensor, dispersion: float) -> Tensor:
    """The smallest count whose edge is not below the noise (rows,), from a guess of it.

    Newton steps, Φ⁻¹(F) rising by P(x) / φ from count to count, kept between a count known to be
    too small and one known to be large enough; halving every third step.
    """
    low, high = torch.full_like(mean, -1.0), torch.full_like(mean, torch.inf)
    at, noise = start.clone(), noise.clamp(-FAR, FAR)
    left, turn = torch.arange(len(mean)), 0
    while len(left):
        k, turn = at[left], turn + 1
        edge = _edge(k, mean[left], dispersion)
        gap = noise[left] - edge
        below = gap > 0
        low[left] = torch.where(below, k, low[left])
        high[left] = torch.where(below, high[left], k)
        steps = gap * (log_density(edge) - _log_mass(k, mean[left], dispersion)).exp()
        steps = torch.where(below, steps.ceil().clamp(min=1.0), steps.floor().clamp(max=-1.0))
        if turn % 3 == 0:
            middle = ((low[left] + high[left]) / 2).floor()
            steps = torch.where(middle.isfinite(), middle - k, 4.0**turn)
        at[left] = torch.minimum(torch.maximum(k + steps, low[left] + 1), high[left] - 1)
        left = left[(high - low)[left] > 1]
    return high


def fit_count(
    design: Tensor, x: Tensor, weights: Tensor, start: tuple[float, Tensor, float] | None = None
) -> tuple[float, Tensor, float]:
    """Intercept, slopes (width,) and dispersion of the penalised maximum likelihood.

    Newton steps for the line and a search for the dispersion, in turns; ½ ridge |b|² is taken from
    the likelihood. `start` is an earlier solution to begin from.
    """
    columns = torch.cat((torch.ones(len(design), 1, dtype=torch.float64), design), 1)
    typical = float((weights * x).sum() / weights.sum().clamp(min=1.0))
    pseudo = torch.zeros(1, columns.shape[1], dtype=torch.float64)
    pseudo[0, 0] = 1.0
    columns = torch.cat((columns, pseudo))
    x = torch.cat((x, torch.tensor([max(typical, 1.0)], dtype=torch.float64)))
    weights = torch.cat((weights, torch.tensor([_PRIOR_ROWS], dtype=torch.float64)))
    at, dispersion = pseudo[0] * math.log(max(typical, 0.5 / max(1, len(design)))), 0.0
    if start is not None:
        at, dispersion = torch.cat((at.new_tensor([start[0]]), start[1])), start[2]
    for _ in range(8):
        at = _line(columns, x, weights, at, dispersion)
        before = dispersion
        dispersion = _dispersion(x, (columns @ at).exp(), weights)
        if abs(dispersion - before) <= 1e-4 * dispersion:
            break
    return float(at[0]), at[1:].clone(), dispersion


def _line(columns: Tensor, x: Tensor, weights: Tensor, at: Tensor, dispersion: float) -> Tensor:
    """Coefficients (1 + width,) at a given dispersion: a convex problem, by halved Newton steps."""
    ridge = torch.full_like(at, _RIDGE)
    ridge[0] = 0.0

    def loss(tried: Tensor) -> float:
        line = columns @ tried
        mean = line.exp()
        if dispersion > 0:
            mean = (x + 1 / dispersion) * torch.log1p(dispersion * mean)
        return float((weights * (mean - x * line)).sum() + 0.5 * (ridge * tried.square()).sum())

    value = loss(at)
    for _ in range(_STEPS):
        mean = (columns @ at).exp()
        shrunk = 1 + dispersion * mean
        gradient = columns.T @ (weights * (mean - x) / shrunk) + ridge * at
        bent = weights * mean * (1 + dispersion * x) / shrunk.square()
        hessian = columns.T @ (columns * bent[:, None]) + ridge.diag()
        hessian.diagonal().mul_(1 + 1e-12)
        step = torch.linalg.solve(hessian, gradient)
        share = 1.0
        while share > 1e-6 and not (reached := loss(at - share * step)) <= value:
            share /= 2
        if share <= 1e-6:
            break
        at, gained, value = at - share * step, value - reached, reached
        if gained <= 1e-10 * (1 + abs(value)):
            break
    return at


def _dispersion(x: Tensor, mean: Tensor, weights: Tensor) -> float:
    """α of most likelihood at given means (rows,); 0 where counts vary no more than Poisson's.

    The likelihood falls from α = 0 on if Σ w ((x - μ)² - x) ≤ 0; else golden sections in log α.
    """
    if float((weights * ((x - mean).square() - x)).sum()) <= 0:
        return 0.0
    values, place = torch.unique(x, return_inverse=True)
    counts = torch.zeros(len(values), dtype=torch.float64).index_add_(0, place, weights)

    def score(log_alpha: float) -> float:
        n = math.exp(-log_alpha)
        shrunk = (weights * (x + n) * torch.log1p(mean / n)).sum()
        return float((counts * _rising(values, n)).sum() - shrunk)

    low, high = math.log(_LEAST_DISPERSION), math.log(_MOST_DISPERSION)
    share = (5**0.5 - 1) / 2
    left, right = high - share * (high - low), low + share * (high - low)
    at_left, at_right = score(left), score(right)
    while high - low > 1e-5:
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - share * (high - low)
            at_left = score(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + share * (high - low)
            at_right = score(right)
    found = math.exp((low + high) / 2)
    return found if found > 2 * _LEAST_DISPERSION else 0.0


def room(line: Tensor, x: Tensor) -> tuple[float, float]:
    """Between which log means a count may move: ten times beyond what its rows showed.

    `line` (rows,) are their log means, x (rows,) their counts.
    """
    least = max(min(float(line.min()), _HIGHEST), -_HIGHEST)
    most = max(float(line.max()), math.log1p(float(x.max())))
    return least - _ROOM, max(min(most + _ROOM, _HIGHEST), least)

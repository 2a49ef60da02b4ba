"""Large quadratic programs of one equation, part by part, to the same certified gap.

min ½ xᵀQx - cᵀx  subject to  aᵀx = b, 0 ≤ x ≤ u. Where most unknowns are at a bound in the end,
as in a support vector machine, it is faster to solve for some of them at a time, the others held:
those between the bounds and those that the others push hardest (Osuna, Freund, Girosi 1997;
Joachims 1999). Each part is solved by the interior-point method; in the end those between the
bounds are found at once, from their equations. The gap is that of Frank and Wolfe (1956): how far
a linear objective with the present slope could fall, over all x that are allowed.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.errors import QueryError
from engine.frontier.cholesky import root_of
from engine.frontier.quadratic import Dense, Optimum, approach

AT_ONCE = 512  # unknowns of a part, at most
CLOSE = 5e-7  # of the objective's size: the largest gap at the end
ROUNDS = 60
_FEWEST = 192
_PATIENCE = 8  # rounds in which the gap must fall tenfold
_MORE = 4  # rounds after the gap is small, for unknowns between the bounds to be known
_EDGE = 0.1  # of u: as near to a bound an unknown may be taken to be at it
_TINY = 1e-9


def by_parts(
    quadratic: Dense, linear: Tensor, across: Tensor, side: float, upper: float, start: Tensor
) -> Iterator[Optimum | None]:
    """The minimum in slices: None after each step; `across` a (n,) without zeros, `start` allowed.

    Where parts get stuck, which they do if nearly all x are as good, it is solved as one.
    """
    whole = _Program(quadratic, linear, across, side, upper)
    at, gaps, close = whole.at(start), [], 0
    for count in range(ROUNDS):
        x = _at_edges(at, upper)
        if at.gap <= CLOSE * at.size:
            close += 1
            better = whole.between(x)
            at = better or at
            if better is not None or at.gap <= _TINY * at.size or close == _MORE:
                yield Optimum(at.x, at.value, at.gap, count)
                return
        gaps.append(at.gap / at.size)
        if not close and count >= _PATIENCE and gaps[-1] > 0.1 * gaps[-1 - _PATIENCE]:
            break
        try:
            x = yield from whole.part(x, _worst(x, at.push, upper), gaps[-1])
        except QueryError:  # rounded to bounds that the others cannot make good
            break
        at = whole.at(x)
        yield None
    sides = torch.tensor([side], dtype=torch.float64)
    yield from approach(quadratic, linear, across[:, None], sides, upper)


@dataclass(frozen=True, slots=True, eq=False)
class _At:
    """A point, what pushes each unknown down, its objective, gap, and the size of the objective."""

    x: Tensor
    push: Tensor
    value: float
    gap: float
    size: float


@dataclass(frozen=True, slots=True, eq=False)
class _Program:
    quadratic: Dense
    linear: Tensor
    across: Tensor
    side: float
    upper: float

    def at(self, x: Tensor) -> _At:
        slope = self.quadratic.times(x) - self.linear
        price, low = _linear_minimum(slope, self.across, self.side, self.upper)
        value = 0.5 * float(x @ (slope - self.linear))
        size = abs(value) + float(self.linear.abs() @ x) + 1e-300
        gap = max(float(slope @ x) - low, 0.0)
        return _At(x, slope - price * self.across, value, gap, size)

    def part(self, x: Tensor, rows: Tensor, gap: float) -> Generator[None, None, Tensor]:
        """x with the best values of `rows`, a hundred times as near as `gap`, the others held."""
        rest = x.index_fill(0, rows, 0.0)
        inner, mine = self.quadratic.part(rows), self.across[rows]
        yield None
        linear = (self.linear - self.quadratic.times(rest))[rows]
        sides = self.side - (self.across @ rest)[None]
        close = min(1e-4, max(_TINY, 0.01 * gap))
        for step in approach(Dense(inner), linear, mine[:, None], sides, self.upper, close):
            if step is not None:
                return x.index_copy(0, rows, step.x)
            yield None
        raise ValueError("steps without an end")

    def between(self, x: Tensor) -> _At | None:
        """The point at which unknowns between the bounds are not pushed; None if it is no better.

        [Q a; aᵀ 0] (x, price) = (c, b) among them, the others held.
        """
        rows = ((x > 0) & (x < self.upper)).nonzero().squeeze(1)
        if not 0 < len(rows) <= AT_ONCE:
            return None
        rest = x.index_fill(0, rows, 0.0)
        mine = self.across[rows]
        linear = (self.linear - self.quadratic.times(rest))[rows]
        try:
            factor = root_of(self.quadratic.part(rows))
        except QueryError:
            return None
        both = torch.cholesky_solve(torch.stack([linear, mine], 1), factor)
        price = (self.side - self.across @ rest - mine @ both[:, 0]) / (mine @ both[:, 1])
        found = both[:, 0] + price * both[:, 1]
        if not bool(((found >= 0) & (found <= self.upper)).all()):
            return None
        point = self.at(x.index_copy(0, rows, found))
        return point if point.gap <= _TINY * point.size else None


def _at_edges(at: _At, upper: float) -> Tensor:
    """Unknowns that are pushed to a bound more than they are away from it are taken to be there.

    Interior points end near bounds, never at them.
    """
    x, pushed = at.x, at.push / float(at.push.abs().max().clamp(min=1e-300))
    low = (x < pushed * _EDGE * upper) | (x < _TINY * upper)
    high = (upper - x < -pushed * _EDGE * upper) | (upper - x < _TINY * upper)
    x = torch.where(low, torch.zeros_like(x), x)
    return torch.where(high, torch.full_like(x, upper), x)


def _worst(x: Tensor, push: Tensor, upper: float) -> Tensor:
    """The unknowns of the next part: those between the bounds, then those pushed most inwards."""
    inside = (x > 0) & (x < upper)
    inwards = torch.where(x <= 0, -push, push).clamp(min=0.0)
    pushed = torch.where(inside, push.abs(), inwards)
    many = int(1.5 * int(inside.sum())) + _FEWEST
    if many <= AT_ONCE:
        pushed = pushed + inside * (1.0 + 2 * float(pushed.max()))
    return torch.topk(pushed, min(many, AT_ONCE, len(x))).indices.sort().values


def _linear_minimum(
    slope: Tensor, across: Tensor, side: float, upper: float
) -> tuple[float, float]:
    """min slopeᵀx over 0 ≤ x ≤ u, aᵀx = b: the price of the equation, and the minimum.

    Its dual is max_y b y + u Σ min(0, slope - a y): concave, with a bend at each slope / a.
    """
    bends, order = (slope / across).sort()
    steep = side - upper * float(across[across < 0].sum())
    falls = steep - upper * across[order].abs().cumsum(0)
    turn = int((falls <= 0).nonzero()[0]) if bool((falls <= 0).any()) else len(bends) - 1
    price = float(bends[turn])
    rest = (slope - across * price).clamp(max=0.0).sum()
    return price, side * price + upper * float(rest)

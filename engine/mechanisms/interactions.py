"""Slopes that differ by group: products of a category and the other causes, held near zero.

A line without them says that the effect of a cause is the same in every group; where it is not, the
average effect comes out as a mixture that depends on who was treated (Angrist 1998). A line with
all of them, each free, is worth little where rows are few. So the slopes of a group are draws from
a normal law round the slopes of all, as in a random-slopes model (Laird, Ware, Biometrics 1982),
whose variance is the one that makes the rows most probable, the straight line integrated out
(restricted maximum likelihood: Patterson, Thompson, Biometrika 1971). Categories come in one by
one, the most helpful first, each with all its products, while the evidence gained pays for it.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.mechanisms.encoding import Encoder

Pair = tuple[int, int]  # two encoded columns

MOST_TRIED = 400  # products
_FEWEST = 20  # rows beyond those that the straight line takes
_CHUNK = 8192  # rows whose products are in memory at once
_ALONE = 1e-6  # share of a product that must be left beside the line
_SWEEPS = 2  # over the groups' variances, once all are in
_VARIANCES = torch.exp(torch.arange(-16.0, 16.5, 0.5, dtype=torch.float64))  # of the noise's


@dataclass(frozen=True, slots=True)
class Slopes:
    """Products of a line, and how many rows' worth each is held near zero (precisions)."""

    pairs: tuple[Pair, ...] = ()
    precisions: tuple[float, ...] = ()


def groups(encoder: Encoder) -> tuple[tuple[Pair, ...], ...]:
    """Per categorical parent all products of its columns with those of other parents."""
    owners = [i for i, width in enumerate(encoder.widths) for _ in range(width)]
    found = []
    for group in (i for i, levels in enumerate(encoder.levels) if levels):
        mine = [at for at, owner in enumerate(owners) if owner == group]
        rest = [at for at, owner in enumerate(owners) if owner != group]
        found.append(tuple((min(i, j), max(i, j)) for i in mine for j in rest))
    return tuple(pairs for pairs in found if pairs)


def products(z: Tensor, pairs: tuple[Pair, ...]) -> Tensor:
    """The products of encoded columns, (rows, pairs), of z (rows, width)."""
    left, right = zip(*pairs, strict=True)
    return z[:, list(left)] * z[:, list(right)]


def with_products(
    z: Tensor, pairs: tuple[Pair, ...], precisions: tuple[float, ...]
) -> tuple[Tensor, Tensor]:
    """z (rows, width) with its products (rows, width + pairs), and what holds each column."""
    held = torch.zeros(z.shape[1] + len(pairs), dtype=torch.float64)
    if not pairs:
        return z, held
    held[z.shape[1] :] = torch.tensor(precisions, dtype=torch.float64)
    return torch.cat((z, products(z, pairs)), 1), held


def chosen(
    blocks: tuple[tuple[Pair, ...], ...], design: Tensor, x: Tensor, weights: Tensor
) -> Slopes:
    """Which of the groups' products a line of x on `design` gains by, and how they are held.

    `design` (rows, width), `x` (rows,) and `weights` (rows,) are float64; x of order one.
    None where there are more products than could be told apart.
    """
    pairs = tuple(dict.fromkeys(pair for block in blocks for pair in block))
    free = float(weights.sum()) - design.shape[1] - 1
    if not pairs or len(pairs) > MOST_TRIED or free < _FEWEST:
        return Slopes()
    gram, target, left = _left_over(pairs, design, x, weights)
    if left <= 0:
        return Slopes()
    places = [torch.tensor([pairs.index(pair) for pair in block]) for block in blocks]
    state = _Evidence(gram, target, left, free)
    price = 0.5 * math.log(free) + math.log(len(blocks))
    while places:
        tried = [state.best(at) for at in places]
        most = max(range(len(places)), key=lambda i: tried[i][0])
        if tried[most][0] <= price:
            break
        at = places.pop(most)
        state.take(at, tried[most][1])
        places = [rest for rest in (_without(other, at) for other in places) if len(rest)]
    for _ in range(_SWEEPS):
        state.settle()
    taken = [(pairs[int(i)], 1 / tau) for at, tau in state.taken for i in at]
    taken.sort()
    return Slopes(tuple(pair for pair, _ in taken), tuple(held for _, held in taken))


class _Evidence:
    """Log evidence of groups of products beside a line, in terms of what the line leaves.

    With V the products and r the target, both projected off the line, `gram` is VᵀV, `target` Vᵀr
    and `left` rᵀr; `free` rows are left. Coefficients of a group are N(0, τ σ²); σ² is
    profiled out.
    """

    def __init__(self, gram: Tensor, target: Tensor, left: float, free: float) -> None:
        self._gram, self._target, self._left, self._free = gram, target, left, free
        self.taken: list[tuple[Tensor, float]] = []

    def best(self, at: Tensor) -> tuple[float, float]:
        """What the group at places `at` gains in nats at its best variance τ, and that τ."""
        gram, target, left = self._beside(at)
        values, vectors = torch.linalg.eigh(gram)
        values = values.clamp(min=0.0)
        along = (vectors.T @ target).square()
        grown = 1 + _VARIANCES[:, None] * values
        rest = left - (_VARIANCES[:, None] * along / grown).sum(1)
        rest = rest.clamp(min=1e-14 * left)
        gains = -0.5 * (grown.log().sum(1) + self._free * (rest / left).log())
        most = int(gains.argmax())
        return float(gains[most]), float(_VARIANCES[most])

    def take(self, at: Tensor, variance: float) -> None:
        """The group at places `at` is in the line from now on."""
        self.taken.append((at, variance))

    def settle(self) -> None:
        """Each group's variance anew, given the others'."""
        for i, (at, _) in enumerate(self.taken if len(self.taken) > 1 else ()):
            others = self.taken[:i] + self.taken[i + 1 :]
            alone = _Evidence(self._gram, self._target, self._left, self._free)
            alone.taken = others
            self.taken[i] = at, alone.best(at)[1]

    def _beside(self, at: Tensor) -> tuple[Tensor, Tensor, float]:
        """Gram, target and rest of the group at `at`, whitened by what is taken."""
        gram, target = self._gram[at][:, at], self._target[at]
        if not self.taken:
            return gram, target, self._left
        inside = torch.cat([places for places, _ in self.taken])
        held = torch.cat([torch.full((len(p),), 1 / tau) for p, tau in self.taken]).double()
        kernel = torch.linalg.cholesky(self._gram[inside][:, inside] + held.diag())
        across, own = self._gram[inside][:, at], self._target[inside]
        solved = torch.cholesky_solve(torch.cat((across, own[:, None]), 1), kernel)
        left = max(self._left - float(own @ solved[:, -1]), 1e-14 * self._left)
        return gram - across.T @ solved[:, :-1], target - across.T @ solved[:, -1], left


def _left_over(
    pairs: tuple[Pair, ...], design: Tensor, x: Tensor, weights: Tensor
) -> tuple[Tensor, Tensor, float]:
    """VᵀV, Vᵀr and rᵀr of the products V and of x = r, both without their weighted lines."""
    size = 1 + design.shape[1]
    moments = torch.zeros(size + len(pairs) + 1, size + len(pairs) + 1, dtype=torch.float64)
    for start in range(0, len(x), _CHUNK):
        rows = slice(start, start + _CHUNK)
        z = design[rows]
        parts = torch.ones(len(z), 1).double(), z, products(z, pairs), x[rows, None]
        columns = torch.cat(parts, 1) * weights[rows].clamp(min=0.0).sqrt()[:, None]
        moments += columns.T @ columns
    base, across = moments[:size, :size], moments[:size, size:]
    held = 1e-10 * float(weights.sum()) * torch.eye(size, dtype=torch.float64)
    rest = moments[size:, size:] - across.T @ torch.linalg.solve(base + held, across)
    nothing = rest.diagonal() <= _ALONE * moments.diagonal()[size:]
    nothing[-1] = rest[-1, -1] <= 1e-12 * moments[-1, -1]
    rest[nothing], rest[:, nothing] = 0.0, 0.0
    return rest[:-1, :-1], rest[:-1, -1], float(rest[-1, -1])


def _without(places: Tensor, taken: Tensor) -> Tensor:
    return places[~torch.isin(places, taken)]

"""Which products of a category and another cause a line needs: slopes that differ by group.

A line without them says that the effect of a cause is the same in every group; where it is not, the
average effect comes out as a mixture that depends on who was treated (Angrist 1998). Products are
taken up one by one, the most helpful first, while the extended Bayes criterion falls (Chen, Chen,
Biometrika 2008): a product must gain log n + 2 log(candidates) in twice the log-likelihood.
"""

import math

import torch
from torch import Tensor

from engine.mechanisms.encoding import Encoder

Pair = tuple[int, int]  # two encoded columns

ROWS_EACH = 40  # rows per product at least
MOST, MOST_TRIED = 24, 400
_ALONE = 1e-6  # share of a product that must be left beside what is in the line already


def candidates(encoder: Encoder) -> tuple[Pair, ...]:
    """Pairs of encoded columns of different parents of which one at least is a category's."""
    owners = [i for i, width in enumerate(encoder.widths) for _ in range(width)]
    grouped = [encoder.levels[i] > 0 for i in owners]
    return tuple(
        (i, j)
        for i in range(len(owners))
        for j in range(i + 1, len(owners))
        if owners[i] != owners[j] and (grouped[i] or grouped[j])
    )


def products(z: Tensor, pairs: tuple[Pair, ...]) -> Tensor:
    """The products of encoded columns, (rows, pairs), of z (rows, width)."""
    left, right = zip(*pairs, strict=True)
    return z[:, list(left)] * z[:, list(right)]


def chosen(pairs: tuple[Pair, ...], design: Tensor, x: Tensor, weights: Tensor) -> tuple[Pair, ...]:
    """The `pairs` that a least-squares line of x on `design` gains by, in order.

    `design` (rows, width), `x` (rows,) and `weights` (rows,) are float64. None where there are more
    candidates than could be told apart.
    """
    rows = float(weights.sum())
    room = min(MOST, int(rows) // ROWS_EACH)
    if not pairs or len(pairs) > MOST_TRIED or room < 1:
        return ()
    root = weights.clamp(min=0.0).sqrt()[:, None]
    base = torch.cat((torch.ones(len(design), 1, dtype=torch.float64), design), 1) * root
    wide = products(design, pairs) * root
    size = wide.square().sum(0)
    basis, _ = torch.linalg.qr(base)
    left = x[:, None] * root
    left = left - basis @ (basis.T @ left)
    wide = wide - basis @ (basis.T @ wide)
    price = math.log(rows) + 2 * math.log(len(pairs))
    found: list[Pair] = []
    while len(found) < room:
        norm = wide.square().sum(0)
        alone = norm > _ALONE * size.clamp(min=1e-300)
        gain = torch.where(alone, (wide.T @ left)[:, 0].square() / norm.clamp(min=1e-300), 0.0)
        best = int(gain.argmax())
        total = float(left.square().sum())
        rest = total - float(gain[best])
        if total <= 0 or rest <= 1e-12 * total or rows * math.log(total / rest) <= price:
            break
        found.append(pairs[best])
        way = wide[:, best : best + 1] / norm[best].sqrt()
        left = left - way @ (way.T @ left)
        wide = wide - way @ (way.T @ wide)
    return tuple(sorted(found))

"""Saturated conditional table of a discrete variable given few discrete parents, in closed form.

P(x = j | cell) = (n_cell,j + α p_j) / (n_cell + α), with p the overall shares and α = ½ a row: an
empty cell answers with the overall shares. p_j itself is (n_j + ½/k) / (n + ½).
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from engine.mechanisms.discrete import abduct_code, code_noise, log_of, picked, push_code

_PRIOR_ROWS = 0.5
JEFFREYS = 0.5  # per category


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalTable:
    """P(x | cell of the parents): `shares` (cells, k) float64; `levels` of the parents.

    Categories that are `ordered` rise in one rank, others come from Gumbels.
    """

    family: ClassVar[str] = "table"
    approximate: ClassVar[bool] = False

    levels: tuple[int, ...]
    shares: Tensor
    ordered: bool = False

    def __post_init__(self) -> None:
        """Refuse a table of the wrong shape, or rows that are no probabilities."""
        if self.shares.ndim != 2 or len(self.shares) != cell_count(self.levels):
            raise ValueError("a table needs one row per cell")
        if (self.shares < 0).any() or (self.shares.sum(1) - 1).abs().max() > 1e-6:
            raise ValueError("a table's rows must sum to one")

    def probabilities(self, parents: Tensor) -> Tensor:
        """P(x = code | parents), shape (rows, k)."""
        return self.shares[cells(parents, self.levels)]

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        """Log P(x | parents), shape (rows,)."""
        return picked(self._logits(parents), x)

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        """Codes (rows,) from noise: a rank (rows,) if ordered, else Gumbels (rows, k)."""
        return push_code(noise, self._logits(parents))

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        """Noise from its law given that x came out."""
        return abduct_code(x, self._logits(parents), rng, ordered=self.ordered)

    def noise(self, count: int, rng: Generator) -> Tensor:
        """Ranks (count,) if ordered, else Gumbels (count, k)."""
        return code_noise(count, self.shares.shape[1], rng, ordered=self.ordered)

    def _logits(self, parents: Tensor) -> Tensor:
        return log_of(self.shares)[cells(parents, self.levels)]


def cell_count(levels: tuple[int, ...]) -> int:
    """Number of combinations of the parents' categories."""
    count = 1
    for k in levels:
        count *= k
    return count


def cells(parents: Tensor, levels: tuple[int, ...]) -> Tensor:
    """Number of each row's cell (rows,), the last parent running fastest."""
    index = torch.zeros(len(parents), dtype=torch.long)
    for i, k in enumerate(levels):
        index = index * k + parents[:, i].long().clamp(0, k - 1)
    return index


def cell_rows(parents: Tensor, levels: tuple[int, ...], weights: Tensor) -> Tensor:
    """How many equal rows tell as much as those of each cell, (Σw)² / Σw² (Kish), (cells,)."""
    place, count = cells(parents, levels), cell_count(levels)
    total, squares = (torch.bincount(place, w, minlength=count) for w in (weights, weights**2))
    return total**2 / squares.clamp(min=1e-300)


def spread(
    table: ConditionalTable, rows: Tensor, count: int, rng: Generator
) -> list[ConditionalTable]:
    """`count` tables spread as the posterior of each cell: Dirichlet(n p + ½), cells independent.

    Jeffreys' prior keeps a cell that was never or always of one category uncertain. Drawn by stick
    breaking: Beta quantiles of normal draws, made orthogonal where there are enough of them, so
    that a functional of the table varies among few members as it would among many.
    """
    from scipy.special import betaincinv

    many, k = table.shares.shape
    draws = torch.randn(count, many * (k - 1), generator=rng, dtype=torch.float64)
    if count > draws.shape[1] + 1:
        directions, _ = torch.linalg.qr(draws - draws.mean(0))
        draws = directions * (count - 1) ** 0.5
    ranks = torch.special.ndtr(draws).view(count, many, k - 1)
    alpha = table.shares * rows.unsqueeze(-1) + JEFFREYS
    rest = alpha.flip(-1).cumsum(-1).flip(-1)[:, 1:]
    broken = torch.from_numpy(betaincinv(alpha[:, :-1].numpy(), rest.numpy(), ranks.numpy()))
    broken = broken.clamp(1e-12, 1 - 1e-12)
    ones = torch.ones(count, many, 1, dtype=torch.float64)
    left = torch.cat([ones, (1 - broken).cumprod(-1)], -1)
    shares = left * torch.cat([broken, ones], -1)
    shares = shares / shares.sum(-1, keepdim=True)
    return [ConditionalTable(table.levels, one, table.ordered) for one in shares]


def fit_table(
    x: Tensor,
    parents: Tensor,
    levels: tuple[int, ...],
    k: int,
    weights: Tensor,
    *,
    ordered: bool = False,
) -> ConditionalTable:
    """Smoothed counts of codes x (rows,) in every cell of `parents`, rows counted by `weights`."""
    count = cell_count(levels)
    counts = torch.zeros(count * k, dtype=torch.float64)
    counts.index_add_(0, cells(parents, levels) * k + x.long(), weights)
    counts = counts.view(count, k)
    overall = (counts.sum(0) + _PRIOR_ROWS / k) / (counts.sum() + _PRIOR_ROWS)
    rows = counts.sum(1, keepdim=True)
    shares = (counts + _PRIOR_ROWS * overall) / (rows + _PRIOR_ROWS)
    return ConditionalTable(levels, shares, ordered)

"""In which functions of the covariates groups are made alike: kernels and their quadratic forms.

A kernel is scaled so that k(x, x) is 1 on average: outcomes whose systematic part varies as much as
their noise have a noise of variance 1 then, whatever the number of covariates.
"""

from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor

from engine.frontier.quadratic import Dense, Factored, Quadratic
from engine.seeds import generator

MOST_EXACT = 2048  # rows whose kernel is kept as a matrix
LANDMARKS = 512  # rows that stand for all others where there are more
_MOST_PAIRED = 1000  # rows whose distances give the width
_JITTER = 1e-8


class Kernel(StrEnum):
    """Linear: means are made alike. RBF: smooth functions are; its width is the median distance."""

    LINEAR = "linear"
    RBF = "rbf"


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """A kernel on n rows: its matrix (n, n), or F (n, r) with K ≈ F Fᵀ; one of them is None."""

    matrix: Tensor | None
    factor: Tensor | None

    def times(self, v: Tensor) -> Tensor:
        """K v of v (n,)."""
        if self.matrix is not None:
            return self.matrix @ v
        if self.factor is None:
            raise ValueError("a kernel without numbers")
        return self.factor @ (self.factor.T @ v)

    def form(self, signs: Tensor, ridge: float = 0.0) -> Quadratic:
        """diag(signs) K diag(signs) + ridge I over all rows."""
        if self.matrix is not None:
            whole = self.matrix * signs[:, None] * signs
            whole.diagonal().add_(ridge)
            return Dense(whole)
        if self.factor is None:
            raise ValueError("a kernel without numbers")
        return Factored(self.factor * signs[:, None], ridge)

    def among(self, rows: Tensor) -> "Features":
        """The same kernel on some of the rows."""
        return Features(
            None if self.matrix is None else self.matrix[rows][:, rows],
            None if self.factor is None else self.factor[rows],
        )


def features(kernel: Kernel, covariates: Tensor, seed: int) -> Features:
    """The kernel on standardised `covariates` (n, width), float64.

    More rows than `MOST_EXACT`: an RBF kernel by `LANDMARKS` rows drawn with `seed` (Nyström).
    """
    n, width = covariates.shape
    if kernel is Kernel.LINEAR or not width:
        size = covariates.square().sum(1).mean().clamp(min=1e-12).sqrt()
        return Features(None, covariates / size)
    scale = width_of(covariates)
    if n <= MOST_EXACT:
        return Features(_rbf(covariates, covariates, scale), None)
    rng = generator(seed, "landmarks")
    marks = covariates[torch.randperm(n, generator=rng)[:LANDMARKS]]
    inner = _rbf(marks, marks, scale)
    inner.diagonal().add_(_JITTER * len(marks))
    values, vectors = torch.linalg.eigh(inner)
    root = vectors / values.clamp(min=_JITTER * len(marks)).sqrt()
    return Features(None, _rbf(covariates, marks, scale) @ root)


def rbf(covariates: Tensor) -> Tensor:
    """The whole RBF kernel (n, n) of covariates (n, width); rows of one kind have 1 everywhere."""
    return _rbf(covariates, covariates, width_of(covariates))


def width_of(covariates: Tensor) -> float:
    """Twice the square of the RBF's width: the median squared distance of two rows."""
    some = covariates.detach()[:: max(1, -(-len(covariates) // _MOST_PAIRED))]
    apart = torch.pdist(some).square()
    apart = apart[apart > 0]
    return float(apart.median()) if len(apart) else 1.0


def _rbf(left: Tensor, right: Tensor, scale: float) -> Tensor:
    return torch.cdist(left, right).square().div_(-scale).exp_()

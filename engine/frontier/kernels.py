"""In which functions of the covariates groups are made alike: kernels and their quadratic forms.

A kernel is scaled so that k(x, x) is 1 on average: outcomes whose systematic part varies as much as
their noise have a noise of variance 1 then, whatever the number of covariates.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.frontier.cholesky import Pivoted, pivoted, root_of
from engine.frontier.quadratic import Dense, Factored, Quadratic
from engine.frontier.slices import done
from engine.queries.balanced import Kernel as Kernel
from engine.seeds import generator

MOST_EXACT = 2048  # rows whose kernel is kept as a matrix
LANDMARKS = 512  # rows that stand for all others where there are more
CLOSE = 1e-6  # of K's trace: what a factor may lack to count as exact
_FEW = 3  # a factor pays off where it has so many times fewer columns than rows
_MOST_PAIRED = 1000  # rows whose distances give the width
_JITTER = 1e-10
_ALL = 1 - 1e-6  # a share of K's trace that is as good as all of it
_BLOCK = 256  # rows of a kernel per slice


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """A kernel on n rows: its matrix (n, n), or F (n, r) with K ≈ F Fᵀ; one of them is None.

    `told`: the share of K's trace that F tells, 1 where it is K but for rounding. `sketch`: an F
    that tells a part of the matrix, where one was found on the way.
    """

    matrix: Tensor | None
    factor: Tensor | None
    told: float = 1.0
    sketch: Tensor | None = None

    @property
    def landmarks(self) -> int:
        """How many rows stand for all; 0 where all do, or nothing is lost."""
        return self.factor.shape[1] if self.factor is not None and self.told < _ALL else 0

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
            return Dense(self.matrix, signs, ridge)
        if self.factor is None:
            raise ValueError("a kernel without numbers")
        return Factored(self.factor * signs[:, None], ridge)

    def among(self, rows: Tensor) -> "Features":
        """The same kernel on some of the rows."""
        return Features(
            None if self.matrix is None else self.matrix[rows][:, rows],
            None if self.factor is None else self.factor[rows],
            self.told,
            None if self.sketch is None else self.sketch[rows],
        )


def features(kernel: Kernel, covariates: Tensor, seed: int) -> Features:
    """The kernel on standardised `covariates` (n, width), float64.

    More rows than `MOST_EXACT`: an RBF kernel by `LANDMARKS` of them (Nyström), chosen by pivots
    among `MOST_EXACT` rows drawn with `seed`.
    """
    return done(feature_steps(kernel, covariates, seed))


def feature_steps(kernel: Kernel, covariates: Tensor, seed: int) -> Generator[None, None, Features]:
    """`features` in slices; a learnt kernel is the RBF of covariates already stretched."""
    n, width = covariates.shape
    if kernel is Kernel.LINEAR or not width:
        size = covariates.square().sum(1).mean().clamp(min=1e-12).sqrt()
        return Features(None, covariates / size)
    scale = width_of(covariates)
    yield None
    if n > MOST_EXACT:
        return (yield from _by_landmarks(covariates, scale, seed))
    few = yield from _few(covariates, scale, max(1, min(n // _FEW, LANDMARKS)), CLOSE)
    if float(few.left.sum()) <= CLOSE:
        return Features(None, few.factor)
    parts = []
    for start in range(0, n, _BLOCK):
        parts.append(_rbf(covariates[start : start + _BLOCK], covariates, scale))
        yield None
    return Features(torch.cat(parts), None, 1.0, few.factor)


def _few(
    covariates: Tensor, scale: float, most: int, close: float
) -> Generator[None, None, Pivoted]:
    """Pivots until `close` of the trace is left, the row nearest to the middle first."""
    n = len(covariates)
    middle = int((covariates - covariates.mean(0)).square().sum(1).argmin())

    def column(row: int) -> Tensor:
        return _rbf(covariates, covariates[row : row + 1], scale)[:, 0]

    return (yield from pivoted(column, middle, n, most, close))


def _by_landmarks(covariates: Tensor, scale: float, seed: int) -> Generator[None, None, Features]:
    n = len(covariates)
    rng = generator(seed, "landmarks")
    some = covariates[torch.randperm(n, generator=rng)[:MOST_EXACT]]
    few = yield from _few(some, scale, LANDMARKS, 0.0)
    marks = some[few.pivots]
    inner = _rbf(marks, marks, scale)
    inner.diagonal().add_(_JITTER * len(marks))
    root = root_of(inner)
    parts = []
    for start in range(0, n, 4 * _BLOCK):
        across = _rbf(marks, covariates[start : start + 4 * _BLOCK], scale)
        parts.append(torch.linalg.solve_triangular(root, across, upper=False).T)
        yield None
    factor = torch.cat(parts)
    return Features(None, factor, float(factor.square().sum()) / n)


def rbf(covariates: Tensor) -> Tensor:
    """The whole RBF kernel (n, n) of covariates (n, width); rows of one kind have 1 everywhere."""
    return rbf_of(covariates, width_of(covariates))


def rbf_of(covariates: Tensor, scale: float) -> Tensor:
    """The same for a known `width_of`."""
    return _rbf(covariates, covariates, scale)


def width_of(covariates: Tensor) -> float:
    """Twice the square of the RBF's width: the median squared distance of two rows that differ."""
    some = covariates.detach()[:: max(1, -(-len(covariates) // _MOST_PAIRED))].float()
    apart = torch.pdist(some).numpy()
    alike = int((apart == 0).sum())
    if alike == len(apart):
        return 1.0
    middle = alike + (len(apart) - alike - 1) // 2
    return float(np.partition(apart, middle)[middle]) ** 2


def _rbf(left: Tensor, right: Tensor, scale: float) -> Tensor:
    """exp(-|l - r|² / scale), (rows of left, rows of right)."""
    norms = left.square().sum(1), right.square().sum(1)
    apart = torch.addmm(norms[0][:, None] + norms[1], left, right.T, alpha=-2.0)
    return apart.clamp_(min=0.0).div_(-scale).exp_()

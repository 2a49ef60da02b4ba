"""What the outcome is on average in each group, given the covariates: ridge or boosted trees.

Over 5 folds: a row's prediction comes from rows of other folds, those of the other group's rows
are the mean of all 5. In each group straight lines and lines with bends are tried, shrunk a little,
more or much, and boosted trees that begin at nothing or at the best of these; what has the least
squared error on rows held out is used. The smaller group may also begin at what the larger one's
model says of it, so that few rows have little to learn.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.checks.estimators import FOLDS
from engine.checks.study import Column, Design, bent
from engine.frontier.boosting import boosted, splits
from engine.queries.balanced import OutcomeModel

SHRINKS = (1.0, 10.0, 100.0)  # rows' worth per standardised column
PATIENCE = 3  # looks at the rows held out without a lower error, then no more trees
MOST_BOOSTED = 12_000  # rows of a group that trees are grown on
MOST_ROWS = 50_000  # beyond, ridge only
_CAUTION = 0.005  # of ridge's error: by less trees are no better
_ROWS_EACH = 3  # rows of a group per column, for bends to be tried

Mask = NDArray[np.bool_]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """Means (n,) of the outcome in one group, at all rows, and how they were found."""

    at: Column
    model: OutcomeModel


def outcomes(
    covariates: Design,
    outcome: Column,
    treated: Mask,
    base: Column,
    fold: Codes,
    *,
    trees: bool = True,
    bends: bool = True,
) -> Generator[None, None, tuple[Means, Means]]:
    """Means among the treated and among the others, in slices.

    `base` is what a row counts, `fold` the fold of each row; without `trees` only ridge is tried,
    without `bends` only straight lines that begin at nothing.
    """
    trees = trees and len(outcome) <= MOST_ROWS
    group = _Group(covariates, outcome, base, fold, trees, bends)
    first_is_larger = 2 * int(treated.sum()) >= len(treated)
    larger = treated if first_is_larger else ~treated
    many = yield from group.means(larger, None)
    few = yield from group.means(~larger, many.at if bends else None)
    return (many, few) if first_is_larger else (few, many)


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """What the model of each fold's other rows says of all rows, (folds, n)."""

    at: Design

    def error(self, group: "_Group", weights: Column) -> float:
        """Mean squared error on rows held out."""
        left = group.outcome - self.at[group.fold, np.arange(len(group.fold))]
        return float(weights @ left**2 / weights.sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    covariates: Design
    outcome: Column
    base: Column
    fold: Codes
    trees: bool
    bends: bool

    def means(self, mine: Mask, like: Column | None) -> Generator[None, None, Means]:
        """Those of the rows `mine`; `like` is what another group's model says."""
        weights = np.where(mine, self.base, 0.0)
        middle = float(weights @ self.outcome / weights.sum())
        spread = float(weights @ (self.outcome - middle) ** 2 / weights.sum()) + 1e-300
        best = yield from self._lines(weights, like)
        found = {"ridge": best}
        if self.trees:
            further = yield from self._boosted(weights, best)
            if self._better(further, best, weights):  # else trees alone are no better either
                alone = yield from self._boosted(weights, None)
                further = min(further, alone, key=lambda one: one.error(self, weights))
            found["boosted"] = further
        errors = {kind: one.error(self, weights) / spread for kind, one in found.items()}
        better = self.trees and self._better(found["boosted"], best, weights)
        kind = "boosted" if better else "ridge"
        at = found[kind].at
        own = at[self.fold, np.arange(len(self.fold))]
        told = OutcomeModel(better, errors["ridge"], errors.get("boosted"))
        return Means(np.where(mine, own, at.mean(0)), told)

    def _better(self, trees: _Tried, line: _Tried, weights: Column) -> bool:
        return trees.error(self, weights) < (1 - _CAUTION) * line.error(self, weights)

    def _lines(self, weights: Column, like: Column | None) -> Generator[None, None, _Tried]:
        """The best ridge regression."""
        tried: list[_Tried] = []
        designs = [self.covariates, *([bent(self.covariates)] if self.bends else [])]
        for design in designs:
            if tried and design.shape[1] * _ROWS_EACH > (weights > 0).sum():
                break
            tried += yield from self._ridges(design, weights, np.zeros_like(self.outcome))
            if like is not None:
                tried += yield from self._ridges(design, weights, like)
        return min(tried, key=lambda one: one.error(self, weights))

    def _ridges(
        self, design: Design, weights: Column, start: Column
    ) -> Generator[None, None, list[_Tried]]:
        """One model per shrinkage, by one eigendecomposition per fold."""
        found = np.zeros((len(SHRINKS), FOLDS, len(self.outcome)))
        rows = np.flatnonzero(weights > 0)
        mine, left = design[rows], (self.outcome - start)[rows]
        for k in range(FOLDS):
            w = np.where(self.fold[rows] == k, 0.0, weights[rows])
            total = w.sum()
            middle, mean = w @ mine / total, float(w @ left / total)
            centred = mine - middle
            values, vectors = np.linalg.eigh(centred.T @ (centred * w[:, None]))
            pull = vectors.T @ (centred.T @ (w * (left - mean)))
            steep = vectors @ (pull[:, None] / np.add.outer(values.clip(min=0.0), SHRINKS))
            found[:, k] = (design @ steep).T + (mean - middle @ steep)[:, None] + start
            yield None
        return [_Tried(at) for at in found]

    def _boosted(self, weights: Column, start: _Tried | None) -> Generator[None, None, _Tried]:
        """Boosted trees, as many as the rows held out say, all folds side by side."""
        mine = np.stack([np.where(self.fold == k, 0.0, weights) for k in range(FOLDS)])
        rows = np.flatnonzero(weights > 0)
        rows = rows[:: max(1, -(-len(rows) // MOST_BOOSTED))]
        steps = splits(self.covariates)
        yield None
        flat = np.repeat((mine @ self.outcome / mine.sum(1))[:, None], len(self.outcome), 1)
        best = base = start or _Tried(flat)
        least, waited = base.error(self, weights), 0
        left = (self.outcome - base.at)[:, rows]
        for more in boosted(steps[rows], left, mine[:, rows], steps):
            yield None
            if more is None:
                continue
            now = _Tried(base.at + more)
            error = now.error(self, weights)
            best, least, waited = (now, error, 0) if error < least else (best, least, waited + 1)
            if waited == PATIENCE:
                break
        return best

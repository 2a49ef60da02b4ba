"""Boosted trees: shallow ones on binned columns, each fitted to what the ones before leave over.

Gradient boosting of squared error (Friedman, Ann. Statist. 2001) with splits between bins (Ke et
al., NeurIPS 2017), several models of the same columns side by side: a histogram of all nodes of all
models is one product of matrices. It goes on from another model's predictions, such as a straight
line's: trees do not go on where rows end, lines do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.checks.study import Design

BINS = 16  # per column
DEPTH = 3
RATE = 0.1  # of a leaf's mean is added
SHRINK = 1.0  # rows' worth of zeros in each leaf
LEAST = 5.0  # rows' worth in a leaf
TREES = 120
EVERY = 10  # trees between two looks

Splits = NDArray[np.float32]
Codes = NDArray[np.int64]


def splits(covariates: Design) -> Splits:
    """1 where a row lies left of a split, (rows, splits): the inner quantiles of each column.

    All gaps of a column with few values.
    """
    found = []
    for column in covariates.T:
        values = np.unique(column)
        cuts = (values[1:] + values[:-1]) / 2
        if len(cuts) >= BINS:
            cuts = np.unique(np.quantile(column, np.arange(1, BINS) / BINS))
        found.append(column[:, None] < cuts)
    return np.concatenate([np.empty((len(covariates), 0)), *found], axis=1, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """One tree per model: the split of each inner node, level by level, and a value per leaf."""

    at: Codes
    leaves: Design

    def __call__(self, rows: Splits) -> Design:
        """Their values at each row, (models, rows)."""
        node = np.zeros((len(self.at), len(rows)), dtype=np.int64)
        for level in range(DEPTH):
            node = _below(rows, node, self.at[:, 2**level - 1 : 2 ** (level + 1) - 1])
        return self.leaves[np.arange(len(node))[:, None], node]


def boosted(rows: Splits, left: Design, weights: Design, at: Splits) -> Iterator[Design | None]:
    """After every `EVERY` trees what they add at the rows `at`, (models, rows there); else None.

    `left` (models, n) is what is to be told and `weights` (models, n) what each row counts.
    """
    left, told = left.copy(), np.zeros((len(left), len(at)))
    for count in range(1, TREES + 1):
        trees = grown(rows, left, weights)
        left -= trees(rows)
        told = told + trees(at)
        yield told if count % EVERY == 0 else None


def grown(rows: Splits, left: Design, weights: Design) -> Trees:
    """A tree of `DEPTH` levels per model, for weighted rows, shrunk by `RATE`."""
    models, n = left.shape
    places = np.zeros((models, 2**DEPTH - 1), dtype=np.int64)
    node = np.zeros((models, n), dtype=np.int64)
    parts = np.stack([weights * left, weights]).astype(np.float32)
    for level in range(DEPTH):
        many, first = 2**level, 2**level - 1
        inside = node[:, None] == np.arange(many)[:, None]
        share = (parts[:, :, None] * inside).reshape(-1, n)
        sums, counts = (share @ rows).reshape(2, models, many, -1)
        whole, all_ = share.sum(1).reshape(2, models, many, 1)
        best = _best(sums, counts, whole, all_)
        places[:, first : first + many] = best
        node = _below(rows, node, best)
    leaves = 2**DEPTH
    flat = (node + leaves * np.arange(models)[:, None]).ravel()
    total, count = (
        np.bincount(flat, part.ravel(), models * leaves).reshape(models, leaves)
        for part in (weights * left, weights)
    )
    return Trees(places, RATE * total / (count + SHRINK))


def _best(sums: Splits, counts: Splits, whole: Splits, all_: Splits) -> Codes:
    """The split of each node (models, nodes) that explains most; -1: none leaves rows enough."""
    if not sums.shape[-1]:
        return np.full(sums.shape[:-1], -1)
    rest = all_ - counts
    gain = sums**2 / (counts + SHRINK) + (whole - sums) ** 2 / (rest + SHRINK)
    gain[(counts < LEAST) | (rest < LEAST)] = -1.0
    best = gain.argmax(-1)
    found = np.take_along_axis(gain, best[..., None], -1)[..., 0]
    return np.where(found >= 0, best, -1)


def _below(rows: Splits, node: Codes, places: Codes) -> Codes:
    """The child of each row's node: the left one has even number; without a split all go left."""
    mine = places[np.arange(len(places))[:, None], node]
    right = (mine >= 0) & (rows[np.arange(len(rows)), mine] == 0) if rows.shape[1] else False
    return 2 * node + right

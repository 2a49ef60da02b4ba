"""Calibration on held-out rows: does what happens happen as often as predicted, for all parents?

For values with an order, the probability integral transform u = F(x | parents) is uniform and
independent of the parents exactly if F is right (Rosenblatt 1952; Dawid 1984; for discrete values
drawn within the step, Czado, Gneiting, Held, Biometrics 2009). For categories without order,
predicted probabilities are compared with shares, by cumulative sums instead of bins
(Arrieta-Ibarra, Gujral, Tannen, Tygert, Xu, JMLR 2022). The size of a misfit comes first, its
chance second.

The mechanism itself was learnt from m rows; its error counts like that of a second sample, so n
held-out rows are worth n m / (n + m) in every test.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.queries.answers import Calibration

Column = NDArray[np.float64]

MOST_BINS, ROWS_PER_BIN = 20, 20
CHANCE_BINS = 10
KS_95, PATH_95 = 1.3581, 2.2414  # 95 % points of sup |Brownian bridge| and of sup |Brownian motion|
SPEARMAN = 1.06  # variance of atanh(rank correlation) · (n - 3): Fieller, Hartley, Pearson 1957
FEWEST_HITS = 5.0  # variance Σ p (1 - p) below which a category is too rare to be tested


@dataclass(frozen=True, slots=True)
class Parent:
    """One parent of the held-out rows (n,): numbers, or codes of `levels` categories."""

    name: str
    values: Column
    levels: int = 0

    def columns(self) -> list[Column]:
        """Columns that have an order: the numbers, or one 0/1 column per category but the first."""
        if not self.levels:
            return [self.values]
        return [(self.values == code).astype(np.float64) for code in range(1, self.levels)]

    def folded(self) -> list[Column]:
        """How far numbers are from their median, in ranks."""
        if self.levels or len(np.unique(self.values)) < 3:
            return []
        return [np.abs(_ranks(self.values) - 0.5 * (len(self.values) + 1))]


def of_shares(u: Column, parents: Sequence[Parent], learnt: int) -> Calibration:
    """Calibration of u = F(x | parents), (n,) in 0 … 1; `learnt` rows made F.

    `misplaced` is the Kolmogorov-Smirnov distance from uniform: no predicted probability of an
    interval up to x is off by more. Dependence on parents is by rank correlation, of u for the
    level and of |2u - 1| for the spread; with a number's distance from its median too, so that a
    bend is seen.
    """
    bins = max(5, min(MOST_BINS, len(u) // ROWS_PER_BIN))
    observed = np.bincount(np.clip((u * bins).astype(np.int64), 0, bins - 1), minlength=bins)
    distance, worth = uniform_distance(u), len(u) * learnt / (len(u) + learnt)
    found = [
        (parent.name, rank_correlation(column, part), spread)
        for parent in parents
        for column in (*parent.columns(), *parent.folded())
        for spread, part in ((False, u), (True, np.abs(2 * u - 1)))
    ]
    name, drift, spread = max(found, key=lambda one: abs(one[1]), default=("", 0.0, False))
    return Calibration(
        rows=len(u),
        observed=tuple(int(count) for count in observed),
        expected=(len(u) / bins,) * bins,
        misplaced=distance,
        at_most=min(1.0, distance + KS_95 / math.sqrt(worth)),
        p=kolmogorov_p(distance, worth),
        parent=name,
        drift=drift,
        p_parent=min(1.0, len(found) * rank_p(drift, worth)) if found else 1.0,
        spread=spread,
    )


def of_chances(
    chances: Column, codes: NDArray[np.int64], parents: Sequence[Parent], learnt: int
) -> Calibration:
    """Calibration of predicted probabilities (n, k) of categories without order.

    Rows are put in order by a category's probability (for `misplaced`), or by a parent (for
    `drift`); the sums of (seen - predicted) along that order are a Brownian motion if all is right.
    """
    rows, k = chances.shape
    asked = range(1, k) if k == 2 else range(k)
    gaps = [(codes == code) - chances[:, code] for code in asked]
    own = [largest_sum(gap, chances[:, code]) for gap, code in zip(gaps, asked, strict=True)]
    variances = [float((p * (1 - p)).sum()) for p in (chances[:, code] for code in asked)]
    inflated = 1 + rows / learnt
    tested = [j for j, variance in enumerate(variances) if variance >= FEWEST_HITS]
    scales = [math.sqrt(variance * inflated) for variance in variances]
    found = [
        (parent.name, largest_sum(gaps[j], column), j)
        for parent in parents
        for column in parent.columns()
        for j in tested
    ]
    name, drift, at = max(found, key=lambda one: one[1] / scales[one[2]], default=("", 0.0, 0))
    worst = max(tested, key=lambda j: own[j] / scales[j], default=None)
    observed, expected = _binned(chances, codes, asked)
    return Calibration(
        rows=rows,
        observed=observed,
        expected=expected,
        misplaced=max(own, default=0.0) / rows,
        at_most=min(1.0, max((o + PATH_95 * s for o, s in zip(own, scales, strict=True))) / rows),
        p=1.0 if worst is None else min(1.0, len(tested) * path_p(own[worst] / scales[worst])),
        parent=name,
        drift=drift / rows,
        p_parent=min(1.0, len(found) * path_p(drift / scales[at])) if found else 1.0,
        chances=True,
    )


def randomised(chances: Column, codes: NDArray[np.int64], draws: Column) -> Column:
    """u = F(x - 1) + v p(x) of ordered categories: `chances` (n, k), `draws` v (n,) in 0 … 1."""
    upto = np.cumsum(chances, 1)
    at = np.arange(len(codes)), codes
    return np.clip(upto[at] - chances[at] * (1 - draws), 0.0, 1.0)


def gain(scores: Column, baseline: Column) -> tuple[float, float | None]:
    """Mean of the paired difference of two scores (n,), nats per row, and its standard error."""
    gaps = scores - baseline
    if len(gaps) < 2 or not np.isfinite(gaps).all():
        return float("nan"), None
    return float(gaps.mean()), float(gaps.std(ddof=1) / math.sqrt(len(gaps)))


def uniform_distance(u: Column) -> float:
    """Kolmogorov-Smirnov: sup |F_n(u) - u|."""
    ordered, n = np.sort(u), len(u)
    steps = np.arange(1, n + 1) / n
    return float(max((steps - ordered).max(), (ordered - steps).max() + 1 / n))


def kolmogorov_p(distance: float, rows: float) -> float:
    """Chance of a distance so large or larger: Kolmogorov's law in Stephens' (1970) argument."""
    root = math.sqrt(rows)
    x = (root + 0.12 + 0.11 / root) * distance
    if x < 0.3:
        return 1.0
    terms = (2 * (-1) ** (j - 1) * math.exp(-2 * (j * x) ** 2) for j in range(1, 101))
    return min(1.0, max(0.0, math.fsum(terms)))


def path_p(height: float) -> float:
    """P(sup |B(t)| ≥ height) of Brownian motion on 0 … 1, by reflection."""
    if height < 0.3:
        return 1.0
    rate = math.pi**2 / (8 * height**2)
    terms = ((-1) ** j / (2 * j + 1) * math.exp(-((2 * j + 1) ** 2) * rate) for j in range(200))
    return min(1.0, max(0.0, 1 - 4 / math.pi * math.fsum(terms)))


def rank_correlation(a: Column, b: Column) -> float:
    """Spearman's correlation, ties at their mean rank; 0 where one does not vary."""
    ranks = [_ranks(column) for column in (a, b)]
    ranks = [rank - rank.mean() for rank in ranks]
    size = math.sqrt(float((ranks[0] @ ranks[0]) * (ranks[1] @ ranks[1])))
    return float(ranks[0] @ ranks[1]) / size if size > 0 else 0.0


def rank_p(r: float, rows: float) -> float:
    """Two-sided chance of a rank correlation, by Fisher's transform."""
    if rows <= 4:
        return 1.0
    z = math.atanh(min(abs(r), 1 - 1e-12)) * math.sqrt((rows - 3) / SPEARMAN)
    return math.erfc(z / math.sqrt(2))


def largest_sum(gaps: Column, order: Column) -> float:
    """Largest |sum of `gaps` (n,) over the rows whose `order` is at most c|, over all c."""
    by = np.argsort(order, kind="stable")
    ends = np.append(np.diff(order[by]) > 0, True)
    return float(np.abs(np.cumsum(gaps[by])[ends]).max())


def _ranks(column: Column) -> Column:
    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - 0.5 * (counts - 1))[place.ravel()], dtype=np.float64)


def _binned(
    chances: Column, codes: NDArray[np.int64], asked: Sequence[int]
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Hits and predicted hits by predicted probability, over the categories asked."""
    chosen = chances[:, list(asked)]
    hits = codes[:, None] == np.array(asked)
    where = np.clip((chosen * CHANCE_BINS).astype(np.int64), 0, CHANCE_BINS - 1).ravel()
    observed = np.bincount(where, hits.ravel(), minlength=CHANCE_BINS)
    expected = np.bincount(where, chosen.ravel(), minlength=CHANCE_BINS)
    return tuple(int(count) for count in observed), tuple(float(count) for count in expected)

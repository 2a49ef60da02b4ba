"""Estimators of an effect beside the model: regression, weighting, and both (doubly robust).

All rest on the same graph: they adjust for the same variables, so that their agreement says nothing
about hidden causes. Each is a mean over rows plus an error that is also one, so that standard
errors come from the spread of what each row adds (its influence), by cluster where there are some.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from engine.checks.study import FEWEST, Column, Design, Study, bent
from engine.data.rows import standard_error
from engine.errors import QueryError
from engine.queries.answers import Interval

FOLDS = 5
ROWS_EACH = 10  # rows per column of an outcome model with squares and products
RIDGE = 1.0  # rows' worth of shrinkage per standardised column
LIGHT = 0.01  # the same where the model is small, only so that a maximum exists
CLIP = 0.01  # chances of treatment nearer to 0 or 1 are taken for this
STEPS, SETTLED = 50, 1e-9
QUANTILE = 1.6448536269514722  # of the 90 % interval

REGRESSION = "adjustment regression"
WEIGHTING = "inverse probability weighting"
BOTH = "doubly robust (AIPW, cross-fitted)"


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate in the outcome's unit with its 90 % interval, from sampling alone.

    `clipped`: share of rows whose chance of a treatment was so small that it was raised to .01.
    """

    method: str
    value: float
    error: float
    rows: int
    clipped: float = 0.0

    @property
    def interval(self) -> Interval:
        """90 %: the graph is taken as given."""
        return self.value - QUANTILE * self.error, self.value + QUANTILE * self.error


def estimates(study: Study, rng: Generator) -> Iterator[Estimate]:
    """One after another; of a treatment that is a number only the regression."""
    yield regression(study)
    if study.discrete:
        yield weighting(study)
        yield doubly_robust(study, rng)


def agreement(found: Sequence[Estimate]) -> str:
    """How the estimators stand to one another, in words."""
    if len(found) < 2:
        return ""
    low = max(one.interval[0] for one in found)
    high = min(one.interval[1] for one in found)
    if low <= high:
        return f"{len(found)} estimators agree (same assumptions; says nothing about hidden causes)"
    ends = sorted(found, key=lambda one: one.value)
    return (
        f"{len(found)} estimators disagree ({ends[0].method} {ends[0].value:.4g}, "
        f"{ends[-1].method} {ends[-1].value:.4g}): a straight line, or the overlap, misleads one"
    )


def regression(study: Study) -> Estimate:
    """Least squares with the treatment's product with every centred covariate (Lin, AoAS 2013).

    The contrast is a mean of the model over all rows; of a number, a straight line in it.
    """
    weights = study.weights / study.weights.sum()
    centred = study.covariates - weights @ study.covariates
    levels = [study.value, study.other]
    if study.discrete:
        levels += [v for v in np.unique(study.treatment) if v not in levels]

    def features(treatment: Column) -> Design:
        arms = [(treatment == v).astype(np.float64) for v in levels if v != study.other]
        arms = arms if study.discrete else [treatment - weights @ study.treatment]
        parts = [np.ones(len(treatment)), *arms, centred, *(arm[:, None] * centred for arm in arms)]
        return np.column_stack(parts)

    design = features(study.treatment)
    sides = [features(np.full(study.rows, v)) for v in (study.value, study.other)]
    gram = design.T @ (design * weights[:, None])
    slopes = np.linalg.lstsq(gram, design.T @ (weights * study.outcome), rcond=None)[0]
    rank = int(np.linalg.matrix_rank(gram))
    room = study.rows - rank
    if room < 2:
        raise QueryError("There are too few complete rows for this regression")
    left = (study.outcome - design @ slopes) * np.sqrt(study.rows / room)
    each = (sides[0] - sides[1]) @ slopes
    pull = np.linalg.pinv(gram, hermitian=True) @ (weights @ (sides[0] - sides[1]))
    influence = each + (design @ pull) * left
    value = float(weights @ each)
    return _told(REGRESSION, value, influence, study)


def weighting(study: Study) -> Estimate:
    """Rows weighted by 1 / P(their treatment | covariates), each side summing to 1 (Hájek).

    The standard error knows that these chances were estimated: what the score of their logistic
    model explains of the influence is taken away (Lunceford, Davidian, Stat. Med. 2004).
    """
    weights = study.weights / study.weights.mean()
    wide = np.column_stack([np.ones(study.rows), study.covariates])
    influence, value, clipped = np.zeros(study.rows), 0.0, 0.0
    for level, sign in ((study.value, 1.0), (study.other, -1.0)):
        took = (study.treatment == level).astype(np.float64)
        raw = chances(wide, took, weights, wide, LIGHT)
        chance = np.maximum(raw, CLIP)
        clipped = max(clipped, float((raw < CLIP).mean()))
        share = took / chance
        mean = float(weights @ (share * study.outcome) / (weights @ share))
        own = share * (study.outcome - mean) / float(weights @ share / weights.sum())
        scores = wide * (took - raw)[:, None]
        fit = np.linalg.lstsq(
            scores * np.sqrt(weights)[:, None], own * np.sqrt(weights), rcond=None
        )[0]
        influence += sign * (own - scores @ fit)
        value += sign * mean
    return _told(WEIGHTING, value, influence, study, clipped)


def doubly_robust(study: Study, rng: Generator) -> Estimate:
    """AIPW, cross-fitted over 5 folds (Chernozhukov et al., Econometrics J. 2018).

    m₁(x) - m₀(x) + t (y - m₁) / e₁ - (1 - t) (y - m₀) / e₀ per row; m by ridge, e by logistic
    regression, from the other folds, both with squares and products where rows are many. The shares
    t / e are scaled to 1 on average in each group, so that a few small chances do not rule.
    """
    wide = np.column_stack([np.ones(study.rows), curved(study)])
    fold, weights = folds(study, rng), study.weights / study.weights.mean()
    influence, clipped = np.zeros(study.rows), 0.0
    for level, sign in ((study.value, 1.0), (study.other, -1.0)):
        took = (study.treatment == level).astype(np.float64)
        mean, share = np.zeros(study.rows), np.zeros(study.rows)
        for k in range(FOLDS):
            here, there = fold == k, fold != k
            arm = there & (took > 0)
            mean[here] = wide[here] @ ridge(wide[arm], study.outcome[arm], study.weights[arm])
            raw = chances(wide[there], took[there], study.weights[there], wide[here])
            clipped += float((raw < CLIP).sum()) / study.rows / 2
            share[here] = took[here] / np.maximum(raw, CLIP)
        share /= float(weights @ share) / study.rows
        influence += sign * (mean + share * (study.outcome - mean))
    value = float(study.weights @ influence / study.weights.sum())
    return _told(BOTH, value, influence, study, clipped)


def curved(study: Study) -> Design:
    """The covariates, with their squares and products where rows carry so many columns."""
    wide = bent(study.covariates)
    return wide if wide.shape[1] * ROWS_EACH <= study.rows else study.covariates


def _told(
    method: str, value: float, influence: Column, study: Study, clipped: float = 0.0
) -> Estimate:
    error = standard_error(influence, study.weights, study.clusters)
    return Estimate(method, value, error, study.rows, clipped)


def folds(study: Study, rng: Generator) -> NDArray[np.int64]:
    """Fold of each row; clusters stay whole, and treatments are spread evenly where rows stand."""
    if study.clusters is not None:
        names, place = np.unique(study.clusters, return_inverse=True)
        return np.asarray(rng.permutation(len(names))[place] % FOLDS)
    order = np.lexsort((rng.random(study.rows), study.treatment))
    fold = np.empty(study.rows, dtype=np.int64)
    fold[order] = np.arange(study.rows) % FOLDS
    for level in (study.value, study.other):
        if min(np.bincount(fold[study.treatment == level], minlength=FOLDS)) < FEWEST // FOLDS:
            raise QueryError("There are too few complete rows to split into 5 folds")
    return fold


def fitted_mean(design: Design, target: Column, weights: Column) -> Column:
    """The ridge regression of `target` on `design` (first column ones), at all of its rows."""
    return np.asarray(design @ ridge(design, target, weights))


def ridge(design: Design, target: Column, weights: Column) -> Column:
    """Least squares, shrunk but for the first column (ones)."""
    gram = design.T @ (design * weights[:, None])
    shrink = np.full(len(gram), RIDGE)
    shrink[0] = 1e-9
    found = np.linalg.solve(gram + np.diag(shrink), design.T @ (weights * target))
    return np.asarray(found, dtype=np.float64)


def chances(
    design: Design, took: Column, weights: Column, at: Design, ridge: float = RIDGE
) -> Column:
    """P(took | design) by logistic regression, a little shrunk, at the rows `at`."""
    shrink = np.full(design.shape[1], ridge)
    shrink[0] = 1e-9
    slopes: Column = np.zeros(design.shape[1])
    step, best = np.zeros_like(slopes), -np.inf
    for _ in range(STEPS):
        score = design @ (slopes + step)
        loss = weights @ (took * score - np.logaddexp(0, score))
        value = float(loss - shrink @ (slopes + step) ** 2 / 2)
        if value < best - SETTLED:
            step = step / 2
            continue
        slopes, gain, best = slopes + step, value - best, value
        if gain < SETTLED:
            break
        chance = 1 / (1 + np.exp(-score))
        slope = design.T @ (weights * (took - chance)) - shrink * slopes
        bend = design.T @ (design * (weights * chance * (1 - chance))[:, None])
        step = np.asarray(np.linalg.solve(bend + np.diag(shrink), slope), dtype=np.float64)
    return np.asarray(1 / (1 + np.exp(-(at @ slopes))))

"""What stands beside a balanced effect: other estimators of the same estimand, by its weights.

Rows are weighted by h(e) over the chance of the group they are in, where e is the chance of the
treatment: h = 1 everybody, h = e the treated, h = e (1 - e) where groups overlap (Li, Morgan,
Zaslavsky, J. Am. Stat. Assoc. 2018). The overlap of a support vector machine is another one, with
sharper ends. Standard errors come from what each row adds, by cluster where there are some.
"""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from engine.checks.estimators import (
    CLIP,
    FOLDS,
    LIGHT,
    Estimate,
    chances,
    curved,
    folds,
    ridge,
)
from engine.checks.estimators import doubly_robust as of_everybody
from engine.checks.study import Column, Study
from engine.data.rows import standard_error
from engine.queries.balanced import Estimand

NAIVE = "difference as it is"
WEIGHTING = "inverse weighting, self-normalised"
BOTH = "doubly robust (AIPW, cross-fitted)"


def others(study: Study, estimand: Estimand, rng: Generator) -> Iterator[Estimate]:
    """One after another; all rows of `study` are at one of its two values."""
    yield naive(study)
    if study.covariates.shape[1]:
        yield weighting(study, estimand)
        yield doubly_robust(study, estimand, rng)


def chance_of_treatment(study: Study) -> Column:
    """P(value | covariates) of each row, by logistic regression, as weighting takes it."""
    wide = np.column_stack([np.ones(study.rows), study.covariates])
    return chances(wide, _took(study), study.weights / study.weights.mean(), wide, LIGHT)


def naive(study: Study) -> Estimate:
    """The difference of the groups' means, nothing held."""
    took = _took(study)
    return _weighted(NAIVE, study, took, 1 - took)


def weighting(study: Study, estimand: Estimand) -> Estimate:
    """Σ w y / Σ w among the treated minus that among the others, w = h / chance of the own group.

    The error knows that chances were estimated: a row moves their coefficients by what its score
    says, and these move the means (M-estimation; Lunceford, Davidian, Stat. Med. 2004).
    """
    took, wide = _took(study), np.column_stack([np.ones(study.rows), study.covariates])
    base = study.weights / study.weights.mean()
    raw = chances(wide, took, base, wide, LIGHT)
    e = np.clip(raw, CLIP, 1 - CLIP)
    (first, first_slope), (second, second_slope) = _weights(estimand, e)
    result = _weighted(WEIGHTING, study, took * first, (1 - took) * second)
    y, bend = study.outcome, e * (1 - e) * (raw == e)
    parts = []
    for arm, weight, steep in ((took, first, first_slope), (1 - took, second, second_slope)):
        total = float(base @ (arm * weight))
        mean = float(base @ (arm * weight * y)) / total
        own = arm * weight * (y - mean) / total
        moves = wide.T @ (base * arm * steep * bend * (y - mean)) / total
        parts.append((own, moves))
    inner = wide.T @ (wide * (base * raw * (1 - raw))[:, None])
    inner.flat[:: len(inner) + 1] += LIGHT
    pull = np.linalg.solve(inner, parts[0][1] - parts[1][1])
    each = study.rows * (parts[0][0] - parts[1][0] + (wide @ pull) * (took - raw))
    error = standard_error(each, base, study.clusters)
    clipped = float((raw != e).mean())
    return Estimate(WEIGHTING, result.value, error, study.rows, clipped)


def doubly_robust(study: Study, estimand: Estimand, rng: Generator) -> Estimate:
    """The same by an outcome model and the chance, each mending the other, over 5 folds.

    Σ [h (residuals over chances) + (h + h' (t - e)) (m₁ - m₀)] / Σ (h + h' (t - e)): the influence
    function of a weighted effect whose chances are unknown (Hirano, Imbens, Ridder 2003; Crump
    et al. 2006). Of everybody it is AIPW, of the treated its usual form. The weights h over chances
    are scaled to the sum that they estimate, in each group.
    """
    if estimand is Estimand.ATE:
        return of_everybody(study, rng)
    took, n = _took(study), study.rows
    wide = np.column_stack([np.ones(n), curved(study)])
    fold, clipped = folds(study, rng), 0.0
    gap, size = np.zeros(n), np.zeros(n)
    sides = [(np.zeros(n), np.zeros(n)) for _ in range(2)]  # weights, and what a model leaves over
    for k in range(FOLDS):
        here, there = fold == k, fold != k
        raw = chances(wide[there], took[there], study.weights[there], wide[here])
        e = np.clip(raw, CLIP, 1 - CLIP)
        clipped += float((raw != e).sum()) / n
        means = []
        for arm in (there & (took > 0), there & (took == 0)):
            slopes = ridge(wide[arm], study.outcome[arm], study.weights[arm])
            means.append(wide[here] @ slopes)
        (first, _), (second, _) = _weights(estimand, e)
        t, y = took[here], study.outcome[here]
        gap[here] = means[0] - means[1]
        for side, weight, mean in zip(sides, (t * first, (1 - t) * second), means, strict=True):
            side[0][here], side[1][here] = weight, y - mean
        size[here] = _tilt(estimand, e) + _tilt_slope(estimand, e) * (t - e)
    total = float(study.weights @ size)
    parts = [w * over * total / float(study.weights @ w) for w, over in sides]
    left = parts[0] - parts[1]
    value = float(study.weights @ (left + size * gap)) / total
    each = (left + size * (gap - value)) * float(study.weights.sum()) / total
    error = standard_error(each, study.weights, study.clusters)
    return Estimate(BOTH, value, error, n, clipped)


def _took(study: Study) -> Column:
    return np.asarray(study.treatment == study.value, dtype=np.float64)


def _tilt(estimand: Estimand, e: Column) -> Column:
    """h(e)."""
    if estimand is Estimand.ATE:
        return np.ones_like(e)
    return e if estimand is Estimand.ATT else np.asarray(e * (1 - e))


def _tilt_slope(estimand: Estimand, e: Column) -> Column:
    """h'(e)."""
    if estimand is Estimand.ATE:
        return np.zeros_like(e)
    return np.ones_like(e) if estimand is Estimand.ATT else np.asarray(1 - 2 * e)


def _weights(estimand: Estimand, e: Column) -> tuple[tuple[Column, Column], tuple[Column, Column]]:
    """h / e and h / (1 - e), each with its derivative in e."""
    one = np.ones_like(e)
    if estimand is Estimand.ATE:
        return (1 / e, -1 / e**2), (1 / (1 - e), 1 / (1 - e) ** 2)
    if estimand is Estimand.ATT:
        return (one, 0 * one), (e / (1 - e), 1 / (1 - e) ** 2)
    return (1 - e, -one), (e, one)


def _weighted(method: str, study: Study, first: Column, second: Column) -> Estimate:
    """Difference of two weighted means, weights taken as given."""
    base, y = study.weights, study.outcome
    value, each = 0.0, np.zeros(study.rows)
    for weight, sign in ((first, 1.0), (second, -1.0)):
        total = float(base @ weight)
        mean = float(base @ (weight * y)) / total
        value += sign * mean
        each += sign * weight * (y - mean) * float(base.sum()) / total
    return Estimate(method, value, standard_error(each, base, study.clusters), study.rows)

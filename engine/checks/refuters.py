"""Refuters: would the estimate also come out where it must not, or go away where it must stay?

Four of them, all over the adjustment regression (Sharma, Kiciman, DoWhy, 2020): a treatment
shuffled among rows and an outcome drawn at random must give nothing, one more cause that is pure
chance and a part of the rows must give much the same. Passing says little: a hidden cause passes
all four.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from engine.checks.estimators import QUANTILE, Estimate, regression
from engine.checks.study import Column, Study, rows_of
from engine.queries.answers import Interval

PLACEBOS, CAUSES, SUBSETS, OUTCOMES = 100, 20, 50, 100
KEPT = 0.8  # share of rows in a subset
MOVED = 0.3  # standard errors by which a cause of pure chance may move an estimate
BY_CHANCE = 0.01  # below which a refuter is not as it should be

PLACEBO = "placebo treatment"
CAUSE = "random common cause"
SUBSET = "subset of the rows"
DUMMY = "dummy outcome"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one refuter has come."""

    refuter: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Refutation:
    """What a refuter found: the mean of its estimates, where 90 % of them lie, and the chance.

    `p`: that estimates like these come about if all is as it should be; `surprising` below .01.
    """

    refuter: str
    mean: float
    spread: Interval
    p: float
    words: str

    @property
    def surprising(self) -> bool:
        """True where something is wrong with the estimate, or with the data behind it."""
        return self.p < BY_CHANCE


def refute(study: Study, rng: Generator) -> Iterator[Progress | Refutation]:
    """The four refuters, one estimate a step; stop asking and it stops."""
    estimate = regression(study)
    for name, many, change, judge in (
        (PLACEBO, PLACEBOS, placebo, _nothing),
        (DUMMY, OUTCOMES, dummy_outcome, _nothing),
        (CAUSE, CAUSES, random_cause, _same),
        (SUBSET, SUBSETS, subset, _part),
    ):
        found: list[Estimate] = []
        for done in range(1, many + 1):
            found.append(regression(change(study, rng)))
            yield Progress(name, done, many)
        yield judge(name, estimate, found)


def placebo(study: Study, rng: Generator) -> Study:
    """The treatment shuffled among the rows; clusters are shuffled within themselves.

    Where each cluster has one treatment, the clusters exchange theirs.
    """
    order = rng.permutation(study.rows)
    if study.clusters is not None:
        _, first, place = np.unique(study.clusters, return_index=True, return_inverse=True)
        each = study.treatment[first]
        if np.array_equal(each[place], study.treatment):
            return replace(study, treatment=rng.permutation(each)[place])
        order = order[np.argsort(study.clusters[order], kind="stable")]
        home = np.argsort(study.clusters, kind="stable")
        shuffled = np.empty_like(study.treatment)
        shuffled[home] = study.treatment[order]
        return replace(study, treatment=shuffled)
    return replace(study, treatment=study.treatment[order])


def dummy_outcome(study: Study, rng: Generator) -> Study:
    """Another outcome in its place: normal, of the same mean and spread, caused by nothing."""
    mean, spread = float(study.outcome.mean()), float(study.outcome.std())
    return replace(study, outcome=mean + spread * rng.standard_normal(study.rows))


def random_cause(study: Study, rng: Generator) -> Study:
    """One more covariate, standard normal."""
    cause = rng.standard_normal(study.rows)[:, None]
    covariates = np.hstack([study.covariates, cause])
    return replace(study, covariates=covariates, owners=(*study.owners, "\0chance"))


def subset(study: Study, rng: Generator) -> Study:
    """Four fifths of the rows, or of the clusters."""
    if study.clusters is None:
        keep = rng.permutation(study.rows)[: round(KEPT * study.rows)]
        return rows_of(study, np.sort(keep))
    names = np.unique(study.clusters)
    kept = rng.permutation(names)[: max(2, round(KEPT * len(names)))]
    return rows_of(study, np.isin(study.clusters, kept))


Change = Callable[[Study, Generator], Study]


def _nothing(name: str, estimate: Estimate, found: list[Estimate]) -> Refutation:
    """Estimates that must be around zero, with the errors that they state."""
    values, errors = _columns(found)
    missed = float((np.abs(values) > QUANTILE * errors).mean())
    p = _tail(missed, len(found))
    share = f"{100 * missed:.0f} % of the 90 % intervals leave zero out, where 10 % should"
    what = "a shuffled treatment" if name == PLACEBO else "an outcome of pure chance"
    as_it_should = f"With {what} the estimate is about {values.mean():.2g}: {share}"
    wrong = f"{as_it_should}; so the interval is not to be relied on"
    return _told(name, values, p, wrong if p < BY_CHANCE else as_it_should)


def _same(name: str, estimate: Estimate, found: list[Estimate]) -> Refutation:
    """Estimates that must stay: a column of chance may move them by a fraction of their error."""
    values, _ = _columns(found)
    moved = float(np.sqrt(((values - estimate.value) ** 2).mean()))
    p = 1.0 if moved < MOVED * estimate.error else 0.0
    words = (
        f"One more cause, which is pure chance, moves the estimate by {moved:.2g}, its standard "
        f"error being {estimate.error:.2g}"
    )
    wrong = f"{words}; so there are too few rows for what is adjusted for"
    return _told(name, values, p, wrong if p < BY_CHANCE else words)


def _part(name: str, estimate: Estimate, found: list[Estimate]) -> Refutation:
    """Estimates from parts: their spread about the whole is √((1 - k) / k) standard errors."""
    values, _ = _columns(found)
    expected = estimate.error * np.sqrt((1 - KEPT) / KEPT)
    ratio = float(np.sqrt(((values - estimate.value) ** 2).mean())) / max(float(expected), 1e-300)
    p = _chi(ratio**2 * len(found), len(found))
    words = (
        f"Four fifths of the rows give {values.min():.4g} to {values.max():.4g}, which is "
        f"{ratio:.2g} times the spread that the standard error lets expect"
    )
    wrong = f"{words}; so a few rows decide"
    return _told(name, values, p, wrong if p < BY_CHANCE else words)


def _columns(found: list[Estimate]) -> tuple[Column, Column]:
    return np.array([one.value for one in found]), np.array([one.error for one in found])


def _told(name: str, values: Column, p: float, words: str) -> Refutation:
    low, high = np.quantile(values, [0.05, 0.95])
    return Refutation(name, float(values.mean()), (float(low), float(high)), p, words)


def _tail(share: float, many: int) -> float:
    """Chance of at least so many misses of 10 % each."""
    from scipy.special import bdtrc

    return float(bdtrc(round(share * many) - 1, many, 0.1)) if share > 0 else 1.0


def _chi(statistic: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, statistic))

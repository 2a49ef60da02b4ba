"""Effects from balanced groups: the weighted difference, and the same with an outcome model beside.

The outcome enters only here, after the weights stand. *Augmented*: a model of the outcome in each
group says what weights leave unbalanced, and weights what the model leaves over (Robins, Rotnitzky,
Zhao 1994; with balancing weights: Athey, Imbens, Wager, J. R. Stat. Soc. B 2018). Which model,
ridge or boosted trees, rows held out decide. Standard errors come from what each row adds, by
cluster where there are some, or from resampled rows whose weights are solved anew.
"""

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from engine.checks.estimators import FOLDS, QUANTILE, folds
from engine.checks.study import Column, Design, Study, rows_of
from engine.data.rows import standard_error
from engine.errors import QueryError
from engine.frontier.attention import stretch_steps
from engine.frontier.balancing import PENALTY, Balance, Estimand, balancing
from engine.frontier.kernels import Kernel, feature_steps
from engine.frontier.outcomes import Means, outcomes
from engine.frontier.slices import done
from engine.queries.answers import Interval
from engine.queries.balanced import Moved, OutcomeModel
from engine.seeds import numpy_generator

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The rows of a study at one of its two values; `base` is what each counts, 1 on average."""

    study: Study
    treated: Mask
    base: Column

    @property
    def signs(self) -> Column:
        """1 for the treated, -1 for the others."""
        return np.where(self.treated, 1.0, -1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Weights of the rows, by which kernel, and how many rows stood for all in telling it.

    `one_pass`: they are of the trained network, so the balance's gap counts.
    """

    balance: Balance
    kernel: Kernel
    landmarks: int = 0
    told: float = 1.0
    one_pass: bool = False

    @property
    def weights(self) -> Column:
        """(n,), summing to 1 in each group."""
        return np.asarray(self.balance.weights.numpy())


@dataclass(frozen=True, slots=True, eq=False)
class BalancedEffect:
    """An effect in the outcome's unit, of whom it is, and how the groups were made alike.

    `plain` is the weighted difference without the outcome model; `effective` rows of the treated
    and of the others; `moved` per covariate column. `landmarks`: rows that stood for all, which
    told that share of what makes rows alike; 0 where all did. `ends`: the interval of resamples.
    """

    estimand: Estimand
    kernel: Kernel
    value: float
    error: float
    plain: float
    effective: tuple[float, float]
    rows: int
    balance: Balance
    moved: tuple[Moved, ...]
    models: tuple[OutcomeModel, ...] = ()
    landmarks: int = 0
    told: float = 1.0
    ends: Interval | None = None
    one_pass: bool = False

    @property
    def interval(self) -> Interval:
        """90 %, from sampling alone: what was held fixed is taken as given."""
        if self.ends is not None:
            return self.ends
        return self.value - QUANTILE * self.error, self.value + QUANTILE * self.error


def balanced_effect(
    study: Study, estimand: Estimand, kernel: Kernel, seed: int, penalty: float = PENALTY
) -> BalancedEffect:
    """The effect of `study`'s value instead of its other one; QueryError for an amount."""
    groups = compared(study)
    weighed = done(weigh(groups, estimand, kernel, seed, penalty))
    return effect(groups, estimand, weighed, done(modelled(groups, seed)))


def compared(study: Study) -> Groups:
    """The rows at either value."""
    if not study.discrete:
        raise QueryError(
            "Balance compares two groups, and the treatment is a number",
            remedy="compare two values that occur often, or use the regression",
        )
    taken = (study.treatment == study.value) | (study.treatment == study.other)
    kept = study if taken.all() else rows_of(study, taken)
    return Groups(kept, kept.treatment == study.value, kept.weights / kept.weights.mean())


def weigh(
    groups: Groups, estimand: Estimand, kernel: Kernel, seed: int, penalty: float = PENALTY
) -> Generator[None, None, Weighed]:
    """The weights, in slices."""
    x = torch.from_numpy(np.ascontiguousarray(groups.study.covariates))
    treated, base = torch.from_numpy(groups.treated), torch.from_numpy(groups.base)
    if kernel is Kernel.LEARNT:
        x = x * (yield from stretch_steps(x, treated, base, penalty, seed))
    space = yield from feature_steps(kernel, x, seed)
    yield None
    for found in balancing(estimand, space, treated, base, penalty):
        if found is not None:
            return Weighed(found, kernel, space.landmarks, space.told)
        yield None
    raise ValueError("steps without an end")


def modelled(
    groups: Groups, seed: int, *, trees: bool = True, bends: bool = True
) -> Generator[None, None, tuple[Means, Means]]:
    """What the outcome is on average in each group, in slices; as `outcomes` says."""
    study = groups.study
    if not study.covariates.shape[1]:
        return _flat(groups, groups.treated), _flat(groups, ~groups.treated)
    fold = folds(study, numpy_generator(seed, "balanced", "folds"))
    if _uneven(groups, fold):  # a group lives in few clusters: they are split
        fold = folds(replace(study, clusters=None), numpy_generator(seed, "balanced", "folds"))
    return (
        yield from outcomes(
            study.covariates,
            study.outcome,
            groups.treated,
            groups.base,
            fold,
            trees=trees,
            bends=bends,
        )
    )


def _flat(groups: Groups, group: Mask) -> Means:
    """With nothing held: the group's mean, at all rows."""
    mean = np.average(groups.study.outcome[group], weights=groups.base[group])
    return Means(np.full(groups.study.rows, mean), OutcomeModel(boosted=False, ridge=1.0))


def effect(
    groups: Groups, estimand: Estimand, weighed: Weighed, means: tuple[Means, Means]
) -> BalancedEffect:
    """The number, its analytic error, and how well it went."""
    study, w = groups.study, weighed.weights
    value, each = augmented(groups, estimand, w, means)
    effective = (
        weighed.balance.effective(treated=True),
        weighed.balance.effective(treated=False),
    )
    return BalancedEffect(
        estimand,
        weighed.kernel,
        value,
        standard_error(each, np.ones(study.rows), study.clusters),
        float((groups.signs * w) @ study.outcome),
        effective,
        study.rows,
        weighed.balance,
        moved(study.covariates, study.owners, groups.treated, groups.base, w),
        tuple(one.model for one in means) if study.covariates.shape[1] else (),
        weighed.landmarks,
        weighed.told,
        one_pass=weighed.one_pass,
    )


def moved(
    x: Design, owners: tuple[str, ...], treated: Mask, base: Column, w: Column
) -> tuple[Moved, ...]:
    """Differences of the groups' means in pooled sds, column by column."""
    plain = np.where(treated, base / base[treated].sum(), -base / base[~treated].sum())
    signs = np.where(treated, 1.0, -1.0)
    spread = np.sqrt(0.5 * (x[treated].var(0) + x[~treated].var(0)))
    spread = np.where(spread > 0, spread, 1.0)
    before, after = plain @ x / spread, (signs * w) @ x / spread
    return tuple(
        Moved(name, float(b), float(a)) for name, b, a in zip(owners, before, after, strict=True)
    )


def augmented(
    groups: Groups, estimand: Estimand, w: Column, means: tuple[Means, Means]
) -> tuple[float, Column]:
    """The value in the outcome's unit, and what each row adds to it (n,)."""
    y, first, second = groups.study.outcome, means[0].at, means[1].at
    treated, base = groups.treated, groups.base
    aim = {Estimand.ATE: base, Estimand.ATT: np.where(treated, base, 0.0)}.get(estimand, w)
    aim = aim / aim.sum()
    gap, left = first - second, y - np.where(treated, first, second)
    value = float(aim @ gap + (groups.signs * w) @ left)
    return value, len(y) * (aim * (gap - aim @ gap) + groups.signs * w * left)


def _uneven(groups: Groups, fold: NDArray[np.int64]) -> bool:
    """True where a fold leaves hardly a row of one group to the others."""
    sides = (groups.treated, ~groups.treated)
    return any(int((side & (fold != k)).sum()) < FOLDS for side in sides for k in range(FOLDS))

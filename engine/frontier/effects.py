"""Effects from balanced groups: the weighted difference, and the same with an outcome model beside.

The outcome enters only here, after the weights stand. *Augmented*: a ridge regression in each group
says what weights leave unbalanced, and weights what the regression leaves over (Robins, Rotnitzky,
Zhao 1994; with balancing weights: Athey, Imbens, Wager, J. R. Stat. Soc. B 2018). Standard errors
come from what each row adds, by cluster where there are some.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch

from engine.checks.estimators import QUANTILE, fitted_mean
from engine.checks.study import Column, Study, bent
from engine.data.rows import standard_error
from engine.errors import QueryError
from engine.frontier.balancing import Balance, Estimand, balancing
from engine.frontier.kernels import Features, Kernel, feature_steps
from engine.queries.answers import Interval
from engine.queries.balanced import FEWEST_EFFECTIVE, Moved


@dataclass(frozen=True, slots=True, eq=False)
class BalancedEffect:
    """An effect in the outcome's unit, of whom it is, and how the groups were made alike.

    `plain` is the weighted difference without the outcome model; `effective` rows of the treated
    and of the others; `moved` per covariate column. `landmarks`: rows that stood for all, which
    told that share of what makes rows alike; 0 where all did.
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
    warnings: tuple[str, ...]
    landmarks: int = 0
    told: float = 1.0

    @property
    def interval(self) -> Interval:
        """90 %, from sampling alone: what was held fixed is taken as given."""
        return self.value - QUANTILE * self.error, self.value + QUANTILE * self.error


def balanced_effect(study: Study, estimand: Estimand, kernel: Kernel, seed: int) -> BalancedEffect:
    """The effect of `study`'s value instead of its other one; QueryError for an amount."""
    *_, found = balanced_steps(study, estimand, kernel, seed)
    assert found is not None
    return found


def balanced_steps(
    study: Study, estimand: Estimand, kernel: Kernel, seed: int
) -> Generator[BalancedEffect | None, None, None]:
    """`balanced_effect` in slices: None after each, then the effect."""
    if not study.discrete:
        raise QueryError(
            "Balance compares two groups, and the treatment is a number",
            remedy="compare two values that occur often, or use the regression",
        )
    taken = (study.treatment == study.value) | (study.treatment == study.other)
    x, y = study.covariates[taken], study.outcome[taken]
    treated, base = study.treatment[taken] == study.value, study.weights[taken]
    base = base / base.mean()
    space = yield from feature_steps(kernel, torch.from_numpy(np.ascontiguousarray(x)), seed)
    yield None
    found: Balance | None = None
    for found in balancing(estimand, space, torch.from_numpy(treated), torch.from_numpy(base)):
        if found is None:
            yield None
    assert found is not None
    w = found.weights.numpy()
    value, error = _augmented(study, taken, w, treated, base, estimand)
    effective = found.effective(treated=True), found.effective(treated=False)
    signs = np.where(treated, 1.0, -1.0)
    yield BalancedEffect(
        estimand,
        kernel,
        value,
        error,
        float((signs * w) @ y),
        effective,
        len(y),
        found,
        moved(x, study.owners, treated, base, w),
        _warnings(effective, space),
        space.landmarks,
        space.told,
    )


def moved(
    x: np.ndarray, owners: tuple[str, ...], treated: np.ndarray, base: Column, w: Column
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


def _augmented(
    study: Study,
    taken: np.ndarray,
    w: Column,
    treated: np.ndarray,
    base: Column,
    estimand: Estimand,
) -> tuple[float, float]:
    """Value and standard error, in the outcome's unit."""
    wide = np.column_stack([np.ones(len(w)), bent(study.covariates[taken])])
    y = study.outcome[taken]
    means = []
    for group in (treated, ~treated):
        means.append(fitted_mean(wide, y, np.where(group, base, 0.0)))
    aim = {Estimand.ATE: base, Estimand.ATT: np.where(treated, base, 0.0)}.get(estimand, w)
    aim = aim / aim.sum()
    gap = means[0] - means[1]
    left = y - np.where(treated, means[0], means[1])
    signs = np.where(treated, 1.0, -1.0)
    value = float(aim @ gap + (signs * w) @ left)
    each = len(y) * (aim * (gap - aim @ gap) + signs * w * left)
    clusters = None if study.clusters is None else study.clusters[taken]
    return value, standard_error(each, np.ones(len(y)), clusters)


def _warnings(effective: tuple[float, float], space: Features) -> tuple[str, ...]:
    found = []
    if min(effective) < FEWEST_EFFECTIVE:
        found.append(
            f"only {min(effective):.0f} rows' worth of one group can be compared: the groups "
            f"hardly overlap"
        )
    if space.landmarks:
        found.append(
            f"what makes rows alike is told by {space.landmarks} of them, which tell "
            f"{100 * space.told:.0f} % of it"
        )
    return tuple(found)

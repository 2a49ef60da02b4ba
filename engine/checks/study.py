"""A comparison of two values of one treatment, as the estimators beside the model see it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from engine.checks.groups import FEWEST as FEWEST
from engine.checks.sensitivity import Slope
from engine.data.rows import cluster_codes, counted_rows, effective, row_weights
from engine.data.table import Table
from engine.errors import QueryError

Column = NDArray[np.float64]
Design = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """E[outcome | do(treatment = value)] - E[outcome | do(treatment = other)], over complete rows.

    `covariates`: coded columns (rows, width), numbers standardised and categories as indicators;
    `owners` says of which variable each is. `discrete`: the treatment has categories, so that rows
    at `value` and at `other` can be compared; else only straight lines can.
    """

    outcome: Column
    treatment: Column
    value: float
    other: float
    discrete: bool
    covariates: Design
    owners: tuple[str, ...]
    weights: Column
    clusters: NDArray[np.int64] | None = None

    @property
    def rows(self) -> int:
        """Rows that count."""
        return len(self.outcome)


def study(
    table: Table,
    treatment: str,
    value: float,
    other: float,
    outcome: str,
    adjusting: Sequence[str],
    level: int | None = None,
    unset: frozenset[str] = frozenset(),
) -> Study:
    """The complete rows of `table`; with `level` the outcome is whether it is that category.

    Rows in which somebody set the outcome, an adjusted variable or one of `unset` (the outcome's
    other causes, by the graph) are left out: there the effect goes another way, or in others.
    """
    unset = (unset | {outcome, *adjusting}) - {treatment}
    if value == other:
        raise QueryError("Both sides of the comparison are the same", where=treatment)
    names = (treatment, outcome, *adjusting)
    keep = table.complete(names) & counted_rows(table, unset)
    discrete = table.variable(treatment).discrete
    column = table[treatment][keep]
    if discrete or len(np.unique(column)) == 2:
        discrete = True
        for one in (value, other):
            if int((column == one).sum()) < FEWEST:
                raise QueryError(
                    f"Fewer than {FEWEST} complete rows have {treatment} = "
                    f"{table.variable(treatment).show(one)}",
                    where=treatment,
                    remedy="compare values that occur more often",
                )
    y = table[outcome][keep]
    if table.variable(outcome).discrete:
        code = len(table.variable(outcome).categories) - 1 if level is None else level
        y = (y == code).astype(np.float64)
    columns, owners = coded(table, adjusting, keep)
    clusters = cluster_codes(table)
    return Study(
        y,
        column,
        value,
        other,
        discrete,
        columns,
        owners,
        row_weights(table)[keep],
        None if clusters is None else clusters[keep],
    )


def coded(
    table: Table, names: Sequence[str], keep: NDArray[np.bool_]
) -> tuple[Design, tuple[str, ...]]:
    """Numbers standardised, categories as indicators of all but the first seen; and whose."""
    columns: list[Column] = []
    owners: list[str] = []
    for name in names:
        values = table[name][keep]
        if table.variable(name).discrete:
            parts = [(values == code).astype(np.float64) for code in np.unique(values)[1:]]
        else:
            spread = float(values.std())
            parts = [(values - values.mean()) / spread] if spread > 0 else []
        columns += parts
        owners += [name] * len(parts)
    width = np.column_stack(columns) if columns else np.empty((int(keep.sum()), 0))
    return width, tuple(owners)


def bent(covariates: Design) -> Design:
    """`covariates` with their squares and products, each standardised; constant ones left out."""
    parts = [covariates[:, i] * covariates[:, j] for i, j in _pairs(covariates.shape[1])]
    wide = np.column_stack([covariates, *parts]) if parts else covariates
    spread = wide.std(0)
    return np.asarray((wide - wide.mean(0))[:, spread > 1e-9] / spread[spread > 1e-9])


def _pairs(width: int) -> list[tuple[int, int]]:
    if width > 8:
        return [(i, i) for i in range(width)]
    return [(i, i) for i in range(width)] + list(combinations(range(width), 2))


def slope(study: Study) -> Slope:
    """What `value` instead of `other` makes of the outcome, beside all covariates: a straight line.

    Least squares without robust errors, of a category over the rows at either value. Clusters are
    the units of the error where there are some, and weighted rows tell as much as Kish's count of
    equal ones.
    """
    kept = _compared(study)
    found = _slope(kept.outcome, _lines(kept), kept.weights, kept.clusters)
    step = 1.0 if study.discrete else study.value - study.other
    return replace(found, value=step * found.value, error=abs(step) * found.error)


def explained(study: Study) -> dict[str, tuple[float, float]]:
    """Partial R² of each covariate with the treatment, and with the outcome beside both."""
    study = _compared(study)
    found = {}
    amount = study.treatment[:, None]
    for name in dict.fromkeys(study.owners):
        rest = study.covariates[:, [owner != name for owner in study.owners]]
        found[name] = (
            _share(study.treatment, rest, study.covariates, study.weights),
            _share(study.outcome, np.hstack([amount, rest]), _lines(study), study.weights),
        )
    return found


def rows_of(study: Study, keep: NDArray[np.bool_] | NDArray[np.int64]) -> Study:
    """Some of the rows."""
    return replace(
        study,
        outcome=study.outcome[keep],
        treatment=study.treatment[keep],
        covariates=study.covariates[keep],
        weights=study.weights[keep],
        clusters=None if study.clusters is None else study.clusters[keep],
    )


def _compared(study: Study) -> Study:
    """The treatment as a number: of categories 1 at `value` and 0 at `other`, no other rows."""
    if not study.discrete:
        return study
    kept = rows_of(study, (study.treatment == study.value) | (study.treatment == study.other))
    return replace(kept, treatment=(kept.treatment == study.value).astype(np.float64))


def _lines(study: Study) -> Design:
    return np.column_stack([study.treatment, study.covariates])


def _left(target: Column, design: Design, weights: Column) -> tuple[Column, int]:
    """Weighted residuals √w (y - ŷ) on ones and `design`, and the rank."""
    root = np.sqrt(weights)
    wide = np.column_stack([np.ones(len(target)), design]) * root[:, None]
    slopes, _, rank, _ = np.linalg.lstsq(wide, target * root, rcond=None)
    return np.asarray(target * root - wide @ slopes), int(rank)


def _share(target: Column, base: Design, whole: Design, weights: Column) -> float:
    without, with_it = (_left(target, design, weights)[0] for design in (base, whole))
    before = float(without @ without)
    return 1 - float(with_it @ with_it) / before if before > 0 else 0.0


def _slope(
    target: Column, design: Design, weights: Column, clusters: NDArray[np.int64] | None
) -> Slope:
    """The first coefficient, from residuals of both (Frisch, Waugh 1933)."""
    left, rank = _left(target, design, weights)
    own, _ = _left(design[:, 0], design[:, 1:], weights)
    size, freedom = float(own @ own), effective(weights) - rank
    if freedom < 2 or size <= 1e-12 * len(target):
        raise QueryError(
            "The treatment cannot be told from what is adjusted for",
            remedy="adjust for fewer variables, or use more rows",
        )
    value = float(own @ (target * np.sqrt(weights))) / size
    if clusters is None:
        error = float(np.sqrt(left @ left / (len(target) - rank) / size))
        return Slope(value, error * math.sqrt((len(target) - rank) / freedom), float(freedom))
    parts = np.bincount(np.unique(clusters, return_inverse=True)[1], own * left)
    many = len(parts)
    if many < 3:
        raise QueryError("Two clusters are too few to tell how sure an estimate is")
    error = math.sqrt(many / (many - 1) * float(parts @ parts)) / size
    return Slope(value, error, float(many - 1))

"""Closed-form fits of one conditional's cases: line, counts, table, ordered steps, odds."""

import torch
from torch import Tensor

from engine.data.variable import Kind
from engine.mechanisms.base import Mechanism
from engine.mechanisms.count import Count, fit_count, room
from engine.mechanisms.interactions import Slopes, chosen, groups, with_products
from engine.mechanisms.law import Law
from engine.mechanisms.linear import FLOOR, Linear, least_squares
from engine.mechanisms.logistic import Logistic, fit_softmax
from engine.mechanisms.ordinal import Ordinal, fit_ordinal
from engine.mechanisms.table import cell_count, fit_table
from engine.scm.cases import Cases
from engine.scm.warping import target_of

_ROWS_PER_CELL = 5
_MOST_CELLS = 1024


def fit_line(cases: Cases, weights: Tensor, known: Slopes | None = None) -> Linear:
    """The weighted least-squares line in user units, with slopes that differ by group where the
    rows say so (or `known`); its noise not below the floor.

    Of a warped target in the warp's unit, and without the rows that are exactly at a bound.
    """
    x, weights, mean, sd = target_of(cases, weights)
    x = (x - mean) / sd
    found = chosen(groups(cases.encoder), cases.design, x, weights) if known is None else known
    design, held = with_products(cases.design, found.pairs, found.precisions)
    coefficients, residual = least_squares(design, x, weights, held)
    return Linear(
        cases.encoder,
        Law(cases.grid, None, cases.warp),
        mean + sd * float(coefficients[0]),
        sd * coefficients[1:],
        sd * max(residual, FLOOR),
        found.pairs,
        found.precisions,
    )


def refit(mechanism: Mechanism, cases: Cases, weights: Tensor) -> Mechanism:
    """A closed form of the same make on rows counted otherwise: a bootstrap member."""
    if isinstance(mechanism, Linear):
        return fit_line(cases, weights, Slopes(mechanism.pairs, mechanism.precisions))
    return fit_closed(mechanism.family, cases, weights, mechanism)


def fit_counts(cases: Cases, weights: Tensor, start: Mechanism | None = None) -> Count:
    """The negative binomial law of the weighted rows; `start` is an earlier one to begin from."""
    before = None
    if isinstance(start, Count):
        before = start.intercept, start.slopes, start.dispersion
    intercept, slopes, dispersion = fit_count(cases.design, cases.x, weights, before)
    ends = room(intercept + cases.design @ slopes, cases.x)
    return Count(cases.encoder, intercept, slopes, dispersion, *ends)


def fit_closed(
    family: str, cases: Cases, weights: Tensor, start: Mechanism | None = None
) -> Mechanism:
    """The mechanism of a closed-form family; `weights` (n,) counts the rows.

    `start` is an earlier fit of the same family to begin from.
    """
    ordered = cases.variable.kind is Kind.ORDINAL
    match family:
        case "linear":
            return fit_line(cases, weights)
        case "count":
            return fit_counts(cases, weights, start)
        case "table":
            shape = cases.levels, cases.k
            return fit_table(cases.x, cases.parents, *shape, weights, ordered=ordered)
        case "logistic":
            begin = start.weights if isinstance(start, Logistic) else None
            fitted = fit_softmax(cases.design, cases.x, cases.k, weights, begin)
            return Logistic(cases.encoder, fitted, ordered)
        case "ordinal":
            before = (start.thresholds, start.slopes) if isinstance(start, Ordinal) else None
            return Ordinal(
                cases.encoder, *fit_ordinal(cases.design, cases.x, cases.k, weights, before)
            )
    raise ValueError(f"{family} has no closed form")


def tabulable(cases: Cases) -> bool:
    """True where a saturated table has few enough cells for its rows."""
    return cases.k > 0 and few_cells(cases)


def few_cells(cases: Cases) -> bool:
    """True where the parents are discrete, and their combinations few for the rows."""
    few = min(_MOST_CELLS, max(1, cases.n // _ROWS_PER_CELL))
    return all(cases.levels) and cell_count(cases.levels) <= few


def scores(mechanism: Mechanism, cases: Cases, rows: Tensor) -> Tensor:
    """Nats per row of the cases at positions `rows`."""
    with torch.inference_mode():
        return mechanism.log_prob(cases.x[rows], cases.parents[rows])

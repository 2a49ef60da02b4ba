"""Closed-form fits of one conditional's cases: line, table, straight-line odds."""

import torch
from torch import Tensor

from engine.mechanisms.base import Mechanism
from engine.mechanisms.bounds import Warp
from engine.mechanisms.law import Law
from engine.mechanisms.linear import FLOOR, Linear, least_squares
from engine.mechanisms.logistic import Logistic, fit_softmax
from engine.mechanisms.table import cell_count, fit_table
from engine.scm.cases import Cases
from engine.scm.warping import warped

_ROWS_PER_CELL = 5
_MOST_CELLS = 1024


def fit_line(cases: Cases, weights: Tensor, warp: Warp | None = None) -> Linear:
    """The weighted least-squares line in user units; its noise not below the floor.

    With a warp, in the warp's unit, and without the rows that are exactly at a bound.
    """
    x, mean, sd = cases.x, cases.mean, cases.sd
    if warp is not None:
        x, weights, mean, sd = warped(cases, weights, warp)
    coefficients, residual = least_squares(cases.design, (x - mean) / sd, weights)
    return Linear(
        cases.encoder,
        Law(cases.grid, None, warp),
        mean + sd * float(coefficients[0]),
        sd * coefficients[1:],
        sd * max(residual, FLOOR),
    )


def fit_closed(
    family: str, cases: Cases, weights: Tensor, start: Mechanism | None = None
) -> Mechanism:
    """The mechanism of a closed-form family; `weights` (n,) counts the rows.

    `start` is an earlier fit of the same family to begin from.
    """
    match family:
        case "linear":
            return fit_line(cases, weights)
        case "table":
            return fit_table(cases.x, cases.parents, cases.levels, cases.k, weights)
        case "logistic":
            begin = start.weights if isinstance(start, Logistic) else None
            fitted = fit_softmax(cases.design, cases.x, cases.k, weights, begin)
            return Logistic(cases.encoder, fitted)
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

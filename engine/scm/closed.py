"""Closed-form fits of one conditional's cases: line, table, straight-line odds."""

import torch
from torch import Tensor

from engine.mechanisms.base import Mechanism
from engine.mechanisms.law import Law
from engine.mechanisms.linear import FLOOR, Linear, least_squares
from engine.mechanisms.logistic import Logistic, fit_softmax
from engine.mechanisms.table import cell_count, fit_table
from engine.scm.cases import Cases

_ROWS_PER_CELL = 5
_MOST_CELLS = 1024


def fit_line(cases: Cases, weights: Tensor) -> Linear:
    """The weighted least-squares line in user units; its noise not below the floor."""
    coefficients, residual = least_squares(cases.design, (cases.x - cases.mean) / cases.sd, weights)
    return Linear(
        cases.encoder,
        Law(cases.grid),
        cases.mean + cases.sd * float(coefficients[0]),
        cases.sd * coefficients[1:],
        cases.sd * max(residual, FLOOR),
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
    count = cell_count(cases.levels)
    few = count <= min(_MOST_CELLS, max(1, cases.n // _ROWS_PER_CELL))
    return cases.k > 0 and all(cases.levels) and few


def scores(mechanism: Mechanism, cases: Cases, rows: Tensor) -> Tensor:
    """Nats per row of the cases at positions `rows`."""
    with torch.inference_mode():
        return mechanism.log_prob(cases.x[rows], cases.parents[rows])

"""Where the filling in of gaps starts: complete rows that stand for those that were lost."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from engine.data.rows import Mask, counted_rows, row_weights
from engine.data.table import Column, Table, gapped
from engine.data.variable import Kind, Variable
from engine.mechanisms.encoding import encoder_of
from engine.mechanisms.logistic import Logistic, fit_softmax
from engine.scm.gaps import Gaps, free_name

_FEWEST, _SHARE = 50, 0.1  # complete rows, and their share of all, that a start needs
_RAREST = 0.05  # chance of being complete: no row stands for more than 20


def starting(table: Table, gaps: Gaps) -> Table:
    """The rows complete in all that matters, each counted as often as rows like it were lost.

    By the inverse of its chance of being complete, by straight-line odds of what has no gaps
    (Robins, Rotnitzky, Zhao, J. Amer. Statist. Assoc. 1994): unbiased where the odds are right, and
    then near to where the rounds end. Where too few rows are complete, all rows as they are.
    """
    names = dict.fromkeys(
        name for t in gaps.touched for name in (t.conditional.target, *t.conditional.given)
    )
    counted = counted_rows(table)
    complete = table.complete(names) & counted
    if complete.sum() < max(_FEWEST, _SHARE * counted.sum()):
        return replace(table, design=replace(table.design, impute=False))
    weights = np.where(complete, row_weights(table), 0.0)
    seen = tuple(
        t.conditional.target for t in gaps.law if t.conditional.target not in gapped(table)
    )
    if seen:
        weights[complete] /= _chance(table, seen, counted, complete).clip(_RAREST)
    own = free_name("weight", table.names)
    return replace(
        table,
        variables=(*table.variables, Variable(own, Kind.CONTINUOUS)),
        columns={**table.columns, own: weights},
        design=replace(table.design, weights=own, impute=False),
    )


def _chance(table: Table, seen: tuple[str, ...], counted: Mask, complete: Mask) -> Column:
    """Chance of each complete row to be complete, by straight-line odds given `seen`."""
    encoder = encoder_of(table, seen)
    answer = torch.from_numpy(complete[counted].astype(np.float64))
    weights = torch.from_numpy(row_weights(table)[counted])
    odds = fit_softmax(encoder(_columns(table, seen, counted)), answer, 2, weights)
    chances = Logistic(encoder, odds).probabilities(_columns(table, seen, complete))
    return chances[:, 1].numpy()


def _columns(table: Table, names: Iterable[str], rows: Mask) -> Tensor:
    return torch.from_numpy(np.stack([table[name][rows] for name in names], 1))

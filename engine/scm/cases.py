"""The rows that one conditional learns from, and who holds out, who resamples which rows."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from engine.data.table import Table
from engine.data.variable import Variable
from engine.errors import FitError
from engine.mechanisms.encoding import Encoder, encoder_of, spread
from engine.mechanisms.law import Grid, grid_of
from engine.scm.conditional import Conditional
from engine.seeds import generator

HELD_OUT = 0.2
ATOM_SHARE, ATOM_ROWS = 0.01, 10
_FEWEST_ROWS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Complete rows of one conditional: `rows` their numbers in the table, the rest float64.

    `x` (n,) and `parents` (n, given) in user units, `design` (n, width) encoded. `mean` and `sd`
    of the target's whole column; sd is positive, for a constant a tiny stand-in.
    """

    conditional: Conditional
    variable: Variable
    levels: tuple[int, ...]
    encoder: Encoder
    grid: Grid
    rows: Tensor
    x: Tensor
    parents: Tensor
    design: Tensor
    mean: float
    sd: float
    table_rows: int

    @property
    def k(self) -> int:
        """Number of categories of the target; 0 for a number."""
        return len(self.variable.categories) if self.variable.discrete else 0

    @property
    def atom(self) -> tuple[float, float] | None:
        """A value of a number that repeats as no density does, and its share of the rows.

        In > 1 % of rows and ≥ 10. Rounded values are scored by the probability of their cell, which
        bounds what a repeated one can gain.
        """
        if self.k or not self.n or self.grid.step is not None:
            return None
        values, counts = torch.unique(self.x, return_counts=True)
        most = int(counts.max())
        if len(values) < 2 or most < ATOM_ROWS or most <= ATOM_SHARE * self.n:
            return None
        return float(values[counts.argmax()]), most / self.n

    @property
    def n(self) -> int:
        """Number of complete rows."""
        return len(self.rows)


def cases_of(conditional: Conditional, table: Table) -> Cases:
    """The complete rows of `conditional`; too few of them is a FitError."""
    names = (conditional.target, *conditional.given)
    variables = [table.variable(name) for name in names]
    rows = np.flatnonzero(table.complete(names))
    if len(rows) < _FEWEST_ROWS:
        raise _too_few(conditional, table, len(rows))
    columns = [torch.from_numpy(table[name][rows]) for name in names]
    encoder = encoder_of(table, conditional.given)
    parents = (
        torch.stack(columns[1:], 1) if conditional.given else torch.empty(len(rows), 0).double()
    )
    mean, sd = spread(table[conditional.target])
    return Cases(
        conditional,
        variables[0],
        encoder.levels,
        encoder,
        grid_of(variables[0]),
        torch.from_numpy(rows),
        columns[0],
        parents,
        encoder(parents),
        mean,
        sd if sd > 0 else max(1e-6 * abs(mean), 1e-6),
        table.rows,
    )


@lru_cache(maxsize=4)
def held_out(rows: int, seed: int) -> Tensor:
    """Which of the table's rows are held out (rows,): one fifth, the same for every conditional."""
    order = torch.randperm(rows, generator=generator(seed, "split", str(rows)))
    mask = torch.zeros(rows, dtype=torch.bool)
    mask[order[: round(HELD_OUT * rows)]] = True
    return mask


@lru_cache(maxsize=64)
def resample(rows: int, seed: int, member: int) -> Tensor:
    """How often bootstrap member `member` draws each of the table's rows, (rows,) float64."""
    rng = generator(seed, "bootstrap", str(rows), str(member))
    drawn = torch.randint(rows, (rows,), generator=rng)
    return torch.bincount(drawn, minlength=rows).double()


def _too_few(conditional: Conditional, table: Table, found: int) -> FitError:
    names = ", ".join((conditional.target, *conditional.given))
    empty = [n for n in (conditional.target, *conditional.given) if table.missing(n) == 1.0]
    cause = (
        f"{empty[0]} has no values" if empty else f"{found} rows have a value for all of {names}"
    )
    return FitError(
        f"{conditional.target} cannot be fitted: {cause}",
        where=str(conditional),
        remedy=f"at least {_FEWEST_ROWS} complete rows are needed; fill the gaps or drop an arrow",
    )

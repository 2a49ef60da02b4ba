"""The rows that one conditional learns from, and who holds out, who resamples which rows."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from engine.data.rows import (
    cluster_codes,
    clusters,
    copies,
    counted_rows,
    first_copies,
    row_weights,
    told,
)
from engine.data.table import Table
from engine.data.variable import Variable
from engine.errors import FitError
from engine.mechanisms.bounds import Warp
from engine.mechanisms.encoding import Encoder, encoder_of, spread
from engine.mechanisms.law import Grid, grid_of
from engine.scm.conditional import Conditional
from engine.seeds import generator

HELD_OUT = 0.2
MOST_HELD_OUT = 0.5  # where clusters are large
_FEWEST_ROWS = 3
_SMALLEST, _LARGEST = 1e-290, 1e300  # sd and size of a target's values, user units


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Complete rows of one conditional: `rows` their numbers in the table, the rest float64.

    Rows count that have weight and in which nobody set the target. `x` (n,) and `parents`
    (n, given) in user units, `design` (n, width) encoded. `weights` (n,) are positive and add up
    to the rows that tell as much (Kish), so that counts of rows stay counts: all 1 where the
    table has no weights. `once` (n,) leaves out all but one of the copies of a row whose gaps were
    filled in: for what counts repeated values. `mean` and `sd` of the target's whole column, as far
    as its rows count; sd is positive, for a constant a tiny stand-in. `warp` takes a bounded target
    onto the line.
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
    weights: Tensor
    once: Tensor
    warp: Warp | None = None

    @property
    def k(self) -> int:
        """Number of categories of the target; 0 for a number."""
        return len(self.variable.categories) if self.variable.discrete else 0

    @property
    def n(self) -> int:
        """Number of complete rows."""
        return len(self.rows)


def cases_of(conditional: Conditional, table: Table, unset: frozenset[str] = frozenset()) -> Cases:
    """The complete rows of `conditional` that count; too few of them is a FitError.

    Nobody set the target in them, nor any variable of `unset`.
    """
    names = (conditional.target, *conditional.given)
    variables = [table.variable(name) for name in names]
    unset = unset | {conditional.target}
    counted = counted_rows(table, unset)
    rows = np.flatnonzero(table.complete(names) & counted)
    if len(rows) < _FEWEST_ROWS:
        raise _too_few(conditional, table, len(rows), unset & table.design.varied)
    columns = [torch.from_numpy(table[name][rows]) for name in names]
    encoder = encoder_of(table, conditional.given)
    parents = (
        torch.stack(columns[1:], 1) if conditional.given else torch.empty(len(rows), 0).double()
    )
    mean, sd = middle(conditional.target, table[conditional.target][counted])
    weights = row_weights(table)[rows]
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
        sd,
        table.rows,
        torch.from_numpy(weights * (told(table, rows) / weights.sum())),
        torch.from_numpy(first_copies(table)[rows]),
    )


def middle(name: str, column: np.ndarray) -> tuple[float, float]:
    """Mean and positive sd of a target's values, for a constant a tiny stand-in, user units.

    A FitError where shares of the sd would be rounded to nothing, or sums be infinite.
    """
    mean, sd = spread(column)
    largest = float(np.nanmax(np.abs(column), initial=0.0))
    if 0 < sd < _SMALLEST or largest > _LARGEST:
        tiny = largest <= _LARGEST
        raise FitError(
            f"{name} cannot be fitted: its values are too {'small' if tiny else 'large'} to "
            f"reckon with",
            where=name,
            remedy=f"give them in a {'smaller' if tiny else 'larger'} unit",
        )
    return mean, sd if sd > 0 else max(1e-6 * abs(mean), 1e-6)


@lru_cache(maxsize=4)
def held_out(table: Table, seed: int) -> Tensor:
    """Which of the table's rows are held out (rows,): one fifth, the same for every conditional.

    Clusters are held out whole, in a seeded order, until a fifth of the rows is; one that would
    make it more than half of them is passed over.
    """
    rows, codes = table.rows, cluster_codes(table)
    mask = torch.zeros(rows, dtype=torch.bool)
    if codes is None:
        order = torch.randperm(rows, generator=generator(seed, "split", str(rows)))
        mask[order[: round(HELD_OUT * rows)]] = True
        return mask
    sizes = np.bincount(codes)
    order = torch.randperm(len(sizes), generator=generator(seed, "split of clusters", str(rows)))
    held, chosen = 0, np.zeros(len(sizes), dtype=bool)
    for cluster in order.tolist():
        if held >= round(HELD_OUT * rows):
            break
        if held + sizes[cluster] <= MOST_HELD_OUT * rows:
            held, chosen[cluster] = held + int(sizes[cluster]), True
    return torch.from_numpy(chosen[codes])


@lru_cache(maxsize=64)
def resample(table: Table, seed: int, member: int) -> Tensor:
    """How often bootstrap member `member` draws each of the table's rows, (rows,) float64.

    Of C clusters it draws C - 1 whole ones, each counted C / (C - 1) times: so that few clusters
    do not make the spread too small (Rao, Wu, J. Amer. Statist. Assoc. 1988). Where gaps were
    filled, it sees one of the copies of each such row.
    """
    rows, codes, many = table.rows, cluster_codes(table), clusters(table)
    if codes is None or many is None or many < 2:
        rng = generator(seed, "bootstrap", str(rows), str(member))
        drawn = torch.randint(rows, (rows,), generator=rng)
        return torch.bincount(drawn, minlength=rows).double()
    rng = generator(seed, "bootstrap of clusters", str(many), str(member))
    drawn = torch.randint(many, (many - 1,), generator=rng)
    counts = torch.bincount(drawn, minlength=many).double() * (many / (many - 1))
    counts = counts[torch.from_numpy(codes.copy())]
    found = copies(table)
    if found is None:
        return counts
    number, several = torch.from_numpy(found[0].copy()), found[1]
    mine = torch.where(number == member % max(1, several), float(several), 0.0)
    return counts * torch.where(number.isnan(), 1.0, mine)


def _too_few(conditional: Conditional, table: Table, found: int, unset: frozenset[str]) -> FitError:
    names = ", ".join((conditional.target, *conditional.given))
    empty = [n for n in (conditional.target, *conditional.given) if table.missing(n) == 1.0]
    cause = (
        f"{empty[0]} has no values" if empty else f"{found} rows have a value for all of {names}"
    )
    remedy = f"at least {_FEWEST_ROWS} complete rows are needed; fill the gaps or drop an arrow"
    if np.count_nonzero(table.complete((conditional.target, *conditional.given))) > found:
        counting = "have weight" if table.design.weights else "count"
        if unset:
            counting += f", and in them nobody set {' or '.join(sorted(unset))}"
        cause = f"{found} rows have a value for all of {names} and {counting}"
        remedy = f"at least {_FEWEST_ROWS} such rows are needed"
    return FitError(
        f"{conditional.target} cannot be fitted: {cause}", where=str(conditional), remedy=remedy
    )

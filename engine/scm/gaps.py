"""Which gaps of a table are filled in, and the table in which they are: copies of their rows."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.data.design import Design
from engine.data.rows import Mask, cluster_codes, counted_rows, row_weights
from engine.data.table import Column, Table
from engine.data.variable import Kind, Variable
from engine.errors import FitError
from engine.scm.conditional import Conditional
from engine.scm.fitted import FitTask


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """`rows` (R,): numbers of the table's rows in which something is filled in.

    By variable (R,) each: `filled`, where its value is; `active`, where P(variable | given) holds
    and says something. `levels`: its number of categories, 0 for a number. `law` causes first,
    `table_rows` how many rows there are.
    """

    law: tuple[FitTask, ...]
    rows: Tensor
    filled: Mapping[str, Tensor]
    active: Mapping[str, Tensor]
    levels: Mapping[str, int]
    table_rows: int

    @property
    def touched(self) -> tuple[FitTask, ...]:
        """The factors of the law that a value to be filled in takes part in."""
        names = {name for name, where in self.filled.items() if bool(where.any())}
        return tuple(
            task
            for task in self.law
            if names.intersection((task.conditional.target, *task.conditional.given))
        )

    def share(self, name: str) -> float:
        """Share of the table's rows, 0 … 1, in which `name` is filled in."""
        where = self.filled.get(name)
        return 0.0 if where is None else float(where.sum()) / max(1, self.table_rows)

    def learnt_from(self, conditional: Conditional) -> int:
        """Rows that its fit learns from in which its value or one of its causes is filled in."""
        names = (conditional.target, *conditional.given)
        filled = torch.stack([self.filled[name] for name in names]).any(0)
        return int((filled & self.active[conditional.target]).sum())


def gaps_of(table: Table, law: Sequence[FitTask], *, whole: bool = False) -> Gaps:
    """Where values are to be filled in.

    Not filled (unless `whole`): a gap from which nothing follows that was seen. Under the law it
    says nothing about any mechanism of it, and a draw would only pretend to be a row more (von
    Hippel, Sociol. Methodol. 2007). Left as it was: a row that does not count, and one in which
    somebody set the value that is missing.
    """
    missing = {task.conditional.target: np.isnan(table[task.conditional.target]) for task in law}
    heard = {name: np.full(table.rows, whole) for name in missing}
    filled, active = {}, {}
    lost = ~counted_rows(table)
    for task in reversed(law):
        name = task.conditional.target
        free = counted_rows(table, task.unset | {name})
        filled[name] = missing[name] & heard[name]
        active[name] = free & (~missing[name] | filled[name])
        lost |= filled[name] & ~free
        for cause in task.conditional.given:
            heard[cause] |= active[name]
    _check(table, filled)
    rows = np.flatnonzero(np.any(list(filled.values()), axis=0) & ~lost)
    return Gaps(
        tuple(law),
        torch.from_numpy(rows),
        {name: torch.from_numpy(where[rows]) for name, where in filled.items()},
        {name: torch.from_numpy(where[rows]) for name, where in active.items()},
        {name: len(table.variable(name).categories) for name in missing},
        table.rows,
    )


def stacked(table: Table, gaps: Gaps, values: Mapping[str, Tensor]) -> Table:
    """The rows without filled gaps, then the copies of the others, `values` (copies, R) in them.

    Only what the law names and the design of the rows are in it. Copies share a row's weight and
    belong to its cluster.
    """
    copies = len(next(iter(values.values())))
    rows = gaps.rows.numpy()
    kept = np.setdiff1d(np.arange(table.rows), rows)
    place = np.concatenate((kept, np.tile(rows, copies)))
    design = table.design
    names = dict.fromkeys((*values, *(item.column for item in design.experiments)))
    columns: dict[str, Column] = {name: table[name][place] for name in names}
    for name, drawn in values.items():
        columns[name][len(kept) :] = drawn.reshape(-1).numpy()
    weights, codes = row_weights(table)[place], cluster_codes(table)
    weights[len(kept) :] /= copies
    own = {
        free_name("weight", names): weights,
        free_name("cluster", names): (np.arange(table.rows) if codes is None else codes)[place],
        free_name("copy", names): np.concatenate(
            (np.full(len(kept), np.nan), np.repeat(np.arange(copies), len(rows)))
        ),
    }
    weight, cluster, copy = own
    return Table(
        (*(table.variable(n) for n in names), *(Variable(n, Kind.CONTINUOUS) for n in own)),
        columns | {name: column.astype(np.float64) for name, column in own.items()},
        design=Design(weight, cluster, design.experiments, copies=copy),
    )


def free_name(name: str, taken: Container[str]) -> str:
    """A name for an internal column that no variable has."""
    while name in taken:
        name += "'"
    return name


def _check(table: Table, filled: Mapping[str, Mask]) -> None:
    for name, where in filled.items():
        if where.any() and not (table.complete((name,)) & counted_rows(table)).any():
            raise FitError(
                f"{name} has no values at all, so that its gaps cannot be filled in",
                where=name,
                remedy=f"mark {name} as never measured, or leave rows with gaps out",
            )

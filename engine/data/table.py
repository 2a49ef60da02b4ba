"""A table of named, immutable columns: numbers in user units, codes of categories, NaN missing."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.data.design import Design
from engine.data.pictures import Pictures
from engine.data.variable import Variable
from engine.errors import DataError

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Withheld:
    """Rows that were left out of a copy: how many, and the digest of each column, in order.

    `gaps`: whether some row had no value in it, by column; () in old files.
    """

    rows: int
    digests: tuple[str, ...]
    gaps: tuple[bool, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of equal length, one per `Variable`, read-only float64; equal when content is equal.

    `source` is the file it came from and `notes` what reading it assumed or left out, one sentence
    each; both for display only. `design` says how the rows came about. `digest` names content,
    kinds and design. A table without rows may name the rows it was made without: what was fitted
    to them is then still current. `pictures` has one picture per row for each variable that is one;
    these are no columns.
    """

    variables: tuple[Variable, ...]
    columns: Mapping[str, Column]
    source: str = ""
    notes: tuple[str, ...] = ()
    withheld: Withheld | None = None
    design: Design = Design()
    pictures: Mapping[str, Pictures] = field(default_factory=dict)
    digest: str = field(init=False, default="")
    _called: Mapping[str, Variable] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Freeze the columns and name the content."""
        for column in self.columns.values():
            column.setflags(write=False)
        object.__setattr__(self, "digest", _digest(self))
        object.__setattr__(self, "_called", {v.name: v for v in reversed(self.variables)})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values()))) if self.columns else 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables, in the order of the file."""
        return tuple(variable.name for variable in self.variables)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def variable(self, name: str) -> Variable:
        """The variable called `name`; a DataError names the ones there are."""
        found = self._called.get(name)
        if found is not None:
            return found
        known = ", ".join(self.names[:12]) + (" …" if len(self.names) > 12 else "")
        raise DataError(f"The table has no column {name}", remedy=f"it has {known}")

    def complete(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Which rows, shape (rows,), have a value for every one of `names`."""
        keep = np.ones(self.rows, dtype=bool)
        for name in names:
            keep &= ~np.isnan(self.columns[name])
        return keep

    def spread(self, name: str) -> float:
        """Standard deviation of a column, in its unit; 0 without two values."""
        values = self.columns[name][~np.isnan(self.columns[name])]
        return float(values.std()) if len(values) else 0.0

    def missing(self, name: str) -> float:
        """Share of rows, 0 … 1, without a value for `name`."""
        return float(np.isnan(self.columns[name]).mean()) if self.rows else 0.0


def without_rows(table: Table) -> Table:
    """The variables of `table` alone, and which rows are missing; no value, no name of a file."""
    found = gapped(table)
    gaps = tuple(name in found for name in table.names)
    withheld = Withheld(table.rows, tuple(column_digests(table).values()), gaps)
    columns = {name: np.empty(0) for name in table.names}
    return Table(table.variables, columns, withheld=withheld, design=table.design)


@lru_cache(maxsize=4)
def column_digests(table: Table) -> dict[str, str]:
    """The digest of each column's values, also of values withheld."""
    if table.withheld is not None:
        return dict(zip(table.names, table.withheld.digests, strict=True))
    return {
        name: hashlib.sha256(np.ascontiguousarray(table[name]).tobytes()).hexdigest()
        for name in table.names
    }


@lru_cache(maxsize=4)
def gapped(table: Table) -> frozenset[str]:
    """The columns in which some row has no value, also of values withheld."""
    if table.withheld is not None:
        known = zip(table.names, table.withheld.gaps, strict=False)
        return frozenset(name for name, gap in known if gap)
    return frozenset(name for name in table.names if np.isnan(table[name]).any())


def _digest(table: Table) -> str:
    content = hashlib.sha256()
    for variable in table.variables:
        content.update(repr(variable).encode())
        content.update(np.ascontiguousarray(table.columns[variable.name]).tobytes())
    if table.withheld is not None:
        content.update(repr(table.withheld).encode())
    if table.design != Design():
        content.update(repr(table.design).encode())
    for name in sorted(table.pictures):
        content.update(f"{name} {table.pictures[name].digest}".encode())
    return content.hexdigest()

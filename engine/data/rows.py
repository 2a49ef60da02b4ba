"""What a table's design says of its rows: what each counts, its cluster, what was set in it."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.data.design import Design, SetWhere
from engine.data.kinds import number_text, parse_number
from engine.data.table import Column, Table
from engine.errors import DataError

MARKS_NOTHING = frozenset({"", "0", "no", "false"})
Mask = NDArray[np.bool_]
Codes = NDArray[np.int64]


def designed(table: Table, design: Design) -> Table:
    """`table` with `design`; a design that its columns do not bear out is a DataError."""
    if design.weights:
        _check_weights(table, design.weights)
    if design.cluster:
        _check_cluster(table, design.cluster)
    return restored(table, design)


def restored(table: Table, design: Design) -> Table:
    """`table` with a design that it had before; one of other columns is a DataError."""
    for name in filter(None, (design.weights, design.cluster)):
        table.variable(name)
    for item in design.experiments:
        _check_experiment(table, item)
    return replace(table, design=design)


@lru_cache(maxsize=8)
def row_weights(table: Table) -> Column:
    """What each row counts (rows,): on average 1 over the rows that count at all, 0 for the others.

    All 1 without a column of weights.
    """
    if not table.design.weights or not table.rows:
        weights = np.ones(table.rows)
    else:
        numbers = np.nan_to_num(_numbers(table, table.design.weights)).clip(min=0.0)
        largest = float(numbers.max())
        weights = numbers / largest if largest > 0 else numbers
        counted = weights > 0
        weights = weights / (weights[counted].mean() if counted.any() else 1.0)
    weights.setflags(write=False)
    return weights


@lru_cache(maxsize=8)
def cluster_codes(table: Table) -> Codes | None:
    """The cluster of each row, 0 … clusters - 1 (rows,); None where every row stands for itself.

    A row whose cluster is missing is a cluster of its own.
    """
    if not table.design.cluster:
        return None
    column = table[table.design.cluster]
    known = ~np.isnan(column)
    names, found = np.unique(column[known], return_inverse=True)
    codes = np.empty(table.rows, dtype=np.int64)
    codes[known] = found
    codes[~known] = len(names) + np.arange(int((~known).sum()))
    codes.setflags(write=False)
    return codes


def copies(table: Table) -> tuple[Column, int] | None:
    """Which copy of its row each is (rows,), NaN for a row as it was seen, and how many copies.

    None where no gap was filled.
    """
    if not table.design.copies:
        return None
    number = table[table.design.copies]
    return number, int(np.nanmax(number, initial=-1)) + 1


def first_copies(table: Table) -> Mask:
    """Each row once (rows,): False for all but one of the copies of a row with filled gaps."""
    found = copies(table)
    return np.ones(table.rows, dtype=bool) if found is None else ~(found[0] > 0)


def weights_of_rows(table: Table) -> Column:
    """What each row counts (rows,), up to a factor; of a copy: what all copies of its row do."""
    weights, found = row_weights(table), copies(table)
    return weights if found is None else np.where(np.isnan(found[0]), weights, found[1] * weights)


def clusters(table: Table) -> int | None:
    """How many clusters there are; None where every row stands for itself."""
    codes = cluster_codes(table)
    return None if codes is None else int(codes.max(initial=-1)) + 1


def set_rows(table: Table, variable: str) -> Mask:
    """Where an experimenter set `variable` (rows,); a row whose marker is missing is not one."""
    mask = np.zeros(table.rows, dtype=bool)
    for item in table.design.of(variable):
        mask |= np.isin(table[item.column], item.values)
    return mask


@lru_cache(maxsize=64)
def counted_rows(table: Table, unset: frozenset[str] = frozenset()) -> Mask:
    """The rows that count (rows,), those left out in which any variable of `unset` was set."""
    mask = row_weights(table) > 0
    for variable in sorted(unset & table.design.varied):
        mask &= ~set_rows(table, variable)
    mask.setflags(write=False)
    return mask


def effective(weights: Column) -> float:
    """How many equal rows tell as much, (Σw)² / Σw² (Kish, Survey Sampling, 1965); 0 of none."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares > 0 else 0.0


def told(table: Table, rows: Codes) -> float:
    """How many equal rows tell as much as `rows`; the copies of one row tell what one row does."""
    weights, found = row_weights(table)[rows], copies(table)
    if found is None:
        return effective(weights)
    number, many = found
    alike = np.where(np.isnan(number[rows]), 1.0, float(many))
    squares = float((alike * weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares > 0 else 0.0


def standard_error(each: Column, weights: Column, codes: Codes | None = None) -> float:
    """Standard error of the weighted mean of `each` (rows,), in its unit; ∞ of fewer than two.

    √(C / (C - 1) Σ_c (Σ_c w (x - mean))²) / Σw over the C clusters `codes` (None: rows), the
    linearised variance of a ratio (Cochran, Sampling Techniques, 1977, §6.3 and §9A.4).
    """
    total = float(weights.sum())
    if len(each) < 2 or total <= 0:
        return float("inf")
    parts = weights * (each - float(weights @ each) / total)
    if codes is not None:
        place = np.unique(codes, return_inverse=True)[1]
        parts = np.bincount(place, parts).astype(np.float64)
    many = len(parts)
    if many < 2:
        return float("inf")
    return float(np.sqrt(many / (many - 1) * (parts**2).sum())) / total


def carried(table: Table, old: Table) -> Table:
    """`table` (the same file read again) with the design of `old`, as far as it still fits."""
    same = [
        name
        for name in table.names
        if name in old and table.variable(name).categories == old.variable(name).categories
    ]
    design = _limited(old.design, table, same)
    try:
        return designed(table, design)
    except DataError:
        return table


def marking_values(table: Table, name: str) -> tuple[float, ...]:
    """The values of a column that say "yes, here": all that occur but 0, no, false and empty."""
    variable, column = table.variable(name), table[name]
    values = np.unique(column[~np.isnan(column)])
    labels = (
        (v, variable.categories[int(v)] if variable.discrete else number_text(v)) for v in values
    )
    return tuple(float(v) for v, label in labels if label.strip().casefold() not in MARKS_NOTHING)


def _limited(design: Design, table: Table, same: Iterable[str]) -> Design:
    """The design over the columns of `table`; markers only where their values mean the same."""
    known, alike = set(table.names), set(same)
    return replace(
        design,
        weights=design.weights if design.weights in known else "",
        cluster=design.cluster if design.cluster in known else "",
        experiments=tuple(
            item for item in design.experiments if item.variable in known and item.column in alike
        ),
    )


def _numbers(table: Table, name: str) -> Column:
    """A column as numbers, also where it is read as categories; NaN where missing or no number."""
    variable, column = table.variable(name), table[name]
    if not variable.discrete:
        return column
    written = (parse_number(label) for label in variable.categories)
    values = np.array([*(np.nan if v is None else v for v in written), np.nan])
    return values[np.where(np.isnan(column), len(values) - 1, column).astype(np.intp)]


def _check_weights(table: Table, name: str) -> None:
    variable = table.variable(name)
    words = [label for label in variable.categories if parse_number(label) is None]
    weights = _numbers(table, name)
    if words:
        wrong, remedy = f"{words[0]!r} is not a number", "choose a column of numbers"
    elif table.rows and (empty := int(np.isnan(weights).sum())):
        wrong = f"it is missing in {empty} row{'s' * (empty > 1)}"
        remedy = "fill these gaps; a row that should not count gets weight 0"
    elif table.rows and (weights < 0).any():
        row = int(np.argmax(weights < 0))
        wrong, remedy = f"it is {number_text(weights[row])} in row {row}", "weights are 0 or more"
    elif table.rows and not (weights > 0).any():
        wrong, remedy = "no row has a weight above 0", "choose another column"
    else:
        return
    raise DataError(f"{name} cannot weigh the rows: {wrong}", where=name, remedy=remedy)


def _check_cluster(table: Table, name: str) -> None:
    table.variable(name)
    found = clusters(replace(table, design=Design(cluster=name)))
    if table.rows and (found is None or found < 2):
        raise DataError(
            f"{name} cannot say which rows belong together: it is the same in all rows",
            where=name,
            remedy="choose a column that takes several values",
        )


def _check_experiment(table: Table, item: SetWhere) -> None:
    table.variable(item.variable)
    marker = table.variable(item.column)
    if item.column == item.variable:
        raise DataError(
            f"{item.variable} cannot mark the rows in which it was set itself",
            where=item.variable,
            remedy="choose the column that names the experiments",
        )
    codes = range(len(marker.categories))
    if not item.values or (marker.discrete and not all(v in codes for v in item.values)):
        raise DataError(
            f"No value of {item.column} says where {item.variable} was set",
            where=item.column,
            remedy="name the values that mark these rows",
        )

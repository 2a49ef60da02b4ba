"""Read a Parquet file into a Table: columns of numbers, truth values, texts, lists of numbers."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.data.kinds import (
    MISSING,
    is_identifier,
    label_variable,
    natural_key,
    number_variable,
)
from engine.data.table import Column, Table
from engine.data.variable import Kind, Variable
from engine.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Step = Callable[[int, int, str], None]
Cells = np.ma.MaskedArray[tuple[int, ...], np.dtype[np.generic]]
_TEXTS = ("VARCHAR", "ENUM", "UUID")
_DATES = ("DATE", "TIME", "INTERVAL")


def read_parquet(
    path: Path, kinds: Mapping[str, Kind], step: Step, most_columns: int, most_cells: int
) -> Table:
    """The table in a Parquet file; `step(done, total, words)` is called between columns.

    A column of lists, all as long, becomes one column per place. Texts that mean "missing" in CSV
    mean it here. What is neither numbers nor texts is left out with a note.
    """
    connection = _connect()
    try:
        told, found = _cells(connection, path, most_columns, most_cells)
    except (_duckdb_error(), RuntimeError, MemoryError) as error:
        raise DataError(
            f"{path.name} cannot be read as Parquet",
            where=str(path),
            remedy=f"write the file again; the reader says: {' '.join(str(error).split())[:120]}",
        ) from error
    finally:
        connection.close()
    notes: list[str] = []
    columns = _spread(path, told, found, notes)
    check_kinds(path, kinds, list(columns))
    if len(columns) > most_columns:
        raise _too_wide(path, len(columns), most_columns)
    read: dict[str, tuple[Variable, Column]] = {}
    for number, (name, (type_, cells)) in enumerate(columns.items()):
        step(number, len(columns), f"reading {name}")
        one = _column(name, type_, cells, kinds.get(name), notes)
        if one is not None:
            read[name] = one
    if not any(len(values) for _, values in read.values()):
        raise DataError(
            f"{path.name} has no rows that can be used",
            where=str(path),
            remedy="write columns of numbers or texts",
        )
    variables = tuple(variable for variable, _ in read.values())
    table_columns = {name: values for name, (_, values) in read.items()}
    return Table(variables, table_columns, str(path), tuple(notes))


def check_kinds(path: Path, kinds: Mapping[str, Kind], names: Sequence[str]) -> None:
    """Refuse a kind that is given for a column that the file does not have."""
    unknown = [name for name in kinds if name not in names]
    if unknown:
        raise DataError(
            f"A kind is given for {unknown[0]}, which is not a column",
            where=str(path),
            remedy=f"the columns are {', '.join(names[:12])}",
        )


def _connect() -> "DuckDBPyConnection":
    """A private database in memory that loads no extensions."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "threads": "2",
    }
    return duckdb.connect(":memory:", config=config)


def _duckdb_error() -> type[Exception]:
    import duckdb

    return duckdb.Error


def _cells(
    connection: "DuckDBPyConnection", path: Path, most_columns: int, most_cells: int
) -> tuple[dict[str, str], dict[str, Cells]]:
    """The type and the cells of each column; too many of either are refused before they are read.

    Names are no data: a folder "year=2020" adds no column (hive), and "a[1]" is no pattern.
    """
    source = "FROM read_parquet(?, hive_partitioning=false)"
    where = ["".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))]
    rows = int(connection.execute(f"SELECT count(*) {source}", where).fetchall()[0][0])
    relation = connection.execute(f"SELECT * {source}", where)
    told = {str(part[0]): str(part[1]).upper() for part in relation.description or ()}
    if len(told) > most_columns:
        raise _too_wide(path, len(told), most_columns)
    if rows * len(told) > most_cells:
        raise DataError(
            f"{path.name} is too large", where=str(path), remedy="write fewer rows or columns"
        )
    found = {name: np.ma.asarray(cells) for name, cells in relation.fetchnumpy().items()}
    return told, found


def _spread(
    path: Path, told: Mapping[str, str], found: Mapping[str, Cells], notes: list[str]
) -> dict[str, tuple[str, Cells]]:
    """Type and cells by name; a column of lists as one column per place: "x 1", "x 2", …"""
    columns: dict[str, tuple[str, Cells]] = {}
    for name, type_ in told.items():
        cells = np.ma.asarray(found[name])
        parts = {name: (type_, cells)}
        if type_.endswith("]"):
            matrix = _matrix(cells)
            if matrix is None:
                notes.append(f"{name} was left out: its cells are no lists of as many numbers each")
                continue
            parts = {
                f"{name} {place + 1}": ("DOUBLE", np.ma.masked_invalid(matrix[:, place]))
                for place in range(matrix.shape[1])
            }
        for label, part in parts.items():
            if label in columns or (label != name and label in told):
                raise DataError(
                    f"Two columns of {path.name} would be called {label}",
                    where=str(path),
                    remedy="write columns under names that differ",
                )
            columns[label] = part
    return columns


def _matrix(cells: Cells) -> Column | None:
    """Lists of numbers as one matrix, missing numbers NaN; None where they do not fit together."""
    if np.ma.getmaskarray(cells).any() or not len(cells):
        return None
    try:
        lists = [np.ma.filled(np.ma.asarray(c, dtype=np.float64), np.nan) for c in cells.data]
    except (ValueError, TypeError):
        return None
    if {part.ndim for part in lists} != {1} or len({len(part) for part in lists}) != 1:
        return None
    return np.stack(lists) if len(lists[0]) else None


def _column(
    name: str, type_: str, cells: Cells, kind: Kind | None, notes: list[str]
) -> tuple[Variable, Column] | None:
    """One column as numbers or labels; None with a note where it is neither."""
    gaps = np.ma.getmaskarray(cells)
    if cells.dtype.kind in "fiu":
        values = np.where(gaps, np.nan, cells.filled(0).astype(np.float64))
        if np.isinf(values).any():
            notes.append(f"{name} held infinite numbers, read as missing")
            values[np.isinf(values)] = np.nan
        if np.isnan(values).all() and len(values):
            notes.append(f"{name} was left out: all its cells are missing")
            return None
        return number_variable(name, values, kind)
    if cells.dtype.kind != "b" and not type_.startswith(_TEXTS):
        what = "dates or times" if type_.startswith(_DATES) else "neither numbers nor texts"
        notes.append(f"{name} was left out: its cells are {what}")
        return None
    texts = [str(cell).strip() for cell in cells.filled("" if cells.dtype == object else False)]
    gaps = gaps | np.array([text.upper() in MISSING for text in texts], dtype=bool)
    if gaps.all() and len(gaps):
        notes.append(f"{name} was left out: all its cells are missing")
        return None
    return _labelled(name, texts, gaps, kind, notes)


def _labelled(
    name: str, texts: list[str], gaps: NDArray[np.bool_], kind: Kind | None, notes: list[str]
) -> tuple[Variable, Column] | None:
    """Texts as codes into their labels in natural order, as in a CSV file."""
    said = [text for text, gap in zip(texts, gaps, strict=True) if not gap]
    labels = tuple(sorted(set(said), key=natural_key))
    if kind is None and is_identifier(len(labels), len(said)):
        notes.append(
            f"{name} was left out: its {len(labels)} different texts name the rows "
            "(give it the kind categorical to keep it)"
        )
        return None
    place = {label: float(code) for code, label in enumerate(labels)}
    codes = [np.nan if gap else place[t] for t, gap in zip(texts, gaps, strict=True)]
    return label_variable(name, labels, np.array(codes, dtype=np.float64), kind)


def _too_wide(path: Path, columns: int, most: int) -> DataError:
    return DataError(
        f"The file has {columns} columns, more than {most}",
        where=str(path),
        remedy="write fewer columns",
    )

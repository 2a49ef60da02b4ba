"""Write columns as CSV: numbers that read back exactly, categories by label, no formulas."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.data.kinds import number_text, parse_number
from engine.data.table import Table
from engine.data.variable import Variable
from engine.errors import DataError
from engine.files import replace_file

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")  # noqa: RUF001
BLOCK = 10_000  # rows


def write_table(target: Path | TextIO, table: Table) -> None:
    """`table` as CSV, in its own order of columns and rows."""
    write_csv(target, table.variables, table.columns)


def write_csv(
    target: Path | TextIO,
    variables: Sequence[Variable],
    columns: Mapping[str, ArrayLike],
    extra: Mapping[str, Sequence[int]] | None = None,
) -> None:
    """`columns` of `variables` as UTF-8 CSV, to a stream or, whole or not at all, to a file.

    Numbers are the shortest text that reads back as the same float64, whole ones without a point;
    codes become labels; missing is an empty cell. A label or name that a spreadsheet would run as a
    formula gets a leading '. `extra` holds whole-numbered columns that come first, such as `row`.
    """
    lines = _lines(variables, columns, extra or {})
    if not isinstance(target, Path):
        for line in lines:
            target.write(line)
        return
    try:
        replace_file(target, (line.encode() for line in lines))
    except OSError as error:
        raise DataError(
            f"The file cannot be written: {error.strerror or error}",
            where=str(target),
            remedy="choose another place, or make room on the disk",
        ) from error


def _lines(
    variables: Sequence[Variable],
    columns: Mapping[str, ArrayLike],
    extra: Mapping[str, Sequence[int]],
) -> Iterator[str]:
    """The CSV text in blocks of rows."""
    names = [*extra, *(variable.name for variable in variables)]
    blank = "" if len(names) > 1 else '""'  # a line of its own must not be empty
    cells: list[Iterator[str]] = [map(str, column) for column in extra.values()]
    cells += [_cells(v, np.asarray(columns[v.name], np.float64), blank) for v in variables]
    yield ",".join(_text(name) for name in names) + "\n"
    rows = zip(*cells, strict=True)
    while block := list(islice(rows, BLOCK)):
        yield "".join(",".join(row) + "\n" for row in block)


def _cells(variable: Variable, values: NDArray[np.float64], blank: str) -> Iterator[str]:
    if variable.discrete:
        labels = [_label(label) or blank for label in variable.categories]
        return (blank if np.isnan(value) else labels[int(value)] for value in values)
    return (blank if np.isnan(value) else number_text(value) for value in values)


def _label(label: str) -> str:
    """A label as one cell; one that is a number stays a number."""
    return label if parse_number(label) is not None else _text(label)


def _text(text: str) -> str:
    """A text as one cell: no formula, and quoted where CSV needs it."""
    text = "'" + text if text.startswith(TRIGGERS) else text
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


_SPECIAL = re.compile(r'[,"\r\n]|^\s|\s$')

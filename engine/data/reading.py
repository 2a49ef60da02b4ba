"""Read a file into a Table, CSV and TSV here: strictly, every doubt refused or noted."""

from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from engine.data.kinds import (
    MISSING,
    is_identifier,
    label_variable,
    natural_key,
    number_text,
    number_variable,
)
from engine.data.matrix import ENDINGS, read_matrix
from engine.data.table import Column, Table
from engine.data.textfile import (
    LONGEST_LINE,
    Layout,
    body_copy,
    line_of_record,
    plain_copy,
    sniff,
)
from engine.data.variable import Kind, Variable
from engine.errors import DataError, MixedColumnError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

POLL = 0.01  # seconds between two looks at the reading thread
MOSTLY = 0.9  # a text cell in a column with a larger share of numbers is taken for a mistake
CODED_MISSING = (-9.0, -99.0, -999.0, -9999.0)


@dataclass(frozen=True, slots=True)
class ReadProgress:
    """How far reading is: `done` of `total` steps (0: unknown), in words."""

    done: int
    total: int
    words: str


def read_table(path: Path, kinds: Mapping[str, Kind] | None = None) -> Table:
    """The table in a file; `kinds` override what `engine.data.kinds` would guess.

    Empty cells and NA, N/A, NaN, null, ?, -, . and * are missing. Text columns that only name the
    rows (see `is_identifier`) are left out with a note. Anything doubtful is a DataError that names
    the line: nothing is read by halves.
    """
    work = _Reading(Path(path), dict(kinds or {}))
    try:
        return work.run()
    finally:
        work.close()


def reading(
    path: Path, kinds: Mapping[str, Kind] | None = None
) -> Generator[ReadProgress | Table, None, None]:
    """`read_table` in slices: yields progress every 10 ms while a thread reads, then the table.

    Closing the generator interrupts the reading; a DataError is raised here.
    """
    work = _Reading(Path(path), dict(kinds or {}))
    with ThreadPoolExecutor(1, "read table") as pool:
        result = pool.submit(work.run)
        try:
            while not result.done():
                yield work.progress
                wait((result,), POLL)
        finally:
            while not result.done():
                work.cancel()
                wait((result,), POLL)
            work.close()
    yield result.result()


class _CancelledError(Exception):
    """The one who asked for the table has gone."""


@dataclass(slots=True)
class _Reading:
    """One file being read; another thread may look at `progress` and call `cancel`."""

    path: Path
    kinds: dict[str, Kind]
    progress: ReadProgress = ReadProgress(0, 0, "opening the file")
    notes: list[str] = field(default_factory=list)
    cancelled: bool = False
    connection: "DuckDBPyConnection | None" = None

    def run(self) -> Table:
        """Check, load, convert column by column."""
        if self.path.suffix.lower() in ENDINGS:
            return read_matrix(self.path, self.kinds, self._step)
        with TemporaryDirectory(prefix="doscope-") as folder:
            plain, body = Path(folder) / "plain.txt", Path(folder) / "body.txt"
            self.notes += plain_copy(self.path, plain, self._check)
            layout = sniff(self.path, plain)
            self.notes += layout.notes
            body_copy(plain, layout, body)
            self.connection = _connect(folder)
            self._load(plain, body, layout)
            return self._table(plain, layout)

    def cancel(self) -> None:
        """Interrupt the query that runs; the next step ends the reading."""
        self.cancelled = True
        if self.connection is not None:
            self.connection.interrupt()

    def close(self) -> None:
        """Free the memory."""
        if self.connection is not None:
            self.connection.close()

    def _check(self) -> None:
        if self.cancelled:
            raise _CancelledError

    def _step(self, done: int, total: int, words: str) -> None:
        self._check()
        self.progress = ReadProgress(done, total, words)

    def _query(self, sql: str, values: Sequence[object] = ()) -> "DuckDBPyConnection":
        assert self.connection is not None
        self._check()
        return self.connection.execute(sql, values)

    def _load(self, plain: Path, body: Path, layout: Layout) -> None:
        """All cells as trimmed text into table t (c0, c1, …; missing as NULL), or the bad line."""
        self._step(0, len(layout.names), "reading the file")
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(layout.names)))
        cells = [f"trim(c{i}, {_SPACES})" for i in range(len(layout.names))]
        trimmed = ", ".join(
            f"CASE WHEN upper({cell}) NOT IN {MISSING} THEN {cell} END AS c{i}"
            for i, cell in enumerate(cells)
        )
        self._query(
            f"CREATE TABLE t AS SELECT {trimmed} FROM read_csv("
            "?, delim=?, quote='\"', escape='\"', "
            f"header=false, auto_detect=false, columns={{{columns}}}, store_rejects=true, "
            f"max_line_size={LONGEST_LINE + 10}, strict_mode=true, encoding='utf-8')",
            [str(body), layout.delimiter],
        )
        rejected = self._query(
            "SELECT line, error_type, error_message FROM reject_errors ORDER BY line LIMIT 1"
        ).fetchone()
        if rejected is not None:
            raise _ragged(self.path, plain, layout, *rejected)
        for setting in ("enable_external_access=false", "lock_configuration=true"):
            self._query(f"SET {setting}")

    def _table(self, plain: Path, layout: Layout) -> Table:
        rows = int(self._query("SELECT count(*) FROM t").fetchall()[0][0])
        if rows == 0:
            raise DataError(
                "The file has column names but no rows",
                where=str(self.path),
                remedy="add at least one line of values",
            )
        unknown = [name for name in self.kinds if name not in layout.names]
        if unknown:
            raise DataError(
                f"A kind is given for {unknown[0]}, which is not a column",
                where=str(self.path),
                remedy=f"the columns are {', '.join(layout.names[:12])}",
            )
        variables: list[Variable] = []
        columns: dict[str, Column] = {}
        for i, name in enumerate(layout.names):
            self._step(i, len(layout.names), f"reading {name}")
            read = self._column(i, plain, layout)
            if read is not None:
                variables.append(read[0])
                columns[name] = read[1]
        if not variables:
            raise DataError(
                "No column of the file can be used",
                where=str(self.path),
                remedy="every column only names the rows; add a column of values",
            )
        return Table(tuple(variables), columns, str(self.path), tuple(self.notes))

    def _column(self, i: int, plain: Path, layout: Layout) -> tuple[Variable, Column] | None:
        name, kind = layout.names[i], self.kinds.get(layout.names[i])
        comma = layout.delimiter != "," and self._comma_decimals(i)
        text = f"replace(c{i}, ',', '.')" if comma else f"c{i}"
        cast = f"TRY_CAST({text} AS DOUBLE)"
        number = (
            f"CASE WHEN regexp_full_match({text}, '{_NUMBER}') AND isfinite({cast}) THEN {cast} END"
        )
        present, numbers = self._query(f"SELECT count(c{i}), count({number}) FROM t").fetchall()[0]
        if present == 0:
            self._note_empty(name, i, layout)
            return None
        if numbers == present:
            if comma:
                self.notes.append(f"{name} was read with decimal commas")
            cells = self._query(f"SELECT {number} AS v FROM t").fetchnumpy()["v"]
            values = np.ma.filled(np.ma.asarray(cells, dtype=np.float64), np.nan)
            self._doubt_codes(name, values)
            return number_variable(name, values, kind)
        mistake = numbers > MOSTLY * present or present - numbers == 1 < numbers
        if mistake and (kind is None or kind in (Kind.CONTINUOUS, Kind.COUNT)):
            raise self._odd_cell(i, number, plain, layout)
        return self._labels(i, name, kind, present)

    def _comma_decimals(self, i: int) -> bool:
        """True where no cell has a point and one has a decimal comma."""
        commas, points = self._query(
            f"SELECT count(*) FILTER (regexp_full_match(c{i}, '{_COMMA_NUMBER}')), "
            f"count(*) FILTER (regexp_full_match(c{i}, '{_NUMBER}') AND contains(c{i}, '.')) FROM t"
        ).fetchall()[0]
        return bool(commas and not points)

    def _note_empty(self, name: str, i: int, layout: Layout) -> None:
        if i in layout.unnamed:
            self.notes.append(f"Column {i + 1} has no name and no values and was left out")
            return
        raise DataError(
            f"The column {name} has no values: all its cells are missing",
            where=f"{self.path}, column {i + 1}",
            remedy="remove the column or give it values",
        )

    def _odd_cell(self, i: int, number: str, plain: Path, layout: Layout) -> DataError:
        record, cell = self._query(
            f"SELECT rowid, c{i} FROM t WHERE c{i} IS NOT NULL AND {number} IS NULL "
            "ORDER BY rowid LIMIT 1"
        ).fetchall()[0]
        line = line_of_record(plain, layout, int(record))
        return MixedColumnError(
            layout.names[i],
            f"{layout.names[i]} holds {_short(cell)} where most cells are numbers",
            where=f"{self.path}, line {line}, column {i + 1}",
            remedy="correct or empty that cell, or read the column as categorical",
        )

    def _labels(
        self, i: int, name: str, kind: Kind | None, present: int
    ) -> tuple[Variable, Column] | None:
        """A text column as codes into its naturally sorted labels."""
        count = int(self._query(f"SELECT count(DISTINCT c{i}) FROM t").fetchall()[0][0])
        if kind is None and is_identifier(count, present):
            self.notes.append(
                f"{name} was left out: its {count} different texts name the rows "
                "(give it the kind categorical to keep it)"
            )
            return None
        if kind not in (None, Kind.CATEGORICAL, Kind.ORDINAL, Kind.BINARY):
            cell = self._query(f"SELECT c{i} FROM t WHERE c{i} IS NOT NULL LIMIT 1").fetchall()[0][
                0
            ]
            raise DataError(
                f"{name} cannot be {kind}: it holds {_short(cell)}",
                where=f"{self.path}, column {i + 1}",
                remedy="choose categorical or ordinal",
            )
        found = self._query(f"SELECT DISTINCT c{i} FROM t WHERE c{i} IS NOT NULL").fetchall()
        labels = sorted((row[0] for row in found), key=natural_key)
        cells = self._query(
            f"SELECT (k.code - 1)::DOUBLE AS v FROM t LEFT JOIN (SELECT unnest(?) AS label, "
            f"generate_subscripts(?, 1) AS code) k ON t.c{i} = k.label ORDER BY t.rowid",
            [labels, labels],
        ).fetchnumpy()["v"]
        codes = np.ma.filled(np.ma.asarray(cells, dtype=np.float64), np.nan)
        return label_variable(name, tuple(labels), codes, kind)

    def _doubt_codes(self, name: str, values: Column) -> None:
        """Note a lone negative code such as -999 that often stands for missing."""
        low = float(np.nanmin(values))
        rest = values[values > low]
        if low in CODED_MISSING and len(rest) and float(rest.min()) >= 0:
            count = int((values == low).sum())
            self.notes.append(
                f"{name} holds {number_text(low)} in {count} rows, read as a number; "
                "if it stands for missing, empty those cells"
            )


_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_COMMA_NUMBER = r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?"
_SPACES = "' ' || chr(9) || chr(10) || chr(160)"


def _connect(folder: str) -> "DuckDBPyConnection":
    """A private database in memory that cannot load extensions."""
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": folder,
            "threads": "2",
        },
    )
    connection.execute("SET enable_progress_bar=false")
    return connection


def _ragged(
    path: Path, plain: Path, layout: Layout, record: int, problem: str, detail: str
) -> DataError:
    line = line_of_record(plain, layout, record - 1, blank=len(layout.names) > 1)
    columns = len(layout.names)
    if "COLUMNS" in problem:
        found = detail.rsplit("Found:", 1)[-1].strip()
        return DataError(
            f"Line {line} has {found} cells where the first line has {columns}",
            where=f"{path}, line {line}",
            remedy="add or remove cells so that every line has the same number",
        )
    if "UNQUOTED" in problem or "QUOTE" in detail.upper():
        return DataError(
            f"Line {line} has a quote that is not closed",
            where=f"{path}, line {line}",
            remedy='close the quotation, and write a quote inside a cell as ""',
        )
    return DataError(
        f"Line {line} cannot be read",
        where=f"{path}, line {line}",
        remedy=f"correct that line; the reader says: {detail.splitlines()[0][:200]}",
    )


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else cell[:40] + "…")

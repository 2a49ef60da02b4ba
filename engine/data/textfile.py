"""What kind of text file a table is in: its encoding, delimiter, header and line lengths."""

import codecs
import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from engine.data.kinds import parse_number
from engine.errors import DataError

MOST_COLUMNS = 5_000
LONGEST_LINE = 2_000_000  # bytes
CHUNK = 1 << 20
SAMPLE = 1_000  # records looked at to find the delimiter and the header
DELIMITERS = ("\t", ";", "|", ",")  # the earlier wins where two fit equally well

_MAGIC = {
    b"PK\x03\x04": "a zip archive or an Excel workbook: save the sheet as CSV first",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV first",
    b"PAR1": "a Parquet file: save it as CSV first",
    b"SQLite format 3": "a database or a project: open it as a project",
    b"\x1f\x8b": "a compressed file: unpack it first",
    b"%PDF": "a PDF document: save the table as CSV first",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read the plain copy: records of `names` start after `skip` lines, at byte `start`."""

    delimiter: str
    names: tuple[str, ...]
    skip: int
    start: int
    unnamed: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()


def plain_copy(path: Path, target: Path, check: Callable[[], None]) -> list[str]:
    """Write the file as UTF-8 with plain line ends to `target`; the notes say what was assumed.

    UTF-8, UTF-16 by its byte order mark, else Windows-1252. Binary content, empty files and lines
    above 2 MB are refused. `check` is called once per megabyte and may raise.
    """
    encoding, notes = _encoding(path)
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    open_line, words = 0, False
    with path.open("rb") as source, target.open("wb") as out:
        final = False
        while not final:
            check()
            chunk = source.read(CHUNK)
            final = not chunk
            try:
                data = decoder.decode(chunk, final=final).encode()
            except UnicodeDecodeError as error:
                raise _not_text(path, "its bytes are no letters in any usual encoding") from error
            if b"\0" in data:
                raise _not_text(path, "it holds zero bytes")
            open_line = _check_lines(path, data, open_line)
            words = words or bool(data.strip())
            out.write(data)
    if not words:
        raise DataError(
            "The file is empty", where=str(path), remedy="choose a file with a line of column names"
        )
    if _by_spaces(target):
        _rewrite(target, lambda line: "\t".join(line.split()) + "\n")
        notes.append("Cells are separated by spaces")
    return notes


def sniff(path: Path, plain: Path) -> Layout:
    """Delimiter, names and header of the plain copy, from its first thousand records.

    The delimiter is the one that gives most records as many cells as the first, more than one. The
    first record holds the names unless it has a number where a name should be; then the columns
    are called column1, column2, … Unnamed columns are called the same way; a name used again gets
    " (2)".
    """
    delimiter = max(DELIMITERS, key=lambda mark: _evenness(_records(plain, mark)))
    records = _records(plain, delimiter)
    if not records:
        raise _not_text(path, "its first lines are no rows of cells")
    first = [" ".join(cell.split()) for cell in records[0]]
    if len(first) > MOST_COLUMNS:
        raise DataError(
            f"The file has {len(first)} columns, more than {MOST_COLUMNS}",
            where=str(path),
            remedy="keep the columns you need",
        )
    if _is_header(first, records[1:]):
        names, unnamed, notes = _named(first)
        return Layout(delimiter, names, *_after_header(plain, delimiter), unnamed, notes)
    names = tuple(f"column{i + 1}" for i in range(len(first)))
    note = "The first line holds values, so the columns were called column1, column2, …"
    return Layout(delimiter, names, 0, 0, notes=(note,))


def body_copy(plain: Path, layout: Layout, target: Path) -> None:
    """The records alone, without header; in a file of one column without blank lines too."""
    with plain.open("rb") as source, target.open("wb") as out:
        source.seek(layout.start)
        if len(layout.names) == 1:
            out.writelines(line for line in source if line.strip())
        else:
            shutil.copyfileobj(source, out, CHUNK)


def line_of_record(plain: Path, layout: Layout, record: int, *, blank: bool = False) -> int:
    """The line, counted from 1, on which record `record` (from 0, after the header) begins.

    `blank`: blank lines count as records.
    """
    with plain.open("rb") as source:
        source.seek(layout.start)
        lines = io.TextIOWrapper(source, encoding="utf-8", newline="\n")
        rows = csv.reader(lines, delimiter=layout.delimiter, skipinitialspace=True)
        found, begins = -1, 0
        while found < record:
            begins = rows.line_num + 1
            try:
                found += bool(next(rows)) or blank
            except (StopIteration, csv.Error):
                break
        return layout.skip + begins


def _encoding(path: Path) -> tuple[str, list[str]]:
    """The encoding of the file, and what to note about it; what is no text file is refused."""
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "a device"
        raise DataError(f"This is {what}, not a table", where=str(path), remedy="choose a file")
    try:
        with path.open("rb") as source:
            start = source.read(CHUNK)
            _refuse_binary(path, start)
            if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16", []
            if _is_utf8(start, source):
                return "utf-8-sig", []
            return "cp1252", ["The file is not UTF-8; it was read as Windows-1252 (western)"]
    except FileNotFoundError as error:
        raise DataError(
            "There is no such file", where=str(path), remedy="check the name and the folder"
        ) from error
    except OSError as error:
        raise DataError(
            f"The file cannot be read: {error.strerror}",
            where=str(path),
            remedy="check that you may read it",
        ) from error


def _refuse_binary(path: Path, start: bytes) -> None:
    for magic, what in _MAGIC.items():
        if start.startswith(magic):
            raise DataError("This is not a text file", where=str(path), remedy=f"it is {what}")


def _not_text(path: Path, reason: str) -> DataError:
    return DataError(
        f"This is not a table in a text file: {reason}",
        where=str(path),
        remedy="choose a CSV or TSV file, saved as UTF-8",
    )


def _is_utf8(start: bytes, rest: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(start)
        for chunk in iter(lambda: rest.read(CHUNK), b""):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _check_lines(path: Path, data: bytes, open_line: int) -> int:
    """Bytes of the line still open after `data`, `open_line` before it; too long is refused."""
    lengths = [len(line) for line in data.split(b"\n")]
    lengths[0] += open_line
    if max(lengths) > LONGEST_LINE:
        raise DataError(
            "A line is longer than 2 MB", where=str(path), remedy="check that this is a table"
        )
    return lengths[-1]


def _by_spaces(plain: Path) -> bool:
    """True where no delimiter occurs at all and spaces give every line the same number of cells."""
    with plain.open(encoding="utf-8", newline="\n") as lines:
        sample = [line for line in islice(lines, SAMPLE) if line.strip()]
    if any(mark in line for line in sample for mark in (";", "|", ",", '"')):
        return False
    if any("\t" in line.strip() for line in sample) and not any("  " in line for line in sample):
        return False
    widths = {len(line.split()) for line in sample}
    return len(widths) == 1 and widths != {1} and len(sample) > 1


def _rewrite(plain: Path, change: Callable[[str], str]) -> None:
    before = plain.with_suffix(".before")
    plain.rename(before)
    with (
        before.open(encoding="utf-8", newline="\n") as lines,
        plain.open("w", encoding="utf-8", newline="\n") as out,
    ):
        out.writelines(change(line) for line in lines)


def _records(plain: Path, delimiter: str) -> list[list[str]]:
    with plain.open(encoding="utf-8", newline="\n") as lines:
        try:
            rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
            return [cells for cells in islice(rows, SAMPLE) if cells]
        except csv.Error:  # a cell above the module's limit: this is not the delimiter
            return []


def _evenness(records: list[list[str]]) -> float:
    """Share of records with as many cells as the first; 0 where that is one."""
    width = len(records[0]) if records else 1
    return sum(len(cells) == width for cells in records) / len(records) if width > 1 else 0.0


def _is_header(first: list[str], rest: list[list[str]]) -> bool:
    """True unless a first cell is a number and no column is a word above numbers only."""
    if all(parse_number(cell) is None for cell in first):
        return True
    for i, cell in enumerate(first):
        below = [cells[i].strip() for cells in rest if i < len(cells) and cells[i].strip()]
        numbers = sum(parse_number(value) is not None for value in below)
        if cell and parse_number(cell) is None and below and numbers == len(below):
            return True
    return False


def _named(first: list[str]) -> tuple[tuple[str, ...], frozenset[int], tuple[str, ...]]:
    """Names, each once; which columns had none; what was renamed."""
    names: list[str] = []
    notes: list[str] = []
    taken = set(first)
    for i, cell in enumerate(first):
        name, number = cell or f"column{i + 1}", 2
        if not cell or name in names:
            while name in names or (name in taken):
                name, number = f"{cell or f'column{i + 1}'} ({number})", number + 1
            if cell:
                notes.append(f"The name {cell} is used again; column {i + 1} was called {name}")
        names.append(name)
    unnamed = frozenset(i for i, cell in enumerate(first) if not cell)
    return tuple(names), unnamed, tuple(notes)


def _after_header(plain: Path, delimiter: str) -> tuple[int, int]:
    """How many lines and bytes the header takes, with the blank lines before it."""
    with plain.open(encoding="utf-8", newline="\n") as lines:
        rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        next(cells for cells in rows if cells)
        skip = rows.line_num
    with plain.open("rb") as source:
        return skip, sum(len(source.readline()) for _ in range(skip))

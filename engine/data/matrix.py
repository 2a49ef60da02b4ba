"""Tables that are no text: a matrix of embeddings (.npy, .npz, .safetensors), or Parquet."""

import json
import lzma
import math
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from engine.data.kinds import number_variable
from engine.data.parquet import check_kinds, read_parquet
from engine.data.table import Column, Table
from engine.data.variable import Kind, Variable
from engine.errors import DataError

ENDINGS = (".npy", ".npz", ".safetensors", ".parquet")
MOST_COLUMNS = 2_000
MOST_CELLS = 100_000_000  # 800 MB of numbers
LONGEST_HEADER = 1_000_000  # bytes
_FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
_HALVED = "BF16"  # the upper half of a float32, which numpy has no name for
_WHOLE = {"I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"}
_NUMBERS = _FLOATS | _WHOLE | {_HALVED: "<u2"}
_BROKEN = (  # what reading a damaged file, or one that is something else, ends in
    OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, SyntaxError, RuntimeError,
    MemoryError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, tokenize.TokenError,
)  # fmt: skip
Matrix = NDArray[np.float64]
Step = Callable[[int, int, str], None]


def read_matrix(path: Path, kinds: Mapping[str, Kind], step: Step) -> Table:
    """The table in a file of numbers; `step(done, total, words)` is called between columns.

    A matrix (rows, d) has the columns e1 … ed, a vector e1; several arrays in one file the name of
    each before the number. Anything doubtful is a DataError.
    """
    step(0, 0, "reading the file")
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return read_parquet(path, kinds, step, MOST_COLUMNS, MOST_CELLS)
    try:
        arrays = _safetensors(path) if suffix == ".safetensors" else _numpy(path)
    except _BROKEN as error:
        told = " ".join(str(error).split())[:120]
        raise DataError(
            f"{path.name} cannot be read as a matrix",
            where=str(path),
            remedy=f"write it again, as numbers; the reader says: {told}",
        ) from error
    columns = _columns(path, arrays)
    check_kinds(path, kinds, list(columns))
    variables: list[Variable] = []
    found: dict[str, Column] = {}
    for number, (name, values) in enumerate(columns.items()):
        step(number, len(columns), f"reading {name}")
        kind = kinds.get(name, None if _whole(arrays) else Kind.CONTINUOUS)
        variable, found[name] = number_variable(name, values, kind)
        variables.append(variable)
    return Table(tuple(variables), found, str(path))


def side_by_side(left: Table, right: Table) -> Table:
    """The columns of both tables, row by row; names that both have get " 2" on the right."""
    if left.rows != right.rows:
        raise DataError(
            f"The file has {right.rows} rows and the open table {left.rows}",
            where=right.source,
            remedy="only rows that belong together can stand side by side",
        )
    variables, columns = list(left.variables), dict(left.columns)
    for variable in right.variables:
        name, number = variable.name, 1
        while name in columns:
            number += 1
            name = f"{variable.name} {number}"
        variables.append(replace(variable, name=name))
        columns[name] = right[variable.name]
    beside = Path(right.source).name
    note = f"{len(right.names)} columns were put beside from {beside}, row by row"
    notes = (*left.notes, *right.notes, note)
    return replace(left, variables=tuple(variables), columns=columns, notes=notes)


def _numpy(path: Path) -> dict[str, NDArray[np.generic]]:
    """Arrays by name, "" for the only one; nothing that could run code is read."""
    if path.suffix.lower() == ".npy":
        with path.open("rb") as file:
            _check_shape(path, *_promised(file))
        return {"": np.load(path, mmap_mode="r", allow_pickle=False)}
    with path.open("rb") as whole, np.load(whole, allow_pickle=False) as archive:
        if not archive.files:
            raise ValueError("it holds no array")
        arrays = {}
        for name in archive.files:
            with archive.zip.open(f"{name}.npy") as file:
                _check_shape(path, *_promised(file))
            arrays[name] = archive[name]
        return _only(arrays)


def _safetensors(path: Path) -> dict[str, NDArray[np.generic]]:
    """The tensors of a file: eight bytes of length, a JSON header, the numbers in order."""
    if path.stat().st_size > 8 * MOST_CELLS:
        raise _too_large(path)
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or size > min(LONGEST_HEADER, len(content) - 8):
        raise ValueError("the header is too long")
    header = json.loads(content[8 : 8 + size])
    header.pop("__metadata__", None)
    if not header:
        raise ValueError("it holds no array")
    body, arrays = content[8 + size :], {}
    for name, about in header.items():
        if about["dtype"] not in _NUMBERS:
            raise _no_numbers(path, str(about["dtype"]))
        shape = tuple(int(n) for n in about["shape"])
        kind = np.dtype(_NUMBERS[about["dtype"]])
        first, last = (int(n) for n in about["data_offsets"])
        if not 0 <= first <= last <= len(body) or last - first != math.prod(shape) * kind.itemsize:
            raise ValueError(f"{name} does not have the length that is written")
        _check_shape(path, shape, kind)
        numbers = np.frombuffer(body[first:last], kind)
        if about["dtype"] == _HALVED:
            numbers = (numbers.astype("<u4") << 16).view("<f4")
        arrays[name] = numbers.reshape(shape)
    return _only(arrays)


def _only(arrays: dict[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    return {"": next(iter(arrays.values()))} if len(arrays) == 1 else arrays


def _promised(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    """The shape and the kind of numbers that an array's header tells, before its cells are read."""
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
    else:
        shape, _, kind = np.lib.format.read_array_header_2_0(file)
    return shape, kind


def _check_shape(path: Path, shape: tuple[int, ...], kind: np.dtype[np.generic]) -> None:
    """Refuse what is no matrix of numbers, or one too large."""
    if kind.kind not in "fiub":
        raise _no_numbers(path, str(kind))
    if len(shape) not in (1, 2) or 0 in shape:
        told = " × ".join(map(str, shape)) or "one number"
        raise DataError(
            f"The array in {path.name} is no matrix: its shape is {told}",
            where=str(path),
            remedy="save it with one line per row and one column per number",
        )
    wide = shape[1] if len(shape) == 2 else 1
    if wide > MOST_COLUMNS:
        raise DataError(
            f"The matrix has {wide} columns, more than {MOST_COLUMNS}",
            where=str(path),
            remedy="keep the first main directions of it (PCA)",
        )
    if math.prod(shape) > MOST_CELLS:
        raise _too_large(path)


def _too_large(path: Path) -> DataError:
    return DataError(
        f"{path.name} is too large", where=str(path), remedy="save fewer rows or columns"
    )


def _no_numbers(path: Path, kind: str) -> DataError:
    return DataError(
        f"The array in {path.name} holds no plain numbers ({kind})",
        where=str(path),
        remedy="save it as float32 or float64",
    )


def _columns(path: Path, arrays: dict[str, NDArray[np.generic]]) -> dict[str, Column]:
    """e1 … ed; every array must have as many rows, and a value in every cell."""
    rows = {len(array) for array in arrays.values()}
    if len(rows) > 1:
        raise DataError(
            f"The arrays in {path.name} have different numbers of rows: "
            f"{', '.join(map(str, sorted(rows)))}",
            where=str(path),
            remedy="save arrays that belong to the same rows",
        )
    columns: dict[str, Column] = {}
    for name, array in arrays.items():
        matrix = array.reshape(len(array), -1).astype(np.float64)
        if not np.isfinite(matrix).all():
            row, column = np.argwhere(~np.isfinite(matrix))[0].tolist()
            raise DataError(
                f"Row {row + 1} of the matrix has no finite number in column {column + 1}",
                where=str(path),
                remedy="leave out rows without a representation",
            )
        alone = bool(name) and array.ndim == 1
        for place in range(matrix.shape[1]):
            label = name if alone else f"{name} {place + 1}" if name else f"e{place + 1}"
            if label in columns:
                raise DataError(
                    f"Two columns of {path.name} would be called {label}",
                    where=str(path),
                    remedy="save the arrays under names that differ",
                )
            columns[label] = np.ascontiguousarray(matrix[:, place])
    if len(columns) > MOST_COLUMNS:
        raise DataError(
            f"The file has {len(columns)} columns, more than {MOST_COLUMNS}",
            where=str(path),
            remedy="save fewer arrays",
        )
    return columns


def _whole(arrays: dict[str, NDArray[np.generic]]) -> bool:
    """True where some array holds whole numbers, which may be codes or counts."""
    return any(array.dtype.kind in "iub" for array in arrays.values())

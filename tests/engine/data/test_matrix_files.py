"""Damaged, hostile and unusual files of numbers; oracles: the arrays written, DuckDB's writer."""

import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest
from safetensors.numpy import save_file

from engine.data.matrix import MOST_CELLS
from engine.data.reading import read_table
from engine.data.variable import Kind
from engine.errors import DataError

X = np.random.default_rng(5).standard_normal((12, 3))


def refused(path: Path) -> DataError:
    with pytest.raises(DataError) as found:
        read_table(path)
    assert found.value.remedy
    assert found.value.where == str(path)
    assert "\n" not in str(found.value)
    return found.value


def written(path: Path, select: str) -> Path:
    duckdb.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def tensors(path: Path, kind: str, shape: list[int], body: bytes) -> Path:
    header = json.dumps({"x": {"dtype": kind, "shape": shape, "data_offsets": [0, len(body)]}})
    path.write_bytes(len(header).to_bytes(8, "little") + header.encode() + body)
    return path


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.npy", lambda p: np.save(p, X)),
        ("a.npz", lambda p: np.savez_compressed(p, x=X, y=X[:, 0])),
        ("a.safetensors", lambda p: save_file({"x": X}, p)),
        ("a.parquet", lambda p: written(p, "SELECT i AS a, 'b' || i AS b FROM range(5) t(i)")),
    ],
)
def test_a_damaged_file_is_refused_or_read_but_never_a_crash(
    tmp_path: Path, name: str, write: Callable[[Path], object]
) -> None:
    path, lots = tmp_path / name, random.Random(7)
    write(path)
    whole, refusals = path.read_bytes(), 0
    trials = 9 if name.endswith("parquet") else 60  # a database of its own for each
    for trial in range(trials):
        content = bytearray(whole)
        for _ in range(lots.choice((1, 4, 16))):
            content[lots.randrange(min(len(content), 200))] = lots.randrange(256)
        path.write_bytes(content if trial % 3 else content[: lots.randrange(len(content))])
        try:
            read_table(path)
        except DataError:
            refusals += 1
    assert refusals > trials / 3


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "true.npy", X)
    np.savez(tmp_path / "true.npz", x=X)
    for ending in ("npy", "npz", "safetensors", "parquet"):
        path = tmp_path / f"text.{ending}"
        for content in (b"", b"age,income\n3,4\n", b"\x80\x04\x95"):
            path.write_bytes(content)
            assert "cannot be read" in refused(path).message
    (tmp_path / "true.npy").rename(tmp_path / "swapped.npz")
    (tmp_path / "true.npz").rename(tmp_path / "swapped.npy")
    assert "cannot be read" in refused(tmp_path / "swapped.npz").message
    assert "cannot be read" in refused(tmp_path / "swapped.npy").message


def test_a_promise_of_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """The header alone tells the size; nothing of it is set aside in memory."""
    shape = (MOST_CELLS, 2)
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    (tmp_path / "a.npy").write_bytes(start)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", start)
    assert "too large" in refused(tmp_path / "a.npy").message
    assert "too large" in refused(tmp_path / "a.npz").message


def test_a_header_deeper_than_python_goes_is_refused(tmp_path: Path) -> None:
    header = b"[" * 200_000
    path = tmp_path / "deep.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    assert "cannot be read" in refused(path).message


def test_half_a_float32_is_read_as_the_number_it_begins(tmp_path: Path) -> None:
    values = np.array([[1.0, -2.5], [0.15625, 96.0], [3.0, 0.0078125]], dtype="<f4")
    upper = (values.view("<u4") >> 16).astype("<u2")  # exact: their lower halves are nothing
    table = read_table(tensors(tmp_path / "x.safetensors", "BF16", [3, 2], upper.tobytes()))
    assert np.array_equal(np.column_stack([table["e1"], table["e2"]]), values)


def test_names_that_would_meet_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        for name, array in (("a", X), ("a 2", X[:, 0])):
            with archive.open(f"{name}.npy", "w") as file:
                np.save(file, array)
    assert "would be called a 2" in refused(tmp_path / "x.npz").message
    path = written(tmp_path / "x.parquet", 'SELECT [1.5, 2.5] AS a, 3 AS "a 2" FROM range(3)')
    assert "would be called a 2" in refused(path).message


def test_lists_of_numbers_are_a_column_per_place(tmp_path: Path) -> None:
    path = written(
        tmp_path / "x.parquet",
        "SELECT i / 7 AS y, [i + 0.5, i * i, -i]::FLOAT[] AS z, [i, NULL]::DOUBLE[2] AS gappy, "
        "CASE WHEN i > 3 THEN [1] ELSE [1, 2] END AS ragged FROM range(9) t(i)",
    )
    table, i = read_table(path), np.arange(9)
    assert table.names == ("y", "z 1", "z 2", "z 3", "gappy 1")
    found = np.column_stack([table[f"z {k}"] for k in (1, 2, 3)])
    assert np.array_equal(found, np.column_stack([i + 0.5, i * i, -i]))
    assert [note.split(" ")[0] for note in table.notes] == ["ragged", "gappy"]


def test_texts_that_stand_for_missing_are_missing_as_in_a_csv(tmp_path: Path) -> None:
    path = written(
        tmp_path / "x.parquet",
        "SELECT unnest(['low', ' high ', 'NA', '', NULL, 'low']) AS level, "
        "unnest([true, false, NULL, true, true, false]) AS told",
    )
    table = read_table(path)
    assert table.variable("level").categories == ("high", "low")
    assert np.array_equal(table["level"], [1, 0, np.nan, np.nan, np.nan, 1], equal_nan=True)
    assert table.variable("told").categories == ("False", "True")
    assert np.array_equal(table["told"], [1, 0, np.nan, 1, 1, 0], equal_nan=True)


def test_what_is_neither_numbers_nor_texts_is_left_out_and_told(tmp_path: Path) -> None:
    path = written(
        tmp_path / "x.parquet",
        "SELECT i::DECIMAL(6, 2) / 4 AS y, DATE '2020-01-01' AS day, 'x'::BLOB AS raw, "
        "{'k': i} AS struct, 'NaN'::DOUBLE AS none, NULL::VARCHAR AS empty, "
        "'id' || i AS name FROM range(200) t(i)",
    )
    table = read_table(path)
    assert table.names == ("y",)
    assert [note.split(" ")[0] for note in table.notes] == [
        "day", "raw", "struct", "none", "empty", "name",
    ]  # fmt: skip
    assert "dates" in table.notes[0]
    kept = read_table(path, {"name": Kind.CATEGORICAL})
    assert len(kept.variable("name").categories) == 200
    with pytest.raises(DataError, match="age, which is not a column"):
        read_table(path, {"age": Kind.COUNT})


def test_the_name_of_a_folder_or_a_file_is_no_data(tmp_path: Path) -> None:
    """A folder "year=2020" adds no column, and "[1]" in a name is no pattern for others."""
    folder = tmp_path / "year=2020"
    folder.mkdir()
    written(folder / "a1.parquet", "SELECT 0.5 AS other FROM range(3)")
    path = written(folder / "a[1].parquet", "SELECT 1.5 AS own FROM range(3)")
    assert read_table(path).names == ("own",)


def test_a_parquet_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "x.parquet", "SELECT 1 AS a, 'b' AS b FROM range(0)")
    assert "no rows" in refused(path).message

"""Matrices and Parquet files as tables; oracles: the arrays written, numpy, DuckDB's own writer."""

from pathlib import Path

import duckdb
import numpy as np
import pytest
from safetensors.numpy import save_file

from engine.data.matrix import side_by_side
from engine.data.reading import read_table, reading
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import DataError

X = np.random.default_rng(3).standard_normal((40, 5))


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as found:
        read_table(path)
    assert found.value.remedy
    return found.value.message


def saved(folder: Path, array: np.ndarray) -> Path:
    np.save(folder / "x.npy", array)
    return folder / "x.npy"


@pytest.mark.parametrize("ending", ["npy", "npz", "safetensors"])
def test_a_matrix_is_columns_e1_to_ed(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x.{ending}"
    if ending == "npy":
        np.save(path, X.astype(np.float32))
    elif ending == "npz":
        np.savez(path, anything=X.astype(np.float32))
    else:
        save_file({"anything": X.astype(np.float32)}, path)
    table = read_table(path)
    assert table.names == ("e1", "e2", "e3", "e4", "e5")
    found = np.column_stack([table[name] for name in table.names])
    assert np.array_equal(found, X.astype(np.float32).astype(np.float64))
    assert {v.kind for v in table.variables} == {Kind.CONTINUOUS}


def test_several_arrays_keep_their_names(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", left=X[:, :2], group=np.arange(40) % 2)
    table = read_table(tmp_path / "x.npz")
    assert table.names == ("left 1", "left 2", "group")
    assert table.variable("group").categories == ("0", "1")


def test_what_is_no_matrix_of_numbers_is_refused_in_one_sentence(tmp_path: Path) -> None:
    assert "no plain numbers" in refusal(saved(tmp_path, X.astype(complex)))
    assert "2 × 2 × 2" in refusal(saved(tmp_path, np.zeros((2, 2, 2))))
    assert "2001 columns" in refusal(saved(tmp_path, np.zeros((2, 2001))))
    gap = X.copy()
    gap[6, 2] = np.nan
    assert refusal(saved(tmp_path, gap)) == ("Row 7 of the matrix has no finite number in column 3")
    np.savez(tmp_path / "y.npz", a=X, b=X[:30])
    assert "different numbers of rows: 30, 40" in refusal(tmp_path / "y.npz")


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "x.npz", np.array([{"a": 1}], dtype=object))
    for name in ("x.npy", "x.npz"):
        assert "no plain numbers (object)" in refusal(tmp_path / name)


def test_a_header_that_lies_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    save_file({"a": X}, path)
    content = path.read_bytes()
    path.write_bytes(content[:-8])
    assert "cannot be read as a matrix" in refusal(path)
    path.write_bytes((1 << 40).to_bytes(8, "little") + content[8:])
    assert "cannot be read as a matrix" in refusal(path)


def test_parquet_has_numbers_texts_and_gaps(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    duckdb.execute(
        "COPY (SELECT i * 0.25 AS amount, CASE WHEN i % 3 = 0 THEN 'low' ELSE 'high' END AS level, "
        "CASE WHEN i > 0 THEN i::DOUBLE / 7 END AS gappy, [i] AS list, {'k': i} AS pair "
        f"FROM range(30) t(i)) TO '{path}' (FORMAT parquet)"
    )
    table = read_table(path)
    assert table.names == ("amount", "level", "gappy", "list 1")
    assert np.array_equal(table["amount"], np.arange(30) * 0.25)
    assert table.variable("level").categories == ("high", "low")
    assert [table.variable("level").show(v) for v in table["level"][:3]] == ["low", "high", "high"]
    assert np.isnan(table["gappy"][0])
    assert "pair was left out" in table.notes[0]
    path.write_bytes(b"PAR1 no")
    assert "cannot be read as Parquet" in refusal(path)


def test_it_is_read_in_slices_and_kinds_are_heard(tmp_path: Path) -> None:
    path = saved(tmp_path, np.arange(40).reshape(20, 2) % 4)
    steps = list(reading(path, {"e1": Kind.CONTINUOUS}))
    table = steps[-1]
    assert isinstance(table, Table)
    assert table.variable("e1").kind is Kind.CONTINUOUS
    with pytest.raises(DataError, match="e9"):
        read_table(path, {"e9": Kind.COUNT})


def test_side_by_side_keeps_both_in_order() -> None:
    def one(*names: str, rows: int = 3) -> Table:
        variables = tuple(Variable(name, Kind.CONTINUOUS) for name in names)
        return Table(variables, {name: np.arange(rows) + 0.5 for name in names}, "a.csv")

    both = side_by_side(one("age", "e1"), one("e1", "e2"))
    assert both.names == ("age", "e1", "e1 2", "e2")
    assert both.source == "a.csv"
    assert "2 columns were put beside" in both.notes[-1]
    with pytest.raises(DataError, match="4 rows and the open table 3"):
        side_by_side(one("age"), one("e1", rows=4))

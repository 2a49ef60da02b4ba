"""Written tables read back as they were, by the csv module and by our reader."""

import csv
import io
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.reading import read_table
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.data.writing import write_csv, write_table
from engine.errors import DataError
from engine.simulate.examples import EXAMPLES, example

NUMBER = Variable("x", Kind.CONTINUOUS)


def cells(*columns: tuple[Variable, list[float]]) -> list[list[str]]:
    stream = io.StringIO()
    write_csv(stream, [v for v, _ in columns], {v.name: values for v, values in columns})
    return list(csv.reader(io.StringIO(stream.getvalue(), newline="")))


@given(st.lists(st.floats(allow_infinity=False), max_size=20))
def test_numbers_are_exact_and_plain(numbers: list[float]) -> None:
    other = Variable("y", Kind.COUNT)
    header, *rows = cells((NUMBER, numbers), (other, [1.0] * len(numbers)))
    assert header == ["x", "y"]
    assert len(rows) == len(numbers)
    for (text, one), number in zip(rows, numbers, strict=True):
        assert one == "1"
        assert text == "" if math.isnan(number) else float(text) == number


@given(st.lists(st.text(max_size=6), min_size=1, max_size=5, unique=True))
def test_no_label_starts_a_formula(labels: list[str]) -> None:
    variable = Variable("label", Kind.CATEGORICAL, categories=tuple(labels))
    _, *rows = cells(
        (variable, [float(i) for i in range(len(labels))]), (NUMBER, [0.0] * len(labels))
    )
    for (text, _), label in zip(rows, labels, strict=True):
        assert text in (label, "'" + label)
        if text.startswith(("=", "+", "-", "@", "\t", "\r", "\0")):
            assert math.isfinite(float(text))


def test_formulas_are_guarded_and_numbers_are_not() -> None:
    variable = Variable("=1+1", Kind.CATEGORICAL, categories=("@SUM(A1)", "-3.2", "-cold"))
    assert cells((variable, [0, 1, 2, math.nan]), (NUMBER, [-3.2, -1.0, 0.0, 1.0])) == [
        ["'=1+1", "x"],
        ["'@SUM(A1)", "-3.2"],
        ["-3.2", "-1"],
        ["'-cold", "0"],
        ["", "1"],
    ]


@pytest.mark.parametrize("id", [entry.id for entry in EXAMPLES])
def test_examples_read_back_equal(tmp_path: Path, id: str) -> None:
    table = example(id).table
    assert table is not None
    path = tmp_path / "t.csv"
    write_table(path, table)
    back = read_table(path)
    assert back.names == table.names
    for variable in table.variables:
        labels = [variable.show(value) for value in table[variable.name]]
        again = back.variable(variable.name)
        if variable.discrete:
            assert [again.show(value) for value in back[variable.name]] == labels
        else:
            np.testing.assert_array_equal(back[variable.name], table[variable.name])


def test_extra_columns_come_first_and_no_rows_still_have_a_header() -> None:
    stream = io.StringIO()
    write_csv(stream, [NUMBER], {"x": [0.5, 1.5]}, {"row": [3, 3], "sample": [0, 1]})
    assert stream.getvalue() == "row,sample,x\n3,0,0.5\n3,1,1.5\n"
    stream = io.StringIO()
    write_csv(stream, [NUMBER], {"x": []})
    assert stream.getvalue() == "x\n"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("old")
    bad = Variable("c", Kind.BINARY, categories=("no", "yes"))
    with pytest.raises(IndexError):
        write_csv(path, [bad], {"c": [0.0] * 20_000 + [7.0]})
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]
    with pytest.raises(DataError, match="cannot be written"):
        write_table(tmp_path / "absent" / "t.csv", Table((NUMBER,), {"x": np.zeros(1)}))

"""Reading tables: what is read equals what Python's csv module and float() read, or is refused."""

import csv
import math
import pickle
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data.reading import ReadProgress, read_table, reading
from engine.data.table import Table
from engine.data.variable import Kind
from engine.errors import DataError, MixedColumnError

SHARED = Path(__file__).parents[4] / "shared" / "data"
MISSING = {"", "na", "n/a", "nan", "null", "?", "-", ".", "*"}


def written(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value).count("\n") == 0
    assert str(path) in caught.value.where
    assert caught.value.remedy
    return caught.value


def kinds(table: Table) -> list[str]:
    return [variable.kind.value for variable in table.variables]


def expected_cell(cell: str) -> float | str | None:
    cell = cell.strip()
    if cell.lower() in MISSING:
        return None
    try:
        return float(cell)
    except ValueError:
        return cell


def assert_as_csv_module(path: Path, table: Table, delimiter: str = ",") -> None:
    """Every cell of `table` is what csv.reader and float() make of the file."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header, *records = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    assert table.rows == len(records)
    for variable in table.variables:
        cells = [expected_cell(record[header.index(variable.name)]) for record in records]
        for cell, value in zip(cells, table[variable.name], strict=True):
            if cell is None:
                assert math.isnan(value)
            elif not variable.discrete:
                assert value == cell
            elif isinstance(cell, float):
                assert float(variable.show(value)) == cell
            else:
                assert variable.show(value) == cell


@pytest.mark.parametrize(
    "name",
    [
        "cmu_real/hitters/hitters.txt",
        "cmu_real/abalone/abalone.mixed.maximum.3.txt",
        "cmu_real/algerian-forest-fires/algerian-forest-fires.mixed.maximum.2.txt",
        "cmu_real/student-performance/student-performance.data.mixed.maximum.3.txt",
        "cmu_real/uscrime/uscrime.continuous.txt",
        "cmu_real/college-plans/college-plans.discrete.txt",
        "sachs/sachs.2005.continuous.txt",
        "sachs/sachs.2005.discrete.txt",
        "causaldata/titanic.csv",
        "classroom_facure/smoking.csv",
        "classroom_facure/wage.csv",
        "lalonde/cps_controls.csv",
    ],
)
def test_real_tables_read_as_the_csv_module_reads_them(name: str) -> None:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the shared data folder has no {name}")
    assert_as_csv_module(path, read_table(path), "\t" if path.suffix == ".txt" else ",")


def test_sachs_is_eleven_continuous_proteins_in_7466_cells() -> None:
    path = SHARED / "sachs" / "sachs.2005.continuous.txt"
    if not path.exists():
        pytest.skip("the shared data folder has no sachs")
    table = read_table(path)
    assert table.rows == 7466
    assert " ".join(table.names) == "raf mek plc pip2 pip3 erk akt pka pkc p38 jnk"
    assert set(kinds(table)) == {"continuous"}


def test_a_repeated_name_is_told_apart_and_noted() -> None:
    path = SHARED / "twins" / "twins.csv"
    if not path.exists():
        pytest.skip("the shared data folder has no twins")
    table = read_table(path)
    assert "gestatcat1" in table
    assert "gestatcat1 (2)" in table
    assert any("column 13" in note for note in table.notes)


def test_kinds_units_of_a_small_table(tmp_path: Path) -> None:
    table = read_table(
        written(
            tmp_path,
            "sex,age,score,pay,ok\nf,31,1,10.5,true\nm,40,2,11.25,false\nm,52,2,9,true\n"
            "f,,1,7.125,true\nf,33,3,8,true\nm,20,3,9.5,?\n",
        )
    )
    assert kinds(table) == ["binary", "count", "ordinal", "continuous", "binary"]
    assert table.variable("sex").categories == ("f", "m")
    assert table.variable("ok").categories == ("false", "true")
    assert np.isnan(table["age"][3])
    assert np.isnan(table["ok"][5])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False), min_size=12, max_size=30, unique=True
    )
)
def test_numbers_are_read_exactly(tmp_path: Path, numbers: list[float]) -> None:
    path = written(tmp_path, "x\n" + "".join(f"{number!r}\n" for number in numbers))
    table = read_table(path, {"x": Kind.CONTINUOUS})
    assert table["x"].tolist() == numbers


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    text = end.join(["größe,x", "kleín,1.5", "groß,2.25", "groß,3"]) + end
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    table = read_table(written(tmp_path, mark + text.encode(encoding)))
    assert table.names == ("größe", "x")
    assert table.variable("größe").categories == ("groß", "kleín")
    assert table["x"].tolist() == [1.5, 2.25, 3.0]
    assert bool(table.notes) == (encoding == "cp1252")


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_delimiters_and_quotes(tmp_path: Path, mark: str) -> None:
    rows = [["name", "x", "label"], ["a", "1.5", f'say ""hi""{mark} twice'], ["b", "2.5", "two"]]
    text = "\n".join(mark.join(f'"{c}"' if '"' in c else c for c in row) for row in rows)
    table = read_table(written(tmp_path, text))
    assert table.variable("label").categories == (f'say "hi"{mark} twice', "two")


def test_decimal_commas_and_semicolons(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "id;income;x\n1;2,5;0,125\n2;-3,75;1e2\n3;10;,5\n"))
    assert table["income"].tolist() == [2.5, -3.75, 10.0]
    assert table["x"].tolist() == [0.125, 100.0, 0.5]
    assert table.notes == (
        "income was read with decimal commas",
        "x was read with decimal commas",
    )


def test_every_word_for_missing(tmp_path: Path) -> None:
    words = ["", "NA", "N/A", "NaN", "null", "?", "-", ".", "*", " na ", '""']
    table = read_table(written(tmp_path, "x,y\n1.5,a\n" + "".join(f"{w},{w}\n" for w in words)))
    assert np.isnan(table["x"]).sum() == np.isnan(table["y"]).sum() == len(words)
    assert table["x"][0] == 1.5


def test_minus_999_stays_a_number_and_is_noted(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "x,y\n-999,1\n3.5,-999\n4,-1200\n"))
    assert table["x"].min() == -999
    assert [note for note in table.notes if "-999" in note] == [
        "x holds -999 in 1 rows, read as a number; if it stands for missing, empty those cells"
    ]


def test_unnamed_columns_and_no_header(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, ",b,\n1.5,x,\n2.5,y,\n"))
    assert table.names == ("column1", "b")
    assert "column 3" in table.notes[0].lower()
    table = read_table(written(tmp_path, "1.5 2\n2.5   3\n 3.5 5\n", "pair.txt"))
    assert table.names == ("column1", "column2")
    assert table["column2"].tolist() == [2.0, 3.0, 5.0]


def test_names_of_rows_are_left_out_with_a_note(tmp_path: Path) -> None:
    text = "name,x\n" + "".join(f"person {i},{i / 7}\n" for i in range(80))
    path = written(tmp_path, text)
    table = read_table(path)
    assert table.names == ("x",)
    assert table.notes[0].startswith("name was left out")
    kept = read_table(path, {"name": Kind.CATEGORICAL})
    assert kept.variable("name").categories[:3] == ("person 0", "person 1", "person 2")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a,b\n1,2\n3\n4,5\n", 3, "Line 3 has 1 cells where the first line has 2"),
        ("a,b\n1,2\n\n3,4,5\n6,7\n", 4, "Line 4 has 3 cells"),
        ('a,b\n"x\ny",2\nu,3\nv\n', 5, "Line 5 has 1 cells"),
        ('a,b\n1,2\n1,"open\n3,4\n', 3, "Line 3 has a quote"),
        ('a,b\n1,2\n1,"x" z\n3,4\n', 3, "Line 3 has a quote"),
    ],
)
def test_a_ragged_line_is_named(tmp_path: Path, text: str, line: int, words: str) -> None:
    error = refusal(written(tmp_path, text))
    assert error.message.startswith(words)
    assert error.where.endswith(f"line {line}")


@pytest.mark.parametrize("at", [3, 40_000, 89_999])
def test_a_bad_line_deep_in_a_long_file_is_named(tmp_path: Path, at: int) -> None:
    lines = [f"{i},{i * 0.5},word {i % 7}" for i in range(90_000)]
    lines[at] = "1,2"
    assert refusal(written(tmp_path, "\n".join(["a,b,c", *lines]))).where.endswith(f"line {at + 2}")
    lines[at] = "1,oops,word 1"
    error = refusal(written(tmp_path, "\n".join(["a,b,c", *lines])))
    assert error.message == "b holds 'oops' where most cells are numbers"
    assert isinstance(error, MixedColumnError)
    assert error.column == "b"
    assert pickle.loads(pickle.dumps(error)).column == "b"
    assert error.where.endswith(f"line {at + 2}, column 2")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n \n\r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"a,b\n", "no rows"),
        (b"a,b\n1,\n2,NA\n", "The column b has no values"),
        (b"PK\x03\x04rest", "not a text file"),
        (b"SQLite format 3\0rest", "not a text file"),
        (bytes(range(256)) * 8, "not a table in a text file"),
        (b"a,b\n1,2\n" + b"\0" * 9, "not a table in a text file"),
        (b"x,y\n1," + b"a" * 2_000_001 + b"\n", "longer than 2 MB"),
        (b",".join(b"c%d" % i for i in range(5001)) + b"\n", "5001 columns"),
        (b"id\n" + b"".join(b"u%d\n" % i for i in range(99)), "No column"),
    ],
)
def test_unreadable_files_are_refused_in_one_sentence(
    tmp_path: Path, content: bytes, words: str
) -> None:
    assert words in refusal(written(tmp_path, content)).message


def test_folder_and_missing_file(tmp_path: Path) -> None:
    assert "folder" in refusal(tmp_path).message
    assert "no such file" in refusal(tmp_path / "absent.csv").message


def test_a_kind_for_an_unknown_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="z, which is not a column"):
        read_table(written(tmp_path, "a\n1\n2\n"), {"z": Kind.COUNT})


def test_a_name_is_data_not_sql(tmp_path: Path) -> None:
    path = written(tmp_path, "a'b\";drop table t,x\n1.5,p\n2,q\n", 'it\'s; "odd".csv')
    assert read_table(path).names == ("a'b\";drop table t", "x")


def test_reading_in_slices_gives_progress_then_the_same_table(tmp_path: Path) -> None:
    rng = random.Random(1)
    text = "a,b,c\n" + "".join(
        f"{rng.random()},{rng.randrange(3)},w{i % 5}\n" for i in range(20_000)
    )
    path = written(tmp_path, text)
    *steps, table = reading(path)
    assert all(isinstance(step, ReadProgress) for step in steps)
    assert table == read_table(path)
    assert_as_csv_module(path, read_table(path))


def test_reading_can_be_given_up_and_passes_errors_on(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n" + "1.5,x\n" * 200_000)
    slices = reading(path)
    next(slices)
    slices.close()
    with pytest.raises(DataError, match="no such file"):
        list(reading(tmp_path / "absent.csv"))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(
        st.text(alphabet='ab19.,;\t|"\n\r -NA', max_size=60).map(str.encode),
        st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.binary(max_size=60),
    )
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    """A table that comes out has as many rows as the csv module finds, or it is a DataError."""
    path = written(tmp_path, content)
    try:
        table = read_table(path)
    except DataError:
        return
    assert table.rows >= 1
    assert all(len(table[name]) == table.rows for name in table.names)
    assert not any(np.isinf(table[name]).any() for name in table.names)


CELLS = ["1", "2.5", "a", "", '"x,y"', '"p\nq"', '"say ""hi"""', "NA", "-3", "'q'", "a b", ' "s"']


@pytest.mark.parametrize("seed", range(40))
def test_quotes_and_blanks_read_as_the_csv_module_reads_them(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    rows = [",".join(chance.choice(CELLS) for _ in range(3)) for _ in range(6)]
    path = written(
        tmp_path, "h1,h2,h3\n" + chance.choice(["\n", "\n\n"]).join(["z,z,z", *rows, "y,y,y"])
    )
    table = read_table(path)
    with path.open(newline="") as lines:
        _, *records = [row for row in csv.reader(lines, skipinitialspace=True) if row]
    expected = [["" if c.strip().lower() in MISSING else c.strip() for c in row] for row in records]
    found = [[v.show(table[v.name][i]) for v in table.variables] for i in range(table.rows)]
    assert found == expected

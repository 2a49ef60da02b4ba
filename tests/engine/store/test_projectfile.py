"""The project file gives back exactly what was put in, or refuses; a failed save is harmless."""

import json
import math
import random
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import ProjectFileError
from engine.graph.graph import graph_of
from engine.interventions import Convention, OneOf, Range, Set, Shift
from engine.project import Project, Role
from engine.queries.questions import Question, Rung
from engine.simulate.examples import EXAMPLES, example
from engine.store import projectfile
from engine.store.document import project_from, project_json
from engine.store.projectfile import project_bytes, project_of, read_project, write_project

FITS = {"a" * 64: b"weights" * 999, "empty": b""}


def rich() -> Project:
    """A project with something in every field."""
    names = ("größe", 'a "b"', "病\n", "z", "h")
    values = np.array([1.5, math.nan, -0.0, 5e-324, 1.7976931348623157e308])
    return Project(
        graph=graph_of(
            names, [(names[0], names[1]), (names[1], names[2])], [(names[3], "h")], ["h"]
        ),
        positions={names[0]: (0.1, -2.0), "z": (1e9, 3.0)},
        roles={names[0]: Role.EXPOSURE, "z": Role.SELECTED},
        table=Table(
            (
                Variable(names[0], Kind.CONTINUOUS, "m²", step=0.5, lower=-1e9),
                Variable(names[1], Kind.ORDINAL, categories=("", "'", "\ud800")),
                Variable("z", Kind.COUNT, step=1),
            ),
            {
                names[0]: values,
                names[1]: np.array([0.0, 2.0, math.nan, 1.0, 1.0]),
                "z": np.arange(5.0),
            },
            "/some/where.csv",
            ("a note",),
        ),
        families={"z": "linear"},
        question=Question(
            Rung.IMAGINE,
            "z",
            2,
            (Range("z", -math.inf, 3.0), OneOf(names[1], (0, 2)), Range("z", 1.0, math.inf)),
            (Set("z", 0.1), Shift(names[0], -1e-300)),
            (),
            3,
            Convention.REDRAW,
        ),
        seed=2**60,
        title="title",
        notes="two\nlines",
    )


def test_a_question_from_before_conventions_keeps_the_rank() -> None:
    fields = project_json(rich())
    question = fields["question"]
    assert isinstance(question, dict)
    del question["convention"]
    assert project_from(fields).question.convention is Convention.RANK
    question["convention"] = "luck"
    with pytest.raises(ProjectFileError, match="unknown word"):
        project_from(fields)


def assert_same(project: Project, other: Project) -> None:
    """Equal, and the table equal bit for bit, beyond its hash."""
    assert project == other
    assert list(project.positions) == list(other.positions)
    assert project.question == other.question
    if project.table is not None:
        assert other.table is not None
        assert project.table.variables == other.table.variables
        assert (project.table.source, project.table.notes) == (
            other.table.source,
            other.table.notes,
        )
        for name in project.table.names:
            assert project.table[name].tobytes() == other.table[name].tobytes()


@pytest.mark.parametrize(
    "project",
    [Project(), rich(), *(example(entry.id) for entry in EXAMPLES)],
    ids=lambda p: p.title,
)
def test_there_and_back(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "p.doscope"
    write_project(path, project, FITS)
    back, fits = read_project(path)
    assert_same(project, back)
    assert fits == FITS


names = st.text(min_size=1, max_size=5).filter(str.strip)


@settings(max_examples=50)
@given(
    st.lists(names, min_size=2, max_size=6, unique=True),
    st.randoms(use_true_random=False),
    st.lists(st.floats(allow_nan=False), min_size=3, max_size=3),
)
def test_any_graph_and_condition_come_back(
    names: list[str], chance: random.Random, ends: list[float]
) -> None:
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    project = Project(
        graph=graph_of(
            names,
            [p for p in pairs if chance.random() < 0.5],
            [p for p in pairs if chance.random() < 0.3],
            [v for v in names if chance.random() < 0.2],
        ),
        question=Question(evidence=tuple(Range(names[0], end, end) for end in ends)),
    )
    assert_same(project, project_of(project_bytes(project, {}))[0])


def test_the_file_is_one_strict_database_that_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "p.doscope"
    write_project(path, rich(), FITS)
    assert [p.name for p in tmp_path.iterdir()] == ["p.doscope"]
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (0x446F5363,)
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        tables = connection.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema='main'"
        )
        assert {("document", 1), ("blobs", 1)} <= set(tables.fetchall())
        text = connection.execute("SELECT json FROM document").fetchone()[0]
    connection.close()
    assert json.loads(text)["seed"] == 2**60
    assert "Infinity" not in text


def test_the_previous_version_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "p.doscope"
    for title in ("one", "two", "three"):
        write_project(path, Project(title=title), {})
    assert read_project(path)[0].title == "three"
    assert read_project(tmp_path / "p.doscope~")[0].title == "two"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.doscope", "p.doscope~"]


def test_large_columns_are_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projectfile, "PART", 1000)
    project = example("dose-trial")
    content = project_bytes(project, FITS)
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content)
    longest = connection.execute("SELECT max(length(content)), count(*) FROM blobs").fetchone()
    connection.close()
    assert longest[0] <= 1000
    assert longest[1] >= 5 * 16
    back, fits = project_of(content)
    assert_same(project, back)
    assert fits == FITS


def test_a_copy_without_rows_holds_none(tmp_path: Path) -> None:
    path = tmp_path / "p.doscope"
    project = example("dose-trial")
    assert project.table is not None
    write_project(path, project, FITS, rows=False)
    back, fits = read_project(path)
    assert back.table is not None
    assert back.table.rows == 0
    assert back.table.variables == project.table.variables
    assert fits == FITS
    assert path.stat().st_size < 40_000  # the rows alone are 80 000 bytes


def test_mutants_are_refused_or_harmless() -> None:
    """Bit flips, cuts, insertions and overwritten spans: never another content, no other error."""
    project = replace(example("kidney-stones"), seed=5)
    content = project_bytes(project, FITS)
    chance = random.Random(3)
    refused = 0
    for _ in range(600):
        mutant = bytearray(content)
        at = chance.randrange(len(mutant))
        match chance.randrange(5):
            case 0:
                for _ in range(chance.randint(1, 6)):
                    mutant[chance.randrange(len(mutant))] ^= 1 << chance.randrange(8)
            case 1:
                mutant[chance.randrange(100)] ^= 1 << chance.randrange(8)
            case 2:
                del mutant[at:]
            case 3:
                mutant[at:at] = chance.randbytes(chance.randint(1, 50))
            case _:
                mutant[at : at + 64] = chance.randbytes(64)
        try:
            back, fits = project_of(bytes(mutant))
        except ProjectFileError:
            refused += 1
        else:
            assert_same(project, back)
            assert fits == FITS
    assert refused > 300


def tampered(change: dict[str, object], project: Project | None = None) -> bytes:
    """A file whose description was rewritten by hand, with a correct hash."""
    import hashlib

    connection = sqlite3.connect(":memory:")
    connection.deserialize(project_bytes(project or rich(), FITS))
    fields = json.loads(connection.execute("SELECT json FROM document").fetchone()[0])
    for path, value in change.items():
        *way, last = path.split(".")
        place = fields
        for key in way:
            place = place[int(key) if key.isdigit() else key]
        place[int(last) if last.isdigit() else last] = value
    text = json.dumps(fields)
    row = (text, hashlib.sha256(text.encode()).digest())
    connection.execute("UPDATE document SET json = ?, hash = ?", row)
    connection.commit()
    content = connection.serialize()
    connection.close()
    return content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seed", 1.5),
        ("seed", True),
        ("seed", 10**30),
        ("title", None),
        ("positions.z", [1, 2, 3]),
        ("positions.z", [1, math.nan]),
        ("positions", []),
        ("roles.z", "king"),
        ("graph.variables", ["z", "z"]),
        ("graph.variables", ["z", " "]),
        ("graph.edges", [["z", "nowhere"]]),
        ("graph.edges", [["z", "h"], ["h", "z"]]),
        ("graph.edges", [["z", "z"]]),
        ("graph.bidirected", [["z", "h"]]),
        ("graph.bidirected", [["h", "h"]]),
        ("graph.latent", ["nowhere"]),
        ("question.rung", "fly"),
        ("question.level", -1),
        ("question.evidence", [{"variable": "z", "low": "-inf"}]),
        ("question.evidence", [{"variable": "z", "low": "nan", "high": 1}]),
        ("question.action", [{"do": "undo", "variable": "z", "value": 1}]),
        ("question.action", [{"do": "set", "variable": "z", "value": 10**400}]),
        ("table.rows", 4),
        ("table.digest", "0"),
        ("table.variables.1.categories", ["one"]),
        ("table.variables.0.kind", "colour"),
        ("table.variables.0.name", "z"),
        ("table.columns.0", [{"id": 1, "size": 10**18, "packed": 1, "sha256": ""}]),
        ("table.columns.0.0.size", 39),
        ("table.columns.0.0.id", 99),
        ("fits.empty", 5),
        ("fits", None),
    ],
)
def test_every_field_is_checked(field: str, value: object) -> None:
    with pytest.raises(ProjectFileError):
        project_of(tampered({field: value}))


def test_tampering_alone_is_not_what_is_refused() -> None:
    assert_same(rich(), project_of(tampered({}))[0])
    assert project_of(tampered({"title": "other"}))[0].title == "other"


def test_deep_double_and_strange_json_is_refused() -> None:
    for text in (
        "[" * 100_000,
        '{"a":1,"a":2}',
        '{"seed":NaN}',
        "5",
        '{"seed":' + "9" * 5000 + "}",
    ):
        from engine.store.fields import load

        with pytest.raises(ProjectFileError):
            load(text)


def test_damaged_parts_are_named() -> None:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(project_bytes(example("dose-trial"), FITS))
    connection.execute("UPDATE blobs SET content = zeroblob(length(content)) WHERE id = 2")
    connection.commit()
    with pytest.raises(ProjectFileError, match="the column severity"):
        project_of(connection.serialize())
    connection.execute("DELETE FROM blobs WHERE id = 6")
    connection.commit()
    connection.close()


def test_foreign_and_newer_files_are_refused_clearly(tmp_path: Path) -> None:
    content = bytearray(project_bytes(Project(), {}))
    content[60:64] = (projectfile.VERSION + 1).to_bytes(4, "big")
    with pytest.raises(ProjectFileError, match="newer Doscope"):
        project_of(bytes(content))
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    for path in (other, tmp_path / "absent", tmp_path, Path(__file__)):
        with pytest.raises(ProjectFileError) as caught:
            read_project(path)
        assert caught.value.where == str(path)
        assert caught.value.remedy


def test_hidden_tables_and_triggers_are_refused() -> None:
    for sql in (
        "CREATE VIEW v AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON blobs BEGIN DELETE FROM document; END",
        "CREATE TABLE more (x)",
    ):
        connection = sqlite3.connect(":memory:")
        connection.deserialize(project_bytes(Project(), {}))
        connection.execute(sql)
        connection.commit()
        with pytest.raises(ProjectFileError, match="tables are not those"):
            project_of(connection.serialize())
        connection.close()


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from engine.errors import ProjectFileError
from engine.simulate.examples import example
from engine.store.projectfile import write_project
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path(sys.argv[1])
for limit in range(0, 90_000, 9_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        write_project(path, example("dose-trial"), {})
    except ProjectFileError as error:
        print(limit, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file size are POSIX")
def test_a_full_disk_leaves_the_old_file_untouched(tmp_path: Path) -> None:
    path = tmp_path / "p.doscope"
    write_project(path, rich(), FITS)
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True
    )
    refusals = done.stdout.strip().splitlines()
    assert len(refusals) == 10
    assert all("could not be saved" in line and str(path) in line for line in refusals)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["p.doscope"]


def test_short_writes_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import engine.files

    path = tmp_path / "p.doscope"
    write_project(path, Project(title="old"), {})
    real = engine.files.os.write
    monkeypatch.setattr(engine.files.os, "write", lambda file, data: real(file, data[:7]))
    write_project(path, Project(title="slow but whole"), {})
    assert read_project(path)[0].title == "slow but whole"
    monkeypatch.setattr(engine.files.os, "write", lambda file, data: len(data))
    with pytest.raises(ProjectFileError, match="could not be saved"):
        write_project(path, Project(title="lost"), {})
    assert read_project(path)[0].title == "slow but whole"

"""Pictures in a project file: they come back bit for bit, and a damaged file is refused."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.data.pictures import Pictures
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import ProjectFileError
from engine.graph.graph import graph_of
from engine.project import Project
from engine.queries.questions import PictureAsked, Question, Rung
from engine.store.fields import dump, load
from engine.store.pictures import pictures_from, pictures_json
from engine.store.projectfile import project_bytes, project_of, read_project, write_project


def project(*shape: int) -> Project:
    pixels = np.random.default_rng(0).integers(0, 256, (5, *shape), dtype=np.uint8)
    x = Variable("x", Kind.CONTINUOUS)
    table = Table((x,), {"x": np.arange(5.0)}, pictures={"p": Pictures(pixels)})
    question = Question(Rung.SEE, "p")
    return Project(graph=graph_of(("x", "p"), [("x", "p")]), table=table, question=question)


def version(content: bytes) -> int:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content)
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(found)


@pytest.mark.parametrize("shape", [(7, 9), (7, 9, 3)])
def test_pictures_come_back_bit_for_bit(tmp_path: Path, shape: tuple[int, ...]) -> None:
    made = project(*shape)
    write_project(tmp_path / "p.doscope", made, {})
    back, _ = read_project(tmp_path / "p.doscope")
    assert back == made
    assert back.table is not None
    assert made.table is not None
    np.testing.assert_array_equal(back.table.pictures["p"].pixels, made.table.pictures["p"].pixels)
    assert back.pictures == ("p",)


def test_only_a_file_with_pictures_has_the_new_format(tmp_path: Path) -> None:
    made = project(4, 4)
    assert version(project_bytes(made, {})) == 11
    assert made.table is not None
    bare = replace(made, table=replace(made.table, pictures={}))
    assert version(project_bytes(bare, {})) == 1


def test_a_copy_without_rows_has_no_pictures(tmp_path: Path) -> None:
    write_project(tmp_path / "p.doscope", project(4, 4), {}, rows=False)
    back, _ = read_project(tmp_path / "p.doscope")
    assert back.table is not None
    assert back.table.pictures == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"shape": [5, 4, 5]},
        {"shape": [4, 4, 4]},
        {"shape": [5, 4, 4, 4]},
        {"shape": [5, 16]},
        {"shape": [5, 0, 4]},
        {"shape": [5, 4000, 4]},
        {"shape": [5, -4, -4]},
        {"name": "x"},
        {"name": 3},
        {"pixels": 7},
    ],
)
def test_a_stranger_s_pictures_are_checked(changed: dict[str, object]) -> None:
    made = project(4, 4)
    assert made.table is not None
    stored: dict[int, bytes] = {}

    def add(content: bytes) -> list[dict[str, object]]:
        stored[len(stored)] = content
        return [{"id": len(stored) - 1}]

    entries = pictures_json(made.table.pictures, add)

    def content(manifest: object, what: str) -> bytes:
        if not isinstance(manifest, list):
            raise ProjectFileError("no manifest")
        return stored[manifest[0]["id"]]

    assert pictures_from(load(dump({"p": entries}))["p"], 5, ("x",), content) == dict(
        made.table.pictures
    )
    with pytest.raises(ProjectFileError):
        pictures_from([entries[0] | changed], 5, ("x",), content)


def test_the_picture_asked_for_is_the_outcome_of_the_question() -> None:
    made = project(4, 4)
    content = project_bytes(made, {"key": b"fit"})
    back, fits = project_of(content)
    assert PictureAsked("p", back.question) == PictureAsked("p", made.question)
    assert fits == {"key": b"fit"}

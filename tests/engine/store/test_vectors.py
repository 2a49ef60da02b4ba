"""Vectors in the project file: back as they were, and absent where there are none."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ProjectFileError
from engine.graph.formats.exporting import exported
from engine.graph.graph import graph_of
from engine.graph.vectors import vectors_of
from engine.project import Project
from engine.store.document import project_from, project_json
from engine.store.journal import Journal, recover
from engine.store.projectfile import project_bytes, read_project, write_project
from tests.oracles import table

VECTORS = vectors_of({"pos": ("py", "px"), "V": ("a", "b", "c")})
DRAWN = Project(
    graph=graph_of(("pos", "V"), [("pos", "V")]),
    table=table({name: np.arange(4.0) for name in ("px", "py", "a", "b", "c")}),
    vectors=VECTORS,
)


def read(content: bytes) -> tuple[int, dict[str, object]]:
    """Format version and description of a file, by SQLite alone."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (text,) = connection.execute("SELECT json FROM document").fetchone()
    connection.close()
    return version, json.loads(text)


def test_vectors_come_back_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "m.doscope"
    write_project(path, DRAWN, {})
    assert read_project(path)[0] == DRAWN
    write_project(path, DRAWN, {}, rows=False)
    assert read_project(path)[0].vectors == VECTORS


def test_only_a_file_with_vectors_says_so() -> None:
    version, fields = read(project_bytes(DRAWN, {}))
    assert version == 4
    assert fields["vectors"] == {"pos": ["py", "px"], "V": ["a", "b", "c"]}
    version, fields = read(project_bytes(replace(DRAWN, vectors=vectors_of({})), {}))
    assert version == 1
    assert "vectors" not in fields


@pytest.mark.parametrize(
    "vectors",
    [
        {"pos": ["px"]},
        {"pos": ["px", "px"]},
        {"gone": ["px", "py"]},
        {"pos": ["px", "V"]},
        {"pos": "px"},
        ["pos"],
    ],
)
def test_damaged_vectors_are_refused(vectors: object) -> None:
    with pytest.raises(ProjectFileError, match="damaged"):
        project_from({**project_json(DRAWN), "vectors": vectors})


def test_a_graph_file_says_that_the_columns_are_left_out() -> None:
    text, dropped = exported(replace(DRAWN, table=None), "dagitty")
    assert "pos" in text
    assert "px" not in text
    assert dropped[0] == "pos is written as one variable: its columns py, px are left out"


def test_a_journal_keeps_vectors(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(1, "Make pos", DRAWN)
    journal.close(discard=False)
    assert recover(journal.path) == DRAWN

"""The design of a table in the project file: back as it was, and absent where there is none."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.data.design import Design, SetWhere
from engine.data.rows import designed
from engine.data.table import Table, without_rows
from engine.errors import ProjectFileError
from engine.project import Project
from engine.scm.conditional import Conditional
from engine.scm.fitting import fit_key
from engine.store.journal import Journal, recover
from engine.store.projectfile import project_bytes, project_of, read_project, write_project
from tests.oracles import category, table

DESIGN = Design("w", "g", (SetWhere("y", "arm", (1.0, 2.0)), SetWhere("w", "g", (0.5,))), True)


def data() -> Table:
    columns = {"y": np.arange(6.0), "w": np.ones(6), "g": np.arange(6.0) / 2}
    return designed(table({**columns, "arm": np.arange(6.0) % 3}, category("arm", 3)), DESIGN)


def json_of(content: bytes) -> dict[str, object]:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content)
    (text,) = connection.execute("SELECT json FROM document").fetchone()
    connection.close()
    found = json.loads(text)
    assert isinstance(found, dict)
    return found


def version_of(content: bytes) -> int:
    return int.from_bytes(content[60:64], "big")


def test_a_design_comes_back(tmp_path: Path) -> None:
    project, path = Project(table=data()), tmp_path / "p.doscope"
    write_project(path, project, {})
    found, _ = read_project(path)
    assert found == project
    assert found.table is not None
    assert found.table.design == DESIGN


def test_a_file_without_one_is_as_old_programs_wrote_it() -> None:
    """So that they can read it; one with a design says that it is newer."""
    plain = project_bytes(Project(table=replace(data(), design=Design())), {})
    assert version_of(plain) == 1
    assert "design" not in json_of(plain)["table"]  # type: ignore[operator]
    assert project_of(plain)[0].table == replace(data(), design=Design())
    assert version_of(project_bytes(Project(table=data()), {})) == 2


def test_a_copy_without_rows_keeps_design_and_keys(tmp_path: Path) -> None:
    path, conditional = tmp_path / "p.doscope", Conditional("y", ("w",))
    write_project(path, Project(table=data()), {}, rows=False)
    found = read_project(path)[0].table
    assert found == without_rows(data())
    assert found is not None
    assert found.design == DESIGN
    assert fit_key(conditional, found, "auto", 0) == fit_key(conditional, data(), "auto", 0)


@pytest.mark.parametrize(
    "design",
    [
        Design(weights="nowhere"),
        Design(experiments=(SetWhere("y", "arm", (7.0,)),)),
        Design(experiments=(SetWhere("y", "y", (1.0,)),)),
    ],
)
def test_a_design_of_other_columns_is_damage(design: Design) -> None:
    content = project_bytes(Project(table=replace(data(), design=design)), {})
    with pytest.raises(ProjectFileError, match="damaged: the table's weights, clusters or exp"):
        project_of(content)


def test_a_session_is_recovered_with_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(1, "Use as row weights", Project(table=data()))
    journal.close(discard=False)
    assert recover(journal.path) == Project(table=data())

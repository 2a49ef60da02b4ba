"""Question marks survive the file; files without any stay as older programs read them."""

import pytest

from engine.errors import ProjectFileError
from engine.graph.graph import graph_of
from engine.project import Project
from engine.store.document import project_from, project_json
from engine.store.projectfile import project_bytes, project_of

GRAPH = graph_of("abc", [("a", "b"), ("b", "c")])


def version_of(content: bytes) -> int:
    """The user_version of an SQLite file: file format §1.3, bytes 60 to 63."""
    return int.from_bytes(content[60:64], "big")


def test_assumed_arrows_come_back() -> None:
    project = Project(graph=GRAPH, assumed=frozenset({("a", "b")}))
    content = project_bytes(project, {})
    assert project_of(content)[0] == project
    assert version_of(content) == 3


def test_a_project_without_any_is_written_as_before() -> None:
    assert "assumed" not in project_json(Project(graph=GRAPH))
    assert version_of(project_bytes(Project(graph=GRAPH), {})) == 1


def test_an_assumed_arrow_that_is_not_drawn_is_damage() -> None:
    fields = project_json(Project(graph=GRAPH)) | {"assumed": [["c", "a"]]}
    with pytest.raises(ProjectFileError, match="assumed arrow"):
        project_from(fields)

"""How somebody would set a variable: kept in the file, by the lowest format that can say it."""

import pytest

from engine.errors import ProjectFileError
from engine.graph.graph import graph_of
from engine.project import Project
from engine.store.document import project_from, project_json
from engine.store.projectfile import project_bytes, project_of

GRAPH = graph_of(edges=[("weight", "pain")])


def version_of(content: bytes) -> int:
    """The user_version of an SQLite file: bytes 60 to 63 of its header."""
    return int.from_bytes(content[60:64], "big")


def test_what_is_said_comes_back_and_asks_for_format_8() -> None:
    project = Project(graph=GRAPH, how={"weight": "a diet of 12 weeks"}, tiers={"weight": 0})
    content = project_bytes(project, {})
    assert project_of(content)[0] == project
    assert version_of(content) == 8


def test_where_nothing_is_said_the_file_is_as_before() -> None:
    fields = project_json(Project(graph=GRAPH))
    assert "how" not in fields
    assert project_from(fields).how == {}
    assert version_of(project_bytes(Project(graph=GRAPH), {})) == 1


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ProjectFileError):
        project_from(project_json(Project(graph=GRAPH)) | {"how": {"weight": 3}})

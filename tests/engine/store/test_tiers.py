"""Time tiers and edges that a lot cut survive the file; what cannot be is damage."""

import pytest

from engine.errors import ProjectFileError
from engine.graph.graph import graph_of
from engine.project import Project
from engine.store.document import project_from, project_json
from engine.store.projectfile import project_bytes, project_of
from tests.engine.store.test_sketch import version_of

GRAPH = graph_of("abc", [("a", "b")])
CUT = frozenset({("a", "c", False), ("b", "c", True)})


def test_tiers_and_cut_edges_come_back_in_format_seven() -> None:
    tiers = {"a": 0, "b": 2, "not drawn": 1}
    project = Project(graph=GRAPH, randomised=frozenset("c"), cut=CUT, tiers=tiers)
    assert project.cut == CUT
    content = project_bytes(project, {})
    assert project_of(content)[0] == project
    assert version_of(content) == 7


def test_a_project_without_them_is_written_as_before() -> None:
    project = Project(graph=GRAPH, randomised=frozenset("c"))
    assert not {"tiers", "cut"} & project_json(project).keys()
    assert version_of(project_bytes(project, {})) == 6


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"tiers": {"a": 1, "b": 0}}, "time tiers"),
        ({"tiers": {"a": 10**9}}, "time tiers"),
        ({"tiers": {"a": -1}}, "tiers"),
        ({"cut": [{"ends": ["a", "b"], "hidden": False}]}, "no lot cut it"),
        ({"cut": [{"ends": ["a", "c"], "hidden": False}]}, "no lot cut it"),
    ],
)
def test_what_cannot_be_is_damage(more: dict[str, object], words: str) -> None:
    with pytest.raises(ProjectFileError, match=words):
        project_from(project_json(Project(graph=GRAPH)) | more)


def test_cut_edges_go_with_their_ends_and_with_the_mark() -> None:
    project = Project(graph=graph_of("ac"), randomised=frozenset("c"), cut=CUT)
    assert project.cut == {("a", "c", False)}  # b is not drawn
    assert Project(graph=GRAPH, cut=CUT).cut == frozenset()  # nothing was set by lot

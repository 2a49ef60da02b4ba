"""Bends, regions and marks of randomisation survive the file; other files stay as they were."""

import pytest

from engine.errors import ProjectFileError
from engine.graph.graph import graph_of
from engine.project import Project
from engine.sketch import Region, Sketch
from engine.store.document import project_from, project_json
from engine.store.projectfile import project_bytes, project_of

GRAPH = graph_of("abcd", [("a", "b"), ("b", "c")], [("c", "b")])
SKETCH = Sketch(
    {("a", "b", False): (10.0, -40.0), ("b", "c", True): (0.0, 75.0)},
    (Region(-10.0, 0.0, 300.0, 200.0, "Patients", "all\nof them"), Region(1.0, 2.0, 90.0, 60.0)),
)


def version_of(content: bytes) -> int:
    """The user_version of an SQLite file: file format §1.3, bytes 60 to 63."""
    return int.from_bytes(content[60:64], "big")


def test_bends_regions_and_marks_come_back() -> None:
    project = Project(graph=GRAPH, sketch=SKETCH, randomised=frozenset("a"))
    content = project_bytes(project, {})
    assert project_of(content)[0] == project
    assert version_of(content) == 6


def test_a_project_without_any_is_written_as_before() -> None:
    fields = project_json(Project(graph=GRAPH))
    assert not {"sketch", "randomised"} & fields.keys()
    assert version_of(project_bytes(Project(graph=GRAPH), {})) == 1


def test_bends_go_with_their_edges_and_marks_with_the_first_cause() -> None:
    project = Project(
        graph=graph_of("abcd", [("b", "c"), ("d", "a")]),
        sketch=SKETCH,
        randomised=frozenset("abcd"),
    )
    assert project.sketch == Sketch({}, SKETCH.regions)
    assert project.randomised == {"b", "d"}  # a and c have a cause


def test_a_cause_of_what_was_randomised_is_damage() -> None:
    fields = project_json(Project(graph=GRAPH)) | {"randomised": ["b"]}
    with pytest.raises(ProjectFileError, match="set by lot"):
        project_from(fields)


@pytest.mark.parametrize(
    "sketch",
    [
        {"bends": [{"ends": ["a"], "hidden": False, "off": [0, 0]}], "regions": []},
        {"bends": [], "regions": [{"place": [0, "x"], "size": [1, 1], "title": "", "note": ""}]},
        {"bends": []},
    ],
)
def test_a_damaged_sketch_is_refused(sketch: object) -> None:
    with pytest.raises(ProjectFileError):
        project_from(project_json(Project(graph=GRAPH)) | {"sketch": sketch})

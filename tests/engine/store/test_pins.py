"""Pinned answers survive the file; projects without any stay as older programs read them."""

from dataclasses import replace

import pytest

from engine.basis import basis, stale
from engine.errors import ProjectFileError
from engine.graph.graph import add_edge, graph_of
from engine.interventions import Range, Set, Shift
from engine.project import Project, Role
from engine.queries.pins import Pin
from engine.queries.questions import Question, Rung
from engine.store.document import project_from, project_json
from engine.store.projectfile import project_bytes, project_of

GRAPH = graph_of("abc", [("a", "b"), ("b", "c")])
DO = Question(Rung.DO, "c", action=(Set("a", 2.0), Shift("b", -1.0)), contrast=())
SEE = Question(Rung.SEE, "c", evidence=(Range("a", float("-inf"), 1.0),))
PINS = (
    Pin("first", DO, "Setting a …", "−1.3 days", "", "0f", -1.3, -1.7, -0.9),
    Pin("second", SEE, "None of 3 rows has …"),
)


def version_of(content: bytes) -> int:
    """The user_version of an SQLite file: bytes 60 to 63 of its header."""
    return int.from_bytes(content[60:64], "big")


def test_pins_come_back_in_their_order() -> None:
    project = Project(graph=GRAPH, pins=PINS)
    content = project_bytes(project, {})
    assert project_of(content)[0] == project
    assert version_of(content) == 5


def test_a_project_without_pins_is_written_as_before() -> None:
    fields = project_json(Project(graph=GRAPH))
    assert "pins" not in fields
    assert version_of(project_bytes(Project(graph=GRAPH), {})) == 1
    assert project_from(fields).pins == ()


@pytest.mark.parametrize("damage", [{"value": "1"}, {"name": None}, {"question": {}}])
def test_a_damaged_pin_is_refused(damage: dict[str, object]) -> None:
    fields = project_json(Project(graph=GRAPH, pins=PINS))
    pins = fields["pins"]
    assert isinstance(pins, list)
    fields["pins"] = [pins[0] | damage]
    with pytest.raises(ProjectFileError):
        project_from(fields)


def test_an_answer_is_stale_once_graph_or_choices_change_and_fresh_again_after_undo() -> None:
    project = Project(graph=GRAPH)
    pin = Pin("p", DO, "", basis=basis(project))
    assert not stale(project, pin)
    moved = replace(project, positions={"a": (1.0, 2.0)}, roles={"a": Role.EXPOSURE}, title="x")
    assert not stale(replace(moved, question=DO), pin)
    drawn = replace(project, graph=add_edge(GRAPH, "a", "c"))
    assert stale(drawn, pin)
    assert stale(replace(project, families={"a": "linear"}), pin)
    assert stale(replace(project, seed=1), pin)
    assert not stale(replace(drawn, graph=GRAPH), pin)

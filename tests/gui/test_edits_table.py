"""Verbs on the table and on imported graphs."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import DataError
from engine.graph.graph import graph_of
from engine.interventions import Set
from engine.project import Project, Role
from engine.queries.questions import Question
from gui import edits


@pytest.fixture
def project() -> Project:
    """a → b with a column each, and c not drawn; a question about b."""
    variables = tuple(Variable(name, Kind.COUNT, step=1.0) for name in "abc")
    columns = {name: np.array([0.0, 1.0, 2.0, 1.0, 0.0, 2.0]) for name in "abc"}
    return Project(
        graph=graph_of(["a", "b"], [("a", "b")]),
        positions={"a": (0.0, 0.0), "b": (9.0, 0.0)},
        table=Table(variables, columns),
        families={"b": "linear"},
        question=Question(outcome="b", action=(Set("a", 1.0),)),
    )


def test_another_kind_releases_what_was_said_in_the_old_one(project: Project) -> None:
    changed = edits.set_kind(project, "a", Kind.CATEGORICAL)
    assert changed.table is not None
    assert changed.table.variable("a").categories == ("0", "1", "2")
    assert changed.question.action == ()
    assert changed.question.outcome == "b"
    assert changed.families == {"b": "linear"}
    assert edits.set_kind(project, "b", Kind.CATEGORICAL).families == {}


def test_a_unit_changes_words_only(project: Project) -> None:
    changed = edits.set_unit(project, "a", "mg")
    assert changed.table is not None
    assert project.table is not None
    assert changed.table.variable("a").unit == "mg"
    assert np.array_equal(changed.table["a"], project.table["a"])


def test_a_column_that_is_not_drawn_can_be_renamed(project: Project) -> None:
    changed = edits.rename_column(project, "c", " ward ")
    assert changed.table is not None
    assert changed.table.names == ("a", "b", "ward")
    assert changed.graph == project.graph


def test_a_drawn_column_is_renamed_everywhere(project: Project) -> None:
    changed = edits.rename_column(project, "a", "dose")
    assert changed.table is not None
    assert changed.table.names == ("dose", "b", "c")
    assert changed.graph.edges == {("dose", "b")}
    assert changed.question.action == (Set("dose", 1.0),)


def test_a_name_in_use_is_refused(project: Project) -> None:
    with pytest.raises(DataError, match="already"):
        edits.rename_column(project, "c", "a")


def test_an_imported_graph_keeps_the_table_and_forgets_the_rest(project: Project) -> None:
    graph = graph_of(["b", "z"], [("z", "b")])
    changed = edits.use_graph(project, graph, {"z": (5.0, 5.0)}, {"z": Role.EXPOSURE})
    assert changed.graph == graph
    assert changed.positions == {"b": (9.0, 0.0), "z": (5.0, 5.0)}
    assert changed.roles == {"z": Role.EXPOSURE}
    assert changed.table == project.table
    assert changed.question == Question(outcome="b")


def test_notes_go_with_the_data_they_are_about(project: Project) -> None:
    assert project.table is not None
    trial, cells = (replace(project.table, source=name) for name in ("trial.csv", "cells.csv"))
    first = edits.use_table(Project(notes="From a trial."), trial)
    assert first.notes == "From a trial."
    assert edits.use_table(first, trial).notes == "From a trial."
    assert edits.use_table(first, cells).notes == ""

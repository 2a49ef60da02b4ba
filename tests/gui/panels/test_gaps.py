"""Rows with gaps: said beside the data, filled in or left out by one undoable choice."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph
from engine.project import Project
from engine.runtime.messages import Filling, FitReport, FitState
from gui.appearance import Appearance
from gui.document import Document
from gui.panels.data import DataPanel
from gui.status import Status
from gui.training.words import rows_sentence
from tests.gui.fakes import states, trial


def project(*drawn: str) -> Project:
    """Eight rows: x is missing in two, y in one of them and another, z in none."""
    columns = {name: np.arange(8.0) for name in "xyz"}
    columns["x"][:2] = columns["y"][1:3] = np.nan
    table = Table(tuple(Variable(name, Kind.CONTINUOUS) for name in columns), columns)
    return Project(graph=CausalGraph(drawn), table=table)


@pytest.fixture
def panel(qtbot: QtBot, document: Document, appearance: Appearance) -> DataPanel:
    document.replace(project("x", "y"))
    made = DataPanel(document, appearance)
    qtbot.addWidget(made)
    made.show()
    return made


def imputes(document: Document) -> bool:
    assert document.project.table is not None
    return document.project.table.design.impute


def test_gaps_are_left_out_until_they_are_filled_in(panel: DataPanel, document: Document) -> None:
    assert panel.gaps.words.text() == "38\u202f% of rows have gaps: left out"
    panel.gaps.other.click()
    assert imputes(document)
    assert panel.gaps.words.text() == "38\u202f% of rows have gaps: filled in from the model"
    panel.gaps.other.click()
    assert not imputes(document)
    document.undo_stack.undo()
    assert imputes(document)
    document.undo_stack.undo()
    assert not imputes(document)


def test_only_drawn_variables_count(panel: DataPanel, document: Document) -> None:
    document.replace(project("z"))
    assert panel.gaps.isHidden()
    document.replace(project("x"))
    assert panel.gaps.words.text().startswith("25\u202f%")


def test_the_status_tells_how_far_the_filling_in_is(qtbot: QtBot) -> None:
    status = Status()
    qtbot.addWidget(status)
    status.show_filling(Filling(1, 4))
    assert "gaps" not in status.engine.text()
    status.show_states(replace(states(trial(), 1, FitState.TRAINING), running=True))
    status.show_filling(Filling(1, 4))
    assert status.engine.text().endswith("filling in gaps 25\u202f%")


@pytest.mark.parametrize(
    ("imputed", "filled", "dropped", "words"),
    [
        (0.0, 0.0, 0, "learnt from 1\u202f000 rows"),
        (0.0, 0.0, 12, "learnt from 1\u202f000 rows, 12 left out"),
        (0.121, 0.3, 0, "learnt from 1\u202f000 rows, 12\u202f% of the values of x imputed"),
        (0.0, 0.3, 0, "learnt from 1\u202f000 rows, 30\u202f% of them with an imputed cause"),
        (0.001, 0.1, 0, "learnt from 1\u202f000 rows, under 1 % of the values of x imputed"),
    ],
)
def test_what_became_of_gaps_in_words(
    qtbot: QtBot, imputed: float, filled: float, dropped: int, words: str
) -> None:
    report = FitReport(
        "x", "linear", -1.0, -1.0, "why", 0, 1000, dropped, imputed=imputed, filled=filled
    )
    assert rows_sentence(report) == words

"""The table panel: values as the user writes them, and the way to Imagine."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.project import Project
from engine.queries.questions import Rung
from gui import edits
from gui.appearance import Appearance
from gui.document import Document
from gui.panels.table import TablePanel


@pytest.fixture
def panel(qtbot: QtBot, document: Document, appearance: Appearance) -> TablePanel:
    variables = (
        Variable("dose", Kind.CONTINUOUS, "mg"),
        Variable("size", Kind.BINARY, categories=("small", "large")),
    )
    columns = {"dose": np.array([1.5, np.nan, 1234.5]), "size": np.array([0.0, 1.0, np.nan])}
    document.replace(Project(table=Table(variables, columns)))
    made = TablePanel(document, appearance)
    qtbot.addWidget(made)
    qtbot.addWidget(made.corner)
    return made


def cell(panel: TablePanel, row: int, column: int, role: int) -> object:
    return panel.model.data(panel.model.index(row, column), role)


def test_cells_are_labels_grouped_numbers_and_quiet_dashes(panel: TablePanel) -> None:
    shown = [
        [cell(panel, row, column, Qt.ItemDataRole.DisplayRole) for column in range(2)]
        for row in range(3)
    ]
    assert shown == [["1.5", "small"], ["–", "large"], ["1\u202f234.5", "–"]]
    assert cell(panel, 1, 0, Qt.ItemDataRole.ForegroundRole) is not None
    assert cell(panel, 0, 0, Qt.ItemDataRole.ForegroundRole) is None
    assert cell(panel, 1, 0, Qt.ItemDataRole.AccessibleTextRole) == "missing"


def test_numbers_are_right_aligned_and_labels_left(panel: TablePanel) -> None:
    align = [cell(panel, 0, column, Qt.ItemDataRole.TextAlignmentRole) for column in range(2)]
    assert align[0] & Qt.AlignmentFlag.AlignRight
    assert align[1] & Qt.AlignmentFlag.AlignLeft


def test_headers_name_variable_and_unit(panel: TablePanel) -> None:
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    assert [panel.model.headerData(i, across) for i in range(2)] == ["dose (mg)", "size"]
    assert panel.model.headerData(0, down) == "0"  # rows are counted from 0, as in queries


def test_imagine_asks_about_the_chosen_row(panel: TablePanel, document: Document) -> None:
    assert not panel.button.isEnabled()
    panel.view.selectRow(2)
    assert panel.button.isEnabled()
    panel.button.click()
    question = document.project.question
    assert (question.rung, question.row) == (Rung.IMAGINE, 2)
    document.undo_stack.undo()
    assert document.project.question.row is None


def test_the_row_asked_about_is_selected(panel: TablePanel, document: Document) -> None:
    document.apply("Row", lambda project: edits.pick_row(project, 1))
    assert panel.chosen() == 1


def test_no_table_no_rows(panel: TablePanel, document: Document) -> None:
    document.replace(Project())
    assert panel.model.rowCount() == panel.model.columnCount() == 0
    assert panel.chosen() is None

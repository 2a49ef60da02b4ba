"""The data panel on how the rows came about: menu, dialog, words, undo."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialogButtonBox, QMenu
from pytestqt.qtbot import QtBot

from engine.data.design import Design, SetWhere
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.project import Project
from gui.appearance import Appearance
from gui.document import Document
from gui.experiment import ExperimentDialog
from gui.panels.data import DataPanel

ACCESSIBLE = Qt.ItemDataRole.AccessibleDescriptionRole


def table() -> Table:
    variables = (
        Variable("mek", Kind.CONTINUOUS),
        Variable("u0126", Kind.BINARY, categories=("0", "1")),
        Variable("arm", Kind.CATEGORICAL, categories=("no", "pill", "knife")),
        Variable("w", Kind.CONTINUOUS),
        Variable("patient", Kind.COUNT, step=1.0),
    )
    columns = {
        "mek": np.linspace(0, 1, 6),
        "u0126": np.array([0.0, 0.0, 0.0, 0.0, 1.0, 1.0]),
        "arm": np.array([0.0, 1.0, 2.0, 0.0, 1.0, 1.0]),
        "w": np.array([1.0, 1.0, 2.0, -1.0, 1.0, 1.0]),
        "patient": np.array([1.0, 1.0, 2.0, 2.0, 3.0, 3.0]),
    }
    return Table(variables, columns)


@pytest.fixture
def panel(qtbot: QtBot, document: Document, appearance: Appearance) -> DataPanel:
    document.replace(Project(table=table()))
    made = DataPanel(document, appearance)
    qtbot.addWidget(made)
    made.resize(260, 400)
    made.show()
    return made


def entry(panel: DataPanel, name: str, words: str) -> QAction:
    (found,) = (a for a in panel.menu_for(name).actions() if a.text().startswith(words))
    return found


def design(document: Document) -> Design:
    assert document.project.table is not None
    return document.project.table.design


def described(panel: DataPanel, name: str) -> str:
    index = panel.model.index(panel.model.row_of(name))
    return str(panel.model.data(index, ACCESSIBLE))


def test_a_column_becomes_the_cluster_and_no_longer(panel: DataPanel, document: Document) -> None:
    entry(panel, "patient", "Use as cluster").trigger()
    assert design(document) == Design(cluster="patient")
    assert panel.model.badges("patient") == ("cluster",)
    assert described(panel, "patient").endswith("\nRows with the same value here belong together")
    assert entry(panel, "patient", "Use as cluster").isChecked()
    entry(panel, "patient", "Use as cluster").trigger()
    assert design(document) == Design()
    document.undo_stack.undo()
    assert design(document) == Design(cluster="patient")
    assert document.undo_stack.undoText() == "Use patient as cluster"


def test_what_cannot_weigh_is_refused(panel: DataPanel, document: Document, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.refused) as heard:
        entry(panel, "w", "Use as row weights").trigger()
    assert "it is -1 in row 3" in str(heard.args[0])
    entry(panel, "patient", "Use as row weights").trigger()
    assert panel.model.badges("patient") == ("weights",)


def test_an_experiment_by_dialog(panel: DataPanel, document: Document, qtbot: QtBot) -> None:
    entry(panel, "mek", "Rows where mek was set by an experimenter").trigger()
    (dialog,) = panel.findChildren(ExperimentDialog)
    assert (dialog.variable.currentText(), dialog.column.currentText()) == ("mek", "u0126")
    assert dialog.item == SetWhere("mek", "u0126", (1.0,))
    assert dialog.words.text() == "mek was set in 2 of 6 rows."
    dialog.column.setCurrentText("arm")
    assert dialog.item == SetWhere("mek", "arm", (1.0, 2.0))
    dialog.check("pill")
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    qtbot.mouseClick(ok, Qt.MouseButton.LeftButton)
    item = SetWhere("mek", "arm", (1.0,))
    assert design(document).experiments == (item,)
    assert panel.model.badges("mek") == ("partly set",)
    assert panel.model.badges("arm") == ("marker",)
    assert "Set by an experimenter in 3 rows" in described(panel, "mek")
    assert described(panel, "arm").endswith("Says in which rows an experimenter set mek")
    entry(panel, "arm", "Not set after all: mek where arm is pill").trigger()
    assert design(document) == Design()
    document.undo_stack.undo()
    assert design(document).experiments == (item,)


def test_no_value_no_experiment(panel: DataPanel) -> None:
    panel.entries.ask(table(), "mek")
    (dialog,) = panel.findChildren(ExperimentDialog)
    dialog.check()
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()
    assert dialog.words.text() == "Check the values that mark the rows in which mek was set."
    dialog.variable.setCurrentText("u0126")
    assert "u0126" not in [dialog.column.itemText(i) for i in range(dialog.column.count())]
    dialog.reject()


@pytest.mark.qt_log_ignore("This plugin does not support")  # a popup, offscreen
@pytest.mark.parametrize(
    ("key", "modifier"),
    [
        (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_the_menu_opens_by_keys(
    panel: DataPanel, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    panel.list.setCurrentIndex(panel.model.index(4))
    asked: list[QPoint] = []
    panel.list.customContextMenuRequested.connect(asked.append)
    qtbot.keyClick(panel.list, key, modifier)
    assert [panel.list.indexAt(at).row() for at in asked] == [4]
    (menu,) = (m for m in panel.findChildren(QMenu) if m.isVisible())
    assert "Use as cluster (rows that belong together)" in [a.text() for a in menu.actions()]
    menu.close()


def test_a_renamed_column_keeps_its_part(panel: DataPanel, document: Document) -> None:
    entry(panel, "patient", "Use as cluster").trigger()
    panel.rename("patient", "person")
    assert design(document) == Design(cluster="person")


def test_what_tells_of_the_rows_is_not_irrelevant(panel: DataPanel) -> None:
    assert "patient" in panel.absent.text()
    entry(panel, "patient", "Use as cluster").trigger()
    assert "patient" not in panel.absent.text()

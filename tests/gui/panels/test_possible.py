"""Possible values of a number: given by a dialog, one undo step, refused where rows contradict."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.project import Project
from gui.appearance import Appearance
from gui.document import Document
from gui.panels.data import DataPanel
from gui.possible import PossibleDialog, possible_words


def table() -> Table:
    variables = (
        Variable("rate", Kind.CONTINUOUS, "%"),
        Variable("visits", Kind.COUNT, step=1.0),
        Variable("ward", Kind.BINARY, categories=("A", "B")),
    )
    columns = {
        "rate": np.array([-2.5, np.nan, 40.0, 62.0]),
        "visits": np.array([1.0, 2.0, 2.0, 3.0]),
        "ward": np.array([0.0, 1.0, 1.0, 1.0]),
    }
    return Table(variables, columns)


@pytest.fixture
def panel(qtbot: QtBot, document: Document, appearance: Appearance) -> DataPanel:
    made = DataPanel(document, appearance)
    qtbot.addWidget(made)
    document.replace(Project(table=table(), families={"visits": "count"}))
    made.show()
    return made


def asked(panel: DataPanel, name: str) -> PossibleDialog:
    """The dialog that the entry of the menu of `name` opens."""
    entry = next(a for a in panel.menu_for(name).actions() if a.text() == "Possible values…")
    entry.trigger()
    return panel.findChildren(PossibleDialog)[-1]


def typed(dialog: PossibleDialog, lowest: str, highest: str, qtbot: QtBot) -> None:
    """By keyboard alone: from field to field by Tab."""
    qtbot.waitUntil(lambda: dialog.lowest.hasFocus())
    for text in (lowest, highest):
        field = dialog.focusWidget()
        qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(field, Qt.Key.Key_Delete)
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Tab)


def ok(dialog: PossibleDialog) -> bool:
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()


def bounds(document: Document, name: str) -> tuple[float | None, float | None]:
    assert document.project.table is not None
    variable = document.project.table.variable(name)
    return variable.lower, variable.upper


def test_bounds_are_one_undo_step(panel: DataPanel, document: Document, qtbot: QtBot) -> None:
    dialog = asked(panel, "rate")
    assert (dialog.lowest.text(), dialog.highest.text()) == ("", "")
    assert "The table has values from −2.5 to 62.0 %." in dialog.words.text()
    typed(dialog, "-100", "1e2", qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert bounds(document, "rate") == (-100.0, 100.0)
    assert document.undo_stack.undoText() == "Possible values of rate"
    tip = panel.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.splitlines()[1] == "Possible values: from −100 to 100"
    document.undo_stack.undo()
    assert document.project.table == table()


def test_an_empty_side_takes_the_limit_away(
    panel: DataPanel, document: Document, qtbot: QtBot
) -> None:
    panel.set_bounds("rate", (-5.0, 100.0))
    dialog = asked(panel, "rate")
    assert (dialog.lowest.text(), dialog.highest.text()) == ("-5", "100")
    typed(dialog, "-2,5", "", qtbot)
    qtbot.mouseClick(
        dialog.buttons.button(QDialogButtonBox.StandardButton.Ok), Qt.MouseButton.LeftButton
    )
    assert bounds(document, "rate") == (-2.5, None)


def test_what_the_rows_contradict_cannot_be_accepted(
    panel: DataPanel, document: Document, qtbot: QtBot
) -> None:
    dialog = asked(panel, "rate")
    for lowest, highest, words in (
        ("0", "", "rate goes down to -2.5 in the table, below its lowest possible value 0."),
        ("", "60", "rate goes up to 62 in the table, above its highest possible value 60."),
        ("70", "-3", "The bounds of rate leave nothing between them."),
        ("none", "", "Write numbers like 2.5, or nothing where there is no limit."),
        ("-3", "1e999", "Write numbers like 2.5, or nothing where there is no limit."),
    ):
        dialog.lowest.setFocus()
        typed(dialog, lowest, highest, qtbot)
        assert dialog.words.text() == words
        assert not ok(dialog)
    dialog.reject()
    assert document.project.table == table()
    with qtbot.waitSignal(panel.refused):
        panel.set_bounds("rate", (0.0, None))
    assert bounds(document, "rate") == (None, None)


def test_categories_have_none(panel: DataPanel) -> None:
    entries = {a.text(): a for a in panel.menu_for("ward").actions()}
    assert not entries["Possible values…"].isEnabled()


def test_a_law_of_counts_without_end_goes(panel: DataPanel, document: Document) -> None:
    panel.set_bounds("visits", (0.0, None))
    assert document.project.families == {"visits": "count"}
    panel.set_bounds("visits", (0.0, 7.0))
    assert document.project.families == {}
    document.undo_stack.undo()
    assert document.project.families == {"visits": "count"}


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (None, None, ""),
        (0.0, None, "Possible values: from 0 up"),
        (None, 2500.0, "Possible values: up to 2\u202f500"),
        (-0.5, 1.0, "Possible values: from −0.5 to 1"),
    ],
)
def test_limits_in_words(lower: float | None, upper: float | None, words: str) -> None:
    number = Variable("x", Kind.CONTINUOUS, lower=lower, upper=upper)
    assert possible_words(number) == words
    counted = replace(number, kind=Kind.COUNT, lower=0.0, upper=None)
    assert possible_words(counted) == ""

"""The training panel: states, scores beside straight lines, and the family that is asked for."""

from collections.abc import Mapping

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from engine.runtime.messages import FitProgress, FitState, FitStates
from engine.simulate.examples import example
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.panels.training import FAMILY, LINEAR, SCORE, STATE, WHY, FamilyDelegate, TrainingPanel
from tests.gui.fakes import states, trial


@pytest.fixture
def panel(
    qtbot: QtBot, document: Document, bridge: Bridge, appearance: Appearance
) -> TrainingPanel:
    document.replace(trial())
    made = TrainingPanel(document, bridge, appearance)
    qtbot.addWidget(made)
    made.resize(900, 180)
    made.show()
    return made


def text(panel: TrainingPanel, name: str, column: int) -> object:
    return panel.model.data(panel.model.index(panel.model.names.index(name), column))


def going(share: Mapping[str, FitState]) -> FitStates:
    everything = dict.fromkeys(trial().graph.variables, FitState.UNFITTED) | dict(share)
    return FitStates(1, everything, {}, True, False, 0, 5)


def test_every_variable_has_a_row_and_a_state(panel: TrainingPanel) -> None:
    assert panel.model.names == trial().graph.variables
    assert text(panel, "dose", STATE) == "unfitted"


def test_progress_is_shown_only_while_learning(panel: TrainingPanel) -> None:
    panel.show_states(going({"dose": FitState.TRAINING}))
    panel.show_progress({"dose": FitProgress("dose", 30, 100, -1.0, -1.1)})
    assert text(panel, "dose", STATE) == "learning 30\u202f%"
    panel.show_states(going({"dose": FitState.FITTED}))
    assert text(panel, "dose", STATE) == "fitted"


def test_scores_stand_beside_straight_lines(panel: TrainingPanel) -> None:
    panel.show_states(states(trial(), 1, FitState.FITTED))
    assert text(panel, "dose", SCORE) == "−1.234"
    assert text(panel, "dose", LINEAR) == "−1.301"
    assert text(panel, "dose", WHY) == "a curve: 0.067 nats better"
    assert text(panel, "dose", FAMILY) == "auto: additive"


def test_the_family_is_chosen_and_undone(panel: TrainingPanel, document: Document) -> None:
    index = panel.model.index(panel.model.names.index("dose"), FAMILY)
    panel.model.setData(index, "linear")
    assert document.project.families == {"dose": "linear"}
    assert text(panel, "dose", FAMILY) == "linear"
    panel.model.setData(index, "auto")
    assert document.project.families == {}
    document.undo_stack.undo()
    assert document.project.families == {"dose": "linear"}


def test_choices_fit_the_kind(panel: TrainingPanel, document: Document) -> None:
    assert panel.model.families("dose") == ("auto", "linear", "additive", "location-scale")
    document.replace(example("kidney-stones"))
    assert panel.model.families("treatment") == ("auto", "table", "logistic", "categorical")


def test_the_editor_is_a_combo_box_with_the_choices(panel: TrainingPanel) -> None:
    index = panel.model.index(0, FAMILY)
    delegate = panel.view.itemDelegateForColumn(FAMILY)
    assert isinstance(delegate, FamilyDelegate)
    editor = delegate.createEditor(panel.view.viewport(), QStyleOptionViewItem(), index)
    assert isinstance(editor, QComboBox)
    assert [editor.itemText(i) for i in range(editor.count())][0] == "auto"
    assert index.flags() & Qt.ItemFlag.ItemIsEditable
    assert not panel.model.index(0, WHY).flags() & Qt.ItemFlag.ItemIsEditable


def test_the_curve_grows_and_starts_anew_with_a_new_training(panel: TrainingPanel) -> None:
    for step in (10, 20, 30, 100):  # 100 of 100 only says that it is done
        panel.show_progress({"dose": FitProgress("dose", step, 100, -2 + step / 100, -2.0)})
    assert [point[0] for point in panel._curves["dose"]] == [10, 20, 30]
    panel.show_progress({"dose": FitProgress("dose", 5, 100, -1.9, -2.0)})
    assert [point[0] for point in panel._curves["dose"]] == [5]


def test_the_curve_of_the_chosen_variable_is_described(panel: TrainingPanel) -> None:
    for step in (10, 20):
        panel.show_progress({"dose": FitProgress("dose", step, 100, -1.5, -1.75)})
    panel.view.selectRow(panel.model.names.index("dose"))
    assert panel.curve.accessibleDescription() == (
        "dose: after 20 steps -1.500 on learnt rows, -1.750 on held-out rows"
    )
    panel.grab()  # paints both lines


def test_no_column_cuts_its_words(panel: TrainingPanel) -> None:
    panel.show_states(states(trial(), 1, FitState.FITTED))
    view, advance = panel.view, panel.view.fontMetrics().horizontalAdvance
    for column in range(WHY):
        for name in panel.model.names:
            assert advance(str(text(panel, name, column))) < view.columnWidth(column) - 16
    assert advance("learning 100 %") < view.columnWidth(STATE) - 16


def test_the_reason_of_the_chosen_row_is_told_in_full(panel: TrainingPanel) -> None:
    assert panel.reason.isHidden()
    panel.show_states(states(trial(), 1, FitState.FITTED))
    panel.view.selectRow(panel.model.names.index("dose"))
    assert panel.reason.text() == "dose: a curve: 0.067 nats better"
    for width in (700, 950):
        panel.resize(width, 180)
        assert panel.reason.height() >= panel.reason.heightForWidth(panel.reason.width())
        assert panel.view.isColumnHidden(WHY) == (width == 700)

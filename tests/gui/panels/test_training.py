"""The training panel: states, scores beside straight lines, and the family that is asked for."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from engine.data.variable import Kind
from engine.mechanisms.families import FAMILIES
from engine.queries.answers import LikenessAnswer, Nearness
from engine.queries.questions import Likeness
from engine.runtime.messages import Ask, FitProgress, FitState, FitStates, Forget
from engine.simulate.examples import example
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.panels.training import LIKENESS, TrainingPanel
from gui.training.delegates import FamilyDelegate
from gui.training.model import FAMILY, GAIN, HELD_OUT, STATE, WHY
from tests.gui.fakes import FakeEngine, states, trial


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


def test_family_gain_and_held_out_rows_are_told_in_words(panel: TrainingPanel) -> None:
    panel.show_states(states(trial(), 1, FitState.FITTED))
    assert text(panel, "dose", FAMILY) == "curve with added noise"
    assert text(panel, "dose", GAIN) == "clearly better"
    assert text(panel, "dose", HELD_OUT) == "as predicted"
    assert text(panel, "dose", WHY) == (
        "a curve: 0.067 nats better; "
        "clearly better than a straight line: +0.067 ± 0.020 nats per row"
    )
    tip = panel.model.data(
        panel.model.index(panel.model.names.index("dose"), GAIN), Qt.ItemDataRole.ToolTipRole
    )
    assert "−1.234" in str(tip)
    assert "−1.301" in str(tip)


def test_the_family_is_chosen_and_undone(panel: TrainingPanel, document: Document) -> None:
    index = panel.model.index(panel.model.names.index("dose"), FAMILY)
    panel.model.setData(index, "linear")
    assert document.project.families == {"dose": "linear"}
    assert text(panel, "dose", FAMILY) == "straight line (yours)"
    panel.model.setData(index, "auto")
    assert document.project.families == {}
    document.undo_stack.undo()
    assert document.project.families == {"dose": "linear"}


def test_choices_fit_the_kind(panel: TrainingPanel, document: Document) -> None:
    for name, project in (("dose", trial()), ("treatment", example("kidney-stones"))):
        document.replace(project)
        assert project.table is not None
        variable = project.table.variable(name)
        own = {Kind.COUNT: "count", Kind.ORDINAL: "ordinal"}  # for these kinds alone
        offered = panel.model.families(name)
        assert offered[0] == "auto"
        assert set(offered[1:]) == {
            family
            for family, facts in FAMILIES.items()
            if facts.discrete == variable.discrete
            and (family not in own.values() or own.get(variable.kind) == family)
        }


def test_the_editor_is_a_combo_box_with_the_choices(panel: TrainingPanel) -> None:
    index = panel.model.index(0, FAMILY)
    delegate = panel.view.itemDelegateForColumn(FAMILY)
    assert isinstance(delegate, FamilyDelegate)
    editor = delegate.createEditor(panel.view.viewport(), QStyleOptionViewItem(), index)
    assert isinstance(editor, QComboBox)
    assert [editor.itemData(i) for i in range(editor.count())] == [*panel.model.families("age")]
    assert editor.itemText(1) == "straight line"
    delegate.setEditorData(editor, index)
    assert editor.currentData() == "auto"
    editor.setCurrentIndex(1)
    delegate.setModelData(editor, panel.model, index)
    assert panel.model.data(index, Qt.ItemDataRole.EditRole) == "linear"
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
        "dose: after 20 steps −1.500 on learnt rows, −1.750 on held-out rows"
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
    assert panel.reason.text().startswith("dose: a curve: 0.067 nats better; clearly better")
    for width in (700, 1400):
        panel.resize(width, 180)
        assert panel.reason.height() >= panel.reason.heightForWidth(panel.reason.width())
        assert panel.view.isColumnHidden(WHY) == (width == 700)


def test_held_out_rows_take_the_place_of_the_curve(panel: TrainingPanel) -> None:
    assert panel.held_out.isHidden()
    panel.show_states(states(trial(), 1, FitState.FITTED))
    panel.view.selectRow(panel.model.names.index("dose"))
    assert panel.curve.isHidden()
    assert panel.held_out.accessibleDescription() == (
        "dose: Held-out rows fall as predicted: at most 18\u202f% of them are misplaced."
    )
    assert panel.held_out.table()[1] == ("0.00", "0.20", "18", "16.0")
    panel.held_out.grab()  # paints the bars
    panel.resize(1400, 180)
    assert not panel.curve.isHidden()
    assert not panel.held_out.isHidden()


def test_what_is_about_a_part_of_the_values_says_so(panel: TrainingPanel) -> None:
    """Zeros by chance of their own: curve and held-out rows are those of the other values."""
    told = states(trial(), 1, FitState.FITTED)
    report = replace(told.reports["dose"], atoms=(0.0,))
    panel.show_progress({"dose": FitProgress("dose", 30, 100, -1.0, -1.1)})
    panel.show_states(replace(told, reports={**told.reports, "dose": report}))
    row = panel.model.names.index("dose")
    panel.view.setCurrentIndex(panel.model.index(row, 0))
    assert panel.held_out.accessibleDescription().startswith("dose other than 0: ")
    assert panel.curve.accessibleDescription().startswith("dose other than 0: ")
    tip = str(panel.model.data(panel.model.index(row, HELD_OUT), Qt.ItemDataRole.ToolTipRole))
    assert "Only of values other than 0: how often it is exactly 0 is learnt apart." in tip


def test_what_follows_from_its_causes_says_so(panel: TrainingPanel) -> None:
    told = states(trial(), 1, FitState.FITTED)
    report = replace(told.reports["dose"], deterministic=True, calibration=None)
    panel.show_states(replace(told, reports={**told.reports, "dose": report}))
    row = panel.model.names.index("dose")
    assert text(panel, "dose", HELD_OUT) == "no noise"
    tip = panel.model.data(panel.model.index(row, HELD_OUT), Qt.ItemDataRole.ToolTipRole)
    assert tip == (
        "dose follows from its causes: what they leave open is under 0.5\u202f% of its spread."
    )


def test_no_column_is_hidden_by_a_picture(panel: TrainingPanel, qtbot: QtBot) -> None:
    panel.resize(950, 180)
    panel.show_states(states(trial(), 1, FitState.FITTED))
    header = panel.view.horizontalHeader()
    needed = header.sectionPosition(HELD_OUT) + header.sectionSize(HELD_OUT)
    qtbot.waitUntil(lambda: panel.view.viewport().width() >= needed, timeout=1000)


def test_the_whole_model_is_asked_about_once_all_is_learnt(
    panel: TrainingPanel, bridge: Bridge, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    engine = engines[0]
    engine.answers[Likeness] = LikenessAnswer(
        400, Nearness(0.3, 0.1), 0.005, {"age": Nearness(0.1, 0.1), "dose": Nearness(0.3, 0.1)}
    )
    everything = states(trial(), 1, FitState.FITTED)
    panel.show_states(replace(everything, done=4))
    assert not [r for r in engine.sent(Ask) if r.view == LIKENESS]
    panel.show_states(everything)
    panel.show_states(everything)
    assert len([r for r in engine.sent(Ask) if r.view == LIKENESS]) == 1
    qtbot.waitUntil(lambda: bool(panel.corner.text()))
    assert panel.corner.text() == (
        "Drawn rows are 3.0 times as far from yours as two halves of yours; most in dose."
    )
    assert "dose: 0.300 (0.100)" in panel.corner.toolTip()
    panel.show_states(replace(everything, running=True))
    assert panel.corner.text() == ""
    assert [r for r in engine.sent(Forget) if r.view == LIKENESS]

"""The outline: the graph without a mouse."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from engine.interventions import Set, Shift
from engine.project import Project
from gui import edits
from gui.document import Document
from gui.panels.outline import OutlinePanel
from tests.gui.fakes import trial


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> OutlinePanel:
    document.replace(trial())
    made = OutlinePanel(document)
    qtbot.addWidget(made)
    qtbot.addWidget(made.corner)
    made.show()
    return made


def lines(panel: OutlinePanel, name: str) -> list[str]:
    item = node(panel, name)
    return [item.child(i).text(0) for i in range(item.childCount())]


def node(panel: OutlinePanel, name: str):  # noqa: ANN201
    return panel.tree.findItems(name, Qt.MatchFlag.MatchExactly)[0]


def test_every_arrow_is_told_at_both_ends(panel: OutlinePanel) -> None:
    assert lines(panel, "dose") == [
        "caused by age",
        "caused by severity",
        "causes adherence",
        "causes recovery",
    ]
    assert "caused by dose" in lines(panel, "recovery")
    assert node(panel, "dose").text(1) == "exposure · mg · continuous · 2 causes · 2 effects"


def test_delete_removes_the_node_or_the_arrow_of_the_line(
    panel: OutlinePanel, document: Document, qtbot: QtBot
) -> None:
    panel.tree.setCurrentItem(node(panel, "dose").child(0))
    qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert ("age", "dose") not in document.project.graph.edges
    panel.tree.setCurrentItem(node(panel, "age"))
    qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert "age" not in document.project.graph.variables
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.project.graph == trial().graph


def test_renaming_a_line_renames_the_variable(
    panel: OutlinePanel, document: Document, qtbot: QtBot
) -> None:
    node(panel, "dose").setText(0, "amount")
    qtbot.waitUntil(lambda: "amount" in document.project.graph.variables, timeout=1000)
    assert lines(panel, "amount")[0] == "caused by age"


def test_a_name_in_use_is_refused_and_put_back(
    panel: OutlinePanel, document: Document, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(panel.refused, timeout=1000):
        node(panel, "dose").setText(0, "age")
    assert document.project == trial()
    assert len(panel.tree.findItems("dose", Qt.MatchFlag.MatchExactly)) == 1


def test_boxes_join_two_variables(panel: OutlinePanel, document: Document) -> None:
    panel.cause.setCurrentText("age")
    panel.effect.setCurrentText("recovery")
    panel.join.click()
    assert ("age", "recovery") in document.project.graph.edges
    panel.kind.setCurrentIndex(1)
    panel.join.click()
    assert ("age", "recovery") in document.project.graph.bidirected


def test_a_loop_is_refused(panel: OutlinePanel, document: Document, qtbot: QtBot) -> None:
    panel.cause.setCurrentText("recovery")
    panel.effect.setCurrentText("age")
    with qtbot.waitSignal(panel.refused) as heard:
        panel.join.click()
    assert "age" in heard.args[0].where
    assert document.project == trial()


def test_a_new_variable_is_added_and_can_be_named_at_once(
    panel: OutlinePanel, document: Document
) -> None:
    document.replace(Project())
    panel.add.click()
    panel.add.click()
    assert document.project.graph.variables == ("X1", "X2")
    places = list(document.project.positions.values())
    assert places[0] != places[1]
    assert panel.chosen_name() == "X2"


def test_choosing_a_line_tells_the_canvas(panel: OutlinePanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.chosen) as heard:
        panel.tree.setCurrentItem(node(panel, "severity").child(0))
    assert heard.args == [("severity",)]


def test_an_edit_keeps_what_is_folded_out_and_chosen(
    panel: OutlinePanel, document: Document
) -> None:
    node(panel, "dose").setExpanded(True)
    panel.tree.setCurrentItem(node(panel, "dose"))
    panel.cause.setCurrentText("age")
    panel.effect.setCurrentText("recovery")
    panel.join.click()
    assert node(panel, "dose").isExpanded()
    assert panel.chosen_name() == "dose"


def test_no_variable_is_offered_as_its_own_effect(panel: OutlinePanel) -> None:
    names = trial().graph.variables
    for cause in names:
        panel.cause.setCurrentText(cause)
        offered = [panel.effect.itemText(i) for i in range(panel.effect.count())]
        assert sorted(offered) == sorted(set(names) - {cause})
    panel.cause.setCurrentText("dose")  # causes adherence and recovery already
    assert [panel.effect.itemText(i) for i in (2, 3)] == ["adherence", "recovery"]


def type_in(panel: OutlinePanel, qtbot: QtBot, text: str) -> None:
    editor = panel.tree.findChildren(QLineEdit)[-1]
    editor.selectAll()
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    if text:
        qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    for _ in range(4):  # the delegate hands it over, then the cell takes it
        QApplication.processEvents()


def test_values_are_typed_in_the_outline_and_emptied_to_release(
    panel: OutlinePanel, document: Document, qtbot: QtBot
) -> None:
    before = document.project
    panel.tree.setCurrentItem(node(panel, "dose"))
    qtbot.keyClick(panel.tree, Qt.Key.Key_F4)
    type_in(panel, qtbot, "+0.5")
    assert document.project.question.action == (Shift("dose", 0.5),)
    assert node(panel, "dose").text(2) == "+0.5"
    qtbot.keyClick(panel.tree, Qt.Key.Key_F4)
    type_in(panel, qtbot, "much")
    assert document.project.question.action == (Shift("dose", 0.5),)
    editor = panel.tree.findChildren(QLineEdit)[-1]
    assert editor.text() == "much"  # still there, for another try
    type_in(panel, qtbot, "")
    assert document.project.question.action == ()
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.project == before


def test_tiers_are_typed_in_the_outline(
    panel: OutlinePanel, document: Document, qtbot: QtBot
) -> None:
    said: list[object] = []
    panel.refused.connect(said.append)
    panel.tree.setCurrentItem(node(panel, "dose"))
    qtbot.keyClick(panel.tree, Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    type_in(panel, qtbot, "1")
    assert document.project.tiers == {"dose": 1}
    panel.tree.setCurrentItem(node(panel, "age"))
    qtbot.keyClick(panel.tree, Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    type_in(panel, qtbot, "2")  # age causes dose
    assert document.project.tiers == {"dose": 1}
    assert "age comes later than dose" in str(said[-1])
    type_in(panel, qtbot, "soon")
    assert "'soon' is no time tier" in str(said[-1])
    type_in(panel, qtbot, "0")
    assert document.project.tiers == {"dose": 1, "age": 0}
    assert node(panel, "age").text(3) == "0"


def test_the_outline_follows_values_without_being_rebuilt(
    panel: OutlinePanel, document: Document
) -> None:
    item = node(panel, "dose")
    document.apply("do", lambda p: edits.intervene(p, Set("dose", 2.0)))
    assert item.text(2) == "2.0"  # the same line: nothing folded, nothing forgotten


def test_the_menu_of_a_line_says_all_of_it(panel: OutlinePanel, document: Document) -> None:
    def choose(words: str, inner: str = "") -> None:
        menu = panel.cells.menu_for("dose")
        entry = next(a for a in menu.actions() if a.text().split("\t")[0] == words)
        chosen = entry
        if inner:
            chosen = next(a for a in entry.menu().actions() if a.text() == inner)
        chosen.trigger()
        menu.deleteLater()

    choose("Time tier", "2")
    assert document.project.tiers == {"dose": 2}
    choose("Randomised")
    assert document.project.randomised == {"dose"}
    assert [line for line in lines(panel, "dose") if "→ dose" in line] == [
        "age → dose",
        "severity → dose",
    ]
    choose("Back to the mean")
    assert [item.variable for item in document.project.question.action] == ["dose"]
    choose("Release")
    assert document.project.question.action == ()
    panel.tree.setCurrentItem(node(panel, "dose").child(node(panel, "dose").childCount() - 1))
    panel.remove_chosen()
    assert document.project.cut == {("age", "dose", False)}

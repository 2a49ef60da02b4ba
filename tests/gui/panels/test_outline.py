"""The outline: the graph without a mouse."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from engine.interventions import Set
from engine.project import Project
from gui import edits
from gui.canvas.edge_item import EdgeKey
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


def name_of(panel: OutlinePanel) -> str:
    line = panel.tree.current_line()
    return "" if line is None else line.words


def node(panel: OutlinePanel, name: str):  # noqa: ANN201
    return panel.tree.findItems(name, Qt.MatchFlag.MatchExactly)[0]


def test_every_arrow_is_told_at_both_ends(panel: OutlinePanel) -> None:
    assert lines(panel, "dose")[1:] == [
        "caused by age",
        "caused by severity",
        "causes adherence",
        "causes recovery",
    ]
    assert "caused by dose" in lines(panel, "recovery")
    assert node(panel, "dose").text(1) == "exposure · mg · continuous · 2 causes · 2 effects"


def test_what_a_slider_moves_is_told_once_the_panel_is_seen(
    panel: OutlinePanel, document: Document
) -> None:
    panel.hide()
    document.apply("do", lambda p: edits.intervene(p, Set("dose", 2.0)))
    document.apply("more", lambda p: edits.intervene(p, Set("dose", 3.0)))
    assert lines(panel, "dose")[0] != "do(dose = 3.0 mg)"
    panel.show()
    assert lines(panel, "dose")[0] == "do(dose = 3.0 mg)"


def test_an_edge_chosen_under_one_end_stays_chosen_there_alone(
    panel: OutlinePanel, document: Document
) -> None:
    panel.tree.setCurrentItem(node(panel, "dose").child(1))  # caused by age
    document.apply("note", lambda p: edits.add_variable(p, "extra", (0.0, 0.0)))
    chosen = [item for item in panel.tree.all_items() if item.isSelected()]
    assert [(item.parent().text(0), item.text(0)) for item in chosen] == [("dose", "caused by age")]


def test_delete_removes_the_node_or_the_arrow_of_the_line(
    panel: OutlinePanel, document: Document, qtbot: QtBot
) -> None:
    panel.tree.setCurrentItem(node(panel, "dose").child(1))
    qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert ("age", "dose") not in document.project.graph.edges
    panel.tree.setCurrentItem(node(panel, "age"))
    qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert "age" not in document.project.graph.variables
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.project.graph == trial().graph


def write(panel: OutlinePanel, item, text: str, qtbot: QtBot) -> None:  # noqa: ANN001
    """F2 on a line, the text, Return."""
    panel.tree.setFocus()
    panel.tree.setCurrentItem(item)
    qtbot.keyClick(panel.tree, Qt.Key.Key_F2)
    editor = panel.tree.viewport().findChild(QLineEdit)
    assert editor.hasSelectedText()
    qtbot.keyClicks(editor, text)
    with qtbot.waitSignal(panel.tree.written, timeout=1000):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_renaming_a_line_renames_the_variable(
    panel: OutlinePanel, document: Document, qtbot: QtBot
) -> None:
    write(panel, node(panel, "dose"), "amount", qtbot)
    assert "amount" in document.project.graph.variables
    assert lines(panel, "amount")[:2] == ["do(amount = 2.0 mg)", "caused by age"]
    assert name_of(panel) == "amount"


def test_a_name_in_use_is_refused_and_put_back(
    panel: OutlinePanel, document: Document, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(panel.refused, timeout=1000):
        write(panel, node(panel, "dose"), "age", qtbot)
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
    assert name_of(panel) == "X2"


def test_choosing_a_line_tells_the_canvas(panel: OutlinePanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.chosen) as heard:
        panel.tree.setCurrentItem(node(panel, "severity").child(0))
    assert heard.args == [(), (EdgeKey("age", "severity"),), None]
    with qtbot.waitSignal(panel.chosen) as heard:
        panel.tree.setCurrentItem(node(panel, "severity"))
    assert heard.args == [("severity",), (), None]


def test_an_edit_keeps_what_is_folded_out_and_chosen(
    panel: OutlinePanel, document: Document
) -> None:
    node(panel, "dose").setExpanded(True)
    panel.tree.setCurrentItem(node(panel, "dose"))
    panel.cause.setCurrentText("age")
    panel.effect.setCurrentText("recovery")
    panel.join.click()
    assert node(panel, "dose").isExpanded()
    assert name_of(panel) == "dose"


def test_no_variable_is_offered_as_its_own_effect(panel: OutlinePanel) -> None:
    names = trial().graph.variables
    for cause in names:
        panel.cause.setCurrentText(cause)
        offered = [panel.effect.itemText(i) for i in range(panel.effect.count())]
        assert sorted(offered) == sorted(set(names) - {cause})
    panel.cause.setCurrentText("dose")  # causes adherence and recovery already
    assert [panel.effect.itemText(i) for i in (2, 3)] == ["adherence", "recovery"]

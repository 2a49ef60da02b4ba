"""Hands on the canvas: each verb is one undo step, and refusals change nothing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.graph.graph import CausalGraph
from engine.project import Project, Role
from gui.canvas.edge_item import EdgeKey
from gui.canvas.view import Tool
from tests.gui.canvas.conftest import Hands

Key, Mod = Qt.Key, Qt.KeyboardModifier
EMPTY = (150.0, 125.0)
HANDLE = (95.0, 0.0)  # of age, at its right rim


@pytest.fixture
def before(hands: Hands) -> Project:
    return hands.project


def undone(hands: Hands, before: Project) -> bool:
    """One undo step brings back what was."""
    hands.undo()
    return hands.project == before


# ── drawing ────────────────────────────────────────────────────────────────────────────────────


def test_double_click_draws_a_node_and_names_it_in_one_step(hands: Hands, before: Project) -> None:
    hands.double_click(EMPTY)
    assert hands.project == before
    hands.write("bmi")
    assert hands.project.graph.variables[-1] == "bmi"
    assert hands.project.positions["bmi"] == EMPTY
    assert hands.view.selected_variables() == ("bmi",)
    assert undone(hands, before)


def test_escape_draws_nothing(hands: Hands, before: Project) -> None:
    hands.double_click(EMPTY)
    hands.write("bmi", Key.Key_Escape)
    assert hands.project == before
    assert hands.view.naming.editor is None


def test_the_default_name_is_free(hands: Hands) -> None:
    for expected in ("X1", "X2"):
        hands.key(Key.Key_N)
        editor = hands.view.naming.editor
        assert editor is not None
        assert editor.text() == expected
        QTest.keyClick(editor, Key.Key_Return)
    assert hands.project.graph.variables[-2:] == ("X1", "X2")


def test_a_taken_name_is_refused_and_can_be_mended(hands: Hands, before: Project) -> None:
    hands.double_click(EMPTY)
    hands.write("age")
    assert hands.project == before
    assert "already a variable named age" in hands.said[-1]
    hands.write("bmi")
    assert "bmi" in hands.project.graph.variables


def test_clicking_elsewhere_keeps_the_new_node(hands: Hands) -> None:
    hands.double_click(EMPTY)
    assert hands.view.naming.editor is not None
    hands.view.naming.editor.setText("bmi")
    hands.click((450.0, 300.0))
    assert "bmi" in hands.project.graph.variables
    assert hands.view.naming.editor is None


def test_node_tool_is_for_one_click(hands: Hands) -> None:
    chosen: list[object] = []
    hands.view.tool_changed.connect(chosen.append)
    hands.view.set_tool(Tool.NODE)
    hands.click(EMPTY)
    hands.write("bmi")
    assert "bmi" in hands.project.graph.variables
    assert chosen == [Tool.NODE, Tool.SELECT]


def test_a_locked_tool_stays_until_escape(hands: Hands) -> None:
    hands.view.set_tool(Tool.EDGE, locked=True)
    hands.drag("age", "dose")
    assert hands.view.pointer.tool is Tool.EDGE
    hands.key(Key.Key_Escape)
    assert hands.view.pointer.tool is Tool.SELECT


def connect_by_handle(hands: Hands) -> None:
    hands.hover("age")
    hands.drag(HANDLE, "dose")


def connect_by_alt(hands: Hands) -> None:
    hands.drag("age", "dose", Mod.AltModifier)


def connect_by_tool_drag(hands: Hands) -> None:
    hands.view.set_tool(Tool.EDGE)
    hands.drag("age", "dose")


def connect_by_tool_clicks(hands: Hands) -> None:
    hands.view.set_tool(Tool.EDGE)
    hands.click("age")
    hands.hover((50.0, 100.0))
    hands.click("dose")


def connect_by_key_and_click(hands: Hands) -> None:
    hands.click("age")
    hands.key(Key.Key_L)
    hands.click("dose")


def connect_by_keys(hands: Hands) -> None:
    hands.key(Key.Key_Home)
    assert hands.view.stage.focused == "age"
    hands.key(Key.Key_C)
    hands.key(Key.Key_Down)
    hands.key(Key.Key_Return)


@pytest.mark.parametrize(
    "connect",
    [
        connect_by_handle,
        connect_by_alt,
        connect_by_tool_drag,
        connect_by_tool_clicks,
        connect_by_key_and_click,
        connect_by_keys,
    ],
)
def test_six_ways_to_draw_an_arrow(hands: Hands, before: Project, connect: object) -> None:
    connect(hands)  # type: ignore[operator]
    assert hands.project.graph.edges == before.graph.edges | {("age", "dose")}
    assert hands.project.positions == before.positions
    assert EdgeKey("age", "dose") in hands.view.stage.edges
    assert undone(hands, before)


def test_the_target_is_marked_while_an_arrow_is_dragged(hands: Hands) -> None:
    hands.press("age", Mod.AltModifier)
    hands.move("dose")
    assert hands.view.stage.nodes["dose"].look.target
    hands.key(Key.Key_Escape)
    assert not hands.view.stage.nodes["dose"].look.target
    hands.release("dose")
    assert ("age", "dose") not in hands.project.graph.edges


def test_a_cycle_is_shown_and_refused_by_name(hands: Hands, before: Project) -> None:
    hands.press("days", Mod.AltModifier)
    hands.move("age")
    stage = hands.view.stage
    assert stage.nodes["age"].look.refused
    warned = {key for key, item in stage.edges.items() if item.look.warned}
    assert warned == {EdgeKey("age", "severity"), EdgeKey("severity", "days")}
    hands.release("age")
    assert hands.project == before
    assert "age → severity → days → age" in hands.said[-1]
    assert not any(item.look.warned for item in stage.edges.values())


def test_an_arrow_drawn_twice_is_said_to_be_there(hands: Hands, before: Project) -> None:
    hands.drag("age", "severity", Mod.AltModifier)
    assert hands.project == before
    assert hands.said == ["age → severity is already drawn"]


def test_an_arrow_into_nothing_offers_a_new_effect(hands: Hands, before: Project) -> None:
    menu = hands.view.menus.for_dropped("age", EMPTY)
    menu.actions()[0].trigger()
    hands.write("bmi")
    assert ("age", "bmi") in hands.project.graph.edges
    assert undone(hands, before)
    menu.deleteLater()


def test_hidden_tool_draws_a_hidden_cause(hands: Hands, before: Project) -> None:
    hands.view.set_tool(Tool.HIDDEN)
    hands.drag("dose", "age")
    assert hands.project.graph.bidirected == {("age", "dose")}
    assert undone(hands, before)


def test_hidden_tool_on_empty_canvas_draws_a_latent_node(hands: Hands, before: Project) -> None:
    hands.view.set_tool(Tool.HIDDEN)
    hands.click(EMPTY)
    hands.write("genes")
    assert hands.project.graph.latent == {"genes"}
    assert undone(hands, before)


def test_b_joins_two_selected_nodes_and_parts_them(hands: Hands) -> None:
    hands.click("age")
    hands.click("dose", Mod.ControlModifier)
    hands.key(Key.Key_B)
    assert hands.project.graph.bidirected == {("age", "dose")}
    hands.key(Key.Key_B)
    assert hands.project.graph.bidirected == frozenset()


def test_r_reverses_the_selected_arrow(hands: Hands, before: Project) -> None:
    hands.click((300.0, 187.0))  # halfway from dose (0, 250) to days (600, 125)
    assert hands.view.stage.selected_edges == {EdgeKey("dose", "days")}
    hands.key(Key.Key_R)
    assert ("days", "dose") in hands.project.graph.edges
    assert ("dose", "days") not in hands.project.graph.edges
    assert hands.view.stage.selected_edges == {EdgeKey("days", "dose")}
    assert undone(hands, before)


# ── changing ───────────────────────────────────────────────────────────────────────────────────


def test_dragging_a_node_is_one_step(hands: Hands, before: Project) -> None:
    hands.drag("age", (50.0, 80.0))
    assert hands.project.positions["age"] == (50.0, 80.0)
    assert hands.project.graph == before.graph
    assert undone(hands, before)
    item = hands.view.stage.nodes["age"]
    assert (item.x(), item.y()) == (0.0, 0.0)


def test_arrows_follow_a_dragged_node(hands: Hands) -> None:
    edge = hands.view.stage.edges[EdgeKey("age", "severity")]
    start = edge.route.start
    hands.press("age")
    hands.move((0.0, -60.0))
    assert edge.route.start[1] < start[1]
    hands.release((0.0, -60.0))


def test_dragging_one_of_a_selection_moves_all(hands: Hands) -> None:
    hands.click("age")
    hands.click("dose", Mod.ShiftModifier)
    hands.drag("age", (10.0, 30.0))
    assert hands.project.positions["age"] == (10.0, 30.0)
    assert hands.project.positions["dose"] == (10.0, 280.0)


def test_escape_puts_a_dragged_node_back(hands: Hands, before: Project) -> None:
    hands.press("age")
    hands.move((60.0, 60.0))
    hands.key(Key.Key_Escape)
    item = hands.view.stage.nodes["age"]
    assert (item.x(), item.y()) == (0.0, 0.0)
    hands.release((60.0, 60.0))
    assert hands.project == before


def test_nudges_fold_into_one_step(hands: Hands, before: Project) -> None:
    hands.click("age")
    for _ in range(3):
        QTest.keyPress(hands.view, Key.Key_Right, Mod.ControlModifier)
    assert hands.project.positions["age"] == (18.0, 0.0)
    assert undone(hands, before)


def test_delete_is_at_once_and_said(hands: Hands, before: Project) -> None:
    hands.click("severity")
    hands.key(Key.Key_Delete)
    assert hands.project.graph == CausalGraph(
        ("age", "dose", "days"), frozenset({("dose", "days")})
    )
    assert hands.said == ["Deleted severity"]
    assert set(hands.view.stage.nodes) == {"age", "dose", "days"}
    assert undone(hands, before)
    assert set(hands.view.stage.edges) == {EdgeKey(*edge) for edge in before.graph.edges}


def test_backspace_deletes_all_that_is_selected(hands: Hands, before: Project) -> None:
    hands.key(Key.Key_A, Mod.ControlModifier)
    hands.key(Key.Key_Backspace)
    assert hands.project.graph == CausalGraph()
    assert hands.said == ["Deleted 4 nodes, 3 edges"]
    assert undone(hands, before)


def test_f2_renames_node_and_column(hands: Hands, before: Project) -> None:
    hands.click("dose")
    hands.key(Key.Key_F2)
    hands.write("amount")
    assert ("amount", "days") in hands.project.graph.edges
    assert hands.project.table is not None
    assert "amount" in hands.project.table
    assert hands.view.selected_variables() == ("amount",)
    assert undone(hands, before)
    assert hands.view.selected_variables() == ("dose",)


def test_double_click_on_the_name_renames_and_on_the_body_opens(hands: Hands) -> None:
    opened: list[str] = []
    hands.view.opened.connect(opened.append)
    hands.double_click((0.0, 0.0))
    assert opened == ["age"]
    hands.double_click((-40.0, -40.0))
    hands.write("years")
    assert hands.project.graph.variables[0] == "years"


@pytest.mark.parametrize(
    ("key", "role"),
    [
        (Key.Key_E, Role.EXPOSURE),
        (Key.Key_O, Role.OUTCOME),
        (Key.Key_A, Role.ADJUSTED),
        (Key.Key_S, Role.SELECTED),
    ],
)
def test_role_keys(hands: Hands, key: Key, role: Role) -> None:
    hands.click("dose")
    hands.key(key)
    assert hands.project.roles == {"dose": role}
    hands.key(key)
    assert hands.project.roles == {}


def test_u_marks_as_not_measured(hands: Hands, before: Project) -> None:
    hands.click("dose")
    hands.key(Key.Key_U)
    assert hands.project.graph.latent == {"dose"}
    assert hands.view.stage.nodes["dose"].card.latent
    assert undone(hands, before)


def test_moves_of_different_nodes_are_steps_of_their_own(hands: Hands, before: Project) -> None:
    hands.drag("age", (30.0, -40.0))
    first = hands.project
    hands.drag("dose", (30.0, 300.0))
    second = hands.project
    assert (first.positions["age"], second.positions["dose"]) == ((30.0, -40.0), (30.0, 300.0))
    hands.undo()
    assert hands.project == first
    hands.undo()
    assert hands.project == before


def test_nudges_of_different_nodes_are_steps_of_their_own(hands: Hands, before: Project) -> None:
    """Even while Ctrl is held all the time."""
    hands.click("age")
    for _ in range(3):
        QTest.keyPress(hands.view, Key.Key_Right, Mod.ControlModifier)
    first = hands.project
    hands.click("dose")
    QTest.keyPress(hands.view, Key.Key_Right, Mod.ControlModifier)
    hands.drag("dose", (30.0, 300.0))
    QTest.keyPress(hands.view, Key.Key_Right, Mod.ControlModifier)
    for _ in range(3):
        hands.undo()
    assert hands.project == first
    assert undone(hands, before)

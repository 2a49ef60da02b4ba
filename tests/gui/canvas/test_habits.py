"""The fifteen habits people bring from other drawing programs, by mouse and keys."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton

from engine.graph.formats.registry import parse_graph
from engine.interventions import Set
from engine.project import Project, Role
from gui import edits
from gui.canvas.drawing import BARS
from gui.canvas.edge_item import EdgeKey
from gui.canvas.view import Tool
from tests.gui.canvas.conftest import Hands, study
from tests.gui.conftest import Shell

Key, Mod = Qt.Key, Qt.KeyboardModifier
CTRL, SHIFT = Mod.ControlModifier, Mod.ShiftModifier
EMPTY = (150.0, 125.0)
HANDLE = (95.0, 0.0)  # of age, at its right rim
MIDDLE = (300.0, 187.0)  # of dose → days


@pytest.fixture
def before(hands: Hands) -> Project:
    return hands.project


@pytest.fixture
def window(shell: Shell) -> Hands:
    """The same study in the whole window."""
    shell.document.replace(study())
    canvas = shell.app.canvas
    canvas.setFocus()
    canvas.reset_zoom()
    canvas.centerOn(300.0, 125.0)
    return Hands(canvas, shell.document)


def undone(hands: Hands, before: Project) -> bool:
    """One undo step brings back what was."""
    hands.undo()
    return hands.project == before


def select(hands: Hands, *names: str) -> None:
    hands.click(names[0])
    for name in names[1:]:
        hands.click(name, CTRL)


def test_habit_1_new_node_by_double_click_key_and_tool(hands: Hands, before: Project) -> None:
    hands.click(EMPTY)
    assert hands.view.naming.editor is None  # a single click only deselects
    hands.double_click(EMPTY)
    hands.write("bmi", Key.Key_Escape)
    assert hands.project == before
    hands.double_click(EMPTY)
    hands.write("bmi")
    assert hands.project.positions["bmi"] == EMPTY
    hands.key(Key.Key_N)
    hands.write("sport")
    hands.view.set_tool(Tool.NODE)
    hands.click((450.0, 300.0))
    hands.write("diet")
    assert hands.project.graph.variables == (*before.graph.variables, "bmi", "sport", "diet")
    for _ in range(3):
        hands.undo()
    assert hands.project == before


@pytest.mark.qt_log_ignore("does not support (raise|grabbing|propagateSizeHints)")
def test_habit_2_drag_an_arrow_from_the_rim_and_drop_it_anywhere(
    hands: Hands, before: Project
) -> None:
    hands.hover("age")
    assert hands.view.stage.nodes["age"].look.hovered  # shows its handles
    hands.press(HANDLE)
    hands.move("dose")
    assert hands.view.stage.nodes["dose"].look.target
    hands.release("dose")
    assert ("age", "dose") in hands.project.graph.edges
    assert undone(hands, before)
    hands.hover("age")
    hands.drag(HANDLE, EMPTY)
    (menu,) = [m for m in hands.view.findChildren(QMenu) if m.isVisible()]
    QTest.keyClick(menu, Key.Key_Down)
    QTest.keyClick(menu, Key.Key_Return)
    hands.write("bmi")
    assert ("age", "bmi") in hands.project.graph.edges
    assert undone(hands, before)


def test_habit_3_an_arrow_without_changing_the_tool(hands: Hands, before: Project) -> None:
    hands.drag("age", "dose", Mod.AltModifier)
    assert ("age", "dose") in hands.project.graph.edges
    assert undone(hands, before)
    for letter in (Key.Key_L, Key.Key_C):
        hands.click("age")
        hands.key(letter)
        hands.click("dose")
        assert ("age", "dose") in hands.project.graph.edges
        assert undone(hands, before)
    hands.click("age")
    hands.key(Key.Key_L)
    QTest.keyClicks(hands.view, "dase")  # no node is named so …
    assert not hands.view.stage.nodes["dose"].look.target
    for _ in range(3):
        hands.key(Key.Key_Backspace)
    QTest.keyClicks(hands.view, "o")  # … but this one is
    assert hands.view.stage.nodes["dose"].look.target
    hands.key(Key.Key_Return)
    assert hands.project.graph.edges == before.graph.edges | {("age", "dose")}
    assert undone(hands, before)


def test_habit_4_a_tool_stays_in_hand_after_a_double_click(shell: Shell, window: Hands) -> None:
    button = shell.window.toolbar.buttons["tool-edge"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
    for effect in ("dose", "days"):
        window.drag("age", effect)
        assert ("age", effect) in window.project.graph.edges
        assert window.view.pointer.tool is Tool.EDGE
    assert button.isChecked()
    window.key(Key.Key_Escape)
    assert window.view.pointer.tool is Tool.SELECT
    window.click((300.0, 300.0))
    for _ in range(2):
        window.key(Key.Key_L)
    window.drag("age", "days")
    assert window.view.pointer.tool is Tool.EDGE
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.view.pointer.tool is Tool.SELECT
    assert isinstance(button, QToolButton)


def test_habit_5_hidden_causes_and_turned_arrows(hands: Hands, before: Project) -> None:
    select(hands, "age", "dose")
    hands.key(Key.Key_B)
    assert hands.project.graph.bidirected == {("age", "dose")}
    assert undone(hands, before)
    hands.click(MIDDLE)
    hands.key(Key.Key_B)  # beside the arrow, never instead of it
    assert hands.project.graph.bidirected == {("days", "dose")}
    assert hands.project.graph.edges == before.graph.edges
    assert undone(hands, before)
    hands.key(Key.Key_R)
    assert ("days", "dose") in hands.project.graph.edges
    assert undone(hands, before)


def test_habit_6_a_refused_loop_is_shown(hands: Hands, before: Project) -> None:
    hands.press("days", Mod.AltModifier)
    hands.move("age")
    stage = hands.view.stage
    assert stage.nodes["age"].look.refused
    warned = {key for key, item in stage.edges.items() if item.look.warned}
    assert warned == {EdgeKey("age", "severity"), EdgeKey("severity", "days")}
    hands.release("age")
    assert hands.project == before
    assert "age → severity → days → age" in hands.said[-1]


def test_habit_7_rename_in_place(hands: Hands, before: Project) -> None:
    opened: list[str] = []
    hands.view.opened.connect(opened.append)
    hands.click("dose")
    hands.key(Key.Key_F2)
    hands.write("amount")
    assert ("amount", "days") in hands.project.graph.edges
    assert hands.project.table is not None
    assert "amount" in hands.project.table  # its data follow
    assert undone(hands, before)
    hands.double_click((-40.0, -40.0))
    hands.write("years")
    assert hands.project.graph.variables[0] == "years"
    assert undone(hands, before)
    hands.double_click((0.0, 0.0))
    assert opened == ["age"]


def test_habit_8_delete_at_once_with_undo(shell: Shell, window: Hands) -> None:
    before = window.project
    for key in (Key.Key_Delete, Key.Key_Backspace):
        window.click("severity")
        window.key(key)
        assert "severity" not in window.project.graph.variables
        toast = shell.app.notices.toast
        assert toast.words.text() == "Deleted severity"
        QTest.mouseClick(toast.undo, Qt.MouseButton.LeftButton)
        assert window.project == before
        assert not toast.isVisible()


def test_habit_9_ctrl_shift_and_the_band_extend_the_selection(shell: Shell, window: Hands) -> None:
    window.click("age")
    window.click("dose", CTRL)
    window.click("severity", SHIFT)
    assert window.view.selected_variables() == ("age", "dose", "severity")
    window.click("dose", SHIFT)
    assert window.view.selected_variables() == ("age", "severity")
    window.drag((-120.0, 340.0), (120.0, 170.0), CTRL)
    assert window.view.selected_variables() == ("age", "dose", "severity")
    window.click(MIDDLE, SHIFT)
    assert shell.window.status.selection.text() == "3 nodes, 1 edge selected"
    window.key(Key.Key_A, CTRL)
    assert shell.window.status.selection.text() == "4 nodes, 3 edges selected"


def test_habit_10_move_nudge_align_and_spread(hands: Hands, before: Project) -> None:
    hands.click("age")
    hands.key(Key.Key_Right)
    assert hands.view.selected_variables() == ("severity",)  # arrows move the focus
    for _ in range(2):
        QTest.keyPress(hands.view, Key.Key_Down, CTRL)
    QTest.keyPress(hands.view, Key.Key_Down, CTRL | SHIFT)
    assert hands.project.positions["severity"] == (300.0, 72.0)  # 6 + 6 + 60
    assert undone(hands, before)
    select(hands, "age", "severity", "days")
    hands.view.verbs.by_id()["align-bottom"]()
    assert {hands.project.positions[v][1] for v in ("age", "severity", "days")} == {125.0}
    assert undone(hands, before)
    hands.click(EMPTY)
    hands.drag("severity", (100.0, -150.0))
    select(hands, "age", "severity", "days")
    hands.view.verbs.by_id()["spread-across"]()
    assert [hands.project.positions[v][0] for v in ("age", "severity", "days")] == [0, 300, 600]


def test_habit_11_zoom_at_the_pointer(hands: Hands) -> None:
    at = hands.pixel("days")
    hands.wheel(at, 120, CTRL)
    assert hands.view.zoom == pytest.approx(1.2)
    assert (hands.pixel("days") - at).manhattanLength() <= 3
    for turn, limit in ((120, 4.0), (-120, 0.1)):
        for _ in range(40):
            hands.wheel(at, turn, CTRL)
        assert hands.view.zoom == pytest.approx(limit)
    hands.key(Key.Key_0, CTRL)
    assert hands.view.zoom == pytest.approx(1.0)
    hands.key(Key.Key_Equal, CTRL)
    assert hands.view.zoom == pytest.approx(1.2)
    hands.key(Key.Key_Minus, CTRL)
    hands.key(Key.Key_F)
    shown = hands.view.mapToScene(hands.view.viewport().rect()).boundingRect()
    assert all(shown.contains(i.sceneBoundingRect()) for i in hands.view.stage.nodes.values())


def test_habit_12_pan_by_space_middle_button_and_wheel(hands: Hands, before: Project) -> None:
    start, middle = hands.pixel("age"), Qt.MouseButton.MiddleButton
    hands.press(EMPTY, button=middle)
    hands.move((EMPTY[0] + 40, EMPTY[1] + 20), middle)
    hands.release(EMPTY, button=middle)
    assert hands.pixel("age") == start + QPoint(40, 20)
    QTest.keyPress(hands.view, Key.Key_Space)
    hands.press("age")
    hands.move((40.0, 20.0))
    hands.release("age")
    QTest.keyRelease(hands.view, Key.Key_Space)
    assert hands.pixel("age") == start + QPoint(80, 40)
    hands.wheel(hands.pixel("days"), -120)
    hands.wheel(hands.pixel("days"), -120, SHIFT)
    assert hands.pixel("age") == start + QPoint(20, -20)
    assert hands.project == before


def test_habit_13_undo_copy_cut_paste_and_duplicate(hands: Hands, before: Project) -> None:
    select(hands, "severity", "days")
    hands.key(Key.Key_C, CTRL)
    text = parse_graph(QGuiApplication.clipboard().text())  # what DAGitty would read
    assert text.graph.edges == {("severity", "days")}
    hands.key(Key.Key_V, CTRL)
    graph, places = hands.project.graph, hands.project.positions
    assert graph.edges == before.graph.edges | {("severity 2", "days 2")}
    assert (places["days 2"], places["severity 2"]) == ((640.0, 165.0), (340.0, 40.0))
    assert hands.project.table == before.table  # no column twice
    assert hands.view.selected_variables() == ("severity 2", "days 2")
    assert undone(hands, before)
    select(hands, "severity", "days")
    hands.key(Key.Key_X, CTRL)
    assert set(hands.project.graph.variables) == {"age", "dose"}
    hands.key(Key.Key_V, CTRL)  # back where they were, with their data
    assert hands.project.positions == before.positions
    assert hands.project.measured("days")
    hands.undo()
    assert undone(hands, before)
    hands.click("age")
    hands.key(Key.Key_D, CTRL)
    assert hands.project.positions["age 2"] == (40.0, 40.0)
    QTest.keyClick(hands.view, Key.Key_Escape)
    assert undone(hands, before)


def test_habit_14_role_keys_on_what_is_selected_or_hovered(hands: Hands, before: Project) -> None:
    select(hands, "age", "severity")
    hands.key(Key.Key_A)
    assert hands.project.roles == {"age": Role.ADJUSTED, "severity": Role.ADJUSTED}
    assert undone(hands, before)
    hands.click(EMPTY)
    hands.hover("dose")
    for key, role in (
        (Key.Key_E, Role.EXPOSURE), (Key.Key_O, Role.OUTCOME), (Key.Key_S, Role.SELECTED)
    ):  # fmt: skip
        hands.key(key)
        assert hands.project.roles == {"dose": role}
        assert undone(hands, before)
    hands.key(Key.Key_U)
    assert hands.project.graph.latent == {"dose"}
    assert undone(hands, before)


def test_habit_15_do_on_the_node_and_escape_step_by_step(hands: Hands) -> None:
    hands.document.apply("do", lambda p: edits.intervene(p, Set("severity", 0.0)))
    hands.click((300.0 + BARS.right() - 10, BARS.bottom() - 5))
    assert hands.project.question.action == (Set("severity", 2.0),)
    cut = {key for key, item in hands.view.stage.edges.items() if item.look.cut}
    assert cut == {EdgeKey("age", "severity")}
    hands.click("age")
    hands.view.set_tool(Tool.EDGE, locked=True)
    hands.press("age")
    ended = (
        lambda: hands.view.pointer.gesture is None,
        lambda: hands.view.pointer.tool is Tool.SELECT,
        lambda: hands.view.selected_variables() == (),
        lambda: hands.project.question.action == (),
    )
    for expected in ended:
        assert not expected()
        hands.key(Key.Key_Escape)
        assert expected()


# ── also expected ──────────────────────────────────────────────────────────────────────────────


def test_find_a_node_by_a_part_of_its_name(hands: Hands, before: Project) -> None:
    hands.document.apply("move", lambda p: edits.move(p, {"days": (5000.0, 3000.0)}))
    hands.key(Key.Key_F, CTRL)
    finder = hands.view.verbs.finder
    QTest.keyClicks(finder.line, "D")
    assert (hands.view.selected_variables(), finder.count.text()) == (("dose",), "1 of 2")
    QTest.keyClick(finder.line, Key.Key_Return)
    assert hands.view.selected_variables() == ("days",)
    seen = hands.view.mapToScene(hands.view.viewport().rect()).boundingRect()
    assert seen.contains(hands.view.stage.nodes["days"].pos())
    QTest.keyClick(finder.line, Key.Key_Return, SHIFT)
    assert hands.view.selected_variables() == ("dose",)
    QTest.keyClicks(finder.line, "zz")
    assert finder.count.text() == "none"
    QTest.keyClick(finder.line, Key.Key_Escape)
    assert not finder.isVisible()
    assert hands.view.hasFocus()


def test_a_node_dropped_on_an_arrow_lies_between(hands: Hands, before: Project) -> None:
    hands.double_click((300.0, 350.0))
    hands.write("bmi")
    lone = hands.project
    hands.press("bmi")
    hands.move((290.0, 195.0))
    hands.move(MIDDLE)
    assert hands.view.stage.edges[EdgeKey("dose", "days")].look.target
    hands.release(MIDDLE)
    gone, new = {("dose", "days")}, {("dose", "bmi"), ("bmi", "days")}
    assert hands.project.graph.edges == before.graph.edges - gone | new
    assert hands.project.positions["bmi"] == MIDDLE
    assert undone(hands, lone)
    hands.drag("dose", MIDDLE)  # what has arrows already is only moved
    assert hands.project.graph == lone.graph


def test_m_puts_a_new_node_into_the_selected_arrow(hands: Hands, before: Project) -> None:
    hands.click(MIDDLE)
    hands.key(Key.Key_M)
    hands.write("bmi")
    assert {("dose", "bmi"), ("bmi", "days")} <= hands.project.graph.edges
    assert ("dose", "days") not in hands.project.graph.edges
    assert undone(hands, before)


def test_an_edge_bends_where_it_is_dragged_and_is_straightened(
    hands: Hands, before: Project
) -> None:
    key = EdgeKey("dose", "days")
    hands.drag(MIDDLE, (300.0, 330.0))
    edge = hands.view.stage.edges[key]
    assert edge.route.at(0.5) == pytest.approx((300.0, 330.0), abs=8.0)
    bent = hands.project
    assert bent.sketch.bends.keys() == {("dose", "days", False)}
    assert undone(hands, before)
    assert edge.route.control is None
    hands.document.undo_stack.redo()
    hands.drag("dose", (0.0, 350.0))  # the bend goes with its ends
    assert hands.project.sketch == bent.sketch
    hands.double_click(tuple(edge.route.at(0.5)))
    assert not hands.project.sketch


def test_both_ends_of_an_edge_can_be_led_elsewhere(hands: Hands, before: Project) -> None:
    edge = hands.view.stage.edges[EdgeKey("dose", "days")]
    tip = edge.route.at(0.97)
    hands.drag(tip, "severity")
    assert hands.project.graph.edges == before.graph.edges - {("dose", "days")} | {
        ("dose", "severity")
    }
    assert undone(hands, before)
    tail = hands.view.stage.edges[EdgeKey("dose", "days")].route.at(0.03)
    hands.drag(tail, "age")
    assert ("age", "days") in hands.project.graph.edges
    assert undone(hands, before)
    tail = hands.view.stage.edges[EdgeKey("severity", "days")].route.at(0.97)
    hands.drag(tail, "age")  # would close a loop
    assert hands.project == before
    tip = hands.view.stage.edges[EdgeKey("dose", "days")].route.at(0.97)
    hands.drag(tip, EMPTY)
    assert hands.project == before


def test_edges_can_be_selected_by_keys(hands: Hands) -> None:
    hands.key(Key.Key_Home)
    hands.key(Key.Key_Period)
    assert hands.view.stage.selected_edges == {EdgeKey("age", "severity")}
    assert "age → severity" in hands.view.accessibleDescription()
    hands.key(Key.Key_R)
    assert ("severity", "age") in hands.project.graph.edges


def test_regions_are_drawn_written_moved_and_removed(hands: Hands, before: Project) -> None:
    select(hands, "age", "dose")
    hands.key(Key.Key_G)
    editor = hands.view.verbs.regions.editor
    assert editor is not None
    QTest.keyClicks(editor, "Patients")
    QTest.keyClick(editor, Key.Key_Return)
    QTest.keyClicks(editor, "as they came")
    QTest.keyClick(editor, Key.Key_Return, CTRL)
    (region,) = hands.project.sketch.regions
    assert (region.title, region.note) == ("Patients", "as they came")
    assert all(region.holds(before.positions[v]) for v in ("age", "dose"))
    drawn = hands.project
    hands.drag((region.left + 60, region.top + 12), (region.left + 90, region.top + 52))
    assert hands.project.positions["age"] == (30.0, 40.0)
    assert hands.project.positions["severity"] == before.positions["severity"]
    assert undone(hands, drawn)
    hands.click((region.left + 60, region.top + 12))
    hands.key(Key.Key_F2)
    editor = hands.view.verbs.regions.editor
    assert editor is not None
    QTest.keyClicks(editor, "People")
    QTest.keyClick(editor, Key.Key_Return, CTRL)
    assert hands.project.sketch.regions[0].title == "People"
    assert undone(hands, drawn)
    hands.key(Key.Key_Delete)
    assert hands.project.sketch == before.sketch
    assert hands.project.graph == before.graph
    hands.undo()
    assert undone(hands, before)

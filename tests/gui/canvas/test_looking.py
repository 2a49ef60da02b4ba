"""Selecting, looking around, asking: what does not draw."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from engine.interventions import Set
from engine.project import Project
from engine.queries.answers import CardsAnswer, Shape
from engine.queries.questions import Rung
from gui import edits
from gui.appearance import Appearance
from gui.canvas.card_painter import SLIDER
from gui.canvas.drawing import BARS, SLIDER_RIGHT, drawing_of
from gui.canvas.drops import COLUMNS
from gui.canvas.edge_item import EdgeKey
from gui.canvas.view import CanvasView, Tool
from gui.document import Document
from gui.theme import DARK
from tests.gui.canvas.conftest import Hands, study

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


# ── selecting, moving about ────────────────────────────────────────────────────────────────────


def test_a_click_selects_and_a_click_beside_deselects(hands: Hands) -> None:
    counts: list[tuple[int, int]] = []
    hands.view.selection_changed.connect(lambda nodes, edges: counts.append((nodes, edges)))
    hands.click("age")
    hands.click("dose")
    hands.click(EMPTY)
    assert counts == [(1, 0), (1, 0), (0, 0)]


def test_ctrl_and_shift_toggle(hands: Hands) -> None:
    hands.click("age")
    hands.click("dose", Mod.ShiftModifier)
    assert hands.view.selected_variables() == ("age", "dose")
    hands.click("age", Mod.ControlModifier)
    assert hands.view.selected_variables() == ("dose",)


def test_rubber_band_selects_nodes_and_edges(hands: Hands) -> None:
    hands.drag((-120.0, -80.0), (420.0, 80.0))
    assert hands.view.selected_variables() == ("age", "severity")
    assert hands.view.stage.selected_edges == {EdgeKey("age", "severity")}
    hands.drag((-120.0, 340.0), (120.0, 170.0), Mod.ControlModifier)
    assert hands.view.selected_variables() == ("age", "dose", "severity")


def test_sync_keeps_selection_and_items(hands: Hands) -> None:
    hands.click("age")
    kept = dict(hands.view.stage.nodes)
    hands.document.apply("draw", lambda p: edits.connect(p, "age", "dose"))
    hands.document.apply("add", lambda p: edits.add_variable(p, "bmi", (0.0, -200.0)))
    assert hands.view.selected_variables() == ("age",)
    assert {v: hands.view.stage.nodes[v] for v in kept} == kept


def test_undo_during_a_drag_ends_it(hands: Hands, before: Project) -> None:
    hands.drag("dose", (0.0, 300.0))
    hands.press("age")
    hands.move((60.0, 60.0))
    hands.undo()
    hands.release((60.0, 60.0))
    assert hands.project == before
    assert hands.view.stage.places() == before.positions


def test_tab_visits_nodes_in_causal_order_and_speaks(hands: Hands) -> None:
    visited = []
    for _ in range(4):
        assert hands.view.focusNextPrevChild(True)
        visited.append(hands.view.stage.focused)
        assert str(visited[-1]) in hands.view.accessibleDescription()
    assert visited.index("age") < visited.index("severity") < visited.index("days")
    assert sorted(map(str, visited)) == ["age", "days", "dose", "severity"]
    assert "caused by dose, severity" in hands.view.accessibleDescription()


def test_l_takes_the_edge_tool_with_and_without_a_selection(hands: Hands) -> None:
    hands.key(Key.Key_L)
    assert hands.view.pointer.tool is Tool.EDGE
    hands.drag("age", "days")
    assert ("age", "days") in hands.project.graph.edges
    assert hands.view.pointer.tool is Tool.SELECT
    hands.click("age")
    hands.key(Key.Key_L)
    assert hands.view.pointer.tool is Tool.EDGE
    hands.click("dose")
    assert ("age", "dose") in hands.project.graph.edges
    assert hands.view.pointer.tool is Tool.SELECT


def test_focus_by_keyboard_has_a_ring_by_mouse_has_not(hands: Hands) -> None:
    hands.click("age")
    assert not hands.view.stage.nodes["age"].look.focused
    hands.key(Key.Key_Right)
    assert hands.view.stage.nodes["severity"].look.focused
    assert hands.view.selected_variables() == ("severity",)


def test_a_chosen_node_is_announced(hands: Hands) -> None:
    chosen: list[str] = []
    hands.view.focus_variable.connect(chosen.append)
    hands.click("age")
    hands.key(Key.Key_Down)
    assert chosen == ["age", "dose"]


def test_zoom_keeps_the_point_under_the_pointer_and_has_limits(hands: Hands) -> None:
    at = hands.pixel("days")
    hands.view.zoom_by(1.5, at)
    assert hands.view.zoom == pytest.approx(1.5)
    off = hands.pixel("days") - at
    assert off.manhattanLength() <= 3
    hands.view.zoom_by(1000)
    assert hands.view.zoom == pytest.approx(4.0)
    hands.view.zoom_by(1e-6)
    assert hands.view.zoom == pytest.approx(0.1)
    hands.key(Key.Key_0, Mod.ControlModifier)
    assert hands.view.zoom == pytest.approx(1.0)


def test_ctrl_wheel_zooms_at_the_pointer_and_the_wheel_scrolls(hands: Hands) -> None:
    at = hands.pixel("days")
    hands.wheel(at, 120, Mod.ControlModifier)
    assert hands.view.zoom == pytest.approx(1.2)
    assert (hands.pixel("days") - at).manhattanLength() <= 3
    at = hands.pixel("days")
    hands.wheel(at, -120)
    assert hands.pixel("days") == at - QPoint(0, 60)
    hands.wheel(at, -120, Mod.ShiftModifier)
    assert hands.pixel("days") == at - QPoint(60, 60)


def test_space_tapped_toggles_the_focused_node(hands: Hands) -> None:
    hands.key(Key.Key_Home)
    for expected in ((), ("age",)):
        hands.key(Key.Key_Space)
        assert hands.view.selected_variables() == expected


def test_fit_shows_every_card(hands: Hands) -> None:
    hands.document.apply("move", lambda p: edits.move(p, {"age": (-3000.0, -2000.0)}))
    hands.key(Key.Key_F)
    shown = hands.view.mapToScene(hands.view.viewport().rect()).boundingRect()
    assert all(shown.contains(i.sceneBoundingRect()) for i in hands.view.stage.nodes.values())
    assert hands.view.zoom < 1


def test_fit_shows_a_graph_that_is_larger_than_the_wheel_can_show(hands: Hands) -> None:
    hands.document.apply("move", lambda p: edits.move(p, {"age": (-30000.0, 200.0)}))
    hands.key(Key.Key_F)
    assert whole(hands)
    fitted = hands.view.zoom
    assert fitted < 0.1
    hands.view.zoom_by(0.5)
    assert hands.view.zoom == pytest.approx(fitted)  # no smaller by hand
    hands.view.zoom_by(1.5)
    hands.view.zoom_by(0.1)
    assert hands.view.zoom == pytest.approx(fitted)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_tool_tip_says_what_lies_under_the_pointer(hands: Hands, qtbot: QtBot) -> None:
    for name, words in (("age", "age (years"), ("dose", "dose (mg")):
        at = hands.pixel(name)
        event = QHelpEvent(QEvent.Type.ToolTip, at, hands.view.viewport().mapToGlobal(at))
        QApplication.sendEvent(hands.view.viewport(), event)
        qtbot.waitUntil(lambda words=words: words in QToolTip.text(), timeout=2000)
    QToolTip.hideText()


def test_middle_button_and_space_pan(hands: Hands, before: Project) -> None:
    start = hands.pixel("age")
    middle = Qt.MouseButton.MiddleButton
    hands.press(EMPTY, button=middle)
    hands.move((EMPTY[0] + 40, EMPTY[1] + 20), middle)
    hands.release(EMPTY, button=middle)
    assert hands.pixel("age") == start + QPoint(40, 20)
    QTest.keyPress(hands.view, Key.Key_Space)
    viewport, at = hands.view.viewport(), hands.pixel("age")
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Mod.NoModifier, at)
    hands.move("age")
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Mod.NoModifier, at)
    QTest.keyRelease(hands.view, Key.Key_Space)
    assert hands.project == before
    assert hands.view.selected_variables() == ()


# ── the question ───────────────────────────────────────────────────────────────────────────────


def test_do_cuts_the_arrows_into_what_is_set_and_escape_heals_them(hands: Hands) -> None:
    hands.document.apply("do", lambda p: edits.intervene(p, Set("severity", 1.0)))
    cut = {key for key, item in hands.view.stage.edges.items() if item.look.cut}
    assert cut == {EdgeKey("age", "severity")}
    hands.key(Key.Key_Escape)
    assert hands.project.question.action == ()
    assert not any(item.look.cut for item in hands.view.stage.edges.values())


def test_escape_ends_one_thing_at_a_time(hands: Hands) -> None:
    hands.document.apply("do", lambda p: edits.intervene(p, Set("dose", 1.0)))
    hands.click("age")
    hands.view.set_tool(Tool.EDGE)
    hands.press("age")
    for expected in (
        lambda: hands.view.pointer.gesture is None,
        lambda: hands.view.pointer.tool is Tool.SELECT,
        lambda: hands.view.selected_variables() == (),
        lambda: hands.project.question.action == (),
    ):
        assert not expected()
        hands.key(Key.Key_Escape)
        assert expected()


def test_sliding_on_the_card_is_one_step(hands: Hands) -> None:
    x = np.linspace(0.0, 5.0, 51)
    hands.view.show_cards(CardsAnswer({"dose": Shape(False, x, np.ones(51), 2.5)}))
    hands.document.apply("do", lambda p: edits.intervene(p, Set("dose", 1.0)))
    before = hands.project
    (knob,) = drawing_of(hands.view.stage.nodes["dose"].card).knobs
    height = 250.0 + SLIDER.center().y()
    hands.press((knob, height))
    for x_now in (knob + 10, SLIDER_RIGHT):
        hands.move((x_now, height))
    hands.release((SLIDER_RIGHT, height))
    assert hands.project.question.action == (Set("dose", 4.0),)  # the largest of all rows
    assert undone(hands, before)


def test_clicking_a_bar_sets_its_category(hands: Hands) -> None:
    hands.document.apply("do", lambda p: edits.intervene(p, Set("severity", 0.0)))
    hands.click((300.0 + BARS.right() - 10, BARS.bottom() - 5))
    assert hands.project.question.action == (Set("severity", 2.0),)


def test_menu_sets_a_variable_at_its_median_or_first_category(hands: Hands) -> None:
    hands.document.apply("see", lambda p: edits.set_rung(p, Rung.SEE))
    for name in ("age", "severity"):
        menu = hands.view.menu_at(hands.view.stage.nodes[name].pos())
        next(a for a in menu.actions() if a.text() == "do(…)").trigger()
        menu.deleteLater()
    assert hands.project.question.action == (Set("age", 60.0), Set("severity", 0.0))
    assert hands.project.question.rung is Rung.DO


def test_menus_for_edge_and_ground(hands: Hands) -> None:
    edge = hands.view.menu_at(QPointF(300.0, 187.0))
    edge.actions()[0].trigger()
    assert ("days", "dose") in hands.project.graph.edges
    ground = hands.view.menu_at(QPointF(*EMPTY))
    assert "Whole graph\tF" in [action.text() for action in ground.actions()]
    ground.actions()[0].trigger()
    hands.write("bmi")
    assert hands.project.positions["bmi"] == EMPTY
    edge.deleteLater()
    ground.deleteLater()


def drag_enter(at: QPointF, data: QMimeData) -> QDragEnterEvent:
    return QDragEnterEvent(
        at.toPoint(), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Mod.NoModifier
    )


def test_dropped_columns_become_nodes_apart(hands: Hands, before: Project) -> None:
    data = QMimeData()
    data.setData(COLUMNS, b"ward\nage")
    at = QPointF(hands.pixel(EMPTY))
    QApplication.sendEvent(hands.view.viewport(), drag_enter(at, data))
    drop = QDropEvent(at, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Mod.NoModifier)
    QApplication.sendEvent(hands.view.viewport(), drop)
    assert drop.isAccepted()
    assert hands.project.graph.variables == (*before.graph.variables, "ward")
    assert hands.view.hasFocus()
    hands.key(Key.Key_L)
    assert hands.view.pointer.tool is Tool.EDGE
    hands.drag("age", "days")
    assert ("age", "days") in hands.project.graph.edges
    hands.undo()
    assert undone(hands, before)


def test_another_document_is_fitted_and_forgets_the_selection(hands: Hands) -> None:
    hands.click("age")
    hands.document.replace(replace(study(), positions={"age": (9000.0, 0.0)}))
    shown = hands.view.mapToScene(hands.view.viewport().rect()).boundingRect()
    assert all(shown.contains(i.sceneBoundingRect()) for i in hands.view.stage.nodes.values())
    assert hands.view.selected_variables() == ()


def whole(hands: Hands) -> bool:
    shown = hands.view.mapToScene(hands.view.viewport().rect()).boundingRect()
    return all(shown.contains(i.sceneBoundingRect()) for i in hands.view.stage.nodes.values())


def test_a_fitted_canvas_stays_whole_until_the_user_looks_elsewhere(
    hands: Hands, qtbot: QtBot
) -> None:
    hands.view.fit()
    for size in ((400, 300), (1400, 250), (1000, 700)):
        hands.view.resize(*size)
        assert whole(hands)
    hands.view.zoom_by(2.0)
    hands.view.resize(400, 300)
    assert not whole(hands)
    assert hands.view.zoom == pytest.approx(2.0, rel=0.01)


def test_what_was_drawn_since_stays_in_sight_when_the_window_shrinks(hands: Hands) -> None:
    hands.view.fit()
    hands.drag("days", (620.0, 160.0))
    kept = hands.view.zoom
    hands.view.resize(1010, 710)
    assert hands.view.zoom == kept  # all is in sight: nothing jumps
    hands.view.resize(420, 300)
    assert whole(hands)


def test_an_empty_document_is_shown_at_full_size(hands: Hands) -> None:
    hands.view.zoom_by(0.5)
    hands.document.replace(Project())
    assert hands.view.zoom == 1.0


def test_a_document_from_before_the_first_showing_is_fitted(qtbot: QtBot) -> None:
    document = Document()
    document.replace(replace(study(), positions={"age": (-2000.0, 900.0)}))
    view = CanvasView(document, Appearance("light"))
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    qtbot.waitExposed(view)
    assert whole(Hands(view, document))


def test_theme_changes_live(hands: Hands) -> None:
    hands.view.appearance.choose("dark")
    image = hands.view.grab().toImage()
    corner = image.pixelColor(3, 3).name()
    assert corner in {DARK.canvas, DARK.dot}


def test_an_empty_canvas_says_what_to_do(hands: Hands) -> None:
    full = hands.view.accessibleDescription()
    hands.document.replace(Project())
    assert "double-click to draw one" in hands.view.accessibleDescription()
    assert full != hands.view.accessibleDescription()
    hands.view.grab()


def test_canvas_document_and_steps_can_be_collected_together(qtbot: QtBot) -> None:
    """Garbage collection of an undo stack with steps must not free a step twice."""
    document = Document()
    document.replace(study())
    view = CanvasView(document, Appearance("light"))
    view.show()
    qtbot.waitExposed(view)
    document.apply("draw", lambda p: edits.connect(p, "age", "dose"))
    gone = weakref.ref(document)
    view.close()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    del view, document
    gc.collect()
    assert gone() is None

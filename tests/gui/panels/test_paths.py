"""Why is this a bias? The list, the steps, the canvas, what closes a path; by mouse and keys."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.graph.graph import graph_of
from engine.project import Project, Role
from gui.canvas.edge_item import EdgeKey
from gui.canvas.trace import WHOLE
from gui.marks import Mark
from gui.panels.paths import PathsPanel
from tests.gui.conftest import Shell

EDGES = [
    ("genes", "smoking"), ("genes", "cancer"), ("smoking", "tar"), ("tar", "cancer"),
    ("stress", "smoking"), ("stress", "cough"), ("age", "cough"), ("age", "cancer"),
    ("cough", "visits"),
]  # fmt: skip
ROLES = {"smoking": Role.EXPOSURE, "cancer": Role.OUTCOME, "visits": Role.ADJUSTED}


@pytest.fixture
def panel(shell: Shell) -> PathsPanel:
    shell.document.replace(Project(graph=graph_of(edges=EDGES), roles=ROLES))
    shell.app.actions["why-bias"].trigger()
    return shell.app.panels.paths


def listed(panel: PathsPanel) -> list[tuple[str, str]]:
    return [(line.text, line.quiet) for line in panel.paths.lines()]


def choose(panel: PathsPanel, row: int) -> None:
    panel.paths.setCurrentIndex(panel.paths.model().index(row, 0))


def test_open_paths_come_first_in_plain_words(panel: PathsPanel) -> None:
    assert panel.summary.text() == (
        "2 open paths bias what smoking does to cancer. Held fixed: visits."
    )
    assert listed(panel) == [
        ("smoking ← genes → cancer", "open, because nothing on it is held fixed"),
        (
            "smoking ← stress → cough ← age → cancer",
            "open, because visits, caused by the common effect cough, is held fixed",
        ),
        ("smoking → tar → cancer", "causal and open: this is the effect that is asked about"),
    ]
    marks = [line.mark for line in panel.paths.lines()]
    assert marks == [Mark.WARNED, Mark.WARNED, Mark.NONE]


def test_steps_are_told_one_by_one(panel: PathsPanel) -> None:
    choose(panel, 1)
    assert [line.text for line in panel.stops.lines()] == [
        "smoking",
        "stress (fork, a common cause): passes",
        "cough (collider, a common effect): would stop here, "
        "but is opened because its descendant visits is held fixed",
        "age (fork, a common cause): passes",
        "cancer",
    ]


def test_the_chosen_path_is_shown_on_the_canvas_while_the_panel_is(
    shell: Shell, panel: PathsPanel
) -> None:
    trace = shell.app.canvas.stage.trace
    choose(panel, 1)
    assert trace.traced is not None
    assert trace.traced.nodes == ("smoking", "stress", "cough", "age", "cancer")
    assert set(trace.traced.edges) <= shell.app.canvas.stage.edges.keys()
    assert [w.text for w in trace.traced.words if w is not None] == [
        "fork: passes",
        "collider: opened by visits",
        "fork: passes",
    ]
    shell.window.show_lower("table")
    assert trace.traced is None


def test_enter_walks_along_it_within_two_seconds(
    shell: Shell, panel: PathsPanel, qtbot: QtBot
) -> None:
    trace = shell.app.canvas.stage.trace
    trace.still = False
    choose(panel, 0)
    places: list[int] = []
    trace.stepped.connect(places.append)
    QTest.keyClick(panel.paths, Qt.Key.Key_Return)
    assert trace.running
    assert trace.at == 0
    qtbot.waitUntil(lambda: not trace.running, timeout=WHOLE + 1000)
    assert places == [0, 1, 2]
    assert panel.stops.currentIndex().row() == 2
    assert WHOLE <= 2000


def test_with_less_motion_all_is_there_at_once(shell: Shell, panel: PathsPanel) -> None:
    trace = shell.app.canvas.stage.trace
    assert trace.still
    choose(panel, 1)
    middle = panel.paths.visualRect(panel.paths.currentIndex()).center()
    QTest.mouseClick(panel.paths.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle))
    assert not trace.running
    assert trace.at == 4


def test_keys_go_from_step_to_step(shell: Shell, panel: PathsPanel) -> None:
    trace = shell.app.canvas.stage.trace
    choose(panel, 1)
    panel.stops.setFocus()
    for place in (0, 1, 2):
        QTest.keyClick(panel.stops, Qt.Key.Key_Down)
        assert trace.at == place
    QTest.keyClick(panel.stops, Qt.Key.Key_Up)
    assert trace.at == 1
    QTest.keyClick(panel.stops, Qt.Key.Key_Escape)
    assert trace.traced is None


def test_what_closes_it_is_one_press_and_one_undo_step(shell: Shell, panel: PathsPanel) -> None:
    choose(panel, 0)
    shown = [button.text() for button in panel.ways_out if not button.isHidden()]
    assert shown == ["Hold genes fixed"]
    QTest.mouseClick(panel.ways_out[0], Qt.MouseButton.LeftButton)
    assert shell.document.project.roles["genes"] is Role.ADJUSTED
    assert listed(panel)[1] == ("smoking ← genes → cancer", "closed: genes is held fixed")
    shell.document.undo_stack.undo()
    assert "genes" not in shell.document.project.roles
    choose(panel, 1)
    shown = [button.text() for button in panel.ways_out if not button.isHidden()]
    assert shown == ["Hold stress fixed", "Let visits go", "Hold age fixed"]


def test_a_closed_collider_says_what_would_open_it(shell: Shell, panel: PathsPanel) -> None:
    shell.app.panels.paths.ways_out[0].setFocus()
    choose(panel, 1)
    QTest.mouseClick(panel.ways_out[1], Qt.MouseButton.LeftButton)  # visits is let go
    assert listed(panel)[1] == (
        "smoking ← stress → cough ← age → cancer",
        "closed: cough is a common effect (collider), and it and what it causes are left free",
    )
    choose(panel, 1)
    trace = shell.app.canvas.stage.trace
    assert trace.traced is not None
    assert trace.traced.reach == 2


def test_an_edge_asks_why_it_biases(shell: Shell, panel: PathsPanel) -> None:
    canvas = shell.app.canvas
    shell.window.show_lower("table")
    edge = canvas.stage.edges[EdgeKey("age", "cough")]
    menu = canvas.menus.for_edge(edge.key)
    canvas.stage.select((), {edge.key})
    entry = next(a for a in menu.actions() if a.text().startswith("Why is this a bias?"))
    entry.trigger()
    menu.deleteLater()
    assert shell.window.tabs.shown == "paths"
    assert panel.joined is not None
    assert "age" in [step.to for step in panel.joined.path]
    causal = canvas.menus.for_edge(EdgeKey("smoking", "tar"))
    assert not any(a.text().startswith("Why") for a in causal.actions())
    causal.deleteLater()


def test_the_assumptions_lead_there(shell: Shell, panel: PathsPanel) -> None:
    shell.window.show_lower("assumptions")
    QTest.mouseClick(shell.app.panels.assumptions.why, Qt.MouseButton.LeftButton)
    assert shell.window.tabs.shown == "paths"


def test_they_do_not_lead_there_while_nothing_biases(shell: Shell, panel: PathsPanel) -> None:
    """A chain x → m → y has no path but the causal one; a common cause opens another."""
    roles, why = {"x": Role.EXPOSURE, "y": Role.OUTCOME}, shell.app.panels.assumptions.why
    chain = [("x", "m"), ("m", "y")]
    shell.document.replace(Project(graph=graph_of(edges=chain), roles=roles))
    assert why.isHidden()
    forked = graph_of(edges=[*chain, ("z", "x"), ("z", "y")])
    shell.document.replace(Project(graph=forked, roles=roles))
    assert not why.isHidden()


def test_a_hidden_cause_is_closed_by_nothing_measured(shell: Shell, panel: PathsPanel) -> None:
    graph = graph_of(["x", "y"], [("x", "y")], [("x", "y")])
    roles = {"x": Role.EXPOSURE, "y": Role.OUTCOME}
    shell.document.replace(Project(graph=graph, roles=roles))
    assert listed(panel)[0] == ("x ↔ y", "open, because a hidden cause joins them directly")
    assert panel.closing.text() == (
        "Nothing measured closes it: measure a hidden cause on it, or set x by lot."
    )


def test_what_speaks_against_a_closing_is_said(shell: Shell, panel: PathsPanel) -> None:
    """z is a confounder and a collider: holding it fixed opens another path."""
    edges = [("z", "x"), ("z", "y"), ("a", "x"), ("a", "z"), ("b", "z"), ("b", "y"), ("x", "y")]
    roles = {"x": Role.EXPOSURE, "y": Role.OUTCOME}
    shell.document.replace(Project(graph=graph_of(edges=edges), roles=roles))
    choose(panel, 0)
    words = "Holding z fixed would close it, but it opens x ← a → z ← b → y."
    assert panel.closing.text() == words
    assert panel.ways_out[0].toolTip() == words


def test_without_a_question_it_says_what_to_name(shell: Shell, panel: PathsPanel) -> None:
    shell.document.replace(Project(graph=graph_of(edges=EDGES)))
    assert panel.summary.text() == "Name an exposure (E) and an outcome (O) on the canvas."
    assert listed(panel) == []


def test_everything_that_takes_the_keyboard_has_a_name(panel: PathsPanel) -> None:
    choose(panel, 1)
    widgets = [panel.paths, panel.stops, panel.walk, *panel.ways_out]
    assert all(w.accessibleName() or getattr(w, "text", str)() for w in widgets)
    spoken = panel.paths.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("warned, smoking ← genes → cancer, open")

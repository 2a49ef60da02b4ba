"""Random sequences of what a user does: undone to the end, the project is what it was."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import edits
from gui.appearance import Appearance
from gui.canvas.edge_item import EdgeKey
from gui.canvas.layers import Layer
from gui.canvas.view import CanvasView
from gui.document import Document
from tests.gui.canvas.conftest import Hands, study

Key, Mod = Qt.Key, Qt.KeyboardModifier
CTRL, SHIFT = Mod.ControlModifier, Mod.ShiftModifier
CHORDS = (
    (Key.Key_Delete, Mod.NoModifier), (Key.Key_B, Mod.NoModifier), (Key.Key_R, Mod.NoModifier),
    (Key.Key_D, Mod.NoModifier), (Key.Key_U, Mod.NoModifier), (Key.Key_E, Mod.NoModifier),
    (Key.Key_O, Mod.NoModifier), (Key.Key_Escape, Mod.NoModifier), (Key.Key_Period, Mod.NoModifier),
    (Key.Key_L, Mod.NoModifier), (Key.Key_Return, Mod.NoModifier), (Key.Key_Right, Mod.NoModifier),
    (Key.Key_Down, SHIFT), (Key.Key_Right, CTRL), (Key.Key_Up, CTRL | SHIFT), (Key.Key_A, CTRL),
    (Key.Key_C, CTRL), (Key.Key_X, CTRL), (Key.Key_V, CTRL), (Key.Key_D, CTRL),
)  # fmt: skip
LAYOUTS = ("lay-out", "lay-out-down", "lay-out-by-role", "lay-out-by-force", "straighten",
           "align-left", "align-middle", "spread-across")  # fmt: skip
spots = st.tuples(st.integers(-100, 700), st.integers(-60, 320))
picks = st.integers(0, 40)
MOST_NODES = 14


class Canvas(RuleBasedStateMachine):
    """A canvas with a study on it, in the hands of chance."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document()
        self.start = study()
        self.document.replace(self.start)
        self.view = CanvasView(self.document, Appearance("light"))
        self.view.verbs.glide.still = True
        self.view.resize(1000, 700)
        self.view.show()
        self.view.reset_zoom()
        self.hands = Hands(self.view, self.document)

    def some_node(self, pick: int) -> str:
        names = self.document.project.graph.variables
        return names[pick % len(names)] if names else ""

    def place(self, pick: int, spot: tuple[int, int]) -> tuple[float, float]:
        """Of a node, or a spot where there is none."""
        name = self.some_node(pick)
        return self.view.stage.nodes[name].pos().toTuple() if name else spot

    @rule(pick=picks, spot=spots, held=st.sampled_from([Mod.NoModifier, CTRL, SHIFT]))
    def click_a_node(self, pick: int, spot: tuple[int, int], held: Qt.KeyboardModifier) -> None:
        self.hands.click(self.place(pick, spot), held)

    @rule(spot=spots)
    def click_somewhere(self, spot: tuple[int, int]) -> None:
        self.hands.click(spot)

    @rule(pick=picks, spot=spots)
    def drag_a_node(self, pick: int, spot: tuple[int, int]) -> None:
        self.hands.drag(self.place(pick, spot), spot)

    @rule(a=picks, b=picks, spot=spots)
    def join(self, a: int, b: int, spot: tuple[int, int]) -> None:
        ends = self.place(a, spot), self.place(b, spot)
        self.hands.drag(*ends, Mod.AltModifier)

    @rule(pick=picks, spot=spots, share=st.sampled_from([0.04, 0.5, 0.96]))
    def drag_an_edge(self, pick: int, spot: tuple[int, int], share: float) -> None:
        edges = list(self.view.stage.edges.values())
        if edges:
            self.hands.drag(edges[pick % len(edges)].route.at(share), spot)

    @rule(chord=st.sampled_from(CHORDS))
    def press_keys(self, chord: tuple[Qt.Key, Qt.KeyboardModifier]) -> None:
        if len(self.document.project.graph.variables) < MOST_NODES or chord[0] != Key.Key_V:
            QTest.keyPress(self.view, *chord)

    @rule(id=st.sampled_from(LAYOUTS))
    def arrange(self, id: str) -> None:
        self.view.verbs.by_id()[id]()

    @rule(spot=spots, name=st.sampled_from(["bmi", "age", "ward", ""]))
    def double_click(self, spot: tuple[int, int], name: str) -> None:
        self.hands.double_click(spot)
        if self.view.naming.editor is not None:
            self.view.naming.editor.setText(name)
            QTest.keyClick(self.view.naming.editor, Key.Key_Return)
        if self.view.naming.editor is not None:
            QTest.keyClick(self.view.naming.editor, Key.Key_Escape)

    @rule(text=st.sampled_from(["Patients\nall", "note"]))
    def draw_a_region(self, text: str) -> None:
        self.view.verbs.draw_region()
        editor = self.view.verbs.regions.editor
        assert editor is not None
        editor.setPlainText(text)
        QTest.keyClick(editor, Key.Key_Return, CTRL)

    @rule(pick=picks)
    def rename(self, pick: int) -> None:
        name = self.some_node(pick)
        if name:
            self.view.commands.rename(name, f"{name[:6]}'")

    @rule()
    def undo(self) -> None:
        self.document.undo_stack.undo()

    @rule()
    def redo(self) -> None:
        self.document.undo_stack.redo()

    @invariant()
    def the_view_shows_the_document(self) -> None:
        project, stage = self.document.project, self.view.stage
        self.view.pointer.cancel()
        while popup := QApplication.activePopupWidget():
            popup.close()
        assert set(stage.nodes) == set(project.graph.variables)
        assert set(stage.edges) == {
            *(EdgeKey(*edge) for edge in project.graph.edges),
            *(EdgeKey(*edge, hidden=True) for edge in project.graph.bidirected),
            *(EdgeKey(*edge) for edge in project.cut),
        }
        shown = stage.places()
        assert {v: shown[v] for v in project.positions} == dict(project.positions)
        assert tuple(item.region for item in stage.regions.items) == project.sketch.regions
        assert {v for v, item in stage.nodes.items() if item.card.latent} == project.graph.latent
        assert stage.selected <= stage.nodes.keys()
        assert stage.selected_edges <= stage.edges.keys()
        badges = sum(len(item.childItems()) for item in stage.nodes.values())
        assert badges == len(project.randomised) + len(project.tiers.keys() & stage.nodes.keys())
        parts = len(stage.nodes) + len(stage.edges) + len(stage.regions.items)
        outermost = [
            item
            for item in stage.items()
            if item.parentItem() is None and not isinstance(item, Layer)
        ]
        assert len(outermost) == parts  # nothing is left lying about

    def teardown(self) -> None:
        stack, end = self.document.undo_stack, self.document.project
        count = stack.index()
        while stack.canUndo():
            stack.undo()
        assert self.document.project == self.start
        self.the_view_shows_the_document()
        for _ in range(count):
            stack.redo()
        assert self.document.project == end
        self.view.close()
        self.view.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.mark.qt_log_ignore("does not support (raise|grabbing|propagateSizeHints)")
def test_any_sequence_of_verbs_can_be_undone(qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("dag { a -> b }")
    run_state_machine_as_test(
        Canvas,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # a failure is told as found: shrinking takes minutes
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_machine_notices_a_view_that_does_not_follow(qtbot: QtBot) -> None:
    machine = Canvas()
    machine.document.changed.disconnect(machine.view.sync)
    machine.document.apply("draw", lambda p: edits.connect(p, "age", "dose"))
    with pytest.raises(AssertionError):
        machine.the_view_shows_the_document()
    machine.document.changed.connect(machine.view.sync)
    machine.document.undo_stack.undo()
    machine.teardown()

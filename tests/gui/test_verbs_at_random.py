"""Random verbs on the whole window: what is undone to the end is what it was, views follow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.interventions import variables_of
from engine.queries.questions import Rung
from gui import edits
from gui.canvas.edge_item import EdgeKey
from gui.canvas.layers import Layer
from gui.outline.lines import Line, lines_of
from gui.outline.tree import line_of
from gui.question.parts import askable
from gui.widgets.slider import DoseSlider
from tests.gui._verbs import verbs
from tests.gui.canvas.conftest import Hands, study
from tests.gui.conftest import Shell

pytestmark = pytest.mark.qt_log_ignore("does not support")
Key, Mod = Qt.Key, Qt.KeyboardModifier
CTRL, NONE = Mod.ControlModifier, Mod.NoModifier
picks = st.integers(0, 40)
TEXTS = ("2", "+1", "bmi", "Ward", "two words", "")
ACTIONS = (
    "cut", "copy", "paste", "duplicate", "select-all", "delete", "randomised", "region",
    "value-up", "value-down", "value-reset", "value-release", "see-only", "tier-later",
    "tier-earlier", "tier-none", "lay-out", "lay-out-by-role", "align-left", "straighten",
    "hidden-cause", "reverse", "value", "see", "do", "imagine", "release", "mediator",
)  # fmt: skip


def flat(lines: tuple[Line, ...]) -> list[Line]:
    """Lines in the order of the tree."""
    return [each for line in lines for each in (line, *line.inside)]


class Window(RuleBasedStateMachine):
    """The whole window, in the hands of chance; the outline is in front, so that it follows."""

    shell: Shell  # lent by the test, one for all examples

    def __init__(self) -> None:
        super().__init__()
        self.app, self.document = self.shell.app, self.shell.document
        self.start = study()
        self.document.replace(self.start)
        self.app.canvas.reset_zoom()
        self.panels = self.app.panels
        self.hands = Hands(self.app.canvas, self.document)

    # ── verbs ──────────────────────────────────────────────────────────────────────────────────

    @rule(which=st.integers(0, 400), a=picks, b=picks)
    def do_something(self, which: int, a: int, b: int) -> None:
        known = verbs(self.document.project, a, b)
        before = self.document.project
        try:
            self.document.apply("Something", known[which % len(known)])
        except UserError:
            assert self.document.project == before

    @rule(id=st.sampled_from(ACTIONS), a=picks, b=picks)
    def do_it_to_some_nodes(self, id: str, a: int, b: int) -> None:
        names = self.document.project.graph.variables
        chosen = {names[a % len(names)], names[b % len(names)]} if names else set()
        self.app.canvas.stage.select(chosen)
        action = self.app.actions[id]
        if action.isEnabled() and len(names) < 12:
            action.trigger()
        self.finish_writing(f"new {a}")

    def finish_writing(self, text: str) -> None:
        """In whatever field has been opened on the canvas; what is refused is given up."""
        canvas = self.app.canvas
        if (region := canvas.verbs.regions.editor) is not None:
            region.setPlainText(f"{text}\nnote")
            QTest.keyClick(region, Key.Key_Return, CTRL)
        for owner in (canvas.naming, canvas.verbs.holding):
            if owner.editor is not None:
                owner.editor.setText(text)
                QTest.keyClick(owner.editor, Key.Key_Return)
            if owner.editor is not None:
                QTest.keyClick(owner.editor, Key.Key_Escape)

    @rule(a=picks, b=picks)
    def drag_a_node(self, a: int, b: int) -> None:
        nodes = list(self.app.canvas.stage.nodes)
        if nodes:
            self.hands.drag(nodes[a % len(nodes)], (20.0 * b, 10.0 * b))

    @rule(a=picks, b=picks)
    def use_the_question_panel(self, a: int, b: int) -> None:
        page = self.panels.question.page
        names = askable(self.document.project)
        rows = page.rows.rows if hasattr(page, "rows") else {}
        sliders = [s for row in rows.values() for s in row.findChildren(DoseSlider)]
        if a % 4 == 0 and sliders:
            QTest.keyClick(sliders[b % len(sliders)], Key.Key_Right)
        elif a % 4 == 1 and page.chips.chips:
            chips = list(page.chips.chips.values())
            QTest.keyClick(chips[b % len(chips)], Key.Key_Delete)
        elif a % 4 == 2 and names:
            page.outcome.outcome.picked.emit(names[b % len(names)])
        elif names and names[b % len(names)] not in page.chips.chips:
            page.chips.plus.picked.emit(names[b % len(names)])

    @rule(a=picks, text=st.sampled_from(TEXTS))
    def write_in_the_outline(self, a: int, text: str) -> None:
        tree = self.panels.outline.tree
        lines = [line for line in flat(lines_of(self.document.project)) if line.text is not None]
        if lines:
            tree.written.emit(lines[a % len(lines)], text)
            QCoreApplication.processEvents()

    @rule(a=picks)
    def delete_in_the_outline(self, a: int) -> None:
        items = list(self.panels.outline.tree.all_items())
        if items:
            self.panels.outline.tree.setCurrentItem(items[a % len(items)])
            QTest.keyClick(self.panels.outline.tree, Key.Key_Delete)

    @rule(count=st.integers(1, 3))
    def undo(self, count: int) -> None:
        for _ in range(count):
            self.document.undo_stack.undo()

    @rule()
    def redo(self) -> None:
        self.document.undo_stack.redo()

    # ── what must always hold ──────────────────────────────────────────────────────────────────

    @invariant()
    def the_panels_show_the_document(self) -> None:
        self.app.canvas.pointer.cancel()
        while popup := QApplication.activePopupWidget():
            popup.close()
        project, panels = self.document.project, self.panels
        if not panels.outline.tree.writing:
            shown = [line_of(item) for item in panels.outline.tree.all_items()]
            assert shown == flat(lines_of(project))
        assert project.table is not None
        model = panels.data.model
        assert [model.index(i).data() for i in range(model.rowCount())] == [*project.table.names]
        assert [tile.pin for tile in panels.pins.tiles] == list(project.pins)

    @invariant()
    def the_question_panel_shows_the_question(self) -> None:
        question, page = self.document.project.question, self.panels.question.page
        assert page is self.panels.question.pages[question.rung]
        held = question.evidence if question.rung is Rung.SEE else question.action
        names = set(askable(self.document.project))
        known = [name for name in variables_of(held) if name in names]
        assert list(page.chips.chips) == known

    @invariant()
    def the_canvas_shows_the_document(self) -> None:
        project, stage = self.document.project, self.app.canvas.stage
        assert set(stage.nodes) == set(project.graph.variables)
        assert set(stage.edges) == {
            *(EdgeKey(*edge) for edge in project.graph.edges),
            *(EdgeKey(*edge, hidden=True) for edge in project.graph.bidirected),
            *(EdgeKey(*edge) for edge in project.cut),
        }
        shown = stage.places()
        assert {v: shown[v] for v in project.positions} == dict(project.positions)
        assert tuple(item.region for item in stage.regions.items) == project.sketch.regions
        badges = sum(len(item.childItems()) for item in stage.nodes.values())
        assert badges == len(project.randomised) + len(project.tiers.keys() & stage.nodes.keys())
        parts = len(stage.nodes) + len(stage.edges) + len(stage.regions.items)
        every = [item for item in stage.items() if item.parentItem() is None]
        items = [item for item in every if not isinstance(item, Layer)]
        assert len(items) == parts, items  # nothing lies about

    def teardown(self) -> None:
        stack, end = self.document.undo_stack, self.document.project
        count = stack.index()
        while stack.canUndo():
            stack.undo()
        assert self.document.project == self.start
        self.the_panels_show_the_document()
        self.the_question_panel_shows_the_question()
        self.the_canvas_shows_the_document()
        for _ in range(count):
            stack.redo()
        assert self.document.project == end


@pytest.fixture
def lent(qtbot: QtBot, tmp_path: Path) -> Iterator[Shell]:
    """One window for all examples."""
    made = Shell(tmp_path)
    with qtbot.waitSignal(made.app.bridge.started, timeout=5000):
        made.app.start()
    made.app.beginning.open_canvas()
    made.app.actions["tab-outline"].trigger()
    Window.shell = made
    yield made
    del Window.shell
    made.close()


def left(shell: Shell) -> int:
    """How many widgets there are once what was dropped is gone."""
    shell.document.replace(study())
    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return len(shell.window.findChildren(QWidget))


def test_any_sequence_of_verbs_can_be_undone_and_leaves_nothing(lent: Shell) -> None:
    QGuiApplication.clipboard().setText("dag { a -> b }")

    def run() -> int:
        """The same sequences each time; how many widgets there are after them."""
        run_state_machine_as_test(
            Window,
            settings=settings(
                max_examples=6,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],  # a failure is told as found: shrinking takes minutes
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        return left(lent)

    made = run()  # with all that is made when it is first needed, such as lists that open
    assert run() <= made


def test_the_machine_notices_a_view_that_does_not_follow(lent: Shell) -> None:
    machine = Window()
    outline = machine.panels.outline
    machine.document.changed.disconnect(outline.sync)
    machine.document.apply("draw", lambda p: edits.connect(p, "age", "dose"))
    with pytest.raises(AssertionError):
        machine.the_panels_show_the_document()
    machine.document.changed.connect(outline.sync)
    machine.document.undo_stack.undo()
    machine.teardown()

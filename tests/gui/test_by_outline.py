"""The outline does what the canvas does: each thing by lines, keys and menus, no mouse on it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QTreeWidgetItem

from engine.interventions import Range, Set
from engine.project import Project, Role
from engine.queries.questions import Question, Rung
from gui import edits
from gui.canvas.edge_item import EdgeKey
from gui.outline.linking import OutlineLink
from gui.outline.tree import OutlineTree, line_of
from tests.gui.canvas.conftest import study
from tests.gui.conftest import Shell

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


class Lines:
    """The outline in a window, with the keyboard on it."""

    def __init__(self, shell: Shell) -> None:
        self.shell, self.panel = shell, shell.app.panels.outline
        shell.document.replace(study())
        shell.app.actions["tab-outline"].trigger()
        self.panel.tree.setFocus()

    @property
    def project(self) -> Project:
        return self.shell.document.project

    @property
    def tree(self) -> OutlineTree:
        return self.panel.tree

    def item(self, words: str) -> QTreeWidgetItem:
        return next(item for item in self.tree.all_items() if item.text(0) == words)

    def words(self) -> list[str]:
        return [item.text(0) for item in self.tree.all_items()]

    def go(self, *words: str) -> None:
        """The keyboard to the first line; the others chosen with it."""
        self.tree.clearSelection()
        self.tree.setCurrentItem(self.item(words[0]))
        for each in words:
            self.item(each).setSelected(True)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.tree, key, held)
        QApplication.processEvents()

    def write(self, text: str) -> None:
        """In the editor that is open."""
        editor = self.tree.viewport().findChild(QLineEdit)
        assert editor is not None
        assert editor.accessibleName()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Key.Key_Return)
        for _ in range(3):  # the editor closes, then the line is told, then it is written
            QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _asking(self) -> QContextMenuEvent:
        """The key for menus, or Shift+F10."""
        at = self.tree.visualItemRect(self.tree.currentItem()).center()
        reason = QContextMenuEvent.Reason.Keyboard
        return QContextMenuEvent(reason, at, self.tree.viewport().mapToGlobal(at))

    def pick(self, *path: str) -> None:
        """From the menu of the line, by the words of its entries."""
        QApplication.sendEvent(self.tree.viewport(), self._asking())
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        for words in path[:-1]:
            menu = next(a.menu() for a in menu.actions() if a.text().split("\t")[0] == words)
        action = next(a for a in menu.actions() if a.text().split("\t")[0] == path[-1])
        assert action.isEnabled()
        action.trigger()
        while popup := QApplication.activePopupWidget():
            popup.close()
        QApplication.processEvents()


@pytest.fixture
def lines(shell: Shell) -> Iterator[Lines]:
    made = Lines(shell)
    yield made
    QGuiApplication.clipboard().clear()


def test_choosing_lines_selects_on_the_canvas_and_back(lines: Lines) -> None:
    stage = lines.shell.app.canvas.stage
    lines.go("age", "dose")
    assert stage.selected == {"age", "dose"}
    lines.go("caused by severity")
    assert (stage.selected, stage.selected_edges) == (set(), {EdgeKey("severity", "days")})
    stage.select({"days"})
    assert [line.words for line in lines.tree.chosen()] == ["days"]
    assert lines.tree.current_line().words == "days"


@pytest.mark.parametrize(
    ("key", "holds"),
    [
        (Key.Key_E, lambda p: p.roles.get("dose") is Role.EXPOSURE),
        (Key.Key_O, lambda p: p.roles.get("dose") is Role.OUTCOME),
        (Key.Key_A, lambda p: p.roles.get("dose") is Role.ADJUSTED),
        (Key.Key_S, lambda p: p.roles.get("dose") is Role.SELECTED),
        (Key.Key_U, lambda p: "dose" in p.graph.latent),
        (Key.Key_D, lambda p: "dose" in p.randomised),
    ],
)
def test_keys_of_roles(lines: Lines, key: Key, holds: Callable[[Project], bool]) -> None:
    lines.go("dose")
    lines.key(key)
    assert holds(lines.project)
    lines.shell.document.undo_stack.undo()
    assert lines.project == study()


def test_an_arrow_is_drawn_reversed_led_elsewhere_made_hidden_and_removed(lines: Lines) -> None:
    panel = lines.panel
    panel.cause.setCurrentText("age")
    panel.effect.setCurrentText("days")
    QTest.keyClick(panel.join, Key.Key_Space)
    assert ("age", "days") in lines.project.graph.edges
    lines.go("causes days")
    lines.key(Key.Key_R)
    assert ("days", "age") not in lines.project.graph.edges  # a loop: refused, and told
    assert ("age", "days") in lines.project.graph.edges

    lines.go("causes days")
    assert panel.cause.currentText() == "age"
    panel.effect.setCurrentText("dose")
    QTest.keyClick(panel.change, Key.Key_Space)
    assert ("age", "dose") in lines.project.graph.edges
    assert ("age", "days") not in lines.project.graph.edges
    assert lines.tree.current_line().edge == EdgeKey("age", "dose")

    lines.tree.setFocus()
    lines.key(Key.Key_R)
    assert ("dose", "age") in lines.project.graph.edges
    assert [line.edge for line in lines.tree.chosen()] == [EdgeKey("dose", "age")]

    panel.kind.setCurrentText("↔")
    QTest.keyClick(panel.change, Key.Key_Space)
    assert ("age", "dose") in lines.project.graph.bidirected
    assert not {("dose", "age"), ("age", "dose")} & lines.project.graph.edges

    lines.tree.setFocus()
    lines.key(Key.Key_Delete)
    assert not lines.project.graph.bidirected
    while lines.shell.document.undo_stack.canUndo():
        lines.shell.document.undo_stack.undo()
    assert lines.project == study()


def test_two_chosen_lines_share_a_hidden_cause(lines: Lines) -> None:
    lines.go("age", "dose")
    lines.key(Key.Key_B)
    assert lines.project.graph.bidirected == {("age", "dose")}
    assert "shares a hidden cause with dose" in lines.words()


def test_a_mediator_by_key(lines: Lines) -> None:
    """An arrow and a node are chosen; M puts the node between."""
    lines.shell.document.apply("x", lambda p: edits.disconnect(p, "dose", "days"))
    lines.go("dose", "caused by age")
    lines.key(Key.Key_M)
    assert {("age", "dose"), ("dose", "severity")} <= lines.project.graph.edges
    assert ("age", "severity") not in lines.project.graph.edges


def test_do_is_set_written_and_released(lines: Lines) -> None:
    lines.go("dose")
    lines.pick("do(…)")
    assert lines.project.question.action == (Set("dose", 2.5),)  # the median of 1, 2, 3, 4
    lines.go("do(dose = 2.5 mg)")
    lines.key(Key.Key_F2)
    lines.write("3,5")
    assert lines.project.question.action == (Set("dose", 3.5),)
    lines.key(Key.Key_Delete)
    assert lines.project.question.action == ()
    lines.go("severity")
    lines.pick("do(…)")
    lines.go("do(severity = low)")
    lines.key(Key.Key_F2)
    lines.write("High")
    assert lines.project.question.action == (Set("severity", 2.0),)


def test_nonsense_for_a_value_is_refused_with_what_would_do(lines: Lines) -> None:
    lines.shell.document.apply("x", lambda p: edits.ask_do(p, Set("severity", 0.0)))
    lines.go("do(severity = low)")
    before = lines.project
    said: list[object] = []
    lines.panel.refused.connect(said.append)
    lines.key(Key.Key_F2)
    lines.write("enormous")
    assert lines.project == before
    assert "low, mid, high" in str(said[0])


def test_what_is_seen_is_a_line_that_can_be_removed(lines: Lines) -> None:
    question = Question(Rung.SEE, "days", evidence=(Range("dose", 2.0, 3.0),))
    lines.shell.document.replace(replace(study(), question=question))
    lines.go("seen: dose 2.0–3.0 mg")
    lines.key(Key.Key_Delete)
    assert lines.project.question.evidence == ()


def test_a_region_and_a_note_are_drawn_written_moved_and_removed(lines: Lines) -> None:
    lines.go("age", "severity")
    lines.key(Key.Key_G)
    lines.write("Patients")
    (region,) = lines.project.sketch.regions
    assert region.title == "Patients"
    assert all(region.holds(study().positions[name]) for name in ("age", "severity"))
    assert not region.holds(study().positions["dose"])
    assert {"holds age", "holds severity"} <= set(lines.words())

    lines.go("nothing is written on it")
    lines.key(Key.Key_F2)
    lines.write("of one ward")
    assert lines.project.sketch.regions[0].note == "of one ward"

    lines.go("Patients")
    assert lines.shell.app.canvas.stage.regions.held == 0
    before = lines.project.sketch.regions[0].left
    lines.key(Key.Key_Right, CTRL)
    assert lines.project.sketch.regions[0].left > before

    QTest.keyClick(lines.panel.note, Key.Key_Space)
    lines.write("Remember")
    assert [r.title for r in lines.project.sketch.regions] == ["Patients", "Remember"]
    assert not any(lines.project.sketch.regions[1].holds(at)
                   for at in lines.project.positions.values())  # fmt: skip
    lines.go("Patients")
    lines.key(Key.Key_Delete)
    assert [r.title for r in lines.project.sketch.regions] == ["Remember"]
    assert set(lines.project.graph.variables) == set(study().graph.variables)


def test_nodes_are_nudged_copied_and_pasted(lines: Lines) -> None:
    lines.go("dose")
    lines.key(Key.Key_Down, CTRL)
    x, y = study().positions["dose"]
    assert lines.project.positions["dose"] == (x, y + 6.0)
    lines.key(Key.Key_C, CTRL)
    lines.key(Key.Key_V, CTRL)
    assert "dose 2" in lines.project.graph.variables


def test_f2_from_the_menu_writes_in_the_outline(lines: Lines) -> None:
    lines.go("dose")
    menu = lines.shell.app.findChild(OutlineLink).menu(lines.tree.current_line())
    assert menu.actions()[0].text().startswith("Rename")
    menu.actions()[0].trigger()
    QApplication.processEvents()
    lines.write("amount")
    assert "amount" in lines.project.graph.variables
    assert lines.tree.current_line().words == "amount"


def test_many_lines_go_in_one_step(lines: Lines) -> None:
    lines.go("age", "causes days")
    lines.key(Key.Key_Delete)
    assert "age" not in lines.project.graph.variables
    lines.shell.document.undo_stack.undo()
    assert lines.project == study()


def test_every_line_tells_what_it_is(lines: Lines) -> None:
    """Nothing of the graph is missing among the lines."""
    told = {line_of(item).edge for item in lines.tree.all_items()} - {None}
    drawn = {EdgeKey(*edge) for edge in study().graph.edges}
    assert told == drawn
    nodes = {line_of(item).words for item in lines.tree.all_items() if item.parent() is None}
    assert nodes == set(study().graph.variables)

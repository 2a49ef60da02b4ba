"""What a lot decided: edges into it are drawn as cut, and count again with the end of the mark."""

import pytest
from PySide6.QtCore import Qt

from engine.project import Project
from gui import edits
from gui.canvas.edge_item import EdgeKey
from tests.gui.canvas.conftest import Hands

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def before(hands: Hands) -> Project:
    return hands.project


def undone(hands: Hands, project: Project) -> bool:
    hands.undo()
    return hands.project == project


def test_what_is_randomised_has_no_causes(hands: Hands, before: Project) -> None:
    hands.document.apply("hidden", lambda p: edits.connect_hidden(p, "age", "severity"))
    full = hands.project
    into = {EdgeKey("age", "severity"), EdgeKey("age", "severity", hidden=True)}
    hands.click("severity")
    hands.key(Key.Key_D)
    assert hands.project.randomised == {"severity"}
    assert hands.project.graph.parents("severity") == ()
    assert hands.project.graph.bidirected == frozenset()
    assert "it cuts age → severity, age ↔ severity" in hands.said[-1]
    assert "randomised" in hands.view.accessibleDescription()
    edges = hands.view.stage.edges
    assert {key for key, item in edges.items() if item.look.cut} == into  # drawn, but cut
    marked = hands.project
    hands.drag("dose", "severity", Mod.AltModifier)
    assert hands.project == marked
    assert "severity was randomised" in hands.said[-1]
    assert undone(hands, full)
    hands.document.undo_stack.redo()
    hands.click("severity")
    hands.key(Key.Key_D)
    assert hands.project == full  # the mark taken: they count again
    assert not any(item.look.cut for item in hands.view.stage.edges.values())


def test_a_cut_arrow_can_be_deleted_and_never_closes_a_loop_unseen(
    hands: Hands, before: Project
) -> None:
    hands.click("severity")
    hands.key(Key.Key_D)
    hands.drag("severity", "age", Mod.AltModifier)  # no loop while the lot cuts age → severity
    assert ("severity", "age") in hands.project.graph.edges
    turned = hands.project
    hands.click("severity")
    hands.key(Key.Key_D)
    assert hands.project == turned
    assert "its own cause" in hands.said[-1]
    hands.view.stage.select((), {EdgeKey("age", "severity")})
    hands.key(Key.Key_Delete)
    assert hands.project.cut == frozenset()
    hands.click("severity")
    hands.key(Key.Key_D)
    assert hands.project.graph.edges == (before.graph.edges - {("age", "severity")}) | {
        ("severity", "age")
    }

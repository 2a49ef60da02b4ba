"""Time tiers on the canvas: by key and menu, refused arrows, clocks on the cards."""

import pytest
from PySide6.QtCore import Qt

from engine.graph.graph import graph_of
from engine.project import Project
from gui import edit_tiers, edits, subgraphs
from gui.canvas.edge_item import EdgeKey
from gui.vectors import make_vector, take_apart
from tests.gui.canvas.conftest import Hands, study

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def before(hands: Hands) -> Project:
    return hands.project


def undone(hands: Hands, project: Project) -> bool:
    hands.undo()
    return hands.project == project


def test_digits_date_what_is_selected_and_take_it_back(hands: Hands, before: Project) -> None:
    hands.click("age")
    hands.click("dose", Mod.ShiftModifier)
    hands.key(Key.Key_1)
    assert hands.project.tiers == {"age": 1, "dose": 1}
    clocks = hands.view.stage.badges.clocks
    assert {name: badge.tier for name, (_, badge) in clocks.items()} == {"age": 1, "dose": 1}
    assert "time tier 1" in hands.view.accessibleDescription()
    hands.key(Key.Key_1)
    assert hands.project.tiers == {}
    assert clocks == {}
    hands.undo()
    assert undone(hands, before)


def test_page_keys_go_a_tier_later_or_earlier(hands: Hands, before: Project) -> None:
    hands.click("days")
    for expected in (0, 1, 2):
        hands.key(Key.Key_PageDown)
        assert hands.project.tiers == {"days": expected}
    hands.key(Key.Key_PageUp)
    assert hands.project.tiers == {"days": 1}


def test_an_arrow_back_in_time_is_refused_with_both_tiers(hands: Hands, before: Project) -> None:
    hands.document.apply("age", lambda p: edit_tiers.set_tier(p, ("age",), 0))
    hands.document.apply("dose", lambda p: edit_tiers.set_tier(p, ("dose",), 1))
    dated = hands.project
    hands.drag("dose", "age", Mod.AltModifier)
    assert hands.project == dated
    assert hands.said[-1] == (
        "dose comes later than age (time tiers 1 and 0), and nothing causes what was before it: "
        "turn the arrow round, or change a time tier."
    )
    hands.drag("age", "dose", Mod.AltModifier)
    assert ("age", "dose") in hands.project.graph.edges
    hands.view.stage.select((), {EdgeKey("age", "dose")})
    hands.key(Key.Key_R)
    assert ("age", "dose") in hands.project.graph.edges
    assert "dose comes later than age" in hands.said[-1]


def test_a_target_back_in_time_is_marked_while_the_arrow_is_drawn(
    hands: Hands, before: Project
) -> None:
    hands.document.apply("age", lambda p: edit_tiers.set_tier(p, ("age",), 0))
    hands.document.apply("dose", lambda p: edit_tiers.set_tier(p, ("dose",), 1))
    hands.press("dose", Mod.AltModifier)
    hands.move((0.0, 150.0))
    hands.move("age")
    assert hands.view.stage.nodes["age"].look.refused
    hands.key(Key.Key_Escape)


def test_a_tier_that_arrows_contradict_is_refused(hands: Hands, before: Project) -> None:
    hands.click("days")
    hands.key(Key.Key_1)
    dated = hands.project
    hands.click("age")
    hands.key(Key.Key_2)  # age → severity → days
    assert hands.project == dated
    assert "age → severity → days" in hands.said[-1]


def test_the_menu_shows_and_sets_the_tier(hands: Hands, before: Project) -> None:
    hands.click("days")
    hands.key(Key.Key_3)
    menu = hands.view.menu_at(hands.view.stage.nodes["days"].pos())
    tiers = next(a.menu() for a in menu.actions() if a.text() == "Time tier")
    assert [a.text().split("\t")[0] for a in tiers.actions() if a.isChecked()] == ["3"]
    next(a for a in tiers.actions() if a.text() == "None").trigger()
    assert hands.project.tiers == {}
    menu.deleteLater()


def test_tiers_follow_names_and_go_with_nodes_that_are_no_columns(
    hands: Hands, before: Project
) -> None:
    hands.document.apply("new", lambda p: edits.add_variable(p, "X1", (900.0, 0.0)))
    hands.document.apply("date", lambda p: edit_tiers.set_tier(p, ("X1", "age"), 0))
    hands.document.apply("name", lambda p: edits.rename(p, "X1", "luck"))
    assert hands.project.tiers == {"luck": 0, "age": 0}
    hands.view.stage.select({"luck", "age"})
    hands.key(Key.Key_Delete)
    assert hands.project.tiers == {"age": 0}  # a column stays where it is in time


def test_paste_vectors_and_imports_never_lead_back() -> None:
    project = edit_tiers.set_tier(study(), ("age", "dose"), 1)
    joined = make_vector(project, "both", ("age", "dose"))
    assert joined.tiers == {"both": 1}
    assert take_apart(joined, "both").tiers == {"age": 1, "dose": 1}
    turned = edits.use_graph(project, graph_of(["age", "dose"], [("dose", "age")]), {}, {})
    assert turned.tiers == {"age": 1, "dose": 1}
    later = edit_tiers.set_tier(project, ("dose",), 2)
    assert edits.use_graph(later, graph_of(["age"], [("dose", "age")]), {}, {}).tiers == {}
    part = subgraphs.part_of(turned, ("age", "dose"), turned.positions)
    both = {"age": "age", "dose": "dose"}
    empty = Project(tiers={"age": 0, "dose": 1})
    with pytest.raises(Exception, match="dose comes later than age"):
        subgraphs.pasted(empty, part, both, (0.0, 0.0))

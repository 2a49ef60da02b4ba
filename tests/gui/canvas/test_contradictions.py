"""What rows contradict is drawn, and one press tries what would repair it; hedges are marked."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.graph.graph import graph_of
from engine.project import Project
from engine.queries.answers import ChecksAnswer
from gui import edits
from gui.canvas.contradictions import Contradictions, offered
from gui.canvas.edge_item import EdgeKey
from gui.theme import DARK
from tests.gui.canvas.conftest import Hands
from tests.gui.fakes import outcome_of_test

REPAIR = (
    "One of these would repair it: age → dose; age ↔ dose. "
    "On other rows than suggested it, none of 3 tests contradicts the changed graph"
)
BROKEN = outcome_of_test("dose", "age", (), 0.42, rejected=True)
HELD = outcome_of_test("dose", "severity", ("age",), 0.01)
ELSEWHERE = outcome_of_test("severity", "dose", ("age",), 0.4, rejected=True)
CHECKS = ChecksAnswer(
    (BROKEN, HELD), repair=REPAIR, changes=(((("age", "dose"),), ()), ((), (("age", "dose"),)))
)


@pytest.fixture
def broken(hands: Hands) -> Contradictions:
    found = hands.view.stage.broken
    found.show(CHECKS)
    return found


def test_only_what_is_contradicted_is_drawn_with_its_words(broken: Contradictions) -> None:
    (link,) = broken.links
    assert link.ends == ("age", "dose")
    assert "The graph says dose ⫫ age; the rows contradict it" in link.toolTip()
    assert not link.isVisible()  # the ghost of the same two stands for it


def test_a_contradiction_without_a_ghost_stands_for_itself(broken: Contradictions) -> None:
    broken.show(ChecksAnswer((BROKEN, ELSEWHERE), repair=REPAIR, changes=CHECKS.changes))
    seen = {link.ends for link in broken.links if link.isVisible()}
    assert seen == {("dose", "severity")}


def test_the_ghost_is_no_part_of_the_graph(hands: Hands, broken: Contradictions) -> None:
    assert set(broken.ghosts) == {EdgeKey("age", "dose")}
    ghost = broken.ghosts[EdgeKey("age", "dose")]
    assert "On other rows than suggested it" in ghost.toolTip()
    assert ("age", "dose") not in hands.project.graph.edges
    hands.click(ghost.route.at(0.2))
    assert hands.view.stage.selected_edges == frozenset()


def test_pressing_the_offer_is_one_undo_step_and_tells_of_the_test(
    hands: Hands, broken: Contradictions
) -> None:
    before = hands.project
    assert broken.offer is not None
    assert broken.offer.text == "Try: age → dose"
    hands.click(broken.offer.pos().toTuple())
    assert ("age", "dose") in hands.project.graph.edges
    assert hands.said[-1] == (
        "Drawn: age → dose. On other rows than suggested it, "
        "none of 3 tests contradicts the changed graph"
    )
    assert broken.offer is None  # another graph: nothing is known of it yet
    assert broken.links == []
    assert hands.document.undo_stack.undoText() == "Try age → dose"
    hands.document.undo_stack.undo()
    assert hands.project == before


def test_another_change_may_be_chosen(hands: Hands, broken: Contradictions) -> None:
    broken.choose(CHECKS.changes[1])
    assert set(broken.ghosts) == {EdgeKey("age", "dose", hidden=True)}
    broken.show(replace(CHECKS, random="Better than a random graph"))
    assert set(broken.ghosts) == {EdgeKey("age", "dose", hidden=True)}
    hands.view.verbs.by_id()["try-repair"]()
    assert ("age", "dose") in hands.project.graph.bidirected


def test_it_goes_with_its_cards(hands: Hands, broken: Contradictions) -> None:
    before = broken.ghosts[EdgeKey("age", "dose")].route
    hands.press("age")
    hands.move((200.0, -150.0))
    assert broken.ghosts[EdgeKey("age", "dose")].route != before
    hands.release((200.0, -150.0))
    at = broken.offer.pos().toTuple() if broken.offer is not None else None
    assert at == broken.ghosts[EdgeKey("age", "dose")].route.at(0.5)


def test_a_card_that_goes_takes_it_along(hands: Hands, broken: Contradictions) -> None:
    hands.document.apply("Delete", lambda p: edits.remove(p, ["age"]))
    assert broken.links == []
    assert broken.ghosts == {}
    hands.view.stage.show_theme(DARK)


def test_a_screen_reader_hears_of_it(hands: Hands, broken: Contradictions) -> None:
    said = hands.view.accessibleDescription()
    assert "Contradicted by the rows: age independent of dose. age → dose would help." in said


def test_the_offer_stands_beside_the_cards(hands: Hands, broken: Contradictions) -> None:
    """Half way from age to days stands dose, so the offer is elsewhere on the ghost."""
    places = {"age": (0.0, 0.0), "days": (900.0, 60.0), "dose": (450.0, 120.0)}
    hands.document.apply("Move", lambda p: edits.move(p, places))
    broken.choose(((("age", "days"),), ()))
    assert broken.offer is not None
    box = broken.offer.sceneBoundingRect()
    cards = [node.sceneBoundingRect() for node in hands.view.stage.nodes.values()]
    assert not any(card.intersects(box) for card in cards)


def test_without_a_repair_the_verb_says_so(hands: Hands) -> None:
    hands.view.verbs.by_id()["try-repair"]()
    assert hands.said[-1] == "Nothing that would repair the graph is known"


def test_a_hedge_is_marked_on_its_cards_in_shape_and_words(hands: Hands) -> None:
    places = {"dose": (0.0, 0.0), "days": (400.0, 0.0), "age": (0.0, 300.0)}
    graph = graph_of(places, [("dose", "days")], [("dose", "days")])
    hands.document.replace(Project(graph=graph, positions=places))
    stage = hands.view.stage
    bare = hands.view.grab().toImage()
    stage.hedge.show_groups((("dose", "days"), ("days",)))
    assert hands.view.grab().toImage() != bare
    notes = {name: node.notes.get("hedge", "") for name, node in stage.nodes.items()}
    assert notes == {
        "dose": "in the larger group that hidden causes hold together",
        "days": "in both groups that hidden causes hold together",
        "age": "",
    }
    assert "larger group" in stage.nodes["dose"].tip()
    QTest.keyClick(hands.view, Qt.Key.Key_Escape)
    stage.hedge.show_groups(None)
    assert hands.view.grab().toImage() == bare
    assert stage.nodes["dose"].notes["hedge"] == ""


def test_an_offer_of_many_edges_names_the_first() -> None:
    """Four long names would be wider than the canvas; the ghosts show all of them."""
    keys = tuple(EdgeKey(f"cause {i}", "effect") for i in range(4))
    assert offered(keys) == f"Try: {keys[0]} and 3 more"
    assert offered(keys[:1]) == f"Try: {keys[0]}"

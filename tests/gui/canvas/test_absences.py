"""What an answer assumes to be absent: faint on the canvas, and never part of the graph."""

from PySide6.QtCore import QPointF

from gui import edits
from gui.canvas.absences import AbsentEdge
from gui.canvas.edge_item import EdgeKey
from gui.canvas.edge_layer import EdgeLayer
from tests.gui.canvas.conftest import Hands

ARROW, HIDDEN = EdgeKey("dose", "severity"), EdgeKey("age", "days", hidden=True)
ASSUMED = ((("dose", "severity"),), (("days", "age"),))
NONE: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]] = ((), ())


def shown(hands: Hands) -> dict[EdgeKey, AbsentEdge]:
    items = hands.view.scene().items()
    return {item.key: item for item in items if isinstance(item, AbsentEdge)}


def test_they_come_and_go_and_leave_the_project_alone(hands: Hands) -> None:
    before = hands.project
    hands.view.stage.show_absent(ASSUMED)
    assert shown(hands).keys() == {ARROW, HIDDEN}
    hands.view.stage.show_absent(NONE)
    assert shown(hands) == {}
    assert hands.project is before


def test_they_are_fainter_and_thinner_than_what_is_drawn(hands: Hands) -> None:
    hands.view.stage.show_absent(((("age", "dose"),), ()))
    absent = shown(hands)[EdgeKey("age", "dose")]
    hands.document.apply("Connect", lambda project: edits.connect(project, "age", "dose"))
    drawn = hands.view.stage.edges[EdgeKey("age", "dose")]
    layers = [item for item in hands.view.stage.items() if isinstance(item, EdgeLayer)]
    opacity = {item.zValue(): item.opacity() for item in layers}
    assert opacity[absent.zValue()] < 1 == opacity[drawn.zValue()]
    assert absent.path().boundingRect().width() < drawn.path().boundingRect().width()


def test_the_tool_tip_says_what_they_are(hands: Hands) -> None:
    hands.view.stage.show_absent(ASSUMED)
    assert "dose → severity: assumed absent" in shown(hands)[ARROW].toolTip()
    assert "age ↔ days: assumed absent" in shown(hands)[HIDDEN].toolTip()


def test_they_cannot_be_selected(hands: Hands) -> None:
    hands.view.stage.show_absent(((("dose", "severity"),), ()))
    hands.click(shown(hands)[ARROW].route.at(0.5))
    assert hands.view.stage.selected_edges == frozenset()
    hands.view.select_all()
    assert ARROW not in hands.view.stage.selected_edges


def test_they_stay_between_their_cards(hands: Hands) -> None:
    hands.view.stage.show_absent(((("dose", "severity"),), ()))
    hands.document.apply("Move", lambda project: edits.move(project, {"dose": (0.0, 700.0)}))
    start = QPointF(*shown(hands)[ARROW].route.start)
    assert hands.view.stage.nodes["dose"].sceneBoundingRect().contains(start)


def test_an_arrow_that_is_drawn_is_no_longer_absent(hands: Hands) -> None:
    hands.view.stage.show_absent(ASSUMED)
    hands.document.apply("Connect", lambda project: edits.connect(project, "dose", "severity"))
    assert shown(hands).keys() == {HIDDEN}
    hands.undo()
    assert shown(hands).keys() == {ARROW, HIDDEN}


def test_a_card_that_goes_takes_them_along(hands: Hands) -> None:
    hands.view.stage.show_absent(ASSUMED)
    hands.document.apply("Delete", lambda project: edits.remove(project, ["dose"]))
    assert shown(hands).keys() == {HIDDEN}

"""An assumed arrow is thin with a question mark until a click, a key or the menu confirms it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt

from gui.canvas.confirming import confirm_selected
from gui.canvas.edge_item import EdgeItem, EdgeKey, EdgeLook, edge_path
from gui.canvas.routing import Route
from gui.document import Document
from tests.gui.canvas.conftest import Hands

KEY = EdgeKey("age", "severity")


@pytest.fixture
def assumed(document: Document) -> None:
    """Two of three arrows are assumed."""
    arrows = frozenset({("age", "severity"), ("severity", "days")})
    document.replace(replace(document.project, assumed=arrows))


def edge(hands: Hands, key: EdgeKey = KEY) -> EdgeItem:
    return hands.view.stage.edges[key]


def test_only_what_is_assumed_looks_so(assumed: None, hands: Hands) -> None:
    assert edge(hands).look.assumed
    assert "assumed" in edge(hands).tip()
    assert not edge(hands, EdgeKey("dose", "days")).look.assumed


def test_it_is_thinner_with_a_gap_for_its_mark() -> None:
    """The area of a plain line is its width times its length."""
    route = Route((0.0, 0.0), (200.0, 0.0))
    plain, thin = (edge_path(route, KEY, EdgeLook(assumed=on)) for on in (False, True))
    for x in (30.0, 160.0):
        assert plain.contains(QPointF(x, 0.8))
        assert not thin.contains(QPointF(x, 0.8))
        assert thin.contains(QPointF(x, 0.2))
    assert plain.contains(QPointF(107.5, 0.0))
    assert not thin.contains(QPointF(107.5, 0.0))


def test_a_click_on_the_mark_confirms_and_undo_takes_it_back(assumed: None, hands: Hands) -> None:
    x, y = edge(hands).route.at(0.5)
    hands.click((x, y))
    assert hands.project.assumed == {("severity", "days")}
    assert not edge(hands).look.assumed
    hands.undo()
    assert edge(hands).look.assumed


def test_a_click_beside_the_mark_only_selects(assumed: None, hands: Hands) -> None:
    x, y = edge(hands).route.at(0.2)
    hands.click((x, y))
    assert hands.view.stage.selected_edges == {KEY}
    assert len(hands.project.assumed) == 2


def test_the_selected_arrows_are_confirmed_together(assumed: None, hands: Hands) -> None:
    hands.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    confirm_selected(hands.view.commands, hands.view.stage)
    assert hands.project.assumed == frozenset()
    hands.undo()
    assert len(hands.project.assumed) == 2


def test_the_menu_of_an_assumed_arrow_confirms(assumed: None, hands: Hands) -> None:
    menu = hands.view.menu_at(QPointF(*edge(hands).route.at(0.3)))
    next(a for a in menu.actions() if a.text().startswith("Confirm\t")).trigger()
    assert hands.project.assumed == {("severity", "days")}
    menu.close()


def test_nothing_selected_is_said(assumed: None, hands: Hands) -> None:
    confirm_selected(hands.view.commands, hands.view.stage)
    assert hands.said == ["Select an arrow with a question mark to confirm it"]

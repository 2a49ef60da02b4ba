"""What the canvas keeps painted never differs from what would be painted now."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from engine.graph.graph import graph_of
from engine.project import Project
from engine.queries.answers import CardsAnswer, Shape
from gui import edits
from gui.appearance import Appearance
from gui.canvas import card_layer
from gui.canvas.card_painter import RECT, Look, paint_card
from gui.canvas.edge_item import EdgeKey
from gui.canvas.view import CanvasView
from gui.document import Document
from tests.gui.canvas.conftest import Hands, study

Open = Callable[..., CanvasView]


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Open]:
    """A view of a project that nobody has looked at before; kept as long as the test lasts."""
    views: list[CanvasView] = []

    def open_view(project: Project, theme: str = "light") -> CanvasView:
        document = Document()
        document.replace(project)
        view = CanvasView(document, Appearance(theme))
        document.setParent(view)
        qtbot.addWidget(view)
        view.resize(900, 600)
        view.show()
        views.append(view)
        return view

    yield open_view
    views.clear()


def looked_at(view: CanvasView, zoom: float) -> QImage:
    """The view as it rests at a zoom, the first card at a fixed pixel."""
    view.zoom_by(zoom / view.zoom)
    view.come_to_rest()
    first = next(iter(view.stage.nodes.values()))
    view.pan_by(QPoint(200, 150) - view.mapFromScene(first.pos()))
    return view.grab().toImage()


def bell(shift: float = 0.0) -> CardsAnswer:
    x = np.linspace(-3, 3, 40)
    shape = Shape(False, x, np.exp(-((x - shift) ** 2)), 0.0, 1.0)
    return CardsAnswer(dict.fromkeys(("age", "dose", "days"), shape))


@pytest.mark.parametrize("zoom", [0.3, 0.6, 1.0, 1.5, 2.0])
def test_after_zooming_it_rests_as_if_nobody_had_zoomed(opened: Open, zoom: float) -> None:
    travelled = opened(study())
    for level in (0.2, 0.5, 0.9, 3.0, 1.3):
        looked_at(travelled, level)
    assert looked_at(travelled, zoom) == looked_at(opened(study()), zoom)


@pytest.mark.parametrize("zoom", [1.0, 1.25, 2.0])
def test_a_card_at_rest_has_the_very_pixels_of_the_painter(opened: Open, zoom: float) -> None:
    """Painted straight onto a picture, without any cache, at the same whole pixel."""
    view = opened(study())
    shown = looked_at(view, zoom)
    node = view.stage.nodes["age"]
    corner = view.viewportTransform().map(node.pos() + card_layer.BOUNDS.topLeft())
    left, top = round(corner.x()), round(corner.y())
    plain = QImage(shown.size(), QImage.Format.Format_ARGB32_Premultiplied)
    plain.fill(view.appearance.theme.color("canvas"))
    painter = QPainter(plain)
    painter.translate(left, top)
    painter.scale(zoom, zoom)
    painter.translate(-card_layer.BOUNDS.topLeft())
    paint_card(painter, node.card, node.drawing, Look(), view.appearance.theme, zoom)
    painter.end()
    inner = RECT.adjusted(3, 3, -3, -3).translated(-card_layer.BOUNDS.topLeft())
    area = QRect(
        left + round(inner.left() * zoom), top + round(inner.top() * zoom),
        round(inner.width() * zoom), round(inner.height() * zoom),
    )  # fmt: skip
    expected = plain.copy(area).convertToFormat(QImage.Format.Format_RGB32)
    assert shown.copy(area).convertToFormat(QImage.Format.Format_RGB32) == expected


def test_while_the_zoom_moves_pictures_are_scaled_and_then_painted_anew(opened: Open) -> None:
    view = opened(study())
    looked_at(view, 1.0)
    node = view.stage.nodes["age"]
    before = node.near
    view.zoom_by(1.2)
    view.grab()
    assert node.near is before
    assert not view.stage.cards.settled
    view.come_to_rest()
    view.grab()
    assert node.near is not None
    assert node.near.scale == view.zoom
    assert view.stage.cards.settled


def test_the_zoom_comes_to_rest_by_itself(opened: Open, qtbot: QtBot) -> None:
    view = opened(study())
    looked_at(view, 1.0)
    view.zoom_by(1.2)
    qtbot.waitUntil(lambda: view.stage.cards.settled, timeout=2000)


def test_a_changed_card_is_painted_anew_at_rest_and_from_afar(opened: Open) -> None:
    for zoom in (1.0, 0.3):
        view, fresh = opened(study()), opened(study())
        before = looked_at(view, zoom)
        view.show_cards(bell())
        view.show_cards(bell(0.7))
        fresh.show_cards(bell(0.7))
        after = looked_at(view, zoom)
        assert after != before
        assert after == looked_at(fresh, zoom)


def test_what_is_held_is_painted_anew_and_let_go(opened: Open) -> None:
    view = opened(study())
    before = looked_at(view, 1.0)
    view.stage.select({"age"}, {EdgeKey("age", "severity")})
    assert view.grab().toImage() != before
    view.stage.select(())
    assert view.grab().toImage() == before


def test_another_theme_leaves_nothing_of_the_old_one(opened: Open) -> None:
    for zoom in (1.0, 0.3):
        view = opened(study())
        light = looked_at(view, zoom)
        view.appearance.choose("dark")
        dark = looked_at(opened(study(), "dark"), zoom)
        assert looked_at(view, zoom) == dark != light


def test_a_moved_card_leaves_its_old_place(opened: Open) -> None:
    view = opened(study())
    looked_at(view, 0.8)
    view.stage.drag({"days": (620.0, 240.0)})
    moved = edits.move(study(), {"days": (620.0, 240.0)})
    assert view.grab().toImage() == looked_at(opened(moved), 0.8)


def test_a_node_gone_and_back_is_painted_as_before(opened: Open) -> None:
    view = opened(study())
    before = looked_at(view, 1.0)
    document = view.stage.document
    document.apply("Delete", lambda project: edits.remove(project, ["dose"]))
    assert view.grab().toImage() != before
    document.undo_stack.undo()
    assert view.grab().toImage() == before


def test_many_cards_become_sharp_between_frames(
    opened: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than one frame has time for: rims first, then all of them, as if painted at once."""
    names = [f"v{i}" for i in range(12)]
    places = {v: (200.0 * (i % 4), 130.0 * (i // 4)) for i, v in enumerate(names)}
    project = Project(graph_of(names), places)
    at_once = looked_at(opened(project), 0.5)
    monkeypatch.setattr(card_layer, "AT_ONCE", 3)
    view = opened(project)
    looked_at(view, 0.5)
    assert not view.stage.cards.settled
    qtbot.waitUntil(lambda: view.stage.cards.settled, timeout=2000)
    assert view.grab().toImage() == at_once


def test_many_arrows_go_straight_and_then_past_the_cards(
    opened: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """a → c with b between: the arrow ends up bent as it is where there are few."""
    graph = graph_of("abc", [("a", "c"), ("a", "b")])
    project = Project(graph, {"a": (0.0, 0.0), "b": (300.0, 0.0), "c": (600.0, 0.0)})
    few = opened(project).stage.edges[EdgeKey("a", "c")].route
    assert few.control is not None
    monkeypatch.setattr("gui.canvas.ways.AT_ONCE", 1)
    stage = opened(project).stage
    assert stage.edges[EdgeKey("a", "c")].route.control is None
    with qtbot.waitSignal(stage.router.slices.ended):
        pass
    assert stage.edges[EdgeKey("a", "c")].route == few


def test_an_arrow_led_by_hand_meanwhile_is_left_alone(
    opened: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = graph_of("abc", [("a", "c"), ("a", "b")])
    project = Project(graph, {"a": (0.0, 0.0), "b": (300.0, 0.0), "c": (600.0, 0.0)})
    monkeypatch.setattr("gui.canvas.ways.AT_ONCE", 1)
    stage = opened(project).stage
    key = EdgeKey("a", "c")
    stage.pull(key, (0.0, 200.0))
    by_hand = stage.edges[key].route
    with qtbot.waitSignal(stage.router.slices.ended):
        pass
    assert stage.edges[key].route == by_hand


def test_the_pointer_finds_edges_by_what_is_painted(hands: Hands) -> None:
    """Tool tips come from items that paint nothing themselves."""
    at = hands.pixel((150.0, 0.0))  # between age and severity
    item = hands.view.itemAt(at)
    assert item is hands.view.stage.edges[EdgeKey("age", "severity")]
    assert "age → severity" in item.tip()

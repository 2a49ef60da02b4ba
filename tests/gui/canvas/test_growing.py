"""Many cards and edges come in slices, and then all is as if they had come at once."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.graph.graph import add_edge, graph_of
from engine.project import Project
from gui import edits
from gui.appearance import Appearance
from gui.canvas import growing
from gui.canvas.edge_item import EdgeKey
from gui.canvas.view import CanvasView
from gui.document import Document

NAMES = tuple(f"v{i}" for i in range(60))


def wide() -> Project:
    """60 cards in rows, each an arrow to the next but two, and one hidden cause."""
    edges = [(a, b) for a, b in zip(NAMES, NAMES[3:], strict=False)]
    places = {v: (230.0 * (i % 10), 170.0 * (i // 10)) for i, v in enumerate(NAMES)}
    graph = replace(graph_of(NAMES, edges), bidirected=frozenset({("v0", "v9")}))
    return Project(graph, places)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty items are many."""
    monkeypatch.setattr(growing, "AT_ONCE", 20)


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[CanvasView]:
    document = Document()
    made = CanvasView(document, Appearance("light"))
    document.setParent(made)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def document(view: CanvasView) -> Document:
    return view.stage.document


def grown(view: CanvasView) -> None:
    """All that comes in slices has come."""
    stage = view.stage
    slices = (stage.growth.slices, stage.dealer.slices, stage.router.slices)
    while any(part.running for part in slices):
        QCoreApplication.processEvents()


def told(view: CanvasView) -> object:
    """All that the scene shows, and where the view looks."""
    stage = view.stage
    cards = [(v, i.pos().toTuple(), i.card, i.look) for v, i in stage.nodes.items()]
    edges = {k: (i.route, i.look, i.thickness) for k, i in stage.edges.items()}
    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    return cards, edges, stage.extent(), len(stage.items()), view.zoom, seen, view.sceneRect()


def test_opened_in_slices_it_is_as_if_opened_at_once(
    view: CanvasView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document(view).replace(wide())
    assert len(view.stage.nodes) == 60  # few enough
    grown(view)
    at_once = told(view)
    document(view).replace(Project())
    monkeypatch.setattr(growing, "AT_ONCE", 20)
    document(view).replace(wide())
    assert not view.stage.nodes
    assert view.stage.growth.slices.running
    grown(view)
    assert told(view) == at_once


@pytest.mark.usefixtures("few")
def test_who_asks_for_an_item_before_it_came_gets_it(view: CanvasView) -> None:
    document(view).replace(wide())
    assert view.stage.edges[EdgeKey("v0", "v3")].route.start != (0.0, 0.0)
    assert not view.stage.growth.slices.running
    assert set(view.stage.nodes) == set(NAMES)
    with pytest.raises(KeyError):
        view.stage.nodes["somebody else"]


@pytest.mark.usefixtures("few")
def test_undone_while_it_grows_nothing_is_left(view: CanvasView) -> None:
    before = len(view.stage.items())
    document(view).apply("Paste", lambda _: wide())
    QCoreApplication.processEvents()
    document(view).undo_stack.undo()
    grown(view)
    assert len(view.stage.items()) == before
    document(view).undo_stack.redo()
    grown(view)
    assert set(view.stage.nodes) == set(NAMES)
    assert len(view.stage.edges) == 58


@pytest.mark.usefixtures("few")
def test_what_is_edited_and_held_while_it_grows_is_so_afterwards(view: CanvasView) -> None:
    document(view).replace(wide())
    view.stage.select({"v50"})
    view.stage.focus("v50")
    document(view).apply("Add", lambda p: replace(p, graph=add_edge(p.graph, "v0", "v59")))
    document(view).apply("Rename", lambda p: edits.rename(p, "v1", "first"))
    document(view).apply("Move", lambda p: edits.move(p, {"v2": (-900.0, 33.0)}))
    grown(view)
    stage = view.stage
    assert EdgeKey("v0", "v59") in stage.edges
    assert "first" in stage.nodes
    assert "v1" not in stage.nodes
    assert stage.nodes["v2"].pos().toTuple() == (-900.0, 33.0)
    assert stage.nodes["v50"].look.selected
    assert stage.nodes["v50"].look.focused
    assert [v for v, item in stage.nodes.items() if item.look.selected] == ["v50"]


@pytest.mark.usefixtures("few")
def test_everything_is_selected_by_key_even_what_is_still_to_come(view: CanvasView) -> None:
    document(view).replace(wide())
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    if not view.stage.selected:  # the window's action does it where there is a window
        view.select_all()
    assert view.stage.selected == set(NAMES)
    assert len(view.stage.selected_edges) == 58

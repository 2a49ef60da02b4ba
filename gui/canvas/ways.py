"""Which way each edge takes between the cards, and which edges a moved card disturbs."""

from collections.abc import Generator, Iterable, Mapping
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF

from engine.project import Position
from engine.sketch import Sketch
from gui.canvas.card_layer import CardLayer
from gui.canvas.edge_item import EdgeItem, EdgeKey
from gui.canvas.node_item import NodeItem
from gui.canvas.routing import Route, bent_route, overlap, route, straight
from gui.slices import Slices

Nodes = Mapping[str, NodeItem]
Edges = Mapping[EdgeKey, EdgeItem]
AT_ONCE = 30  # edges led within one event
SHOWN = 250  # … and shown together, where there are many


def bends_of(sketch: Sketch) -> dict[EdgeKey, Position]:
    """The bends of a project by the keys of the canvas."""
    return {EdgeKey(a, b, hidden=hidden): off for (a, b, hidden), off in sketch.bends.items()}


class Stage(Protocol):
    """What a router reads of the scene, always as it is now."""

    nodes: dict[str, NodeItem]
    edges: dict[EdgeKey, EdgeItem]
    bends: dict[EdgeKey, Position]
    cards: CardLayer


class Router(QObject):
    """Leads edges: a few at once; many straight at first, and past the cards in slices."""

    def __init__(self, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self.slices = Slices(self)
        self._stage = stage
        self._due: dict[EdgeKey, None] = {}
        self._found: dict[EdgeKey, Route] = {}  # not shown yet

    def lead(self, keys: Iterable[EdgeKey]) -> None:
        """These edges from card to card: as their bend says, else past the other cards."""
        keys = list(keys)
        many = len(keys) > AT_ONCE
        for key in keys:
            self._due.pop(key, None)
            self._found.pop(key, None)
            way = self._straight(key) if many else self._way(key)
            self._stage.edges[key].show_route(way)
        if many:
            self.lead_later(keys)

    def lead_later(self, keys: Iterable[EdgeKey]) -> None:
        """These edges, which are drawn straight so far, in slices."""
        self._due |= dict.fromkeys(keys)
        self.slices.start(self._work())

    def _work(self) -> Generator[float | None, None, None]:
        """Many are shown together, because each time the canvas is painted anew."""
        while self._due:
            key = next(iter(self._due))
            del self._due[key]
            if key in self._stage.edges:
                self._found[key] = self._way(key)
            if len(self._found) >= SHOWN or not self._due:
                for each, way in self._found.items():
                    if each in self._stage.edges:
                        self._stage.edges[each].show_route(way)
                self._found.clear()
            yield 0.0

    def _straight(self, key: EdgeKey) -> Route:
        return straight(*(self._stage.nodes[v].pos().toTuple() for v in (key.a, key.b)))

    def _way(self, key: EdgeKey) -> Route:
        stage = self._stage
        ends = stage.nodes[key.a], stage.nodes[key.b]
        a, b = (node.pos().toTuple() for node in ends)
        if overlap(a, b):
            return Route(a, a)  # hidden under the cards
        if key in stage.bends:
            return bent_route(a, b, stage.bends[key], both=key.hidden)
        others = np.delete(stage.cards.centres, [stage.cards.row(node) for node in ends], axis=0)
        return route(a, b, others, bent=key.hidden)


def disturbed(moved: Mapping[str, Position], nodes: Nodes, edges: Edges) -> set[EdgeKey]:
    """Edges that end at, pass, or could now pass straight by a node that was or is moved."""
    if not moved:
        return set()
    rects = [_around(at) for at in moved.values()]
    rects += [nodes[v].sceneBoundingRect() for v in moved if v in nodes]
    return {
        key
        for key, item in edges.items()
        if key.a in moved or key.b in moved or any(_realm(item).intersects(rect) for rect in rects)
    }


def _realm(edge: EdgeItem) -> QRectF:
    """Where a card would matter to the edge: along it, and along the straight way."""
    chord = QRectF(QPointF(*edge.route.start), QPointF(*edge.route.end)).normalized()
    left, top, right, bottom = edge.box
    along = QRectF(QPointF(left, top), QPointF(right, bottom))
    return along.united(chord).adjusted(-8, -8, 8, 8)


def _around(at: Position) -> QRectF:
    return QRectF(at[0] - 100, at[1] - 62, 200, 124)

"""Which way each edge takes between the cards, and which edges a moved card disturbs."""

from collections.abc import Generator, Iterable, Mapping

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
Bends = Mapping[EdgeKey, Position]
AT_ONCE = 100  # edges led within one event


def bends_of(sketch: Sketch) -> dict[EdgeKey, Position]:
    """The bends of a project by the keys of the canvas."""
    return {EdgeKey(a, b, hidden=hidden): off for (a, b, hidden), off in sketch.bends.items()}


def reroute(
    keys: Iterable[EdgeKey], cards: CardLayer, nodes: Nodes, edges: Edges, bends: Bends
) -> None:
    """Lead these edges from card to card: as their bend says, else past the other cards."""
    for key in keys:
        edges[key].show_route(_way(key, cards, nodes, bends))


class Router(QObject):
    """Leads edges: a few at once; many straight at first, and past the cards in slices."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.slices = Slices(self)
        self._due: dict[EdgeKey, None] = {}

    def lead(
        self,
        keys: Iterable[EdgeKey],
        cards: CardLayer,
        nodes: Nodes,
        edges: Edges,
        bends: Bends,
    ) -> None:
        """These edges anew."""
        keys = list(keys)
        if len(keys) <= AT_ONCE:
            reroute(keys, cards, nodes, edges, bends)
            for key in keys:
                self._due.pop(key, None)
            return
        for key in keys:
            a, b = (nodes[v].pos().toTuple() for v in (key.a, key.b))
            edges[key].show_route(straight(a, b))
        self._due |= dict.fromkeys(keys)
        self.slices.start(self._work(cards, nodes, edges, bends))

    def _work(
        self, cards: CardLayer, nodes: Nodes, edges: Edges, bends: Bends
    ) -> Generator[float | None, None, None]:
        while self._due:
            key = next(iter(self._due))
            del self._due[key]
            if key in edges:
                reroute([key], cards, nodes, edges, bends)
            yield 0.0


def _way(key: EdgeKey, cards: CardLayer, nodes: Nodes, bends: Bends) -> Route:
    ends = nodes[key.a], nodes[key.b]
    a, b = (node.pos().toTuple() for node in ends)
    if overlap(a, b):
        return Route(a, a)  # hidden under the cards
    if key in bends:
        return bent_route(a, b, bends[key], both=key.hidden)
    others = np.delete(cards.centres, [cards.row(node) for node in ends], axis=0)
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

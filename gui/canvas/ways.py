"""Which way each edge takes between the cards, and which edges a moved card disturbs."""

from collections.abc import Iterable, Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from engine.project import Position
from engine.sketch import Sketch
from gui.canvas.edge_item import EdgeItem, EdgeKey
from gui.canvas.node_item import NodeItem
from gui.canvas.routing import Route, bent_route, overlap, route

Nodes = Mapping[str, NodeItem]
Edges = Mapping[EdgeKey, EdgeItem]
Bends = Mapping[EdgeKey, Position]


def bends_of(sketch: Sketch) -> dict[EdgeKey, Position]:
    """The bends of a project by the keys of the canvas."""
    return {EdgeKey(a, b, hidden=hidden): off for (a, b, hidden), off in sketch.bends.items()}


def reroute(keys: Iterable[EdgeKey], nodes: Nodes, edges: Edges, bends: Bends) -> None:
    """Lead these edges from card to card: as their bend says, else past the other cards."""
    keys = list(keys)
    if not keys:
        return
    names = {name: i for i, name in enumerate(nodes)}
    centres = np.array([(i.x(), i.y()) for i in nodes.values()]).reshape(-1, 2)
    for key in keys:
        a, b = (nodes[v].pos().toTuple() for v in (key.a, key.b))
        if overlap(a, b):
            way = Route(a, a)  # hidden under the cards
        elif key in bends:
            way = bent_route(a, b, bends[key], both=key.hidden)
        else:
            others = np.delete(centres, [names[key.a], names[key.b]], axis=0)
            way = route(a, b, others, bent=key.hidden)
        edges[key].show_route(way)


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

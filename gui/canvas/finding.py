"""What lies under a point or in a rectangle of the scene."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF

from gui.canvas.edge_item import EdgeItem, EdgeKey
from gui.canvas.node_item import REACH, NodeItem
from gui.canvas.routing import CARD_HEIGHT, CARD_WIDTH

EDGE_REACH = 7.0  # canvas units at 100 %


def node_at(nodes: Mapping[str, NodeItem], point: QPointF, reach: float = 0.0) -> NodeItem | None:
    """The topmost card under a scene point, or within `reach` of it."""
    half_width, half_height = CARD_WIDTH / 2 + reach, CARD_HEIGHT / 2 + reach
    for item in reversed(list(nodes.values())):
        off = item.pos() - point
        if abs(off.x()) <= half_width and abs(off.y()) <= half_height:
            return item
    return None


def handle_at(nodes: Mapping[str, NodeItem], point: QPointF) -> NodeItem | None:
    """The hovered card one of whose rim handles is under a scene point."""
    hovered = (item for item in nodes.values() if item.look.hovered)
    return next((item for item in hovered if item.handle_at(point)), None)


def hoverable_at(nodes: Mapping[str, NodeItem], point: QPointF) -> NodeItem | None:
    """The card under a scene point; one already hovered is kept while its handles are in reach."""
    return handle_at(nodes, point) or node_at(nodes, point) or node_at(nodes, point, REACH / 2)


def edge_at(
    edges: Mapping[EdgeKey, EdgeItem], point: QPointF, zoom: float = 1.0
) -> EdgeItem | None:
    """The closest edge within reach of a scene point; an equally large target at every zoom."""
    reach = EDGE_REACH / min(zoom, 1.0)
    at = (point.x(), point.y())
    near = [
        (item.route.distance(at), i, item)
        for i, item in enumerate(edges.values())
        if item.near(at, reach)
    ]
    return min(near)[2] if near and min(near)[0] <= reach else None


def node_named(nodes: Iterable[str], typed: str, *, but: str = "") -> str:
    """The node whose name begins with what was typed, else one that holds it; "" for none."""
    typed = typed.casefold()
    names = [name for name in nodes if name != but]
    exact = [name for name in names if name.casefold() == typed]
    first = [name for name in names if name.casefold().startswith(typed)]
    inside = [name for name in names if typed in name.casefold()]
    return next(iter([*exact, *first, *inside]), "")


def nodes_within(nodes: Mapping[str, NodeItem], rect: QRectF) -> set[str]:
    """Nodes that a rectangle touches."""
    half = QPointF(CARD_WIDTH / 2, CARD_HEIGHT / 2)
    return {v for v, i in nodes.items() if rect.intersects(QRectF(i.pos() - half, i.pos() + half))}


def edges_within(edges: Mapping[EdgeKey, EdgeItem], rect: QRectF) -> set[EdgeKey]:
    """Edges that lie in a rectangle from end to end."""
    return {
        key
        for key, item in edges.items()
        if rect.contains(QPointF(*item.route.start)) and rect.contains(QPointF(*item.route.end))
    }

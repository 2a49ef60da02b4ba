"""What the rows contradict: dots where an independence fails, and ghosts of what would repair it.

A ghost edge is no part of the graph; its offer draws it, as one undo step.
"""

import html
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from engine.graph.graph import Edge, pair
from engine.graph.vectors import PLAIN, Vectors
from engine.queries.answers import ChecksAnswer, IndependenceTest
from gui.canvas.card_painter import font
from gui.canvas.edge_item import EdgeItem, EdgeKey, EdgeLook, line_outline, route_path
from gui.canvas.edge_layer import EdgeLayer
from gui.canvas.node_item import NodeItem
from gui.canvas.routing import Route, overlap, route
from gui.theme import Theme

Change = tuple[tuple[Edge, ...], tuple[Edge, ...]]  # arrows and ↔ to add
MOST_DRAWN = 12  # contradictions
PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)  # of the offer, on the way of a ghost
DISC, TALL, GAP, REACH = 9.0, 22.0, 9.0, 10.0


class Stage(Protocol):
    """What is read of the scene, always as it is now."""

    nodes: dict[str, NodeItem]
    edges: dict[EdgeKey, EdgeItem]


class BrokenLink(QGraphicsItem):
    """Two variables that the graph makes independent and the rows do not: told by its tool tip."""

    def __init__(self, ends: Edge, words: str, theme: Theme) -> None:
        super().__init__()
        self.ends, self.theme, self.route = ends, theme, Route((0.0, 0.0), (0.0, 0.0))
        self.setZValue(-0.3)
        self.setToolTip(f"<qt>{html.escape(words)}</qt>")

    def show_route(self, way: Route) -> None:
        """From card to card."""
        self.prepareGeometryChange()
        self.route = way
        self.setVisible(way.length > 2)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The line and the disc on it."""
        return self.shape().boundingRect().adjusted(-2, -2, 2, 2)

    def shape(self) -> QPainterPath:
        """Wide enough for the pointer to rest on."""
        path = line_outline(route_path(self.route), REACH)
        path.addEllipse(QPointF(*self.route.at(0.5)), DISC + 1, DISC + 1)
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Dots, and the sign of independence struck through."""
        color = self.theme.color("warn")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(color, 2.0, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.RoundCap)
        pen.setDashPattern([0.1, 3.0])
        painter.strokePath(route_path(self.route), pen)
        painter.translate(*self.route.at(0.5))
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(self.theme.color("surface"))
        painter.drawEllipse(QPointF(0, 0), DISC, DISC)
        for x in (-2.0, 2.0):
            painter.drawLine(QPointF(x, -5), QPointF(x, 4))
        painter.drawLine(QPointF(-5, 4), QPointF(5, 4))
        painter.setPen(QPen(color, 2.0))
        painter.drawLine(QPointF(-6, 6), QPointF(6, -6))


class Ghost(EdgeItem):
    """An edge that would repair the graph; deaf to hands but for its tool tip."""

    def __init__(self, key: EdgeKey, words: str) -> None:
        super().__init__(key)
        self.show_look(EdgeLook(ghost=True))
        self.setZValue(-0.2)
        self.setToolTip(f"<qt>{html.escape(words)}</qt>")

    def tip(self) -> str:
        """What it would repair."""
        return self.toolTip()


class Offer(QGraphicsItem):
    """A pill to press: draw what would repair the graph."""

    def __init__(self, text: str, words: str, theme: Theme) -> None:
        super().__init__()
        self.text, self.theme = text, theme
        self.setZValue(1.7)
        self.setToolTip(f"<qt>{html.escape(words)}</qt>")

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The pill, its middle at the origin."""
        wide = QFontMetricsF(font(9.5, bold=True)).horizontalAdvance(self.text) + 2 * GAP
        return QRectF(-wide / 2, -TALL / 2, wide, TALL).adjusted(-2, -2, 2, 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Words on a ground of their own."""
        pill = self.boundingRect().adjusted(2, 2, -2, -2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.theme.color("warn"), 1.8))
        painter.setBrush(self.theme.color("surface"))
        painter.drawRoundedRect(pill, TALL / 2, TALL / 2)
        painter.setFont(font(9.5, bold=True))
        painter.setPen(self.theme.color("text"))
        where = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextDontClip)
        painter.drawText(pill, where, self.text)


class Contradictions(QObject):
    """Keeps broken links, the ghosts of one change and its offer between the cards."""

    changed = Signal()  # another change is offered, or none

    def __init__(self, stage: Stage, scene: QGraphicsScene, theme: Theme) -> None:
        super().__init__(scene)
        self._stage, self._scene, self._theme = stage, scene, theme
        self._answer = ChecksAnswer(())
        self.change: Change | None = None
        self.links: list[BrokenLink] = []
        self.ghosts: dict[EdgeKey, Ghost] = {}
        self.offer: Offer | None = None
        self.layer = EdgeLayer(theme, -0.2)
        scene.addItem(self.layer)

    def show(self, answer: ChecksAnswer, vectors: Vectors = PLAIN) -> None:
        """The newest tests, and the change chosen, or the first that would repair the graph."""
        if answer == self._answer:
            return
        self._answer = answer
        broken: dict[Edge, IndependenceTest] = {}
        for test in answer.tests:
            ends = pair(vectors.node(test.x), vectors.node(test.y))
            if test.rejected and set(ends) <= self._stage.nodes.keys():
                broken.setdefault(ends, test)
        self._remove(self.links)
        self.links = [
            BrokenLink(ends, contradiction(test), self._theme)
            for ends, test in list(broken.items())[:MOST_DRAWN]
        ]
        for link in self.links:
            self._scene.addItem(link)
        kept = self.change in answer.changes
        self.choose(self.change if kept else answer.changes[0] if answer.changes else None)

    @property
    def words(self) -> str:
        """What is drawn, for who cannot see it; "" for nothing."""
        if not self.links:
            return ""
        words = self.tr("Contradicted by the rows: {0}.").format(
            "; ".join(self.tr("{0} independent of {1}").format(*link.ends) for link in self.links)
        )
        offer = "" if self.offer is None else self.tr("{0} would help.").format(said(self.ghosts))
        return " ".join(filter(None, (words, offer)))

    @property
    def tested(self) -> str:
        """On which rows the change was tested, and with what result."""
        return self._answer.repair.rpartition(". ")[2]

    def clear(self) -> None:
        """Another graph or table: nothing is known."""
        if self.links or self.change:
            self.show(ChecksAnswer(()))

    def choose(self, change: Change | None) -> None:
        """Draw this change as ghosts."""
        self.change = change
        self._remove([*self.ghosts.values(), *([self.offer] if self.offer else [])])
        self.ghosts, self.offer = {}, None
        keys = keys_of(change) if change else ()
        words = self._answer.repair
        if keys and all({key.a, key.b} <= self._stage.nodes.keys() for key in keys):
            self.ghosts = {key: Ghost(key, words) for key in keys}
            self.offer = Offer(offered(keys), words, self._theme)
            for item in (*self.ghosts.values(), self.offer):
                self._scene.addItem(item)
        self.moved()
        self.changed.emit()

    def moved(self) -> None:
        """Lead everything between the cards, wherever these are."""
        ghosted = {pair(key.a, key.b) for key in self.ghosts}
        for link in self.links:
            link.show_route(self._way(link.ends, bent=False))
            link.setVisible(link.isVisible() and link.ends not in ghosted)
        for key, ghost in self.ghosts.items():
            ghost.show_route(self._way((key.a, key.b), bent=key.hidden))
        self.layer.follow(self.ghosts)
        if self.offer is not None:
            self._place(self.offer, next(iter(self.ghosts.values())).route)

    def offered_at(self, point: QPointF) -> bool:
        """Whether the offer is under a scene point."""
        offer = self.offer
        return offer is not None and offer.boundingRect().contains(point - offer.pos())

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        self.layer.show_theme(theme)
        for link in self.links:
            link.theme = theme
            link.update()
        if self.offer is not None:
            self.offer.theme = theme
            self.offer.update()

    def _place(self, offer: Offer, way: Route) -> None:
        """On the ghost, off the cards where there is such a place."""
        cards = [node.sceneBoundingRect() for node in self._stage.nodes.values()]
        for share in PLACES:
            at = QPointF(*way.at(share))
            if not any(card.intersects(offer.boundingRect().translated(at)) for card in cards):
                break
        else:
            at = QPointF(*way.at(0.5))
        offer.setPos(at)

    def _way(self, ends: Edge, *, bent: bool) -> Route:
        nodes = self._stage.nodes
        if not set(ends) <= nodes.keys():
            return Route((0.0, 0.0), (0.0, 0.0))
        a, b = (nodes[v].pos().toTuple() for v in ends)
        others = np.array([node.pos().toTuple() for v, node in nodes.items() if v not in ends])
        return Route(a, a) if overlap(a, b) else route(a, b, others.reshape(-1, 2), bent=bent)

    def _remove(self, items: Iterable[QGraphicsItem]) -> None:
        self.layer.follow({})
        for item in items:
            self._scene.removeItem(item)


def keys_of(change: Change) -> tuple[EdgeKey, ...]:
    """The edges of a change by the keys of the canvas."""
    arrows, hidden = change
    return (
        *(EdgeKey(a, b) for a, b in arrows),
        *(EdgeKey(*pair(a, b), hidden=True) for a, b in hidden),
    )


def said(keys: Iterable[EdgeKey]) -> str:
    """The edges of a change in words."""
    return ", ".join(map(str, keys))


def offered(keys: Sequence[EdgeKey]) -> str:
    """What a press on the offer does: its first edge, how many more; ghosts show them all."""
    if len(keys) == 1:
        return QCoreApplication.translate("Contradictions", "Try: {0}").format(keys[0])
    words = QCoreApplication.translate("Contradictions", "Try: {0} and {1} more")
    return words.format(keys[0], len(keys) - 1)


def contradiction(test: IndependenceTest) -> str:
    """Which independence fails, in a sentence."""
    claim = f"{test.x} ⫫ {test.y}" + (f" | {', '.join(test.given)}" if test.given else "")
    words = QCoreApplication.translate(
        "Contradictions", "The graph says {0}; the rows contradict it ({1}, p = {2:.2g})."
    )
    return words.format(claim, test.method, test.p)

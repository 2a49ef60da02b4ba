"""A hedge on the canvas: the two groups of variables that hidden causes hold together.

Shpitser, Pearl 2006: the larger group holds treatments, the smaller one does not; because the data
cannot tell their hidden causes apart, the effect is not identified.
"""

from collections.abc import Collection
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.canvas.card_painter import RADIUS, RECT, font
from gui.canvas.edge_item import EdgeItem, EdgeKey, route_path
from gui.canvas.layers import Layer
from gui.canvas.node_item import NodeItem
from gui.canvas.routing import Route
from gui.theme import Theme

FAR, NEAR = 11.0, 6.0  # of the two outlines from the card, canvas units
TALL, GAP, LINK = 18.0, 8.0, 16.0
TIE = 12.0  # width of a halo
MARKED = RECT.adjusted(-FAR - 2, -FAR - 2, FAR + 2, FAR + TALL)  # what the marks cover
BELOW = QPointF(RECT.center().x() + 20, RECT.bottom() + FAR + 3)  # the middle of a label
Groups = tuple[Collection[str], Collection[str]]  # the larger one and the smaller one in it


class Stage(Protocol):
    """What is read of the scene, always as it is now."""

    nodes: dict[str, NodeItem]
    edges: dict[EdgeKey, EdgeItem]


class HedgeMarks(Layer):
    """A dashed outline for the larger group, a solid one inside it for the smaller; labels too."""

    def __init__(self, stage: Stage, theme: Theme) -> None:
        super().__init__(-0.7)  # beneath edges and cards
        self._stage, self._theme = stage, theme
        self.groups: Groups = ((), ())

    def show_groups(self, groups: Groups | None) -> None:
        """Mark these; None for none."""
        self.groups = groups or ((), ())
        for name, node in self._stage.nodes.items():
            node.show_note("hedge", self.words_of(name))
        self.update()

    def words_of(self, name: str) -> str:
        """What the marks of a card mean; "" for none."""
        outer, inner = self.groups
        if name in inner:
            return _say("in both groups that hidden causes hold together")
        return _say("in the larger group that hidden causes hold together") if name in outer else ""

    def moved(self) -> None:
        """Cards or edges are elsewhere, or others."""
        if self.groups[0]:
            self.show_groups(self.groups)

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Halos along what holds them together, then the outlines."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for route in self.ties():
            paint_tie(painter, route, self._theme)
        for at, inner in self.marked():
            painter.save()
            painter.translate(at)
            paint_marks(painter, self._theme, inner=inner)
            painter.restore()

    def ties(self) -> list[Route]:
        """Where the hidden causes run that hold the larger group together."""
        outer = set(self.groups[0])
        edges = self._stage.edges.items()
        return [item.route for key, item in edges if key.hidden and {key.a, key.b} <= outer]

    def marked(self) -> list[tuple[QPointF, bool]]:
        """Middles of the cards of the larger group, and whether each is in the smaller one, too."""
        outer, inner = self.groups
        nodes = self._stage.nodes
        return [(nodes[name].pos(), name in inner) for name in outer if name in nodes]


def paint_tie(painter: QPainter, route: Route, theme: Theme) -> None:
    """A halo along a hidden cause."""
    painter.strokePath(route_path(route), QPen(theme.color("warn", 0.3), TIE))


def paint_marks(painter: QPainter, theme: Theme, *, inner: bool) -> None:
    """Round a card whose middle is at the origin."""
    color = theme.color("warn")
    painter.setBrush(theme.color("warn", 0.12))
    painter.setPen(QPen(color, 2.0, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(RECT.adjusted(-FAR, -FAR, FAR, FAR), RADIUS + FAR, RADIUS + FAR)
    if inner:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, 2.0))
        rect = RECT.adjusted(-NEAR, -NEAR, NEAR, NEAR)
        painter.drawRoundedRect(rect, RADIUS + NEAR, RADIUS + NEAR)
    text = _say("both groups") if inner else _say("larger group")
    painter.setFont(font(9.0))
    wide = QFontMetricsF(painter.font()).horizontalAdvance(text) + LINK + 2 * GAP
    pill = QRectF(BELOW.x() - wide / 2, BELOW.y() - TALL / 2, wide, TALL)
    painter.setPen(QPen(color, 1.6))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(pill, TALL / 2, TALL / 2)
    link = QPainterPath()
    for x in (pill.left() + GAP, pill.left() + GAP + 5):
        link.addRoundedRect(QRectF(x, pill.center().y() - 2.5, 8, 5), 2.5, 2.5)
    painter.strokePath(link, QPen(color, 1.3))
    painter.setPen(theme.color("text"))
    room = pill.adjusted(GAP + LINK, 0, 0, 0)
    where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(room, int(where) | int(Qt.TextFlag.TextDontClip), text)


def _say(text: str) -> str:
    return QCoreApplication.translate("Hedge", text)

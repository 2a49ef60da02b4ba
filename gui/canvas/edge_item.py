"""An edge on the canvas: what it knows, and how it is drawn (line, heads, scissors)."""

import html
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import atan2, cos, hypot, pi, sin

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QGraphicsItem

from engine.graph.graph import pair
from engine.project import Position
from gui.canvas.edge_ways import BIASING_DASH, Way, way_color, way_marks, way_words
from gui.canvas.layers import Box, rect_of
from gui.canvas.routing import Route
from gui.theme import Theme

HEAD = 11.0
HEAD_ANGLE = 0.42  # half the opening, radians
WIDTH = 1.7
CUT_DASH = [3.0, 3.0]
GHOST_DASH = [2.0, 2.0]
HIDDEN_DASH = [6.0, 2.5, 1.0, 2.5]
FAR = 3.0  # thickness from which heads could not be seen
GRIP = 18.0  # from the ends of an edge to its handles, canvas units
MARK = 9.0  # half the gap for the question mark of an assumed arrow, canvas units

EdgeParts = tuple[QPainterPath, QPainterPath]  # what a pen draws, what is filled


@dataclass(frozen=True, slots=True)
class EdgeKey:
    """Which edge: cause a → effect b, or a hidden cause a ↔ b with a < b."""

    a: str
    b: str
    hidden: bool = False

    def __str__(self) -> str:
        return f"{self.a} {'↔' if self.hidden else '→'} {self.b}"


def key_of(a: str, b: str, *, hidden: bool = False) -> EdgeKey:
    """The key of a → b, or of a ↔ b, whose ends come in any order."""
    return EdgeKey(*pair(a, b), hidden=True) if hidden else EdgeKey(a, b)


@dataclass(frozen=True, slots=True)
class EdgeLook:
    """How the edge is drawn. `cut`: an end of it was set by do or by lot, so it carries nothing.

    `lot`: the lot did, so it is no part of the graph until the mark is taken. `assumed`: a draft
    proposed it and nobody has confirmed it.
    """

    cut: bool = False
    selected: bool = False
    hovered: bool = False
    warned: bool = False  # part of the cycle that a new arrow would close
    assumed: bool = False
    lot: bool = False
    target: bool = False  # the node being dragged would be put into it
    way: Way = Way.NONE  # of the paths between exposure and outcome
    ghost: bool = False  # not drawn yet: it would repair the graph


class EdgeItem(QGraphicsItem):
    """Knows one edge and its way, for the pointer; `EdgeLayer` paints it among the others."""

    def __init__(self, key: EdgeKey) -> None:
        super().__init__()
        self.key = key
        self.look = EdgeLook()
        self.route = Route((0.0, 0.0), (0.0, 0.0))
        self.box = self.route.box()
        self.touched: Callable[[EdgeItem, Box], None] = _unseen  # told where it was
        self.brush: Brush | None = None  # as the layer last painted it; None: find out anew
        self._thickness = 1.0
        self._parts: dict[float, EdgeParts] = {}
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """Where the pointer may find it."""
        return rect_of(self.box, HEAD)

    def shape(self) -> QPainterPath:
        """What is seen of it."""
        return self.path()

    def path(self) -> QPainterPath:
        """The outline of all that is seen of it."""
        return edge_path(self.route, self.key, self.look, self._thickness)

    def parts(self, *, exact: bool = True) -> EdgeParts:
        """What a pen draws, and what is filled, kept for each thickness.

        Not `exact`: those of another thickness will do, where there are some.
        """
        known = self._parts.get(self._thickness)
        if known is None and self._parts and not exact:
            return next(reversed(self._parts.values()))
        if known is None:
            known = edge_parts(self.route, self.key, self.look, self._thickness)
            self._parts[self._thickness] = known
        return known

    def show_route(self, route: Route) -> None:
        """Another way from card to card."""
        if route != self.route:
            self.prepareGeometryChange()
            before, self.route, self.box = self.box, route, route.box()
            self._parts.clear()
            self.touched(self, before)

    def show_look(self, look: EdgeLook) -> None:
        """Cut, selected, hovered …"""
        if look != self.look:
            self.look, self.brush = look, None
            self._parts.clear()
            self.touched(self, self.box)

    def show_way(self, way: Way) -> None:
        """Another way of the paths through it."""
        if way is not self.look.way:
            self.show_look(replace(self.look, way=way))

    def show_thickness(self, thickness: float) -> None:
        """Thicker when seen from afar."""
        self._thickness, self.brush = thickness, None

    @property
    def thickness(self) -> float:
        """1 = as designed."""
        return self._thickness

    def mark_at(self, point: Position) -> bool:
        """Whether the question mark of an assumed arrow is under a scene point."""
        if not self.look.assumed or self.look.cut:
            return False
        x, y = self.route.at(0.5)
        return hypot(point[0] - x, point[1] - y) <= MARK + 3

    def near(self, point: Position, reach: float) -> bool:
        """Whether a scene point may be within `reach`: quick, and never wrongly no."""
        left, top, right, bottom = self.box
        return (
            left - reach <= point[0] <= right + reach and top - reach <= point[1] <= bottom + reach
        )

    def tip(self) -> str:
        """What it is, for a tool tip."""
        return f"<qt>{html.escape(_words(self.key, self.look))}</qt>"


@dataclass(frozen=True, slots=True)
class Brush:
    """How an edge's line is drawn and its marks are filled; `fine` where a hair would do.

    `held`: by the user, and so above the others.
    """

    pen: QPen
    fine: QPen
    color: QColor
    held: bool


@lru_cache(maxsize=256)
def brush_of(look: EdgeLook, theme: Theme, thickness: float, *, hidden: bool) -> Brush:
    """The pens of an edge; one object for all edges that look alike."""
    color = edge_color(look, theme)
    held = look.selected or look.hovered or look.warned or look.target
    pen = QPen(color, line_width(look, thickness))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    dash = _dash(look, hidden=hidden)
    if dash is not None:
        pen.setDashPattern(dash)
    if from_afar(look, thickness):
        pen.setCosmetic(True)
        pen.setWidthF(2.2 if held or look.way.strong else 0.0)
    fine = QPen(color, 0.0) if dash is None and not held else pen
    return Brush(pen, fine, color, held)


def from_afar(look: EdgeLook, thickness: float) -> bool:
    """From where heads could not be seen."""
    return thickness >= FAR and not look.cut


def edge_parts(route: Route, key: EdgeKey, look: EdgeLook, thickness: float = 1.0) -> EdgeParts:
    """What a pen draws, and what is filled."""
    if route.length < 2:
        return QPainterPath(), QPainterPath()
    if from_afar(look, thickness):
        return _shortened(route, 0.0, both=False), QPainterPath()
    if look.assumed and not look.cut:
        return QPainterPath(), edge_path(route, key, look, thickness)
    size = HEAD * min(thickness, 2.0)
    return _shortened(route, size, both=key.hidden), edge_marks(route, key, look, size)


def paint_edge(painter: QPainter, parts: EdgeParts, brush: Brush) -> None:
    """The line, then heads, scissors, handles."""
    line, marks = parts
    painter.strokePath(line, brush.pen)
    painter.fillPath(marks, brush.color)


def edge_color(look: EdgeLook, theme: Theme) -> QColor:
    """Grey; dark where cut; accents for what the user holds, then for the paths through it."""
    if look.warned:
        return theme.color("error")
    if look.ghost:
        return theme.color("warn")
    if look.selected or look.target:
        return theme.color("selected")
    if look.way.strong and not look.cut:
        return theme.color(way_color(look.way))
    return theme.color("text" if look.cut else "line")


def edge_path(route: Route, key: EdgeKey, look: EdgeLook, thickness: float = 1.0) -> QPainterPath:
    """The outline to fill: line (dashed if cut, dash-dot if hidden), heads and scissors."""
    if route.length < 2:
        return QPainterPath()
    size = HEAD * min(thickness, 2.0)
    line = _shortened(route, size, both=key.hidden)
    outline = line_outline(line, line_width(look, thickness), _dash(look, hidden=key.hidden))
    if look.assumed and not look.cut:
        outline = question_mark(outline, route.at(0.5))
    outline.addPath(edge_marks(route, key, look, size))
    return outline


def line_width(look: EdgeLook, thickness: float = 1.0) -> float:
    """How wide the line is, canvas units."""
    thin = WIDTH * (0.75 if look.cut else 0.55 if look.assumed else 1.0)
    strong = 0.9 * (look.selected or look.warned) + 1.8 * look.target + 0.5 * look.hovered
    strong += 0.7 * (look.way.strong and not look.cut)
    return (thin + strong) * thickness


def edge_marks(route: Route, key: EdgeKey, look: EdgeLook, size: float) -> QPainterPath:
    """Heads of a size, scissors where cut, handles where selected."""
    marks = QPainterPath()
    marks.setFillRule(Qt.FillRule.WindingFill)
    marks.addPath(_head(route.end, route.control or route.start, size))
    if key.hidden:
        marks.addPath(_head(route.start, route.control or route.end, size))
    if look.cut:
        marks.addPath(scissors(route.at(0.5)))
    elif look.selected and route.length > 4 * GRIP:
        marks.addPath(_grips(route))
    if look.way and not look.cut:
        marks.addPath(way_marks(route, look.way))
    return marks


def line_outline(line: QPainterPath, width: float, dash: list[float] | None = None) -> QPainterPath:
    """The area that a pen of `width` would cover along `line`."""
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash is not None:
        stroker.setDashPattern(dash)
    outline = stroker.createStroke(line)
    outline.setFillRule(Qt.FillRule.WindingFill)
    return outline


def question_mark(line: QPainterPath, at: Position) -> QPainterPath:
    """`line` with a gap around `at`, and a question mark in the gap."""
    gap, glyph = QPainterPath(), QPainterPath()
    gap.addEllipse(QPointF(*at), MARK, MARK)
    font = QFont()
    font.setPixelSize(15)
    font.setBold(True)
    glyph.addText(0.0, 0.0, font, "?")
    middle = glyph.boundingRect().center()
    glyph.translate(at[0] - middle.x(), at[1] - middle.y())
    marked = line.subtracted(gap)
    marked.setFillRule(Qt.FillRule.WindingFill)
    marked.addPath(glyph)
    return marked


def scissors(at: Position) -> QPainterPath:
    """✂ as an outline: two blades and two finger rings."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    x, y = at[0] + 10, at[1]
    for side in (-1, 1):
        blade = QPainterPath(QPointF(x - 3, y + side * 3.2))
        blade.lineTo(x + 8, y - side * 3.6)
        ring = QPainterPath()
        ring.addEllipse(QPointF(x - 5, y + side * 4.2), 2.6, 2.6)
        path.addPath(line_outline(blade, 1.6))
        path.addPath(line_outline(ring, 1.5))
    return path


def _dash(look: EdgeLook, *, hidden: bool) -> list[float] | None:
    if look.cut:
        return CUT_DASH
    if look.ghost:
        return GHOST_DASH
    if hidden:
        return HIDDEN_DASH
    return BIASING_DASH if look.way is Way.BIASING else None


def _unseen(item: EdgeItem, before: Box) -> None:
    """Nobody paints it yet."""


def route_path(route: Route) -> QPainterPath:
    """The way from card to card."""
    path = QPainterPath(QPointF(*route.start))
    if route.control is None:
        path.lineTo(*route.end)
    else:
        path.quadTo(*route.control, *route.end)
    return path


def _shortened(route: Route, size: float, *, both: bool) -> QPainterPath:
    """The line up to the heads' backs, so that it does not show beside their tips."""
    end = _toward(route.end, route.control or route.start, size * 0.8)
    start = _toward(route.start, route.control or route.end, size * 0.8) if both else route.start
    path = QPainterPath(QPointF(*start))
    if route.control is None:
        path.lineTo(*end)
    else:
        path.quadTo(*route.control, *end)
    return path


def _toward(point: Position, other: Position, by: float) -> Position:
    angle = atan2(other[1] - point[1], other[0] - point[0])
    return (point[0] + by * cos(angle), point[1] + by * sin(angle))


def _grips(route: Route) -> QPainterPath:
    """Rings where a selected edge can be taken by its ends, and a square where it can be bent."""
    path = QPainterPath()
    share = min(0.3, GRIP / route.length)
    for at in (route.at(share), route.at(1 - 1.5 * share)):
        ring = QPainterPath()
        ring.addEllipse(QPointF(*at), 4.5, 4.5)
        path.addPath(line_outline(ring, 1.6))
    x, y = route.at(0.5)
    path.addRect(x - 3.5, y - 3.5, 7, 7)
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


def _head(tip: Position, origin: Position, size: float) -> QPainterPath:
    angle = atan2(tip[1] - origin[1], tip[0] - origin[0])
    corners = [QPointF(*tip)]
    for turn in (pi - HEAD_ANGLE, pi + HEAD_ANGLE):
        corners.append(
            QPointF(tip[0] + size * cos(angle + turn), tip[1] + size * sin(angle + turn))
        )
    path = QPainterPath()
    path.addPolygon(QPolygonF([*corners, corners[0]]))
    return path


def _words(key: EdgeKey, look: EdgeLook) -> str:
    if look.lot:
        text = QCoreApplication.translate(
            "Edge", "{0}: cut by the lot, so it counts for nothing while the mark stands"
        )
    elif look.assumed:
        text = QCoreApplication.translate(
            "Edge", "{0}: assumed by the draft. Click the question mark to confirm it."
        )
    elif key.hidden:
        text = QCoreApplication.translate("Edge", "{0}: a hidden common cause")
    else:
        text = QCoreApplication.translate(
            "Edge", "{0}: direct, given the other parents; not a total effect"
        )
    words = text.format(str(key))
    return f"{words}; {way_words(look.way)}" if look.way else words

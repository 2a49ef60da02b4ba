"""How an edge says on which paths between exposure and outcome it lies: a mark, a dash, words."""

from enum import StrEnum
from functools import cache
from math import atan2, degrees

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QPolygonF, QTransform

from gui.canvas.routing import Route

BIASING_DASH = [9.0, 3.5]
PLACE = 0.38  # of the way: scissors, question mark and handle are in the middle
LEAST = 44.0  # canvas units of an edge that has room for a mark


class Way(StrEnum):
    """What the paths through an edge do, given what is adjusted for."""

    NONE = ""
    CAUSAL = "causal"
    BIASING = "biasing"
    BOTH = "both"
    CLOSED = "closed"  # causal, but something on the path is adjusted for

    @property
    def biasing(self) -> bool:
        """Whether an open path that is not causal runs through it."""
        return self in (Way.BIASING, Way.BOTH)

    @property
    def strong(self) -> bool:
        """Whether its line is wider than others."""
        return self not in (Way.NONE, Way.CLOSED)


def way_color(way: Way) -> str:
    """The role of the colour, never without a mark: blue as what do moves, vermilion as warnings.

    Not green, which is for tests that were passed.
    """
    return {Way.CAUSAL: "do", Way.BIASING: "warn", Way.BOTH: "warn"}.get(way, "line")


def way_marks(route: Route, way: Way) -> QPainterPath:
    """Chevrons along what is causal, a disc with ! on what biases, a bar where closed."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    if way is Way.NONE or route.length < LEAST:
        return path
    if way in (Way.CAUSAL, Way.BOTH):
        path.addPath(_turned(route).map(_chevrons()))
    if way is Way.CLOSED:
        path.addPath(_turned(route).map(_bar()))
    if way.biasing:
        x, y = route.at(PLACE if way is Way.BIASING else 1 - PLACE)
        path.addPath(_warning().translated(x, y))
    return path


def way_words(way: Way) -> str:
    """The same in words; "" where no such path runs."""
    return {
        Way.CAUSAL: _say("on a causal path from exposure to outcome"),
        Way.BIASING: _say("on an open path that biases: it joins them, but not by cause"),
        Way.BOTH: _say("on a causal path, and on an open path that biases"),
        Way.CLOSED: _say("on a causal path that is closed, because what lies on it is adjusted"),
    }.get(way, "")


@cache
def _chevrons() -> QPainterPath:
    line = QPainterPath()
    for x in (-4.0, 2.0):
        line.addPolygon(QPolygonF([QPointF(x - 2, -6), QPointF(x + 4, 0), QPointF(x - 2, 6)]))
    return _stroked(line, 2.4)


@cache
def _bar() -> QPainterPath:
    line = QPainterPath(QPointF(0, -7))
    line.lineTo(0, 7)
    return _stroked(line, 3.0)


@cache
def _warning() -> QPainterPath:
    """A disc, upright wherever the edge leads, with an exclamation mark left out."""
    path, sign = QPainterPath(), QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addEllipse(QPointF(0, 0), 8.0, 8.0)
    sign.addRect(QRectF(-1.2, -5.0, 2.4, 6.0))
    sign.addRect(QRectF(-1.2, 2.6, 2.4, 2.4))
    path.addPath(sign.toReversed())
    return path


def _turned(route: Route) -> QTransform:
    """To the place of a mark, along the edge there."""
    (x, y), (ahead_x, ahead_y) = route.at(PLACE), route.at(PLACE + 0.02)
    turned = QTransform().translate(x, y)
    turned.rotate(degrees(atan2(ahead_y - y, ahead_x - x)))
    return turned


def _stroked(line: QPainterPath, width: float) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    return stroker.createStroke(line)


def _say(text: str) -> str:
    return QCoreApplication.translate("Ways", text)

"""One path shown on the canvas: a halo along its edges, and at each variable, in turn, a word."""

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from gui.canvas.card_painter import RADIUS, RECT, font
from gui.canvas.edge_item import EdgeItem, EdgeKey, route_path
from gui.canvas.layers import Layer
from gui.canvas.motion import animates
from gui.canvas.node_item import NodeItem
from gui.theme import Theme

WHOLE, LONGEST = 1_800, 450  # milliseconds for all steps, at most for one
HALO, TALL, GAP, GLYPH = 13.0, 19.0, 8.0, 12.0
ABOVE = RECT.top() - 13.0  # the middle of a word, on the card


@dataclass(frozen=True, slots=True)
class Word:
    """What is said at a variable, and whether dependence goes on there."""

    text: str
    passes: bool


@dataclass(frozen=True, slots=True)
class Traced:
    """Variables in order, the edges between them, and a word for each (None for the ends).

    `role` is the colour: of causal, biasing or closed paths.
    """

    nodes: tuple[str, ...]
    edges: tuple[EdgeKey, ...]
    words: tuple[Word | None, ...]
    role: str

    @property
    def reach(self) -> int:
        """The place at which dependence stops, or the last one."""
        stops = (i for i, word in enumerate(self.words) if word is not None and not word.passes)
        return next(stops, len(self.nodes) - 1)


class Stage(Protocol):
    """What is read of the scene, always as it is now."""

    nodes: dict[str, NodeItem]
    edges: dict[EdgeKey, EdgeItem]


class Trace(QObject):
    """Keeps at most one path; `walk` shows it step by step, `go` stops at a step."""

    stepped = Signal(int)  # the place that was come to

    def __init__(self, stage: Stage, scene: QGraphicsScene, theme: Theme) -> None:
        super().__init__(scene)
        self.still = False  # the user asked for less motion
        self.traced: Traced | None = None
        self.at = 0
        self.halo, self.bubbles = Halo(stage, theme), Bubbles(stage, theme)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._step)
        for layer in (self.halo, self.bubbles):
            scene.addItem(layer)

    @property
    def running(self) -> bool:
        """Whether steps are still to come by themselves."""
        return self._clock.isActive()

    def show(self, traced: Traced | None) -> None:
        """Another path, whole; None for none."""
        self._clock.stop()
        self.traced = traced
        self._show(0 if traced is None else len(traced.nodes) - 1)

    def walk(self) -> None:
        """From the exposure on, a variable at a time; at once where less motion is wanted."""
        if self.traced is None:
            return
        last = len(self.traced.nodes) - 1
        if self.still or not animates():
            self.go(last)
            return
        self.go(0)
        self._clock.start(min(LONGEST, WHOLE // max(1, last)))

    def go(self, place: int) -> None:
        """Up to one of its variables, and no further."""
        self._clock.stop()
        if self.traced is not None:
            self._show(max(0, min(place, len(self.traced.nodes) - 1)))
            self.stepped.emit(self.at)

    def moved(self) -> None:
        """Cards or edges are elsewhere."""
        if self.traced is not None:
            self._show(self.at)

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self.halo.theme = self.bubbles.theme = theme
        self.moved()

    def _step(self) -> None:
        if self.traced is None or self.at >= len(self.traced.nodes) - 1:
            self._clock.stop()
            return
        self._show(self.at + 1)
        self.stepped.emit(self.at)

    def _show(self, place: int) -> None:
        self.at = place
        for layer in (self.halo, self.bubbles):
            layer.traced, layer.at = self.traced, place
            layer.update()


class _PathLayer(Layer):
    """Knows the path and how far it is shown."""

    def __init__(self, stage: Stage, theme: Theme, height: float) -> None:
        super().__init__(height)
        self.theme = theme
        self.traced: Traced | None = None
        self.at = 0
        self._stage = stage


class Halo(_PathLayer):
    """A broad light line under the edges; beyond what stops it, dashes."""

    def __init__(self, stage: Stage, theme: Theme) -> None:
        super().__init__(stage, theme, -0.6)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """The edges come to so far."""
        if self.traced is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, key in enumerate(self.traced.edges[: self.at]):
            item = self._stage.edges.get(key)
            if item is not None:
                beyond = number >= self.traced.reach
                color = self.theme.color("quiet" if beyond else self.traced.role, 0.35)
                pen = QPen(color, HALO / 3 if beyond else HALO)
                pen.setCapStyle(Qt.PenCapStyle.FlatCap if beyond else Qt.PenCapStyle.RoundCap)
                if beyond:
                    pen.setDashPattern([2.0, 2.0])
                painter.strokePath(route_path(item.route), pen)


class Bubbles(_PathLayer):
    """A ring round each variable come to, and its word above it."""

    def __init__(self, stage: Stage, theme: Theme) -> None:
        super().__init__(stage, theme, 1.6)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Those come to so far, the newest last."""
        if self.traced is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, name in enumerate(self.traced.nodes[: self.at + 1]):
            node, word = self._stage.nodes.get(name), self.traced.words[number]
            if node is None:
                continue
            painter.save()
            painter.translate(node.pos())
            if number <= self.traced.reach:
                wide = 3.5 if number == self.at else 2.2
                painter.setPen(QPen(self.theme.color(self.traced.role), wide))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(RECT.adjusted(-3, -3, 3, 3), RADIUS + 3, RADIUS + 3)
            if word is not None:
                paint_word(painter, word, self.theme, self.traced.role)
            painter.restore()


def paint_word(painter: QPainter, word: Word, theme: Theme, role: str) -> None:
    """A pill above the card: an arrow where dependence goes on, a bar where it stops."""
    painter.setFont(font(9.0, bold=not word.passes))
    wide = QFontMetricsF(painter.font()).horizontalAdvance(word.text) + 2 * GAP + GLYPH
    pill = QRectF(-wide / 2, ABOVE - TALL / 2, wide, TALL)
    color = theme.color(role if word.passes else "text")
    painter.setPen(QPen(color, 1.6))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(pill, TALL / 2, TALL / 2)
    x, y = pill.left() + GAP, pill.center().y()
    painter.drawLine(QPointF(x - 1, y), QPointF(x + 7, y))
    if word.passes:
        painter.drawPolyline([QPointF(x + 4, y - 3), QPointF(x + 7, y), QPointF(x + 4, y + 3)])
    else:
        painter.drawLine(QPointF(x + 7, y - 4.5), QPointF(x + 7, y + 4.5))
    painter.setPen(theme.color("text"))
    room = pill.adjusted(GAP + GLYPH - 1, 0, 0, 0)
    where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(room, int(where) | int(Qt.TextFlag.TextDontClip), word.text)

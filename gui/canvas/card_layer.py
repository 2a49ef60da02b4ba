"""All cards in one item: as pictures, which are scaled while the zoom moves and sharp at rest.

A picture is painted for the zoom at which it is shown and put on whole pixels; from afar one
picture serves every zoom. While the wheel turns, whatever picture there is is scaled; once it rests
the cards in sight are painted anew, a few at a time, so that no frame waits for all of them.
"""

from collections.abc import Mapping
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, QTimer
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from engine.project import Position
from gui.canvas.card_painter import RECT, SMALL_TEXT_FROM
from gui.canvas.layers import Layer
from gui.canvas.node_item import BOUNDS, NodeItem
from gui.steps import Steps
from gui.theme import Theme

FAR = 0.97 * SMALL_TEXT_FROM  # the zoom of the picture that is seen from afar
AT_ONCE = 48  # cards painted within one frame at rest
SLICE = 0.008  # seconds of painting cards, in a frame of a moving zoom and between frames
TOGETHER = 0.1  # seconds between two frames that show what was painted between frames
QUIET = 600  # milliseconds without a change, then pictures from afar are made for later …
REST = 30  # … in slices, with so many milliseconds between them
MOST_PIXELS = 24_000_000  # of pictures kept with all their words: 96 MB


class CardLayer(Layer):
    """Paints the cards it follows; each tells when it changes, the scene when it moves."""

    def __init__(self, theme: Theme, owner: QObject) -> None:
        super().__init__(0.9)  # beneath what belongs to single cards
        self._theme = theme
        self._nodes: list[NodeItem] = []
        self._rows: dict[NodeItem, int] = {}
        self._centres: NDArray[np.float64] = np.empty((0, 2))
        self._moving = False
        self._looked = False  # painted at rest since the zoom moved
        self._scale = (1.0, 1.0)  # zoom and pixels per point of the last frame
        self._due: dict[NodeItem, None] = {}  # to be painted between frames
        self._kept = 0  # pixels of pictures with all their words
        self._fresh, self._shown = QRectF(), 0.0  # painted between frames; when that was shown last
        self._slices, self._quiet = QTimer(owner, interval=0), QTimer(owner, singleShot=True)
        self._slices.timeout.connect(self._go_on)
        self._quiet.timeout.connect(self._make_ready)

    # ── following ──────────────────────────────────────────────────────────────────────────────

    def follow(self, nodes: Mapping[str, NodeItem]) -> None:
        """Paint exactly these, the last one on top."""
        before, self._nodes = set(self._rows), list(nodes.values())
        for node in before.symmetric_difference(self._nodes):
            self.update(self._rect(node))
        for node in before.difference(self._nodes):
            node.touched = _gone
            self._due.pop(node, None)
        self._rows = {node: row for row, node in enumerate(self._nodes)}
        for node in self._nodes:
            node.touched = self._touch
        self._centres = np.array([(n.x(), n.y()) for n in self._nodes]).reshape(-1, 2)
        self._quiet.start(QUIET)

    def put(self, node: NodeItem, at: Position) -> None:
        """A card elsewhere, for the pointer and in the picture."""
        before = self._rect(node)
        node.setPos(*at)
        row = self._rows.get(node)
        if row is not None:  # else it is new, and comes with `follow`
            self._centres[row] = at
            self.update(before)
            self.update(self._rect(node))

    def show_theme(self, theme: Theme) -> None:
        """Another theme, or letters of another size."""
        self._theme = theme
        for node in self._nodes:
            node.version += 1
            node.near = node.far = None  # a rim alone rather than a card of the other theme
        self._kept = 0
        self._quiet.start(QUIET)
        self.update()

    def show_motion(self, *, moving: bool) -> None:
        """Whether the zoom is moving; at rest what is in sight becomes sharp."""
        if moving != self._moving:
            self._moving, self._looked = moving, False
            self._due.clear()
            self._quiet.start(QUIET)
            if not moving:
                self.update()

    def painting(self, seen: QRectF, zoom: float, ratio: float) -> Steps:
        """Paint cards before they are seen, as many as a frame would, a card at each step."""
        self._scale = (zoom, ratio)
        due = [node for row in self._within([seen]) if self._wrong(node := self._nodes[row])]
        for node in due[:AT_ONCE]:
            if node in self._rows and self._wrong(node):
                self._picture(node)
                yield 0.0

    @property
    def centres(self) -> NDArray[np.float64]:
        """Of all cards, in order: shape (cards, 2). Not to be changed."""
        return self._centres

    def row(self, node: NodeItem) -> int:
        """Which of the centres is this card's."""
        return self._rows[node]

    @property
    def settled(self) -> bool:
        """True where all in sight is as sharp as it gets."""
        return self._looked and not self._due

    def extent(self) -> QRectF:
        """What the cards cover; null without any."""
        if not len(self._centres):
            return QRectF()
        left, top = self._centres.min(0).tolist()
        right, bottom = self._centres.max(0).tolist()
        return RECT.translated(left, top).united(RECT.translated(right, bottom))

    # ── painting ───────────────────────────────────────────────────────────────────────────────

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """The cards in sight."""
        world = painter.worldTransform()
        zoom = world.m11()
        ratio = 1.0 if widget is None else widget.devicePixelRatioF()
        self._scale = (zoom, ratio)
        rows = self._within(self.exposed or [option.exposedRect])
        shown = [self._nodes[row] for row in rows]
        self._prepare(shown)
        corner = np.array([BOUNDS.left(), BOUNDS.top()])
        spots = ((self._centres[rows] + corner) * zoom + [world.dx(), world.dy()]) * ratio
        whole = np.rint(spots) / ratio
        painter.resetTransform()
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, not self._moving or self._near()
        )
        for node, exact, at in zip(shown, (spots / ratio).tolist(), whole.tolist(), strict=True):
            self._put(painter, node, exact, at)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setWorldTransform(world)

    def _put(self, painter: QPainter, node: NodeItem, exact: list[float], at: list[float]) -> None:
        """One card: its picture as it is where that fits, else scaled, else only its rim."""
        zoom, ratio = self._scale
        near = zoom >= SMALL_TEXT_FROM
        picture = (node.near or node.far) if near else (node.far or node.near)
        width, height = BOUNDS.width() * zoom, BOUNDS.height() * zoom
        if picture is None:
            painter.setPen(QPen(self._theme.color("border"), 1.2 * zoom))
            painter.setBrush(self._theme.color("surface"))
            edge = (RECT.left() - BOUNDS.left()) * zoom
            rect = QRectF(exact[0], exact[1], width, height)
            painter.drawRect(rect.adjusted(edge, edge, -edge, -edge))
        elif near and picture.scale == zoom * ratio:
            picture.pixmap.setDevicePixelRatio(ratio)
            painter.drawPixmap(QPointF(*at), picture.pixmap)
        else:
            source = QRectF(0, 0, BOUNDS.width() * picture.scale, BOUNDS.height() * picture.scale)
            painter.drawPixmap(QRectF(exact[0], exact[1], width, height), picture.pixmap, source)

    def _within(self, rects: list[QRectF]) -> list[int]:
        x, y = self._centres.T
        found = np.zeros(len(self._centres), dtype=bool)
        for rect in rects:
            hit = (x > rect.left() + BOUNDS.left()) & (x < rect.right() + BOUNDS.right())
            hit &= (y > rect.top() + BOUNDS.top()) & (y < rect.bottom() + BOUNDS.bottom())
            found |= hit
        return list(np.flatnonzero(found).tolist())

    # ── pictures ───────────────────────────────────────────────────────────────────────────────

    def _prepare(self, shown: list[NodeItem]) -> None:
        """Paint what is missing, as far as a frame has time; the rest between frames."""
        due = [node for node in shown if self._wrong(node)]
        if self._moving:
            end = perf_counter() + SLICE
            for node in due:
                if node.near is node.far is None or (node.near is None and self._near()):
                    self._picture(node)
                    if perf_counter() > end:
                        break
            return
        self._looked = True
        for node in due[:AT_ONCE]:
            self._picture(node)
            self._due.pop(node, None)
        if self._kept > MOST_PIXELS:
            self._forget_all_but(shown)
        if due[AT_ONCE:]:
            self._due |= dict.fromkeys(due[AT_ONCE:])
            self._slices.start()

    def _near(self) -> bool:
        return self._scale[0] >= SMALL_TEXT_FROM

    def _wrong(self, node: NodeItem) -> bool:
        """True where the picture of it is missing, old, or of another zoom."""
        zoom, ratio = self._scale
        near = self._near()
        picture, scale = (node.near, zoom * ratio) if near else (node.far, FAR * ratio)
        return picture is None or picture.version != node.version or picture.scale != scale

    def _picture(self, node: NodeItem) -> None:
        zoom, ratio = self._scale
        if self._near():
            self._kept -= _pixels(node)
            node.near = node.painted(zoom * ratio, zoom, self._theme)
            self._kept += _pixels(node)
        else:
            self._far_picture(node, ratio)

    def _far_picture(self, node: NodeItem, ratio: float) -> None:
        node.far = node.painted(FAR * ratio, FAR, self._theme)

    def _go_on(self) -> None:
        """A slice of what is due; shown together now and then, as each frame paints all cards."""
        end = perf_counter() + SLICE
        while self._due and not self._moving and perf_counter() < end:
            node = next(iter(self._due))
            del self._due[node]
            if self._wrong(node):
                self._picture(node)
                self._fresh = self._fresh.united(self._rect(node))
        over = not self._due or self._moving
        if over:
            self._slices.stop()
            self._quiet.start(QUIET)
        if over or end > self._shown + TOGETHER:
            self.update(self._fresh)
            self._fresh, self._shown = QRectF(), end

    def _make_ready(self) -> None:
        """Some pictures from afar for a later zoom; and again soon, until there are all."""
        if self._moving or self._due or not self.scene():
            return
        end, ratio = perf_counter() + SLICE, self._scale[1]
        for node in self._nodes:
            if node.far is None or node.far.version != node.version:
                self._far_picture(node, ratio)
                if perf_counter() > end:
                    self._quiet.start(REST)
                    return

    def _forget_all_but(self, shown: list[NodeItem]) -> None:
        """Make room: pictures with all their words are kept of what is in sight alone."""
        for node in self._rows.keys() - set(shown):
            node.near = None
        self._kept = sum(_pixels(node) for node in shown)

    def _touch(self, node: NodeItem) -> None:
        self.update(self._rect(node))
        self._quiet.start(QUIET)

    def _rect(self, node: NodeItem) -> QRectF:
        return BOUNDS.translated(node.pos())


def _pixels(node: NodeItem) -> int:
    """Of its picture with all its words."""
    return 0 if node.near is None else node.near.pixmap.width() * node.near.pixmap.height()


def _gone(node: NodeItem) -> None:
    """No longer painted."""

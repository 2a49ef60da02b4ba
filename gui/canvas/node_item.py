"""A node on the canvas: keeps its card, how it is held, and pictures of it."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.canvas.card import Card, tooltip
from gui.canvas.card_painter import (
    FOOT_ROW,
    HANDLES,
    RECT,
    SIGN_STEP,
    SLIDER,
    Look,
    paint_card,
    signs,
)
from gui.canvas.drawing import PLOT, Drawing, category_at
from gui.canvas.vector_card import drawing_for
from gui.theme import Theme

MARGIN = 8.0  # for focus ring and handles
BOUNDS = RECT.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
REACH = 12.0  # a handle is caught within this distance


@dataclass(frozen=True, slots=True)
class Picture:
    """A painted card; `scale` is pixels per canvas unit, `version` the state that it shows."""

    pixmap: QPixmap
    scale: float
    version: int


class NodeItem(QGraphicsItem):
    """Keeps one `Card` for the pointer; `CardLayer` paints it. Knows nothing of the project."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card
        self.look = Look()
        self.version = 0  # grows with each change that is seen
        self.near: Picture | None = None  # as it was painted last, with all its words
        self.far: Picture | None = None  # … and as seen from afar
        self.touched: Callable[[NodeItem], None] = _unseen
        self.notes: dict[str, str] = {}  # what others paint round it, in words, by topic
        self._drawing: Drawing | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self.setZValue(1)

    def show_card(self, card: Card) -> None:
        """Another card; nothing is repainted for an equal one."""
        if card != self.card:
            self.card, self._drawing = card, None
            self.renew()

    def show_look(self, look: Look) -> None:
        """Selected, focused, hovered …"""
        if look != self.look:
            self.look = look
            self.renew()

    def show_note(self, topic: str, words: str) -> None:
        """What somebody else paints round the card, in words; "" for nothing."""
        if words != self.notes.get(topic, ""):
            self.notes = {**self.notes, topic: words}

    def renew(self) -> None:
        """What was painted no longer shows how it is."""
        self.version += 1
        self.touched(self)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The card with room for its focus ring."""
        return BOUNDS

    def shape(self) -> QPainterPath:
        """The card itself."""
        path = QPainterPath()
        path.addRect(RECT)
        return path

    @property
    def drawing(self) -> Drawing:
        """The plot of the card, made once."""
        if self._drawing is None:
            self._drawing = drawing_for(self.card)
        return self._drawing

    def painted(self, scale: float, detail: float, theme: Theme) -> Picture:
        """The card at `scale` pixels per canvas unit, its words as at the zoom `detail`."""
        size = BOUNDS.size() * scale
        pixmap = QPixmap(ceil(size.width()), ceil(size.height()))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.scale(scale, scale)
        painter.translate(-BOUNDS.topLeft())
        paint_card(painter, self.card, self.drawing, self.look, theme, detail)
        painter.end()
        return Picture(pixmap, scale, self.version)

    def handle_at(self, point: QPointF) -> bool:
        """True where a scene point is on one of the rim handles."""
        near = self.mapFromScene(point)
        return any((near - handle).manhattanLength() <= REACH for handle in HANDLES)

    def slider_at(self, point: QPointF) -> bool:
        """True where a scene point is on the slider or bars by which the set value is changed."""
        near, card = self.mapFromScene(point), self.card
        if card.categories:
            return card.set_value is not None and PLOT.contains(near)
        held = card.set_value is not None or card.shift is not None or card.within is not None
        return held and not card.parts and SLIDER.contains(near)

    def bar_at(self, point: QPointF) -> int | None:
        """The category whose bar is at a scene point."""
        near = self.mapFromScene(point)
        return category_at(self.card, near.x()) if PLOT.contains(near) else None

    def sign_at(self, point: QPointF) -> str:
        """Which of the signs that can be pressed is at a scene point; "" for none."""
        near = self.mapFromScene(point)
        for name, at in signs(self.card):
            off = near - at
            if abs(off.x()) <= SIGN_STEP / 2 and abs(off.y()) <= SIGN_STEP / 2:
                return name
        return ""

    def value_at(self, point: QPointF) -> bool:
        """True where a scene point is on the written value, not on the slider beside it."""
        return (
            self.card.held
            and FOOT_ROW.contains(self.mapFromScene(point))
            and (not self.slider_at(point))
        )

    def name_at(self, point: QPointF) -> bool:
        """True where a scene point is on the written name."""
        return self.mapFromScene(point).y() < RECT.top() + 28

    def tip(self) -> str:
        """All that it says and that is said of it, for a tool tip."""
        said = "\n".join(filter(None, (tooltip(self.card), *self.notes.values())))
        words = html.escape(said).replace("\n", "<br>")
        return f"<qt>{words}</qt>"


class LoneNode(NodeItem):
    """A card that paints itself: it is shown before there is a node."""

    def __init__(self, card: Card, theme: Theme) -> None:
        super().__init__(card)
        self._theme = theme
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents, False)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """The card at the zoom of the view."""
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        paint_card(painter, self.card, self.drawing, self.look, self._theme, zoom)


def _unseen(node: NodeItem) -> None:
    """Nobody paints it yet."""

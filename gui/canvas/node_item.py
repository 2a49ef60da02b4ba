"""A node on the canvas: keeps its card and how it is held; painting is cached by Qt."""

import html

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.canvas.card import Card, tooltip
from gui.canvas.card_painter import HANDLES, RECT, SLIDER, Look, paint_card
from gui.canvas.drawing import PLOT, Drawing
from gui.canvas.vector_card import drawing_for
from gui.theme import Theme

MARGIN = 8.0  # for focus ring and handles
REACH = 12.0  # a handle is caught within this distance


class NodeItem(QGraphicsItem):
    """Shows one `Card`; knows nothing of the project."""

    def __init__(self, card: Card, theme: Theme) -> None:
        super().__init__()
        self.card = card
        self.look = Look()
        self._theme = theme
        self._drawing: Drawing | None = None
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setZValue(1)
        self._describe()

    def show_card(self, card: Card) -> None:
        """Another card; nothing is repainted for an equal one."""
        if card != self.card:
            self.card, self._drawing = card, None
            self._describe()
            self.update()

    def show_look(self, look: Look) -> None:
        """Selected, focused, hovered …"""
        if look != self.look:
            self.look = look
            self.update()

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The card with room for its focus ring."""
        return RECT.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    def shape(self) -> QPainterPath:
        """The card itself."""
        path = QPainterPath()
        path.addRect(RECT)
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the card at the zoom of the view."""
        if self._drawing is None:
            self._drawing = drawing_for(self.card)
        detail = option.levelOfDetailFromTransform(painter.worldTransform())
        paint_card(painter, self.card, self._drawing, self.look, self._theme, detail)

    def handle_at(self, point: QPointF) -> bool:
        """True where a scene point is on one of the rim handles."""
        near = self.mapFromScene(point)
        return any((near - handle).manhattanLength() <= REACH for handle in HANDLES)

    def slider_at(self, point: QPointF) -> bool:
        """True where a scene point is on the slider or bars by which the set value is changed."""
        near = self.mapFromScene(point)
        if self.card.set_value is None:
            return False
        return (PLOT if self.card.categories else SLIDER).contains(near)

    def name_at(self, point: QPointF) -> bool:
        """True where a scene point is on the written name."""
        return self.mapFromScene(point).y() < RECT.top() + 28

    def _describe(self) -> None:
        words = html.escape(tooltip(self.card)).replace("\n", "<br>")
        self.setToolTip(f"<qt>{words}</qt>")

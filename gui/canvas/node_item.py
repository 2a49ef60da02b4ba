"""A node on the canvas: keeps its card and how it is held; painting is cached by Qt."""

import html
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.canvas.card import Card, tooltip
from gui.canvas.card_painter import HANDLES, RECT, SLIDER, SMALL_TEXT_FROM, Look, paint_card
from gui.canvas.drawing import PLOT, Drawing
from gui.canvas.vector_card import drawing_for
from gui.theme import Theme

MARGIN = 8.0  # for focus ring and handles
BOUNDS = RECT.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
FAR = 0.97 * SMALL_TEXT_FROM  # the zoom of the picture that is seen from afar
REACH = 12.0  # a handle is caught within this distance


class NodeItem(QGraphicsItem):
    """Shows one `Card`; knows nothing of the project."""

    def __init__(self, card: Card, theme: Theme) -> None:
        super().__init__()
        self.card = card
        self.look = Look()
        self._theme = theme
        self._drawing: Drawing | None = None
        self._far = False
        self._picture: QPixmap | None = None
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setZValue(1)
        self._describe()

    def show_card(self, card: Card) -> None:
        """Another card; nothing is repainted for an equal one."""
        if card != self.card:
            self.card, self._drawing = card, None
            self._describe()
            self._renew()

    def show_look(self, look: Look) -> None:
        """Selected, focused, hovered …"""
        if look != self.look:
            self.look = look
            self._renew()

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        self._renew()

    def show_zoom(self, zoom: float) -> None:
        """From afar one picture serves every zoom, so that zooming need not paint each card."""
        far = zoom < SMALL_TEXT_FROM
        if far != self._far:
            self._far = far
            modes = QGraphicsItem.CacheMode
            self.setCacheMode(modes.NoCache if far else modes.DeviceCoordinateCache)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The card with room for its focus ring."""
        return BOUNDS

    def shape(self) -> QPainterPath:
        """The card itself."""
        path = QPainterPath()
        path.addRect(RECT)
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the card at the zoom of the view; from afar, the picture of it."""
        if self._far and widget is not None:
            ratio = widget.devicePixelRatioF()
            if self._picture is None or self._picture.devicePixelRatioF() != ratio:
                self._picture = self._painted(ratio)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(BOUNDS, self._picture, QRectF(self._picture.rect()))
            return
        self._paint(painter, option.levelOfDetailFromTransform(painter.worldTransform()))

    def _painted(self, ratio: float) -> QPixmap:
        """The card as it is seen from afar, sharp at the largest such zoom."""
        scale = FAR * ratio
        size = BOUNDS.size() * scale
        picture = QPixmap(ceil(size.width()), ceil(size.height()))
        picture.fill(Qt.GlobalColor.transparent)
        picture.setDevicePixelRatio(ratio)
        painter = QPainter(picture)
        painter.scale(FAR, FAR)
        painter.translate(-BOUNDS.topLeft())
        self._paint(painter, FAR)
        painter.end()
        return picture

    def _paint(self, painter: QPainter, detail: float) -> None:
        if self._drawing is None:
            self._drawing = drawing_for(self.card)
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

    def _renew(self) -> None:
        self._picture = None
        self.update()

    def _describe(self) -> None:
        words = html.escape(tooltip(self.card)).replace("\n", "<br>")
        self.setToolTip(f"<qt>{words}</qt>")

"""Probabilities of categories as horizontal bars: a block per category, layers below each other."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from gui.numerals import percent
from gui.phrases import tr
from gui.plots.densities import draw_arrow
from gui.plots.drawing import small
from gui.plots.picture import Layer, Picture, hatch, pen_of
from gui.theme import Theme

BAR, GAP, BLOCK = 10, 3, 10  # a bar, between bars, between blocks
HEAD = 24  # room for the gap's arrow above the block it is about


def height(picture: Picture, font: QFont) -> int:
    """Height of all blocks."""
    block = len(picture.layers) * (BAR + GAP) + BLOCK
    foot = QFontMetrics(font).height() if picture.axis else 0
    return len(picture.categories) * block + (HEAD if picture.gap else 0) + 8 + foot


def blocks(area: QRectF, picture: Picture) -> list[QRectF]:
    """Where each category's bars stand, over the whole width of `area`."""
    top, found = area.top() + 4, []
    tall = len(picture.layers) * (BAR + GAP) - GAP
    for code in range(len(picture.categories)):
        top += HEAD if code == picture.level and picture.gap else 0
        found.append(QRectF(area.left(), top, area.width(), tall))
        top += tall + GAP + BLOCK
    return found


def draw(painter: QPainter, theme: Theme, area: QRectF, picture: Picture) -> None:
    """Labels left, bars right; the asked-for category is strong and carries the gap."""
    metrics = painter.fontMetrics()
    widest = max(metrics.horizontalAdvance(name) for name in picture.categories)
    left = area.left() + min(widest + 14, area.width() * 0.45)
    right = area.right() - metrics.horizontalAdvance("100.0 %") - 8
    share = _scale(picture)
    places = blocks(area, picture)
    for code, (name, place) in enumerate(zip(picture.categories, places, strict=True)):
        asked, top = code == picture.level, place.top()
        block = QRectF(left, top, right - left, place.height())
        _draw_name(painter, theme, QRectF(area.left(), top, left - 8, block.height()), name, asked)
        for number, layer in enumerate(picture.layers):
            y = top + number * (BAR + GAP)
            _draw_bar(painter, theme, QRectF(left, y, block.width(), BAR), layer, code, share)
            _draw_value(
                painter, theme, QPointF(right + 6, y), area, value_text(picture, number, code)
            )
        if asked and picture.gap:
            _draw_gap(painter, theme, block, picture, share)
    if picture.axis:
        painter.setPen(theme.color("quiet"))
        words = tr("share of rows by {name}").format(name=picture.axis)
        room = QRectF(left, area.bottom() - metrics.height() - 2, right - left, metrics.height())
        words = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignHCenter), words)


def value_text(picture: Picture, number: int, code: int) -> str:
    """A bar's share as written beside it: of the asked-for category to the sentence's digits."""
    layer = picture.layers[number]
    if code == picture.level and layer.text:
        return layer.text
    return percent(float(layer.shape.y[code]))


def _scale(picture: Picture) -> float:
    most = max(float(layer.shape.y.max()) for layer in picture.layers)
    return next((top for top in (0.1, 0.2, 0.5) if most <= top), 1.0)


def _draw_name(painter: QPainter, theme: Theme, box: QRectF, name: str, asked: bool) -> None:
    painter.save()
    if asked:
        painter.setFont(small(painter.font(), 0.0, QFont.Weight.DemiBold))
    painter.setPen(theme.color("text" if asked else "quiet"))
    text = QFontMetrics(painter.font()).elidedText(
        name, Qt.TextElideMode.ElideMiddle, int(box.width())
    )
    painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
    painter.restore()


def _draw_bar(
    painter: QPainter, theme: Theme, box: QRectF, layer: Layer, code: int, share: float
) -> None:
    bar = QRectF(box)
    bar.setWidth(max(1.0, box.width() * float(layer.shape.y[code]) / share))
    painter.setPen(Qt.PenStyle.NoPen)
    if layer.filled:
        painter.setBrush(theme.color(f"{layer.role}_fill"))
        painter.drawRect(bar)
    if layer.hatched:
        painter.setBrush(hatch(theme, layer.role))
        painter.drawRect(bar)
    pen = pen_of(theme, layer)
    pen.setWidthF(1.4)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))


def _draw_value(painter: QPainter, theme: Theme, at: QPointF, area: QRectF, text: str) -> None:
    painter.setPen(theme.color("text"))
    box = QRectF(at.x(), at.y() - 4, area.right() - at.x(), BAR + 8)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)


def _draw_gap(
    painter: QPainter, theme: Theme, block: QRectF, picture: Picture, share: float
) -> None:
    first, last = picture.layers[0].value, picture.layers[1].value
    if first is None or last is None:
        return
    a = block.left() + block.width() * first / share
    b = block.left() + block.width() * last / share
    y = block.top() - 7
    painter.setPen(QPen(theme.color("line"), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(a, y), QPointF(a, block.top()))
    painter.drawLine(QPointF(b, y), QPointF(b, block.top() + BAR + GAP))
    draw_arrow(painter, theme, a, b, y)
    painter.save()
    painter.setFont(small(painter.font(), 0.0, QFont.Weight.DemiBold))
    width = painter.fontMetrics().horizontalAdvance(picture.gap)
    x = min(max((a + b) / 2 - width / 2, block.left()), block.right() - width)
    painter.setPen(theme.color("text"))
    painter.drawText(QPointF(x, y - 5), picture.gap)
    painter.restore()

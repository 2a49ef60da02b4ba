"""Densities, or what they add up to, over one axis; their means and the gap between two."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPolygonF

from gui.numerals import percent
from gui.phrases import tr
from gui.plots.drawing import held, small, tick_text, ticks
from gui.plots.picture import Kind, Layer, Picture, hatch, pen_of
from gui.theme import Theme

FOOT, HEAD = 24, 26  # room for the axis, and for the gap's arrow
SIDE, LEVELS = 16, 38  # room at the left for a name, and for shares
TALLEST = 2.5  # a spike is cut at this multiple of the first layer's peak


@dataclass(frozen=True, slots=True)
class View:
    """The ranges drawn, kept while the topic stays so that nothing jumps."""

    topic: object = None
    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None


def view(old: View, picture: Picture, topic: object) -> View:
    """The next view: wide enough for every layer, and as the old one where that will do."""
    lows, highs, peaks = [], [], []
    for layer in picture.layers:
        x, y = layer.shape.x, layer.shape.y
        peak = float(y.max()) if len(y) else 0.0
        if peak > 0:
            inside = np.flatnonzero(y > 0.004 * peak)
            lows.append(float(x[inside[0]]))
            highs.append(float(x[inside[-1]]))
            peaks.append(peak)
        if layer.value is not None:
            lows.append(layer.value)
            highs.append(layer.value)
    if not lows or not peaks:
        return View(topic)
    low, high = min(lows), max(highs)
    pad = 0.02 * (high - low) or max(abs(low), 1.0) / 2
    x_range = (low - pad, high + pad)
    y_range = (0.0, min(max(peaks), TALLEST * peaks[0]))
    if topic != old.topic:
        return View(topic, x_range, y_range)
    return View(topic, held(old.x, x_range), held(old.y, y_range))


def draw(
    painter: QPainter,
    theme: Theme,
    area: QRectF,
    picture: Picture,
    at: View,
    kind: Kind = Kind.DENSITY,
) -> None:
    """Axes, layers (filled ones first), marks and the gap."""
    scale = scale_of(area, picture, at, painter.fontMetrics(), kind)
    if scale is None:
        return
    plot = scale.plot
    _draw_axis(painter, theme, scale, picture.axis)
    _draw_side(painter, theme, area, scale, kind)
    painter.save()
    painter.setClipRect(plot.adjusted(-4, -2, 4, 1))
    for layer in sorted(picture.layers, key=lambda layer: not layer.filled):
        _draw_layer(painter, theme, layer, scale, plot)
    painter.restore()
    for layer in picture.layers:
        if layer.value is not None:
            _draw_mark(painter, theme, layer, scale, plot)
    if picture.gap:
        _draw_gap(painter, theme, picture, scale, plot)


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to pixels and back."""

    plot: QRectF
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def x(self, value: float) -> float:
        """Pixels from the left."""
        low, high = self.x_range
        return self.plot.left() + (value - low) / (high - low) * self.plot.width()

    def y(self, value: float) -> float:
        """Pixels from the top."""
        return self.plot.bottom() - value / self.y_range[1] * self.plot.height()

    def value(self, x: float) -> float:
        """The value at a pixel, inside the plot."""
        share = min(1.0, max(0.0, (x - self.plot.left()) / max(1.0, self.plot.width())))
        return self.x_range[0] + share * (self.x_range[1] - self.x_range[0])


def scale_of(
    area: QRectF, picture: Picture, at: View, metrics: QFontMetrics, kind: Kind
) -> Scale | None:
    """Where values stand in `area`; None where there is nothing to draw."""
    if at.x is None or at.y is None:
        return None
    left = SIDE + (LEVELS if kind is Kind.CUMULATIVE else 0)
    foot = FOOT + (metrics.height() if picture.axis else 0)
    y_range = (0.0, 1.0) if kind is Kind.CUMULATIVE else at.y
    return Scale(area.adjusted(left, HEAD, -4, -foot), at.x, y_range)


def _draw_axis(painter: QPainter, theme: Theme, scale: Scale, name: str) -> None:
    plot, metrics = scale.plot, painter.fontMetrics()
    painter.setPen(QPen(theme.color("border"), 1))
    painter.drawLine(plot.bottomLeft(), plot.bottomRight())
    painter.setPen(theme.color("quiet"))
    base = plot.bottom() + 4 + metrics.ascent()
    for value in ticks(*scale.x_range):
        text, x = tick_text(value), scale.x(value)
        half = metrics.horizontalAdvance(text) / 2
        if plot.left() - SIDE <= x - half and x + half <= plot.right() + 4:
            painter.drawText(QPointF(x - half, base), text)
        painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + 3))
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(plot.width()))
    left = plot.center().x() - metrics.horizontalAdvance(shown) / 2
    painter.drawText(QPointF(left, base + metrics.height()), shown)


def _draw_side(painter: QPainter, theme: Theme, area: QRectF, scale: Scale, kind: Kind) -> None:
    """What the height means, along the left; for shares their lines."""
    plot, metrics = scale.plot, painter.fontMetrics()
    words = tr("density")
    if kind is Kind.CUMULATIVE:
        words = tr("share at or below")
        for share in (0.0, 0.5, 1.0):
            y = scale.y(share)
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(theme.color("quiet"))
            text = percent(share)
            x = plot.left() - 5 - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(x, y + metrics.ascent() / 2 - 1), text)
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(plot.height()))
    painter.save()
    painter.setPen(theme.color("quiet"))
    middle = plot.center().y() + metrics.horizontalAdvance(shown) / 2
    painter.translate(area.left() + metrics.ascent() + 1, middle)
    painter.rotate(-90)
    painter.drawText(QPointF(0, 0), shown)
    painter.restore()


def _draw_layer(painter: QPainter, theme: Theme, layer: Layer, scale: Scale, plot: QRectF) -> None:
    x = scale.plot.left() + (layer.shape.x - scale.x_range[0]) * (
        plot.width() / (scale.x_range[1] - scale.x_range[0])
    )
    y = plot.bottom() - layer.shape.y * (plot.height() / scale.y_range[1])
    line = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    if not line:
        return
    base = plot.bottom()
    closed = QPolygonF([QPointF(line[0].x(), base), *line, QPointF(line[-1].x(), base)])
    painter.setPen(Qt.PenStyle.NoPen)
    if layer.filled:
        painter.setBrush(theme.color(f"{layer.role}_fill", 0.75))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawPolygon(closed)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if layer.hatched:
        painter.setBrush(hatch(theme, layer.role))
        painter.drawPolygon(closed)
    painter.setPen(pen_of(theme, layer))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(line))


def _draw_mark(painter: QPainter, theme: Theme, layer: Layer, scale: Scale, plot: QRectF) -> None:
    x = scale.x(layer.value or 0.0)
    pen = pen_of(theme, layer)
    pen.setWidthF(1.3)
    painter.setPen(pen)
    painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, plot.top() - 4))


def _draw_gap(
    painter: QPainter, theme: Theme, picture: Picture, scale: Scale, plot: QRectF
) -> None:
    first, last = picture.layers[0].value, picture.layers[1].value
    if first is None or last is None:
        return
    a, b, y = scale.x(first), scale.x(last), plot.top() - 5
    font = small(painter.font(), 0.0, QFont.Weight.DemiBold)
    draw_arrow(painter, theme, a, b, y)
    painter.save()
    painter.setFont(font)
    width = painter.fontMetrics().horizontalAdvance(picture.gap)
    x = min(max((a + b) / 2 - width / 2, plot.left()), plot.right() - width)
    painter.setPen(theme.color("text"))
    painter.drawText(QPointF(x, y - 6), picture.gap)
    painter.restore()


def draw_arrow(painter: QPainter, theme: Theme, start: float, end: float, y: float) -> None:
    """A horizontal arrow from the value before to the value after; a dot where they meet."""
    pen = QPen(theme.color("text"), 1.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    length = abs(end - start)
    if length < 3:
        painter.setBrush(theme.color("text"))
        painter.drawEllipse(QPointF((start + end) / 2, y), 1.8, 1.8)
        return
    painter.drawLine(QPointF(start, y), QPointF(end, y))
    head = min(4.0, length / 2) * (1 if end > start else -1)
    painter.drawLine(QPointF(end, y), QPointF(end - head, y - 3))
    painter.drawLine(QPointF(end, y), QPointF(end - head, y + 3))

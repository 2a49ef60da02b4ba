"""One row in two worlds: the value it had, the value imagined, and how far luck could move it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.appearance import Appearance
from gui.plots.cursor import Reading
from gui.plots.densities import draw_arrow
from gui.plots.drawing import Drawing, focus_ring, small, tick_text, ticks
from gui.plots.tabular import Rows


@dataclass(frozen=True, slots=True, eq=False)
class UnitPicture:
    """Values in the outcome's unit, with their texts; `density` of all rows from `ends`."""

    actual: float
    imagined: float
    actual_text: str
    imagined_text: str
    redraw: tuple[float, float] | None
    redraw_text: str
    ends: tuple[float, float]
    density: NDArray[np.float64]
    unit: str = ""
    name: str = ""

    @property
    def axis(self) -> str:
        """Name and unit: recovery (days)."""
        return f"{self.name} ({self.unit})" if self.name and self.unit else self.name or self.unit


class UnitPlot(Drawing):
    """A line of values: grey solid mark for what was, purple dotted for what would have been."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(appearance, name, parent)
        self.picture: UnitPicture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def draw(self, picture: UnitPicture | None) -> None:
        """Show `picture`; None is drawn as nothing."""
        self.picture = picture
        self.reread()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A low strip."""
        return QSize(300, 84 + round(4.4 * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Readable."""
        return QSize(160, self.sizeHint().height())

    def table(self) -> Rows:
        """The values as shown."""
        picture = self.picture
        if picture is None:
            return ()
        low, high = picture.redraw or (float("nan"), float("nan"))
        return (
            (self.tr("was"), self.tr("would be"), "5 %", "95 %"),
            tuple(f"{v:.6g}" for v in (picture.actual, picture.imagined, low, high)),
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Density, redraw range, the two marks with their values, the arrow between."""
        if self.picture is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        line = painter.fontMetrics().height()
        plot, low, scale = self._placed(line)
        high = low + plot.width() / scale

        def at(value: float) -> float:
            return plot.left() + (value - low) * scale

        self._draw_density(painter, plot, at(self.picture.ends[0]), at(self.picture.ends[1]))
        self._draw_axis(painter, plot, low, high, scale)
        if self.picture.redraw is not None:
            self._draw_redraw(painter, plot, at(self.picture.redraw[0]), at(self.picture.redraw[1]))
        self._draw_marks(painter, plot, at(self.picture.actual), at(self.picture.imagined))
        focus_ring(painter, self.appearance.theme, self)
        painter.end()

    def stops(self) -> Sequence[QPointF]:
        """What was, what would be, and the ends of luck, from left to right."""
        if self.picture is None:
            return ()
        plot, low, scale = self._placed(QFontMetrics(small(self.font())).height())
        y = plot.center().y()
        return [QPointF(plot.left() + (v - low) * scale, y) for v, _, _ in _marks(self.picture)]

    def reading_at(self, at: QPointF) -> Reading | None:
        """The mark nearest to a place."""
        stops = self.stops()
        if self.picture is None or not stops:
            return None
        near = min(range(len(stops)), key=lambda i: abs(stops[i].x() - at.x()))
        _, text, role = _marks(self.picture)[near]
        plot, _, _ = self._placed(QFontMetrics(small(self.font())).height())
        x = stops[near].x()
        return Reading(QLineF(x, plot.top(), x, plot.bottom()), self.picture.name, ((role, text),))

    def _placed(self, line: int) -> tuple[QRectF, float, float]:
        """Where is drawn, the value at its left, and pixels per unit."""
        plot = QRectF(self.rect()).adjusted(4, line + 4, -4, -3.4 * line - 20)
        low, high = (0.0, 1.0) if self.picture is None else _range(self.picture)
        return plot, low, plot.width() / (high - low)

    def _draw_density(self, painter: QPainter, plot: QRectF, left: float, right: float) -> None:
        density = self.picture.density if self.picture is not None else np.empty(0)
        if not len(density):
            return
        xs = np.linspace(left, right, len(density))
        ys = plot.bottom() - density / max(float(density.max()), 1e-300) * plot.height() * 0.8
        base = plot.bottom()
        points = [QPointF(left, base), *map(QPointF, xs, ys), QPointF(right, base)]
        painter.save()
        painter.setClipRect(plot)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.appearance.theme.color("seen_fill", 0.75))
        painter.drawPolygon(QPolygonF(points))
        painter.restore()

    def _draw_axis(
        self, painter: QPainter, plot: QRectF, low: float, high: float, scale: float
    ) -> None:
        theme, metrics = self.appearance.theme, painter.fontMetrics()
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.setPen(theme.color("quiet"))
        name = "" if self.picture is None else self.picture.axis
        name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(plot.width()))
        stop = plot.right() + 4
        base = plot.bottom() + 14 + metrics.ascent()
        middle = plot.center().x() - metrics.horizontalAdvance(name) / 2
        painter.drawText(QPointF(middle, base + 2.4 * metrics.height()), name)
        for value in ticks(low, high):
            x, text = plot.left() + (value - low) * scale, tick_text(value)
            half = metrics.horizontalAdvance(text) / 2
            if plot.left() <= x - half and x + half <= stop:
                painter.drawText(QPointF(x - half, base), text)

    def _draw_redraw(self, painter: QPainter, plot: QRectF, low: float, high: float) -> None:
        theme, y = self.appearance.theme, plot.bottom() + 8
        pen = QPen(theme.color("imagine"), 3)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([0.7, 0.7])
        painter.setPen(pen)
        painter.drawLine(QPointF(low, y), QPointF(high, y))
        painter.setPen(QPen(theme.color("imagine"), 1.4))
        for x in (low, high):
            painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 4))
        text = self.picture.redraw_text if self.picture is not None else ""
        metrics = painter.fontMetrics()
        width = metrics.horizontalAdvance(text)
        x = min(max((low + high - width) / 2, plot.left()), plot.right() - width)
        painter.drawText(QPointF(x, plot.bottom() + 16 + metrics.height() + metrics.ascent()), text)

    def _draw_marks(self, painter: QPainter, plot: QRectF, was: float, would: float) -> None:
        if self.picture is None:
            return
        theme, top = self.appearance.theme, plot.top() + 6
        painter.setPen(QPen(theme.color("seen"), 2))
        painter.drawLine(QPointF(was, top), QPointF(was, plot.bottom()))
        pen = QPen(theme.color("imagine"), 2.4)
        pen.setDashPattern([1.0, 1.2])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(would, top), QPointF(would, plot.bottom()))
        if abs(was - would) > 14:
            draw_arrow(painter, theme, was, would, top + 4)
        painter.setFont(small(painter.font(), 0.0, QFont.Weight.DemiBold))
        metrics = painter.fontMetrics()
        texts = [
            (was, self.picture.actual_text, "seen"),
            (would, self.picture.imagined_text, "imagine"),
        ]
        texts.sort(key=lambda text: text[0])
        widths = [metrics.horizontalAdvance(text) for _, text, _ in texts]
        left = min(max(texts[0][0] - widths[0] / 2, plot.left()), plot.right() - sum(widths) - 12)
        right = max(texts[1][0] - widths[1] / 2, left + widths[0] + 12)
        right = min(right, plot.right() - widths[1])
        left = min(left, right - widths[0] - 12)
        for x, (_, text, role) in zip((left, right), texts, strict=True):
            painter.setPen(theme.color("text" if role == "seen" else role))
            painter.drawText(QPointF(x, top - 6), text)


def _marks(picture: UnitPicture) -> list[tuple[float, str, str]]:
    """(value, words, colour role) of what stands in the picture, from left to right."""
    marks = [(picture.actual, picture.actual_text, "seen")]
    marks.append((picture.imagined, picture.imagined_text, "imagine"))
    marks += [(end, picture.redraw_text, "imagine") for end in picture.redraw or ()]
    return sorted(marks)


def _range(picture: UnitPicture) -> tuple[float, float]:
    values = [*picture.ends, picture.actual, picture.imagined, *(picture.redraw or ())]
    low, high = min(values), max(values)
    pad = 0.04 * (high - low) or 1.0
    return low - pad, high + pad

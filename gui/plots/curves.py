"""Curves over a numeric axis: with bands, marks and hatched ranges. pyqtgraph lives here only."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QFontMetrics, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui.appearance import Appearance
from gui.numerals import percent
from gui.plots.cursor import Reading
from gui.plots.drawing import Drawing, place_text, small, tick_text, ticks
from gui.plots.tabular import Rows

Array = NDArray[np.float64]
Faded = tuple[float, float, float]  # from, to, share that is extrapolated
DASHES = {
    "solid": Qt.PenStyle.SolidLine,
    "dashed": Qt.PenStyle.DashLine,
    "dotted": Qt.PenStyle.DotLine,
}


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """y over x in the colour of `role`; a band from `low` to `high` behind it; dots if `points`."""

    x: Array
    y: Array
    role: str = "do"
    label: str = ""
    line: str = "solid"
    low: Array | None = None
    high: Array | None = None
    points: bool = False
    width: float = 2.0


@dataclass(frozen=True, slots=True)
class Axes:
    """Ranges (None: what the curves need) and names of both axes; `names` writes places on x."""

    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None
    x_label: str = ""
    y_label: str = ""
    names: tuple[str, ...] = ()
    x_unit: str = ""
    y_unit: str = ""

    @property
    def across(self) -> str:
        """Name and unit of x: dose (mg)."""
        return f"{self.x_label} ({self.x_unit})" if self.x_unit else self.x_label

    @property
    def up(self) -> str:
        """Name and unit of y: recovery (days)."""
        return f"{self.y_label} ({self.y_unit})" if self.y_unit else self.y_label


class CurvePlot(Drawing):
    """`set_curves`, `set_marks` and `set_hatched` replace what is drawn; nothing pans or zooms."""

    slow = True  # a sixth of all that another theme takes

    def __init__(
        self, appearance: Appearance, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, name, parent)
        self.curves: tuple[Curve, ...] = ()
        self.axes = Axes()
        self.marks: tuple[tuple[float, str], ...] = ()
        self.hatched: tuple[Faded, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.canvas = _Canvas()
        self.item = self.canvas.getPlotItem()
        self.item.hideButtons()
        self.item.setMenuEnabled(False)
        self.item.setMouseEnabled(False, False)
        self.item.getViewBox().setDefaultPadding(0.0)
        self._drawn: list[pg.GraphicsObject] = []
        self._lines: list[pg.InfiniteLine] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self.restyle()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A strip."""
        return QSize(300, 172)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Readable."""
        return QSize(160, 110)

    def set_curves(self, curves: Sequence[Curve], axes: Axes | None = None) -> None:
        """Draw these curves instead."""
        self.curves = tuple(curves)
        self.axes = axes or self.axes
        self._redraw()

    def replace(self, curves: Sequence[Curve], axes: Axes, hatched: Sequence[Faded]) -> None:
        """Draw these curves over these hatched ranges instead, in one go."""
        self.hatched = tuple(hatched)
        self.set_curves(curves, axes)

    def set_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Vertical lines at (x, role)."""
        if tuple(marks) != self.marks:
            self.marks = tuple(marks)
            self._draw_marks()

    def set_hatched(self, ranges: Sequence[Faded]) -> None:
        """Ranges of x where a share of the answer has no data behind it."""
        if tuple(ranges) != self.hatched:
            self.hatched = tuple(ranges)
            self._redraw()

    def table(self) -> Rows:
        """One block of x, y, low and high per curve."""
        rows: list[list[str]] = []
        for curve in self.curves:
            rows.append([self.axes.across, curve.label or self.axes.up, "5 %", "95 %"])
            for number, x in enumerate(curve.x):
                ends = [end for end in (curve.low, curve.high) if end is not None]
                values = [x, curve.y[number], *(end[number] for end in ends)]
                rows.append([f"{value:.6g}" for value in values])
        return rows

    def stops(self) -> Sequence[QPointF]:
        """The places where the first curve is known."""
        if not self.curves:
            return ()
        xs, middle = self.curves[0].x, (self._y[0] + self._y[1]) / 2
        return [self._pixel(float(x), middle) for x in xs if self._x[0] <= x <= self._x[1]]

    def reading_at(self, at: QPointF) -> Reading | None:
        """Each curve at a place, with its band; and whether data stand there."""
        if not self.curves or not self._frame().adjusted(-6, -6, 6, 24).contains(at):
            return None
        box = self.item.getViewBox()
        scene = self.canvas.mapToScene(self.canvas.mapFrom(self, at.toPoint()))
        x = min(max(float(box.mapSceneToView(scene).x()), self._x[0]), self._x[1])
        near = float(self.curves[0].x[int(np.argmin(np.abs(self.curves[0].x - x)))])
        if self.axes.names or abs(self._pixel(near, self._y[0]).x() - at.x()) <= 1.5:
            x = near
        rows, dots = [], []
        for curve in self.curves:
            y = float(np.interp(x, curve.x, curve.y))
            rows += [(curve.role, words) for words in self._words(curve, x, y)]
            dots.append((self._pixel(x, y), curve.role))
        share = max((share for low, high, share in self.hatched if low <= x <= high), default=0)
        if share > 0:
            words = self.tr("{0} of this is extrapolated: few rows here")
            if share > 0.95:
                words = self.tr("{0} extrapolated: no rows here")
            rows.append(("warn", words.format(percent(share))))
        top, bottom = self._frame().top(), self._frame().bottom()
        place = self._pixel(x, self._y[0]).x()
        line = QLineF(place, top, place, bottom)
        return Reading(line, self._place(x), tuple(rows), tuple(dots))

    def _words(self, curve: Curve, x: float, y: float) -> tuple[str, ...]:
        unit = f" {self.axes.y_unit}" if self.axes.y_unit else ""
        value = f"{curve.label or self.axes.y_label} {place_text(y, *self._y)}{unit}"
        if curve.low is None or curve.high is None:
            return (value,)
        low, high = (float(np.interp(x, curve.x, end)) for end in (curve.low, curve.high))
        ends = (place_text(low, *self._y), place_text(high, *self._y))
        return value, self.tr("90 %: {0} to {1}").format(*ends)

    def _place(self, x: float) -> str:
        if self.axes.names:
            return f"{self.axes.x_label} = {self.axes.names[int(x)]}"
        unit = f" {self.axes.x_unit}" if self.axes.x_unit else ""
        return f"{self.axes.x_label} {place_text(x, *self._x)}{unit}"

    def _pixel(self, x: float, y: float) -> QPointF:
        scene = self.item.getViewBox().mapViewToScene(QPointF(x, y))
        return QPointF(self.canvas.mapTo(self, self.canvas.mapFromScene(scene)))

    def _frame(self) -> QRectF:
        box = self.item.getViewBox().sceneBoundingRect()
        return QRectF(self.canvas.mapFromScene(box).boundingRect())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The number of ticks follows the width."""
        super().resizeEvent(event)
        self._draw_ticks()
        self.reread()

    @Slot()
    def restyle(self) -> None:
        """Draw in the colours of the theme."""
        theme = self.appearance.theme
        self.canvas.setBackground(theme.color("surface"))
        font = small(self.font())
        for side in ("left", "bottom"):
            axis = self.item.getAxis(side)
            axis.setPen(QPen(theme.color("border"), 1))
            axis.setTextPen(theme.color("quiet"))
            axis.setTickFont(font)
            axis.setStyle(tickLength=-3, tickTextOffset=5)
        self._redraw()

    def _redraw(self) -> None:
        for item in self._drawn:
            self.item.removeItem(item)
        self._drawn = []
        self._set_ranges()
        theme = self.appearance.theme
        for low, high, share in self.hatched:
            color = theme.color("quiet", 0.08 + 0.42 * share)
            brush = QBrush(color, Qt.BrushStyle.BDiagPattern)
            region = pg.LinearRegionItem((low, high), brush=brush, pen=QPen(Qt.PenStyle.NoPen))
            region.setMovable(False)
            region.setZValue(-20)
            self._add(region)
        for low, high, share in joined_ranges(self.hatched):
            if high - low > 0.22 * (self._x[1] - self._x[0]):
                words = self.tr("up to {0} extrapolated").format(percent(share))
                label = pg.TextItem(words, theme.color("quiet"), anchor=(0.5, 0))
                label.setFont(small(self.font()))
                share = label.boundingRect().width() / max(1.0, self.item.getViewBox().width())
                label.setPos(_inside((low + high) / 2, self._x, share), self._y[1])
                self._add(label)
        for curve in self.curves:
            self._draw_curve(curve)
        self._draw_marks()
        self._draw_ticks()
        self._name_axes()
        self.reread()

    def _name_axes(self) -> None:
        style = {
            "color": self.appearance.theme.quiet,
            "font-size": f"{small(self.font()).pointSizeF():g}pt",
        }
        for side, words in (("bottom", self.axes.across), ("left", self.axes.up)):
            axis = self.item.getAxis(side)
            if axis.labelText != words or axis.labelStyle != style:
                axis.setLabel(html.escape(words), **style)
                axis.showLabel(bool(words))

    def _draw_marks(self) -> None:
        """Move the lines there are; only another number of them makes others."""
        while len(self._lines) > len(self.marks):
            self.item.removeItem(self._lines.pop())
        while len(self._lines) < len(self.marks):
            self._lines.append(pg.InfiniteLine(0, 90))
            self.item.addItem(self._lines[-1], ignoreBounds=True)
        for line, (x, role) in zip(self._lines, self.marks, strict=True):
            color = self.appearance.theme.color(role)
            line.setPen(pg.mkPen(color, width=1.2, style=Qt.PenStyle.DashLine))
            line.setPos(x)

    def _draw_curve(self, curve: Curve) -> None:
        color = self.appearance.theme.color(curve.role)
        pen = pg.mkPen(color, width=curve.width, style=DASHES[curve.line])
        if curve.points:
            self._draw_points(curve, pen)
            return
        if curve.low is not None and curve.high is not None:
            ends = [pg.PlotCurveItem(curve.x, end) for end in (curve.low, curve.high)]
            brush = QBrush(self.appearance.theme.color(curve.role, 0.18))
            band = pg.FillBetweenItem(*ends, brush=brush)
            band.setZValue(-10)
            self._add(band)
        self._add(pg.PlotCurveItem(curve.x, curve.y, pen=pen, antialias=True))

    def _draw_points(self, curve: Curve, pen: QPen) -> None:
        if curve.low is not None and curve.high is not None:
            self._add(
                pg.ErrorBarItem(
                    x=curve.x,
                    y=curve.y,
                    top=curve.high - curve.y,
                    bottom=curve.y - curve.low,
                    beam=0.12,
                    pen=pen,
                )
            )
        brush = QBrush(self.appearance.theme.color("surface"))
        self._add(pg.ScatterPlotItem(curve.x, curve.y, size=9, pen=pen, brush=brush))

    def _add(self, item: pg.GraphicsObject) -> None:
        self.item.addItem(item, ignoreBounds=True)
        self._drawn.append(item)

    def _set_ranges(self) -> None:
        self._x = self.axes.x or _extent([curve.x for curve in self.curves], 0.0)
        shown = [part for c in self.curves for part in (c.y, c.low, c.high) if part is not None]
        self._y = self.axes.y or _extent(shown, 0.06)
        self.item.setRange(xRange=self._x, yRange=self._y, padding=0, update=False)

    def _draw_ticks(self) -> None:
        if self.axes.names:
            places = self._named_places()
        else:
            places = [(x, tick_text(x)) for x in ticks(*self._x, max(2, self.width() // 70))]
        if places and self.axes.x_label and not self.axes.names:
            places = [place for place in places if place[0] < self._x[1]]
        self.item.getAxis("bottom").setTicks([places, []])
        values = ticks(*self._y, 3)
        levels = [(y, tick_text(y)) for y in (values if len(values) > 1 else ticks(*self._y, 6))]
        self.item.getAxis("left").setTicks([levels, []])

    def _named_places(self) -> list[tuple[float, str]]:
        """Category names shortened to the room each has; not all where that is little."""
        metrics = QFontMetrics(small(self.font()))
        room = max(1.0, (self.width() - 40) / len(self.axes.names))
        every = max(1, math.ceil(44 / room))
        elide = Qt.TextElideMode.ElideMiddle
        return [
            (float(x), metrics.elidedText(name, elide, int(every * room - 6)))
            for x, name in enumerate(self.axes.names)
            if x % every == 0
        ]


def joined_ranges(ranges: Sequence[Faded]) -> list[Faded]:
    """Ranges that touch as one, with the greatest share in it."""
    found: list[Faded] = []
    for low, high, share in sorted(ranges):
        if found and low <= found[-1][1] + 1e-9 * abs(high - low):
            found[-1] = (found[-1][0], max(high, found[-1][1]), max(share, found[-1][2]))
        else:
            found.append((low, high, share))
    return found


class _Canvas(pg.PlotWidget):
    """A plot that leaves the wheel and the keys to the page around it."""

    def __init__(self) -> None:
        super().__init__(useOpenGL=False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameStyle(0)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """The page scrolls."""
        event.ignore()


def _extent(parts: Sequence[Array], pad: float) -> tuple[float, float]:
    """Least and greatest finite value, widened by `pad` of their distance; (0, 1) for none."""
    finite = [part[np.isfinite(part)] for part in parts]
    lows = [float(part.min()) for part in finite if len(part)]
    highs = [float(part.max()) for part in finite if len(part)]
    if not lows:
        return 0.0, 1.0
    low, high = min(lows), max(highs)
    room = pad * (high - low) if high > low else max(abs(low), 1.0) * 0.1
    return low - room, high + room


def _inside(middle: float, ends: tuple[float, float], share: float) -> float:
    """The middle of what takes a share of an axis, aside where it would leave the axis."""
    low, high = ends
    half = min(0.5, share / 2) * (high - low)
    return min(max(middle, low + half), high - half)

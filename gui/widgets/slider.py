"""A slider over a variable's usual range, with the data's density behind it."""

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from gui.appearance import Appearance
from gui.numerals import short
from gui.spans import Span

EDGE = 8  # room for half a handle
TRACK = 9  # from the bottom


class DoseSlider(QSlider):
    """One value of a `Span`; `moved(float)` at every step by the user, `settled` when let go."""

    moved = Signal(float)
    settled = Signal()

    def __init__(
        self, appearance: Appearance, span: Span, role: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.appearance, self.span, self.role = appearance, span, role
        self.setRange(0, span.steps)
        self.setPageStep(max(1, span.steps // 10))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(80)
        self.valueChanged.connect(self._changed)
        appearance.changed.connect(self._repaint)

    def show_value(self, value: float) -> None:
        """Show a value (outside the span: its end) without a signal."""
        self.setAccessibleDescription(short(value))
        step = self.span.step_of(value)
        if step != self.value():
            self.blockSignals(True)
            self.setValue(step)
            self.blockSignals(False)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Density above the track, where there is one."""
        return QSize(200, 40 if len(self.span.density) else 22)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Still usable."""
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Density, track, handle."""
        theme, painter = self.appearance.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = self.height() - TRACK
        draw_density(painter, self.span, theme.color("seen_fill"), self.width(), y)
        draw_track(painter, theme.color("border"), EDGE, self.width() - EDGE, y)
        start = self._x_of(self.span.step_of(0.0)) if self.span.low < 0 < self.span.high else EDGE
        ends = sorted((start, self._x()))
        draw_track(painter, theme.color(self.role, 0.55), ends[0], ends[1], y)
        draw_handle(painter, QPointF(self._x(), y), theme.color(self.role), theme.color("surface"))
        if self.hasFocus():
            painter.setPen(QPen(theme.color("selected"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(self._x(), y), 8.2, 8.2)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the handle to the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag."""
        if self.isSliderDown():
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go."""
        if self.isSliderDown():
            self.setSliderDown(False)
            self.settled.emit()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """A key let go ends the move."""
        super().keyReleaseEvent(event)
        if not event.isAutoRepeat():
            self.settled.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """The wheel scrolls the page unless the slider has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _follow(self, event: QMouseEvent) -> None:
        share = (event.position().x() - EDGE) / max(1, self.width() - 2 * EDGE)
        self.setValue(round(min(1.0, max(0.0, share)) * self.span.steps))

    def _x(self) -> float:
        return self._x_of(self.value())

    def _x_of(self, step: int) -> float:
        return EDGE + step / max(1, self.span.steps) * (self.width() - 2 * EDGE)

    @Slot(int)
    def _changed(self, step: int) -> None:
        self.moved.emit(self.span.value(step))

    @Slot()
    def _repaint(self) -> None:
        self.update()


def draw_density(painter: QPainter, span: Span, color: QColor, width: int, base: int) -> None:
    """The data's density between the ends of the track, standing on `base`."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(_silhouette(span, width, base))


@lru_cache(maxsize=64)
def _silhouette(span: Span, width: int, base: int) -> QPolygonF:
    if not len(span.density):
        return QPolygonF()
    xs = np.linspace(EDGE, width - EDGE, len(span.density))
    ys = base - span.density / max(float(span.density.max()), 1e-300) * (base - 4)
    line = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
    return QPolygonF([QPointF(EDGE, base), *line, QPointF(width - EDGE, base)])


def draw_track(painter: QPainter, color: QColor, left: float, right: float, y: float) -> None:
    """A rounded line."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(left, y - 2, max(0.0, right - left), 4), 2, 2)


def draw_handle(painter: QPainter, at: QPointF, color: QColor, rim: QColor) -> None:
    """A round grip."""
    painter.setPen(QPen(rim, 2))
    painter.setBrush(color)
    painter.drawEllipse(at, 7.0, 7.0)

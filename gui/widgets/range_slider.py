"""Two handles over a variable's usual range: the rows between them are looked at."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.appearance import Appearance
from gui.spans import Span
from gui.widgets.slider import EDGE, TRACK, draw_density, draw_handle, draw_track

KEYS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -10,
    Qt.Key.Key_PageUp: 10,
}


class RangeSlider(QWidget):
    """A low and a high value of a `Span`; `moved(low, high)` by the user, `settled` when let go.

    Arrow keys move one handle, Space takes the other. A handle at the very end means "open".
    """

    moved = Signal(float, float)
    settled = Signal()

    def __init__(
        self, appearance: Appearance, span: Span, role: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.appearance, self.span, self.role = appearance, span, role
        self.steps = [0, span.steps]
        self.active = 0
        self._grip: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self._repaint)

    def show_range(self, low: float, high: float) -> None:
        """Show a range; beyond the span: its end."""
        first = 0 if math.isinf(low) else self.span.step_of(low)
        last = self.span.steps if math.isinf(high) else self.span.step_of(high)
        if [first, last] != self.steps:
            self.steps = [first, last]
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Density above the track."""
        return QSize(200, 40)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Still usable."""
        return QSize(80, 40)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Density, lit between the handles."""
        theme, painter = self.appearance.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = self.height() - TRACK
        low, high = (self._x(step) for step in self.steps)
        draw_density(painter, self.span, theme.color("seen_fill"), self.width(), y)
        painter.save()
        painter.setClipRect(QRectF(low, 0, max(1.0, high - low), y))
        draw_density(painter, self.span, theme.color(f"{self.role}_fill"), self.width(), y)
        painter.restore()
        draw_track(painter, theme.color("border"), EDGE, self.width() - EDGE, y)
        draw_track(painter, theme.color(self.role, 0.55), low, high, y)
        for number, x in enumerate((low, high)):
            color = theme.color(self.role)
            draw_handle(painter, QPointF(x, y), color, theme.color("surface"))
            if self.hasFocus() and number == self.active:
                painter.setPen(QPen(theme.color("selected"), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPointF(x, y), 8.2, 8.2)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """On a handle or outside: take it; between the handles: move both."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        low, high = (self._x(step) for step in self.steps)
        if low + 10 < x < high - 10 and self.steps != [0, self.span.steps]:
            self._grip = self._step(x) - self.steps[0]
        else:
            self._grip = None
            nearer = abs(x - low) - abs(x - high)
            self.active = int(nearer > 0 if nearer else x > high)
            self._take(self._step(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag."""
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        step = self._step(event.position().x())
        if self._grip is None:
            self._take(step)
            return
        width = self.steps[1] - self.steps[0]
        first = min(max(0, round(step - self._grip)), self.span.steps - width)
        self._put([first, first + width])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go."""
        self._grip = None
        self.settled.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows move, Home and End go to the ends, Space takes the other handle."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            self.active = 1 - self.active
            self.update()
        elif key in KEYS:
            self._take(self.steps[self.active] + KEYS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._take(0 if key == Qt.Key.Key_Home else self.span.steps)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """A key let go ends the move."""
        super().keyReleaseEvent(event)
        if not event.isAutoRepeat():
            self.settled.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show which handle the keys move."""
        super().focusInEvent(event)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """The wheel scrolls the page."""
        event.ignore()

    def _take(self, step: int) -> None:
        steps = list(self.steps)
        low, high = (0, steps[1]) if self.active == 0 else (steps[0], self.span.steps)
        steps[self.active] = min(high, max(low, step))
        self._put(steps)

    def _put(self, steps: list[int]) -> None:
        if steps == self.steps:
            return
        self.steps = steps
        self.update()
        low = -math.inf if steps[0] == 0 else self.span.value(steps[0])
        high = math.inf if steps[1] == self.span.steps else self.span.value(steps[1])
        self.moved.emit(low, high)

    def _step(self, x: float) -> int:
        share = (x - EDGE) / max(1, self.width() - 2 * EDGE)
        return round(min(1.0, max(0.0, share)) * self.span.steps)

    def _x(self, step: int) -> float:
        return EDGE + step / max(1, self.span.steps) * (self.width() - 2 * EDGE)

    @Slot()
    def _repaint(self) -> None:
        self.update()

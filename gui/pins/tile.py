"""One pinned answer: its name, its number, its interval, and whether it still stands."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from engine.queries.pins import Pin
from engine.queries.questions import Rung
from gui.appearance import Appearance
from gui.numerals import short
from gui.plots.drawing import small

WIDTH, HEIGHT, PAD = 208, 104, 10


@dataclass(frozen=True, slots=True)
class Scale:
    """The range that the numbers of like pins share."""

    low: float
    high: float


class PinTile(QAbstractButton):
    """Press to ask again; F2 names it, Delete takes it away, Ctrl+arrows move it."""

    rename_wanted = Signal()
    drop_wanted = Signal()
    shift_wanted = Signal(int)
    step_wanted = Signal(int)

    def __init__(self, appearance: Appearance, pin: Pin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.pin, self.stale, self.asked = pin, False, False
        self.scale: Scale | None = None
        self.about = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self._repaint)

    def show_pin(
        self, pin: Pin, about: str, scale: Scale | None, *, stale: bool, asked: bool
    ) -> None:
        """Show a pin; `about`: outcome and contrast; `asked`: the question panel asks it now."""
        self.pin, self.about, self.scale = pin, about, scale
        self.stale, self.asked = stale, asked
        warning = self.tr("graph or table changed since; press to ask again") if stale else ""
        words = filter(None, (pin.name, pin.said, pin.stage, warning))
        self.setAccessibleName(". ".join(words))
        lines = filter(None, (pin.name, pin.said, warning[:1].upper() + warning[1:]))
        self.setToolTip("\n".join(lines))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Alike for all."""
        line = self.fontMetrics().height()
        return QSize(max(WIDTH, 13 * line), max(HEIGHT, 2 * PAD + 5 * line + 4))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Everything by keys."""
        key = event.key()
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key))
        if key == Qt.Key.Key_F2:
            self.rename_wanted.emit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.drop_wanted.emit()
        elif step is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.shift_wanted.emit(step)
        elif step is not None:
            self.step_wanted.emit(step)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Name, number, interval, and what to doubt."""
        theme, painter = self._appearance.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        role = self._role()
        rim = theme.color("selected" if self.hasFocus() else role if self.asked else "border")
        painter.setPen(QPen(rim, 2.0 if self.hasFocus() or self.asked else 1.2))
        painter.setBrush(theme.color("sunken" if self.underMouse() else "surface"))
        painter.drawRoundedRect(box, 8, 8)
        line = self.fontMetrics().height()
        row = box.adjusted(PAD, PAD - 2, -PAD, 0)
        row.setHeight(line)
        strong = small(self.font(), 0.0, QFont.Weight.DemiBold)
        self._write(painter, row, self.pin.name, strong, theme.color(role))
        row.translate(0, line + 2)
        number = small(self.font(), 2.0, QFont.Weight.DemiBold)
        faint = "quiet" if self.stale else "text"
        words = self.pin.number or self.tr("no number")
        self._write(painter, row.adjusted(0, 0, 0, 6), words, number, theme.color(faint))
        tiny, interval = small(self.font()), self._interval()
        taken = painter.fontMetrics().horizontalAdvance(words) + 10
        beside = row.adjusted(min(taken, row.width()), 1, 0, 7)
        self._write(painter, beside, interval, tiny, theme.color("quiet"), right=True)
        row.translate(0, line + 7)
        self._write(painter, row, self.about, tiny, theme.color("quiet"))
        row.translate(0, line)
        self._draw_scale(painter, row, theme.color(role), theme.color("line"))
        row.translate(0, line)
        doubt = self.tr("▲ changed since: ask again") if self.stale else self.pin.stage
        self._write(painter, row, doubt, tiny, theme.color("warn"))
        painter.end()

    def _interval(self) -> str:
        if self.pin.low is None or self.pin.high is None:
            return ""
        return self.tr("{0} to {1}").format(short(self.pin.low), short(self.pin.high))

    def _role(self) -> str:
        return {Rung.SEE: "see", Rung.DO: "do"}.get(self.pin.question.rung, "imagine")

    def _draw_scale(self, painter: QPainter, row: QRectF, color: QColor, line: QColor) -> None:
        """The number and its interval on the axis that like pins share; 0 is marked."""
        pin, scale = self.pin, self.scale
        if scale is None or pin.value is None or scale.high <= scale.low:
            return

        def at(value: float) -> float:
            share = (value - scale.low) / (scale.high - scale.low)
            return row.left() + 4 + share * (row.width() - 8)

        y = row.center().y()
        painter.setPen(QPen(line, 1))
        painter.drawLine(QPointF(row.left(), y), QPointF(row.right(), y))
        if scale.low <= 0 <= scale.high:
            painter.drawLine(QPointF(at(0.0), y - 5), QPointF(at(0.0), y + 5))
        painter.setPen(QPen(color, 2.4))
        if pin.low is not None and pin.high is not None:
            painter.drawLine(QPointF(at(pin.low), y), QPointF(at(pin.high), y))
        painter.setBrush(color)
        painter.drawEllipse(QPointF(at(pin.value), y), 3.2, 3.2)

    def _write(
        self,
        painter: QPainter,
        row: QRectF,
        text: str,
        font: QFont,
        color: QColor,
        *,
        right: bool = False,
    ) -> None:
        painter.setFont(font)
        painter.setPen(color)
        elide = Qt.TextElideMode.ElideMiddle
        shown = painter.fontMetrics().elidedText(text, elide, int(row.width()))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter | side), shown)

    @Slot()
    def _repaint(self) -> None:
        self.update()

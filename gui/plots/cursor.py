"""What a plot says at one place: a line, dots on the curves, and a small box with the values."""

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.appearance import Appearance

PAD, GAP = 6.0, 10.0


@dataclass(frozen=True, slots=True)
class Reading:
    """`line` and `dots` in pixels of the plot; `head`: the place; `rows`: (colour role, words)."""

    line: QLineF
    head: str
    rows: tuple[tuple[str, str], ...]
    dots: tuple[tuple[QPointF, str], ...] = ()

    @property
    def words(self) -> str:
        """All of it in one line, for screen readers."""
        return f"{self.head}: " + "; ".join(text for _, text in self.rows)


class Cursor(QWidget):
    """Lies over a plot and lets the mouse through."""

    def __init__(self, appearance: Appearance, plot: QWidget) -> None:
        super().__init__(plot)
        self._appearance, self._plot = appearance, plot
        self.reading: Reading | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.hide()

    def show_reading(self, reading: Reading | None) -> None:
        """Show another place; None hides all."""
        self.reading = reading
        self.setGeometry(self._plot.rect())
        self.setVisible(reading is not None)
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Line, dots, box."""
        if self.reading is None:
            return
        theme, painter = self._appearance.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("text", 0.6), 1))
        painter.drawLine(self.reading.line)
        for at, role in self.reading.dots:
            painter.setPen(QPen(theme.color("surface"), 1.5))
            painter.setBrush(theme.color(role))
            painter.drawEllipse(at, 4.0, 4.0)
        self._draw_box(painter, self.reading)
        painter.end()

    def _draw_box(self, painter: QPainter, reading: Reading) -> None:
        theme = self._appearance.theme
        face = QFont(self.font())
        face.setPointSizeF(max(6.0, face.pointSizeF() - 1))
        strong = QFont(face)
        strong.setWeight(QFont.Weight.DemiBold)
        lines = [(strong, "text", reading.head), *((face, *row) for row in reading.rows)]
        painter.setFont(strong)
        metrics = painter.fontMetrics()
        widest = max(metrics.horizontalAdvance(text) for _, _, text in lines)
        size = QRectF(0, 0, widest + 2 * PAD, len(lines) * metrics.height() + 2 * PAD)
        box = self._placed(size, reading.line)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("surface", 0.94))
        painter.drawRoundedRect(box, 5, 5)
        for number, (font, role, text) in enumerate(lines):
            row = box.adjusted(PAD, PAD + number * metrics.height(), -PAD / 2, 0)
            painter.setFont(font)
            painter.setPen(theme.color("quiet" if role == "seen" else role))
            painter.drawText(row, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextSingleLine, text)

    def _placed(self, box: QRectF, line: QLineF) -> QRectF:
        """Beside the line, on the side where there is room, inside the plot."""
        left = max(line.x1(), line.x2()) + GAP
        if left + box.width() > self.width():
            left = min(line.x1(), line.x2()) - GAP - box.width()
        left = min(max(0.0, left), max(0.0, self.width() - box.width() - 1))
        top = min(max(0.0, min(line.y1(), line.y2())), max(0.0, self.height() - box.height() - 1))
        return box.translated(left + 0.5, top + 0.5)

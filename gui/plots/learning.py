"""The learning curve of one mechanism: score on the rows it learns from, and on held-out rows."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.appearance import Appearance

Curve = tuple[tuple[int, float, float], ...]  # (step, train, valid), nats per row


class LearningCurve(QWidget):
    """Two lines: learnt rows thin and grey, held-out rows thick; both named at their ends."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._name = ""
        self._curve: Curve = ()
        self.setMinimumWidth(126)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Learning curve"))
        self.setToolTip(
            self.tr(
                "Score: log-likelihood in nats per row, on the rows that are learnt from and on "
                "held-out rows; higher is better"
            )
        )
        appearance.changed.connect(self.update)

    def show_curve(self, name: str, curve: Curve) -> None:
        """Draw the curve of the variable `name`."""
        self._name = name
        self._curve = tuple(point for point in curve if all(map(math.isfinite, point)))
        if self._curve:
            step, train, valid = self._curve[-1]
            self.setAccessibleDescription(
                self.tr("{0}: after {1} steps {2} on learnt rows, {3} on held-out rows").format(
                    name, step, f"{train:.3f}", f"{valid:.3f}"
                )
            )
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for two labels."""
        return QSize(224, 120)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The two lines on one scale."""
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = QFont(self.font())
        small.setPointSizeF(self.font().pointSizeF() * 0.88)
        painter.setFont(small)
        painter.setPen(theme.color("quiet"))
        area = QRectF(self.rect()).adjusted(4, 4, -8, -4)
        if len(self._curve) < 2:
            words = self.tr("The learning curve appears while training.")
            painter.drawText(area, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, words)
            return
        line = painter.fontMetrics().height()
        caption = self.tr("{0}: score, higher is better").format(self._name)
        caption = painter.fontMetrics().elidedText(
            caption, Qt.TextElideMode.ElideMiddle, int(area.width())
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignTop, caption)
        plot = area.adjusted(0, line + 4, -72, -line - 2)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        self._paint_lines(painter, plot)
        painter.setPen(theme.color("quiet"))
        steps = self.tr("{0} steps").format(self._curve[-1][0])
        below = QRectF(plot.left(), plot.bottom() + 2, plot.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, steps)

    def _paint_lines(self, painter: QPainter, plot: QRectF) -> None:
        theme = self._appearance.theme
        train = _placed([(step, value) for step, value, _ in self._curve], self._range(), plot)
        valid = _placed([(step, value) for step, _, value in self._curve], self._range(), plot)
        painter.setPen(QPen(theme.color("seen"), 1.2))
        painter.drawPolyline(train)
        painter.setPen(QPen(theme.color("outcome"), 2.0))
        painter.drawPolyline(valid)
        ends = sorted(
            [
                (train.last().y(), self.tr("learnt"), "seen"),
                (valid.last().y(), self.tr("held out"), "outcome"),
            ]
        )
        gap = painter.fontMetrics().height()
        if ends[1][0] - ends[0][0] < gap:
            middle = (ends[0][0] + ends[1][0]) / 2
            ends = [(middle - gap / 2, *ends[0][1:]), (middle + gap / 2, *ends[1][1:])]
        for y, words, role in ends:
            painter.setPen(theme.color(role))
            box = QRectF(plot.right() + 6, y - gap / 2, 70, gap)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)

    def _range(self) -> tuple[float, float, float, float]:
        values = [value for _, train, valid in self._curve for value in (train, valid)]
        values.sort()
        low = values[len(values) // 20]  # the first steps may be far off
        return self._curve[0][0], self._curve[-1][0], low, values[-1]


def _placed(
    points: list[tuple[int, float]], limits: tuple[float, float, float, float], plot: QRectF
) -> QPolygonF:
    first, last, low, high = limits
    across, tall = (last - first) or 1, (high - low) or 1.0
    return QPolygonF(
        [
            QPointF(
                plot.left() + plot.width() * (step - first) / across,
                plot.bottom() - plot.height() * max(0.0, (value - low) / tall),
            )
            for step, value in points
        ]
    )

"""The learning curve of one mechanism: score on the rows it learns from, and on held-out rows."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.appearance import Appearance
from gui.numerals import count, rounded, written
from gui.plots.cursor import Reading
from gui.plots.drawing import Drawing, focus_ring, small, tick_text, ticks
from gui.plots.tabular import Rows

Curve = tuple[tuple[int, float, float], ...]  # (step, train, valid), nats per row
Limits = tuple[float, float, float, float]  # first and last step, lowest and highest score
DIGEST = 12  # rows of the table that is shown to read


class LearningCurve(Drawing):
    """Two lines: learnt rows thin and grey, held-out rows thick; both named at their ends."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, self.tr("Learning curve"), parent)
        self._name = ""
        self._curve: Curve = ()
        self._limits: Limits = (0.0, 1.0, 0.0, 1.0)
        self.setMinimumWidth(126)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Expanding)
        self.setToolTip(
            self.tr(
                "Score: log-likelihood in nats per row, on the rows that are learnt from and on "
                "held-out rows; higher is better"
            )
        )

    def show_curve(self, name: str, curve: Curve) -> None:
        """Draw the curve of the variable `name`."""
        self._name = name
        self._curve = tuple(point for point in curve if all(map(math.isfinite, point)))
        self._limits = _limits(self._curve)
        if self._curve:
            step, train, valid = self._curve[-1]
            words = self.tr("{0}: after {1} steps {2} on learnt rows, {3} on held-out rows")
            self.describe(words.format(name, count(step), _score(train), _score(valid)))
        else:
            self.describe("")
        self.reread()
        self.update()

    def table(self) -> Rows:
        """Every step heard of, with its two scores, nats per row."""
        if not self._curve:
            return ()
        head = (self.tr("step"), self.tr("learnt rows"), self.tr("held-out rows"))
        rows = ((str(s), f"{train:.6g}", f"{valid:.6g}") for s, train, valid in self._curve)
        return (head, *rows)

    def digest(self) -> Rows:
        """About a dozen steps, the last among them."""
        head, *rows = self.table() or ((),)
        stride = max(1, math.ceil(len(rows) / DIGEST))
        return (head, *rows[::-1][::stride][::-1]) if rows else ()

    def stops(self) -> Sequence[QPointF]:
        """The steps, from left to right."""
        plot = self._plot()
        return self._placed([(step, value) for step, _, value in self._curve], plot)

    def reading_at(self, at: QPointF) -> Reading | None:
        """The step nearest to a place, and its scores."""
        held, plot = self.stops(), self._plot()
        if len(held) < 2:
            return None
        near = min(range(len(held)), key=lambda i: abs(held[i].x() - at.x()))
        step, train, valid = self._curve[near]
        learnt = self._placed([(step, train)], plot)[0]
        x = held[near].x()
        rows = (
            ("seen", self.tr("learnt {0}").format(_score(train))),
            ("outcome", self.tr("held out {0}").format(_score(valid))),
        )
        head = self.tr("step {0}").format(count(step))
        line = QLineF(x, plot.top(), x, plot.bottom())
        return Reading(line, head, rows, ((learnt, "seen"), (held[near], "outcome")))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for two labels."""
        return QSize(224, 120)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The two lines on one scale, with its numbers."""
        theme = self.appearance.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        painter.setPen(theme.color("quiet"))
        area = QRectF(self.rect()).adjusted(4, 4, -8, -4)
        if len(self._curve) < 2:
            words = self.tr("The learning curve appears while training.")
            painter.drawText(area, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, words)
        else:
            caption = self.tr("{0}: score, higher is better").format(self._name)
            elide = Qt.TextElideMode.ElideMiddle
            caption = painter.fontMetrics().elidedText(caption, elide, int(area.width()))
            painter.drawText(area, Qt.AlignmentFlag.AlignTop, caption)
            self._paint_axes(painter)
            self._paint_lines(painter)
        focus_ring(painter, theme, self)
        painter.end()

    def _paint_axes(self, painter: QPainter) -> None:
        theme, plot, metrics = self.appearance.theme, self._plot(), painter.fontMetrics()
        _, last, low, high = self._limits
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.setPen(theme.color("quiet"))
        room = max(1, int(plot.height() / (2 * metrics.height())))
        for value in ticks(low, high, min(3, room)):
            y = plot.bottom() - plot.height() * (value - low) / ((high - low) or 1.0)
            box = QRectF(0, y - metrics.height() / 2, plot.left() - 4, metrics.height())
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, right, tick_text(value))
        below = QRectF(plot.left(), plot.bottom() + 2, plot.width(), metrics.height())
        steps = self.tr("{0} steps").format(count(int(last)))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, steps)

    def _paint_lines(self, painter: QPainter) -> None:
        theme, plot = self.appearance.theme, self._plot()
        train = self._placed([(step, value) for step, value, _ in self._curve], plot)
        valid = self._placed([(step, value) for step, _, value in self._curve], plot)
        painter.setPen(QPen(theme.color("seen"), 1.2))
        painter.drawPolyline(QPolygonF(train))
        painter.setPen(QPen(theme.color("outcome"), 2.0))
        painter.drawPolyline(QPolygonF(valid))
        ends = sorted(
            [
                (train[-1].y(), self.tr("learnt"), "seen"),
                (valid[-1].y(), self.tr("held out"), "outcome"),
            ]
        )
        gap = painter.fontMetrics().height()
        if ends[1][0] - ends[0][0] < gap:
            middle = (ends[0][0] + ends[1][0]) / 2
            ends = [(middle - gap / 2, *ends[0][1:]), (middle + gap / 2, *ends[1][1:])]
        for y, words, role in ends:
            painter.setPen(theme.color("quiet" if role == "seen" else role))
            box = QRectF(plot.right() + 6, y - gap / 2, self.width() - plot.right() - 6, gap)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)

    def _plot(self) -> QRectF:
        """Where the lines are: below the caption, between the scale and the names."""
        metrics = QFontMetrics(small(self.font()))
        line = metrics.height()
        names = max(map(metrics.horizontalAdvance, (self.tr("learnt"), self.tr("held out"))))
        low, high = self._limits[2:]
        scale = max((metrics.horizontalAdvance(tick_text(v)) for v in ticks(low, high, 3)),
                    default=0)  # fmt: skip
        area = QRectF(self.rect()).adjusted(4 + scale, 4, -8, -4)
        return area.adjusted(4, line + 6, -names - 6, -line - 2)

    def _placed(self, points: list[tuple[int, float]], plot: QRectF) -> list[QPointF]:
        first, last, low, high = self._limits
        across, tall = (last - first) or 1, (high - low) or 1.0
        return [
            QPointF(
                plot.left() + plot.width() * (step - first) / across,
                plot.bottom() - plot.height() * max(0.0, (value - low) / tall),
            )
            for step, value in points
        ]


def _limits(curve: Curve) -> Limits:
    values = sorted(value for _, train, valid in curve for value in (train, valid))
    if not values:
        return 0.0, 1.0, 0.0, 1.0
    low = values[len(values) // 20]  # the first steps may be far off
    return curve[0][0], curve[-1][0], low, values[-1]


def _score(value: float) -> str:
    """Nats per row, to a thousandth."""
    return written(rounded(value, 3))

"""Where held-out rows fell in what was predicted for them: bars beside the number expected."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.queries.answers import Calibration
from gui.appearance import Appearance
from gui.plots.drawing import Drawing, small
from gui.plots.tabular import Rows

REACH = 1.96  # standard deviations of a count that are shaded around what is expected


class CalibrationPlot(Drawing):
    """Bars: rows seen per bin of predicted share (or chance); dashes: rows expected, with scatter.

    The caption above the bars says what they show, the description in a whole sentence.
    """

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, self.tr("Held-out rows"), parent)
        self._found: Calibration | None = None
        self._caption = ""
        self.setMinimumWidth(126)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Expanding)

    def show_calibration(
        self, name: str, found: Calibration | None, caption: str, sentence: str
    ) -> None:
        """Draw how the variable `name` met its held-out rows."""
        self._found = found
        self._caption = f"{name}: {caption}"
        self.describe(f"{name}: {sentence}" if sentence else "")
        self.setToolTip(f"{sentence}\n{self._meaning()}" if found is not None else "")
        self.update()

    @property
    def known(self) -> bool:
        """True where there is something to draw."""
        return self._found is not None

    def table(self) -> Rows:
        """Bins with rows seen and expected."""
        if self._found is None:
            return ()
        bins = len(self._found.observed)
        head = (self.tr("from"), self.tr("to"), self.tr("seen"), self.tr("expected"))
        pairs = zip(self._found.observed, self._found.expected, strict=True)
        return (
            head,
            *(
                (f"{i / bins:.2f}", f"{(i + 1) / bins:.2f}", str(seen), f"{expected:.1f}")
                for i, (seen, expected) in enumerate(pairs)
            ),
        )

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as a learning curve."""
        return QSize(224, 120)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Sentence, bars, and what lies at the ends of the axis."""
        theme = self.appearance.theme
        painter = QPainter(self)
        painter.setFont(small(self.font()))
        painter.setPen(theme.color("quiet"))
        area = QRectF(self.rect()).adjusted(4, 4, -8, -4)
        if self._found is None:
            return
        flags = int(Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        taken = painter.boundingRect(area, flags, self._caption)
        painter.drawText(area, flags, self._caption)
        line = painter.fontMetrics().height()
        plot = area.adjusted(0, taken.height() + 6, 0, -line - 2)
        if plot.height() < line:
            return
        self._paint_bars(painter, plot, self._found)
        painter.setPen(theme.color("quiet"))
        below = QRectF(plot.left(), plot.bottom() + 2, plot.width(), line)
        chances = self._found.chances
        middle = self.tr("predicted chance") if chances else self.tr("predicted share below")
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, "1")
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, middle)

    def _paint_bars(self, painter: QPainter, plot: QRectF, found: Calibration) -> None:
        theme = self.appearance.theme
        most = max(*found.observed, *(top(e) for e in found.expected), 1.0)
        width = plot.width() / len(found.observed)

        def height(rows: float) -> float:
            return plot.bottom() - plot.height() * rows / most

        for i, seen in enumerate(found.observed):
            left = plot.left() + i * width
            bar = QRectF(QPointF(left + 1, height(seen)), QPointF(left + width - 1, plot.bottom()))
            painter.fillRect(bar, theme.color("seen", 0.65))
        for i, expected in enumerate(found.expected):
            if expected <= 0:
                continue
            left = plot.left() + i * width
            low, high = height(top(expected)), height(max(0.0, 2 * expected - top(expected)))
            band = QRectF(QPointF(left, low), QPointF(left + width, high))
            painter.fillRect(band, theme.color("do", 0.18))
            painter.setPen(QPen(theme.color("do"), 1.6))
            painter.drawLine(
                QPointF(left, height(expected)), QPointF(left + width, height(expected))
            )
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())

    def _meaning(self) -> str:
        if self._found is not None and self._found.chances:
            return self.tr(
                "Bars: how often the category occurred among held-out rows, by its predicted "
                "chance. Line: how often it was expected to, shaded within chance."
            )
        return self.tr(
            "Each held-out row stands where it fell in what was predicted for it: 0 lowest, 1 "
            "highest. Right predictions give even bars. Line: expected, shaded within chance."
        )


def top(expected: float) -> float:
    """The upper end of the scatter of a count."""
    return expected + REACH * math.sqrt(expected)

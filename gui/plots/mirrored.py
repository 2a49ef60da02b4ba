"""Two groups of rows on one axis: the one above it, the other below."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.appearance import Appearance
from gui.numerals import shown
from gui.plots.cursor import Reading
from gui.plots.drawing import Drawing, focus_ring, small, tick_text, ticks
from gui.plots.picture import draw_empty
from gui.plots.tabular import Rows

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Mirror:
    """Shares (bins,) of rows between `edges` (bins + 1,), of the group above and the one below.

    `after`: the same two after weighting, drawn as a line; () where there is no after.
    """

    edges: Shares
    above: Shares
    below: Shares
    names: tuple[str, str]
    axis: str
    after: tuple[Shares, ...] = ()


class MirrorPlot(Drawing):
    """Bars up and bars down; what weighting makes of them as a dashed line."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(appearance, name, parent)
        self.picture: Mirror | None = None
        self.empty = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def draw(self, picture: Mirror | None, empty: str = "") -> None:
        """Show `picture`, or the words `empty`."""
        self.picture, self.empty = picture, empty
        self.reread()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Comfortable."""
        return QSize(260, 120)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Readable."""
        return QSize(90, 80)

    def table(self) -> Rows:
        """Bins with the share of either group, before and after."""
        if self.picture is None:
            return ()
        found, (first, second) = self.picture, self.picture.names
        head = [self.tr("from"), self.tr("to"), first, second]
        columns = [found.edges[:-1], found.edges[1:], found.above, found.below]
        if found.after:
            head += [self.tr("{0}, weighted").format(name) for name in found.names]
            columns += found.after
        lines = zip(*columns, strict=True)
        return (head, *([f"{value:.4g}" for value in line] for line in lines))

    def stops(self) -> Sequence[QPointF]:
        """The bins."""
        if self.picture is None:
            return ()
        box, edges = self._plot(), self.picture.edges
        middles = (edges[:-1] + edges[1:]) / 2
        return [QPointF(self._x(box, float(m)), box.center().y()) for m in middles]

    def reading_at(self, at: QPointF) -> Reading | None:
        """The shares of a bin."""
        found = self.picture
        if found is None:
            return None
        box = self._plot()
        if not box.contains(at):
            return None
        bins = len(found.above)
        number = min(bins - 1, int((at.x() - box.left()) / box.width() * bins))
        low, high = (float(end) for end in found.edges[number : number + 2])
        words = []
        for side, role in ((0, "do"), (1, "seen")):
            text = f"{found.names[side]}: {_share((found.above, found.below)[side][number])}"
            if found.after:
                weighted = _share(found.after[side][number])
                text = self.tr("{0}, weighted {1}").format(text, weighted)
            words.append((role, text))
        x = self._x(box, (low + high) / 2)
        head = f"{shown(f'{low:.3g}')} – {shown(f'{high:.3g}')}"
        return Reading(QLineF(x, box.top(), x, box.bottom()), head, tuple(words))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Bars, lines, axis."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        if self.picture is None:
            draw_empty(painter, self.appearance.theme, QRectF(self.rect()), self.empty)
        else:
            self._paint(painter, self.picture, self._plot())
        focus_ring(painter, self.appearance.theme, self)
        painter.end()

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _plot(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(self.rect()).adjusted(8, line + 2, -8, -2 * line - 2)

    def _x(self, box: QRectF, value: float) -> float:
        assert self.picture is not None
        low, high = float(self.picture.edges[0]), float(self.picture.edges[-1])
        return box.left() + box.width() * (value - low) / (high - low)

    def _paint(self, painter: QPainter, found: Mirror, box: QRectF) -> None:
        theme, metrics = self.appearance.theme, painter.fontMetrics()
        most = max(float(np.max(part)) for part in (found.above, found.below, *found.after))
        middle, reach = box.center().y(), box.height() / 2 / max(most, 1e-12)
        sides = ((found.above, -1.0, "do"), (found.below, 1.0, "seen"))
        for number, (shares, way, role) in enumerate(sides):
            for i, share in enumerate(shares):
                left, right = self._x(box, found.edges[i]), self._x(box, found.edges[i + 1])
                bar = QRectF(left + 0.5, middle, right - left - 1, way * float(share) * reach)
                painter.fillRect(bar.normalized(), theme.color(role, 0.45))
            if found.after:
                painter.setPen(QPen(theme.color("text"), 1.4, Qt.PenStyle.DashLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(self._steps(box, found.after[number], middle, way * reach))
            painter.setPen(theme.color("do" if role == "do" else "quiet"))
            head = QRectF(box.left(), 1, box.width(), metrics.height())
            words = f"{'↑' if way < 0 else '↓'} {found.names[number]}"
            text = metrics.elidedText(
                words, Qt.TextElideMode.ElideMiddle, int(head.width() / 2) - 4
            )
            side = Qt.AlignmentFlag.AlignLeft if way < 0 else Qt.AlignmentFlag.AlignRight
            painter.drawText(head, side, text)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(QLineF(box.left(), middle, box.right(), middle))
        self._paint_axis(painter, found, box)

    def _steps(self, box: QRectF, shares: Shares, middle: float, reach: float) -> QPainterPath:
        assert self.picture is not None
        path = QPainterPath(QPointF(box.left(), middle))
        for i, share in enumerate(shares):
            y = middle + float(share) * reach
            path.lineTo(self._x(box, float(self.picture.edges[i])), y)
            path.lineTo(self._x(box, float(self.picture.edges[i + 1])), y)
        path.lineTo(box.right(), middle)
        return path

    def _paint_axis(self, painter: QPainter, found: Mirror, box: QRectF) -> None:
        metrics = painter.fontMetrics()
        painter.setPen(self.appearance.theme.color("quiet"))
        ends = float(found.edges[0]), float(found.edges[-1])
        for value in ticks(*ends, max(2, int(box.width() // 60))):
            text = tick_text(value)
            wide = metrics.horizontalAdvance(text)
            x = min(max(self._x(box, value) - wide / 2, 0.0), self.width() - wide - 1.0)
            painter.drawText(QPointF(x, box.bottom() + metrics.ascent() + 1), text)
        words = found.axis
        if found.after:
            words = self.tr("{0}; dashed: weighted").format(words)
        place = QRectF(4, box.bottom() + metrics.height(), self.width() - 8.0, metrics.height())
        text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight, text)


def _share(value: float) -> str:
    return shown(f"{100 * float(value):.1f} %")

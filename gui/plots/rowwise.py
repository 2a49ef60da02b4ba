"""Named rows over one axis: marks and spans, as in a forest plot or a love plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.appearance import Appearance
from gui.plots.cursor import Reading
from gui.plots.drawing import Drawing, focus_ring, small, tick_text, ticks
from gui.plots.picture import draw_empty
from gui.plots.tabular import Rows

RADIUS = 4.0
LEAST_WITH_TEXTS = 380  # pixels of the plot from which figures stand at the right
MOST_LABEL = 0.45  # share of the plot that names may take


class Shape(StrEnum):
    """Marks that differ without colour."""

    DISC = "disc"
    RING = "ring"
    SQUARE = "square"
    DIAMOND = "diamond"


@dataclass(frozen=True, slots=True)
class Point:
    """A value on the axis in the colour of `role`; `name` is what the legend calls it."""

    value: float
    shape: Shape
    role: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A name, its points, an interval where it has one, and its figures in words."""

    label: str
    points: tuple[Point, ...]
    span: tuple[float, float] | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class RowPicture:
    """Rows from top to bottom. `lines` are places on the axis with a meaning (0, or .1).

    `head` and `figures` are the table: a header, and one line per row after its name. `least`: the
    axis goes from its first to its second number at least. `more`: says how many rows are left out.
    """

    rows: tuple[Row, ...]
    axis: str
    lines: tuple[float, ...]
    head: tuple[str, ...]
    figures: tuple[tuple[str, ...], ...]
    least: tuple[float, float] | None = None
    more: str = "{0}"
    legend: bool = False


class RowPlot(Drawing):
    """As many rows as there is room for; the table has them all."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(appearance, name, parent)
        self.picture: RowPicture | None = None
        self.empty = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def draw(self, picture: RowPicture | None, empty: str = "") -> None:
        """Show `picture`, or the words `empty`."""
        if (picture, empty) != (self.picture, self.empty):
            self.picture, self.empty = picture, empty
            self.reread()
            self.update()

    def table(self) -> Rows:
        """A header, and every row with its figures."""
        if self.picture is None:
            return ()
        pairs = zip(self.picture.rows, self.picture.figures, strict=True)
        return (self.picture.head, *((row.label, *figures) for row, figures in pairs))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Comfortable for some rows."""
        return QSize(300, 120)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Two rows and the axis."""
        return QSize(90, 4 * self._metrics().height())

    def stops(self) -> Sequence[QPointF]:
        """The rows that are drawn."""
        if self.picture is None:
            return ()
        box = self._plot(self.picture)
        return [QPointF(box.center().x(), self._y(box, i)) for i in range(self._fitting())]

    def reading_at(self, at: QPointF) -> Reading | None:
        """The figures of a row."""
        if self.picture is None:
            return None
        box = self._plot(self.picture)
        number = int((at.y() - box.top()) // self._step())
        if not 0 <= number < self._fitting() or not box.top() <= at.y() <= box.bottom():
            return None
        row, y = self.picture.rows[number], self._y(box, number)
        named = tuple((p.role, f"{p.name}: {p.value:.2f}") for p in row.points if p.name)
        words = named or ((row.points[0].role, row.text),)
        dots = tuple((QPointF(self._x(box, p.value), y), p.role) for p in row.points)
        return Reading(QLineF(box.left(), y, box.right(), y), row.label, words, dots)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Names, axis, rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        if self.picture is None:
            draw_empty(painter, self.appearance.theme, QRectF(self.rect()), self.empty)
        else:
            box = self._plot(self.picture)
            self._paint_axis(painter, self.picture, box)
            for number in range(self._fitting()):
                self._paint_row(painter, self.picture.rows[number], box, self._y(box, number))
            if self.picture.legend:
                self._paint_legend(painter, self.picture)
        focus_ring(painter, self.appearance.theme, self)
        painter.end()

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(small(self.font()))

    def _step(self) -> float:
        """Height of a row: closer where all rows then have room."""
        least = self._metrics().height() + 1
        if self.picture is None or not self.picture.rows:
            return least
        share = self._plot(self.picture).height() / len(self.picture.rows)
        return max(least, min(share, least + 6))

    def _fitting(self) -> int:
        """Rows that have room."""
        if self.picture is None:
            return 0
        room = int(self._plot(self.picture).height() / self._step() + 1e-6)
        return max(0, min(len(self.picture.rows), room))

    def _plot(self, picture: RowPicture) -> QRectF:
        """Where the rows are: right of their names, above the axis."""
        line = self._metrics().height()
        widest = max((self._metrics().horizontalAdvance(r.label) for r in picture.rows), default=0)
        left = min(widest + 14.0, MOST_LABEL * self.width())
        right = self._texts_width(picture)
        top = line + 4 if picture.legend else 4
        return QRectF(self.rect()).adjusted(left, top, -right - 12, -2 * line - 4)

    def _texts_width(self, picture: RowPicture) -> float:
        if self.width() < LEAST_WITH_TEXTS or picture.legend:
            return 0.0
        return max((self._metrics().horizontalAdvance(r.text) for r in picture.rows), default=0) + 8

    def _range(self) -> tuple[float, float]:
        assert self.picture is not None
        values = [*self.picture.lines, *(self.picture.least or ())]
        for row in self.picture.rows:
            values += [*(p.value for p in row.points), *(row.span or ())]
        low, high = min(values), max(values)
        pad = 0.05 * (high - low) or 1.0
        fixed = self.picture.least is not None and low >= self.picture.least[0]
        return (low if fixed else low - pad), high + pad

    def _x(self, box: QRectF, value: float) -> float:
        low, high = self._range()
        return box.left() + box.width() * (value - low) / (high - low)

    def _y(self, box: QRectF, number: int) -> float:
        return box.top() + (number + 0.5) * self._step()

    def _paint_axis(self, painter: QPainter, picture: RowPicture, box: QRectF) -> None:
        theme, metrics = self.appearance.theme, painter.fontMetrics()
        foot = box.top() + max(1, self._fitting()) * self._step() + 1
        for place in picture.lines:
            dash = Qt.PenStyle.SolidLine if place == 0 else Qt.PenStyle.DashLine
            painter.setPen(QPen(theme.color("line", 0.7), 1, dash))
            x = self._x(box, place)
            painter.drawLine(QLineF(x, box.top(), x, foot))
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(QLineF(box.left(), foot, box.right(), foot))
        painter.setPen(theme.color("quiet"))
        about = max(2, int(box.width() // 70))
        for value in ticks(*self._range(), about):
            x, text = self._x(box, value), tick_text(value)
            wide = metrics.horizontalAdvance(text)
            at = min(max(x - wide / 2, 0.0), self.width() - wide - 1.0)
            painter.drawText(QPointF(at, foot + metrics.ascent() + 2), text)
        left = len(picture.rows) - self._fitting()
        words = picture.axis if not left else f"{picture.more.format(left)}  ·  {picture.axis}"
        row = QRectF(4, foot + metrics.height() + 1, self.width() - 8.0, metrics.height())
        text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(row.width()))
        painter.drawText(row, Qt.AlignmentFlag.AlignRight, text)

    def _paint_row(self, painter: QPainter, row: Row, box: QRectF, y: float) -> None:
        theme, metrics = self.appearance.theme, painter.fontMetrics()
        half = self._step() / 2
        place = QRectF(4, y - half, box.left() - 12, 2 * half)
        painter.setPen(theme.color("text"))
        label = metrics.elidedText(row.label, Qt.TextElideMode.ElideMiddle, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)
        if self._texts_width(self.picture) if self.picture is not None else 0:
            end = QRectF(box.right() + 8, y - half, self.width() - box.right() - 10, 2 * half)
            painter.setPen(theme.color("quiet"))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(end, right, row.text)
        if row.span is not None:
            low, high = (self._x(box, end) for end in row.span)
            painter.setPen(QPen(theme.color(row.points[0].role), 1.8))
            painter.drawLine(QLineF(low, y, high, y))
            for x in (low, high):
                painter.drawLine(QLineF(x, y - 3, x, y + 3))
        elif len(row.points) > 1:
            ends = [self._x(box, p.value) for p in row.points]
            painter.setPen(QPen(theme.color("border"), 1.4))
            painter.drawLine(QLineF(min(ends), y, max(ends), y))
        for point in row.points:
            self._paint_point(painter, point, QPointF(self._x(box, point.value), y))

    def _paint_point(self, painter: QPainter, point: Point, at: QPointF) -> None:
        theme, r = self.appearance.theme, RADIUS
        painter.setPen(QPen(theme.color(point.role), 1.6))
        hollow = point.shape is Shape.RING
        painter.setBrush(theme.color("surface") if hollow else theme.color(point.role))
        box = QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r)
        if point.shape is Shape.SQUARE:
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        elif point.shape is Shape.DIAMOND:
            corners = ((0, -r - 1), (r + 1, 0), (0, r + 1), (-r - 1, 0))
            painter.drawPolygon(QPolygonF([at + QPointF(*corner) for corner in corners]))
        else:
            painter.drawEllipse(box)

    def _paint_legend(self, painter: QPainter, picture: RowPicture) -> None:
        x, y = 10.0, 2 + painter.fontMetrics().height() / 2
        for point in picture.rows[0].points if picture.rows else ():
            self._paint_point(painter, point, QPointF(x, y))
            painter.setPen(self.appearance.theme.color("quiet"))
            painter.drawText(QPointF(x + 9, y + painter.fontMetrics().ascent() / 2 - 1), point.name)
            x += painter.fontMetrics().horizontalAdvance(point.name) + 32

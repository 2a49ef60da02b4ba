"""Before and after, drawn together: densities of a number, or bars of the categories."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.appearance import Appearance
from gui.numerals import percent
from gui.plots import bars, densities
from gui.plots.cumulative import QUARTERS, cumulative, quantile, share_at
from gui.plots.cursor import Reading
from gui.plots.drawing import Drawing, focus_ring, place_text, small
from gui.plots.picture import Kind, Picture, draw_empty, hatch, pen_of
from gui.plots.tabular import Rows
from gui.theme import Theme

STOPS = 50  # places that the arrow keys read on an axis


class ComparePlot(Drawing):
    """Legend, then densities or bars, or what they add up to; words where nothing can be drawn."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(appearance, name, parent)
        self.picture: Picture | None = None
        self.empty = ""
        self.kind = Kind.DENSITY
        self.view = densities.View()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def draw(self, picture: Picture | None, empty: str = "", topic: object = None) -> None:
        """Show `picture`, or the words `empty`; the axes hold still while `topic` stays."""
        before = self.sizeHint()
        self.picture, self.empty = picture, empty
        if picture is not None and not picture.categories:
            self.view = densities.view(self.view, picture, topic)
        if self.sizeHint() != before:
            self.updateGeometry()
        self.reread()
        self.update()

    def choose(self, kind: Kind) -> None:
        """Density or bars, or the share at or below."""
        if kind is not self.kind:
            self.kind = kind
            self.reread()
            self.update()

    @property
    def adds_up(self) -> bool:
        """True where shares at or below mean something: numbers, and categories with an order."""
        picture = self.picture
        return picture is not None and (not picture.categories or picture.ordered)

    @property
    def shown(self) -> Picture | None:
        """The picture as it is drawn."""
        if self.picture is None or self.kind is Kind.DENSITY or not self.adds_up:
            return self.picture
        return cumulative(self.picture)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Grows with the number of categories."""
        legend = self._legend_height()
        if self.picture is not None and self.picture.categories:
            return QSize(300, legend + bars.height(self.picture, self._small()))
        return QSize(300, legend + (204 if self.picture is not None else 96))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Readable."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw everything."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small())
        theme, picture = self.appearance.theme, self.shown
        if picture is None:
            draw_empty(painter, theme, QRectF(self.rect()), self.empty)
        else:
            self._draw_legend(painter, theme, picture)
            if picture.categories:
                bars.draw(painter, theme, self._area(), picture)
            else:
                densities.draw(painter, theme, self._area(), picture, self.view, self.kind)
        focus_ring(painter, theme, self)
        painter.end()

    def table(self) -> Rows:
        """Grid or categories in the first column, one column per layer."""
        picture = self.shown
        if picture is None:
            return ()
        layers = picture.layers
        if picture.categories:
            head = [[picture.axis, *(layer.label for layer in layers)]]
            return head + [
                [name, *(f"{layer.shape.y[code]:.6g}" for layer in layers)]
                for code, name in enumerate(picture.categories)
            ]
        rows = [[word for layer in layers for word in (picture.axis, layer.label)]]
        for number in range(max(len(layer.shape.x) for layer in layers)):
            cells: list[str] = []
            for layer in layers:
                inside = number < len(layer.shape.x)
                cells.append(f"{layer.shape.x[number]:.6g}" if inside else "")
                cells.append(f"{layer.shape.y[number]:.6g}" if inside else "")
            rows.append(cells)
        return rows

    def digest(self) -> Rows:
        """Of numbers the means as shown, and the values that shares of rows do not exceed."""
        picture = self.shown
        if picture is None or self.picture is None:
            return ()
        layers = self.picture.layers
        head = (picture.axis, *(layer.label for layer in layers))
        if picture.categories:
            texts = [
                [bars.value_text(picture, number, code) for number in range(len(layers))]
                for code in range(len(picture.categories))
            ]
            pairs = zip(picture.categories, texts, strict=True)
            return (head, *((name, *row) for name, row in pairs))
        low, high = self.view.x or (0.0, 1.0)
        rows = [(self.tr("mean"), *(layer.text for layer in layers))]
        for share in QUARTERS:
            values = (quantile(layer.shape, share) for layer in layers)
            words = self.tr("{share} at or below").format(share=percent(share))
            rows.append((words, *(place_text(value, low, high) for value in values)))
        return (head, *rows)

    def stops(self) -> Sequence[QPointF]:
        """Categories from top to bottom; fiftieths of the axis."""
        picture = self.shown
        if picture is None:
            return ()
        if picture.categories:
            return [block.center() for block in bars.blocks(self._area(), picture)]
        scale = self._scale(picture)
        if scale is None:
            return ()
        step = scale.plot.width() / STOPS
        middle = scale.plot.center().y()
        return [QPointF(scale.plot.left() + i * step, middle) for i in range(STOPS + 1)]

    def reading_at(self, at: QPointF) -> Reading | None:
        """The shares at or below a value, or those of a category."""
        picture = self.shown
        if picture is None or self.picture is None:
            return None
        if picture.categories:
            return self._bar_reading(picture, at)
        scale = self._scale(picture)
        if scale is None or not scale.plot.adjusted(-6, -20, 6, 30).contains(at):
            return None
        value = scale.value(at.x())
        x = scale.x(value)
        rows, dots = [], []
        for whole, layer in zip(self.picture.layers, picture.layers, strict=True):
            share = percent(share_at(whole.shape, value))
            rows.append((layer.role, f"{layer.label}: {share}"))
            y = scale.y(float(np.interp(value, layer.shape.x, layer.shape.y)))
            dots.append((QPointF(x, max(y, scale.plot.top())), layer.role))
        place = place_text(value, *scale.x_range)
        head = " ".join(filter(None, (picture.name, "≤", place, picture.unit)))
        line = QLineF(x, scale.plot.top(), x, scale.plot.bottom())
        return Reading(line, head, tuple(rows), tuple(dots))

    def _bar_reading(self, picture: Picture, at: QPointF) -> Reading | None:
        for code, block in enumerate(bars.blocks(self._area(), picture)):
            if block.adjusted(0, -bars.BLOCK / 2, 0, bars.BLOCK / 2).contains(at):
                texts = [
                    (layer.role, f"{layer.label}: {bars.value_text(picture, number, code)}")
                    for number, layer in enumerate(picture.layers)
                ]
                edge = QLineF(block.left() + 1, block.top(), block.left() + 1, block.bottom())
                head = f"{picture.name} {picture.categories[code]}".strip()
                return Reading(edge, head, tuple(texts))
        return None

    def _scale(self, picture: Picture) -> densities.Scale | None:
        metrics = QFontMetrics(self._small())
        return densities.scale_of(self._area(), picture, self.view, metrics, self.kind)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(0, self._legend_height(), 0, 0)

    def _small(self) -> QFont:
        return small(self.font())

    def _legend_height(self) -> int:
        if self.picture is None:
            return 0
        lines = len(self.picture.layers) + bool(self.picture.note)
        return lines * (self.fontMetrics().height() + 2) + 6

    def _draw_legend(self, painter: QPainter, theme: Theme, picture: Picture) -> None:
        step = self.fontMetrics().height() + 2
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for number, layer in enumerate(picture.layers):
            row = QRectF(3, number * step + 2, self.width() - 6, step)
            swatch = QRectF(row.left() + 2, row.center().y() - 4, 20, 8)
            if layer.filled:
                painter.fillRect(swatch, theme.color(f"{layer.role}_fill"))
            if layer.hatched:
                painter.fillRect(swatch, hatch(theme, layer.role))
            painter.setPen(pen_of(theme, layer))
            y = swatch.top() if layer.filled else swatch.center().y()
            painter.drawLine(QPointF(swatch.left(), y), QPointF(swatch.right(), y))
            painter.setPen(theme.color("text"))
            text = layer.text if not picture.categories else ""
            if text:
                text = self.tr("mean {value}").format(value=text)
            width = painter.fontMetrics().horizontalAdvance(text) + 8
            painter.drawText(row.adjusted(0, 0, -2, 0), right, text)
            room = row.adjusted(30, 0, -width, 0)
            painter.setPen(theme.color("quiet" if layer.role == "seen" else layer.role))
            label = painter.fontMetrics().elidedText(
                layer.label, Qt.TextElideMode.ElideMiddle, int(room.width())
            )
            painter.drawText(room, left, label)
        if picture.note:
            row = QRectF(33, len(picture.layers) * step + 2, self.width() - 36, step)
            painter.setPen(theme.color("warn"))
            painter.drawText(row, left, picture.note)

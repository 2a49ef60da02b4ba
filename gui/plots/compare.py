"""Before and after, drawn together: densities of a number, or bars of the categories."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.appearance import Appearance
from gui.plots import bars, densities
from gui.plots.drawing import Drawing, Rows, small
from gui.plots.picture import Picture, draw_empty, hatch, pen_of
from gui.theme import Theme


class ComparePlot(Drawing):
    """Legend, then densities or bars; words where there is nothing to draw."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(appearance, name, parent)
        self.picture: Picture | None = None
        self.empty = ""
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
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Grows with the number of categories."""
        legend = self._legend_height()
        if self.picture is not None and self.picture.categories:
            return QSize(300, legend + bars.height(self.picture, self._small()))
        return QSize(300, legend + (190 if self.picture is not None else 96))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Readable."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw everything."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small())
        theme = self.appearance.theme
        if self.picture is None:
            draw_empty(painter, theme, QRectF(self.rect()), self.empty)
        else:
            top = self._legend_height()
            self._draw_legend(painter, theme, self.picture)
            area = QRectF(self.rect()).adjusted(0, top, 0, 0)
            draw = bars.draw if self.picture.categories else densities.draw
            draw(painter, theme, area, self.picture, self.view)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("selected"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    def table(self) -> Rows:
        """Grid or categories in the first column, one column per layer."""
        if self.picture is None:
            return ()
        layers = self.picture.layers
        if self.picture.categories:
            head = [["", *(layer.label for layer in layers)]]
            return head + [
                [name, *(f"{layer.shape.y[code]:.6g}" for layer in layers)]
                for code, name in enumerate(self.picture.categories)
            ]
        rows = [[word for layer in layers for word in (self.picture.unit, layer.label)]]
        for number in range(max(len(layer.shape.x) for layer in layers)):
            cells: list[str] = []
            for layer in layers:
                inside = number < len(layer.shape.x)
                cells.append(f"{layer.shape.x[number]:.6g}" if inside else "")
                cells.append(f"{layer.shape.y[number]:.6g}" if inside else "")
            rows.append(cells)
        return rows

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
            row = QRectF(0, number * step, self.width(), step)
            swatch = QRectF(2, row.center().y() - 4, 20, 8)
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
            row = QRectF(30, len(picture.layers) * step, self.width() - 32, step)
            painter.setPen(theme.color("warn"))
            painter.drawText(row, left, picture.note)

"""Lines with a mark before them: passed, warned, open; words first, figures quiet."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.appearance import Appearance

INDEPENDENT = "⫫"
Index = QModelIndex | QPersistentModelIndex


class Mark(StrEnum):
    """The sign before a line; never colour alone."""

    PASSED = "passed"
    WARNED = "warned"
    OPEN = "cannot be tested"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Line:
    """`text` in full colour, then `quiet`; `tip` says more."""

    mark: Mark
    text: str
    quiet: str = ""
    tip: str = ""


class Lines(QListView):
    """A read-only list of marked lines, with keyboard focus and spoken text."""

    def __init__(self, name: str, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _LineModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_LineDelegate(appearance, self))
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        appearance.changed.connect(self.viewport().update)

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Replace what is listed, if it differs."""
        self._model.show_lines(lines)

    def height_of(self, count: int) -> int:
        """Pixels that `count` lines need."""
        return count * line_height(self.fontMetrics()) + 2

    def lines(self) -> tuple[Line, ...]:
        """What is listed."""
        return self._model.lines


class _LineModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        if lines != self.lines:
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.text
            case Qt.ItemDataRole.ToolTipRole:
                return line.tip or " ".join(filter(None, (line.text, line.quiet)))
            case Qt.ItemDataRole.AccessibleTextRole:
                spoken = line.text.replace(INDEPENDENT, self.tr("independent of"))
                return ", ".join(filter(None, (line.mark, spoken, line.quiet)))
        return None


class _LineDelegate(QStyledItemDelegate):
    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(120, line_height(option.fontMetrics))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _LineModel):
            return
        line, theme, rect = model.lines[index.row()], self._appearance.theme, QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected_fill"))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        indent = 8.0
        if line.mark is not Mark.NONE:
            self._paint_mark(painter, line.mark, rect.left() + 9, rect.center().y())
            indent = 22.0
        self._paint_words(painter, QFont(option.font), rect.adjusted(indent, 0, -4, 0), line)
        painter.restore()

    def _paint_words(self, painter: QPainter, font: QFont, rect: QRectF, line: Line) -> None:
        theme, middle = self._appearance.theme, Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        metrics, right = painter.fontMetrics(), Qt.TextElideMode.ElideRight
        rest = QRectF(rect)
        for i, part in enumerate(line.text.split(INDEPENDENT)):
            if i:
                rest.adjust(self._paint_independent(painter, rest), 0, 0, 0)
            text = metrics.elidedText(part, right, int(rest.width()))
            painter.drawText(rest, middle, text)
            rest.adjust(metrics.horizontalAdvance(text), 0, 0, 0)
        if line.text:
            rest.adjust(6, 0, 0, 0)
        if line.quiet and rest.width() > 24:
            painter.setPen(theme.color("quiet"))
            painter.drawText(rest, middle, metrics.elidedText(line.quiet, right, int(rest.width())))

    def _paint_independent(self, painter: QPainter, rect: QRectF) -> float:
        """The sign ⫫, drawn: few fonts have it. Returns its width."""
        tall = painter.fontMetrics().capHeight()
        foot = rect.center().y() + tall / 2
        left, step = rect.left() + 1, tall * 0.36
        for x in (left + step, left + 2 * step):
            painter.drawLine(QPointF(x, foot), QPointF(x, foot - tall))
        painter.drawLine(QPointF(left, foot), QPointF(left + 3 * step, foot))
        return 3 * step + 2

    def _paint_mark(self, painter: QPainter, mark: Mark, x: float, y: float) -> None:
        theme = self._appearance.theme
        painter.setBrush(Qt.BrushStyle.NoBrush)
        match mark:
            case Mark.PASSED:
                pen = QPen(theme.color("outcome"), 2.0)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                painter.drawPolyline(_points((x - 4, y), (x - 1, y + 3.5), (x + 5, y - 4)))
            case Mark.WARNED:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("warn"))
                painter.drawPolygon(_points((x, y - 5), (x + 5.5, y + 4.5), (x - 5.5, y + 4.5)))
            case Mark.OPEN:
                painter.setPen(QPen(theme.color("quiet"), 1.3))
                painter.drawEllipse(QRectF(x - 4, y - 4, 8, 8))


def line_height(metrics: QFontMetrics) -> int:
    """Of one line of a list, pixels."""
    return metrics.height() + 9


def _points(*places: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in places])

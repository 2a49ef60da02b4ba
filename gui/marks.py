"""Lines with a mark before them: passed, warned, open; words first, figures quiet."""

import sys
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

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
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPen,
    QPolygonF,
    QResizeEvent,
)
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
GAP, RIGHT = 6, 4  # pixels between the two parts of a line, and after it
Index = QModelIndex | QPersistentModelIndex


class Mark(StrEnum):
    """The sign before a line; never colour alone."""

    PASSED = "passed"
    WARNED = "warned"
    OPEN = "cannot be tested"
    WAY_OUT = "what would help"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Line:
    """`text` in full colour, then `quiet`; `tip` says more."""

    mark: Mark
    text: str
    quiet: str = ""
    tip: str = ""


class Lines(QListView):
    """A read-only list of marked lines, with keyboard focus and spoken text.

    `wrapped`: a line too long for the list goes on below, instead of being cut.
    """

    def __init__(
        self,
        name: str,
        appearance: Appearance,
        parent: QWidget | None = None,
        *,
        wrapped: bool = False,
    ) -> None:
        super().__init__(parent)
        self._model = _LineModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_LineDelegate(appearance, self, wrapped=wrapped))
        self.setAccessibleName(name)
        self.setUniformItemSizes(not wrapped)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        appearance.changed.connect(self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width, other heights of what is wrapped."""
        super().resizeEvent(event)
        if not self.uniformItemSizes():
            self.scheduleDelayedItemsLayout()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """It takes the room there is, and asks for none: it scrolls by itself."""
        return QSize(super().sizeHint().width(), self.minimumSizeHint().height())

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Replace what is listed, if it differs."""
        self._model.show_lines(lines)

    def whole_height(self) -> int:
        """Pixels that all lines need where no scroll bar takes from their width."""
        metrics, rows = self.fontMetrics(), 0
        for line in self.lines():
            rows += len(folded(line, metrics, self.width() - _indent(line) - RIGHT)) - 1
        return len(self.lines()) * line_height(metrics) + rows * metrics.lineSpacing() + 4

    def lines(self) -> tuple[Line, ...]:
        """What is listed."""
        return self._model.lines


MOST_FOLDS = 4_000
_folds: dict[tuple[Line, int, int, int], tuple[Line, ...]] = {}
MOST_WIDTHS = 5_000
_widths: dict[tuple[str, int, int], int] = {}


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
    def __init__(self, appearance: Appearance, parent: Lines, *, wrapped: bool) -> None:
        super().__init__(parent)
        self._appearance, self._view, self._wrapped = appearance, parent, wrapped

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        model, height = index.model(), line_height(option.fontMetrics)
        if self._wrapped and isinstance(model, _LineModel):
            line = model.lines[index.row()]
            room = self._view.viewport().width() - _indent(line) - RIGHT
            rows = len(folded(line, option.fontMetrics, room))
            height += (rows - 1) * option.fontMetrics.lineSpacing()
        return QSize(120, height)

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
        words = rect.adjusted(_indent(line), 0, -RIGHT, 0)
        words.setHeight(line_height(option.fontMetrics))
        if line.mark is not Mark.NONE:
            self._paint_mark(painter, line.mark, rect.left() + 9, words.center().y())
        whole = int(words.width()) if self._wrapped else sys.maxsize
        for row in folded(line, option.fontMetrics, whole):
            self._paint_words(painter, QFont(option.font), words, row)
            words.translate(0, option.fontMetrics.lineSpacing())
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
            rest.adjust(GAP, 0, 0, 0)
        if line.quiet and rest.width() > 24:
            painter.setPen(theme.color("quiet"))
            room = int(rest.width()) + RIGHT // 2  # a fraction of a letter is no reason to cut
            painter.drawText(rest, middle, metrics.elidedText(line.quiet, right, room))

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
            case Mark.WAY_OUT:
                painter.setPen(QPen(theme.color("quiet"), 1.6))
                painter.drawLine(QPointF(x - 5, y), QPointF(x + 5, y))
                painter.drawPolyline(_points((x + 1, y - 4), (x + 5, y), (x + 1, y + 4)))
            case Mark.OPEN:
                painter.setPen(QPen(theme.color("quiet"), 1.3))
                painter.drawEllipse(QRectF(x - 4, y - 4, 8, 8))


def folded(line: Line, metrics: QFontMetrics, room: int) -> tuple[Line, ...]:
    """The line word by word in as many rows as `room` pixels ask for; kept, as lists ask often."""
    font = (metrics.height(), metrics.averageCharWidth())
    if (key := (line, room, *font)) not in _folds:
        if len(_folds) >= MOST_FOLDS:
            _folds.clear()
        fits = _advance(line, metrics) <= room
        _folds[key] = (line,) if fits else _folded(line, metrics, room, font)
    return _folds[key]


def _folded(
    line: Line, metrics: QFontMetrics, room: int, font: tuple[int, int]
) -> tuple[Line, ...]:
    rows, used = [Line(line.mark, "")], 0
    words = [(word, False) for word in line.text.split(" ") if line.text]
    words += [(word, True) for word in line.quiet.split(" ") if line.quiet]
    for word, quiet in words:
        own, row = _width(word, metrics, font), rows[-1]
        here = row.quiet if quiet else row.text
        gap = _width(" ", metrics, font) if here else GAP if row.text else 0
        if (row.text or row.quiet) and used + gap + own > room:
            row, used, gap = Line(line.mark, ""), 0, 0
            rows.append(row)
        rows[-1], used = _longer(row, word, quiet=quiet), used + gap + own
    return tuple(rows)


def _width(word: str, metrics: QFontMetrics, font: tuple[int, int]) -> int:
    """Pixels of a word, never too few: the same words stand in many lines."""
    if (key := (word, *font)) not in _widths:
        if len(_widths) >= MOST_WIDTHS:
            _widths.clear()
        _widths[key] = ceil(QFontMetricsF(metrics).horizontalAdvance(word))
    return _widths[key]


def line_height(metrics: QFontMetrics) -> int:
    """Of one line of a list, pixels."""
    return metrics.height() + 9


def _longer(line: Line, word: str, *, quiet: bool) -> Line:
    text = line.text if quiet else f"{line.text} {word}".lstrip()
    rest = f"{line.quiet} {word}".lstrip() if quiet else line.quiet
    return Line(line.mark, text, rest)


def _advance(line: Line, metrics: QFontMetrics) -> int:
    gap = GAP if line.text and line.quiet else 0
    return metrics.horizontalAdvance(line.text) + gap + metrics.horizontalAdvance(line.quiet)


def _indent(line: Line) -> int:
    return 8 if line.mark is Mark.NONE else 22


def _points(*places: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in places])

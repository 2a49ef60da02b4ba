"""The table's variables as a Qt model, and how one is painted: sparkline, name, facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.data.pictures import Pictures
from engine.data.table import Column, Table
from engine.data.variable import Kind, Variable
from engine.graph.tiers import Tiers
from engine.queries.answers import Shape
from gui.appearance import Appearance
from gui.design import badges, sentences
from gui.numerals import THIN, percent
from gui.pixels import draw_pixels
from gui.possible import possible_words

COLUMNS_MIME = "application/x-doscope-columns"
MOST_LINES = 500  # kept as they are drawn
SPARKLINE_ROWS = 4000  # as many rows are looked at before the engine has answered
Index = QModelIndex | QPersistentModelIndex


class VariableModel(QAbstractListModel):
    """One row per variable that passes the filter."""

    renamed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._names: tuple[str, ...] = ()
        self._text = ""
        self._shapes: dict[str, Shape] = {}
        self._drawn: set[str] = set()
        self._tiers: Tiers = {}

    def show_table(self, table: Table | None) -> None:
        """Another table: forget the shapes of the last."""
        self.beginResetModel()
        self._table, self._shapes = table, {}
        self._choose()
        self.endResetModel()

    def show_shapes(self, shapes: Mapping[str, Shape]) -> None:
        """Better shapes for some variables."""
        if any(self._shapes.get(name) is not shape for name, shape in shapes.items()):
            self._shapes.update(shapes)
            self._repaint()

    def show_drawn(self, drawn: set[str]) -> None:
        """Which variables are on the canvas."""
        self._drawn = drawn
        self._repaint()

    def show_tiers(self, tiers: Tiers) -> None:
        """When the variables come about, of those where it is said."""
        self._tiers = tiers
        self._repaint()

    def filter(self, text: str) -> None:
        """Only variables whose name holds `text`."""
        self.beginResetModel()
        self._text = text.strip().casefold()
        self._choose()
        self.endResetModel()

    def variable(self, name: str) -> Variable:
        """The variable called `name`."""
        return cast(Table, self._table).variable(name)

    def pictures(self, name: str) -> Pictures | None:
        """The pictures of `name`, where it is no column but pictures."""
        return None if self._table is None else self._table.pictures.get(name)

    def row_of(self, name: str) -> int:
        """Its row, -1 where it is not shown."""
        return self._names.index(name) if name in self._names else -1

    def shape(self, name: str) -> Shape:
        """Its distribution: from the engine, else a quick one (kept)."""
        if name not in self._shapes:
            self._shapes[name] = glimpse(cast(Table, self._table), name)
        return self._shapes[name]

    def facts(self, name: str) -> str:
        """The short right-hand text: missing share, levels, or unit."""
        table = cast(Table, self._table)
        if name in table.pictures:
            return self.tr("picture")
        variable, missing = table.variable(name), table.missing(name)
        if missing > 0:
            part = percent(missing) if missing >= 0.01 else f"<{THIN}1{THIN}%"
            return self.tr("{0} missing").format(part)
        if variable.discrete:
            return self.tr("{0} levels").format(len(variable.categories))
        return variable.unit or (self.tr("count") if variable.kind is Kind.COUNT else "")

    def badges(self, name: str) -> tuple[str, ...]:
        """What it has to do with how the rows came about, a word each."""
        said = () if self.pictures(name) else badges(cast(Table, self._table), name)
        tier = self._tiers.get(name)
        return said if tier is None else (*said, self.tr("tier {0}").format(tier))

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many variables are shown."""
        return 0 if parent is not None and parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name; description for screen readers and as tool tip."""
        name = self._names[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return name
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._description(name)
            case Qt.ItemDataRole.AccessibleTextRole:
                return name
        return None

    def setData(self, index: Index, value: object, role: int = 2) -> bool:  # noqa: N802
        """A new name was typed."""
        old, new = self._names[index.row()], str(value).strip()
        if new and new != old:
            self.renamed.emit(old, new)
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be dragged and renamed."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsEditable

    def mimeTypes(self) -> list[str]:  # noqa: N802
        """What a drag carries."""
        return [COLUMNS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """Names of the dragged variables, one per line."""
        names = "\n".join(self._names[index.row()] for index in indexes)
        data = QMimeData()
        data.setData(COLUMNS_MIME, names.encode())
        return data

    def _choose(self) -> None:
        table = self._table
        names = () if table is None else (*table.names, *table.pictures)
        self._names = tuple(name for name in names if self._text in name.casefold())

    def _repaint(self) -> None:
        if self._names:
            self.dataChanged.emit(self.index(0), self.index(len(self._names) - 1))

    def _description(self, name: str) -> str:
        pictures = self.pictures(name)
        where = self.tr("in the graph") if name in self._drawn else self.tr("not in the graph")
        if pictures is not None:
            size = self.tr("pictures of {0} × {1} pixels").format(*pictures.size)
            return " · ".join((name, size, where))
        variable = self.variable(name)
        facts = [name, variable.unit, str(variable.kind), self.facts(name), where]
        first = " · ".join(dict.fromkeys(fact for fact in facts if fact))
        possible = possible_words(variable)
        lines = (first, possible, *sentences(cast(Table, self._table), name))
        return "\n".join(filter(None, lines))


class VariableDelegate(QStyledItemDelegate):
    """Paints sparkline, name and facts of one variable."""

    HEIGHT = 29  # at least, pixels
    SPARK = QSize(42, 15)
    FACTS = 150  # pixels for name and facts, below which a badge takes the place of the facts

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._lines: dict[int, _Line] = {}

    @classmethod
    def row_height(cls, metrics: QFontMetrics) -> int:
        """Of one row, in letters of this font."""
        return max(cls.HEIGHT, metrics.height() + 10)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """All rows are equally high."""
        return QSize(120, self.row_height(option.fontMetrics))

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """The editor stands where the name is."""
        editor.setGeometry(option.rect.adjusted(self.SPARK.width() + 12, 1, -2, -1))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        model = cast(VariableModel, index.model())
        theme, name = self._appearance.theme, index.data()
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected_fill" if selected else "sunken"))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        top = rect.top() + (rect.height() - self.SPARK.height()) / 2
        spark = QRectF(rect.left() + 6, top, self.SPARK.width(), self.SPARK.height())
        pictures = model.pictures(name)
        if pictures is None:
            self._paint_shape(painter, spark, model.shape(name))
        elif pictures.rows:
            self._paint_pictures(painter, spark, pictures)
        words = self._paint_badges(painter, option, rect.adjusted(58, 0, -8, 0), model.badges(name))
        facts = model.facts(name) if words.width() > self.FACTS or not model.badges(name) else ""
        self._paint_words(painter, option, words, name, facts)
        painter.restore()

    def _paint_badges(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, badges: tuple[str, ...]
    ) -> QRectF:
        """The words in rims at the right end; what is left of `rect`."""
        theme, small = self._appearance.theme, QFont(option.font)
        small.setPointSizeF(small.pointSizeF() * 0.82)
        painter.setFont(small)
        metrics = painter.fontMetrics()
        for word in reversed(badges):
            width, height = metrics.horizontalAdvance(word) + 12, metrics.height() + 2
            box = QRectF(rect.right() - width, rect.center().y() - height / 2, width, height)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.setBrush(theme.color("surface"))
            painter.drawRoundedRect(box, height / 2, height / 2)
            painter.setPen(theme.color("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
            rect = rect.adjusted(0, 0, -width - 5, 0)
        return rect

    def _paint_words(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, name: str, facts: str
    ) -> None:
        theme, font = self._appearance.theme, QFont(option.font)
        small = QFont(font)
        small.setPointSizeF(font.pointSizeF() * 0.88)
        painter.setFont(small)
        painter.setPen(theme.color("quiet"))
        middle = Qt.AlignmentFlag.AlignVCenter
        facts = painter.fontMetrics().elidedText(
            facts, Qt.TextElideMode.ElideRight, int(rect.width() * 0.6)
        )
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, facts)
        taken = painter.fontMetrics().horizontalAdvance(facts)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        room = int(rect.width() - (taken + 8 if taken else 0))
        name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignLeft, name)

    def _paint_shape(self, painter: QPainter, rect: QRectF, shape: Shape) -> None:
        theme = self._appearance.theme
        top = float(np.max(shape.y, initial=0.0))
        if top <= 0:
            return
        if shape.bars:
            self._paint_bars(painter, rect, shape.y / top)
            return
        line = self._lines.get(id(shape))
        if line is None or line.shape is not shape:
            if len(self._lines) > MOST_LINES:
                self._lines.clear()
            line = self._lines[id(shape)] = _Line(shape, *_sparkline(shape, top, self.SPARK))
        painter.translate(rect.topLeft())
        painter.fillPath(line.ground, theme.color("seen_fill"))
        painter.setPen(QPen(theme.color("seen"), 1.1))
        painter.drawPolyline(line.curve)
        painter.translate(-rect.topLeft())

    def _paint_pictures(self, painter: QPainter, rect: QRectF, pictures: Pictures) -> None:
        """The first two, as high as a row lets them be."""
        wide, high = pictures.size
        tall = rect.height() + 6
        for place, pixels in enumerate(pictures.pixels[:2]):
            width = min(tall * wide / high, rect.width() / 2)
            left = rect.left() + place * (width + 2)
            draw_pixels(painter, QRectF(left, rect.top() - 3, width, width * high / wide), pixels)

    def _paint_bars(self, painter: QPainter, rect: QRectF, heights: Column) -> None:
        theme = self._appearance.theme
        step = rect.width() / len(heights)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("seen", 0.6))
        width = min(7.0, step * 0.7)
        for i, height in enumerate(heights):
            tall = max(1.0, rect.height() * float(height))
            left = rect.left() + step * (i + 0.5) - width / 2
            painter.drawRect(QRectF(left, rect.bottom() - tall, width, tall))


@dataclass(frozen=True, slots=True)
class _Line:
    """A shape as it is drawn, from its left upper corner."""

    shape: Shape
    ground: QPainterPath
    curve: QPolygonF


def _sparkline(shape: Shape, top: float, size: QSize) -> tuple[QPainterPath, QPolygonF]:
    """The area below a density, and its upper edge."""
    low, span = float(shape.x[0]), float(shape.x[-1] - shape.x[0]) or 1.0
    x = size.width() * (shape.x - low) / span
    y = size.height() * (1.0 - shape.y / top)
    points = [QPointF(*at) for at in zip(x.tolist(), y.tolist(), strict=True)]
    ends = (QPointF(0, size.height()), QPointF(size.width(), size.height()))
    ground = QPainterPath()
    ground.addPolygon(QPolygonF([ends[0], *points, ends[1]]))
    return ground, QPolygonF(points)


def glimpse(table: Table, name: str) -> Shape:
    """A quick picture of a column: shares of categories, or a smoothed histogram of some rows."""
    variable, column = table.variable(name), table[name]
    column = column[:: max(1, len(column) // SPARKLINE_ROWS)]
    column = column[~np.isnan(column)]
    if variable.discrete:
        counts = np.bincount(column.astype(int), minlength=max(1, len(variable.categories)))
        return Shape(
            True, np.arange(len(counts), dtype=float), counts / max(1, counts.sum()), np.nan
        )
    if not len(column):
        return Shape(False, np.array([0.0, 1.0]), np.zeros(2), np.nan)
    low, high = np.quantile(column, (0.005, 0.995))
    if low == high:
        low, high = low - 0.5, high + 0.5
    heights, edges = np.histogram(column, bins=24, range=(low, high))
    smooth = np.convolve(np.pad(heights, 2), [0.06, 0.24, 0.4, 0.24, 0.06], "valid")
    return Shape(False, (edges[:-1] + edges[1:]) / 2, smooth / smooth.max(), float(column.mean()))

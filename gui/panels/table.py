"""The rows of the table, as the user writes them; picking one can start "Imagine this row"."""

import math

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.data.table import Table
from engine.project import Project
from engine.queries.questions import Rung
from gui import edits
from gui.appearance import Appearance
from gui.document import Document
from gui.notices import plain_label
from gui.numerals import count, value_text
from gui.pixels import image_of, mean_grey

Index = QModelIndex | QPersistentModelIndex
MISSING = "–"
THUMB = 32  # pixels of a picture in the table


class TablePanel(QWidget):
    """A view of the table; `corner` goes beside the tabs."""

    row_picked = Signal(int)

    def __init__(
        self, document: Document, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._document = document
        self.model = TableModel(appearance, self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setAccessibleName(self.tr("Rows of the table"))
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setCornerButtonEnabled(False)
        self.view.horizontalHeader().setHighlightSections(False)  # bold letters need more room
        self.view.setTabKeyNavigation(False)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.empty = plain_label(self.tr("No table yet."))
        self.empty.setProperty("quiet", True)
        self.corner = self._corner()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 0, 0)
        column.addWidget(self.empty, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.view, 1)
        document.changed.connect(self.sync)
        appearance.changed.connect(self.view.viewport().update)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.selectionModel().selectionChanged.connect(self._show_chosen)
        self.sync(None, document.project)

    def sync(self, old: Project | None, new: Project) -> None:
        """Show the table of `new`, and the row it asks about."""
        if old is None or old.table != new.table:
            self.model.show_table(new.table)
            self.view.setVisible(new.table is not None)
            self.empty.setVisible(new.table is None)
            self._fit_columns()
        row = new.question.row
        if row is not None and (old is None or old.question.row != row):
            self._select(row)
        self._show_chosen()

    def imagine(self) -> None:
        """Ask what the chosen row would have been."""
        row = self.chosen()
        if row is not None:
            self._document.apply(
                self.tr("Imagine row {0}").format(row),
                lambda project: edits.set_rung(edits.pick_row(project, row), Rung.IMAGINE),
            )
            self.row_picked.emit(row)

    def chosen(self) -> int | None:
        """The selected row, 0-based."""
        rows = self.view.selectionModel().selectedRows()
        return rows[0].row() if rows else None

    def _corner(self) -> QWidget:
        corner = QWidget()
        self.where = plain_label("")
        self.where.setProperty("quiet", True)
        self.button = QPushButton(self.tr("Imagine this row"))
        self.button.setToolTip(
            self.tr("What would this row have been, had something been otherwise?")
        )
        self.button.clicked.connect(self.imagine)
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self.where)
        row.addWidget(self.button)
        return corner

    def _show_chosen(
        self, selected: QItemSelection | None = None, deselected: QItemSelection | None = None
    ) -> None:
        row = self.chosen()
        table = self._document.project.table
        self.button.setEnabled(row is not None)
        total = 0 if table is None else table.rows
        self.where.setText(
            self.tr("{0} rows").format(count(total))
            if row is None
            else self.tr("row {0} of {1}, counted from 0").format(count(row), count(total))
        )

    def _select(self, row: int) -> None:
        if row < self.model.rowCount():
            self.view.selectRow(row)
            self.view.scrollTo(self.model.index(row, 0))

    def _fit_columns(self) -> None:
        header = self.view.horizontalHeader()
        metrics = self.view.fontMetrics()
        for section in range(self.model.columnCount()):
            name = str(self.model.headerData(section, Qt.Orientation.Horizontal))
            header.resizeSection(section, min(220, max(84, metrics.horizontalAdvance(name) + 36)))
        table = self._document.project.table
        least = THUMB + 4 if table is not None and table.pictures else 0
        self.view.verticalHeader().setDefaultSectionSize(max(least, metrics.height() + 8))

    def _open_menu(self, at: QPoint) -> None:
        if self.view.indexAt(at).isValid():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(self.tr("Imagine this row")).triggered.connect(self.imagine)
            menu.popup(self.view.viewport().mapToGlobal(at))


class TableModel(QAbstractTableModel):
    """Cells as text; nothing is copied."""

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._table: Table | None = None

    def show_table(self, table: Table | None) -> None:
        """Another table."""
        self.beginResetModel()
        self._table = table
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Rows of the table."""
        inner = parent is not None and parent.isValid()
        return 0 if inner or self._table is None else self._table.rows

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Variables of the table."""
        inner = parent is not None and parent.isValid()
        table = self._table
        return 0 if inner or table is None else len(table.variables) + len(table.pictures)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, alignment, and a quiet colour for what is missing."""
        if self._table is None:
            return None
        if index.column() >= len(self._table.variables):
            return self._picture(self._table, index, role)
        variable = self._table.variables[index.column()]
        value = float(self._table[variable.name][index.row()])
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return MISSING if math.isnan(value) else value_text(variable, value, unit=False)
            case Qt.ItemDataRole.AccessibleTextRole if math.isnan(value):
                return self.tr("missing")
            case Qt.ItemDataRole.TextAlignmentRole:
                side = (
                    Qt.AlignmentFlag.AlignLeft if variable.discrete else Qt.AlignmentFlag.AlignRight
                )
                return side | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ForegroundRole if math.isnan(value):
                return self._appearance.theme.color("quiet")
        return None

    def headerData(  # noqa: N802 - Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Names and units above, row numbers (from 0) beside."""
        if self._table is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section) if role == Qt.ItemDataRole.DisplayRole else None
        if section >= len(self._table.variables):
            named = role == Qt.ItemDataRole.DisplayRole
            return _pictured(self._table, section) if named else None
        variable = self._table.variables[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{variable.name} ({variable.unit})" if variable.unit else variable.name
            case Qt.ItemDataRole.ToolTipRole:
                return f"{variable.name} · {variable.kind}"
            case Qt.ItemDataRole.TextAlignmentRole:
                side = (
                    Qt.AlignmentFlag.AlignLeft if variable.discrete else Qt.AlignmentFlag.AlignRight
                )
                return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _picture(self, table: Table, index: Index, role: int) -> object:
        """A small picture; its words for screen readers."""
        name = _pictured(table, index.column())
        pixels = table.pictures[name].pixels[index.row()]
        match role:
            case Qt.ItemDataRole.DecorationRole:
                smooth = Qt.TransformationMode.SmoothTransformation
                keep = Qt.AspectRatioMode.KeepAspectRatio
                return image_of(pixels).scaled(THUMB, THUMB, keep, smooth)
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                words = self.tr("picture, mean grey {0}")
                return words.format(f"{mean_grey(pixels):.0f}")
        return None


def _pictured(table: Table, column: int) -> str:
    """The name of the pictures in a column after those of values."""
    return tuple(table.pictures)[column - len(table.variables)]

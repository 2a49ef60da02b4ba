"""The data panel: the table's variables with their shapes; drag one onto the canvas."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import UserError
from engine.project import Project
from engine.queries.answers import CardsAnswer
from gui import edits
from gui.appearance import Appearance
from gui.busy import busy
from gui.dating import add_tiers, column_tiers
from gui.design import DesignEntries
from gui.document import Document
from gui.gaps import GapsLine
from gui.noted import Noted, assumed, left_out
from gui.notices import ElidedLabel, plain_label
from gui.numerals import count
from gui.possible import Ends, PossibleDialog
from gui.variables import VariableDelegate, VariableModel
from gui.vectors import joinable
from gui.widgets.foldout import FoldOut
from gui.widgets.menu import KeyMenu
from gui.widgets.scrolled import snug

FILTER_FROM = 16  # columns from which on the filter box is shown


class DataPanel(QWidget):
    """Variables of the table, those not drawn named below."""

    add_wanted = Signal(object)  # tuple of names: put them on the canvas
    vector_wanted = Signal(object)  # tuple of names: make one variable of them
    table_wanted = Signal()
    examples_wanted = Signal()
    refused = Signal(object)  # UserError

    def __init__(
        self, document: Document, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._document, self._appearance = document, appearance
        self.heading = ElidedLabel()
        self.heading.setProperty("heading", True)
        self.filter = QLineEdit(placeholderText=self.tr("Filter variables"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(self.tr("Filter variables"))
        self.entries = DesignEntries(self, self._change)
        self.model = VariableModel(self)
        self.list = _list_view(self.model, appearance, self)
        self.list.setAccessibleName(self.tr("Variables of the table"))
        self.absent_heading = plain_label(self.tr("Not in the graph"))
        self.absent_heading.setProperty("heading", True)
        self.absent = plain_label("")
        self.absent.setWordWrap(True)
        self.absent.setProperty("quiet", True)
        self.gaps = GapsLine()
        self.left_out = Noted(self.tr("Left out on reading"))
        self.assumed = Noted(self.tr("Assumed on reading"))
        self.about = FoldOut(self.tr("About this data"), appearance)
        self.empty = self._empty_state()
        self._lay_out()
        self._connect()
        self.sync(None, document.project)

    def sync(self, old: Project | None, new: Project) -> None:
        """Show the table of `new`."""
        if old is None or old.table != new.table:
            self.model.show_table(new.table)
            self._show_heading(new.table)
            self._show_notes(new.table)
        drawn = (new.table, new.graph, new.vectors)
        if old is None or (old.table, old.graph, old.vectors) != drawn:
            self._show_absent(new)
            self.gaps.say(new)
        if old is None or (old.tiers, old.vectors) != (new.tiers, new.vectors):
            self.model.show_tiers(column_tiers(new))
        if old is None or old.notes != new.notes:
            self.about.say(new.notes)

    def show_cards(self, cards: CardsAnswer) -> None:
        """Shapes from the engine instead of the quick ones."""
        self.model.show_shapes(cards.seen)

    def highlight(self, name: str) -> None:
        """Select the row of a variable chosen elsewhere."""
        row = self.model.row_of(name)
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row))

    def set_kind(self, name: str, kind: Kind) -> None:
        """The user says what kind of values these are."""
        label = self.tr("Treat {0} as {1}").format(name, kind)
        self._change(label, lambda project: edits.set_kind(project, name, kind))

    def set_unit(self, name: str, unit: str) -> None:
        """The user says what the numbers are measured in."""
        label = self.tr("Unit of {0}").format(name)
        self._change(label, lambda project: edits.set_unit(project, name, unit))

    def set_bounds(self, name: str, ends: Ends) -> None:
        """The user says between which values the numbers can be."""
        label = self.tr("Possible values of {0}").format(name)
        self._change(label, lambda project: edits.set_bounds(project, name, *ends))

    def rename(self, old: str, new: str) -> None:
        """The user calls a variable otherwise, here and in the graph."""
        label = self.tr("Rename {0}").format(old)
        self._change(label, lambda project: edits.rename_column(project, old, new))

    def fill_gaps(self, impute: bool) -> None:  # noqa: FBT001 - a signal's value
        """The user wants gaps filled in from the model, or rows with gaps left out."""
        label = self.tr("Fill in gaps") if impute else self.tr("Leave out rows with gaps")
        self._change(label, lambda project: edits.fill_gaps(project, impute=impute))

    def menu_for(self, name: str) -> KeyMenu:
        """What can be done with one variable."""
        menu = KeyMenu(self)
        draw = menu.addAction(self.tr("Draw on the canvas"))
        draw.setEnabled(name not in _drawn(self._document.project))
        draw.triggered.connect(lambda: self.add_wanted.emit((name,)))
        if self.model.pictures(name) is None:
            _add_of_column(self, menu, name)
        rename = menu.addAction(self.tr("Rename"))
        place = self.model.index(self.model.row_of(name))
        rename.triggered.connect(lambda: self.list.edit(place))
        table = self._document.project.table
        if table is not None and name in table:
            self.entries.add(menu, table, name)
        return menu

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Larger letters need higher rows."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.list.doItemsLayout()
            self._fit_height()

    def chosen(self) -> tuple[str, ...]:
        """The variables whose rows are selected."""
        return tuple(str(i.data()) for i in self.list.selectionModel().selectedIndexes())

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _change(self, label: str, verb: Callable[[Project], Project]) -> None:
        try:
            with busy(self._document.project.table):
                self._document.apply(label, verb)
        except UserError as error:
            self.refused.emit(error)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 14, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.filter)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1000)
        notes = QVBoxLayout()
        notes.setContentsMargins(0, 8, 0, 0)
        notes.setSpacing(8)
        for widget in (self.absent_heading, self.absent, self.gaps, self.left_out, self.assumed):
            notes.addWidget(widget)
        column.addWidget(snug(notes))
        column.addStretch(1)
        column.addWidget(self.about)

    def _connect(self) -> None:
        self._document.changed.connect(self.sync)
        self.gaps.wanted.connect(self.fill_gaps)
        self.filter.textChanged.connect(self._filter)
        self.model.renamed.connect(self.rename)
        self.list.activated.connect(self._add_index)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self._appearance.changed.connect(self.list.viewport().update)

    def _empty_state(self) -> QWidget:
        empty = QWidget()
        words = plain_label(self.tr("No table yet. Open one, or drop a CSV file on the window."))
        words.setWordWrap(True)
        words.setProperty("quiet", True)
        table = QPushButton(self.tr("Open table…"))
        table.clicked.connect(self.table_wanted)
        self.examples = QPushButton(self.tr("Examples"))
        self.examples.clicked.connect(self.examples_wanted)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.addWidget(table)
        buttons.addWidget(self.examples)
        buttons.addStretch(1)
        column = QVBoxLayout(empty)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(words)
        column.addLayout(buttons)
        return empty

    def _show_heading(self, table: Table | None) -> None:
        self.empty.setVisible(table is None)
        self.list.setVisible(table is not None)
        self.filter.setVisible(table is not None and len(table.names) >= FILTER_FROM)
        self.filter.clear()
        if table is None:
            self.heading.setText(self.tr("Data"))
            return
        source = table.source.replace("\\", "/").rsplit("/", 1)[-1]
        rows = self.tr("{0} rows").format(count(table.rows))
        words = [self.tr("Data"), source, rows] if source else [self.tr("Data"), rows]
        self.heading.soft = source
        self.heading.setText(" · ".join(words))
        whole = " · ".join(words[1:])
        self.heading.setToolTip(whole if table.source in words else f"{whole}\n{table.source}")
        self._fit_height()

    def _show_absent(self, project: Project) -> None:
        drawn, table = _drawn(project), project.table
        names = () if table is None else (*table.names, *table.pictures)
        telling = () if table is None else table.design.columns  # of the rows: not irrelevant
        absent = [name for name in names if name not in drawn and name not in telling]
        for widget in (self.absent_heading, self.absent):
            widget.setVisible(bool(absent))
        shown = ", ".join(absent[:12]) + (
            self.tr(" and {0} more").format(len(absent) - 12) if len(absent) > 12 else ""
        )
        self.absent.setText(self.tr("{0}: assumed irrelevant until drawn").format(shown))
        self.model.show_drawn(drawn)

    def _show_notes(self, table: Table | None) -> None:
        self.left_out.say(left_out(table))
        self.assumed.say(assumed(table))

    def _filter(self, text: str) -> None:
        self.model.filter(text)
        self._fit_height()

    def _fit_height(self) -> None:
        rows = max(1, self.model.rowCount())
        height = VariableDelegate.row_height(self.fontMetrics())
        self.list.setMaximumHeight(rows * height + 4)

    def _add_index(self, index: QModelIndex) -> None:
        name = index.data()
        if name not in _drawn(self._document.project):
            self.add_wanted.emit((name,))

    def _open_menu(self, at: QPoint) -> None:
        index = self.list.indexAt(at)
        if index.isValid():
            menu = self.menu_for(index.data())
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.list.viewport().mapToGlobal(at))

    def _ask_unit(self, variable: Variable) -> None:
        unit, said = QInputDialog.getText(
            self,
            self.tr("Unit"),
            self.tr("{0} is measured in").format(variable.name),
            text=variable.unit,
        )
        if said:
            self.set_unit(variable.name, unit.strip())

    def _ask_bounds(self, name: str) -> None:
        table = self._document.project.table
        if table is not None:
            dialog = PossibleDialog(table, name, self)
            dialog.chosen.connect(lambda ends: self.set_bounds(name, ends))
            dialog.open()


def _add_of_column(panel: DataPanel, menu: KeyMenu, name: str) -> None:
    """What can be done with a column of values."""
    variable = panel.model.variable(name)
    together = joinable(panel._document.project, panel.chosen())
    if len(together) > 1 and name in together:
        join = menu.addAction(panel.tr("Make one variable of these…"))
        join.triggered.connect(lambda: panel.vector_wanted.emit(together))
    kinds = menu.addMenu(panel.tr("Treat as"))
    for kind in Kind:
        action = kinds.addAction(str(kind))
        action.setCheckable(True)
        action.setChecked(variable.kind is kind)
        action.triggered.connect(lambda _=False, kind=kind: panel.set_kind(name, kind))
    add_tiers(menu, panel._document.project, name, panel._change)
    unit = menu.addAction(panel.tr("Unit…"))
    unit.setEnabled(not variable.discrete)
    unit.triggered.connect(lambda: panel._ask_unit(variable))
    possible = menu.addAction(panel.tr("Possible values…"))
    possible.setEnabled(not variable.discrete)
    possible.triggered.connect(lambda: panel._ask_bounds(name))


def _drawn(project: Project) -> set[str]:
    """Columns that stand in the graph, by themselves or as part of a variable."""
    return {*project.graph.variables, *project.columns}


class _VariableList(QListView):
    """Return adds the current variable; F2 renames; the menu key or Shift+F10 opens its menu."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Return counts as activation on every platform."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
            return
        menu = event.key() == Qt.Key.Key_Menu
        menu |= (
            event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        )
        if menu and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
            self.customContextMenuRequested.emit(self.visualRect(self.currentIndex()).center())
            return
        super().keyPressEvent(event)


def _list_view(model: VariableModel, appearance: Appearance, parent: QWidget) -> QListView:
    view = _VariableList()
    view.setModel(model)
    view.setItemDelegate(VariableDelegate(appearance, parent))
    view.setMouseTracking(True)
    view.setUniformItemSizes(True)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
    view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view

"""The graph as a list: every node with its arrows, for keyboard and screen reader."""

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from engine.project import Project
from gui import edits
from gui.busy import busy
from gui.document import Document
from gui.edits import CARD_STEP
from gui.notices import plain_label
from gui.outline_cells import NAME, TIER, VALUE, Cells

EDGE = Qt.ItemDataRole.UserRole  # (kind, cause, effect) of an edge's line; None on a node's line
ARROW, HIDDEN = "→", "↔"


class OutlinePanel(QWidget):
    """Mirrors the canvas; select, rename, remove, add and join without a mouse."""

    chosen = Signal(object)  # tuple of names: select them on the canvas
    refused = Signal(object)  # UserError
    noticed = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._document = document
        self._following = False
        self._typed = ("", "")
        self.tree = _Tree()
        self.tree.setAccessibleName(self.tr("Nodes and arrows"))
        self.tree.setColumnCount(4)
        self.tree.setHeaderLabels(
            [self.tr("Variable"), self.tr("Facts"), self.tr("Set or seen"), self.tr("Time tier")]
        )
        self.tree.setEditTriggers(QTreeWidget.EditTrigger.EditKeyPressed)
        self.tree.setUniformRowHeights(True)
        for section, width in ((0, 240), (1, 420), (2, 130)):
            self.tree.header().resizeSection(section, width)
        self.cells = Cells(self.tree, document)
        self.cells.refused.connect(self.refused)
        self.cause, self.effect = QComboBox(), QComboBox()
        self.kind = QComboBox()
        self.kind.addItems([ARROW, HIDDEN])
        self.join = QPushButton(self.tr("Join"))
        self.corner = self._corner()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 0, 0)
        column.addWidget(self.tree)
        document.changed.connect(self.sync)
        self.tree.itemChanged.connect(self._rename)
        self.tree.itemSelectionChanged.connect(self._choose)
        self.tree.delete_pressed.connect(self.remove_chosen)
        self.tree.edit_pressed.connect(self.cells.edit)
        self.join.clicked.connect(self.join_chosen)
        self.cause.currentIndexChanged.connect(self._offer_effects)
        self.sync(None, document.project)

    def sync(self, old: Project | None, new: Project) -> None:
        """Make the tree show the graph of `new`, keeping selection and what is folded out."""
        if old is not None and _shown(old) == _shown(new):
            if (old.question, old.tiers) != (new.question, new.tiers):
                self.cells.follow(new)
            return
        self._following = True
        opened, current = self._opened(), self.chosen_name()
        self.tree.clear()
        for name in new.graph.variables:
            item = self._node_item(name, new)
            self.tree.addTopLevelItem(item)
            item.setExpanded(name in opened)
            if name == current:
                self.tree.setCurrentItem(item)
        self._fill(self.cause, new.graph.variables)
        self._offer_effects()
        self.join.setEnabled(len(new.graph.variables) > 1)
        self._following = False

    def chosen_name(self) -> str:
        """The variable of the current line; "" for none."""
        item = self.tree.currentItem()
        if item is None:
            return ""
        parent = item.parent()
        return (parent or item).text(0)

    def follow_selection(self, names: tuple[str, ...]) -> None:
        """Select what the canvas has selected."""
        if self._following or self.tree.hasFocus():
            return
        self._following = True
        for item in self._node_items():
            item.setSelected(item.text(0) in names)
        self._following = False

    def add_variable(self) -> None:
        """A new node below all others; its name is typed here."""
        project = self._document.project
        taken = {*project.graph.variables, *(project.table.names if project.table else ())}
        name = next(name for i in range(1, len(taken) + 2) if (name := f"X{i}") not in taken)
        places = project.positions.values()
        at = (min((x for x, _ in places), default=0.0),
              max((y for _, y in places), default=-CARD_STEP[1]) + CARD_STEP[1])  # fmt: skip
        self._document.apply(
            self.tr("Add {0}").format(name), lambda project: edits.add_variable(project, name, at)
        )
        item = self._node_items()[-1]
        self.tree.setCurrentItem(item)
        self.tree.editItem(item, 0)

    def remove_chosen(self) -> None:
        """Remove the node or the edge of the current line."""
        item = self.tree.currentItem()
        if item is None:
            return
        edge = item.data(0, EDGE)
        if edge is None:
            name = item.text(0)
            self._document.apply(
                self.tr("Delete {0}").format(name),
                lambda project: edits.remove(project, variables=(name,)),
            )
            self.noticed.emit(self.tr("Deleted {0}").format(name))
            return
        kind, cause, effect = edge
        verb = edits.disconnect if kind == ARROW else edits.disconnect_hidden
        self._document.apply(
            self.tr("Delete {0} {1} {2}").format(cause, kind, effect),
            lambda project: verb(project, cause, effect),
        )

    def join_chosen(self) -> None:
        """Draw the edge that the three boxes name."""
        cause, kind, effect = (box.currentText() for box in (self.cause, self.kind, self.effect))
        verb = edits.connect if kind == ARROW else edits.connect_hidden
        try:
            self._document.apply(
                self.tr("Connect {0} {1} {2}").format(cause, kind, effect),
                lambda project: verb(project, cause, effect),
            )
        except UserError as error:
            self.refused.emit(error)

    def _corner(self) -> QWidget:
        corner = QWidget()
        self.add = QPushButton(self.tr("Add variable"))
        self.add.clicked.connect(self.add_variable)
        for box, name in (
            (self.cause, self.tr("Cause")),
            (self.kind, self.tr("Kind of edge")),
            (self.effect, self.tr("Effect")),
        ):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMaximumWidth(160)
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 0, 0)
        label = plain_label(self.tr("Arrow"))
        label.setProperty("quiet", True)
        row.addStretch(1)
        for widget in (self.add, label, self.cause, self.kind, self.effect, self.join):
            row.addWidget(widget)
        return corner

    def _node_item(self, name: str, project: Project) -> QTreeWidgetItem:
        graph = project.graph
        item = QTreeWidgetItem([name, self._facts(name, project)])
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        self.cells.fill(item, name, project)
        lines = [
            *(((ARROW, cause, name), self.tr("caused by {0}").format(cause))
              for cause in graph.parents(name)),
            *(((ARROW, name, effect), self.tr("causes {0}").format(effect))
              for effect in graph.children(name)),
            *(((HIDDEN, name, other), self.tr("shares a hidden cause with {0}").format(other))
              for other in graph.siblings(name)),
        ]  # fmt: skip
        for edge, words in lines:
            assumed = edge[0] == ARROW and edge[1:] in project.assumed
            child = QTreeWidgetItem([words, self.tr("assumed") if assumed else ""])
            child.setData(0, EDGE, edge)
            item.addChild(child)
        for a, b, hidden in sorted(project.cut):
            if b == name or (hidden and a == name):
                kind = HIDDEN if hidden else ARROW
                child = QTreeWidgetItem([f"{a} {kind} {b}", self.tr("cut by the lot")])
                child.setData(0, EDGE, (kind, a, b))
                item.addChild(child)
        return item

    def _facts(self, name: str, project: Project) -> str:
        graph, facts = project.graph, []
        role = project.roles.get(name)
        if role is not None:
            facts.append(str(role))
        if name in project.randomised:
            facts.append(self.tr("randomised"))
        if name in graph.latent:
            facts.append(self.tr("never measured"))
        elif name in project.vectors:
            columns = project.vectors.columns(name)
            facts.append(self.tr("{0} columns: {1}").format(len(columns), ", ".join(columns)))
        elif project.table is not None and name in project.table:
            variable = project.table.variable(name)
            facts += [variable.unit, str(variable.kind)]
        else:
            facts.append(self.tr("no column in the table"))
        causes, effects = len(graph.parents(name)), len(graph.children(name))
        facts.append(self.tr("1 cause") if causes == 1 else self.tr("{0} causes").format(causes))
        facts.append(
            self.tr("1 effect") if effects == 1 else self.tr("{0} effects").format(effects)
        )
        return " · ".join(fact for fact in facts if fact)

    def _rename(self, item: QTreeWidgetItem, column: int) -> None:
        if self._following or item.data(0, EDGE) is not None:
            return
        old = self._document.project.graph.variables[self.tree.indexOfTopLevelItem(item)]
        if column:
            self.cells.take(old, column, item.text(column))
            return
        self._typed = (old, item.text(0).strip())
        QTimer.singleShot(0, self._apply_name)  # the tree is rebuilt: not within its own signal

    def _apply_name(self) -> None:
        old, new = self._typed
        if old not in self._document.project.graph.variables:
            return
        label = self.tr("Rename {0}").format(old)
        try:
            with busy(self._document.project.table):
                self._document.apply(label, lambda project: edits.rename(project, old, new))
        except UserError as error:
            self.sync(None, self._document.project)
            self.refused.emit(error)

    def _choose(self) -> None:
        if not self._following:
            name = self.chosen_name()
            self._following = True
            self.chosen.emit((name,) if name else ())
            self._following = False

    def _opened(self) -> set[str]:
        return {item.text(0) for item in self._node_items() if item.isExpanded()}

    def _node_items(self) -> list[QTreeWidgetItem]:
        rows = range(self.tree.topLevelItemCount())
        return [item for row in rows if (item := self.tree.topLevelItem(row)) is not None]

    def _offer_effects(self) -> None:
        """No variable is its own effect; first those that the cause does not point at yet."""
        graph, cause = self._document.project.graph, self.cause.currentText()
        others = [v for v in graph.variables if v != cause]
        drawn = set(graph.children(cause)) if cause in graph.variables else set()
        self._fill(self.effect, sorted(others, key=lambda v: v in drawn))

    def _fill(self, box: QComboBox, names: Iterable[str]) -> None:
        kept = box.currentText()
        with QSignalBlocker(box):
            box.clear()
            box.addItems(list(names))
            box.setCurrentText(kept)


def _shown(project: Project) -> tuple[object, ...]:
    """What of a project the outline shows."""
    marks = (project.randomised, project.cut)
    return project.graph, project.roles, project.table, project.assumed, marks


class _Tree(QTreeWidget):
    """Delete and Backspace ask to remove the current line; F2, F4 and Shift+F2 edit a column."""

    delete_pressed = Signal()
    edit_pressed = Signal(int)  # column

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Keys that the canvas knows too."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
            return
        column = {
            (Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier): NAME,
            (Qt.Key.Key_F4, Qt.KeyboardModifier.NoModifier): VALUE,
            (Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier): TIER,
        }.get((Qt.Key(event.key()), event.modifiers()))
        if column is not None:
            self.edit_pressed.emit(column)
            return
        super().keyPressEvent(event)

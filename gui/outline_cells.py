"""The columns of the outline that can be typed in: what is set or seen, and the time tier."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from engine.errors import GraphError, UserError
from engine.project import Project
from engine.queries.questions import Rung
from gui import edit_edges, edit_held, edit_tiers
from gui.document import Document
from gui.held_rows import TIERS
from gui.widgets.menu import KeyMenu

NAME, FACTS, VALUE, TIER = range(4)


class Cells(QObject):
    """Fills these columns, takes what is typed in them, and has the same as a menu."""

    refused = Signal(object)  # UserError

    def __init__(self, tree: QTreeWidget, document: Document) -> None:
        super().__init__(tree)
        self._tree, self._document = tree, document
        self._typed = ("", VALUE, "")
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._open_menu)

    def fill(self, item: QTreeWidgetItem, name: str, project: Project) -> None:
        """The texts of one node's line."""
        texts = {VALUE: value_text(project, name), TIER: str(project.tiers.get(name, ""))}
        for column, text in texts.items():
            if item.text(column) != text:
                item.setText(column, text)

    def follow(self, project: Project) -> None:
        """The texts of all lines; nothing else is touched."""
        with QSignalBlocker(self._tree):
            for name, item in zip(project.graph.variables, self._items(), strict=False):
                self.fill(item, name, project)

    def edit(self, column: int) -> None:
        """Type in a column of the current line's node."""
        item = self._tree.currentItem()
        if item is not None:
            self._tree.editItem(item.parent() or item, column)

    def take(self, name: str, column: int, text: str) -> None:
        """What was typed; done once the tree is out of its own signal, as it is rebuilt."""
        self._typed = (name, column, text.strip())
        QTimer.singleShot(0, self._apply_typed)

    def menu_for(self, name: str) -> KeyMenu:
        """The same, and what else can be said of a node."""
        project, menu = self._document.project, KeyMenu(self._tree)
        seeing = project.question.rung is Rung.SEE
        words = self.tr("Type which rows…") if seeing else self.tr("Type a value…")
        value = menu.addAction(f"{words}\tF4")
        value.triggered.connect(partial(self.edit, VALUE))
        verbs: list[tuple[str, Callable[[Project], Project], bool]] = [
            (self.tr("Back to the mean"), lambda p: edit_held.reset(p, (name,)), True),
            (self.tr("See only such rows"), lambda p: edit_held.look(p, (name,)), True),
            (
                self.tr("Release"),
                lambda p: edit_held.let_go(p, (name,)),
                edit_held.is_held(project, name),
            ),
        ]
        value.setEnabled(project.measured(name))
        for words, verb, usable in verbs:
            entry = menu.addAction(words)
            entry.setEnabled(usable and project.measured(name))
            entry.triggered.connect(partial(self._do, f"{words}: {name}", verb))
        menu.addSeparator()
        tiers = menu.addMenu(self.tr("Time tier"))
        for tier in (*TIERS, None):
            entry = tiers.addAction(self.tr("None") if tier is None else str(tier))
            entry.setCheckable(True)
            entry.setChecked(project.tiers.get(name) == tier)
            date = partial(edit_tiers.set_tier, names=(name,), tier=tier)
            entry.triggered.connect(
                partial(self._do, self.tr("Time tier of {0}").format(name), date)
            )
        other = tiers.addAction(self.tr("Another…") + "\tShift+F2")
        other.triggered.connect(partial(self.edit, TIER))
        lot = menu.addAction(self.tr("Randomised"))
        lot.setCheckable(True)
        lot.setChecked(name in project.randomised)
        mark = partial(edit_edges.toggle_randomised, names=(name,))
        lot.triggered.connect(partial(self._do, self.tr("Randomised: {0}").format(name), mark))
        return menu

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _items(self) -> list[QTreeWidgetItem]:
        found = map(self._tree.topLevelItem, range(self._tree.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _do(self, label: str, verb: Callable[[Project], Project], *_: object) -> bool:
        try:
            self._document.apply(label, verb)
        except UserError as error:
            self.refused.emit(error)
            return False
        return True

    @Slot()
    def _apply_typed(self) -> None:
        """Refused: the old text stands again in the project, the typed one waits in its cell."""
        name, column, text = self._typed
        project = self._document.project
        if name not in project.graph.variables:
            return
        if column == TIER:
            label = self.tr("Time tier of {0}").format(name)
            done = self._do(label, lambda p: edit_tiers.set_tier(p, (name,), tier_of(text)))
        else:
            label = self.tr("Set {0} by hand").format(name)
            verb = edit_held.typed if text else lambda p, names, _: edit_held.let_go(p, names)
            done = self._do(label, lambda p: verb(p, (name,), text))
        self.follow(self._document.project)
        if not done:
            item = self._items()[project.graph.variables.index(name)]
            with QSignalBlocker(self._tree):
                item.setText(column, text)
            self._tree.editItem(item, column)

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        item = self._tree.itemAt(at) or self._tree.currentItem()
        if item is None:
            return
        self._tree.setCurrentItem(item)
        menu = self.menu_for((item.parent() or item).text(NAME))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        place = self._tree.visualItemRect(item).center() if self._tree.itemAt(at) is None else at
        menu.popup(self._tree.viewport().mapToGlobal(place))


def value_text(project: Project, name: str) -> str:
    """What is set or seen of a node, as it would be typed."""
    if not project.measured(name) or not edit_held.is_held(project, name):
        return ""
    return edit_held.field_text(project, name)


def tier_of(text: str) -> int | None:
    """A time tier as it is typed; nothing: none."""
    if not text:
        return None
    try:
        return int(text)
    except ValueError as error:
        raise GraphError(
            f"{text!r} is no time tier", remedy="type 0, 1, 2 …, or nothing for none"
        ) from error

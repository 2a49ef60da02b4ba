"""The graph as a list: variables, edges, what is set, regions; all of it without a mouse."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QPoint, QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.errors import UserError
from engine.project import Position, Project
from engine.sketch import Region
from gui import edit_edges, edit_held, edit_regions, edits
from gui.busy import busy
from gui.canvas.edge_item import EdgeKey, key_of
from gui.document import Document
from gui.edits import CARD_STEP
from gui.outline.lines import ARROW, HIDDEN, Line, What, lines_of, shown
from gui.outline.tree import OutlineTree

CATCH_UP = 100  # milliseconds between looks at whether something is still being typed


class OutlinePanel(QWidget):
    """Mirrors the canvas, and does what it does.

    Each line can be written on, removed, and asked for the menu that the thing has on the canvas;
    boxes draw and change edges.
    """

    chosen = Signal(object, object, object)  # names, edge keys, index of a region or None
    menu_wanted = Signal(object, QPoint)  # the line (or None), and where on the screen
    nudged = Signal(int, int)
    refused = Signal(object)  # UserError
    noticed = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._document = document
        self._following = False
        self._stale = False
        self._selected: tuple[Iterable[str], Iterable[EdgeKey], int | None] = ((), (), None)
        self._later_on = QTimer(self, interval=CATCH_UP, singleShot=True)
        self._later_on.timeout.connect(self._catch_up)
        self.tree = OutlineTree()
        self.cause, self.effect, self.kind = QComboBox(), QComboBox(), QComboBox()
        self.kind.addItems([ARROW, HIDDEN])
        self.add = QPushButton(self.tr("+ variable"))
        self.note = QPushButton(self.tr("+ note"))
        self.join = QPushButton(self.tr("Join"))
        self.change = QPushButton(self.tr("Change"))
        self.corner = self._corner()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 0, 0)
        column.addWidget(self.tree)
        document.changed.connect(self.sync)
        self.tree.itemSelectionChanged.connect(self._choose)
        self.tree.delete_pressed.connect(self.remove_chosen)
        self.tree.region_pressed.connect(self.add_region)
        self.tree.nudged.connect(self.nudged)
        self.tree.written.connect(self._later)
        self.tree.menu_wanted.connect(self._ask_menu)
        self.cause.currentIndexChanged.connect(self._offer_effects)
        self.sync(None, document.project)

    def sync(self, old: Project | None, new: Project) -> None:
        """Make the tree show `new`, keeping what is chosen and what is folded out."""
        if old is not None and shown(old) == shown(new):
            return
        if self.tree.writing or not self.isVisible():
            self._stale = True
            self._later_on.start()
            return
        self._fill_tree(new)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Seen: what changed meanwhile is told."""
        super().showEvent(event)
        self._catch_up()

    def _catch_up(self) -> None:
        """Tell what is due, once it is seen and nothing is being typed."""
        if not self._stale or not self.isVisible():
            return
        if self.tree.writing:
            self._later_on.start()
            return
        self._fill_tree(self._document.project)
        self.follow(*self._selected)

    def _fill_tree(self, new: Project) -> None:
        self._stale = False
        self._following = True
        self.tree.fill(lines_of(new))
        self._fill(self.cause, new.graph.variables)
        self._offer_effects()
        self.join.setEnabled(len(new.graph.variables) > 1)
        self._following = False
        self._show_edge()

    def follow(self, names: Iterable[str], keys: Iterable[EdgeKey], region: int | None) -> None:
        """Choose what the canvas has selected; unseen, once it is seen."""
        if self._following:
            return
        self._selected = names, keys, region
        if not self.isVisible():
            self._stale = True
            return
        self._following = True
        wanted, edges = set(names), set(keys)
        told: set[EdgeKey] = set()

        def chosen(line: Line) -> bool:
            edge = line.edge
            if edge is not None:
                fresh = edge in edges and edge not in told
                told.add(edge)
                return fresh
            if line.what is What.NODE:
                return line.names[0] in wanted
            return line.what is What.REGION and line.index == region

        self.tree.choose(chosen)
        self._following = False
        self._show_edge()

    # ── verbs ──────────────────────────────────────────────────────────────────────────────────

    def add_variable(self) -> None:
        """A new node below all others; its name is typed here."""
        project = self._document.project
        taken = {*project.graph.variables, *(project.table.names if project.table else ())}
        name = next(name for i in range(1, len(taken) + 2) if (name := f"X{i}") not in taken)
        at = self._below()
        if self._attempt(
            self.tr("Add {0}").format(name), lambda project: edits.add_variable(project, name, at)
        ):
            self.tree.show_line(lambda line: line.names == (name,), edit=True)

    def add_note(self) -> None:
        """A note below all that is drawn; its title is typed here."""
        (x, y), (width, height) = self._below(), edit_regions.NOTE
        self._add(Region(x - width / 2, y - height / 2, width, height, self.tr("Note")))

    def add_region(self) -> None:
        """A region around the chosen variables; its title is typed here."""
        places = self._document.project.positions
        cards = [places[line.names[0]] for line in self.tree.chosen()
                 if line.what is What.NODE and line.names[0] in places]  # fmt: skip
        if cards:
            around = edit_regions.around(cards)
            self._add(Region(around.left, around.top, around.width, around.height,
                             self.tr("Region")))  # fmt: skip
        else:
            self.add_note()

    def remove_chosen(self) -> None:
        """Remove what the chosen lines stand for; what is set or seen is released."""
        lines = [line for line in self.tree.chosen() if line.what is not What.HELD]
        what = lines[0].words if len(lines) == 1 else self.tr("{0} lines").format(len(lines))
        if lines and self._attempt(self.tr("Delete {0}").format(what), partial(_removed, lines)):
            self.noticed.emit(self.tr("Deleted {0}").format(what))

    def join_chosen(self) -> None:
        """Draw the edge that the three boxes name."""
        cause, effect, hidden = self._boxes()
        verb = edits.connect_hidden if hidden else edits.connect
        kind = self.kind.currentText()
        self._attempt(
            self.tr("Connect {0} {1} {2}").format(cause, kind, effect),
            lambda project: verb(project, cause, effect),
        )

    def change_chosen(self) -> None:
        """The edge of the chosen line becomes the one that the three boxes name."""
        line, new = self._chosen_edge(), self._boxes()
        if line is None:
            return
        old = (*line.names, line.hidden)
        if new != old and self._attempt(
            self.tr("Change {0}").format(str(line.edge)),
            lambda project: edit_edges.redraw(project, (*_ends(line), line.hidden), new),
        ):
            self.tree.show_line(lambda other: other.edge == _key(new))

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _attempt(self, label: str, verb: Callable[[Project], Project]) -> bool:
        try:
            with busy(self._document.project.table):
                self._document.apply(label, verb)
        except UserError as error:
            self._fill_tree(self._document.project)
            self.refused.emit(error)
            return False
        if self._stale:  # whatever is typed elsewhere: this was done here
            self._fill_tree(self._document.project)
        return True

    def _add(self, region: Region) -> None:
        index = len(self._document.project.sketch.regions)
        if self._attempt(
            self.tr("Add a region"), lambda project: edit_regions.add_region(project, region)
        ):
            self.tree.show_line(
                lambda line: line.what is What.REGION and line.index == index, edit=True
            )

    def _below(self) -> Position:
        """A free place below all that is drawn."""
        project = self._document.project
        places, regions = project.positions.values(), project.sketch.regions
        bottom = max(
            (*(y for _, y in places), *(r.top + r.height for r in regions)),
            default=-CARD_STEP[1],
        )
        return min((x for x, _ in places), default=0.0), bottom + CARD_STEP[1]

    def _later(self, line: Line, text: str) -> None:
        """The tree is rebuilt: not while its editor closes."""
        QTimer.singleShot(0, self, lambda: self._write(line, text))

    def _write(self, line: Line, text: str) -> None:
        words = line.names[0] if line.names else line.words
        match line.what:
            case What.NODE:
                label = self.tr("Rename {0}").format(words)
                if self._attempt(label, lambda project: edits.rename(project, words, text)):
                    self.tree.show_line(lambda other: other.names == (text,))
            case What.ACTION:
                label = self.tr("Set {0}").format(words)
                self._attempt(label, lambda project: edit_held.typed_one(project, words, text))
            case What.REGION | What.NOTE:
                self._attempt(
                    self.tr("Write on the region"), lambda project: _written(project, line, text)
                )

    def _choose(self) -> None:
        self._show_edge()
        if self._following:
            return
        lines = self.tree.chosen()
        names = dict.fromkeys(
            name
            for line in lines
            if line.what in (What.NODE, What.ACTION, What.EVIDENCE, What.HELD)
            for name in self._document.project.vectors.nodes(line.names)
        )
        edges = dict.fromkeys(line.edge for line in lines if line.edge is not None)
        regions = [line.index for line in lines if line.what in (What.REGION, What.NOTE)]
        self._following = True
        self.chosen.emit(tuple(names), tuple(edges), regions[0] if regions else None)
        self._following = False

    def _ask_menu(self, at: QPoint) -> None:
        self.menu_wanted.emit(self.tree.current_line(), at)

    def _chosen_edge(self) -> Line | None:
        edges = [line for line in self.tree.chosen() if line.what is What.EDGE]
        return edges[0] if len(edges) == 1 else None

    def _show_edge(self) -> None:
        """The boxes name the chosen edge, which can then be changed."""
        line = self._chosen_edge()
        self.change.setEnabled(line is not None)
        if line is not None:
            self.cause.setCurrentText(line.names[0])
            self.kind.setCurrentText(HIDDEN if line.hidden else ARROW)
            self.effect.setCurrentText(line.names[1])

    def _boxes(self) -> tuple[str, str, bool]:
        hidden = self.kind.currentText() == HIDDEN
        return self.cause.currentText(), self.effect.currentText(), hidden

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

    def _corner(self) -> QWidget:
        corner = QWidget()
        for button, verb, tip in (
            (self.add, self.add_variable, self.tr("A new variable")),
            (self.note, self.add_note, self.tr("A note; G: a region around what is chosen")),
            (self.join, self.join_chosen, self.tr("Draw this edge")),
            (self.change, self.change_chosen, self.tr("The chosen edge becomes this one")),
        ):
            button.clicked.connect(verb)
            button.setToolTip(tip)
        for box, name in (
            (self.cause, self.tr("Cause")),
            (self.kind, self.tr("Kind of edge")),
            (self.effect, self.tr("Effect")),
        ):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMaximumWidth(110)
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        edge = (self.cause, self.kind, self.effect, self.join, self.change)
        for widget in (self.add, self.note, *edge):
            row.addWidget(widget)
        return corner


def _removed(lines: Iterable[Line], project: Project) -> Project:
    """The project without what these lines stand for; a note line is emptied."""
    lines = list(lines)
    nodes = [line.names[0] for line in lines if line.what is What.NODE]
    edges = [line for line in lines if line.what is What.EDGE]
    for line in lines:
        if line.what is What.ACTION:
            project = edits.stop_doing(project, line.names[0])
        elif line.what is What.EVIDENCE:
            project = edits.stop_seeing(project, line.names[0])
        elif line.what is What.NOTE:
            project = _written(project, line, "")
    gone = sorted({line.index for line in lines if line.what is What.REGION}, reverse=True)
    for index in gone:
        project = edit_regions.remove_region(project, index)
    return edits.remove(
        project,
        nodes,
        {_ends(line) for line in edges if not line.hidden},
        {_ends(line) for line in edges if line.hidden},
    )


def _written(project: Project, line: Line, text: str) -> Project:
    region = project.sketch.regions[line.index]
    title, note = (text, region.note) if line.what is What.REGION else (region.title, text)
    changed = edit_regions.written(region, f"{title}\n{note}" if note else title)
    return edit_regions.change_region(project, line.index, changed)


def _ends(line: Line) -> tuple[str, str]:
    key = line.edge
    assert key is not None
    return key.a, key.b


def _key(drawn: tuple[str, str, bool]) -> EdgeKey:
    a, b, hidden = drawn
    return key_of(a, b, hidden=hidden)

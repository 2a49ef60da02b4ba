"""Outline and canvas show one selection; keys and menus of the canvas work in the outline too."""

from functools import partial

from PySide6.QtCore import QObject, QPoint, QPointF, QTimer, Slot

from gui.actions import ACTIONS, Actions
from gui.canvas.edge_item import EdgeKey
from gui.canvas.menus import Menu
from gui.canvas.verbs import NUDGE
from gui.canvas.view import CanvasView
from gui.document import Document
from gui.outline.lines import Line, What
from gui.panels.outline import OutlinePanel

OWN = {"rename", "delete", "region", "select-all", "find-node", "next-edge", "previous-edge"}


class OutlineLink(QObject):
    """Listens to both, and tells each what the other has."""

    def __init__(
        self, panel: OutlinePanel, canvas: CanvasView, document: Document, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._panel, self._canvas, self._document = panel, canvas, document
        panel.chosen.connect(self.select)
        panel.menu_wanted.connect(self.open_menu)
        panel.nudged.connect(self._nudge)
        canvas.selection_changed.connect(self._follow)
        canvas.stage.regions.held_changed.connect(self._follow)

    def lend_keys(self, actions: Actions) -> None:
        """The keys of the canvas for what is chosen; its tools belong to the mouse."""
        for spec in ACTIONS:
            if spec.on_canvas and spec.id not in OWN and not spec.id.startswith("tool-"):
                self._panel.tree.addAction(actions[spec.id])

    @Slot(object, object, object)
    def select(
        self, names: tuple[str, ...], edges: tuple[EdgeKey, ...], region: int | None
    ) -> None:
        """Select on the canvas what was chosen, and bring the first of it into view."""
        canvas, stage = self._canvas, self._canvas.stage
        stage.select(names, edges)
        stage.regions.hold(region if not names and not edges else None)
        if names:
            stage.focus(names[0], shown=False)
            canvas.ensureVisible(stage.nodes[names[0]], 24, 24)
        elif edges:
            canvas.ensureVisible(stage.edges[edges[0]], 24, 24)
        elif region is not None:
            canvas.ensureVisible(stage.regions.items[region], 24, 24)

    @Slot(object, QPoint)
    def open_menu(self, line: Line | None, at: QPoint) -> None:
        """The menu that the thing has on the canvas."""
        self.menu(line).popup(at)

    def menu(self, line: Line | None) -> Menu:
        """What can be done to what a line stands for; without a line, to the canvas."""
        canvas, project = self._canvas, self._document.project
        if line is None:
            middle = canvas.mapToScene(canvas.viewport().rect().center())
            return canvas.menus.for_ground(_rounded(middle), canvas.select_all)
        if line.edge is not None:
            assumed = not line.hidden and line.names in project.assumed
            return canvas.menus.for_edge(line.edge, assumed=assumed)
        if line.what in (What.REGION, What.NOTE):
            menu = canvas.menus.for_region(line.index)
            menu.replace(menu.actions()[0], partial(self._write_on, line))
            return menu
        (name,) = project.vectors.nodes(line.names)
        menu = canvas.menus.for_node(project, name)
        if line.what is What.NODE:
            menu.replace(menu.actions()[0], partial(self._write_on, line))
        return menu

    def _write_on(self, line: Line) -> None:
        """In the outline itself, once the menu has given the keyboard back."""
        tree = self._panel.tree
        QTimer.singleShot(0, tree, lambda: tree.write_on(line))

    @Slot(int, int)
    def _nudge(self, right: int, down: int) -> None:
        self._canvas.verbs.nudge(NUDGE * right, NUDGE * down)

    @Slot()
    def _follow(self, *_: object) -> None:
        stage = self._canvas.stage
        self._panel.follow(stage.selected, stage.selected_edges, stage.regions.held)


def _rounded(point: QPointF) -> tuple[float, float]:
    return float(round(point.x())), float(round(point.y()))

"""The canvas as the window knows it: follows the document, passes hands and keys on."""

from collections.abc import Iterable, Mapping
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QWidget

from engine.project import Project
from engine.queries.answers import CardsAnswer
from engine.runtime.messages import FitProgress, FitStates
from gui.appearance import Appearance
from gui.canvas import finding
from gui.canvas.card_painter import font
from gui.canvas.commands import CanvasCommands
from gui.canvas.drops import ColumnDrops
from gui.canvas.gestures import SetValue
from gui.canvas.keys import Keys
from gui.canvas.menus import Menu, Menus
from gui.canvas.naming import Naming, maker
from gui.canvas.panning import PanningView
from gui.canvas.pointer import Pointer
from gui.canvas.scene import CanvasScene
from gui.canvas.speech import Speech
from gui.canvas.tools import Tool
from gui.canvas.verbs import Verbs
from gui.document import Document


class CanvasView(PanningView):
    """The graph: cards, arrows, and every way to change them."""

    selection_changed = Signal(int, int)  # nodes, edges
    tool_changed = Signal(object)  # Tool
    noticed = Signal(str)  # one sentence
    focus_variable = Signal(str)  # a node was chosen
    opened = Signal(str)  # a node was double-clicked or entered

    def __init__(
        self, document: Document, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        scene = CanvasScene(document, appearance.theme)
        super().__init__(scene, appearance, parent)
        scene.setParent(self)
        self.commands = CanvasCommands(document, scene, self)
        self.naming = Naming(self, self.commands)
        self.verbs = Verbs(self, self.commands, self.naming)
        self.pointer = Pointer(self, self.commands, self.naming, self.verbs)
        self.menus = Menus(self, self.pointer, self.naming, self.verbs)
        self._keys = Keys(self, self.commands, self.pointer, self.naming, self.verbs)
        self._document = document
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._drops = ColumnDrops(self.viewport())
        self._speech = Speech(self, document, scene)
        self._connect()

    # ── what the window asks for ───────────────────────────────────────────────────────────────

    def show_cards(self, answer: CardsAnswer) -> None:
        """The newest marginals for the cards."""
        self.stage.show_cards(answer)
        self._speech.update()

    def show_states(self, states: FitStates) -> None:
        """The newest states of the mechanisms."""
        self.stage.show_states(states)

    def show_progress(self, progress: Mapping[str, FitProgress]) -> None:
        """The newest training progress per variable."""
        self.stage.show_progress(progress)

    def set_tool(self, tool: Tool, *, locked: bool = False) -> None:
        """Choose a tool: for one use, or until Esc if `locked`."""
        self.pointer.set_tool(tool, locked=locked)

    def select_all(self) -> None:
        """All nodes and edges."""
        self._keys.select_all()

    def selected_variables(self) -> tuple[str, ...]:
        """Names of the selected nodes, in the graph's order."""
        variables = self._document.project.graph.variables
        return tuple(v for v in variables if v in self.stage.selected)

    def add_columns_at(self, names: Iterable[str], scene_point: QPointF | None = None) -> None:
        """Columns become nodes around a point (the middle of the window by default)."""
        middle = self.mapToScene(self.viewport().rect().center())
        near = middle if scene_point is None else scene_point
        self.commands.add_columns(tuple(names), (round(near.x()), round(near.y())))

    # ── following ──────────────────────────────────────────────────────────────────────────────

    @Slot(object, object)
    def sync(self, old: Project, new: Project) -> None:
        """Follow the document; a gesture that did not cause the change ends."""
        if not isinstance(self.pointer.gesture, SetValue):
            self.pointer.cancel()
        self.verbs.glide.stop()
        self.stage.sync(old, new)
        self._speech.update()
        if bool(old.graph.variables) != bool(new.graph.variables):
            self.viewport().update()

    @Slot()
    def _restart(self) -> None:
        self.stage.forget()
        self.fit()

    # ── hands and keys ─────────────────────────────────────────────────────────────────────────

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Hands go to the pointer."""
        match event.type():
            case QEvent.Type.MouseButtonPress:
                self.pointer.press(cast(QMouseEvent, event))
            case QEvent.Type.MouseMove:
                self.pointer.move(cast(QMouseEvent, event))
            case QEvent.Type.MouseButtonRelease:
                self.pointer.release(cast(QMouseEvent, event))
            case QEvent.Type.MouseButtonDblClick:
                self.pointer.double_click(cast(QMouseEvent, event))
            case QEvent.Type.Leave:
                self.pointer.hover(None)
            case _:
                return super().viewportEvent(event)
        return True

    def event(self, event: QEvent) -> bool:
        """Keys that mean something here come before the window's shortcuts."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._keys.knows(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """A verb, or the window's business."""
        if not self._keys.press(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """The end of a held key."""
        self._keys.release(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802, FBT001 - Qt's name
        """Tab visits the nodes, then leaves."""
        return self._keys.tab(1 if forward else -1) or super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """By keyboard: show where the focus is."""
        super().focusInEvent(event)
        by_tab = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        if by_tab and self.stage.focused is None:
            self._keys.tab(1 if event.reason() == Qt.FocusReason.TabFocusReason else -1)
        elif by_tab:
            self.stage.focus(self.stage.focused)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """The ring goes with the focus."""
        super().focusOutEvent(event)
        self.stage.focus(self.stage.focused, shown=False)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """The menu of what was clicked, or of the focused node."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self.stage.focused is not None:
            node = self.stage.nodes[self.stage.focused]
            menu, at = self.menu_at(node.pos()), self.mapFromScene(node.pos())
        else:
            menu, at = self.menu_at(self.mapToScene(event.pos())), event.pos()
        menu.popup(self.viewport().mapToGlobal(at))

    def menu_at(self, point: QPointF) -> Menu:
        """The menu for what lies at a scene point, which is selected first."""
        self.pointer.cancel()
        node = finding.node_at(self.stage.nodes, point)
        if node is not None:
            name = node.card.name
            if name not in self.stage.selected:
                self.stage.select({name})
            self.stage.focus(name, shown=False)
            return self.menus.for_node(self._document.project, name)
        edge = finding.edge_at(self.stage.edges, point, self.zoom)
        if edge is not None:
            self.stage.select((), {edge.key})
            return self.menus.for_edge(edge.key, assumed=edge.look.assumed)
        region = self.stage.regions.at(point)
        if region is not None:
            self.stage.select(())
            self.stage.regions.hold(region)
            return self.menus.for_region(region)
        at = _rounded(point)
        return self.menus.for_ground(at, self.select_all)

    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:  # noqa: N802
        """What to do with an empty canvas."""
        if self._document.project.graph.variables or self.naming.editor is not None:
            return
        painter.save()
        painter.resetTransform()
        painter.setFont(font(11))
        painter.setPen(self.appearance.theme.color("quiet"))
        where = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.viewport().rect(), int(where), self._speech.hint)
        painter.restore()

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _connect(self) -> None:
        self._document.changed.connect(self.sync)
        self._document.replaced.connect(self._restart)
        self.stage.selection_changed.connect(self.selection_changed)
        self.stage.placed.connect(self._fit_again)
        self.stage.growth.grew.connect(self._follow_growth)
        self._drops.dropped.connect(self._take)
        self.commands.noticed.connect(self.noticed)
        self.pointer.tool_changed.connect(self.tool_changed)
        self.pointer.chosen.connect(self.focus_variable)
        self.pointer.opened.connect(self.focus_variable)
        self.pointer.opened.connect(self.opened)
        self.pointer.offered.connect(self._offer)

    @Slot()
    def _fit_again(self) -> None:
        """All of it is seen, unless the user looks elsewhere."""
        if self._fitted:
            self.fit()

    @Slot()
    def _follow_growth(self) -> None:
        """Many cards have come: they are seen as if they had come at once."""
        if self._fitted and not self._drawn_on:
            self.fit()
        else:
            self.extend()

    @Slot(str, QPointF)
    def _offer(self, cause: str, point: QPointF) -> None:
        at = _rounded(point)
        menu = self.menus.for_dropped(cause, at)
        menu.popup(self.viewport().mapToGlobal(self.mapFromScene(point) + QPoint(2, 2)))

    @Slot(object, QPoint)
    def _take(self, names: tuple[str, ...], at: QPoint) -> None:
        point = self.mapToScene(at)
        edge = finding.edge_at(self.stage.edges, point, self.zoom)
        if edge is not None and len(names) == 1 and names[0] not in self._document.project.columns:
            self.commands.create(names[0], maker(_rounded(point), into=edge.key))
        else:
            self.add_columns_at(names, point)
        self.setFocus(Qt.FocusReason.MouseFocusReason)


def _rounded(point: QPointF) -> tuple[float, float]:
    return (float(round(point.x())), float(round(point.y())))

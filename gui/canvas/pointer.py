"""The pointer: which gesture a press begins, and what it hovers over."""

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from engine.queries.questions import Rung
from gui.canvas import finding
from gui.canvas.commands import CanvasCommands
from gui.canvas.confirming import confirm
from gui.canvas.connecting import Connect, Reconnect
from gui.canvas.edge_item import EdgeItem
from gui.canvas.edge_verbs import straighten, try_repair
from gui.canvas.gestures import Bend, Gesture, MoveNodes, Pan, PickBar, RubberBand, SetValue
from gui.canvas.naming import Naming
from gui.canvas.node_item import NodeItem
from gui.canvas.panning import PanningView
from gui.canvas.region_verbs import MoveRegion
from gui.canvas.tools import Tool
from gui.canvas.verbs import Verbs

BORDER = 14  # pixels from the window's edge where a drag scrolls
END = 32.0  # pixels from the ends of an edge where a press takes the end
EXTEND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Pointer(QObject):
    """Keeps the tool and the one live gesture."""

    tool_changed = Signal(object)
    chosen = Signal(str)  # a node was clicked
    opened = Signal(str)  # a node's body was double-clicked
    offered = Signal(str, QPointF)  # an arrow from a node ended on empty canvas

    def __init__(
        self, view: PanningView, commands: CanvasCommands, naming: Naming, verbs: Verbs
    ) -> None:
        super().__init__(view)
        self._view, self._scene = view, view.stage
        self._commands, self._naming, self._verbs = commands, naming, verbs
        self.tool = Tool.SELECT
        self.hand = False  # space is held: a drag pans
        self.panned = False  # … and has panned
        self._locked = False
        self.gesture: Gesture | None = None
        self.at: QPointF | None = None  # where the pointer is, scene units

    def set_tool(self, tool: Tool, *, locked: bool = False) -> None:
        """Choose a tool: for one use, or until Esc if `locked`."""
        self.cancel()
        self._locked = locked
        if tool is not self.tool:
            self.tool = tool
            self.tool_changed.emit(tool)
        self.show_cursor()

    @property
    def locked(self) -> bool:
        """Whether the tool stays in hand until Esc."""
        return self._locked and self.tool is not Tool.SELECT

    def locked_words(self) -> str:
        """Said when a tool is locked."""
        return self.tr("The tool stays in hand until Esc")

    def show_cursor(self) -> None:
        """The cursor says what a press would do."""
        shape = (
            Qt.CursorShape.ArrowCursor if self.tool is Tool.SELECT else Qt.CursorShape.CrossCursor
        )
        if isinstance(self.gesture, Pan):
            shape = Qt.CursorShape.ClosedHandCursor
        elif self.hand:
            shape = Qt.CursorShape.OpenHandCursor
        self._view.viewport().setCursor(shape)

    def cancel(self) -> bool:
        """End the live gesture as if it had not been; False if there is none."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.cancel()
        return gesture is not None

    def begin(self, gesture: Gesture, point: QPointF) -> None:
        """A gesture starts."""
        self.cancel()
        self._verbs.glide.finish()
        self.gesture = gesture
        gesture.start(point)
        self.show_cursor()

    def connect_from(self, name: str, *, hidden: bool = False) -> None:
        """Take the edge tool (or that for hidden causes) and start at a node, as if clicked."""
        self.set_tool(Tool.HIDDEN if hidden else Tool.EDGE)
        centre = self._scene.nodes[name].pos()
        self.begin(Connect(self._scene, self._commands, name, hidden=hidden), centre)
        if self.gesture is not None:
            self.gesture.end(centre)

    def press(self, event: QMouseEvent) -> None:
        """Begin the gesture that this press means."""
        self._naming.finish()
        self._verbs.holding.finish()
        self._verbs.regions.finish()
        self._verbs.glide.finish()
        point = self._point(event)
        if isinstance(self.gesture, Connect) and event.button() == Qt.MouseButton.LeftButton:
            self.gesture.hold(point)
            return  # the second click: its release ends the arrow
        gesture = self._gesture_for(event, point)
        if gesture is not None:
            self.begin(gesture, point)

    def move(self, event: QMouseEvent) -> None:
        """Carry the gesture on, or hover."""
        point = self.at = self._point(event)
        if self.gesture is not None:
            if event.buttons() and not isinstance(self.gesture, Pan | SetValue):
                self._scroll_at_border(event.position().toPoint().toTuple())
            self.gesture.move(point)
        elif not event.buttons():
            self.hover(point)

    def release(self, event: QMouseEvent) -> None:
        """End the gesture, or what the tool was chosen for."""
        gesture, point = self.gesture, self._point(event)
        if gesture is not None:
            if gesture.end(point):
                self.gesture = None
                self.hover(point)
                self._used(gesture)
        elif event.button() == Qt.MouseButton.LeftButton and self._creates(point):
            self._naming.create(_rounded(point), latent=self.tool is Tool.HIDDEN)
            self._put_down()
        self.show_cursor()

    def double_click(self, event: QMouseEvent) -> None:
        """A new node on empty canvas; else the name or the card, a straight edge, the text."""
        point = self._point(event)
        if event.button() != Qt.MouseButton.LeftButton or isinstance(self.gesture, Connect):
            return
        self.cancel()
        node = finding.node_at(self._scene.nodes, point)
        if node is not None and node.name_at(point):
            self._naming.rename(node.card.name)
        elif node is not None and node.value_at(point):
            self._verbs.holding.type_value(node.card.name)
        elif node is not None and (node.sign_at(point) or node.slider_at(point)):
            self.press(event)  # the second of two quick clicks
        elif node is not None:
            self.opened.emit(node.card.name)
        elif finding.edge_at(self._scene.edges, point, self._view.zoom) is not None:
            straighten(self._commands, self._scene)
        elif (region := self._scene.regions.at(point)) is not None:
            self._verbs.regions.write(region)
        else:
            self._naming.create(_rounded(point))

    def hover(self, point: QPointF | None) -> None:
        """Lift what is under the pointer."""
        if point is None:
            self.at = None
            self._scene.hover(None)
            return
        item: NodeItem | EdgeItem | None = finding.hoverable_at(self._scene.nodes, point)
        self._scene.hover(item or finding.edge_at(self._scene.edges, point, self._view.zoom))

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _gesture_for(self, event: QMouseEvent, point: QPointF) -> Gesture | None:
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self.hand):
            self.panned = True
            return Pan(self._view)
        if not left or self._creates(point):
            return None
        if self.tool is Tool.SELECT:
            return self._select_gesture(event, point)
        node = finding.node_at(self._scene.nodes, point)
        if node is None:
            return RubberBand(self._scene, keep=False)
        return self._arrow(node, hidden=self.tool is Tool.HIDDEN)

    def _select_gesture(self, event: QMouseEvent, point: QPointF) -> Gesture | None:
        extend = bool(event.modifiers() & EXTEND)
        if self._scene.broken.offered_at(point):
            try_repair(self._commands, self._scene)
            return None
        handled = finding.handle_at(self._scene.nodes, point)
        if handled is not None:
            return self._arrow(handled)
        node = finding.node_at(self._scene.nodes, point)
        if node is not None:
            if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                return self._arrow(node)
            return self._card_gesture(node, point, extend=extend)
        edge = finding.edge_at(self._scene.edges, point, self._view.zoom)
        if edge is None:
            return self._ground_gesture(point, extend=extend)
        if not extend and edge.mark_at((point.x(), point.y())):
            confirm(self._commands, self._scene, (edge.key,))
        edges = self._scene.selected_edges ^ {edge.key} if extend else {edge.key}
        self._scene.select(self._scene.selected if extend else (), edges)
        if extend:
            return None
        end = edge.route.near_end((point.x(), point.y()), END / min(self._view.zoom, 1.0))
        if end:
            return Reconnect(self._scene, self._commands, edge.key, head=end > 0)
        return Bend(self._scene, self._commands, edge)

    def _card_gesture(self, node: NodeItem, point: QPointF, *, extend: bool) -> Gesture | None:
        """A sign, the slider or a bar of what the question holds; else the card is taken."""
        holding, name = self._verbs.holding, node.card.name
        sign = node.sign_at(point)
        if sign:
            holding.press(name, sign)
            return None
        if node.slider_at(point):
            self._scene.select({name})  # so that keys go on where the hand was
            self._scene.focus(name, shown=False)
            return SetValue(self._scene, holding, node)
        code = node.bar_at(point) if node.card.rung is Rung.SEE and not extend else None
        if code is None:
            return self._hold(node, extend=extend)
        self._hold(node, extend=False)
        return PickBar(self._scene, self._commands, holding, name, code)

    def _ground_gesture(self, point: QPointF, *, extend: bool) -> Gesture:
        """A region's title or rim moves it; elsewhere a rubber band begins."""
        region = self._scene.regions.at(point)
        if region is None or extend:
            self._scene.regions.hold(None)
            return RubberBand(self._scene, keep=extend)
        corner = self._scene.regions.items[region].corner_at(point)
        return MoveRegion(self._view, self._verbs.regions, region, corner=corner)

    def _arrow(self, node: NodeItem, *, hidden: bool = False) -> Gesture:
        return Connect(self._scene, self._commands, node.card.name, hidden=hidden)

    def _hold(self, node: NodeItem, *, extend: bool) -> Gesture:
        """Select the pressed card, or toggle it; then it can be dragged."""
        name, scene = node.card.name, self._scene
        if extend:
            scene.select(scene.selected ^ {name}, scene.selected_edges)
        elif name not in scene.selected:
            scene.select({name})
        scene.focus(name, shown=False)
        self.chosen.emit(name)
        return MoveNodes(scene, self._commands, name, extend=extend)

    def _creates(self, point: QPointF) -> bool:
        """True where a click with this tool makes a node."""
        if self.tool is Tool.NODE:
            return True
        return self.tool is Tool.HIDDEN and finding.node_at(self._scene.nodes, point) is None

    def _used(self, gesture: Gesture) -> None:
        if isinstance(gesture, Connect):
            if gesture.dropped_at is not None:
                self.offered.emit(gesture.source, gesture.dropped_at)
            self._put_down()

    def _put_down(self) -> None:
        if self.tool is not Tool.SELECT and not self._locked:
            self.set_tool(Tool.SELECT)

    def _point(self, event: QMouseEvent) -> QPointF:
        return self._view.mapToScene(event.position().toPoint())

    def _scroll_at_border(self, at: tuple[int, int]) -> None:
        size = self._view.viewport().size()
        over = [
            min(0, near - BORDER) + max(0, near - (far - BORDER))
            for near, far in zip(at, (size.width(), size.height()), strict=True)
        ]
        if any(over):
            self._view.pan_by(-_pixels(over))


def _rounded(point: QPointF) -> tuple[float, float]:
    return (float(round(point.x())), float(round(point.y())))


def _pixels(over: list[int]) -> QPoint:
    return QPoint(over[0], over[1])

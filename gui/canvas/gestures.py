"""What a hand does on the canvas: one object per gesture, with start, move, end and cancel.

A gesture shows itself while it lasts and changes the project once, at its end.
"""

from math import inf
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsRectItem

from engine.project import Position
from gui.canvas.commands import CanvasCommands
from gui.canvas.drawing import category_at, knob_at, slider_range, value_at
from gui.canvas.edge_item import EdgeItem, EdgeKey
from gui.canvas.edge_verbs import bend, is_lone, put_between
from gui.canvas.finding import edge_at, edges_within, nodes_within
from gui.canvas.holding import Holding
from gui.canvas.node_item import NodeItem
from gui.canvas.panning import PanningView
from gui.canvas.scene import CanvasScene

SLOP = 4.0  # a press that moves less is a click


class Gesture(Protocol):
    """From a press to a release; `end` is False while the gesture waits for another click."""

    def start(self, point: QPointF) -> None:
        """The press, in scene units."""

    def move(self, point: QPointF) -> None:
        """The hand moved."""

    def end(self, point: QPointF) -> bool:
        """The release; True when the gesture is over."""

    def cancel(self) -> None:
        """As if nothing had been."""


class MoveNodes:
    """Drag the selection; a mere click selects what was clicked."""

    def __init__(
        self, scene: CanvasScene, commands: CanvasCommands, clicked: str, *, extend: bool
    ) -> None:
        self._scene, self._commands = scene, commands
        self._clicked, self._extend = clicked, extend
        self._from: dict[str, Position] = {}
        self._origin = QPointF()
        self._moving = False
        self._lone = ""  # the one node dragged, if it has no edges

    def start(self, point: QPointF) -> None:
        """Remember where everything was."""
        self._origin = point
        places = self._scene.places()
        self._from = {name: places[name] for name in self._scene.selected}
        lone = len(self._from) == 1 and is_lone(self._scene.document.project, self._clicked)
        self._lone = self._clicked if lone and self._clicked in self._from else ""

    def move(self, point: QPointF) -> None:
        """Show the selection elsewhere."""
        off = point - self._origin
        self._moving = self._moving or off.manhattanLength() >= SLOP
        if self._moving:
            self._scene.drag(self._shifted(off))
            if self._lone:
                self._scene.mark_edge(self._into(off))

    def end(self, point: QPointF) -> bool:
        """One undo step; a node without edges that is dropped on an arrow becomes its mediator."""
        off = point - self._origin
        into = self._into(off) if self._moving else None
        self._scene.mark_edge(None)
        if into is not None:
            put_between(self._commands, self._scene, self._lone, into, self._shifted(off))
        elif self._moving:
            self._commands.move(self._shifted(off))
        elif not self._extend:
            self._scene.select({self._clicked})
        return True

    def cancel(self) -> None:
        """Put everything back."""
        nodes = self._scene.nodes
        self._scene.mark_edge(None)
        self._scene.drag({v: at for v, at in self._from.items() if v in nodes})

    def _into(self, off: QPointF) -> EdgeKey | None:
        """The arrow that the one dragged node would be put into."""
        if not self._lone:
            return None
        edge = edge_at(self._scene.edges, QPointF(*self._shifted(off)[self._lone]))
        return None if edge is None or edge.key.hidden else edge.key

    def _shifted(self, off: QPointF) -> dict[str, Position]:
        return {v: (round(x + off.x()), round(y + off.y())) for v, (x, y) in self._from.items()}


class Bend:
    """Pull an edge aside; a mere click selected it."""

    def __init__(self, scene: CanvasScene, commands: CanvasCommands, edge: EdgeItem) -> None:
        self._scene, self._commands, self._key = scene, commands, edge.key
        self._off: Position | None = None
        self._origin = self._caught = QPointF()

    def start(self, point: QPointF) -> None:
        """Where on the edge it was caught does not matter: its middle follows the hand."""
        self._origin = point
        self._caught = QPointF(*self._scene.edges[self._key].route.at(0.5)) - self._middle()

    def move(self, point: QPointF) -> None:
        """Show it bent."""
        by = point - self._origin
        if self._off is not None or by.manhattanLength() >= SLOP:
            off = self._caught + by
            self._off = (float(round(off.x())), float(round(off.y())))
            self._scene.pull(self._key, self._off)

    def end(self, point: QPointF) -> bool:
        """One undo step."""
        if self._off is not None:
            bend(self._commands, self._key, self._off)
        return True

    def cancel(self) -> None:
        """As it was."""
        if self._off is not None:
            self._scene.pull(self._key, None)

    def _middle(self) -> QPointF:
        nodes = self._scene.nodes
        return (nodes[self._key.a].pos() + nodes[self._key.b].pos()) / 2


class RubberBand:
    """Select what lies in a rectangle; `keep` adds to what was selected."""

    def __init__(self, scene: CanvasScene, *, keep: bool) -> None:
        self._scene = scene
        self._nodes = scene.selected if keep else frozenset()
        self._edges = scene.selected_edges if keep else frozenset()
        self._before = (scene.selected, scene.selected_edges)
        self._rect = QGraphicsRectItem()
        self._origin = QPointF()

    def start(self, point: QPointF) -> None:
        """Show the rectangle."""
        self._origin = point
        theme = self._scene.theme
        pen = QPen(theme.color("selected"), 1)
        pen.setCosmetic(True)
        self._rect.setPen(pen)
        self._rect.setBrush(theme.color("selected", 0.1))
        self._rect.setZValue(3)
        self._scene.addItem(self._rect)
        self._scene.select(self._nodes, self._edges)

    def move(self, point: QPointF) -> None:
        """Select what it touches."""
        rect = QRectF(self._origin, point).normalized()
        self._rect.setRect(rect)
        nodes = nodes_within(self._scene.nodes, rect)
        edges = edges_within(self._scene.edges, rect)
        self._scene.select(self._nodes | nodes, self._edges | edges)

    def end(self, point: QPointF) -> bool:
        """Keep the selection."""
        self._scene.removeItem(self._rect)
        return True

    def cancel(self) -> None:
        """The selection of before."""
        self._scene.removeItem(self._rect)
        self._scene.select(*self._before)


class Pan:
    """Shove the canvas; points are those of the window, since the scene moves under the hand."""

    def __init__(self, view: PanningView) -> None:
        self._view = view
        self._last = QPoint()

    def start(self, point: QPointF) -> None:
        """Take hold."""
        self._last = self._view.mapFromScene(point)

    def move(self, point: QPointF) -> None:
        """Let the canvas follow the hand."""
        now = self._view.mapFromScene(point)
        self._view.pan_by(now - self._last)
        self._last = now

    def end(self, point: QPointF) -> bool:
        """Let go."""
        return True

    def cancel(self) -> None:
        """The canvas stays where it is."""


class SetValue:
    """Slide what the question holds on the card; the whole slide is one undo step.

    A value, a shift, or the nearer end of a range; an end of the range at the end of the slider
    is open.
    """

    def __init__(self, scene: CanvasScene, holding: Holding, node: NodeItem) -> None:
        self._scene, self._holding, self._node = scene, holding, node
        self._low = True  # which end of a range is moved

    def start(self, point: QPointF) -> None:
        """Jump to where it was pressed."""
        self._scene.document.settle()
        knobs = [knob_at(self._node.card, end) for end in self._node.card.within or ()]
        if len(knobs) == 2 and None not in knobs:
            x = self._node.mapFromScene(point).x()
            low, high = (float(knob or 0.0) for knob in knobs)
            self._low = abs(x - low) < abs(x - high) or (low == high and x < low)
        self.move(point)

    def move(self, point: QPointF) -> None:
        """Follow the hand."""
        card = self._node.card
        x = self._node.mapFromScene(point).x()
        value = category_at(card, x) if card.categories else value_at(card, x)
        if value is None:
            return
        if card.within is None:
            self._holding.slide(card.name, float(value))
            return
        low, high = card.within
        ends = slider_range(card) or (-inf, inf)
        if self._low:
            low = -inf if value <= ends[0] else min(value, high)
        else:
            high = inf if value >= ends[1] else max(value, low)
        self._holding.slide_range(card.name, low, high)

    def end(self, point: QPointF) -> bool:
        """The next slide is another step."""
        self._scene.document.settle()
        return True

    def cancel(self) -> None:
        """What was set stays; Undo takes it back."""
        self._scene.document.settle()


class PickBar(MoveNodes):
    """While rows are looked at: a click on a bar filters by its category, a drag moves the card."""

    def __init__(
        self, scene: CanvasScene, commands: CanvasCommands, holding: Holding, name: str, code: int
    ) -> None:
        super().__init__(scene, commands, name, extend=False)
        self._holding, self._code = holding, code

    def end(self, point: QPointF) -> bool:
        """Dropped, or clicked."""
        moved = self._moving
        super().end(point)
        if not moved:
            self._holding.pick(self._clicked, self._code)
        return True

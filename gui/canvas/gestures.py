"""What a hand does on the canvas: one object per gesture, with start, move, end and cancel.

A gesture shows itself while it lasts and changes the project once, at its end.
"""

from typing import Protocol

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QGraphicsPathItem,
    QGraphicsRectItem,
    QGraphicsSimpleTextItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from engine.project import Position
from gui.canvas.card_painter import SMALL_POINTS, font
from gui.canvas.commands import CanvasCommands
from gui.canvas.drawing import category_at, value_at
from gui.canvas.finding import edges_within, node_at, nodes_within
from gui.canvas.node_item import NodeItem
from gui.canvas.panning import PanningView
from gui.canvas.routing import border
from gui.canvas.scene import CanvasScene
from gui.theme import Theme

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

    def start(self, point: QPointF) -> None:
        """Remember where everything was."""
        self._origin = point
        places = self._scene.places()
        self._from = {name: places[name] for name in self._scene.selected}

    def move(self, point: QPointF) -> None:
        """Show the selection elsewhere."""
        off = point - self._origin
        self._moving = self._moving or off.manhattanLength() >= SLOP
        if self._moving:
            self._scene.drag(self._shifted(off))

    def end(self, point: QPointF) -> bool:
        """One undo step."""
        if self._moving:
            self._commands.move(self._shifted(point - self._origin))
        elif not self._extend:
            self._scene.select({self._clicked})
        return True

    def cancel(self) -> None:
        """Put everything back."""
        nodes = self._scene.nodes
        self._scene.drag({v: at for v, at in self._from.items() if v in nodes})

    def _shifted(self, off: QPointF) -> dict[str, Position]:
        return {v: (round(x + off.x()), round(y + off.y())) for v, (x, y) in self._from.items()}


class Connect:
    """Draw an arrow (or ↔) from a node: drag to the target, or click, then click the target."""

    def __init__(
        self, scene: CanvasScene, commands: CanvasCommands, source: str, *, hidden: bool = False
    ) -> None:
        self.source, self.target = source, ""
        self.dropped_at: QPointF | None = None  # where a drag ended on empty canvas
        self._scene, self._commands, self._hidden = scene, commands, hidden
        self._dragged = False
        self._waiting = False  # for the second click
        self._held = ""  # pressed by the second click: dragged off, it is another arrow's cause
        self._origin = QPointF()
        self._cycle: tuple[str, ...] = ()
        self._line = QGraphicsPathItem()
        self._words = Caption()

    def start(self, point: QPointF) -> None:
        """Show the line."""
        self._origin = point
        for item in (self._line, self._words):
            item.setZValue(3)
            self._scene.addItem(item)
        self._draw(point)

    def move(self, point: QPointF) -> None:
        """Follow the pointer, or stick to the node under it."""
        off = point - self._origin
        self._dragged = self._dragged or off.manhattanLength() >= 2 * SLOP
        name = self._name(node_at(self._scene.nodes, point))
        if self._held and name != self._held:
            self.source, self._held = self._held, ""
        self.aim(name)
        self._draw(point)

    def hold(self, point: QPointF) -> None:
        """The second press: the target if released there, a new beginning if dragged away."""
        self._held = self._name(node_at(self._scene.nodes, point))

    def aim(self, target: str) -> None:
        """Make a node the target; "" for none. The keyboard's way of moving."""
        if target == self.source:
            target = ""
        if target != self.target:
            self.target = target
            back = () if self._hidden or not target else self._way_back(target)
            self._cycle = (*back, target) if back else ()
            self._scene.mark_target(target or None, self._cycle)
            if target:
                self._draw(self._scene.nodes[target].pos())

    def end(self, point: QPointF) -> bool:
        """Connect; a first click only chose the source, the second chooses the target."""
        if not self._dragged and not self._waiting:
            self._waiting = True
            return False
        node = node_at(self._scene.nodes, point)
        self.aim(self._name(node))
        if node is None and not self._waiting and not self._hidden:
            self.dropped_at = point
        return self.commit()

    def commit(self) -> bool:
        """Connect source and target, if there is one."""
        source, target = self.source, self.target
        self.cancel()
        if target:
            self._commands.connect_nodes(source, target, hidden=self._hidden)
        return True

    def cancel(self) -> None:
        """Take the line away."""
        self.target, self._cycle = "", ()
        for item in (self._line, self._words):
            if item.scene() is self._scene:
                self._scene.removeItem(item)
        self._scene.mark_target(None)

    def _name(self, node: NodeItem | None) -> str:
        return "" if node is None else node.card.name

    def _way_back(self, target: str) -> tuple[str, ...]:
        return self._scene.document.project.graph.path(target, self.source)

    def _draw(self, point: QPointF) -> None:
        theme = self._scene.theme
        source = self._scene.nodes[self.source].pos()
        end = point
        if self.target:
            target = self._scene.nodes[self.target].pos()
            end = QPointF(*border(target.toTuple(), source.toTuple(), 3.0))
        path = QPainterPath(QPointF(*border(source.toTuple(), end.toTuple())))
        path.lineTo(end)
        path.addEllipse(end, 3, 3)
        color = theme.color("error" if self._cycle else "selected")
        style = Qt.PenStyle.DashDotLine if self._hidden else Qt.PenStyle.SolidLine
        self._line.setPath(path)
        self._line.setPen(QPen(color, 2.0, style))
        words = " → ".join(self._cycle)
        loop = QCoreApplication.translate("Connect", "closes a loop: {0}")
        self._words.say(loop.format(words) if words else "", theme)
        self._words.setPos(point + QPointF(16, 14))


class Caption(QGraphicsSimpleTextItem):
    """Words beside the pointer, on a ground of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(font(SMALL_POINTS + 1))
        self._ground = QBrush()

    def say(self, words: str, theme: Theme) -> None:
        """Show a warning; nothing for no words."""
        self.setVisible(bool(words))
        self.setText(words)
        self.setBrush(theme.color("error"))
        self._ground = QBrush(theme.color("surface"))

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The words and their ground."""
        return super().boundingRect().adjusted(-7, -5, 7, 5)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Ground, then words."""
        painter.setBrush(self._ground)
        painter.setPen(QPen(self.brush().color(), 1))
        painter.drawRoundedRect(self.boundingRect().adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        super().paint(painter, option, widget)  # type: ignore[arg-type]


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
    """Slide the value of do(…) on the card; the whole slide is one undo step."""

    def __init__(self, scene: CanvasScene, commands: CanvasCommands, node: NodeItem) -> None:
        self._scene, self._commands, self._node = scene, commands, node

    def start(self, point: QPointF) -> None:
        """Jump to where it was pressed."""
        self._scene.document.settle()
        self.move(point)

    def move(self, point: QPointF) -> None:
        """Follow the hand."""
        card = self._node.card
        x = self._node.mapFromScene(point).x()
        value = category_at(card, x) if card.categories else value_at(card, x)
        if value is not None:
            name = card.name
            self._commands.intervene(name, _rounded(float(value)), merge=("slide", name))

    def end(self, point: QPointF) -> bool:
        """The next slide is another step."""
        self._scene.document.settle()
        return True

    def cancel(self) -> None:
        """What was set stays; Undo takes it back."""
        self._scene.document.settle()


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")

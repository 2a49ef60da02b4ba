"""Drawing an edge from a node, by hand or by keys, and leading an edge to another node."""

from PySide6.QtCore import QCoreApplication, QPointF

from engine.errors import CycleError, UserError
from engine.project import Project
from gui import edit_edges, edits
from gui.canvas.commands import CanvasCommands
from gui.canvas.edge_item import EdgeKey
from gui.canvas.edge_verbs import lead
from gui.canvas.finding import node_at, node_named
from gui.canvas.rubberline import RubberLine
from gui.canvas.scene import CanvasScene

SLOP = 4.0  # a press that moves less is a click


class Aim:
    """Which node an edge would end at, and whether it may: the loop it would close, or why not."""

    def __init__(self, scene: CanvasScene) -> None:
        self.target = ""
        self.refusal = ""
        self._scene = scene

    def at(self, target: str, trial: Project | None, cause: str, effect: str) -> None:
        """Aim at `target`; `trial` is the project without the edge, None for a hidden cause."""
        self.target, self.refusal = target, ""
        cycle: tuple[str, ...] = ()
        if target and trial is not None:
            cycle = edit_edges.would_close(trial, cause, effect)
            try:
                edits.connect(trial, cause, effect)
            except CycleError:
                self.refusal = _tr("closes a loop: {0}").format(" → ".join(cycle))
            except UserError as error:
                self.refusal = error.message
        self._scene.mark_target(target or None, cycle, refused=bool(self.refusal))

    def clear(self) -> None:
        """At nothing."""
        self.target = self.refusal = ""
        self._scene.mark_target(None)


class Connect:
    """Draw an arrow (or ↔) from a node: drag to the target, or click, then click or type it."""

    def __init__(
        self, scene: CanvasScene, commands: CanvasCommands, source: str, *, hidden: bool = False
    ) -> None:
        self.source = source
        self.dropped_at: QPointF | None = None  # where a drag ended on empty canvas
        self.typed = ""  # the beginning of the target's name
        self._scene, self._commands, self._hidden = scene, commands, hidden
        self._dragged = False
        self._waiting = False  # for the second click
        self._held = ""  # pressed by the second click: dragged off, it is another arrow's cause
        self._origin = QPointF()
        self._aim = Aim(scene)
        self._line = RubberLine(scene, hidden=hidden)

    @property
    def target(self) -> str:
        """Where the edge would end; "" for nowhere."""
        return self._aim.target

    def start(self, point: QPointF) -> None:
        """Show the line."""
        self._origin = point
        self._line.show()
        self._draw(point)

    def move(self, point: QPointF) -> None:
        """Follow the pointer, or stick to the node under it."""
        off = point - self._origin
        self._dragged = self._dragged or off.manhattanLength() >= 2 * SLOP
        name = self._name(point)
        if self._held and name != self._held:
            self.source, self._held = self._held, ""
        self.typed = ""
        self.aim(name)
        self._draw(point)

    def hold(self, point: QPointF) -> None:
        """The second press: the target if released there, a new beginning if dragged away."""
        self._held = self._name(point)

    def aim(self, target: str) -> None:
        """Make a node the target; "" for none. The keyboard's way of moving."""
        if target == self.source:
            target = ""
        if target != self.target:
            trial = None if self._hidden else self._scene.document.project
            self._aim.at(target, trial, self.source, target)
            if target:
                self._draw(self._scene.nodes[target].pos())

    def write(self, typed: str) -> None:
        """Aim at the node whose name begins with what was typed, or holds it."""
        self.typed = typed
        name = node_named(self._scene.nodes, typed, but=self.source) if typed else ""
        self.aim(name)
        at = self._scene.nodes[name or self.source].pos()
        self._draw(at)

    def end(self, point: QPointF) -> bool:
        """Connect; a first click only chose the source, the second chooses the target."""
        if not self._dragged and not self._waiting:
            self._waiting = True
            return False
        name = self._name(point)
        self.aim(name)
        if not name and not self._waiting and not self._hidden:
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
        self._aim.clear()
        self._line.hide()

    def _name(self, point: QPointF) -> str:
        node = node_at(self._scene.nodes, point)
        return "" if node is None else node.card.name

    def _draw(self, point: QPointF) -> None:
        refusal = self._aim.refusal
        self._line.draw(self.source, self.target, point, refused=bool(refusal))
        words = refusal
        if self.typed and not refusal:
            found = self.target or _tr("no node is named so")
            words = _tr("“{0}”: {1}").format(self.typed, found)
        warning = bool(refusal) or not self.target
        self._line.say(words, point, warning=warning)


class Reconnect:
    """Lead one end of an edge to another node; a mere click selects the edge."""

    def __init__(
        self, scene: CanvasScene, commands: CanvasCommands, key: EdgeKey, *, head: bool
    ) -> None:
        self._scene, self._commands, self._key, self._head = scene, commands, key, head
        self._fixed = key.a if head else key.b
        self._dragged = False
        self._origin = QPointF()
        self._aim = Aim(scene)
        self._line = RubberLine(scene, hidden=key.hidden)

    def start(self, point: QPointF) -> None:
        """Remember where the end was caught."""
        self._origin = point

    def move(self, point: QPointF) -> None:
        """Follow the pointer, or stick to the node under it."""
        if not self._dragged and (point - self._origin).manhattanLength() >= SLOP:
            self._dragged = True
            self._line.show()
            self._scene.edges[self._key].setOpacity(0.25)
        if not self._dragged:
            return
        node = node_at(self._scene.nodes, point)
        name = "" if node is None or node.card.name == self._fixed else node.card.name
        if name != self._aim.target:
            cause, effect = self._ends(name)
            project = self._scene.document.project
            trial = None if self._key.hidden else edits.disconnect(project, *self._pair())
            self._aim.at(name, trial, cause, effect)
        refusal = self._aim.refusal
        self._line.draw(self._fixed, self._aim.target, point, refused=bool(refusal))
        self._line.say(refusal, point)

    def end(self, point: QPointF) -> bool:
        """Lead it there; on empty canvas it goes back."""
        self.move(point)
        target = self._aim.target
        self.cancel()
        if self._dragged and target:
            lead(self._commands, self._scene, self._key, self._ends(target))
        return True

    def cancel(self) -> None:
        """As it was."""
        self._aim.clear()
        self._line.hide()
        edge = self._scene.edges.get(self._key)
        if edge is not None:
            edge.setOpacity(1.0)

    def _ends(self, other: str) -> tuple[str, str]:
        return (self._fixed, other) if self._head else (other, self._fixed)

    def _pair(self) -> tuple[str, str]:
        return (self._key.a, self._key.b)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connect", text)

"""The keyboard on the canvas: every verb without a mouse."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from engine.project import Role
from gui.actions import ACTIONS
from gui.canvas.commands import CanvasCommands
from gui.canvas.connecting import Connect
from gui.canvas.edge_item import EdgeKey
from gui.canvas.layout import free_spot
from gui.canvas.naming import Naming
from gui.canvas.navigation import following, nearest
from gui.canvas.panning import STEP, PanningView
from gui.canvas.pointer import Pointer
from gui.canvas.tools import Tool
from gui.canvas.verbs import FAR_NUDGE, NUDGE, Verbs

Key, Mod = Qt.Key, Qt.KeyboardModifier
Chord = tuple[Qt.Key, Qt.KeyboardModifier]
NONE, CTRL, SHIFT = Mod.NoModifier, Mod.ControlModifier, Mod.ShiftModifier
SETTLING = (Key.Key_Control, Key.Key_Plus, Key.Key_Equal, Key.Key_Minus)  # let go: a new step
ARROWS = {
    Key.Key_Left: (-1, 0),
    Key.Key_Right: (1, 0),
    Key.Key_Up: (0, -1),
    Key.Key_Down: (0, 1),
}


class Keys:
    """Turns key presses into commands; what it does not know is left to the window."""

    def __init__(
        self,
        view: PanningView,
        commands: CanvasCommands,
        pointer: Pointer,
        naming: Naming,
        verbs: Verbs,
    ) -> None:
        self._view, self._scene = view, view.stage
        self._commands, self._pointer, self._naming = commands, pointer, naming
        self._verbs = verbs
        self._table: dict[Chord, Callable[[], object]] = {
            (Key.Key_N, NONE): self.new_node,
            (Key.Key_L, NONE): self.connect_from_here,
            (Key.Key_C, NONE): self.connect_from_here,
            (Key.Key_R, NONE): commands.reverse_selected,
            (Key.Key_A, CTRL): self.select_all,
            (Key.Key_F, NONE): view.fit,
            (Key.Key_9, CTRL): view.fit,
            (Key.Key_0, CTRL): view.reset_zoom,
            (Key.Key_Plus, CTRL): partial(view.zoom_by, STEP),
            (Key.Key_Equal, CTRL): partial(view.zoom_by, STEP),
            (Key.Key_Minus, CTRL): partial(view.zoom_by, 1 / STEP),
            (Key.Key_E, NONE): partial(commands.toggle_role, Role.EXPOSURE),
            (Key.Key_O, NONE): partial(commands.toggle_role, Role.OUTCOME),
            (Key.Key_A, NONE): partial(commands.toggle_role, Role.ADJUSTED),
            (Key.Key_S, NONE): partial(commands.toggle_role, Role.SELECTED),
            (Key.Key_U, NONE): commands.toggle_latent,
            (Key.Key_Return, NONE): self.enter,
            (Key.Key_Enter, NONE): self.enter,
            (Key.Key_Escape, NONE): self.escape,
            (Key.Key_Home, NONE): partial(self.focus_end, 1),
            (Key.Key_End, NONE): partial(self.focus_end, -1),
        }
        for id, verb in verbs.by_id().items():
            self._table |= dict.fromkeys(_chords(id), verb)
        for key, way in ARROWS.items():
            self._table[key, NONE] = partial(self.focus_near, way)
            self._table[key, SHIFT] = partial(self.focus_near, way, extend=True)
            self._table[key, CTRL] = partial(verbs.nudge, way[0] * NUDGE, way[1] * NUDGE)
            far = partial(verbs.nudge, way[0] * FAR_NUDGE, way[1] * FAR_NUDGE)
            self._table[key, CTRL | SHIFT] = far

    def knows(self, event: QKeyEvent) -> bool:
        """True for keys that mean something here, so that the window's shortcuts wait."""
        return self._types(event) or _chord(event) in self._table or event.key() == Key.Key_Space

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key means; False if it means nothing here."""
        if self._types(event):
            self._type(event)
            return True
        if event.key() == Key.Key_Space and not event.isAutoRepeat():
            self._pointer.hand, self._pointer.panned = True, False
            self._pointer.show_cursor()
            return True
        verb = self._table.get(_chord(event))
        if verb is not None:
            verb()
        return verb is not None or event.key() == Key.Key_Space

    def release(self, event: QKeyEvent) -> None:
        """Space pans while held, toggles when only tapped; others end a run of nudges or steps."""
        if event.isAutoRepeat():
            return
        if event.key() == Key.Key_Space:
            self._pointer.hand = False
            self._pointer.show_cursor()
            name = self._scene.focused
            if name is not None and not self._pointer.panned:
                self._scene.select(self._scene.selected ^ {name}, self._scene.selected_edges)
        elif event.key() in SETTLING:
            self._scene.document.settle()

    def new_node(self) -> None:
        """A node at the pointer, or at a free place in the middle of the window."""
        near = self._pointer.at
        if near is None or not self._visible(near):
            near = self._view.mapToScene(self._view.viewport().rect().center())
        wish = (float(round(near.x())), float(round(near.y())))
        self._naming.create(free_spot(self._scene.places().values(), wish))

    def connect_from_here(self) -> None:
        """An arrow from the focused node, to a click or to Enter; without one, the edge tool.

        With the edge tool in hand it stays in hand.
        """
        name = self._current()
        if self._pointer.tool is Tool.EDGE:
            self._pointer.set_tool(Tool.EDGE, locked=True)
            self._commands.noticed.emit(self._pointer.locked_words())
        elif name is None:
            self._pointer.set_tool(Tool.EDGE)
        else:
            self._pointer.connect_from(name)

    def select_all(self) -> None:
        """All nodes and edges."""
        self._scene.growth.finish()
        self._scene.select(self._scene.nodes, self._scene.edges)

    def enter(self) -> None:
        """Connect to the focused node; else open it."""
        gesture = self._pointer.gesture
        if isinstance(gesture, Connect):
            self._pointer.gesture = None
            gesture.commit()
            self._pointer.set_tool(Tool.SELECT)
        elif self._scene.focused is not None:
            self._scene.select({self._scene.focused})
            self._pointer.opened.emit(self._scene.focused)

    def escape(self) -> None:
        """End a layout under way, the gesture, the tool, the selection, or release what was set."""
        if self._verbs.arranger.give_up():
            return
        if self._pointer.cancel():
            self._pointer.show_cursor()
        elif self._pointer.tool is not Tool.SELECT:
            self._pointer.set_tool(Tool.SELECT)
        elif self._scene.selected or self._scene.selected_edges:
            self._scene.select(())
        elif self._scene.regions.held is not None:
            self._scene.regions.hold(None)
        else:
            self._commands.release_all()

    def focus_near(self, way: tuple[int, int], *, extend: bool = False) -> None:
        """Focus the nearest node that way."""
        name = nearest(self._scene.places(), self._scene.focused, way)
        if name is not None:
            self.focus(name, extend=extend)

    def focus_end(self, step: int) -> None:
        """Focus the first or the last node in causal order."""
        name = following(self._scene.document.project.graph.order(), None, step)
        if name is not None:
            self.focus(name)

    def tab(self, step: int) -> bool:
        """The next node in causal order, then the regions; False past the last, to leave."""
        regions, order = self._scene.regions, self._scene.document.project.graph.order()
        ring = [*order, *range(len(regions.items))]
        now = self._scene.focused if regions.held is None else regions.held
        place = ring.index(now) + step if now in ring else 0 if step > 0 else len(ring) - 1
        if not 0 <= place < len(ring):
            return False
        to = ring[place]
        if isinstance(to, str):
            regions.hold(None)
            self.focus(to)
        else:
            self._scene.select(())
            self._scene.focus(None)
            regions.hold(to)
            self._view.ensureVisible(regions.items[to], 24, 24)
        return True

    def focus(self, name: str, *, extend: bool = False) -> None:
        """Focus and select a node; while an arrow is drawn, aim at it."""
        self._scene.focus(name)
        self._view.ensureVisible(self._scene.nodes[name], 24, 24)
        if isinstance(self._pointer.gesture, Connect):
            self._pointer.gesture.aim(name)
            return
        kept = self._scene.selected if extend else frozenset[str]()
        edges = self._scene.selected_edges if extend else frozenset[EdgeKey]()
        self._scene.select(kept | {name}, edges)
        self._pointer.chosen.emit(name)

    def _types(self, event: QKeyEvent) -> bool:
        """True where a key writes the name of the target of an arrow."""
        gesture, text = self._pointer.gesture, event.text()
        if not isinstance(gesture, Connect) or event.modifiers() & ~(SHIFT | Mod.KeypadModifier):
            return False
        if event.key() == Key.Key_Backspace:
            return True
        return bool(text) and text.isprintable() and (text != " " or bool(gesture.typed))

    def _type(self, event: QKeyEvent) -> None:
        gesture = self._pointer.gesture
        if isinstance(gesture, Connect):
            erase = event.key() == Key.Key_Backspace
            gesture.write(gesture.typed[:-1] if erase else gesture.typed + event.text())

    def _current(self) -> str | None:
        """The node meant: the focused one, or the only selected."""
        scene = self._scene
        if scene.focused in scene.selected or (scene.focused and not scene.selected):
            return scene.focused
        return next(iter(scene.selected)) if len(scene.selected) == 1 else None

    def _visible(self, point: QPointF) -> bool:
        return self._view.viewport().rect().contains(self._view.mapFromScene(point))


def _chords(id: str) -> list[Chord]:
    """The keys of an action of the canvas, as the table of actions has them."""
    spec = next(spec for spec in ACTIONS if spec.id == id)
    combinations = [
        QKeySequence(keys)[0]  # type: ignore[index]
        for keys in spec.keys
        if spec.on_canvas
    ]
    return [(each.key(), each.keyboardModifiers()) for each in combinations]


def _chord(event: QKeyEvent) -> Chord:
    held = event.modifiers() & ~Mod.KeypadModifier
    key = Qt.Key(event.key())
    if key in (Key.Key_Plus, Key.Key_Equal):
        held &= ~SHIFT
    return key, held

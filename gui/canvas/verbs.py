"""What the canvas can do, by the ids of the table of actions: one list for menus and keys."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPointF

from engine.project import Project
from gui import edit_tiers
from gui.arranging import ALIGN
from gui.canvas import edge_verbs
from gui.canvas.arranger import Arranger
from gui.canvas.clipboard import Clipboard
from gui.canvas.commands import CanvasCommands
from gui.canvas.edge_item import EdgeKey
from gui.canvas.finder import Finder
from gui.canvas.gliding import Glide
from gui.canvas.holding import Holding
from gui.canvas.naming import Naming
from gui.canvas.navigation import following
from gui.canvas.panning import PanningView
from gui.canvas.region_verbs import RegionVerbs
from gui.held_rows import TIERS

NUDGE, FAR_NUDGE = 6.0, 60.0


class Verbs(QObject):
    """Clipboard, places, edges and regions of one canvas."""

    def __init__(self, view: PanningView, commands: CanvasCommands, naming: Naming) -> None:
        super().__init__(view)
        self._view, self._scene, self.commands = view, view.stage, commands
        self._naming = naming
        self.glide = Glide(view.stage, self)
        self.clipboard = Clipboard(view, commands)
        self.arranger = Arranger(view, commands, self.glide)
        self.regions = RegionVerbs(view, commands)
        self.finder = Finder(view)
        self.holding = Holding(view, commands)

    def by_id(self) -> dict[str, Callable[[], object]]:
        """Each verb under the id of its action."""
        clipboard, arranger = self.clipboard, self.arranger
        verbs: dict[str, Callable[[], object]] = {
            "cut": clipboard.cut,
            "copy": clipboard.copy,
            "paste": clipboard.paste,
            "duplicate": clipboard.duplicate,
            "find-node": self.finder.open_line,
            "rename": self.rename,
            "delete": self.delete,
            "hidden-cause": self.toggle_hidden,
            "mediator": self.put_between,
            "straighten": partial(edge_verbs.straighten, self.commands, self._scene),
            "try-repair": partial(edge_verbs.try_repair, self.commands, self._scene),
            "randomised": self.toggle_randomised,
            "region": self.draw_region,
            "next-edge": partial(self.next_edge, 1),
            "previous-edge": partial(self.next_edge, -1),
            "spread-across": partial(arranger.spread, 0),
            "spread-down": partial(arranger.spread, 1),
            "lay-out": arranger.left_to_right,
            "lay-out-down": arranger.downward,
            "lay-out-by-role": arranger.by_role,
            "lay-out-by-force": arranger.by_force,
        }
        verbs |= self._held()
        return verbs | {f"align-{how}": partial(arranger.align, how) for how in ALIGN}

    def _held(self) -> dict[str, Callable[[], object]]:
        """What is set, seen or dated of the nodes meant."""
        holding, dated = self.holding, self.set_tier
        verbs: dict[str, Callable[[], object]] = {
            "value": holding.type_value,
            "value-up": partial(holding.step, 1),
            "value-down": partial(holding.step, -1),
            "value-reset": holding.reset,
            "value-release": holding.release,
            "see-only": holding.look,
            "tier-none": partial(dated, None),
            "tier-earlier": partial(self.shift_tier, -1),
            "tier-later": partial(self.shift_tier, 1),
        }
        return verbs | {f"tier-{tier}": partial(dated, tier) for tier in TIERS}

    def rename(self) -> None:
        """Write another name for the node meant, or on the region that is held."""
        held, scene = self.regions.regions.held, self._scene
        if held is not None:
            self.regions.write(held)
        elif scene.focused in scene.selected or (scene.focused and not scene.selected):
            self._naming.rename(str(scene.focused))
        elif len(scene.selected) == 1:
            self._naming.rename(next(iter(scene.selected)))

    def delete(self) -> None:
        """Delete what is selected, or the region that is held."""
        held = self.regions.regions.held
        if held is not None:
            self.regions.remove(held)
        else:
            self.commands.delete_selection()

    def nudge(self, dx: float, dy: float) -> None:
        """Move what is selected or held a little."""
        held = self.regions.regions.held
        if held is not None:
            self.regions.move(held, (dx, dy), merge=True)
        elif self._scene.selected:
            self.commands.nudge(dx, dy)

    def toggle_hidden(self) -> None:
        """A hidden cause between the two selected nodes, or the ends of the one selected edge."""
        if not self._scene.selected and len(self._scene.selected_edges) == 1:
            (key,) = self._scene.selected_edges
            self.commands.toggle_hidden_between(key.a, key.b)
        else:
            self.commands.toggle_hidden()

    def put_between(self) -> None:
        """The selected node, or a new one, goes into the selected arrow."""
        key = edge_verbs.put_selected_between(self.commands, self._scene)
        if key is not None:
            self.new_between(key)

    def new_between(self, key: EdgeKey) -> None:
        """A new node in the middle of an arrow; its name is asked for."""
        x, y = self._scene.edges[key].route.at(0.5)
        self._naming.create((float(round(x)), float(round(y))), into=key)

    def toggle_randomised(self) -> None:
        """The selected variables (or the hovered one) were set by lot, or no longer."""
        edge_verbs.toggle_randomised(self.commands, self.commands.meant())

    def set_tier(self, tier: int | None) -> None:
        """The nodes meant come about in this time tier; no longer, if all of them did."""
        names = self.commands.meant()
        given = self.commands.document.project.tiers
        if names and all(given.get(name) == tier for name in names):
            tier = None
        label = self.tr("No time tier") if tier is None else self.tr("Time tier {0}").format(tier)
        self._date(label, names, partial(edit_tiers.set_tier, names=names, tier=tier))

    def shift_tier(self, step: int) -> None:
        """A time tier later or earlier."""
        names = self.commands.meant()
        label = self.tr("Later") if step > 0 else self.tr("Earlier")
        self._date(label, names, partial(edit_tiers.shift_tier, names=names, step=step))

    def _date(self, label: str, names: tuple[str, ...], verb: Callable[[Project], Project]) -> None:
        if names:
            self.commands.attempt(label, verb)
        else:
            self.commands.noticed.emit(self.tr("Select what comes about then"))

    def draw_region(self, at: QPointF | None = None) -> None:
        """Around the selection; else a note in the middle of what is seen."""
        point = at or self._view.mapToScene(self._view.viewport().rect().center())
        self.regions.draw((float(round(point.x())), float(round(point.y()))))

    def next_edge(self, step: int) -> None:
        """Select the next edge at the focused node, or the next of all: edges without a mouse."""
        scene = self._scene
        touching = [k for k in scene.edges if scene.focused in (k.a, k.b)]
        keys = sorted(touching or scene.edges, key=str)
        words = [str(k) for k in keys]
        now = next((str(k) for k in scene.selected_edges), None)
        name = following(words, now, step) or following(words, None, step)
        if name is not None:
            key = keys[words.index(name)]
            scene.select((), {key})
            self._view.ensureVisible(scene.edges[key], 24, 24)

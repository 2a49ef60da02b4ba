"""What the user does to places: align, spread, lay out; each one undo step, and seen to happen."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from engine.project import Position, Project
from engine.sketch import Sketch
from gui import arranging, edits
from gui.canvas.commands import CanvasCommands
from gui.canvas.force_layout import by_force
from gui.canvas.gliding import Glide
from gui.canvas.layout import place, top_down
from gui.canvas.panning import PanningView
from gui.canvas.role_layout import by_role

Places = dict[str, Position]


class Arranger:
    """Places come from pure functions; here they become steps."""

    def __init__(self, view: PanningView, commands: CanvasCommands, glide: Glide) -> None:
        self._view, self._scene = view, view.stage
        self._commands, self._glide = commands, glide

    def align(self, how: str) -> None:
        """The selected cards on one line."""
        if len(self._scene.selected) < 2:
            self._commands.noticed.emit(_tr("Select at least two nodes to align them"))
            return
        places = arranging.aligned(self._selected(), how)
        self._glide.over(lambda: self._commands.move(places))

    def spread(self, axis: int) -> None:
        """Equal gaps between the selected cards."""
        if len(self._scene.selected) < 3:
            self._commands.noticed.emit(_tr("Select at least three nodes to spread them evenly"))
            return
        places = arranging.spread(self._selected(), axis)
        self._glide.over(lambda: self._commands.move(places))

    def left_to_right(self) -> None:
        """In layers, causes left of their effects."""
        self._lay_out(_tr("Lay out from left to right"), lambda p: place(p.graph, {}))

    def downward(self) -> None:
        """In layers, causes above their effects."""
        self._lay_out(_tr("Lay out from top to bottom"), lambda p: top_down(p.graph))

    def by_role(self) -> None:
        """Exposure left, outcome right, confounders above."""
        self._lay_out(_tr("Lay out by role"), by_role)

    def by_force(self) -> None:
        """Arrows pull, cards push."""
        shown = self._scene.places()
        self._lay_out(_tr("Lay out by forces"), lambda p: by_force(p.graph, shown))

    def _lay_out(self, label: str, places: Callable[[Project], Places]) -> None:
        """All cards elsewhere; edges find their own way again."""

        def verb(project: Project) -> Project:
            moved = edits.move(project, places(project))
            return replace(moved, sketch=Sketch({}, project.sketch.regions))

        def change() -> None:
            if self._commands.attempt(label, verb):
                self._view.fit()

        self._glide.over(change)

    def _selected(self) -> Places:
        shown = self._scene.places()
        return {v: shown[v] for v in sorted(self._scene.selected)}


def reimported(project: Project, names: tuple[str, ...], file: Mapping[str, Position]) -> Places:
    """Places from a graph file, and those of the canvas where the same graph comes once more."""
    shared = [v for v in names if v in project.positions]
    again = bool(project.graph.edges) and 2 * len(shared) >= len(names)
    if not again:
        return {**project.positions, **file}
    return {v: project.positions[v] for v in shared}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Arranger", text)

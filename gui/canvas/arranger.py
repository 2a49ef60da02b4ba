"""What the user does to places: align, spread, lay out; each one undo step, and seen to happen."""

from collections.abc import Generator, Mapping
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QObject, Slot

from engine.errors import UserError
from engine.project import Position, Project
from engine.sketch import Sketch
from gui import arranging, edits
from gui.canvas.commands import CanvasCommands
from gui.canvas.force_layout import forced
from gui.canvas.gliding import Glide
from gui.canvas.layout import placing, upright
from gui.canvas.panning import PanningView
from gui.canvas.role_layout import by_role
from gui.slices import Slices
from gui.steps import through, unmeasured

Places = dict[str, Position]
Placing = Generator[float | None, None, Places]
AT_ONCE = 60  # cards laid out within one event; more, in slices beside whatever the user does


class Arranger(QObject):
    """Places come from pure functions; here they become steps.

    Where there are many cards, places are found in slices. Another layout, another graph and Esc
    give that up.
    """

    def __init__(self, view: PanningView, commands: CanvasCommands, glide: Glide) -> None:
        super().__init__(view)
        self.slices = Slices(self)
        self.slices.ended.connect(self._arrive)
        self.slices.failed.connect(self._refuse)
        self._label = ""
        self._view, self._scene = view, view.stage
        self._commands, self._glide = commands, glide
        commands.document.changed.connect(self._follow)

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
        graph = self._project.graph
        self._lay_out(_tr("Lay out from left to right"), unmeasured(placing(graph, {})))

    def downward(self) -> None:
        """In layers, causes above their effects."""
        self._lay_out(_tr("Lay out from top to bottom"), unmeasured(upright(self._project.graph)))

    def by_role(self) -> None:
        """Exposure left, outcome right, confounders above."""
        self._lay_out(_tr("Lay out by role"), _roles(self._project))

    def by_force(self) -> None:
        """Arrows pull, cards push."""
        shown = self._scene.places()
        self._lay_out(_tr("Lay out by forces"), forced(self._project.graph, shown))

    def give_up(self) -> bool:
        """Leave the cards where they are; False where no layout is under way."""
        running = self.slices.running
        self.slices.cancel()
        if running:
            self._commands.noticed.emit(_tr("Stopped; the cards stay where they are"))
        return running

    @property
    def _project(self) -> Project:
        return self._commands.document.project

    def _lay_out(self, label: str, work: Placing) -> None:
        """All cards elsewhere; edges find their own way again."""
        self._label = label
        self.slices.cancel()
        if (count := len(self._project.graph.variables)) > AT_ONCE:
            words = _tr("Finding places for {0} cards; Esc stops it")
            self._commands.noticed.emit(words.format(count))
            self.slices.start(work)
            return
        try:
            places = through(work)
        except UserError as refusal:
            self._refuse(refusal)
        else:
            self._arrive(places)

    @Slot(object, object)
    def _follow(self, old: Project, new: Project) -> None:
        """Places found for another graph are of no use."""
        if new.graph != old.graph:
            self.slices.cancel()

    @Slot(object)
    def _arrive(self, places: Places) -> None:
        """One undo step."""

        def verb(project: Project) -> Project:
            moved = edits.move(project, places)
            return replace(moved, sketch=Sketch({}, project.sketch.regions))

        def change() -> None:
            if self._commands.attempt(self._label, verb):
                self._view.fit()

        self._glide.over(change)

    @Slot(object)
    def _refuse(self, refusal: UserError) -> None:
        self._commands.noticed.emit(str(refusal))

    def _selected(self) -> Places:
        shown = self._scene.places()
        return {v: shown[v] for v in sorted(self._scene.selected)}


def _roles(project: Project) -> Placing:
    """A single step, once the click is done."""
    yield 0.0
    return by_role(project)


def reimported(project: Project, names: tuple[str, ...], file: Mapping[str, Position]) -> Places:
    """Places from a graph file, and those of the canvas where the same graph comes once more."""
    shared = [v for v in names if v in project.positions]
    again = bool(project.graph.edges) and 2 * len(shared) >= len(names)
    if not again:
        return {**project.positions, **file}
    return {v: project.positions[v] for v in shared}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Arranger", text)

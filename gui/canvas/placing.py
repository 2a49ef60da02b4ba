"""Where the cards of a project go: found at once, or for many in slices, rows meanwhile."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from engine.graph.graph import CausalGraph
from engine.project import Position, Project
from gui.canvas.layout import STEP_Y, Places, grid, known, place, placing
from gui.slices import Slices
from gui.steps import unmeasured


@dataclass(frozen=True, slots=True)
class _Wanted:
    graph: CausalGraph
    positions: tuple[tuple[str, Position], ...]


class Placer(QObject):
    """`found` when places that were asked for have been found, and `places` gives them."""

    found = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.slices = Slices(self)
        self.slices.ended.connect(self._arrive)
        self._sought: _Wanted | None = None
        self._have: tuple[_Wanted, Places] | None = None

    def places(self, project: Project) -> Places:
        """Centres of all cards; without slices to come where few have no place of their own."""
        graph, positions = project.graph, project.positions
        if known(graph, positions):
            self._give_up()
            return place(graph, positions)
        wanted = _Wanted(graph, tuple((v, positions[v]) for v in graph.variables if v in positions))
        if self._have is not None and self._have[0] == wanted:
            return self._have[1]
        if self._sought != wanted:
            self._sought = wanted
            self.slices.start(unmeasured(placing(graph, positions)))
        return _rows(wanted)

    def _give_up(self) -> None:
        self._sought = None
        self.slices.cancel()

    @Slot(object)
    def _arrive(self, places: Places) -> None:
        if self._sought is not None:
            self._have, self._sought = (self._sought, places), None
            self.found.emit()


def _rows(wanted: _Wanted) -> Places:
    """What has no place yet in rows below the rest."""
    placed = dict(wanted.positions)
    missing = [v for v in wanted.graph.variables if v not in placed]
    low = max((y for _, y in placed.values()), default=-2 * STEP_Y) + 2 * STEP_Y
    left = min((x for x, _ in placed.values()), default=0.0)
    return {**placed, **dict(zip(missing, grid(len(missing), (left, low)), strict=True))}

"""Why is this a bias? One verb from menus, keys and panels, and the chosen path on the canvas."""

from PySide6.QtCore import QObject, Slot

from engine.queries.answers import ChecksAnswer
from gui.actions import Actions
from gui.canvas.contradictions import Change
from gui.canvas.edge_item import EdgeKey
from gui.canvas.edge_verbs import try_repair
from gui.canvas.view import CanvasView
from gui.panels.assumptions import AssumptionsPanel
from gui.panels.paths import PathsPanel
from gui.window import Window


class WhyBias(QObject):
    """Leads from an edge to the paths through it, and from a path to the canvas."""

    def __init__(
        self, panel: PathsPanel, canvas: CanvasView, window: Window, actions: Actions
    ) -> None:
        super().__init__(window)
        self._panel, self._canvas, self._window = panel, canvas, window
        trace = canvas.stage.trace
        panel.chosen.connect(trace.show)
        panel.walk_wanted.connect(trace.walk)
        panel.step_wanted.connect(trace.go)
        trace.stepped.connect(panel.show_step)
        actions["why-bias"].triggered.connect(self.ask)
        canvas.menus.why_wanted.connect(self.ask)

    def offer_at(self, panel: AssumptionsPanel) -> None:
        """Another panel has a button for it, while something biases, and knows of hedges."""
        joining = self._canvas.stage.joining
        joining.looked.connect(lambda: panel.offer_why(biased=joining.biased))
        panel.offer_why(biased=joining.biased)
        panel.why_wanted.connect(self.ask)
        panel.hedge_changed.connect(self._canvas.stage.hedge.show_groups)
        panel.repairs.chosen.connect(self._try)

    @Slot(object)
    def show_checks(self, checks: ChecksAnswer) -> None:
        """What the rows contradict, on the canvas."""
        vectors = self._canvas.stage.document.project.vectors
        self._canvas.stage.broken.show(checks, vectors)

    @Slot(object)
    def _try(self, change: Change) -> None:
        """Draw a change that a panel offers."""
        self._canvas.stage.broken.choose(change)
        try_repair(self._canvas.commands, self._canvas.stage)

    @Slot()
    def ask(self) -> None:
        """Show the paths, one through the selected edge first."""
        edges: frozenset[EdgeKey] = self._canvas.stage.selected_edges
        through = next(iter(edges)) if len(edges) == 1 else None
        self._window.show_lower("paths")
        self._panel.ask_through(through)

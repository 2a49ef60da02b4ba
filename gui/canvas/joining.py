"""Causal and biasing paths on the canvas, live: edges are dressed, ancestors get a mark."""

from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QGraphicsScene

from engine.graph.graph import CausalGraph
from engine.identify.influence import Influence, influence
from engine.project import Project
from gui.asked_about import Asked, as_cut, by_roles
from gui.canvas.edge_item import EdgeItem, EdgeKey
from gui.canvas.edge_ways import Way
from gui.canvas.kin_layer import Kin, KinLayer
from gui.canvas.node_item import NodeItem
from gui.theme import Theme


class Stage(Protocol):
    """What is read of the scene, always as it is now."""

    nodes: dict[str, NodeItem]
    edges: dict[EdgeKey, EdgeItem]


class Joining(QObject):
    """What joins exposure and outcome; nothing is looked for again until it could be another."""

    changed = Signal()
    looked = Signal()  # what joins them may be another

    def __init__(self, stage: Stage, scene: QGraphicsScene, theme: Theme) -> None:
        super().__init__(scene)
        self.shown = True
        self.layer = KinLayer(theme)
        self.influence = Influence()
        self.asked = Asked()
        self._stage = stage
        self._basis: tuple[CausalGraph, Asked] | None = None
        scene.addItem(self.layer)

    @property
    def named(self) -> bool:
        """Whether an exposure and an outcome are named on the canvas."""
        return bool(self.asked)

    @property
    def biased(self) -> bool:
        """Whether an open path that is not causal joins them."""
        return bool(self.influence.biasing)

    @property
    def words(self) -> str:
        """What is shown, for who cannot see it; "" for nothing."""
        if not (self.shown and self.named):
            return ""
        found = self.influence
        words = self.tr("Edges on causal paths: {0}. Edges on open paths that bias: {1}.")
        return words.format(len(found.causal), len(found.biasing))

    def switch(self, *, on: bool) -> None:
        """Whether it is shown."""
        if on != self.shown:
            self.shown = on
            self._dress()
            self.changed.emit()

    def follow(self, project: Project) -> None:
        """Look anew where the graph, what do(…) cuts, or roles are others; dress what is drawn."""
        graph, self.asked = as_cut(project), by_roles(project)
        if self._basis != (graph, self.asked):
            self._basis = (graph, self.asked)
            self.influence = influence(
                graph, self.asked.exposures, self.asked.outcomes, self.asked.adjusted
            )
            self.looked.emit()
        self._dress()

    def way(self, key: EdgeKey) -> Way:
        """Which paths run through an edge, where they are shown."""
        edge, found = (key.a, key.b, key.hidden), self.influence
        if not self.shown:
            return Way.NONE
        if edge in found.biasing:
            causal = edge in found.causal or edge in found.closed
            return Way.BOTH if causal else Way.BIASING
        if edge in found.causal:
            return Way.CAUSAL
        return Way.CLOSED if edge in found.closed else Way.NONE

    def _dress(self) -> None:
        for key, item in self._stage.edges.items():
            item.show_way(self.way(key))
        found = self.influence if self.shown else Influence()
        above = found.above_exposures | found.above_outcomes
        kin = {
            self._stage.nodes[v]: Kin(v in found.above_exposures, v in found.above_outcomes)
            for v in above & self._stage.nodes.keys()
        }
        self.layer.show_kin(kin)

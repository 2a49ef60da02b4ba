"""Makes the items of nodes and edges: a few at once, many in slices, so that opening lets go soon.

While many are made the canvas shows those there are: no cards, then all cards, then their edges.
Whoever asks for an item that is still to come gets it, and all the others are made with it.
"""

from collections.abc import Callable, Iterable, Set
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QGraphicsItem

from engine.project import Position, Project
from gui.canvas.card import Card
from gui.canvas.card_painter import Look
from gui.canvas.edge_item import EdgeItem, EdgeKey, EdgeLook
from gui.canvas.node_item import NodeItem
from gui.canvas.placing import Placer
from gui.canvas.routing import straight
from gui.slices import Slices
from gui.steps import Steps

AT_ONCE = 600  # items made within one event

K = TypeVar("K")
V = TypeVar("V")


class Items(dict[K, V]):
    """Items by what they show; one that is still to come is there once it is asked for."""

    def __init__(self, finish: Callable[[], None]) -> None:
        super().__init__()
        self._finish = finish

    def __missing__(self, key: K) -> V:
        self._finish()
        if key not in self:
            raise KeyError(key)
        return self[key]


class Stage(Protocol):
    """What growth reads and fills of the scene, always as it is now."""

    nodes: dict[str, NodeItem]
    edges: dict[EdgeKey, EdgeItem]
    selected: frozenset[str]
    selected_edges: frozenset[EdgeKey]
    focused: str | None
    thickness: float
    placer: Placer

    def addItem(self, item: QGraphicsItem, /) -> None:  # noqa: N802 - Qt's name
        """One more item."""

    def follow_nodes(self, project: Project, names: Iterable[str]) -> None:
        """Show these nodes, which have come."""

    def follow_edges(self, project: Project, keys: Iterable[EdgeKey]) -> Steps:
        """Show these edges, which have come."""


class Growth(QObject):
    """Makes what a project has and the scene has not; `grew` when nodes or edges have come."""

    grew = Signal()

    def __init__(self, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self.slices = Slices(self)
        self._stage = stage
        self._work: Steps | None = None

    def takes_long(self, nodes: Iterable[str], edges: Set[EdgeKey]) -> bool:
        """Whether so much of these is missing that it comes in slices, once they `begin`."""
        self.slices.cancel()
        self._work, stage = None, self._stage
        missing = len(set(nodes) - stage.nodes.keys()) + len(edges - stage.edges.keys())
        return missing > AT_ONCE

    def begin(self, project: Project) -> None:
        """Make what is missing, in slices."""
        self._work = self._steps(project)
        self.slices.start(self._work)

    def finish(self) -> None:
        """Make at once what is still to come."""
        work, self._work = self._work, None
        if work is not None:
            for _ in work:
                pass
            self.slices.cancel()

    def node(self, name: str, at: Position) -> None:
        """One more card."""
        stage = self._stage
        item = stage.nodes[name] = NodeItem(Card(name))
        item.setPos(*at)
        item.show_look(Look(selected=name in stage.selected, focused=name == stage.focused))
        stage.addItem(item)

    def edge(self, key: EdgeKey) -> EdgeItem:
        """One more edge, straight from card to card."""
        stage = self._stage
        item = stage.edges[key] = EdgeItem(key)
        item.show_thickness(stage.thickness)
        a, b = (stage.nodes[v].pos().toTuple() for v in (key.a, key.b))
        item.show_route(straight(a, b))
        item.show_look(EdgeLook(selected=key in stage.selected_edges))
        stage.addItem(item)
        return item

    def _steps(self, project: Project) -> Steps:
        stage = self._stage
        places = stage.placer.places(project)
        names = [v for v in places if v not in stage.nodes]
        for name in names:
            self.node(name, places[name])
            yield 0.0
        stage.follow_nodes(project, names)
        self.grew.emit()
        yield 0.0
        keys = sorted(edges_of(project) - stage.edges.keys(), key=str)
        for key in keys:
            self.edge(key).parts()  # not all of them within the frame that shows them first
            yield 0.0
        yield from stage.follow_edges(project, keys)
        self.grew.emit()


def edges_of(project: Project) -> set[EdgeKey]:
    """What is drawn between the cards: arrows, hidden causes, and what a lot has cut."""
    wanted = {EdgeKey(*edge) for edge in project.graph.edges}
    wanted |= {EdgeKey(*edge, hidden=True) for edge in project.graph.bidirected}
    return wanted | {EdgeKey(*edge) for edge in project.cut}

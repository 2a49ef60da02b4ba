"""Arrows and hidden causes that an answer assumes to be absent: drawn faintly, never the user's."""

import html
from collections.abc import Iterable, Mapping

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsScene

from engine.graph.graph import Edge
from gui.canvas.edge_item import EdgeItem, EdgeKey, key_of, line_outline
from gui.canvas.edge_layer import EdgeLayer
from gui.canvas.node_item import NodeItem
from gui.canvas.routing import overlap, route
from gui.theme import Theme

FAINT = 0.55  # opacity
THIN = 0.55  # of a drawn edge's width
REACH = 10.0  # canvas units within which the tool tip is found


class AbsentEdge(EdgeItem):
    """An edge that is not there: thin and light, with a tool tip, deaf to hands."""

    def __init__(self, key: EdgeKey) -> None:
        super().__init__(key)
        self.setZValue(-1.0)
        words = QCoreApplication.translate("Absences", "{0}: assumed absent; no data can test it")
        self.setToolTip(f"<qt>{html.escape(words.format(key))}</qt>")

    def tip(self) -> str:
        """That it is not there."""
        return self.toolTip()

    def shape(self) -> QPainterPath:
        """Wide enough for the pointer to rest on."""
        return line_outline(self.path(), REACH)


class AbsentEdges:
    """Keeps the absent edges between the cards, wherever these go."""

    def __init__(self, scene: QGraphicsScene, theme: Theme) -> None:
        self.items: dict[EdgeKey, AbsentEdge] = {}
        self._scene, self._thickness = scene, 1.0
        self.layer = EdgeLayer(theme, -1.0)
        self.layer.setOpacity(FAINT)
        scene.addItem(self.layer)
        self._wanted: tuple[EdgeKey, ...] = ()

    def choose(self, arrows: Iterable[Edge], hidden: Iterable[Edge]) -> None:
        """Which arrows a → b and hidden causes a ↔ b are assumed absent; `follow` draws them."""
        keys = [EdgeKey(a, b) for a, b in arrows]
        keys += [key_of(a, b, hidden=True) for a, b in hidden]
        self._wanted = tuple(keys)

    def follow(self, nodes: Mapping[str, NodeItem], drawn: Mapping[EdgeKey, EdgeItem]) -> None:
        """Draw them between the cards, wherever these are now; never over a drawn edge."""
        wanted = [k for k in self._wanted if k.a in nodes and k.b in nodes and k not in drawn]
        for key in self.items.keys() - set(wanted):
            self._scene.removeItem(self.items.pop(key))
        for key in wanted:
            if key not in self.items:
                self.items[key] = AbsentEdge(key)
                self.items[key].show_thickness(self._thickness * THIN)
                self._scene.addItem(self.items[key])
            _route(self.items[key], nodes)
        self.layer.follow({item.key: item for item in self.shown()})

    def shown(self) -> list[AbsentEdge]:
        """Those that fit between their cards."""
        return [item for item in self.items.values() if item.isVisible()]

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self.layer.show_theme(theme)

    def show_thickness(self, thickness: float) -> None:
        """Thicker when seen from afar, always thinner than what is drawn."""
        self._thickness = thickness
        for item in self.items.values():
            item.show_thickness(thickness * THIN)
        self.layer.update()


def _route(item: AbsentEdge, nodes: Mapping[str, NodeItem]) -> None:
    ends = (item.key.a, item.key.b)
    a, b = (nodes[v].pos().toTuple() for v in ends)
    others = np.array([node.pos().toTuple() for v, node in nodes.items() if v not in ends])
    item.setVisible(not overlap(a, b))
    if item.isVisible():
        item.show_route(route(a, b, others.reshape(-1, 2), bent=item.key.hidden))

"""What a screen reader says of the canvas: its size, or the focused node with its arrows."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QWidget

from gui.canvas.card import spoken
from gui.canvas.edge_ways import way_words
from gui.canvas.scene import CanvasScene
from gui.document import Document


class Speech(QObject):
    """Keeps the accessible description of `widget` true."""

    def __init__(self, widget: QWidget, document: Document, scene: CanvasScene) -> None:
        super().__init__(widget)
        self._widget, self._document, self._scene = widget, document, scene
        widget.setAccessibleName(self.tr("Causal graph"))
        scene.selection_changed.connect(self.update)
        scene.focus_moved.connect(self.update)
        scene.regions.held_changed.connect(self.update)
        scene.joining.changed.connect(self.update)
        scene.broken.changed.connect(self.update)
        self.update()

    @property
    def hint(self) -> str:
        """What to do with an empty canvas."""
        return self.tr("Drag a variable here, or double-click to draw one")

    @Slot()
    def update(self) -> None:
        """Describe anew, and say that it changed."""
        words = self._words()
        if words != self._widget.accessibleDescription():
            self._widget.setAccessibleDescription(words)
            event = QAccessibleEvent(self._widget, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(event)

    def _words(self) -> str:
        project, name = self._document.project, self._scene.focused
        if self._scene.regions.held is not None:
            region = self._scene.regions.items[self._scene.regions.held].region
            return self.tr("Region {0}. {1}").format(region.title, region.note)
        if len(self._scene.selected_edges) == 1:
            (edge,) = self._scene.selected_edges
            way = way_words(self._scene.joining.way(edge))
            return ", ".join(filter(None, (self.tr("{0}, selected").format(str(edge)), way)))
        if name is not None and name in self._scene.nodes and name in project.graph.variables:
            card = self._scene.nodes[name].card
            words = spoken(card, project, selected=name in self._scene.selected)
            words += f", {self.tr('randomised')}" if name in project.randomised else ""
            notes = self._scene.nodes[name].notes.values()
            words = ", ".join(filter(None, (words, *notes)))
            tier = project.tiers.get(name)
            return words if tier is None else f"{words}, {self.tr('time tier')} {tier}"
        graph = project.graph
        if not graph.variables:
            return self.hint
        counts = (len(graph.variables), len(graph.edges), len(graph.bidirected))
        words = self.tr("Nodes: {0}. Arrows: {1}. Hidden causes: {2}.").format(*counts)
        more = (self._scene.joining.words, self._scene.broken.words)
        return " ".join(filter(None, (words, *more)))

"""The graph of a file takes the place of the drawn one; many cards find their places in slices."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import UserError
from engine.graph.formats.drawing import PROJECT, Drawing, left_out, tiers_of
from engine.project import Project
from gui import subgraphs
from gui.canvas.arranger import reimported
from gui.canvas.layout import Places, known, placing
from gui.document import Document
from gui.slices import Slices
from gui.steps import through, unmeasured


class GraphReader(QObject):
    """Reads graph files into one document; table and undo stay."""

    noticed = Signal(str)
    refused = Signal(object)  # UserError
    placed = Signal()  # a graph was imported: it may need to be looked at as a whole

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.slices = Slices(self)
        self.slices.ended.connect(self._arrive)
        self._document = document
        self._waiting: tuple[Path, Drawing] | None = None
        document.replaced.connect(self.slices.cancel)  # it was meant for another document

    def read(self, path: Path) -> None:
        """The graph of this file, once all its cards have places."""
        from engine.graph.formats.registry import read_graph_file

        self.slices.cancel()
        try:
            drawing = read_graph_file(path)
        except UserError as error:
            self.refused.emit(error)
            return
        project, names = self._document.project, drawing.graph.variables
        self._waiting = path, drawing
        places = reimported(project, names, drawing.positions)
        work = placing(drawing.graph, places)
        if known(drawing.graph, places):
            self._arrive(through(work))
        else:
            self.noticed.emit(self.tr("Finding places for {0} cards").format(len(names)))
            self.slices.start(unmeasured(work))

    @Slot(object)
    def _arrive(self, places: Places) -> None:
        if self._waiting is None:
            return
        (path, drawing), self._waiting = self._waiting, None
        tiers = {**self._document.project.tiers, **tiers_of(drawing)}
        label = self.tr("Import {0}").format(path.name)
        try:
            self._document.apply(label, partial(_used, drawing=drawing, places=places))
        except UserError as error:
            self.refused.emit(error)
            return
        self.placed.emit()
        self._tell(drawing, lost=self._document.project.tiers != tiers)

    def _tell(self, drawing: Drawing, *, lost: bool) -> None:
        graph = drawing.graph
        words = self.tr("Read {0} variables and {1} arrows").format(
            len(graph.variables), len(graph.edges) + len(graph.bidirected)
        )
        told = (self.tr("time tiers that its arrows contradict are left out"),) if lost else ()
        self.noticed.emit("; ".join((words, *drawing.warnings, *told, *left_out(drawing, PROJECT))))


def _used(project: Project, drawing: Drawing, places: Places) -> Project:
    """The project with the graph of the drawing, arrows assumed as it says."""
    used = subgraphs.use_drawing(project, drawing, places)
    return replace(used, assumed=drawing.assumed)

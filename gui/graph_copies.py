"""The graph as words, as a table and as a picture on the clipboard: what plots offer, too."""

from PySide6.QtCore import QCoreApplication, QMimeData
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engine.project import Project
from gui.canvas.scene import CanvasScene
from gui.outline.lines import lines_of
from gui.pictures import PNG, SVG, Style, picture_bytes
from gui.plots.tabular import Rows, TableDialog


def graph_sentence(project: Project) -> str:
    """How much is drawn, and every edge, in words."""
    graph = project.graph
    if not graph.variables:
        return _tr("Nothing is drawn.")
    count = len(graph.variables)
    parts = [_tr("1 variable") if count == 1 else _tr("{0} variables").format(count)]
    arrows = [_tr("{0} causes {1}").format(a, b) for a, b in sorted(graph.edges)]
    hidden = [_tr("{0} and {1} share a hidden cause").format(*e) for e in sorted(graph.bidirected)]
    return ": ".join((parts[0], "; ".join((*arrows, *hidden)) or _tr("no arrows"))) + "."


def graph_rows(project: Project) -> Rows:
    """One row per variable: what it is, what is set or seen, causes, effects, hidden causes."""
    graph = project.graph
    head = (
        _tr("variable"),
        _tr("facts"),
        _tr("set or seen"),
        _tr("causes"),
        _tr("effects"),
        _tr("shares a hidden cause with"),
    )
    rows = []
    for line in lines_of(project):
        if line.names:
            (name,) = line.names
            asked = (inner.words for inner in line.inside if inner.edge is None)
            ends = (graph.parents(name), graph.children(name), graph.siblings(name))
            rows.append((name, line.facts, ", ".join(asked), *map(", ".join, ends)))
    return (head, *rows)


def show_graph(project: Project, window: QWidget) -> None:
    """The graph in words and as a table, in a window of its own."""
    TableDialog(_tr("The graph"), graph_sentence(project), graph_rows(project), window).show()


def copy_graph(scene: CanvasScene) -> None:
    """The canvas to the clipboard: as a picture, as SVG for programs that take it, as words."""
    data = QMimeData()
    for kind, name in ((PNG, "image/png"), (SVG, "image/svg+xml")):
        data.setData(name, picture_bytes(scene, Style(kind)))
    data.setText(graph_sentence(scene.document.project))
    QGuiApplication.clipboard().setMimeData(data)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Graph", text)

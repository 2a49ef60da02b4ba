"""How fast the canvas is: 500 nodes, 1 000 edges, every card with a density, offscreen.

    python -m tests.bench canvas [NODES] [EDGES]

A frame is one event and the repaint it causes, in the window's thread, by the clock and, in
brackets, by the processor's time, which other programs lengthen less. Goals on a quiet machine with
4 cores: drag p95 ≤ 16 ms, zoom p95 ≤ 33 ms.
"""

import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph
from engine.project import Project
from engine.queries.answers import CardsAnswer, Shape
from gui.appearance import Appearance
from gui.canvas.view import CanvasView
from gui.document import Document

FRAMES = 60
NAMES = ("p50", "p95", "worst")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def project(nodes: int, edges: int, rng: np.random.Generator) -> Project:
    """A random graph: arrows between near numbers, so that the layers are many."""
    names = tuple(f"variable {i}" for i in range(nodes))
    drawn: set[tuple[str, str]] = set()
    while len(drawn) < edges:
        a = int(rng.integers(0, nodes - 1))
        b = min(nodes - 1, a + 1 + int(rng.geometric(0.08)))
        drawn.add((names[a], names[b]))
    variables = tuple(Variable(v, Kind.CONTINUOUS, "mg") for v in names)
    table = Table(variables, {v: rng.normal(size=100) for v in names})
    return Project(graph=CausalGraph(names, frozenset(drawn)), table=table)


def answer(names: tuple[str, ...]) -> CardsAnswer:
    """A bell for every card."""
    x = np.linspace(-4, 4, 64)
    shape = Shape(False, x, np.exp(-(x**2) / 2), 0.0, 1.0)
    return CardsAnswer(dict.fromkeys(names, shape))


def percentiles(step: Callable[[int], None]) -> str:
    """Milliseconds per frame: median, 95 % and worst of `FRAMES`."""
    took = []
    for i in range(FRAMES):
        begin = time.perf_counter(), time.thread_time()
        step(i)
        QApplication.processEvents()
        took.append((time.perf_counter() - begin[0], time.thread_time() - begin[1]))
    rows = 1000 * np.percentile(np.array(took), [50, 95, 100], axis=0)
    words = ("{} {:6.1f} ({:5.1f})".format(n, *row) for n, row in zip(NAMES, rows, strict=True))
    return "   ".join(words) + " ms"


def send(view: CanvasView, kind: QEvent.Type, at: QPointF) -> None:
    """A mouse event on the view."""
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
    event = QMouseEvent(kind, at, view.viewport().mapToGlobal(at), button, LEFT, NONE)
    QApplication.sendEvent(view.viewport(), event)


def drag(view: CanvasView) -> str:
    """One node in the middle of what is seen, in circles."""
    middle = view.mapToScene(view.viewport().rect().center())
    nodes = view.stage.nodes.values()
    node = min(nodes, key=lambda item: (item.pos() - middle).manhattanLength())
    if (
        not view.viewport()
        .rect()
        .adjusted(120, 120, -120, -120)
        .contains(view.mapFromScene(node.pos()))
    ):
        view.centerOn(node)
        QApplication.processEvents()
    start = QPointF(view.mapFromScene(node.pos()))
    send(view, QEvent.Type.MouseButtonPress, start)

    def step(i: int) -> None:
        off = QPointF(80 * np.sin(i / 5), 80 * np.cos(i / 5))
        send(view, QEvent.Type.MouseMove, start + off)

    result = percentiles(step)
    begin = time.perf_counter()
    send(view, QEvent.Type.MouseButtonRelease, start)
    QApplication.processEvents()
    return f"{result}   drop {1000 * (time.perf_counter() - begin):6.1f}"


def zoom(view: CanvasView) -> str:
    """In and out, a notch of the wheel a frame."""
    return percentiles(lambda i: view.zoom_by(1.2 if i // 6 % 2 else 1 / 1.2))


def pan(view: CanvasView) -> str:
    """Sideways."""
    from PySide6.QtCore import QPoint

    return percentiles(lambda i: view.pan_by(QPoint(9 if i // 15 % 2 else -9, 5)))


def main(args: list[str]) -> None:
    """Print one line per case."""
    nodes, edges = (int(a) for a in (*args, *("500", "1000")[len(args) :])[:2])
    app = QApplication(sys.argv[:1])
    app.setFont(QFont("Inter", 10))
    document = Document()
    document.replace(project(nodes, edges, np.random.default_rng(0)))
    begin = time.perf_counter()
    view = CanvasView(document, Appearance("light"))
    view.resize(1280, 800)
    view.show()
    app.processEvents()
    print(f"{nodes} nodes, {edges} edges: shown after {time.perf_counter() - begin:.2f} s")
    view.show_cards(answer(document.project.graph.variables))
    app.processEvents()
    for name, level in (("fitted", None), ("40 %", 0.4), ("100 %", 1.0)):
        if level is None:
            view.fit()
        else:
            view.zoom_by(level / view.zoom)
        app.processEvents()
        print(f"{name:>6} ({view.zoom:4.0%})  drag {drag(view)}")
        print(f"{'':>14}  pan  {pan(view)}")
        print(f"{'':>14}  zoom {zoom(view)}")
    view.close()


if __name__ == "__main__":
    main(sys.argv[1:])

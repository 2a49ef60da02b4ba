"""How fast the canvas is: 500 nodes, 1 000 edges, then 2 000 and 3 000, every card with a density.

    python -m tests.bench canvas [NODES EDGES]

A frame is one event and the repaint it causes, in the window's thread, by the clock and, in
brackets, by the processor's time, which other programs lengthen less. Goals on a quiet machine with
4 cores and 500 nodes: drag p95 ≤ 16 ms, zoom p95 ≤ 33 ms. Of pictures, the longest step is what the
window waits for; the whole is painted beside whatever the user does.
"""

import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFont, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph
from engine.project import Project
from engine.queries.answers import CardsAnswer, Shape
from gui.appearance import Appearance
from gui.canvas.layout import place
from gui.canvas.view import CanvasView
from gui.document import Document
from gui.pictures import PDF, PNG, SVG, Page, Style, encoded

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
    at = QPointF(view.viewport().rect().center())

    def step(i: int) -> None:
        turn = QPoint(0, 120 if i // 6 % 2 else -120)
        event = QWheelEvent(
            at, at, QPoint(), turn, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view.viewport(), event)

    return percentiles(step)


def pan(view: CanvasView) -> str:
    """Sideways."""
    return percentiles(lambda i: view.pan_by(QPoint(9 if i // 15 % 2 else -9, 5)))


def rest(view: CanvasView) -> str:
    """Until all cards have their places, all edges are led, and what is in sight is sharp.

    The longest turn in which no other event came through.
    """
    view.come_to_rest()
    stage, end = view.stage, time.perf_counter() + 900
    QApplication.processEvents()
    longest = own = 0.0
    parts = (stage.placer, stage.growth, stage.dealer, stage.router)
    while any(part.slices.running for part in parts) or not stage.cards.settled:
        begin = time.perf_counter(), time.thread_time()
        QApplication.processEvents()
        longest = max(longest, time.perf_counter() - begin[0])
        own = max(own, time.thread_time() - begin[1])
        if time.perf_counter() > end:
            sys.exit("the canvas never came to rest")
    return f"{longest:.2f} ({own:.2f}) s"


def picture(view: CanvasView, style: Style) -> str:
    """The whole, and its longest step in the window's thread."""
    begin = time.perf_counter()
    work, longest, own = encoded(Page(view.stage, style)), 0.0, 0.0
    while True:
        step = time.perf_counter(), time.thread_time()
        try:
            waits = next(work) is None
        except StopIteration as stop:
            size = len(stop.value) / 1e6
            break
        finally:
            longest = max(longest, time.perf_counter() - step[0])
            own = max(own, time.thread_time() - step[1])
        if waits:
            time.sleep(0.01)
    whole = time.perf_counter() - begin
    return (
        f"{whole:5.1f} s, longest step {1000 * longest:4.0f} ({1000 * own:4.0f}) ms, {size:.1f} MB"
    )


def measure(nodes: int, edges: int) -> None:
    """Print one line per case."""
    app, document = QApplication.instance(), Document()
    begin = time.perf_counter(), time.thread_time()
    made = project(nodes, edges, np.random.default_rng(0))
    place(made.graph, {})
    print(f"{nodes} nodes, {edges} edges: laid out in {_passed(*begin)}", end=", ", flush=True)
    document.replace(made)
    begin = time.perf_counter(), time.thread_time()
    view = CanvasView(document, Appearance("light"))
    view.resize(1280, 800)
    view.show()
    app.processEvents()
    print(f"shown after {_passed(*begin)}", end=", ", flush=True)
    longest = rest(view)
    print(f"all edges led after {_passed(*begin)}, longest turn {longest}")
    view.show_cards(answer(document.project.graph.variables))
    rest(view)
    for name, level in (("fitted", None), ("40 %", 0.4), ("100 %", 1.0)):
        if level is None:
            view.fit()
        else:
            view.zoom_by(level / view.zoom)
        rest(view)
        print(f"{name:>6} ({view.zoom:4.0%})  drag {drag(view)}")
        print(f"{'':>14}  pan  {pan(view)}")
        print(f"{'':>14}  zoom {zoom(view)}")
    for kind in (SVG, PDF, PNG):
        print(f"{kind:>14}  {picture(view, Style(kind))}")
    view.close()


def main(args: list[str]) -> None:
    """One graph of a given size, or the two that are spoken of."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setFont(QFont("Inter", 10))
    for nodes, edges in [tuple(map(int, args[:2]))] if args else [(500, 1000), (2000, 3000)]:
        measure(nodes, edges)


def _passed(clock: float, own: float) -> str:
    """Seconds since then, by the clock and, in brackets, of the processor."""
    return f"{time.perf_counter() - clock:.2f} ({time.thread_time() - own:.2f}) s"


if __name__ == "__main__":
    main(sys.argv[1:])

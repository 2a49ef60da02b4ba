"""How long causal and biasing paths take to be coloured anew after an edit.

    python -m tests.bench paths [NODES EDGES]

50 nodes, 100 arrows and 8 hidden causes by default, on five random graphs: an edge is drawn or
taken away, or a role given or taken, and the canvas repainted. Milliseconds by the clock and, in
brackets, by the processor's time; goal: colouring within 16 ms. "whole edit" is the undo step, the
scene's following and the repaint.
"""

import os
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from engine.graph.graph import CausalGraph, pair
from engine.project import Project, Role
from gui import edits
from gui.appearance import Appearance
from gui.canvas.layout import place
from gui.canvas.view import CanvasView
from gui.document import Document

EDITS, GRAPHS = 40, 5
Took = list[tuple[float, float]]


def project(nodes: int, edges: int, rng: np.random.Generator) -> Project:
    """A random graph with an exposure near its beginning and an outcome near its end."""
    names = tuple(f"v{i}" for i in range(nodes))
    drawn: set[tuple[str, str]] = set()
    while len(drawn) < edges:
        a, b = sorted(rng.choice(nodes, 2, replace=False).tolist())
        drawn.add((names[a], names[b]))
    hidden = {pair(*map(str, rng.choice(names, 2, replace=False))) for _ in range(nodes // 6)}
    roles = {names[nodes // 4]: Role.EXPOSURE, names[-2]: Role.OUTCOME}
    roles |= {str(v): Role.ADJUSTED for v in rng.choice(names[:-2], 3) if v not in roles}
    graph = CausalGraph(names, frozenset(drawn), frozenset(hidden))
    return Project(graph=graph, roles=roles, positions=place(graph, {}))


def edited(before: Project, rng: np.random.Generator) -> Callable[[Project], Project]:
    """An edge more or less, or a role given or taken."""
    names = before.graph.variables
    a, b = (names[i] for i in sorted(rng.choice(len(names), 2, replace=False).tolist()))
    if rng.random() < 0.3:
        return lambda p: edits.toggle_role(p, [a], Role.ADJUSTED)
    verb = edits.disconnect if (a, b) in before.graph.edges else edits.connect
    return lambda p: verb(p, a, b)


def measure(nodes: int, edges: int, seed: int) -> tuple[Took, Took]:
    """Colouring alone, and the whole of each edit; seconds."""
    rng, document = np.random.default_rng(seed), Document()
    view = CanvasView(document, Appearance("light"))
    view.resize(1280, 800)
    view.show()
    document.replace(project(nodes, edges, rng))
    QApplication.processEvents()
    coloured: Took = []
    whole: Took = []
    follow = view.stage.joining.follow

    def timed(new: Project) -> None:
        begin = time.perf_counter(), time.thread_time()
        follow(new)
        coloured.append((time.perf_counter() - begin[0], time.thread_time() - begin[1]))

    view.stage.joining.follow = timed  # type: ignore[method-assign]
    for _ in range(EDITS):
        verb = edited(document.project, rng)
        begin = time.perf_counter(), time.thread_time()
        document.apply("edit", verb)
        QApplication.processEvents()
        whole.append((time.perf_counter() - begin[0], time.thread_time() - begin[1]))
    document.undo_stack.clear()
    view.close()
    view.deleteLater()
    QApplication.processEvents()
    return coloured, whole


def told(took: Took) -> str:
    """Median, 95 % and worst."""
    rows = 1000 * np.percentile(np.array(took), [50, 95, 100], axis=0)
    names = ("p50", "p95", "worst")
    return "   ".join(
        f"{name} {row[0]:5.1f} ({row[1]:5.1f})" for name, row in zip(names, rows, strict=True)
    )


def main(args: list[str]) -> None:
    """Print one line for colouring and one for the whole edit."""
    nodes, edges = (int(a) for a in args[:2]) if len(args) > 1 else (50, 100)
    application = QApplication.instance() or QApplication([])
    coloured: Took = []
    whole: Took = []
    for seed in range(GRAPHS):
        one, all_of_it = measure(nodes, edges, seed)
        coloured += one
        whole += all_of_it
    print(f"{nodes} nodes, {edges} arrows, {len(whole)} edits, milliseconds")
    print("colouring   ", told(coloured))
    print("whole edit  ", told(whole))
    del application

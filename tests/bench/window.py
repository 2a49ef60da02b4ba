"""Frame gaps of the window while mechanisms train, and slider to repaint, offscreen.

A frame gap is the time between ticks of a 60 Hz timer in the window's thread. Ten non-linear
variables of 10 000 rows train; after a warm-up the gaps are taken with and without a moving slider.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.interventions import Set
from engine.project import Project
from engine.queries.questions import Question

VARIABLES, ROWS, SEED = 10, 10_000, 1
WARM_UP, WATCH = 3.0, 8.0  # seconds
DRAGS, DRAG_MS = 120, 33


def main(args: list[str]) -> None:
    """Print a table and one line of JSON; `--seconds S` watches longer."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    seconds = float(args[args.index("--seconds") + 1]) if "--seconds" in args else WATCH
    from PySide6.QtCore import QEventLoop, QSettings

    from gui.app import App, new_application
    from gui.crash import CrashReporter

    application = new_application()
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "bench.ini"), QSettings.Format.IniFormat)
        app = App(settings, CrashReporter(Path(folder)))
        app.window.resize(1280, 800)
        wait = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        watch = _Watch(app, lambda: application.processEvents(wait))
        result = watch.run(seconds)
        app.close()
    print(f"{'':26}{'p50':>8}{'p95':>8}{'p99':>8}{'worst':>8}   ms")
    for name, values in result.items():
        print(f"{name:26}" + "".join(f"{value:8.1f}" for value in values.values()))
    print(json.dumps({"seed": SEED, "variables": VARIABLES, "rows": ROWS, "ms": result}))


def project() -> Project:
    """x0 → … → x9, each non-linear in up to three earlier ones, with skewed noise."""
    rng = np.random.default_rng(SEED)
    names = [f"x{i}" for i in range(VARIABLES)]
    columns: dict[str, np.ndarray] = {}
    edges = []
    for i, name in enumerate(names):
        total = rng.gamma(2.0, 0.5, ROWS)
        for j in rng.permutation(i)[:3]:
            total = total + np.tanh(columns[names[j]] * rng.normal(1, 0.3)) * rng.normal(1, 0.5)
            edges.append((names[j], name))
        columns[name] = total
    table = Table(tuple(Variable(name, Kind.CONTINUOUS) for name in names), columns)
    places = {name: (230.0 * (i % 5), 170.0 * (i // 5)) for i, name in enumerate(names)}
    question = Question(outcome="x9", action=(Set("x0", 1.0),))
    return Project(graph=graph_of(names, edges), table=table, positions=places, question=question)


class _Watch:
    """Runs the window's events by hand, so that each phase starts and ends where it should."""

    def __init__(self, app: object, turn: Callable[[], None]) -> None:
        self.app, self.turn = app, turn
        self.gaps: list[float] = []
        self.last = 0.0

    def run(self, seconds: float) -> dict[str, dict[str, float]]:
        from PySide6.QtCore import Qt, QTimer

        started: list[object] = []
        self.app.bridge.started.connect(started.append)
        ticker = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=1000 // 60)
        ticker.timeout.connect(self._tick)
        ticker.start()
        self.app.start()
        self._until(lambda: bool(started), 60)
        self.app.document.replace(project())
        self._for(1.0)
        result = {"idle": self._gaps(3.0)}
        self.app.bridge.fit()
        self._for(WARM_UP)
        result["training"] = self._gaps(seconds)
        result["training, slider moving"], result["slider to repaint"] = self._drag()
        ticker.stop()
        return result

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self.last) * 1000)
        self.last = now

    def _gaps(self, seconds: float) -> dict[str, float]:
        self._reset()
        self._for(seconds)
        return _spread(self.gaps)

    def _drag(self) -> tuple[dict[str, float], dict[str, float]]:
        """Move the slider 30 times a second; from each move to the first repaint that shows it."""
        from gui import edits
        from gui.plots.compare import ComparePlot

        plot = next(p for p in self.app.panels.question.findChildren(ComparePlot) if p.isVisible())
        painted = _Paints(plot)
        shown: list[float] = []
        self.app.bridge.answered.connect(lambda answer: self._shown(answer, shown, painted))
        self._reset()
        self.moved: dict[float, float] = {}
        for number in range(DRAGS):
            value = round(1.0 + 0.8 * float(np.sin(number / 15)), 6) + number * 1e-7
            self.moved[value] = time.perf_counter()
            moved = edits.intervene(self.app.document.project, Set("x0", value))
            self.app.document.edit("Set x0", moved, ("do", "x0"))
            self._for(DRAG_MS / 1000)
        self._for(1.0)
        painted.remove()
        return _spread(self.gaps), _spread(shown)

    def _shown(self, answer: object, shown: list[float], painted: "_Paints") -> None:
        if answer.view != "answer" or not getattr(answer.result, "action", ()):
            return
        asked = self.moved.pop(answer.result.action[0].value, None)
        if asked is not None:
            painted.then(lambda: shown.append((time.perf_counter() - asked) * 1000))

    def _reset(self) -> None:
        self.gaps, self.last = [], time.perf_counter()

    def _for(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        self._until(lambda: time.perf_counter() >= end, seconds + 60)

    def _until(self, done: Callable[[], bool], limit: float) -> None:
        end = time.perf_counter() + limit
        while not done():
            if time.perf_counter() > end:
                sys.exit("the window never got there")
            self.turn()


class _Paints:
    """Calls back after the next paint of a widget."""

    def __init__(self, widget: object) -> None:
        from PySide6.QtCore import QEvent, QObject, QTimer

        waiting: list[Callable[[], None]] = []

        class Filter(QObject):
            def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt
                if event.type() == QEvent.Type.Paint and waiting:
                    for call in waiting:
                        QTimer.singleShot(0, call)
                    waiting.clear()
                return False

        self.waiting, self.widget, self.filter = waiting, widget, Filter()
        widget.installEventFilter(self.filter)

    def then(self, call: Callable[[], None]) -> None:
        self.waiting.append(call)

    def remove(self) -> None:
        self.widget.removeEventFilter(self.filter)


def _spread(values: list[float]) -> dict[str, float]:
    p50, p95, p99 = np.percentile(values, [50, 95, 99]) if values else (np.nan,) * 3
    worst = max(values, default=float("nan"))
    return {"p50": float(p50), "p95": float(p95), "p99": float(p99), "worst": float(worst)}

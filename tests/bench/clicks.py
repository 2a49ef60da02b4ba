"""How long each verb keeps the window's thread, while 20 variables of 10 000 rows are fitted.

    python -m tests.bench clicks [ROUNDS [ROWS]]

Real mouse and key events on the whole window with the real engine. "Handler" is the event itself,
until it returns; "to repaint" goes on to the end of the first repaint after it; "longest turn" is
the longest stretch in which no event came through, within the quarter second after it; "over" says
that it was over 100 ms of the processor, "late" that the repaint was, which for a theme, a size and
a presentation comes after several events on purpose. Each by the
clock and, in brackets, by the processor's time of the window's thread, which neither the engine nor
other programs lengthen. The noise of the machine is said: the same for a timer that does nothing.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.graph.graph import graph_of
from engine.interventions import Set
from engine.project import Project
from engine.queries.questions import Question
from gui.app import App, new_application
from gui.crash import CrashReporter
from gui.pictures import SVG, Style
from gui.widgets.picker import Picker
from tests.bench._random import Case, RandomWorld, Unable

SEED, ROUNDS, ROWS = 1, 8, 10_000
WATCH = 0.25  # seconds after each event
GOAL = 100  # milliseconds
LEFT, NONE, ALT = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
)

Times = tuple[float, float, float]  # handler, to repaint, longest turn; milliseconds


def main(args: list[str]) -> None:
    """Print a table of all verbs."""
    rounds = int(args[0]) if args else ROUNDS
    try:
        project = wanted(int(args[1]) if len(args) > 1 else ROWS)
    except Unable as error:
        sys.exit(f"not measured: {error}")
    application = new_application()
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "bench.ini"), QSettings.Format.IniFormat)
        settings.setValue("appearance/less-motion", True)
        app = App(settings, CrashReporter(Path(folder)), dialogs=Dialogs(Path(folder) / "g.svg"))
        app.window.resize(1280, 800)
        watch = Watch(application, app)
        watch.begin(project)
        for _ in range(rounds):
            watch.round()
        watch.report()
        app.window.may_close = lambda: True
        app.window.close()
        app.close()


def wanted(rows: int) -> Project:
    """A random SCM of 20 variables, and a question about its last variable."""
    world = RandomWorld(Case(20, rows, 0.2), SEED)
    edges = [(cause, name) for name, given in world.parents.items() for cause in given]
    table = world.table()
    places = {v: (230.0 * (i % 5), 170.0 * (i // 5)) for i, v in enumerate(world.names)}
    question = Question(outcome=world.names[-1], action=(Set(world.treated, world.high),))
    return Project(graph_of(world.names, edges), places, table=table, question=question)


class Dialogs:
    """Answers at once where the window would ask: an SVG, and always the same file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def picture(self, scene: object, before: Style) -> Style:
        return Style(SVG)

    def save_file(self, title: str, filters: str, proposed: Path) -> Path:
        return self._path


class Paints(QObject):
    """Notices repaints of whole windows; a filter on every widget would lengthen what it times."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def watch(self) -> None:
        """Windows and lists that are open now."""
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible():
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.seen += event.type() == QEvent.Type.UpdateRequest and _paints(watched)
        return False


class Watch:
    """Does the verbs and takes the time."""

    def __init__(self, application: QApplication, app: App) -> None:
        self._turn, self.app = application.processEvents, app
        self._paints = Paints()
        self.took: dict[str, list[tuple[Times, Times]]] = {}
        self._running, self._verb = False, ""
        app.bridge.states_changed.connect(self._note)

    def begin(self, project: Project) -> None:
        """Start the engine, load the project, fit, and let the first guesses come."""
        started: list[object] = []
        self.app.bridge.started.connect(started.append)
        self.app.start()
        self._until(lambda: bool(started), 120)
        self.app.document.replace(project)
        self.app.beginning.open_canvas()
        self.app.canvas.fit()
        self.app.canvas.setFocus()
        self.app.window.activateWindow()
        self._for(2.0)
        self.app.bridge.fit()
        self._for(4.0)

    def round(self) -> None:
        """Every verb once."""
        for name, act in self._verbs():
            if not self._running:
                self.app.bridge.fit()
                self._for(0.5)
            self._verb = name
            self.took.setdefault(name, []).append(self._measured(act))
            self._for(0.1)
        self.took.setdefault("(a timer that does nothing)", []).append(self._measured(lambda: None))

    def report(self) -> None:
        """Median, 95 % and worst per verb."""
        print(f"{'ms: clock (processor)':30}{'handler':^32}{'to repaint':^32}{'longest turn':^32}")
        heads = "".join(f"{word:>10}" for word in ("p50", "p95", "worst")) + "  "
        print(f"{'':30}{heads * 3}")
        for name, times in self.took.items():
            cells = []
            array = np.array(times)  # (rounds, clock or processor, what)
            for what in range(3):
                for share in (50, 95, 100):
                    clock, own = np.percentile(array[:, :, what], share, axis=0)
                    cells.append(f"{clock:5.0f}({own:3.0f})")
                cells.append(" ")
            late, over = array[:, 1, 1:].max(0) > GOAL
            over = (" over" if over else "") + (" late" if late else "")
            print(f"{name:30}" + "".join(f"{cell:>10}" for cell in cells) + over)

    # ── verbs ──────────────────────────────────────────────────────────────────────────────────

    def _verbs(self) -> Iterator[tuple[str, Callable[[], object]]]:
        yield from self._on_canvas()
        yield from self._on_question()
        yield from self._on_window()

    def _on_canvas(self) -> Iterator[tuple[str, Callable[[], object]]]:
        view = self.app.canvas
        names = list(view.stage.nodes)
        viewport = view.viewport()
        yield "select a node", lambda: QTest.mouseClick(viewport, LEFT, NONE, self._at(names[3]))
        yield "select another", lambda: QTest.mouseClick(viewport, LEFT, NONE, self._at(names[7]))
        yield "N: name a new node", lambda: QTest.keyClick(view, Qt.Key.Key_N)
        yield "Enter: add it", lambda: QTest.keyClick(self._focus(), Qt.Key.Key_Return)
        yield "undo", self._key("undo")
        yield "redo", self._key("redo")
        QTest.mouseClick(viewport, LEFT, NONE, self._at(list(view.stage.nodes)[-1]))
        yield "delete it", lambda: QTest.keyClick(view, Qt.Key.Key_Delete)
        yield "undo the deletion", self._key("undo")
        yield "undo the node", self._key("undo")
        start, end = self._free_pair()
        QTest.mousePress(viewport, LEFT, ALT, self._at(start))
        QTest.mouseMove(viewport, (self._at(start) + self._at(end)) / 2)
        yield "drag an edge", lambda: QTest.mouseMove(viewport, self._at(end))
        yield "drop it: add an edge", lambda: QTest.mouseRelease(viewport, LEFT, ALT, self._at(end))
        yield "undo the edge", self._key("undo")
        QTest.mouseClick(viewport, LEFT, NONE, self._at(end))
        yield "delete a node with edges", lambda: QTest.keyClick(view, Qt.Key.Key_Delete)
        yield "undo its deletion", self._key("undo")
        QTest.mousePress(viewport, LEFT, NONE, self._at(start))
        by = QPoint(20, 10)
        yield "drag a node", lambda: QTest.mouseMove(viewport, self._at(start) + by)
        yield "drop the node", lambda: QTest.mouseRelease(viewport, LEFT, NONE, self._at(start))
        yield "undo the move", self._key("undo")
        yield "zoom in", self._key("zoom-in")
        yield "show all", self._key("zoom-fit")
        yield "lay out", lambda: self.app.actions["lay-out"].trigger()
        yield "undo the layout", self._key("undo")

    def _on_question(self) -> Iterator[tuple[str, Callable[[], object]]]:
        panel = self.app.panels.question
        yield "See", self._key("see")
        yield "Imagine", self._key("imagine")
        yield "Do", self._key("do")
        yield from self._picked("outcome", panel.do.outcome.findChildren(Picker)[0])
        yield "undo the outcome", self._key("undo")
        yield from self._picked("do: a variable more", panel.do.chips.plus)
        slider = next(
            row.slider
            for row in panel.do.rows.findChildren(QWidget)
            if getattr(row, "slider", None) is not None
        )
        yield "slider", lambda: QTest.keyClick(slider, Qt.Key.Key_Right)
        yield "slider again", lambda: QTest.keyClick(slider, Qt.Key.Key_Right)
        yield "undo the slider", self._key("undo")
        yield "undo the do", self._key("undo")
        self._for(0.6)
        if panel.do.tools.kind.isVisible():
            yield from self._picked("kind of plot", panel.do.tools.kind)
        yield "pin", self._key("pin")
        yield "undo the pin", self._key("undo")
        yield "release all", self._key("release")
        yield "undo the release", self._key("undo")

    def _on_window(self) -> Iterator[tuple[str, Callable[[], object]]]:
        for tab in ("table", "outline", "pins", "assumptions"):
            yield f"panel: {tab}", self._key(f"tab-{tab}")
        yield "open the palette", self._key("palette")
        yield "type into it", lambda: QTest.keyClick(self._focus(), Qt.Key.Key_A)
        yield "close it", lambda: QTest.keyClick(self._focus(), Qt.Key.Key_Escape)
        yield "presentation", self._key("present")
        yield "end of presentation", self._key("present")
        yield "dark", lambda: self.app.actions["theme-dark"].trigger()
        yield "light", lambda: self.app.actions["theme-light"].trigger()
        yield "export SVG", self._key("export-picture")
        self._until(lambda: not self.app.commands.picture_export.slices.running, 60)
        self.app.beginning.open_canvas()
        self.app.canvas.setFocus()

    # ── parts ──────────────────────────────────────────────────────────────────────────────────

    def _measured(self, act: Callable[[], object]) -> tuple[Times, Times]:
        """Milliseconds by the clock, and of this thread's processor time."""
        self._turn()
        self._paints.watch()
        painted, begin = self._paints.seen, _now()
        act()
        handled = last = _now()
        self._paints.watch()
        repainted, longest = None, _since(begin, handled)
        while last[0] - begin[0] < WATCH:
            self._turn()
            now = _now()
            longest = tuple(map(max, longest, _since(last, now)))
            last = now
            if repainted is None and self._paints.seen > painted:
                repainted = now
        found = (_since(begin, handled), _since(begin, repainted or handled), longest)
        clock, own = zip(*found, strict=True)
        return clock, own

    def _picked(self, name: str, picker: Picker) -> Iterator[tuple[str, Callable[[], object]]]:
        """Open a picker's list and choose the next."""
        yield f"{name}: open", lambda: QTest.mouseClick(picker, LEFT)
        QTest.keyClick(self._focus(), Qt.Key.Key_Down)
        yield f"{name}: choose", lambda: QTest.keyClick(self._focus(), Qt.Key.Key_Return)

    def _key(self, id: str) -> Callable[[], object]:
        """The first shortcut of an action, pressed where the keyboard is."""
        keys = self.app.actions[id].shortcut()

        def press() -> None:
            if not self.app.actions[id].isEnabled():
                print(f"{self._verb}: {id} is not enabled", file=sys.stderr)
            QTest.keySequence(self.app.window, QKeySequence(keys))

        return press

    def _at(self, name: str) -> QPoint:
        view = self.app.canvas
        return view.mapFromScene(view.stage.nodes[name].pos()) - QPoint(0, 8)

    def _focus(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return popup.focusWidget() or popup
        return QApplication.focusWidget() or self.app.canvas

    def _free_pair(self) -> tuple[str, str]:
        """Two variables without an arrow, in the order of the graph."""
        graph = self.app.document.project.graph
        order = graph.order()
        pairs = ((a, b) for i, a in enumerate(order) for b in order[i + 1 :])
        return next(p for p in pairs if p not in graph.edges and graph.children(p[1]))

    def _note(self, states: object) -> None:
        self._running = bool(getattr(states, "running", False))

    def _for(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        self._until(lambda: time.perf_counter() >= end, seconds + 60)

    def _until(self, done: Callable[[], bool], limit: float) -> None:
        end = time.perf_counter() + limit
        while not done():
            if time.perf_counter() > end:
                sys.exit("the window never got there")
            self._turn()
            time.sleep(0.001)


def _paints(window: QObject) -> bool:
    """False while a window waits until all of it wears another theme or size."""
    return isinstance(window, QWidget) and window.updatesEnabled()


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.thread_time()


def _since(begin: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    return 1000 * (end[0] - begin[0]), 1000 * (end[1] - begin[1])


if __name__ == "__main__":
    main(sys.argv[1:])

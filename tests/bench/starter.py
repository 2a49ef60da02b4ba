"""From a stranger's table to the first causal number: clicks, and seconds of the machine.

The whole window, offscreen: a CSV is opened from the welcome, the three questions are answered by
mouse and keys, and the clock stops when the question panel has a number. What a person takes to
think is not counted; each click and key is.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
LIMIT = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Case:
    """A table, what is changed, what is hoped for, and what was fixed before (all: None)."""

    file: str
    treatment: str
    outcome: str
    before: tuple[str, ...] | None = None


CASES = (
    Case("lalonde/nsw_dw.csv", "treat", "re78"),
    Case("causaldata/titanic.csv", "class", "survived", ("age", "sex")),
    Case("causaldata/close_college.csv", "educ", "lwage", ("black", "south", "smsa", "nearc4")),
    Case("nhefs/NHEFS.csv", "qsmk", "wt82_71", ("sex", "age", "race", "education", "wt71")),
)


def main(args: list[str]) -> None:
    """Print a line per table and one line of JSON."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    cases = [case for case in CASES if (DATA / case.file).exists()]
    if not cases:
        sys.exit(f"no tables in {DATA}")
    print(f"{'':34}{'read':>8}{'asked':>8}{'number':>8}   s   clicks and keys")
    results = {}
    for case in cases:
        results[case.file] = measured(case)
        read, asked, number, acts = results[case.file].values()
        print(f"{case.file:34}{read:8.1f}{asked:8.1f}{number:8.1f}       {acts}")
    print(json.dumps(results))


def measured(case: Case) -> dict[str, float]:
    """Seconds from choosing the file to the table, to the asked question, to its first number."""
    from PySide6.QtCore import QEventLoop, QSettings
    from PySide6.QtWidgets import QApplication

    from gui.app import App, new_application
    from gui.crash import CrashReporter

    application = QApplication.instance() or new_application()
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "bench.ini"), QSettings.Format.IniFormat)
        app = App(settings, CrashReporter(Path(folder)))
        app.window.resize(1280, 800)
        turn = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        hands = _Hands(app, lambda: application.processEvents(turn))
        try:
            return hands.run(case)
        finally:
            app.close()


class _Hands:
    """Does what a person would, and counts it."""

    def __init__(self, app: object, turn: Callable[[], None]) -> None:
        self.app, self.turn, self.acts = app, turn, 0

    def run(self, case: Case) -> dict[str, float]:
        from engine.queries.answers import DoAnswer

        started: list[object] = []
        self.app.bridge.started.connect(started.append)
        self.app.start()
        self._until(lambda: bool(started))
        numbers: list[float] = []

        def hear(answer: object) -> None:
            if isinstance(answer.result, DoAnswer) and answer.result.difference is not None:
                numbers.append(time.perf_counter())

        self.app.bridge.answered.connect(hear)
        begin = time.perf_counter()
        self.acts += 2  # "Open data…", and the file in the dialog
        self.app.files.read_table(DATA / case.file)
        self._until(lambda: self.app.pages.shown == "starter")
        read = time.perf_counter()
        self._answer(case)
        asked = time.perf_counter()
        self._until(lambda: bool(numbers))
        times = {"read": read, "asked": asked, "number": numbers[0]}
        return {name: round(at - begin, 2) for name, at in times.items()} | {"acts": self.acts}

    def _answer(self, case: Case) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        starter = self.app.beginning.starter
        for picker, name in ((starter.treatment, case.treatment), (starter.outcome, case.outcome)):
            QTest.mouseClick(picker, Qt.MouseButton.LeftButton)
            opened = picker._list
            rows = range(opened.list.count())
            opened.list.setCurrentRow(next(r for r in rows if opened.list.item(r).text() == name))
            QTest.keyClick(opened.list, Qt.Key.Key_Return)
            self.acts += 2
        if case.before is None:
            QTest.mouseClick(starter.all, Qt.MouseButton.LeftButton)
            self.acts += 1
        for row in range(starter.before.count()):
            item = starter.before.item(row)
            if item.text() in (case.before or ()):
                item.setCheckState(Qt.CheckState.Checked)
                self.acts += 1
        QTest.mouseClick(starter.make, Qt.MouseButton.LeftButton)
        self.acts += 1

    def _until(self, done: Callable[[], bool]) -> None:
        end = time.perf_counter() + LIMIT
        while not done():
            if time.perf_counter() > end:
                sys.exit("the window never got there")
            self.turn()

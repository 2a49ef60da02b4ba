"""The demo: kidney stones learnt and asked on three rungs, in the window or into a folder."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from engine.interventions import Set
from engine.runtime.messages import FitState
from gui import demo, edits
from gui.app import App
from gui.crash import CrashReporter
from gui.tour import Tour, stops
from tests.gui.conftest import Shell
from tests.gui.fakes import states

# Charig et al. 1986, standardised by hand over 357 small and 343 large stones of 700.
DO_A = (81 / 87 * 357 + 192 / 263 * 343) / 700
DO_B = (234 / 270 * 357 + 55 / 80 * 343) / 700


def number(html: str, name: str) -> float:
    found = re.search(rf"<td>{re.escape(name)}</td><td>([-0-9.]+)</td>", html)
    assert found, name
    return float(found[1])


def test_headless_demo_writes_pictures_and_numbers(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "demo"
    assert demo.write_demo(folder) == 0
    html = (folder / demo.REPORT).read_text("utf-8")
    see_a, see_b, do, imagine = html.split("<section>")[1:]
    assert number(see_a, "matching rows") == pytest.approx(273 / 350, abs=6e-5)
    assert number(see_b, "matching rows") == pytest.approx(289 / 350, abs=6e-5)
    assert number(do, "difference") == pytest.approx(DO_A - DO_B, abs=0.002)
    assert number(do, "90 %, from") < DO_A - DO_B < number(do, "90 %, to")
    assert 0 < number(imagine, "yes") < 1
    pictures = re.findall(r'(?:src|srcset)="([^"]+)"', html)
    assert len(pictures) == 2 * len(stops())
    for name in pictures:
        image = QImage(str(folder / name))
        assert (image.width(), image.height()) == demo.SIZE


def test_demo_in_the_window_reaches_its_end(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "PAUSE_MS", 0)
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    reporter = CrashReporter(tmp_path)
    app = App(settings, reporter)
    guide = demo.Guide(app)
    with qtbot.waitSignal(guide.tour.ended, timeout=60_000) as ended:
        app.window.painted.connect(guide.tour.begin)
        app.start()
    assert ended.args == [True]
    assert app.document.clean
    app.close()
    app.document.undo_stack.clear()
    reporter.remove()


def test_tour_leaves_the_window_to_whoever_touches_it(qtbot: QtBot, shell: Shell) -> None:
    """An edit between two stops ends the tour, and is not undone by it."""
    tour = Tour(shell.document, shell.app.bridge)
    with qtbot.waitSignal(tour.reached):
        tour.begin()
        shell.engine.emit(states(shell.document.project, shell.engine.revision, FitState.FITTED))
    shell.document.apply("touched", lambda p: edits.intervene(p, Set("treatment", 1)))
    touched = shell.document.project
    with qtbot.waitSignal(tour.ended) as ended:
        tour.go_on()
    assert ended.args == [False]
    assert shell.document.project == touched

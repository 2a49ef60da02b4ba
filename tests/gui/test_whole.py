"""The whole thread through the window, with the real engine: read, draw, fit, ask, save, reopen."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from pytestqt.qtbot import QtBot

from engine.interventions import Set
from engine.queries.answers import DoAnswer
from engine.runtime.messages import Answer, FitState, FitStates
from engine.simulate.pictured import pendulum_pictures
from gui import edits
from gui.app import App
from gui.crash import CrashReporter
from tests.gui.fakes import FakeDialogs


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path) -> Iterator[App]:
    """A window with the engine that ships."""
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    reporter = CrashReporter(tmp_path / "data")
    made = App(settings, reporter, dialogs=FakeDialogs())
    with qtbot.waitSignal(made.bridge.started, timeout=30_000):
        made.start()
    yield made
    made.window.may_close = lambda: True
    made.window.close()
    made.close()
    reporter.remove()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def confounded(path: Path) -> Path:
    """z → x, z → y, x → y (2): the regression of y on x has slope 2 + 3·cov(z, x)/var(x) = 3.5."""
    rng = np.random.default_rng(5)
    z, x, y = rng.standard_normal((3, 1500))
    x = z + x
    y = 2 * x + 3 * z + y
    lines = ["z,x,y", *(f"{a:.6f},{b:.6f},{c:.6f}" for a, b, c in zip(z, x, y, strict=True))]
    path.write_text("\n".join(lines))
    return path


def test_read_draw_fit_ask_save_reopen(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    answers: list[Answer] = []
    states: list[FitStates] = []
    app.bridge.answered.connect(answers.append)
    app.bridge.states_changed.connect(states.append)
    with qtbot.waitSignal(app.bridge.table_read, timeout=10_000):
        app.files.open_path(confounded(tmp_path / "confounded.csv"))
    app.actions["add-all"].trigger()
    for cause, effect in (("z", "x"), ("z", "y"), ("x", "y")):
        app.document.apply("Connect", lambda p, c=cause, e=effect: edits.connect(p, c, e))
    app.document.apply("Ask", lambda p: edits.set_outcome(p, "y"))
    app.document.apply("Do", lambda p: edits.intervene(p, Set("x", 1.0)))
    app.document.apply("Contrast", lambda p: edits.compare_with(p, (Set("x", 0.0),)))
    app.actions["fit"].trigger()
    qtbot.waitUntil(lambda: bool(states) and _done(states[-1]), timeout=90_000)
    qtbot.waitUntil(lambda: _final(answers) is not None, timeout=20_000)
    first = _final(answers)
    assert first is not None
    assert first.difference == pytest.approx(2.0, abs=0.15)  # not 3.5: z is adjusted for
    path = tmp_path / "confounded.doscope"
    app.dialogs.path = path
    with qtbot.waitSignal(app.bridge.saved, timeout=10_000):
        app.actions["save"].trigger()
    assert app.document.clean
    project = app.document.project
    app.actions["new"].trigger()
    answers.clear()
    with qtbot.waitSignal(app.bridge.opened, timeout=10_000):
        app.files.open_path(path)
    assert app.document.project == project
    qtbot.waitUntil(lambda: _final(answers) is not None, timeout=10_000)
    again = _final(answers)
    assert again is not None
    assert again.difference == first.difference  # the saved mechanisms, not new ones
    assert FitState.TRAINING not in states[-1].states.values()


def test_a_picture_is_imagined_while_it_is_learnt(app: App, qtbot: QtBot) -> None:
    """Fit by its key: the row's own picture stands at once, soon what it would be beside it."""
    project = edits.pick_row(pendulum_pictures(120), 5)
    app.document.replace(project)
    page = app.panels.question.imagine
    qtbot.waitUntil(lambda: page.photos.plot.rows != (), timeout=20_000)
    ((own,),) = page.photos.plot.rows
    assert project.table is not None
    np.testing.assert_array_equal(own.pixels, project.table.pictures["picture"].pixels[5])
    qtbot.keyClick(app.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: len(page.photos.plot.rows[0]) == 2, timeout=60_000)
    was, would = page.photos.plot.rows[0]
    np.testing.assert_array_equal(was.pixels, own.pixels)
    assert not np.array_equal(would.pixels, own.pixels)
    assert "Approximate" in page.photos.notes.accessibleName()
    assert app.canvas.stage.nodes["picture"].card.thumbs[-1].role == "imagine"
    app.actions["stop"].trigger()


def _done(newest: FitStates) -> bool:
    return not newest.running and newest.done == newest.total == 3


def _final(answers: list[Answer]) -> DoAnswer | None:
    for answer in reversed(answers):
        if answer.view == "answer" and answer.final and isinstance(answer.result, DoAnswer):
            return answer.result
    return None


def test_an_effect_before_anything_is_drawn_or_fitted(
    app: App, qtbot: QtBot, tmp_path: Path
) -> None:
    """z → t, z → y, t → y (2): the plain difference is far above 2, and balance finds it."""
    rng = np.random.default_rng(6)
    z = rng.standard_normal(400)
    t = rng.random(400) < 1 / (1 + np.exp(-1.5 * z))
    y = 2 * t + 3 * z + 0.5 * rng.standard_normal(400)
    lines = [f"{a:.6f},{'yes' if b else 'no'},{c:.6f}" for a, b, c in zip(z, t, y, strict=True)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["z,t,y", *lines]))
    with qtbot.waitSignal(app.bridge.table_read, timeout=10_000):
        app.files.open_path(path)
    app.beginning.open_canvas()
    qtbot.keyClick(app.window, Qt.Key.Key_I, Qt.KeyboardModifier.AltModifier)
    panel = app.panels.instant
    qtbot.waitUntil(panel.isVisible, timeout=5_000)
    panel.treatment.picked.emit("t")
    panel.outcome.picked.emit("y")
    qtbot.waitUntil(
        lambda: panel.found is not None and len(panel.found.beside) == 1, timeout=20_000
    )
    assert panel.found is not None
    assert panel.found.value == pytest.approx(y[t].mean() - y[~t].mean(), abs=1e-6)
    assert panel.words.lines()[0].text.startswith("Balanced difference, not an effect")
    panel.fixed.ticked.emit("z")
    qtbot.waitUntil(
        lambda: panel.found is not None and len(panel.found.beside) == 3, timeout=20_000
    )
    assert panel.found is not None
    assert panel.found.value == pytest.approx(2.0, abs=0.3)
    assert panel.words.lines()[0].text.startswith("For everybody, t = yes instead of no moves y")

"""The window as a whole: light to start, wired, and honest about refusals and bugs."""

import os
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from engine.errors import CycleError
from engine.project import Role
from engine.queries.questions import Rung
from engine.runtime import messages as m
from gui import edits
from gui.canvas.edge_item import EdgeKey
from gui.canvas.layout import place
from gui.dialogs import Choice, NativeDialogs
from gui.menus import whole_name
from gui.theme import DARK
from tests.gui.conftest import Shell
from tests.gui.fakes import states, table, trial

LEFT = Qt.MouseButton.LeftButton
ROOT = Path(__file__).parents[2]
FIRST_PAINT = """
import sys, tempfile
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from gui.app import App, new_application
from gui.crash import CrashReporter
application = new_application()
folder = Path(tempfile.mkdtemp())
class Silent:
    def send(self, request): pass
    def close(self, timeout=0): return True
heavy = {"torch", "scipy", "sympy", "pandas", "networkx", "duckdb"}
def look():
    print("painted", sorted(heavy & {name.split(".")[0] for name in sys.modules}))
    QTimer.singleShot(0, application.quit)
settings = QSettings(str(folder / "s.ini"), QSettings.Format.IniFormat)
app = App(settings, CrashReporter(folder), lambda deliver: Silent())
app.window.painted.connect(look)
app.start()
application.exec()
app.close()
"""


def test_nothing_heavy_is_loaded_before_the_first_paint() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "painted []", done.stderr


def test_the_engine_starts_after_the_first_paint(shell: Shell) -> None:
    assert len(shell.engines) == 1
    assert shell.window.status.device.text() == "cpu"


def test_a_refusal_is_a_bar_with_place_and_remedy(shell: Shell, qtbot: QtBot) -> None:
    error = CycleError("The arrow closes a loop", where="a → b → a", remedy="remove one arrow")
    shell.engine.emit(m.Refused(m.Fit(), error))
    bar = shell.app.notices.bar
    qtbot.waitUntil(bar.isVisible, timeout=1000)
    assert bar.words.text() == "The arrow closes a loop (a → b → a)"
    assert bar.remedy.text() == "Remove one arrow"
    assert not bar.details.isVisible()
    qtbot.mouseClick(bar.dismiss, LEFT)
    assert not bar.isVisible()


def test_a_crash_is_called_a_bug_and_logged(shell: Shell, qtbot: QtBot) -> None:
    shell.reporter._log.addHandler(shell.reporter._file)
    shell.engine.emit(m.Crashed(None, "Traceback …\nZeroDivisionError: division by zero"))
    bar = shell.app.notices.bar
    qtbot.waitUntil(bar.isVisible, timeout=1000)
    assert "bug in Doscope" in bar.words.text()
    assert "division by zero" in bar.words.text()
    assert bar.details.isVisible()
    assert "ZeroDivisionError" in shell.reporter.path.read_text("utf-8")


def test_deleting_offers_undo_in_a_toast(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    shell.app.commands.reveal(("dose",))
    shell.app.actions["delete"].trigger()
    toast = shell.app.notices.toast
    assert toast.words.text() == "Deleted dose"
    assert toast.undo.isVisible()
    qtbot.mouseClick(toast.undo, LEFT)
    assert "dose" in shell.document.project.graph.variables


def test_a_later_step_takes_the_undo_of_a_toast_away(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    shell.app.commands.reveal(("dose",))
    shell.app.actions["delete"].trigger()
    shell.document.apply("Move", lambda p: edits.move(p, {"age": (1.0, 1.0)}))
    assert not shell.app.notices.toast.isVisible()


def test_a_notice_without_an_edit_offers_no_undo(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    qtbot.wait(1)
    shell.app.canvas.noticed.emit("Select one arrow to reverse it")
    assert not shell.app.notices.toast.undo.isVisible()


def test_undo_names_the_step(shell: Shell) -> None:
    shell.document.apply("Add x", lambda p: edits.add_variable(p, "x", (0.0, 0.0)))
    assert shell.app.actions["undo"].isEnabled()
    assert shell.app.actions["undo"].text() == "Undo Add x"
    shell.app.actions["undo"].trigger()
    assert not shell.app.actions["undo"].isEnabled()
    assert shell.app.actions["redo"].text() == "Redo Add x"


def test_fit_pause_resume_stop_reach_the_engine(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    qtbot.wait(1)
    actions, revision = shell.app.actions, shell.engine.revision
    actions["fit"].trigger()
    running = states(trial(), revision, m.FitState.TRAINING, running=True)
    shell.engine.emit(running)
    qtbot.waitUntil(actions["pause"].isEnabled, timeout=1000)
    assert not actions["fit"].isEnabled()
    actions["pause"].trigger()
    held = m.FitStates(revision, running.states, {}, True, True, 0, 5)
    shell.engine.emit(held)
    qtbot.waitUntil(actions["fit"].isEnabled, timeout=1000)
    actions["fit"].trigger()
    actions["stop"].trigger()
    sent = [type(request).__name__ for request in shell.engine.requests]
    wanted = ("Fit", "Pause", "Resume", "Stop")
    assert [name for name in sent if name in wanted] == list(wanted)


def test_progress_is_told_in_the_status_bar(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    qtbot.wait(1)
    names = trial().graph.variables
    mixed = dict.fromkeys(names, m.FitState.FITTED) | dict.fromkeys(names[2:], m.FitState.TRAINING)
    shell.engine.emit(m.FitStates(shell.engine.revision, mixed, {}, True, False, 2, 5))
    shell.engine.emit(m.FitProgress("dose", 83, 100, -1.0, -1.1))
    status = shell.window.status
    qtbot.waitUntil(lambda: "83" in status.engine.text(), timeout=2000)
    assert status.engine.text() == "learning 3 of 5 variables · dose 83\u202f%"
    assert status.rows.text() == "400 rows"
    assert status.progress.value() == 566  # (2 + 0.83) / 5


def test_the_wait_for_intervals_has_its_own_words(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    qtbot.wait(1)
    done = states(trial(), shell.engine.revision, m.FitState.FITTED)
    reports = {
        name: replace(report, intervals=name == "age") for name, report in done.reports.items()
    }
    shell.engine.emit(replace(done, reports=reports, running=True))
    words = "all 5 variables learnt · intervals for 1"
    qtbot.waitUntil(lambda: shell.window.status.engine.text() == words, timeout=1000)
    assert shell.window.status.progress.value() == 200


def test_a_long_job_can_be_cancelled(shell: Shell, qtbot: QtBot) -> None:
    shell.engine.emit(m.Working(7, 1, 4, "reading big.csv"))
    status = shell.window.status
    qtbot.waitUntil(status.cancel.isVisible, timeout=1000)
    assert status.engine.text() == "reading big.csv"
    qtbot.mouseClick(status.cancel, LEFT)
    assert shell.engine.sent(m.Cancel) == [m.Cancel(7)]
    shell.engine.emit(m.Working(7, 4, 4, "reading big.csv"))
    qtbot.waitUntil(lambda: not status.cancel.isVisible(), timeout=1000)


def test_the_theme_changes_and_is_remembered(shell: Shell) -> None:
    shell.app.actions["theme-dark"].trigger()
    shell.settle()
    assert shell.app.appearance.theme is DARK
    assert shell.settings.value("appearance/theme") == "dark"
    assert shell.window.toolbar.grab().toImage().pixelColor(1, 1).name() == DARK.surface
    assert shell.app.actions["theme-dark"].isChecked()
    assert not shell.app.actions["theme-light"].isChecked()


def test_rungs_follow_the_question(shell: Shell) -> None:
    shell.document.replace(trial())
    shell.app.actions["see"].trigger()
    assert shell.document.project.question.rung is Rung.SEE
    shell.document.undo_stack.undo()
    assert shell.app.actions["do"].isChecked()
    assert not shell.app.actions["see"].isChecked()


def test_all_columns_can_be_drawn_at_once(shell: Shell) -> None:
    shell.document.apply("Read", lambda p: edits.use_table(p, table(("a", "b", "c"))))
    shell.app.actions["add-all"].trigger()
    assert set(shell.document.project.graph.variables) == {"a", "b", "c"}


def test_the_palette_finds_commands_and_variables(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    shell.app.actions["palette"].trigger()
    palette = shell.app.commands._palette
    assert palette is not None
    qtbot.keyClicks(palette.field, "adher")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert shell.app.canvas.selected_variables() == ("adherence",)
    shell.app.actions["palette"].trigger()
    qtbot.keyClicks(palette.field, "dark")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert shell.app.appearance.theme is DARK


def test_an_edge_of_the_window_is_remembered(shell: Shell, tmp_path: Path) -> None:
    shell.app.actions["panel-data"].trigger()
    assert not shell.window.data_dock.isVisible()
    assert not shell.app.actions["panel-data"].isChecked()
    shell.app.actions["tab-table"].trigger()
    shell.window.remember()
    again = Shell(tmp_path)
    again.window.show()
    assert not again.window.data_dock.isVisible()
    assert again.window.tabs.shown == "table"
    again.close()


# ── the Graph menu ─────────────────────────────────────────────────────────────────────────────


def test_the_graph_menu_does_what_the_letters_do(shell: Shell) -> None:
    shell.document.replace(trial())
    actions, canvas = shell.app.actions, shell.app.canvas
    assert not actions["hidden-cause"].isEnabled()
    canvas.stage.select({"age", "dose"})
    actions["hidden-cause"].trigger()
    assert shell.document.project.graph.bidirected == {("age", "dose")}
    actions["role-adjusted"].trigger()
    assert shell.document.project.roles["age"] is Role.ADJUSTED
    actions["role-none"].trigger()
    assert {"age", "dose"}.isdisjoint(shell.document.project.roles)
    canvas.stage.select({"age"})
    actions["not-measured"].trigger()
    assert shell.document.project.graph.latent == {"age"}
    canvas.stage.select((), {EdgeKey("dose", "adherence")})
    actions["reverse"].trigger()
    assert ("adherence", "dose") in shell.document.project.graph.edges
    for _ in range(5):
        shell.document.undo_stack.undo()
    assert shell.document.project == trial()


def test_kind_and_unit_of_the_selected_variable(shell: Shell) -> None:
    shell.document.replace(trial())
    actions, canvas = shell.app.actions, shell.app.canvas
    assert not actions["unit"].isEnabled()
    canvas.stage.select({"age"})
    shell.dialogs.words = "a"
    actions["unit"].trigger()
    assert shell.dialogs.asked[-1] == "age is measured in years"
    assert shell.document.project.table.variable("age").unit == "a"
    before = shell.document.project
    actions["kind-binary"].trigger()  # ages are more than two
    assert shell.document.project == before
    assert shell.app.notices.toast.isVisible()
    shell.document.apply("latent", lambda p: edits.set_latent(p, "age", latent=True))
    assert not actions["kind-count"].isEnabled()


def test_laying_out_again_is_one_step_and_shows_everything(shell: Shell) -> None:
    shell.document.replace(replace(trial(), positions={"age": (5000.0, 0.0), "dose": (0.0, 0.0)}))
    before = shell.document.project
    shell.app.actions["lay-out"].trigger()
    after = shell.document.project
    assert after.positions == place(after.graph, {})
    assert all(after.positions[a][0] < after.positions[b][0] for a, b in after.graph.edges)
    shown = shell.app.canvas.mapToScene(shell.app.canvas.viewport().rect()).boundingRect()
    assert shown.contains(shell.app.canvas.stage.extent())
    shell.document.undo_stack.undo()
    assert shell.document.project == before


def test_submenus_are_named_where_they_are_not_seen(shell: Shell) -> None:
    names = {whole_name(action) for action in shell.app.actions}
    assert {"Role: Outcome", "Treat as: Ordinal", "Theme: Dark", "Save"} <= names


@pytest.mark.parametrize("drawn", [(), ("age", "dose")])
def test_draw_all_covers_nothing(shell: Shell, drawn: tuple[str, ...]) -> None:
    whole = trial()
    rest = tuple(v for v in whole.graph.variables if v not in drawn)
    shell.document.replace(edits.remove(whole, rest))
    before = shell.document.project
    shell.app.actions["add-all"].trigger()
    places = shell.document.project.positions
    assert set(places) == set(whole.table.names)
    assert {v: places[v] for v in drawn} == before.positions
    for a, b in combinations(places, 2):
        across, down = (abs(p - q) for p, q in zip(places[a], places[b], strict=True))
        assert across >= 200 or down >= 120
    shown = shell.app.canvas.mapToScene(shell.app.canvas.viewport().rect()).boundingRect()
    assert shown.contains(shell.app.canvas.stage.extent())
    shell.document.undo_stack.undo()
    assert shell.document.project == before


def test_discarding_has_a_letter(shell: Shell) -> None:
    texts: list[str] = []

    def look() -> None:
        box = shell.window.findChild(QMessageBox)
        texts.extend(button.text() for button in box.buttons())
        box.reject()

    QTimer.singleShot(0, look)
    assert NativeDialogs(shell.window).unsaved("trial") is Choice.CANCEL
    assert "&Discard" in texts

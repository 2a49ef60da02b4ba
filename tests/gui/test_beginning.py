"""How a session begins: by mouse and keys from the welcome to a question about a table."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.interventions import Set
from engine.queries.questions import Rung
from engine.runtime import messages as m
from gui import edits
from gui.starter import Starter
from tests.gui.conftest import Shell
from tests.gui.fakes import trial

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key


def press(key: Qt.Key, count: int = 1) -> None:
    """Press a key where the keyboard is."""
    for _ in range(count):
        QTest.keyClick(QApplication.focusWidget(), key)


def stranger() -> Table:
    """A table of every kind of column, as a stranger might bring it."""
    variables = (
        Variable("arm", Kind.BINARY, categories=("pill", "surgery")),
        Variable("age", Kind.CONTINUOUS, "years"),
        Variable("visits", Kind.COUNT),
        Variable("pain", Kind.ORDINAL, categories=("low", "mid", "high")),
        Variable("ward", Kind.CATEGORICAL, categories=("a", "b", "c")),
    )
    row = np.arange(12.0)
    columns = {
        "arm": row % 2, "age": 40 + row, "visits": row, "pain": row % 3, "ward": row % 3,
    }  # fmt: skip
    return Table(variables, columns, "stranger.csv")


def bring(shell: Shell, table: Table) -> None:
    shell.document.apply("Read", lambda p: edits.use_table(p, table))


def say(starter: Starter, treatment: str, outcome: str) -> None:
    """Answer the first two questions by keyboard: type into the opened lists."""
    for picker, name in ((starter.treatment, treatment), (starter.outcome, outcome)):
        picker.setFocus()
        press(KEY.Key_Down)
        opened = QApplication.activePopupWidget()
        assert opened is not None
        lines = [opened.list.item(row).text() for row in range(opened.list.count())]
        opened.list.setCurrentRow(lines.index(name))
        QTest.keyClick(opened.list, KEY.Key_Return)


# ── the welcome ────────────────────────────────────────────────────────────────────────────────


def test_the_welcome_stands_alone_until_it_is_said_how_to_begin(shell: Shell) -> None:
    shell.app.beginning.open_welcome()
    assert shell.app.beginning.welcome.isVisible()
    assert not any(dock.isVisible() for dock in shell.window.docks)
    QTest.mouseClick(shell.app.beginning.welcome.begin["empty"], LEFT)
    assert shell.app.canvas.isVisible()
    shown = [dock.objectName() for dock in shell.window.docks if dock.isVisible()]
    assert shown == ["data", "question", "lower"]
    assert shell.window.data_dock.width() == pytest.approx(240, abs=4)


def test_a_first_start_welcomes_and_a_start_with_a_file_does_not(
    shell: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    graph = tmp_path / "graph.dag"
    graph.write_text("dag { a -> b }")
    for path, page in ((None, "welcome"), (graph, "canvas")):
        other = Shell(tmp_path)
        with qtbot.waitSignal(other.app.bridge.started, timeout=5000):
            other.app.start(path)
        assert other.app.pages.shown == page
        other.close()


def test_the_welcome_by_keys_alone(shell: Shell) -> None:
    """Down goes through the ways to begin and on to the examples; Return takes one."""
    shell.app.beginning.open_welcome()
    welcome = shell.app.beginning.welcome
    assert QApplication.focusWidget() is welcome.begin["table"]
    press(KEY.Key_Down, 4)
    assert QApplication.focusWidget() is welcome.examples["kidney-stones"]
    press(KEY.Key_Return)
    assert "treatment" in shell.document.project.graph.variables
    assert shell.app.pages.shown == "canvas"


def test_recent_files_are_offered(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "graph.dag"
    path.write_text("dag { a -> b }")
    shell.app.files.recent.remember(path)
    shell.app.beginning.open_welcome()
    (tile,) = shell.app.beginning.welcome.recent
    assert (tile.text(), tile.words) == ("graph.dag", str(tmp_path))
    QTest.mouseClick(tile, LEFT)
    assert shell.document.project.graph.edges == {("a", "b")}


def test_every_example_is_described(shell: Shell) -> None:
    tiles = shell.app.beginning.welcome.examples.values()
    assert len(tiles) >= 4
    assert all(tile.words and tile.accessibleDescription() == tile.words for tile in tiles)


# ── three questions ────────────────────────────────────────────────────────────────────────────


def test_a_table_opened_from_the_welcome_leads_to_the_questions(shell: Shell) -> None:
    shell.app.beginning.open_welcome()
    bring(shell, stranger())
    assert shell.app.pages.shown == "starter"
    assert shell.window.data_dock.isVisible()
    assert QApplication.focusWidget() is shell.app.beginning.starter.treatment


def test_a_table_on_an_empty_canvas_is_no_reason_to_leave_it(shell: Shell) -> None:
    bring(shell, stranger())
    hint = shell.app.beginning.hint
    assert shell.app.pages.shown == "canvas"
    assert hint.isVisible()
    QTest.mouseClick(hint.first, LEFT)
    assert shell.app.pages.shown == "starter"
    assert not hint.isVisible()


def test_from_a_table_to_a_question_by_keys_and_back_in_one_step(shell: Shell) -> None:
    bring(shell, stranger())
    before = shell.document.project
    shell.app.actions["starter"].trigger()
    starter = shell.app.beginning.starter
    say(starter, "arm", "pain")
    assert not starter.make.isEnabled()  # nothing was said of what came before
    assert "not an effect" in starter.summary.text()
    starter.before.setFocus()
    press(KEY.Key_Space)
    assert starter.said.before == {"age"}
    assert "Left out, so not adjusted for: visits, ward" in starter.summary.text()
    starter.make.setFocus()
    press(KEY.Key_Space)
    project = shell.document.project
    assert project.graph.edges == {("age", "arm"), ("age", "pain"), ("arm", "pain")}
    assert project.assumed == project.graph.edges
    assert project.question.rung is Rung.DO
    assert project.question.action == (Set("arm", 1.0),)
    assert project.question.contrast == (Set("arm", 0.0),)
    assert project.question.level == 2
    assert shell.engine.sent(m.Fit)
    assert shell.app.pages.shown == "canvas"
    shell.document.undo_stack.undo()
    assert shell.document.project == before


def test_every_kind_of_treatment_and_outcome_makes_a_question(shell: Shell) -> None:
    bring(shell, stranger())
    starter = shell.app.beginning.starter
    for treatment, outcome in permutations(stranger().names, 2):
        starter.ask(stranger())
        starter.choose_treatment(treatment)
        starter.choose_outcome(outcome)
        starter.by_lot.setChecked(True)
        draft = starter.draft
        assert draft is not None
        low, high = np.unique(stranger()[treatment])[[0, -1]]
        assert low <= draft.low < draft.high <= high
        shell.app.beginning.draft(draft)
        assert shell.document.project.graph.edges == {(treatment, outcome)}
        asked = shell.document.project.question
        assert (asked.outcome, asked.action) == (outcome, (Set(treatment, draft.high),))


def test_what_was_said_of_a_page_goes_with_it(shell: Shell) -> None:
    """Else it covers what comes after."""
    shell.document.replace(trial())
    shell.app.beginning.open_starter()
    shell.app.notices.say("Read 400 rows")
    assert shell.app.notices.toast.isVisible()
    shell.app.beginning.open_canvas()
    assert not shell.app.notices.toast.isVisible()


def test_what_is_changed_cannot_also_be_hoped_for(shell: Shell) -> None:
    bring(shell, stranger())
    starter = shell.app.beginning.starter
    starter.ask(stranger())
    starter.choose_outcome("age")
    starter.choose_treatment("age")
    assert starter.said.outcome == ""
    assert "age" not in [choice.key for choice in starter.outcome.choices]


def test_equal_values_are_nothing_to_compare(shell: Shell) -> None:
    bring(shell, stranger())
    starter = shell.app.beginning.starter
    starter.ask(stranger())
    starter.choose_treatment("age")
    starter.choose_outcome("pain")
    starter.by_lot.setChecked(True)
    starter.low.number.setValue(starter.said.high)
    assert starter.draft is None
    assert "two different values of age" in starter.summary.text()


def test_time_tiers_tick_what_was_fixed_before_and_keep_out_what_came_later(shell: Shell) -> None:
    bring(shell, stranger())
    starter = shell.app.beginning.starter
    names = [name for name in stranger().names if name not in ("arm", "visits")]
    first, last = names[0], names[-1]
    starter.ask(stranger(), {"arm": 1, first: 0, last: 2, "visits": 0})
    starter.choose_treatment("arm")
    assert starter.said.before == {first, "visits"}
    starter._tick_all(on=True)
    assert last not in starter.said.before
    starter.choose_outcome("visits")
    assert starter.draft is None
    assert "visits comes before arm" in starter.summary.text()


# ── assumed arrows ─────────────────────────────────────────────────────────────────────────────


def drafted(shell: Shell) -> None:
    bring(shell, stranger())
    starter = shell.app.beginning.starter
    starter.ask(stranger())
    starter.choose_treatment("arm")
    starter.choose_outcome("visits")
    starter._tick_all(on=True)
    QTest.mouseClick(starter.make, LEFT)


def test_assumed_arrows_are_counted_until_all_are_confirmed(shell: Shell) -> None:
    drafted(shell)
    hint, count = shell.app.beginning.hint, len(shell.document.project.graph.edges)
    assert hint.words.text().startswith(f"{count} arrows are assumed")
    QTest.mouseClick(hint.first, LEFT)
    assert shell.document.project.assumed == frozenset()
    assert not hint.isVisible()
    shell.document.undo_stack.undo()
    assert len(shell.document.project.assumed) == count


def test_a_hint_that_was_closed_stays_closed_until_another_document(shell: Shell) -> None:
    drafted(shell)
    hint = shell.app.beginning.hint
    QTest.mouseClick(hint.dismiss, LEFT)
    shell.document.apply("Move", lambda p: edits.move(p, {"age": (9.0, 9.0)}))
    assert not hint.isVisible()
    shell.document.replace(trial())
    drafted(shell)
    assert hint.isVisible()


# ── the tour ───────────────────────────────────────────────────────────────────────────────────


def test_the_tour_waits_to_be_told_and_can_be_left(shell: Shell) -> None:
    guide = shell.app.beginning.guide
    shell.app.actions["tour"].trigger()
    assert "700 patients" in guide.line.words.text()
    assert shell.engine.sent(m.Fit)
    QTest.mouseClick(guide.line.first, LEFT)
    assert guide.tour is None
    assert not guide.line.isVisible()

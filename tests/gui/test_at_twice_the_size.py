"""At 200 % on a small screen the window stays on the screen, and words are folded or scroll."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.project import Project
from engine.runtime.messages import FitProgress, FitState
from tests.gui.conftest import Shell
from tests.gui.fakes import states, trial

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
WIDE, HIGH = 1280, 800


@pytest.fixture
def large(shell: Shell) -> Shell:
    """All letters twice as large."""
    shell.app.appearance.choose_scale(2.0)
    shell.settle()
    shell.window.resize(WIDE, HIGH)
    shell.settle()
    return shell


def box(widget: QWidget, over: QWidget) -> QRect:
    return QRect(widget.mapTo(over, QPoint(0, 0)), widget.size())


def noted() -> Project:
    """A table of which reading had much to say."""
    variables = tuple(Variable(f"column {i}", Kind.CONTINUOUS) for i in range(8))
    columns = {v.name: np.array([1.0, 2.0, 3.0]) for v in variables}
    notes = [f"column {i} was read with decimal commas" for i in range(6)]
    notes.append("who was left out: its 3 different texts name the rows (give it the kind …)")
    return Project(table=replace(Table(variables, columns), notes=tuple(notes)))


def test_the_ways_to_begin_are_whole(large: Shell) -> None:
    large.app.beginning.open_welcome()
    large.settle()
    for tile in large.app.beginning.welcome.begin.values():
        assert tile.height() >= tile.heightForWidth(tile.width())


def test_notes_on_reading_scroll_instead_of_growing_the_window(large: Shell) -> None:
    large.document.replace(noted())
    large.settle()
    assert (large.window.width(), large.window.height()) == (WIDE, HIGH)
    assert large.app.panels.data.left_out.words.text() == (
        "who was left out: its 3 different texts name the rows"
    )


def test_the_three_questions_are_no_wider_than_the_page(large: Shell) -> None:
    large.document.replace(noted())
    starter = large.app.beginning.starter
    large.app.beginning.open_starter()
    starter.choose_treatment("column 1")
    large.settle()
    room = starter.viewport().rect()
    assert starter.widget().width() <= room.width()
    for button in starter.findChildren(QAbstractButton):
        if button.isVisible():
            assert box(button, starter.viewport()).right() <= room.right()


def test_what_the_engine_does_gives_way_in_the_status_bar(large: Shell) -> None:
    large.document.replace(trial())
    status, long = large.window.status, "a variable with a very long name " * 3
    status.show_states(states(trial(), 0, FitState.TRAINING, running=True))
    status.show_progress({long: FitProgress(long, 83, 100, -1.0, -1.1)})
    QApplication.processEvents()
    assert large.window.width() == WIDE
    assert large.window.minimumSizeHint().width() <= WIDE


def test_what_stands_beside_the_progress_does_not_jump(shell: Shell) -> None:
    """Widths are there at once, and shrink only when all is learnt."""
    shell.document.replace(trial())
    status = shell.window.status
    training = states(trial(), 0, FitState.TRAINING, running=True)
    status.show_states(training)
    status.show_progress({"days": FitProgress("days", 83, 100, -1.0, -1.1)})
    wide = status.engine.width()
    assert wide >= status.engine.fontMetrics().horizontalAdvance(status.engine.text())
    status.show_states(training)
    assert "days" not in status.engine.text()
    assert status.engine.width() == wide
    status.show_states(states(trial(), 0, FitState.FITTED))
    assert status.engine.width() < wide

"""A matrix dropped over an open table takes its place, or stands beside it where wanted."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.data.reading import read_table
from engine.runtime import messages as m
from gui import edits
from tests.gui.conftest import Shell
from tests.gui.fakes import table, trial
from tests.gui.test_window import drop

LEFT = Qt.MouseButton.LeftButton
X = np.random.default_rng(4).standard_normal((50, 3))


def dropped(shell: Shell, path: Path, array: np.ndarray) -> None:
    """The file on the canvas, read as the engine reads it."""
    np.save(path, array)
    assert drop(shell.app.canvas.viewport(), [path])
    request = shell.engine.sent(m.ReadTable)[-1]
    assert isinstance(request, m.ReadTable)
    assert request.path == path
    shell.engine.emit(m.TableRead(request.ticket, read_table(path)))
    shell.settle()


@pytest.fixture
def opened(shell: Shell) -> Shell:
    """A table of fifty rows with a family that was chosen and a note about the data."""
    shell.document.replace(edits.use_table(trial(), table(("age", "dose"), rows=50)))
    shell.document.apply("Choose", lambda p: edits.set_family(p, "dose", "linear"))
    return shell


def test_the_rows_of_both_stand_side_by_side_in_one_step(
    opened: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    line, document = opened.app.beside.line, opened.document
    dropped(opened, tmp_path / "vectors.npy", X)
    alone = document.project
    assert alone.table is not None
    assert alone.table.names == ("e1", "e2", "e3")
    assert line.isVisible()
    assert "50 rows" in line.accessibleName()
    qtbot.mouseClick(line.first, LEFT)
    both = document.project
    assert both.table is not None
    assert both.table.names == ("age", "dose", "e1", "e2", "e3")
    assert np.array_equal(both.table["age"], np.arange(50))
    assert np.array_equal(both.table["e2"], X[:, 1])
    assert both.families == {"dose": "linear"}
    assert not line.isVisible()
    qtbot.keyClick(opened.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.project == alone


def test_by_key_and_never_by_itself(opened: Shell, qtbot: QtBot, tmp_path: Path) -> None:
    line = opened.app.beside.line
    dropped(opened, tmp_path / "vectors.npy", X)
    line.dismiss.setFocus()
    qtbot.keyClick(line.dismiss, Qt.Key.Key_Space)
    assert not line.isVisible()
    assert opened.document.project.table == read_table(tmp_path / "vectors.npy")
    opened.document.undo_stack.undo()
    dropped(opened, tmp_path / "others.npy", X + 1)
    assert line.isVisible()  # another file is another question
    line.first.setFocus()
    qtbot.keyClick(line.first, Qt.Key.Key_Space)
    assert opened.document.project.table is not None
    assert opened.document.project.table.rows == 50
    assert "e3" in opened.document.project.table.names


def test_nothing_is_offered_for_other_rows_or_the_same_file(opened: Shell, tmp_path: Path) -> None:
    line = opened.app.beside.line
    dropped(opened, tmp_path / "short.npy", X[:40])
    assert not line.isVisible()
    dropped(opened, tmp_path / "short.npy", X[:40] * 2)  # written and read again
    assert not line.isVisible()
    dropped(opened, tmp_path / "other.npy", X[:40])
    assert line.isVisible()
    opened.document.undo_stack.undo()
    assert not line.isVisible()

"""Keys of the canvas where the whole window listens, too."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.runtime import messages as m
from tests.gui.canvas.conftest import study
from tests.gui.conftest import Shell, shell  # noqa: F401 - a fixture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
CTRL = Qt.KeyboardModifier.ControlModifier


def test_ctrl_enter_ends_a_note_and_fits_nothing(shell: Shell) -> None:  # noqa: F811
    shell.document.replace(study())
    canvas = shell.app.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_G)
    editor = QApplication.focusWidget()
    QTest.keyClicks(editor, "All patients")
    QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)
    assert [region.title for region in shell.document.project.sketch.regions] == ["All patients"]
    assert canvas.verbs.regions.editor is None
    assert not shell.engine.sent(m.Fit)


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_9])
def test_f_and_ctrl_9_show_every_card(shell: Shell, key: Qt.Key) -> None:  # noqa: F811
    shell.document.replace(study())
    canvas = shell.app.canvas
    canvas.setFocus()
    for step in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Plus):
        before = canvas.zoom
        QTest.keyClick(canvas, step, CTRL)
        assert canvas.zoom > before
    QTest.keyClick(canvas, key, CTRL if key == Qt.Key.Key_9 else Qt.KeyboardModifier.NoModifier)
    shown = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert shown.contains(canvas.stage.extent())
    QTest.keyClick(canvas, Qt.Key.Key_0, CTRL)
    assert canvas.zoom == 1.0

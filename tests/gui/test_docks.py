"""Panels move, hide, are folded away for a while, remembered and put back."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Shell

AREA = Qt.DockWidgetArea
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def again(shell: Shell, tmp_path: Path, qtbot: QtBot) -> Shell:
    """The window of the next start, with what this one remembered."""
    shell.window.remember()
    other = Shell(tmp_path)
    with qtbot.waitSignal(other.app.bridge.started, timeout=5000):
        other.app.start()
    other.app.beginning.open_canvas()
    return other


def test_a_panel_is_moved_across_and_remembered(shell: Shell, tmp_path: Path, qtbot: QtBot) -> None:
    shell.app.actions["move-data"].trigger()
    assert shell.window.dockWidgetArea(shell.window.data_dock) == AREA.RightDockWidgetArea
    other = again(shell, tmp_path, qtbot)
    assert other.window.dockWidgetArea(other.window.data_dock) == AREA.RightDockWidgetArea
    other.app.actions["reset-layout"].trigger()
    assert other.window.dockWidgetArea(other.window.data_dock) == AREA.LeftDockWidgetArea
    other.close()


def test_reset_brings_back_what_was_hidden_floated_and_resized(shell: Shell) -> None:
    window = shell.window
    shell.app.actions["panel-question"].trigger()
    window.lower_dock.setFloating(True)
    window.resizeDocks([window.data_dock], [400], Qt.Orientation.Horizontal)
    shell.app.actions["panel-training"].trigger()
    shell.app.actions["reset-layout"].trigger()
    QApplication.processEvents()
    shown = [dock.objectName() for dock in window.docks if dock.isVisible()]
    assert shown == ["data", "question", "lower"]
    assert not window.lower_dock.isFloating()
    assert window.data_dock.width() == pytest.approx(240, abs=4)
    assert not shell.app.actions["panel-training"].isChecked()


def test_what_is_folded_for_a_while_is_remembered_as_it_was(
    shell: Shell, tmp_path: Path, qtbot: QtBot
) -> None:
    shell.app.beginning.open_welcome()
    other = again(shell, tmp_path, qtbot)
    assert other.window.data_dock.isVisible()
    other.close()


def test_training_comes_and_goes_below_the_strip(shell: Shell) -> None:
    window = shell.window
    height = window.lower_dock.height()
    shell.app.actions["panel-training"].trigger()
    QApplication.processEvents()
    assert window.training_dock.isVisible()
    assert window.training_dock.y() > window.lower_dock.y()
    shell.app.actions["panel-training"].trigger()
    QApplication.processEvents()
    assert window.lower_dock.height() == pytest.approx(height, abs=6)


def test_the_grip_offers_what_can_be_done_with_its_panel(shell: Shell) -> None:
    grip = shell.window.data_dock.titleBarWidget()
    grip.menu_wanted.emit(QPoint(10, 10))
    menu = QApplication.activePopupWidget()
    assert [a.text() for a in menu.actions() if a.text()] == [
        "Hide", "Float", "Move to the other side", "&Reset layout",
    ]  # fmt: skip
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert not shell.window.data_dock.isVisible()


def test_everything_is_at_hand_on_a_small_screen(shell: Shell) -> None:
    shell.app.files.open_example("dose-trial")
    shell.window.resize(1024, 700)
    QApplication.processEvents()
    assert shell.window.width() == 1024
    assert shell.window.centralWidget().width() >= 420
    assert shell.window.centralWidget().height() >= 300


def test_a_window_made_larger_has_its_data_panel_back(shell: Shell, qtbot: QtBot) -> None:
    docks = shell.window.docks
    shell.window.resize(700, 600)
    qtbot.waitUntil(lambda: not docks["data"].isVisible())
    shell.window.resize(1280, 800)
    qtbot.waitUntil(docks["data"].isVisible)

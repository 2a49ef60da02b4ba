"""The interface becomes larger as a whole, is remembered, and presents itself to a room."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gui.appearance import PRESENTED, SCALES, Appearance
from gui.sizing import remembered_scale
from gui.stylesheet import stylesheet
from gui.theme import LIGHT
from tests.gui.conftest import Shell
from tests.gui.fakes import trial

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def lengths(sheet: str, unit: str) -> list[float]:
    return [float(found) for found in re.findall(rf"\b(\d+(?:\.\d+)?){unit}\b", sheet)]


def test_every_length_of_the_style_sheet_grows(qapp: object) -> None:
    plain, twice = stylesheet(LIGHT), stylesheet(LIGHT, 2.0)
    assert lengths(twice, "pt") == [2 * points for points in lengths(plain, "pt")]
    grown = zip(lengths(plain, "px"), lengths(twice, "px"), strict=True)
    assert all(after == (2 * before if before > 1 else before) for before, after in grown)


def test_keys_make_it_larger_smaller_and_as_designed(shell: Shell) -> None:
    shell.document.replace(trial())
    label = shell.window.status.engine
    before, width = label.fontInfo().pointSizeF(), shell.window.data_dock.width()
    QTest.keyClick(shell.window, Qt.Key.Key_Plus, CTRL_ALT)
    shell.settle()
    assert shell.app.appearance.scale == 1.1
    assert label.fontInfo().pointSizeF() == pytest.approx(1.1 * before, rel=0.06)
    assert shell.window.data_dock.width() == pytest.approx(1.1 * width, abs=4)
    QTest.keyClick(shell.window, Qt.Key.Key_Minus, CTRL_ALT)
    QTest.keyClick(shell.window, Qt.Key.Key_Minus, CTRL_ALT)
    assert shell.app.appearance.scale == 0.9
    QTest.keyClick(shell.window, Qt.Key.Key_0, CTRL_ALT)
    assert shell.app.appearance.scale == 1.0
    shell.settle()
    assert label.fontInfo().pointSizeF() == pytest.approx(before)


def test_the_size_is_remembered(shell: Shell, tmp_path: Path, qtbot: QtBot) -> None:
    shell.app.actions["ui-larger"].trigger()
    other = Shell(tmp_path)
    assert other.app.appearance.scale == 1.1
    other.app.actions["ui-normal"].trigger()
    other.close()
    shell.settings.setValue("appearance/scale", "large")
    assert remembered_scale(shell.settings) == 1.0


def test_there_is_a_largest_and_a_smallest(qapp: object) -> None:
    appearance = Appearance("light")
    appearance.step_scale(99)
    assert appearance.scale == max(SCALES)
    appearance.step_scale(-99)
    assert appearance.scale == min(SCALES)


def test_a_presentation_is_large_strong_and_alone_and_ends_as_it_began(shell: Shell) -> None:
    shell.document.replace(trial())
    QApplication.processEvents()
    arrow = next(iter(shell.app.canvas.stage.edges.values()))
    before = arrow.path().boundingRect()
    widths = shell.window.data_dock.width(), shell.window.question_dock.width()
    QTest.keyClick(shell.window, Qt.Key.Key_F11)
    shell.settle()
    assert shell.app.appearance.size == PRESENTED
    shown = [dock.objectName() for dock in shell.window.docks if dock.isVisible()]
    assert shown == ["question"]
    assert arrow.path().boundingRect().height() > before.height()
    QTest.keyClick(shell.window, Qt.Key.Key_F11)
    shell.settle()
    assert shell.app.appearance.size == 1.0
    assert arrow.path().boundingRect() == before
    shown = [dock.objectName() for dock in shell.window.docks if dock.isVisible()]
    assert shown == ["data", "question", "lower"]
    after = shell.window.data_dock.width(), shell.window.question_dock.width()
    assert after == pytest.approx(widths, abs=4)


def test_a_presentation_that_is_ended_at_once_leaves_nothing(shell: Shell) -> None:
    """Both keys come before the second half of the beginning."""
    shell.document.replace(trial())
    for _ in range(2):
        QTest.keyClick(shell.window, Qt.Key.Key_F11)
    shell.settle()
    assert shell.app.appearance.size == 1.0
    assert not shell.window.isFullScreen()
    shown = [dock.objectName() for dock in shell.window.docks if dock.isVisible()]
    assert shown == ["data", "question", "lower"]


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_buttons_and_labels_have_room_at_every_size(shell: Shell, scale: float) -> None:
    shell.app.appearance.choose_scale(scale)
    shell.settle()
    shell.window.resize(round(1280 * scale), round(800 * scale))
    shell.app.beginning.open_welcome()
    shell.settle()
    for tile in shell.app.beginning.welcome.begin.values():
        assert tile.height() >= tile.heightForWidth(tile.width())
    shell.app.beginning.open_canvas()
    QApplication.processEvents()
    for kind in (QPushButton, QLabel):
        for widget in shell.window.findChildren(kind):
            if widget.isVisible():
                assert widget.height() >= widget.fontMetrics().height(), widget.text()


def test_the_canvas_keeps_room_when_letters_are_twice_as_large(shell: Shell) -> None:
    shell.document.replace(trial())
    shell.window.resize(1280, 800)
    QApplication.processEvents()
    for _ in range(9):
        QTest.keyClick(shell.window, Qt.Key.Key_Plus, CTRL_ALT)
        shell.settle()
    assert shell.app.appearance.scale == 2.0
    assert not shell.window.data_dock.isVisible()
    assert shell.window.question_dock.isVisible()
    assert shell.app.canvas.width() >= 380
    QTest.keyClick(shell.window, Qt.Key.Key_0, CTRL_ALT)
    shell.settle()
    assert shell.window.data_dock.isVisible()
    assert shell.window.data_dock.width() == pytest.approx(240, abs=8)

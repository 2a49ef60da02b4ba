"""The frame: what may be dropped on it, and that panels keep their place."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.runtime.messages import FitState
from gui.canvas.tools import Tool
from tests.gui.conftest import Shell
from tests.gui.fakes import states, trial


def drop(target: QWidget, paths: list[Path]) -> bool:
    """Drag files onto a widget and let go; True if they were taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    middle = target.rect().center()
    actions = Qt.DropAction.CopyAction
    held = (data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(middle, actions, *held)
    QApplication.sendEvent(target, enter)
    release = QDropEvent(QPointF(middle), actions, *held)
    QApplication.sendEvent(target, release)
    return enter.isAccepted() and release.isAccepted()


@pytest.mark.parametrize("where", ["canvas", "data", "window"])
def test_a_file_can_be_dropped_anywhere(
    shell: Shell, qtbot: QtBot, tmp_path: Path, where: str
) -> None:
    path = tmp_path / "graph.dag"
    path.write_text("dag { a -> b }")
    target = {
        "canvas": shell.app.canvas.viewport(),
        "data": shell.app.panels.data,
        "window": shell.window,
    }[where]
    assert drop(target, [path])
    assert shell.document.project.graph.edges == {("a", "b")}


def test_words_dropped_from_elsewhere_are_left_alone(shell: Shell) -> None:
    data = QMimeData()
    data.setText("hello")
    event = QDragEnterEvent(
        shell.window.rect().center(),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.setAccepted(False)
    QApplication.sendEvent(shell.window, event)
    assert not event.isAccepted()


def test_panels_have_their_widths(shell: Shell) -> None:
    assert shell.window.data_dock.width() == pytest.approx(240, abs=4)
    assert shell.window.question_dock.width() == pytest.approx(330, abs=4)
    assert shell.window.centralWidget().width() > 600


def test_no_part_needs_more_than_a_small_laptop(shell: Shell) -> None:
    shell.app.files.open_example("dose-trial-hidden")
    least = shell.window.minimumSizeHint()
    assert least.width() <= 1100
    assert least.height() <= 700


def test_lower_panels_come_forward_by_command(shell: Shell) -> None:
    shell.app.actions["panel-bottom"].trigger()
    assert not shell.window.lower_dock.isVisible()
    shell.app.actions["tab-outline"].trigger()
    assert shell.window.lower_dock.isVisible()
    assert shell.window.tabs.shown == "outline"


def test_a_narrow_window_keeps_tabs_file_name_and_search_in_sight(shell: Shell) -> None:
    shell.app.files.open_example("dose-trial")
    bar, lower = shell.window.toolbar, shell.window.tabs
    for width in (1024, 1280):
        shell.window.resize(width, 700)
        QApplication.processEvents()
        assert bar.filename.isVisible()
        assert bar.filename.width() >= bar.filename.sizeHint().width()
        assert bar.buttons["palette"].geometry().right() <= bar.width()
        for tab in range(lower.tabs.count()):
            lower.tabs.setCurrentIndex(tab)
            QApplication.processEvents()
            assert lower.tabs.rect().contains(lower.tabs.tabRect(0))
            assert lower.tabs.rect().contains(lower.tabs.tabRect(lower.tabs.count() - 1))
    style = Qt.ToolButtonStyle
    assert bar.buttons["new"].toolButtonStyle() is style.ToolButtonTextOnly
    shell.window.resize(1024, 700)
    assert bar.buttons["new"].toolButtonStyle() is style.ToolButtonIconOnly


def test_the_search_button_says_what_it_does(shell: Shell) -> None:
    button = shell.window.toolbar.buttons["palette"]
    assert button.text().replace("&", "") == "Find a command"
    assert "Ctrl+K" in button.toolTip()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_letters_go_to_an_open_menu(shell: Shell, qtbot: QtBot) -> None:
    shell.app.files.open_example("dose-trial")
    shell.app.canvas.setFocus()
    shell.window.activateWindow()
    QTest.keyClick(shell.window.windowHandle(), Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None, timeout=1000)
    QTest.keyClick(QApplication.activePopupWidget().windowHandle(), Qt.Key.Key_H)  # T&heme
    theme = shell.window.submenus["theme"]
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is theme, timeout=1000)
    QTest.keyClick(theme.windowHandle(), Qt.Key.Key_D)
    assert shell.app.canvas.pointer.tool is Tool.SELECT
    assert shell.app.appearance.choice == "dark"
    assert QApplication.activePopupWidget() is None


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_letters_go_to_an_open_menu_of_the_canvas(shell: Shell, qtbot: QtBot) -> None:
    canvas = shell.app.canvas
    canvas.setFocus()
    menu = canvas.menu_at(QPointF(0, 0))
    menu.popup(canvas.mapToGlobal(canvas.rect().center()))
    QTest.keyClick(menu.windowHandle(), Qt.Key.Key_H)
    assert canvas.pointer.tool is Tool.SELECT
    menu.close()


def test_tab_goes_through_the_outline_as_the_eye_does(shell: Shell) -> None:
    shell.app.files.open_example("dose-trial")
    shell.window.show_lower("outline")
    outline, tabs = shell.app.panels.outline, shell.window.tabs.tabs
    tabs.setFocus()
    seen = []
    for _ in range(7):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    fields = [outline.add, outline.note, outline.cause, outline.kind, outline.effect, outline.join]
    assert seen == [*fields, outline.tree]


def test_a_wide_window_with_all_panels_can_be_made_small_at_once(shell: Shell) -> None:
    """1024 × 700 is enough, also right after 1920 × 1080 with both pictures of training shown."""
    shell.document.replace(trial())
    shell.app.actions["panel-training"].trigger()
    shell.window.resize(1920, 1080)
    QApplication.processEvents()
    shell.engine.emit(states(trial(), shell.engine.revision, FitState.FITTED))
    QApplication.processEvents()
    QApplication.processEvents()
    training = shell.app.panels.training
    assert training.curve.isVisible()
    assert training.held_out.isVisible()
    shell.window.resize(1024, 700)
    QApplication.processEvents()
    assert shell.window.size().toTuple() == (1024, 700)
    assert not training.curve.isVisible()

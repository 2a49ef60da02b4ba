"""Every part of the window wears the present theme and size once it is seen, and no sooner."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from engine.errors import UserError
from gui.cheatsheet import CheatSheet
from gui.docks import DATA
from gui.theme import DARK, LIGHT
from tests.gui.conftest import Shell
from tests.gui.fakes import trial

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def corner(widget: QWidget) -> str:
    """The colour at the left upper corner, inside a border."""
    return str(widget.grab().toImage().pixelColor(2, 2).name())


def padding(button: QPushButton) -> int:
    return button.sizeHint().height() - button.fontMetrics().height()


def test_all_that_is_seen_changes_with_the_theme(shell: Shell) -> None:
    shell.document.replace(trial())
    shown = (shell.window.menuBar(), shell.window.toolbar, shell.window.status)
    for theme in (DARK, LIGHT):
        shell.app.actions[f"theme-{theme.name}"].trigger()
        shell.settle()
        assert [corner(part) for part in shown] == [theme.surface] * len(shown)
        assert corner(shell.app.panels.data.list) == theme.surface


@pytest.mark.parametrize("tab", ["trust", "table", "outline", "pins"])
def test_a_hidden_tab_changes_when_it_is_shown(shell: Shell, tab: str) -> None:
    shell.document.replace(trial())
    panel = getattr(shell.app.panels, tab)
    shell.app.actions[f"tab-{tab}"].trigger()
    light = panel.styleSheet()
    shell.app.actions["tab-assumptions"].trigger()
    shell.app.actions["theme-dark"].trigger()
    shell.settle()
    assert panel.styleSheet() == light  # not seen: not dressed
    shell.app.actions[f"tab-{tab}"].trigger()
    assert DARK.surface in panel.styleSheet()


def test_a_hidden_rung_and_a_folded_panel_change_when_they_are_shown(shell: Shell) -> None:
    shell.document.replace(trial())
    pages, dock = shell.app.panels.question.pages, shell.window.docks[DATA]
    dock.hide()
    shell.app.actions["theme-dark"].trigger()
    shell.settle()
    shell.app.actions["imagine"].trigger()
    dock.show()
    page = pages[shell.document.project.question.rung]
    assert corner(page.outcome) == DARK.surface
    assert corner(shell.app.panels.data.list) == DARK.surface


def test_dialogs_open_in_the_present_theme_and_size(shell: Shell) -> None:
    shell.app.actions["theme-dark"].trigger()
    shell.settle()
    for _ in range(8):
        shell.app.actions["ui-larger"].trigger()
    shell.settle()
    QTest.keyClick(shell.window, Qt.Key.Key_F1)
    sheet = shell.window.findChild(CheatSheet)
    assert corner(sheet) == DARK.surface
    button = next(b for b in sheet.findChildren(QPushButton) if b.isVisible())
    assert padding(button) >= 2 * 5 * 2  # 5 pixels above and below, twice as large
    shell.app.actions["theme-light"].trigger()
    shell.settle()
    assert corner(sheet) == LIGHT.surface
    sheet.close()


def test_menus_open_in_the_present_theme(shell: Shell) -> None:
    shell.app.actions["theme-dark"].trigger()
    shell.settle()
    menu = next(a.menu() for a in shell.window.menuBar().actions() if a.menu() is not None)
    menu.popup(shell.window.mapToGlobal(shell.window.rect().center()))
    QApplication.processEvents()
    assert menu.grab().toImage().pixelColor(menu.width() // 2, 4).name() == DARK.surface
    menu.close()


def test_what_comes_later_is_dressed_too(shell: Shell) -> None:
    """The palette is made when it is first asked for."""
    shell.app.actions["theme-dark"].trigger()
    shell.settle()
    QTest.keyClick(shell.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    found = shell.window.findChild(QWidget, "palette", Qt.FindChildOption.FindDirectChildrenOnly)
    assert found.isVisible()
    assert found.grab().toImage().pixelColor(found.width() // 2, 3).name() == DARK.surface


def test_what_is_between_the_parts_has_the_theme_too(shell: Shell) -> None:
    """Behind the pages of the question, and the line between two panels."""
    shell.document.replace(trial())
    for theme in (DARK, LIGHT):
        shell.app.actions[f"theme-{theme.name}"].trigger()
        shell.settle()
        area = shell.app.panels.question.area
        assert area.grab().toImage().pixelColor(3, area.height() - 3).name() == theme.surface
        picture, dock = shell.window.grab().toImage(), shell.window.docks[DATA]
        across = dock.mapTo(shell.window, dock.rect().topRight()).x() + 1
        assert picture.pixelColor(across, 300).name() == theme.border


def test_a_cross_that_closes_has_the_colour_of_the_text(shell: Shell) -> None:
    """Both lines above the canvas stay open while the theme changes."""
    shell.app.beginning.hint.say("topic", "Something could come next.")
    shell.app.notices.refuse(UserError("It cannot be."))
    lines = (shell.app.beginning.hint, shell.app.notices.bar)
    for theme in (DARK, LIGHT):
        shell.app.actions[f"theme-{theme.name}"].trigger()
        shell.settle()
        for line in lines:
            picture = line.dismiss.grab().toImage()
            places = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
            assert any(picture.pixelColor(*at).name() == theme.text for at in places)

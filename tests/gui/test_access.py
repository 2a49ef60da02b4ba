"""Everything can be named by a screen reader and reached by keyboard."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QWidget

from engine.interventions import Range, Set
from engine.queries.pins import Pin
from engine.queries.questions import Question
from gui import edits
from gui.actions import ACTIONS
from gui.menus import INNER, SUBMENUS
from gui.widgets.foldout import FoldOut
from tests.gui.conftest import Shell
from tests.gui.fakes import table, trial
from tests.gui.opened import DIALOGS, open_dialog

PIN = Pin("two mg", Question(outcome="recovery", action=(Set("dose", 2.0),)), "basis", "It helps.")
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def focusable(root: QWidget) -> Iterator[QWidget]:
    """Widgets in sight that can have the keyboard; not the inner parts of Qt's own."""
    for widget in root.findChildren(QWidget):
        inner = widget.objectName().startswith("qt_") or widget.focusProxy() is not None
        inner |= widget.objectName() in ("ScrollLeftButton", "ScrollRightButton")
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not inner:
            yield widget


def name_of(widget: QWidget) -> str:
    """What a screen reader calls it."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return "" if interface is None else interface.text(QAccessible.Text.Name)


def on_welcome(shell: Shell) -> None:
    shell.app.beginning.open_welcome()


def on_questions(shell: Shell) -> None:
    shell.document.apply("Read", lambda p: edits.use_table(p, table(("a", "b", "c"))))
    shell.app.actions["starter"].trigger()
    shell.app.beginning.starter.choose_treatment("a")


def on_seeing(shell: Shell) -> None:
    shell.document.replace(trial())
    shell.app.actions["see"].trigger()
    shell.app.actions["panel-training"].trigger()


def on_doing(shell: Shell) -> None:
    shell.document.replace(trial())
    shell.app.actions["palette"].trigger()


def on_imagining(shell: Shell) -> None:
    shell.document.replace(trial())
    shell.app.actions["imagine"].trigger()
    shell.app.actions["keyboard"].trigger()


@pytest.mark.parametrize("go", [on_welcome, on_questions, on_seeing, on_doing, on_imagining])
def test_nothing_that_takes_the_keyboard_is_without_a_name(
    shell: Shell, go: Callable[[Shell], None]
) -> None:
    go(shell)
    QApplication.processEvents()
    found = list(focusable(shell.window))
    assert len(found) >= 20
    nameless = [w for w in found if not name_of(w)]
    assert [f"{type(w).__name__} in {type(w.parent()).__name__}" for w in nameless] == []


@pytest.mark.parametrize("tab", ["assumptions", "table", "outline", "pins", "trust", "instant"])
@pytest.mark.parametrize("rung", ["see", "do", "imagine"])
def test_no_panel_holds_what_has_no_name(shell: Shell, tab: str, rung: str) -> None:
    """With a question on each rung, an answer that was pinned, and everything folded out."""
    shell.document.replace(replace(trial(), pins=(PIN,)))
    shell.app.actions[rung].trigger()
    shell.document.apply("See", lambda p: edits.see(p, Range("dose", 1.0, 2.0)))
    shell.app.actions[f"tab-{tab}"].trigger()
    shell.app.actions["panel-training"].trigger()
    for fold in shell.window.findChildren(FoldOut):
        fold.head.click()
    QApplication.processEvents()
    nameless = [w for w in focusable(shell.window) if not name_of(w)]
    assert [f"{type(w).__name__} in {type(w.parent()).__name__}" for w in nameless] == []


@pytest.mark.parametrize("name", list(DIALOGS))
def test_no_dialog_holds_what_has_no_name(shell: Shell, name: str) -> None:
    dialog = open_dialog(shell, name)
    QApplication.processEvents()
    found = list(focusable(dialog))
    assert found
    nameless = [w for w in found if not name_of(w)]
    assert [f"{type(w).__name__} in {type(w.parent()).__name__}" for w in nameless] == []
    assert dialog.windowTitle()
    dialog.close()


@pytest.mark.parametrize("name", list(DIALOGS))
def test_escape_leaves_every_dialog_and_tab_goes_round(shell: Shell, name: str) -> None:
    dialog = open_dialog(shell, name)
    seen: list[QWidget | None] = []
    for _ in range(30):
        seen.append(dialog.focusWidget())
        QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
    reached = {w for w in seen if w is not None}
    wanted = [w for w in focusable(dialog) if w.isEnabled() and not isinstance(w, QScrollArea)]
    assert [type(w).__name__ for w in wanted if w not in reached] == []
    QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def menus_below(actions: Iterable[QAction]) -> Iterator[QMenu]:
    for action in actions:
        if (menu := action.menu()) is not None:
            yield menu
            yield from menus_below(menu.actions())


def test_every_action_has_a_key_or_a_letter_in_its_menu(shell: Shell) -> None:
    shell.document.replace(trial())
    menus = list(menus_below(shell.window.menuBar().actions()))
    letters = {
        action.objectName(): "&" in action.text().replace("&&", "")
        for menu in menus
        for action in menu.actions()
    }
    unreachable = [s.id for s in ACTIONS if not s.keys and not letters.get(s.id)]
    assert unreachable == []
    assert all("&" in menu.title() for menu in menus if menu.title())
    assert set(INNER) <= set(SUBMENUS)


def test_tab_leads_through_the_window_and_back_to_its_start(shell: Shell) -> None:
    """No widget keeps the keyboard for itself."""
    shell.app.beginning.open_welcome()
    first = QApplication.focusWidget()
    seen = [first]
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        if QApplication.focusWidget() is first:
            break
        seen.append(QApplication.focusWidget())
    assert QApplication.focusWidget() is first
    welcome = shell.app.beginning.welcome
    assert {*welcome.begin.values(), *welcome.examples.values()} <= set(seen)

"""Another theme or size comes in slices, and is seen only once all of it is there."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from gui.theme import DARK, LIGHT
from tests.gui.conftest import Shell
from tests.gui.fakes import trial

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Paints(QObject):
    """Counts repaints of widgets."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.seen: list[QObject] = []
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint:
            self.seen.append(watched)
        return False


def surfaces(shell: Shell) -> list[str]:
    """The colour at the corner of parts that are dressed at different steps."""
    data = shell.app.panels.data.list
    parts = (shell.window.menuBar(), shell.window.toolbar, shell.window.status, data)
    return [str(part.grab().toImage().pixelColor(2, 2).name()) for part in parts]


def test_nothing_is_painted_until_all_of_it_is_dressed(shell: Shell) -> None:
    shell.document.replace(trial())
    shell.settle()
    viewport = shell.app.canvas.viewport()
    paints = Paints(viewport, shell.window.toolbar, shell.app.panels.data.list)
    shell.app.actions["theme-dark"].trigger()
    turns = 0
    while shell.app.restyling.running:
        assert paints.seen == []
        QCoreApplication.processEvents()
        turns += 1
    assert turns > 1  # else it would be one event
    assert shell.window.updatesEnabled()
    assert surfaces(shell) == [DARK.surface] * 4


def test_the_cards_are_painted_before_they_are_seen(shell: Shell) -> None:
    shell.document.replace(trial())
    shell.settle()
    nodes = shell.app.canvas.stage.nodes.values()
    shell.app.actions["theme-dark"].trigger()
    assert not any(node.near or node.far for node in nodes)
    while shell.app.restyling.running:
        QCoreApplication.processEvents()
    assert all(node.near or node.far for node in nodes)


def test_who_changes_their_mind_meanwhile_gets_what_they_chose_last(shell: Shell) -> None:
    shell.document.replace(trial())
    shell.app.actions["theme-dark"].trigger()
    QCoreApplication.processEvents()
    assert shell.app.restyling.running
    shell.app.actions["theme-light"].trigger()
    shell.settle()
    assert surfaces(shell) == [LIGHT.surface] * 4
    assert shell.window.updatesEnabled()


def test_a_presentation_begun_again_while_it_ends_ends_as_it_began(shell: Shell) -> None:
    """The window's own size is that of before the first, not the whole screen."""
    shell.document.replace(trial())
    shell.window.resize(1000, 720)
    shell.settle()
    present = shell.app.actions["present"]
    present.trigger()
    shell.settle()
    present.trigger()
    QApplication.processEvents()
    assert shell.app.restyling.running
    present.trigger()
    shell.settle()
    assert shell.app.appearance.presenting
    assert [dock.objectName() for dock in shell.window.docks if dock.isVisible()] == ["question"]
    present.trigger()
    shell.settle()
    assert (shell.window.width(), shell.window.height()) == (1000, 720)
    assert not shell.window.isFullScreen()


def test_a_window_closed_meanwhile_is_let_go(shell: Shell) -> None:
    shell.app.actions["theme-dark"].trigger()
    QCoreApplication.processEvents()
    shell.app.restyling.cancel()
    assert shell.window.updatesEnabled()
    assert not shell.app.restyling.running

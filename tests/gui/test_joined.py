"""Causal and biasing paths can be switched off; the choice is remembered."""

from PySide6.QtCore import QSettings

from engine.graph.graph import graph_of
from engine.project import Project, Role
from gui.canvas.edge_ways import Way
from gui.joined import SHOWN_KEY
from tests.gui.conftest import Shell

EDGES = [("age", "dose"), ("age", "days"), ("dose", "days")]


def ways(shell: Shell) -> set[Way]:
    return {item.look.way for item in shell.app.canvas.stage.edges.values()}


def test_they_are_shown_at_first_and_the_choice_is_remembered(shell: Shell) -> None:
    roles = {"dose": Role.EXPOSURE, "days": Role.OUTCOME}
    shell.document.replace(Project(graph=graph_of(edges=EDGES), roles=roles))
    action = shell.app.actions["show-ways"]
    assert action.isChecked()
    assert ways(shell) == {Way.CAUSAL, Way.BIASING}
    action.trigger()
    assert not action.isChecked()
    assert ways(shell) == {Way.NONE}
    kept = QSettings(shell.settings.fileName(), QSettings.Format.IniFormat)
    shell.settings.sync()
    assert kept.value(SHOWN_KEY, True, bool) is False


def test_without_roles_it_says_what_to_name(shell: Shell) -> None:
    shell.app.actions["show-ways"].trigger()
    shell.app.actions["show-ways"].trigger()
    assert "exposure (E)" in shell.app.notices.toast.words.text()

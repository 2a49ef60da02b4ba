"""Causal and biasing paths can be switched off; the choice is remembered."""

from PySide6.QtCore import QSettings

from engine.graph.graph import graph_of
from engine.project import Project, Role
from engine.queries.answers import ChecksAnswer
from gui.canvas.edge_ways import Way
from gui.joined import SHOWN_KEY
from tests.gui.conftest import Shell
from tests.gui.fakes import outcome_of_test, trial

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


def test_a_repair_is_tried_from_the_table_of_actions(shell: Shell) -> None:
    shell.document.replace(trial())
    action = shell.app.actions["try-repair"]
    assert not action.isEnabled()
    broken = outcome_of_test("age", "adherence", (), 0.4, rejected=True)
    change = ((("age", "adherence"),), ())
    shell.app.live.checks.emit(ChecksAnswer((broken,), repair="One. Two", changes=(change,)))
    assert action.isEnabled()
    action.trigger()
    assert ("age", "adherence") in shell.document.project.graph.edges
    assert "Two" in shell.app.notices.toast.words.text()
    shell.document.undo_stack.undo()
    shell.app.live.checks.emit(ChecksAnswer((broken,), repair="One. Two", changes=(change,)))
    shell.app.panels.assumptions.repairs.links[0].click()
    assert ("age", "adherence") in shell.document.project.graph.edges

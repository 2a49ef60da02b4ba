"""The standing questions of cards and checks are asked exactly when they may have changed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from engine.interventions import Set
from engine.project import Project
from engine.queries.answers import CardsAnswer, ChecksAnswer
from engine.queries.questions import Cards, GraphChecks, Rung
from engine.runtime import messages as m
from gui import edits
from tests.gui.conftest import Shell
from tests.gui.fakes import table, trial


def asked(shell: Shell, view: str) -> list[object]:
    return [
        request.question
        for request in shell.engine.requests
        if isinstance(request, m.Ask) and request.view == view
    ]


def test_the_engine_hears_every_project_before_any_question(shell: Shell) -> None:
    shell.document.replace(trial())
    kinds = [type(request) for request in shell.engine.requests]
    assert kinds[0] is m.SetProject
    assert shell.engine.project == trial()


@pytest.mark.parametrize(
    ("verb", "cards", "checks"),
    [
        (lambda p: edits.move(p, {"age": (9.0, 9.0)}), 0, 0),
        (lambda p: edits.disconnect(p, "age", "dose"), 1, 1),
        (lambda p: edits.use_table(p, table()), 1, 1),
        (lambda p: edits.intervene(p, Set("dose", 1.7)), 1, 0),
        (lambda p: edits.pick_row(p, 3), 0, 0),  # the row is not asked about on this rung
        (lambda p: edits.set_rung(p, Rung.SEE), 1, 0),
        (lambda p: replace(p, notes="seen"), 0, 0),
    ],
)
def test_what_is_asked_again(
    shell: Shell, verb: Callable[[Project], Project], cards: int, checks: int
) -> None:
    shell.document.replace(trial())
    shell.engine.requests.clear()
    shell.document.apply("Something", verb)
    assert len(asked(shell, "cards")) == cards
    assert len(asked(shell, "checks")) == checks
    assert len(shell.engine.sent(m.SetProject)) == 1


def test_questions_are_those_of_the_rung(shell: Shell) -> None:
    shell.document.replace(trial())
    assert asked(shell, "cards")[-1] == Cards(trial().question.active)
    assert asked(shell, "checks")[-1] == GraphChecks()


def test_answers_reach_the_panels(shell: Shell, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shell.app.live.checks), qtbot.waitSignal(shell.app.live.cards) as heard:
        shell.document.replace(trial())
    assert isinstance(heard.args[0], CardsAnswer)
    shape = shell.app.panels.data.model.shape("dose")
    assert shape.mean == pytest.approx(float(trial().table["dose"].mean()))
    assert len(shell.app.panels.assumptions.tested.lines()) == 2


def test_tests_that_come_in_a_burst_are_listed_twice_not_every_time(
    shell: Shell, qtbot: QtBot
) -> None:
    """The first at once, then the newest after a pause; the last one never waits."""
    shell.document.replace(trial())
    qtbot.waitUntil(lambda: len(shell.app.panels.assumptions.tested.lines()) == 2)
    heard: list[object] = []
    live = shell.app.live
    qtbot.waitUntil(lambda: not live.pausing)
    live.checks.connect(heard.append)
    parts = [ChecksAnswer((), (str(i),)) for i in range(5)]
    for part in parts[:4]:
        live.receive(m.Answer("checks", 1, part, final=False))
    assert heard == parts[:1]
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [parts[0], parts[3]]
    live.receive(m.Answer("checks", 1, parts[4], final=True))
    assert heard[2:] == [parts[4]]


def test_tests_of_an_older_graph_are_not_listed_late(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    qtbot.waitUntil(lambda: not shell.app.live.pausing)
    heard: list[object] = []
    live = shell.app.live
    live.checks.connect(heard.append)
    old = [ChecksAnswer((), (str(i),)) for i in range(2)]
    for part in old:
        live.receive(m.Answer("checks", 1, part, final=False))
    shell.document.apply("Remove", lambda p: edits.disconnect(p, "age", "dose"))
    qtbot.waitUntil(lambda: not live.pausing)
    assert old[0] in heard
    assert old[1] not in heard

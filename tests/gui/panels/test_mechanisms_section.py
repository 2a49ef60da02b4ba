"""The panel of mechanisms: when it asks, what it says, environments chosen by keys and undone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.interventions import Set
from engine.project import Project
from engine.queries.answers import DoAnswer, Footing, Stage, Unanswerable
from engine.queries.lights import (
    Environments,
    EnvironmentsAnswer,
    LeftoverLight,
    MechanismLights,
    Mechanisms,
    MechanismsAnswer,
    Nearby,
    ReachAnswer,
    SlopeLight,
    TraceLight,
    Verdict,
)
from engine.queries.questions import Reach
from engine.runtime.messages import Answer, Ask, FitState, FitStates, Forget
from engine.simulate.examples import example
from gui import edits
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.marks import Mark
from gui.mechanisms.words import light_lines
from gui.trust.mechanisms import MechanismsSection
from tests.gui.fakes import FakeEngine

HOSPITALS = example("two-hospitals")
TWO = (("north", 700), ("south", 700))
CHANGED = Verdict("dose", 1e-9, True, "reaction", "south", 0.1, "age", 0.2, 1400)
STAYED = Verdict("recovery", 0.6, False, "level", "south", 0.0, "", 0.19, 1400)
ROOT = Verdict("age", 1e-9, True, "level", "south", 0.67, "", 0.16, 1400, rooted=True)
TOLD = EnvironmentsAnswer("hospital", TWO, (ROOT, STAYED, CHANGED), whole=True)
LEFT = LeftoverLight(0.01, 0.4, 300, additive=True)


@pytest.fixture
def panel(
    qtbot: QtBot, document: Document, bridge: Bridge, appearance: Appearance
) -> MechanismsSection:
    document.replace(HOSPITALS)
    made = MechanismsSection(document, bridge, appearance)
    qtbot.addWidget(made)
    made.resize(940, 240)
    return made


def learnt(project: Project, state: FitState = FitState.FITTED) -> FitStates:
    return FitStates(1, dict.fromkeys(project.columns, state), {}, False, False, 4, 4)


def asked(engines: list[FakeEngine]) -> list[object]:
    kinds = Mechanisms | Environments | Reach
    sent = (r for r in engines[0].sent(Ask) if isinstance(r, Ask))
    return [r.question for r in sent if isinstance(r.question, kinds)]


def shown(panel: MechanismsSection, qtbot: QtBot, engines: list[FakeEngine]) -> None:
    with qtbot.waitExposed(panel):
        panel.show()
    panel._bridge.states_changed.emit(learnt(HOSPITALS))
    assert Mechanisms() in asked(engines)


def said(panel: MechanismsSection, view: str) -> list[str]:
    return [f"{line.text} {line.quiet}".strip() for line in panel.lists[view].lines()]


def stands(project: Project) -> DoAnswer:
    question = project.question
    return DoAnswer(
        "recovery",
        None,
        question.action,
        question.contrast,
        Footing(True),
        difference=-4.0,
        interval=(-5.0, -3.0),
        stage=Stage.FITTED,
    )


def test_it_asks_once_all_is_learnt_and_only_while_it_is_seen(
    panel: MechanismsSection, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    panel._bridge.states_changed.emit(learnt(HOSPITALS, FitState.TRAINING))
    assert asked(engines) == []
    shown(panel, qtbot, engines)
    assert set(asked(engines)) == {Mechanisms(), Environments("hospital")}
    panel.receive(Answer("answer", 1, stands(HOSPITALS), final=True))
    assert asked(engines)[-1] == Reach(HOSPITALS.question.active)
    panel.hide()
    gone = {r.view for r in engines[0].requests if isinstance(r, Forget)}
    assert {"mechanisms", "environments", "reach"} <= gone


def test_what_changed_comes_first_with_shape_and_words(
    panel: MechanismsSection, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    shown(panel, qtbot, engines)
    told: list[object] = []
    panel.environments_told.connect(told.append)
    panel.receive(Answer("environments", 1, TOLD, final=True))
    assert told == [TOLD]
    words = said(panel, "environments")
    assert words[0] == (
        "2 of 3 tested mechanisms changed between north (700 rows) and south (700 rows). "
        "The chance of any false alarm among them is 5 % at most (Holm)."
    )
    assert words[1].startswith("age changed: it is 0.67 sd higher in south than elsewhere (p < 0.")
    assert words[2].startswith("dose changed: it reacts to age in another way")
    assert words[3] == (
        "recovery: no change found (p = 0.60); a shift by 0.19 sd of its noise would have been"
        " seen."
    )
    marks = [line.mark for line in panel.environments.lines()]
    assert marks == [Mark.NONE, Mark.WARNED, Mark.WARNED, Mark.PASSED]


@pytest.mark.qt_log_ignore("This plugin does not support")  # a popup, offscreen
def test_the_column_is_chosen_by_keys_and_undone(
    panel: MechanismsSection, document: Document, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    shown(panel, qtbot, engines)
    told: list[object] = []
    panel.environments_told.connect(told.append)
    QTest.keyClick(panel.column, Qt.Key.Key_Down)
    choices = QApplication.activePopupWidget()
    assert choices is not None
    QTest.keyClick(choices.list, Qt.Key.Key_Up)  # type: ignore[attr-defined]
    QTest.keyClick(choices.list, Qt.Key.Key_Return)  # type: ignore[attr-defined]
    assert document.project.environment == ""
    assert told == [None]
    assert said(panel, "environments")[0].startswith("Choose a column that says where or when")
    document.undo_stack.undo()
    assert document.project.environment == "hospital"
    assert asked(engines)[-1] == Environments("hospital")


def test_distance_disagreement_and_independence_stand_apart(
    panel: MechanismsSection, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    shown(panel, qtbot, engines)
    panel.receive(Answer("answer", 1, stands(HOSPITALS), final=True))
    lights = (MechanismLights("recovery", ("age", "dose"), "linear", 0.83, leftover=LEFT),)
    near = (Nearby("recovery", ("age", "dose"), 1.0, 33.9, 1.0),)
    action = (Set("dose", 5.0),)
    found = ReachAnswer("recovery", None, action, near, 1.0, 1400, 0.25, 0.03, lights)
    panel.receive(Answer("reach", 1, found, final=True))
    words = said(panel, "reach")
    assert (
        words[0] == "Distance: with do(dose = 5.0 mg), 100\u202f% of the cases lie beyond the rows."
    )
    assert "34 times as far" in words[1]
    assert "0.25 sd of recovery, 0.03 where rows are" in words[2]
    assert "agreement beyond the rows proves nothing" in words[2]
    assert words[3].startswith("Independence:")
    assert [line.mark for line in panel.reach.lines()][:3] == [Mark.WARNED, Mark.NONE, Mark.WARNED]


def test_a_new_question_or_graph_forgets(
    panel: MechanismsSection, document: Document, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    shown(panel, qtbot, engines)
    panel.receive(Answer("mechanisms", 1, MechanismsAnswer((), whole=True), final=True))
    panel.receive(Answer("environments", 1, TOLD, final=True))
    document.apply("Remove", lambda project: edits.remove(project, {"pressure"}))
    assert said(panel, "environments")[0].startswith("Press Fit")
    panel.receive(Answer("environments", 1, Unanswerable("late"), final=True))
    assert said(panel, "environments")[0].startswith("Press Fit")


def test_no_light_claims_that_an_arrow_is_right() -> None:
    """Doubts are told as doubts, and what passed is told with what it cannot see."""
    slope, trace = SlopeLight(0.1, 0.5, 900), TraceLight(0.1, 0.5, -1, 1, 3, 3, 200)
    passed = MechanismLights("y", ("x",), "flow", 0.05, slope, LEFT, trace)
    failed = MechanismLights(
        "y",
        ("x",),
        "flow",
        0.05,
        SlopeLight(1.0, 0.01, 900),
        LeftoverLight(0.2, 0.005, 300, additive=False),
        TraceLight(-4.0, 0.002, -1, 1, 3, 3, 200),
    )
    calibrated = replace(passed, leftover=replace(LEFT, additive=False))
    for lights, mark in ((passed, Mark.PASSED), (failed, Mark.WARNED)):
        assert [line.mark for line in light_lines(lights)[1:]] == [Mark.OPEN, mark, mark]
        assert "p " not in light_lines(lights)[1].quiet
    words = " ".join(f"{one.text} {one.quiet}" for one in light_lines(passed))
    assert "would pass either way round" in words
    words = " ".join(f"{one.text} {one.quiet}" for one in light_lines(calibrated))
    assert "says nothing of the arrows" in words
    for claim in ("proven", "confirmed", "certified", "correct arrow"):
        assert claim not in words

"""How much goes through a mediator, on the page of trust: asked once chosen, told, or refused."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.interventions import Set
from engine.queries.answers import DoAnswer, Footing, MediationAnswer, Stage
from engine.queries.beside import Share
from engine.queries.questions import Mediation, Question, Rung
from engine.runtime.messages import Answer, Ask, Forget
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.marks import Mark
from gui.panels.trust import TrustPanel
from gui.trust.paths import on_the_way
from tests.gui.fakes import FakeEngine, trial

HIGH, LOW = Set("dose", 60.0), Set("dose", 20.0)
QUESTION = Question(Rung.DO, "recovery", action=(HIGH,), contrast=(LOW,))
TOLD = MediationAnswer(
    "recovery", None, HIGH, LOW, ("adherence",), Footing(True, "natural effects"),
    Share(-2.04, (-2.5, -1.6)), Share(-1.5, (-1.9, -1.1)), Share(-0.54, (-0.9, -0.2)),
    Stage.FITTED,
)  # fmt: skip


@pytest.fixture
def panel(qtbot: QtBot, document: Document, bridge: Bridge, appearance: Appearance) -> TrustPanel:
    document.replace(replace(trial(), question=QUESTION))
    made = TrustPanel(document, bridge, appearance)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    qtbot.waitExposed(made)
    stands = DoAnswer(
        "recovery", None, (HIGH,), (LOW,), Footing(True, "g-formula"),
        difference=-2.04, interval=(-2.5, -1.6), stage=Stage.FITTED,
    )  # fmt: skip
    made.receive(Answer("answer", 1, stands, final=True))
    return made


def asked(engines: list[FakeEngine]) -> list[Mediation]:
    sent = [r.question for r in engines[0].sent(Ask) if isinstance(r, Ask)]
    return [question for question in sent if isinstance(question, Mediation)]


def test_it_is_asked_once_a_mediator_is_chosen(
    panel: TrustPanel, engines: list[FakeEngine], document: Document
) -> None:
    assert on_the_way(document.project) == ("adherence",)
    assert asked(engines) == []
    panel.paths.pick.picked.emit("adherence")
    assert asked(engines) == [Mediation(QUESTION, ("adherence",))]
    panel.receive(Answer("mediation", 2, TOLD, final=True))
    lines = panel.paths.lines.lines()
    assert [line.quiet for line in lines] == [
        "−2.0 days (−2.5 to −1.6)", "−1.5 days (−1.9 to −1.1)", "−0.54 days (−0.90 to −0.20)", "",
    ]  # fmt: skip
    assert lines[3].mark is Mark.OPEN
    assert "no experiment tests" in lines[3].text
    panel.hide()
    views = [r.view for r in engines[0].sent(Forget)]  # type: ignore[attr-defined]
    assert views.count("mediation") == 1


def test_refused_it_offers_the_controlled_effect_in_one_undoable_press(
    panel: TrustPanel, document: Document
) -> None:
    panel.paths.pick.picked.emit("adherence")
    why = "severity reacts to dose and sits on both paths."
    refused = replace(
        TOLD, footing=Footing(False, why_not=why), total=None, direct=None, through=None,
        instead=(Set("adherence", 0.7),),
    )  # fmt: skip
    panel.receive(Answer("mediation", 2, refused, final=True))
    (line,) = panel.paths.lines.lines()
    assert (line.mark, line.text) == (Mark.WARNED, why)
    assert panel.paths.instead.isVisible()
    panel.paths.instead.setFocus()
    QTest.keyClick(panel.paths.instead, Qt.Key.Key_Space)
    held = document.project.question
    assert held.action == (HIGH, Set("adherence", 0.7))
    assert held.contrast == (LOW, Set("adherence", 0.7))
    assert not panel.paths.isVisible()
    document.undo_stack.undo()
    assert document.project.question == QUESTION


def test_an_answer_about_another_mediator_is_passed_over(panel: TrustPanel) -> None:
    panel.paths.pick.picked.emit("adherence")
    other = replace(TOLD, mediators=("smoker",))
    panel.receive(Answer("mediation", 2, other, final=True))
    assert panel.paths.lines.lines() == ()

"""The trust panel: asks once an answer stands and the panel is seen, and words that fit."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from engine.interventions import Set
from engine.queries.answers import (
    Calibration,
    ChecksAnswer,
    DoAnswer,
    Footing,
    Stage,
    Support,
    TrustAnswer,
    Unanswerable,
)
from engine.queries.beside import Beside, Hidden, Refuted
from engine.queries.questions import Question, Rung, Trust
from engine.runtime.messages import Answer, Ask, FitReport, FitStates, Forget
from engine.simulate.examples import example
from gui import edits
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.marks import Mark
from gui.panels.trust import TrustPanel
from tests.gui.fakes import FakeEngine, trial

HIGH, LOW = Set("dose", 60.0), Set("dose", 20.0)
QUESTION = Question(Rung.DO, "recovery", action=(HIGH,), contrast=(LOW,))
FOUND = TrustAnswer(
    "recovery",
    None,
    HIGH,
    LOW,
    ("age", "severity"),
    1200,
    -2.04,
    (-2.5, -1.6),
    (
        Beside("adjustment regression", -2.1, (-2.6, -1.6)),
        Beside("inverse probability weighting", -1.9, (-3.0, -0.8), 0.2),
    ),
    "3 estimators agree (same assumptions; says nothing about hidden causes)",
    Hidden(0.12, 0.08, ("A hidden cause would have to explain 12.0 %",), None),
    (
        Refuted("placebo treatment", "About nothing", False, 0.4),
        Refuted("subset of the rows", "Much the same; so a few rows decide", True, 0.0001),
    ),
    Stage.FITTED,
)


@pytest.fixture
def panel(qtbot: QtBot, document: Document, bridge: Bridge, appearance: Appearance) -> TrustPanel:
    document.replace(replace(trial(), question=QUESTION))
    made = TrustPanel(document, bridge, appearance)
    qtbot.addWidget(made)
    made.resize(900, 160)
    return made


def answer(stage: Stage = Stage.FITTED, *, interval: bool = True) -> Answer:
    ends = (-2.5, -1.6) if interval else None
    found = DoAnswer(
        "recovery", None, (HIGH,), (LOW,), Footing(True, "g-formula"),
        difference=-2.04, interval=ends, stage=stage,
    )  # fmt: skip
    return Answer("answer", 1, found, final=True)


def asked(engines: list[FakeEngine]) -> list[Question]:
    """What the panel asked about so far."""
    sent = [r for r in engines[0].sent(Ask) if isinstance(r, Ask)]
    return [
        r.question.question for r in sent if r.view == "trust" and isinstance(r.question, Trust)
    ]


def test_nothing_is_asked_before_the_answer_stands_and_the_panel_is_seen(
    panel: TrustPanel, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    panel.receive(answer(Stage.TRAINING))
    panel.receive(answer(interval=False))
    panel.show()
    qtbot.waitExposed(panel)
    assert asked(engines) == []
    panel.hide()
    panel.receive(answer())
    assert asked(engines) == []
    panel.show()
    assert asked(engines) == [QUESTION]
    panel.receive(answer())
    assert asked(engines) == [QUESTION]


def test_another_question_forgets_and_a_hidden_panel_stops(
    panel: TrustPanel, document: Document, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    panel.show()
    qtbot.waitExposed(panel)
    panel.receive(answer())
    panel.receive(Answer("trust", 1, FOUND, final=True))
    assert panel.beside.isVisible()
    document.edit("Ask", edits.set_outcome(document.project, "adherence"))
    assert not panel.beside.isVisible()
    assert panel.summary.text().startswith("Once the answer has its interval")
    assert len([r for r in engines[0].sent(Forget) if r.view == "trust"]) == 1  # type: ignore[attr-defined]


def test_another_value_is_another_question(
    panel: TrustPanel, document: Document, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    panel.show()
    qtbot.waitExposed(panel)
    panel.receive(answer())
    panel.receive(Answer("trust", 1, FOUND, final=True))
    document.apply("Slide", lambda p: edits.intervene(p, Set("dose", 40.0)))
    assert not panel.beside.isVisible()
    panel.receive(answer())  # the one to the question before
    panel.receive(Answer("trust", 1, FOUND, final=True))
    assert asked(engines) == [QUESTION]
    assert not panel.beside.isVisible()
    later = replace(answer().result, action=(Set("dose", 40.0),))  # type: ignore[type-var]
    panel.receive(Answer("answer", 2, later, final=True))
    assert [q.action for q in asked(engines)] == [(HIGH,), (Set("dose", 40.0),)]


def test_numbers_stand_beside_the_model_with_their_intervals(panel: TrustPanel) -> None:
    panel.receive(Answer("trust", 1, FOUND, final=True))
    lines = panel.beside.lines()
    assert [(line.text, line.quiet) for line in lines] == [
        ("the model:", "−2.0 days (−2.5 to −1.6)"),
        ("adjustment regression:", "−2.1 days (−2.6 to −1.6)"),
        ("inverse probability weighting:", "−1.9 days (−3.0 to −0.8)"),
    ]
    assert lines[2].mark is Mark.WARNED
    assert lines[2].tip == "In 20\u202f% of the rows one treatment was next to impossible."
    assert panel.summary.text() == (
        "dose = 60.0 mg against 20.0 mg, 1\u202f200 rows, adjusting for age, severity. "
        "3 estimators agree (same assumptions; says nothing about hidden causes)."
    )


def test_a_surprise_is_marked_and_the_rest_claims_nothing(panel: TrustPanel) -> None:
    panel.receive(Answer("trust", 1, FOUND, final=True))
    assert [line.mark for line in panel.refuted.lines()] == [Mark.OPEN, Mark.WARNED]
    assert [line.mark for line in panel.hidden.lines()] == [Mark.OPEN]


def test_risks_are_told_in_points_and_by_the_e_value(panel: TrustPanel, document: Document) -> None:
    stones = example("kidney-stones")
    document.replace(stones)
    ends = {"action": Set("treatment", 0.0), "contrast": Set("treatment", 1.0)}
    told = {"difference": 0.053, "interval": (-0.003, 0.109), "beside": ()}
    risk = replace(
        FOUND, outcome="recovered", level=1, hidden=Hidden(0.1, 0.0, (), 7.26), **ends, **told
    )
    assert stones.question.active.action == (ends["action"],)
    panel.receive(Answer("trust", 1, risk, final=True))
    assert panel.beside.lines()[0].quiet == "+5.3 points (−0.3 to 10.9)"
    assert "each at least 7.3 times as likely (E-value)" in panel.hidden.lines()[0].text


def test_why_there_is_nothing_is_said(panel: TrustPanel) -> None:
    panel.receive(
        Answer("trust", 1, Unanswerable("No set of variables adjusts for this."), final=True)
    )
    assert panel.summary.text() == "No set of variables adjusts for this."
    assert panel.beside.lines() == ()


def report(name: str, found: Calibration) -> FitReport:
    return FitReport(name, "flow", -1.0, -1.1, "", 100, 400, 0, calibration=found)


def states(reports: dict[str, FitReport]) -> FitStates:
    return FitStates(1, {}, reports, False, False, len(reports), len(reports))


def test_what_the_answer_rests_on_stands_first(panel: TrustPanel, bridge: Bridge) -> None:
    """The drawing, the tests, the overlap, and predictions on the way to the outcome alone."""
    stands = answer()
    found = replace(
        stands.result,
        footing=Footing(True, "g-formula", rests_on_arrows=(("age", "recovery"),)),
        support=Support(0.4, 900.0),
    )
    panel.receive(replace(stands, result=found))
    told = [(line.mark, f"{line.text} {line.quiet}") for line in panel.grounds.lines()]
    assert told == [
        (Mark.OPEN, "the drawing: Rests on 1 absent arrow that no data can test."),
        (
            Mark.WARNED,
            "overlap: 60.0 mg was plausible for 40 % of such rows; "
            "60 % of this answer is extrapolated.".replace(" %", "\u202f%"),
        ),
    ]
    panel.show_checks(ChecksAnswer(()))
    assert "no data can contradict it" in panel.grounds.lines()[1].quiet
    fine = Calibration(200, (100, 100), (100.0, 100.0), 0.01, 0.04, 0.5)
    reports = {name: report(name, fine) for name in ("age", "dose", "recovery")}
    bridge.states_changed.emit(states(reports))
    last = panel.grounds.lines()[-1]
    assert last.mark is Mark.PASSED
    assert last.text.startswith("predictions of recovery:")


def test_a_mechanism_on_the_way_that_is_off_is_named(panel: TrustPanel, bridge: Bridge) -> None:
    panel.receive(answer())
    off = Calibration(200, (160, 40), (100.0, 100.0), 0.3, 0.35, 1e-6)
    bridge.states_changed.emit(states({"recovery": report("recovery", off)}))
    last = panel.grounds.lines()[-1]
    assert last.mark is Mark.WARNED
    assert "recovery" in last.text
    assert "misplaced" in last.quiet

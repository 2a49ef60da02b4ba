"""The assumptions panel: words that do not mislead."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from engine.checks.independence import run_checks
from engine.graph.graph import add_bidirected, graph_of, set_latent
from engine.interventions import Set
from engine.project import Project
from engine.queries.answers import ChecksAnswer, DoAnswer, Footing
from engine.queries.lights import Support
from engine.queries.routes import route
from engine.runtime.messages import Answer
from gui import edits
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.marks import Mark
from gui.panels.assumptions import AssumptionsPanel
from gui.tested import decimal
from tests.gui.fakes import outcome_of_test, trial

PASSED = outcome_of_test("adherence", "age", ("dose",), 0.01)
REJECTED = outcome_of_test("severity", "dose", (), 0.42, rejected=True)


@pytest.fixture
def panel(
    qtbot: QtBot, document: Document, bridge: Bridge, appearance: Appearance
) -> AssumptionsPanel:
    document.replace(trial())
    made = AssumptionsPanel(document, bridge, appearance)
    qtbot.addWidget(made)
    return made


def test_tests_passed_are_green_and_claim_no_more_than_they_know(panel: AssumptionsPanel) -> None:
    panel.show_checks(ChecksAnswer((PASSED, PASSED)))
    line = panel.tested.lines()[0]
    assert (line.mark, line.text) == (Mark.PASSED, "adherence ⫫ age | dose")
    assert line.quiet == "partial r .01 (−.02 to .04)"
    assert panel.summary.text() == (
        "2 tests, none contradicts the graph (could have seen a partial correlation above .05); "
        "other graphs fit as well"
    )


def test_a_contradiction_comes_first_and_is_amber(panel: AssumptionsPanel) -> None:
    panel.show_checks(ChecksAnswer((PASSED, REJECTED)))
    first = panel.tested.lines()[0]
    assert first.mark is Mark.WARNED
    assert first.text == "severity ⫫ dose"
    assert first.quiet.startswith("contradicted: partial r .42")
    assert panel.summary.text() == "2 tests, 1 contradicts the graph"


def test_what_would_repair_it_and_random_graphs_are_told(panel: AssumptionsPanel) -> None:
    repair = "This would repair it: age → adherence. On other rows than suggested it, …"
    panel.show_checks(ChecksAnswer((PASSED, REJECTED), repair=repair, random="Better than …"))
    lines = [(line.mark, line.text) for line in panel.assumed.lines()]
    assert lines[0] == (Mark.WARNED, repair)
    assert (Mark.OPEN, "Better than …") in lines


def test_the_weakest_test_says_what_could_have_been_seen(panel: AssumptionsPanel) -> None:
    blunt = replace(PASSED, detectable=0.3)
    panel.show_checks(ChecksAnswer((PASSED, blunt)))
    assert "above .30" in panel.summary.text()


def test_a_graph_without_claims_says_so(panel: AssumptionsPanel) -> None:
    panel.show_checks(ChecksAnswer(()))
    assert panel.summary.text().startswith("This graph implies no independence")


def test_drawn_hidden_causes_and_latent_variables_are_amber(
    panel: AssumptionsPanel, document: Document
) -> None:
    graph = set_latent(add_bidirected(trial().graph, "severity", "recovery"), "age", latent=True)
    document.edit("Draw", replace(trial(), graph=graph))
    lines = [(line.mark, line.text) for line in panel.assumed.lines()]
    assert (Mark.WARNED, "severity ↔ recovery:") in lines
    assert (Mark.WARNED, "age") in lines


def test_cards_without_arrows_are_tested_too(panel: AssumptionsPanel, document: Document) -> None:
    graph = replace(trial().graph, edges=frozenset())
    document.replace(replace(trial(), graph=graph))
    panel.show_checks(ChecksAnswer((REJECTED,)))
    assert panel.summary.text() == "1 test, 1 contradicts the graph"


def test_what_was_drawn_is_said_once(panel: AssumptionsPanel, document: Document) -> None:
    graph = set_latent(add_bidirected(trial().graph, "severity", "recovery"), "age", latent=True)
    project = replace(trial(), graph=graph)
    document.replace(project)
    assert project.table is not None
    (*_, last) = run_checks(graph, project.table)
    panel.show_checks(last)
    said = [f"{line.text} {line.quiet}" for line in panel.assumed.lines()]
    assert sum("recovery" in text for text in said) == 1
    assert len(said) == 1 + len(last.untestable)


def test_assumptions_too_many_to_list_are_not_counted_as_none(panel: AssumptionsPanel) -> None:
    answer = DoAnswer("recovery", None, (), None, Footing(True, listed=False))
    panel.receive(Answer("answer", 1, answer, final=True))
    assert any("too many variables to list" in line.text for line in panel.assumed.lines())


def test_what_is_not_identified_names_the_hedge_and_instruments(panel: AssumptionsPanel) -> None:
    """z → x → y with x ↔ y: x and y cannot be told apart, z moves x (Angrist, Imbens 1994)."""
    graph = graph_of(edges=[("z", "x"), ("x", "y")], bidirected=[("x", "y")])
    footing = route(graph, (Set("x", 1.0),), "y").footing
    panel.receive(Answer("answer", 1, DoAnswer("y", None, (), None, footing), final=True))
    lines = {line.text: (line.mark, line.quiet) for line in panel.assumed.lines()}
    assert lines["x, y:"][0] is Mark.WARNED
    assert "held together by hidden causes" in lines["x, y:"][1]
    assert lines["z:"][0] is Mark.OPEN
    assert "compliers" in lines["z:"][1]


def test_long_lines_go_on_below(panel: AssumptionsPanel) -> None:
    long = replace(PASSED, given=("dose", "severity", "recovery", "adherence") * 3)
    panel.show()
    heights = []
    for width in (2000, 500):
        panel.resize(width, 300)
        panel.show_checks(ChecksAnswer((long,)))
        heights.append(panel.tested.whole_height())
    assert heights[1] > heights[0]
    assert panel.tested.maximumHeight() == heights[1]


def test_untestable_is_never_green(panel: AssumptionsPanel) -> None:
    panel.show_checks(ChecksAnswer((PASSED,), ("no selection: cannot be tested",)))
    assert [(line.mark, line.text) for line in panel.assumed.lines()] == [
        (Mark.OPEN, "no selection: cannot be tested")
    ]


@pytest.mark.parametrize(
    ("share", "mark", "words"),
    [
        (1.0, Mark.OPEN, "was plausible for all rows"),
        (0.71, Mark.OPEN, "71\u202f% of the rows; 29\u202f% of the answer is extrapolated"),
        (0.2, Mark.WARNED, "20\u202f% of the rows; 80\u202f% of the answer is extrapolated"),
    ],
)
def test_support_in_words(panel: AssumptionsPanel, share: float, mark: Mark, words: str) -> None:
    answer = DoAnswer(
        "recovery", None, (Set("dose", 2.0),), None, Footing(True), support=Support(share)
    )
    panel.receive(Answer("answer", 1, answer, final=True))
    line = panel.assumed.lines()[0]
    assert (line.mark, line.text) == (mark, "do(dose = 2.0 mg)")
    assert words in line.quiet


def test_lines_stay_while_a_slider_moves_and_go_with_another_question(
    panel: AssumptionsPanel, document: Document
) -> None:
    document.apply("Set", lambda p: edits.intervene(p, Set("dose", 2.0)))
    question = document.project.question
    supported = DoAnswer("recovery", None, question.action, None, Footing(True), support=Support(1))
    panel.receive(Answer("answer", 1, supported, final=False))
    told = panel.assumed.lines()
    assert any("plausible" in line.quiet for line in told)
    document.apply("Set", lambda p: edits.intervene(p, Set("dose", 2.1)))
    assert panel.assumed.lines() == told
    document.apply("Outcome", lambda p: edits.set_outcome(p, "adherence"))
    assert not any("plausible" in line.quiet for line in panel.assumed.lines())


@pytest.mark.parametrize(
    "verb",
    [
        lambda project: edits.disconnect(project, "age", "dose"),
        lambda project: replace(project, table=None),
    ],
)
def test_tests_of_another_graph_or_table_are_forgotten(
    panel: AssumptionsPanel, document: Document, verb: Callable[[Project], Project]
) -> None:
    panel.show_checks(ChecksAnswer((PASSED,)))
    document.apply("Change", verb)
    assert panel.tested.lines() == ()


def test_an_empty_graph_asks_for_an_arrow(panel: AssumptionsPanel, document: Document) -> None:
    document.replace(Project())
    assert panel.summary.text().startswith("Draw an arrow")


@pytest.mark.parametrize(
    ("value", "text"), [(0.051, ".05"), (-0.049, "−.05"), (1.2, "1.20"), (-0.001, ".00")]
)
def test_short_decimals(value: float, text: str) -> None:
    assert decimal(value) == text


def test_what_would_identify_it_is_named_below_the_hedge(
    panel: AssumptionsPanel, document: Document, bridge: Bridge, qtbot: QtBot
) -> None:
    """dose → recovery with a ↔ between: its cause, a mediator or a lot (Pearl 2009, 3.5)."""
    document.apply(
        "Hide",
        lambda p: replace(p, graph=add_bidirected(p.graph, "dose", "recovery")),
    )
    document.apply("Set", lambda p: edits.ask_do(p, Set("dose", 2.0)))
    hedges: list[object] = []
    panel.hedge_changed.connect(hedges.append)
    footing = Footing(False, why_not="…", hedge=(("dose", "recovery"), ("recovery",)))
    question = document.project.question
    answer = DoAnswer("recovery", None, question.action, None, footing)
    panel.receive(Answer("answer", 1, answer, final=True))
    assert hedges[-1] == footing.hedge
    qtbot.waitUntil(lambda: any("lot" in line.text for line in panel.assumed.lines()))
    told = [line.text for line in panel.assumed.lines() if line.mark is Mark.WAY_OUT]
    assert told[0] == "Measuring the hidden cause behind dose ↔ recovery"
    assert told[-1] == "Setting dose by lot (an experiment)"
    document.apply("Release", edits.release_all)
    assert hedges[-1] is None
    assert not any(line.mark is Mark.WAY_OUT for line in panel.assumed.lines())


def test_each_repair_is_a_word_to_press(panel: AssumptionsPanel, qtbot: QtBot) -> None:
    changes = (((("age", "dose"),), ()), ((), (("age", "dose"),)))
    panel.show_checks(ChecksAnswer((REJECTED,), repair="One … On other rows …", changes=changes))
    links = [link for link in panel.repairs.links if not link.isHidden()]
    assert [link.text() for link in links] == ["age → dose", "age ↔ dose"]
    assert "On other rows" in links[0].toolTip()
    with qtbot.waitSignal(panel.repairs.chosen) as tried:
        links[1].click()
    assert tried.args == [changes[1]]
    panel.show_checks(ChecksAnswer((PASSED,)))
    assert panel.repairs.isHidden()

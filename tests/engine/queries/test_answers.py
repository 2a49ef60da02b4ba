"""The three rungs against truths computed by hand from published counts and linear algebra."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph, graph_of
from engine.interventions import OneOf, Range, Set, Shift
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import (
    CardsAnswer,
    DoAnswer,
    DoseAnswer,
    ImagineAnswer,
    Result,
    SeeAnswer,
    Stage,
    Unanswerable,
)
from engine.queries.binding import bind
from engine.queries.evaluation import evaluate
from engine.queries.language import parse
from engine.queries.model import Model
from engine.queries.questions import Ask, Cards, DoseResponse, Question, Rung
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from engine.simulate.examples import example

A, B = Set("treatment", 0.0), Set("treatment", 1.0)


def last(model: Model, asked: Ask) -> Result:
    results = [result for result, _ in answer(model, asked)]
    return results[-1]


def fitted(project: Project, *asked: Ask) -> Model:
    wanted = [c for ask in asked for c in needed(Model(project), ask)]
    return fit(project, Shelf(), wanted)


@pytest.fixture(scope="module")
def stones() -> Model:
    return fitted(example("kidney-stones"))


def test_kidney_stones_turn_round_when_treatment_is_set(stones: Model) -> None:
    """Seen 273/350 against 289/350; set, by stone size: .833 against .779 (Charig 1986)."""
    seen = [
        last(stones, Question(Rung.SEE, "recovered", 1, evidence=(OneOf("treatment", (code,)),)))
        for code in (0, 1)
    ]
    assert [a.data_value for a in seen if isinstance(a, SeeAnswer)] == [
        pytest.approx(273 / 350),
        pytest.approx(289 / 350),
    ]
    done = last(stones, Question(Rung.DO, "recovered", 1, action=(A,), contrast=(B,)))
    assert isinstance(done, DoAnswer)
    small, large = 357 / 700, 343 / 700
    truth_a = 81 / 87 * small + 192 / 263 * large
    truth_b = 234 / 270 * small + 55 / 80 * large
    assert done.after_value == pytest.approx(truth_a, abs=0.01)
    assert done.difference == pytest.approx(truth_a - truth_b, abs=0.01)
    assert done.stage is Stage.FITTED
    assert done.footing.adjusting == ("size",)
    assert done.interval is not None
    half = (done.interval[1] - done.interval[0]) / 2
    assert done.interval[0] < 0 < done.interval[1]
    assert half == pytest.approx(0.0553, abs=0.015)  # delta method on the four cells


def test_what_is_seen_by_the_model_agrees_with_the_rows(stones: Model) -> None:
    seen = last(stones, Question(Rung.SEE, "recovered", 1, evidence=(OneOf("treatment", (0,)),)))
    assert isinstance(seen, SeeAnswer)
    assert (seen.matching, seen.rows) == (350, 700)
    assert seen.model_value == pytest.approx(273 / 350, abs=0.01)


def test_gap_is_the_difference_of_both_means(stones: Model) -> None:
    done = last(stones, Question(Rung.DO, "recovered", 1, action=(A,)))
    assert isinstance(done, DoAnswer)
    assert done.difference == done.after_value - done.before_value


def test_imagined_patient_keeps_what_the_treatment_cannot_reach(stones: Model) -> None:
    question = Question(Rung.IMAGINE, "recovered", 1, action=(A,), row=3)
    imagined = last(stones, question)
    assert isinstance(imagined, ImagineAnswer)
    assert imagined.convention == "gumbel"
    assert imagined.units["size"].status == "unchanged"
    assert imagined.units["size"].imagined == stones.table["size"][3]
    assert imagined.units["treatment"].status == "set"
    law = imagined.units["recovered"].probabilities
    assert law is None or law.sum() == pytest.approx(1)


def test_setting_what_was_seen_changes_nothing_for_the_unit(stones: Model) -> None:
    """Consistency: had the treatment been what it was, the outcome is what it was, surely."""
    for row in range(5):
        own = Set("treatment", float(stones.table["treatment"][row]))
        imagined = last(stones, Question(Rung.IMAGINE, "recovered", 1, action=(own,), row=row))
        assert isinstance(imagined, ImagineAnswer)
        unit = imagined.units["recovered"]
        assert unit.imagined == unit.actual
        assert unit.probabilities is not None
        assert unit.probabilities[int(unit.actual)] == 1


def test_cards_stamp_what_is_upstream_as_unchanged(stones: Model) -> None:
    cards = last(stones, Cards(Question(Rung.DO, "recovered", 1, action=(A,))))
    assert isinstance(cards, CardsAnswer)
    assert cards.status == {"size": "unchanged", "treatment": "set", "recovered": "changed"}
    assert set(cards.after) == {"recovered"}
    assert cards.after["recovered"].y[1] == pytest.approx(0.833, abs=0.01)
    assert cards.seen["recovered"].y[1] == pytest.approx(562 / 700)


def test_unfitted_mechanisms_give_a_sentence_and_no_number() -> None:
    project = example("kidney-stones")
    result = last(Model(project), Question(Rung.DO, "recovered", 1, action=(A,)))
    assert isinstance(result, Unanswerable)
    assert "Press Fit" in result.reason


def linear_project(
    graph: CausalGraph, effects: dict[tuple[str, str], float], hidden: float, rows: int, seed: int
) -> Project:
    """Linear-Gaussian data: unit noise, a hidden cause of strength `hidden` behind each ↔."""
    rng = np.random.default_rng(seed)
    values: dict[str, np.ndarray] = {}
    shared = {edge: rng.standard_normal(rows) for edge in sorted(graph.bidirected)}
    for name in graph.order():
        total = rng.standard_normal(rows) * 0.7
        total += sum(hidden * u for edge, u in shared.items() if name in edge)
        total += sum(effects[cause, name] * values[cause] for cause in graph.parents(name))
        values[name] = total
    variables = tuple(Variable(name, Kind.CONTINUOUS) for name in graph.variables)
    return Project(graph=graph, table=Table(variables, values), seed=seed)


TRIAL = graph_of(
    ("age", "severity", "dose", "adherence", "recovery"),
    [
        ("age", "severity"),
        ("age", "dose"),
        ("severity", "dose"),
        ("dose", "adherence"),
        ("severity", "recovery"),
        ("dose", "recovery"),
        ("adherence", "recovery"),
    ],
    bidirected=[("severity", "recovery")],
)
SLOPES = {
    ("age", "severity"): 0.5,
    ("age", "dose"): -0.4,
    ("severity", "dose"): 0.6,
    ("dose", "adherence"): 0.5,
    ("severity", "recovery"): -0.5,
    ("dose", "recovery"): -0.15,
    ("adherence", "recovery"): -0.3,
}


@pytest.fixture(scope="module")
def trial() -> Model:
    project = linear_project(TRIAL, SLOPES, hidden=0.8, rows=4000, seed=3)
    question = Question(Rung.DO, "recovery", action=(Set("dose", 1.0),))
    project = replace(project, families=dict.fromkeys(TRIAL.variables, "linear"))
    return fitted(project, question, Cards(question))


def test_hidden_cause_is_adjusted_for_not_multiplied_through(trial: Model) -> None:
    """do(dose) by back-door {age, severity}: slope -.15 + .5 · -.3 = -.3 per unit of dose."""
    question = Question(
        Rung.DO, "recovery", action=(Set("dose", 1.0),), contrast=(Set("dose", 0.0),)
    )
    done = last(trial, question)
    assert isinstance(done, DoAnswer)
    assert done.footing.method == "back-door adjustment"
    assert set(done.footing.adjusting) == {"age", "severity"}
    assert done.difference == pytest.approx(-0.3, abs=0.05)
    assert done.interval is not None
    assert done.interval[0] < -0.3 < done.interval[1]


def test_shift_moves_every_row_from_its_own_dose(trial: Model) -> None:
    done = last(trial, Question(Rung.DO, "recovery", action=(Shift("dose", 2.0),)))
    assert isinstance(done, DoAnswer)
    assert done.difference == pytest.approx(-0.6, abs=0.1)


def test_unidentified_effect_has_no_number(trial: Model) -> None:
    done = last(trial, Question(Rung.DO, "recovery", action=(Set("severity", 1.0),)))
    assert isinstance(done, DoAnswer)
    assert done.footing.identified is False
    assert done.difference is None
    assert done.after is None
    assert "severity" in done.footing.why_not


def test_what_takes_a_weighing_within_a_weighing_is_identified_and_has_no_number_yet() -> None:
    names, rng = ("a", "b", "c", "x", "y"), np.random.default_rng(0)
    table = Table(
        tuple(Variable(name, Kind.CONTINUOUS) for name in names),
        {name: rng.normal(size=50) for name in names},
    )
    graph = graph_of(
        names,
        [("b", "x"), ("c", "x"), ("x", "y"), ("a", "c")],
        [("a", "y"), ("b", "y"), ("a", "x")],
    )
    model = Model(Project(graph=graph, table=table))
    done = last(model, Question(Rung.DO, "y", action=(Set("x", 1.0),)))
    assert isinstance(done, DoAnswer)
    assert (done.footing.identified, done.after, done.difference) == (True, None, None)
    assert done.footing.method == "ID algorithm"
    assert done.footing.rests_on_hidden
    told = evaluate(model, bind(parse("E[y | do(x=1)]"), model.variables), "E[y | do(x=1)]")
    assert (told["identified"], told["value"]) == (True, None)
    assert told["warnings"] == [done.footing.why_not]
    cards = last(model, Cards(Question(Rung.DO, "y", action=(Set("x", 1.0),))))
    assert isinstance(cards, CardsAnswer)
    assert cards.status["y"] == "not computed"


def test_each_card_has_its_own_status(trial: Model) -> None:
    """do(severity) is identified for dose, not for recovery."""
    cards = last(trial, Cards(Question(Rung.DO, "recovery", action=(Set("severity", 1.0),))))
    assert isinstance(cards, CardsAnswer)
    assert cards.status["recovery"] == "not identified"
    assert cards.status["dose"] == "changed"
    assert cards.after["dose"].mean == pytest.approx(0.6, abs=0.1)


def test_counterfactual_across_a_hidden_cause_is_refused(trial: Model) -> None:
    imagined = last(trial, Question(Rung.IMAGINE, "recovery", action=(Set("dose", 1.0),), row=0))
    assert isinstance(imagined, ImagineAnswer)
    assert imagined.footing.identified is False
    assert imagined.units["recovery"].imagined is None
    adherence = imagined.units["adherence"]
    table = trial.table
    truth = table["adherence"][0] + 0.5 * (1.0 - table["dose"][0])
    assert adherence.imagined == pytest.approx(truth, abs=0.1)
    assert adherence.low < adherence.imagined < adherence.high


def test_dose_response_is_a_line_of_the_right_slope(trial: Model) -> None:
    dose = last(trial, DoseResponse("recovery", "dose"))
    assert isinstance(dose, DoseAnswer)
    assert dose.y is not None
    slope = np.polyfit(dose.x, dose.y, 1)[0]
    assert slope == pytest.approx(-0.3, abs=0.05)
    assert dose.low is not None
    assert (dose.low < dose.y).all()


def test_seeing_a_dose_differs_from_setting_it(trial: Model) -> None:
    """E[recovery | dose = 1] by the regression of the data, through likelihood weighting."""
    seen = last(trial, Question(Rung.SEE, "recovery", evidence=(Range("dose", 1.0, 1.0),)))
    assert isinstance(seen, SeeAnswer)
    dose, recovery = trial.table["dose"], trial.table["recovery"]
    slope, base = np.polyfit(dose, recovery, 1)
    assert seen.model_value == pytest.approx(base + slope, abs=0.05)
    assert seen.ess is not None
    assert seen.ess > 100


def test_same_seed_same_answer(stones: Model) -> None:
    question = Question(Rung.DO, "recovered", 1, action=(A,), contrast=(B,))
    first, second = last(stones, question), last(stones, question)
    assert isinstance(first, DoAnswer)
    assert isinstance(second, DoAnswer)
    assert first.difference == second.difference
    assert first.interval == second.interval

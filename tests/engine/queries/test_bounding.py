"""Where no formula gives a number there may be bounds; and rows may contradict a graph."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data.table import Table
from engine.graph.graph import graph_of
from engine.identify import bounded
from engine.interventions import Set, Shift
from engine.project import Project
from engine.queries import language
from engine.queries.answering import answer
from engine.queries.answers import ChecksAnswer, DoAnswer
from engine.queries.binding import bind
from engine.queries.evaluation import evaluate
from engine.queries.model import Model
from engine.queries.questions import GraphChecks
from engine.simulate.examples import example


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough for p below .05; the ends of the bounds do not depend on it."""
    monkeypatch.setattr(bounded, "RESAMPLES", 20)


def told(project: Project) -> list[DoAnswer]:
    steps = [step for step in answer(Model(project), project.question) if step is not None]
    assert [final for _, final in steps][:-1] == [False] * (len(steps) - 1)
    assert steps[-1][1]
    answers = [result for result, _ in steps]
    assert all(isinstance(one, DoAnswer) for one in answers)
    return answers  # type: ignore[return-value]


def test_an_instrument_bounds_the_answer() -> None:
    """The cholestyramine trial, .391 … .779; the refusal comes first, at once."""
    first, last = told(example("cholestyramine"))
    assert first.bounds is None
    assert first.footing.identified is False
    assert last.difference is None
    assert last.bounds is not None
    assert (last.bounds.low, last.bounds.high) == pytest.approx((0.3913, 0.7792), abs=1e-4)


def test_compared_with_what_was_seen_it_is_bounded_too() -> None:
    """P(y | do(x = 1)) - P(y): Manski's ends less the share seen, for the bow."""
    project = example("bow")
    assert project.table is not None
    project = replace(project, question=replace(project.question, contrast=None))
    bounds = told(project)[-1].bounds
    assert bounds is not None
    x, y = project.table["pill"] == 1, project.table["healthy"] == 1
    low = float((x & y).mean() - y.mean())
    assert (bounds.low, bounds.high) == pytest.approx((low, low + 1 - x.mean()), abs=1e-6)


def test_numbers_and_shifts_are_not_bounded() -> None:
    trial = example("dose-trial-hidden")
    bow = graph_of(trial.graph.variables, trial.graph.edges, [("dose", "recovery")])
    (only,) = told(replace(trial, graph=bow))[-1:]
    assert only.bounds is None
    project = example("bow")
    moved = replace(project.question, action=(Shift("pill", 1.0),))
    steps = list(answer(Model(replace(project, question=moved)), moved))
    assert getattr(steps[-1][0], "bounds", None) is None  # type: ignore[index]


def contradicting() -> Project:
    """Everybody takes the drug, and the offer itself decides: no instrument can be so."""
    project = example("cholestyramine")
    assert project.table is not None
    offered = np.repeat([0.0, 1.0], 200)
    columns = {"offered": offered, "took": np.ones(400), "lowered": offered.copy()}
    columns["took"][:20] = 0.0
    return replace(project, table=Table(project.table.variables, columns))


def test_rows_that_no_hidden_cause_could_make() -> None:
    bounds = told(contradicting())[-1].bounds
    assert bounds is not None
    assert bounds.contradicts
    assert (bounds.low, bounds.high) == (None, None)


def test_a_query_carries_its_bounds() -> None:
    model = Model(example("cholestyramine"))
    text = "P(lowered=yes | do(took=yes)) - P(lowered=yes | do(took=no))"
    found = evaluate(model, bind(language.parse(text), model.variables, model.vectors), text)
    assert (found["value"], found["identified"]) == (None, False)
    assert found["bounds"] == pytest.approx([0.3913, 0.7792], abs=1e-4)
    assert any("Every value between" in str(words) for words in found["warnings"])  # type: ignore[attr-defined]


def test_checks_end_with_a_repair_and_random_graphs() -> None:
    project = example("kidney-stones")
    less = replace(project.graph, edges=project.graph.edges - {("size", "recovered")})
    steps = [s for s in answer(Model(replace(project, graph=less)), GraphChecks()) if s is not None]
    last, final = steps[-1]
    assert final
    assert isinstance(last, ChecksAnswer)
    assert ((("size", "recovered"),), ()) in last.changes
    assert last.repair.startswith("One of these would repair it: size → recovered;")
    assert "names shuffled" in last.random
    fine = [s for s in answer(Model(project), GraphChecks()) if s is not None][-1][0]
    assert isinstance(fine, ChecksAnswer)
    assert (fine.repair, fine.random) == ("", "")


def test_what_is_set_leads_nowhere() -> None:
    """z is no cause of y once x is set: the effect of both is that of x alone."""
    project = example("cholestyramine")
    both = replace(
        project.question,
        action=(Set("took", 1.0), Set("offered", 1.0)),
        contrast=(Set("took", 0.0), Set("offered", 0.0)),
    )
    bounds = told(replace(project, question=both))[-1].bounds
    assert bounds is not None
    assert (bounds.low, bounds.high) == pytest.approx((0.3913, 0.7792), abs=1e-4)

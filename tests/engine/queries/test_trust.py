"""Other estimators, hidden causes and refuters beside the model's number."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data.design import Design, SetWhere
from engine.data.rows import designed
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.interventions import Set, Shift
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import TrustAnswer, Unanswerable
from engine.queries.binding import bind
from engine.queries.evaluation import evaluate
from engine.queries.language import parse
from engine.queries.model import Model
from engine.queries.questions import Question, Rung, Trust
from engine.queries.trust import beside
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from engine.simulate.examples import example

A, B = Set("treatment", 0.0), Set("treatment", 1.0)
STONES = Question(Rung.DO, "recovered", 1, action=(A,), contrast=(B,))


@pytest.fixture(scope="module")
def stones() -> Model:
    drawn = example("kidney-stones")
    return fit(drawn, Shelf(), needed(Model(drawn), STONES))


def told(model: Model, question: Question) -> list[TrustAnswer | Unanswerable]:
    steps = [step for step in answer(model, Trust(question)) if step is not None]
    assert steps[-1][1]
    return [s for s, _ in steps if isinstance(s, TrustAnswer | Unanswerable)]


def test_every_estimator_standardises_the_kidney_stones(stones: Model) -> None:
    """357/700 (81/87 - 234/270) + 343/700 (192/263 - 55/80) = .0537 (Charig 1986)."""
    first, *_, last = told(stones, STONES)
    assert isinstance(first, TrustAnswer)
    assert isinstance(last, TrustAnswer)
    small, large = 357 / 700, 343 / 700
    effect = small * (81 / 87 - 234 / 270) + large * (192 / 263 - 55 / 80)
    assert first.refuted == ()
    assert [one.refuter for one in last.refuted] == [
        "placebo treatment",
        "dummy outcome",
        "random common cause",
        "subset of the rows",
    ]
    assert (last.adjusting, last.rows) == (("size",), 700)
    assert last.difference == pytest.approx(effect, abs=0.001)
    assert len(last.beside) == 3
    for other in last.beside[:2]:  # saturated in one binary variable: exactly standardisation
        assert other.value == pytest.approx(effect, abs=1e-3)
    assert last.beside[2].value == pytest.approx(effect, abs=0.01)
    assert last.agreement.startswith("4 estimators agree")
    assert last.hidden is not None
    ratio = (small * 81 / 87 + large * 192 / 263) / (small * 234 / 270 + large * 55 / 80)
    assert last.hidden.e_value == pytest.approx(ratio + (ratio * (ratio - 1)) ** 0.5, abs=0.01)
    assert last.hidden.e_value_of_interval == 1.0


def test_compared_with_what_was_seen_the_other_category_is_the_other_side(stones: Model) -> None:
    found = told(stones, replace(STONES, contrast=None))[-1]
    assert isinstance(found, TrustAnswer)
    assert (found.action, found.contrast) == (A, B)
    assert found.difference == pytest.approx(0.0531, abs=0.002)


def test_the_command_line_has_them_as_alternatives(stones: Model) -> None:
    text = "P(recovered=yes | do(treatment=A)) - P(recovered=yes | do(treatment=B))"
    found = evaluate(stones, bind(parse(text), stones.variables), text)
    others = found["alternatives"]
    assert isinstance(others, list)
    assert [other["method"] for other in others] == [
        "adjustment regression",
        "inverse probability weighting",
        "doubly robust (AIPW, cross-fitted)",
    ]
    assert others[0]["value"] == pytest.approx(found["value"], abs=0.002)
    alone = "P(recovered=yes | do(treatment=A))"
    assert evaluate(stones, bind(parse(alone), stones.variables), alone)["alternatives"] == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rung": Rung.SEE}, "Only the effect of setting"),
        ({"action": (A, Set("size", 0.0))}, "two values of one variable"),
        ({"contrast": (Set("size", 0.0),)}, "two values of one variable"),
        ({"contrast": (A,)}, "the same"),
    ],
)
def test_what_has_no_other_estimators_is_told(
    stones: Model, change: dict[str, object], words: str
) -> None:
    (found,) = told(stones, replace(STONES, **change))  # type: ignore[arg-type]
    assert isinstance(found, Unanswerable)
    assert words in found.reason


def test_without_an_adjustment_set_there_is_none() -> None:
    rng = np.random.default_rng(0)
    table = Table(
        tuple(Variable(name, Kind.CONTINUOUS) for name in "xmy"),
        {name: rng.normal(size=60) for name in "xmy"},
    )
    graph = graph_of(edges=[("x", "m"), ("m", "y")], bidirected=[("x", "y")])
    model = Model(Project(graph=graph, table=table))
    asked = Question(Rung.DO, "y", action=(Set("x", 1.0),), contrast=(Set("x", 0.0),))
    (found,) = told(model, asked)
    assert isinstance(found, Unanswerable)
    assert "No set of variables adjusts" in found.reason
    (shifted,) = told(model, replace(asked, action=(Shift("x", 1.0),)))
    assert isinstance(shifted, Unanswerable)


@pytest.mark.parametrize(("column", "truth"), [("m", 2.0), ("z", 1.0)])
def test_rows_in_which_a_cause_of_the_outcome_was_set_are_left_out(
    column: str, truth: float
) -> None:
    """x → m → y with m set in half of the rows; and an effect that grows with a z set high."""
    rng = np.random.default_rng(3)
    rows = 4000
    z, e, f, g = rng.normal(size=(4, rows))
    lot = (np.arange(rows) % 2).astype(float)
    x = (z + e > 0).astype(float)
    if column == "z":
        z = np.where(lot == 1, 5.0 + g, z)
        x = (rng.random(rows) < 1 / (1 + np.exp(-np.clip(z, -2, 2)))).astype(float)
    m = np.where((lot == 1) & (column == "m"), rng.normal(size=rows), 2 * x + f)
    y = m + z + g if column == "m" else x * (1 + z) + z + f
    columns = {"z": z, "x": x, "y": y, "lot": lot, **({"m": m} if column == "m" else {})}
    binary = Variable("x", Kind.BINARY, categories=("no", "yes"))
    kinds = tuple(binary if n == "x" else Variable(n, Kind.CONTINUOUS) for n in columns)
    design = Design(experiments=(SetWhere(column, "lot", (1.0,)),))
    edges = [("z", "x"), ("z", "y"), *([("x", "m"), ("m", "y")] if column == "m" else [("x", "y")])]
    drawn = Project(graph=graph_of(edges=edges), table=designed(Table(kinds, columns), design))
    asked = Question(Rung.DO, "y", action=(Set("x", 1.0),), contrast=(Set("x", 0.0),))
    others = beside(Model(drawn), asked)
    assert len(others) == 3
    for other in others:
        assert other.value == pytest.approx(truth, abs=0.25)

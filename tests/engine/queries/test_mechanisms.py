"""Lights, environments and reach through the questions that the window asks; known laws."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph, graph_of
from engine.interventions import Set
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import DoAnswer, DoseAnswer, Unanswerable
from engine.queries.lights import (
    Environments,
    EnvironmentsAnswer,
    Mechanisms,
    MechanismsAnswer,
    ReachAnswer,
)
from engine.queries.model import Model
from engine.queries.questions import Ask, DoseResponse, Question, Reach, Rung
from engine.scm.fitting import FitTask, fit_all
from engine.simulate.moved import CHANGED, STAYED, dose_effect, hospital_columns
from tests.oracles import QUICK, category, table

GRAPH = graph_of(
    ("age", "dose", "pressure", "recovery"),
    [("age", "dose"), ("age", "recovery"), ("dose", "recovery"), ("dose", "pressure")],
)


def model(
    graph: CausalGraph, columns: Mapping[str, np.ndarray], *kinds: Variable, family: str = "linear"
) -> Model:
    data = table(dict(columns), *kinds)
    bare = Model(Project(graph=graph, table=data, seed=1))
    law = [FitTask(one, family if one.given else "linear") for one in bare.law]
    fits = {one.conditional: one for one in fit_all(law, data, 1, QUICK).values()}
    return replace(bare, fits=fits)


@cache
def hospitals() -> Model:
    return model(GRAPH, hospital_columns(300, 4), category("hospital", 2))


def last(of: Model, asked: Ask) -> object:
    told = [step for step in answer(of, asked) if step is not None]
    assert told[-1][1]
    return told[-1][0]


def test_what_changed_between_hospitals_and_what_stayed() -> None:
    """Age and what sets the dose moved, pressure and recovery did not, by construction."""
    found = last(hospitals(), Environments("hospital"))
    assert isinstance(found, EnvironmentsAnswer)
    assert found.whole
    assert found.changed == CHANGED
    assert found.stayed == STAYED
    assert dict(found.environments) == {"a": 300, "b": 300}
    by_node = {one.node: one for one in found.verdicts}
    assert (by_node["dose"].way, by_node["dose"].cause) == ("reaction", "age")
    assert by_node["age"].rooted
    assert by_node["age"].way == "level"
    assert 0.1 < (by_node["recovery"].detectable or 0) < 0.6


def test_a_drawn_environment_is_not_tested_against_itself() -> None:
    columns = hospital_columns(100, 5)
    kept = {name: columns[name] for name in ("hospital", "age")}
    of = model(graph_of(("hospital", "age"), [("hospital", "age")]), kept, category("hospital", 2))
    found = last(of, Environments("hospital"))
    assert isinstance(found, EnvironmentsAnswer)
    (one,) = found.verdicts
    assert one.p is None
    assert "one of its causes" in one.why


@pytest.mark.parametrize("column", ["age", "nothing"])
def test_a_column_that_names_no_environments_is_refused(column: str) -> None:
    found = last(hospitals(), Environments(column))
    assert isinstance(found, Unanswerable)


def test_lights_of_right_arrows_and_of_a_wrong_one() -> None:
    """y = x³ + noise: backward what is left over goes with the cause, forward it does not."""
    rng = np.random.default_rng(6)
    x = rng.uniform(-1, 1, 400)
    y = x**3 + x + 0.25 * rng.normal(size=400)
    for graph, wrong in (
        (graph_of(("x", "y"), [("x", "y")]), False),
        (graph_of(("x", "y"), [("y", "x")]), True),
    ):
        found = last(model(graph, {"x": x, "y": y}), Mechanisms())
        assert isinstance(found, MechanismsAnswer)
        assert found.whole
        (light,) = found.lights
        assert light.leftover is not None
        assert light.leftover.additive
        assert (light.leftover.p <= 0.01) is wrong
        assert light.slope is None
        assert "noise makes" in light.why


def test_it_waits_until_all_is_learnt() -> None:
    bare = replace(hospitals(), fits={})
    assert isinstance(last(bare, Mechanisms()), Unanswerable)
    assert needed(bare, Mechanisms()) == bare.law


def test_a_dose_that_nobody_was_given_is_far() -> None:
    of = hospitals()
    asked = Question(Rung.DO, "recovery", action=(Set("dose", 5.0),), contrast=(Set("dose", 2.0),))
    far = last(of, Reach(asked))
    assert isinstance(far, ReachAnswer)
    (place,) = far.nearby
    assert place.node == "recovery"
    assert far.beyond > 0.99
    assert place.times > 5
    assert place.quantile == 1.0
    near = last(of, Reach(replace(asked, action=(Set("dose", 1.7),))))
    assert isinstance(near, ReachAnswer)
    assert near.beyond < 0.1
    own = last(of, asked)
    assert isinstance(own, DoAnswer)
    assert own.support is not None
    assert own.support.extrapolated > 0.99


def test_seeing_has_no_reach() -> None:
    found = last(hospitals(), Reach(Question(Rung.SEE, "recovery")))
    assert isinstance(found, Unanswerable)


def test_the_curve_fades_towards_what_is_only_jointly_far() -> None:
    """x and w go together: do(x = 1.5) leaves w, and no row has such a pair, though x is usual."""
    rng = np.random.default_rng(7)
    w = rng.normal(size=500)
    x = w + 0.15 * rng.normal(size=500)
    y = x * w + 0.1 * rng.normal(size=500)
    of = model(
        graph_of(("w", "x", "y"), [("w", "x"), ("w", "y"), ("x", "y")]), {"w": w, "x": x, "y": y}
    )
    curve = last(of, DoseResponse("y", "x"))
    assert isinstance(curve, DoseAnswer)
    assert curve.extrapolated is not None
    middle = len(curve.x) // 2
    assert 0.5 < curve.extrapolated[middle] < 0.95  # few w are near 0
    alone = model(graph_of(("x", "y"), [("x", "y")]), {"x": x, "y": y})
    free = last(alone, DoseResponse("y", "x"))
    assert isinstance(free, DoseAnswer)
    assert free.extrapolated is not None
    assert free.extrapolated[middle] < 0.05
    assert free.extrapolated[0] > 0.5


def test_the_true_effect_of_the_example_by_counting() -> None:
    """Means of the same people under both doses, 400 000 of them."""
    means = [hospital_columns(200_000, 1, {"dose": dose})["recovery"].mean() for dose in (5.0, 2.0)]
    assert means[0] - means[1] == pytest.approx(dose_effect(5.0, 2.0), abs=1e-9)
    assert dose_effect(5.0, 2.0) == pytest.approx(-0.9, abs=0.01)


def test_a_vector_gets_the_trace_light() -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(300, 2)) * np.array([3.0, 0.5])
    y = x @ np.array([[1.0, 0.4], [-0.3, 0.8]]) + 0.1 * rng.normal(size=(300, 2))
    columns = {"a": x[:, 0], "b": x[:, 1], "c": y[:, 0], "d": y[:, 1]}
    from engine.graph.vectors import vectors_of

    bare = Model(
        Project(
            graph=graph_of(("v", "w"), [("v", "w")]),
            table=table(columns),
            vectors=vectors_of({"v": ("a", "b"), "w": ("c", "d")}),
        )
    )
    tasks = [FitTask(one, "linear") for one in bare.law]
    assert bare.project.table is not None
    fits = {f.conditional: f for f in fit_all(tasks, bare.project.table, 0, QUICK).values()}
    found = last(replace(bare, fits=fits), Mechanisms())
    assert isinstance(found, MechanismsAnswer)
    (light,) = found.lights
    assert (light.node, light.causes) == ("w", ("v",))
    assert light.trace is not None
    assert (light.trace.inputs, light.trace.outputs) == (2, 2)
    assert 0 < light.trace.p <= 1


def test_kinds_without_lights_say_so() -> None:
    columns = hospital_columns(60, 6)
    kept = {"age": columns["age"], "hospital": columns["hospital"]}
    graph = graph_of(("age", "hospital"), [("age", "hospital")])
    of = model(graph, kept, category("hospital", 2), family="logistic")
    found = last(of, Mechanisms())
    assert isinstance(found, MechanismsAnswer)
    assert found.lights[0].leftover is None
    assert found.lights[0].why == "hospital has categories"
    assert Kind.BINARY is of.variable("hospital").kind

"""Rows of the model against the table's own: a right model is near, a wrong one far and named."""

from dataclasses import replace

import numpy as np
import pytest

from engine.graph.graph import CausalGraph, graph_of
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import LikenessAnswer, Stage, Unanswerable
from engine.queries.model import Model
from engine.queries.questions import Likeness
from engine.scm.fitting import FitTask, fit_all
from tests.oracles import QUICK, category, table

CHAIN = graph_of(("x", "y", "c"), [("x", "y"), ("y", "c")])


def model(graph: CausalGraph = CHAIN, rows: int = 300, *, gaps: int = 0) -> Model:
    rng = np.random.default_rng(8)
    x = rng.normal(10, 3, rows)
    y = 2 * x + rng.normal(size=rows)
    c = (rng.uniform(size=rows) < 1 / (1 + np.exp(20 - y))).astype(float)
    y[:gaps] = np.nan
    data = table({"x": x, "y": y, "c": c}, category("c", 2))
    bare = Model(Project(graph=graph, table=data, seed=1))
    families = {"x": "linear", "y": "linear", "c": "logistic"}
    tasks = [FitTask(law, families[law.target]) for law in bare.law]
    fits = {one.conditional: one for one in fit_all(tasks, data, 1, QUICK).values()}
    return replace(bare, fits=fits)


def asked(of: Model) -> LikenessAnswer:
    *slices, last = answer(of, Likeness())
    assert set(slices) == {None}
    assert last is not None
    assert isinstance(last[0], LikenessAnswer)
    assert last[1]
    return last[0]


def test_rows_of_a_right_model_are_as_near_as_halves() -> None:
    found = asked(model())
    assert found.rows == 300
    assert found.stage is Stage.FITTED
    assert not found.differs
    assert found.whole.ratio == pytest.approx(1.0, abs=0.4)
    assert set(found.variables) == {"x", "y", "c"}
    assert found == asked(model())


def test_a_graph_without_the_arrow_makes_rows_that_differ() -> None:
    found = asked(model(graph_of(("x", "y", "c"), [("y", "c")])))
    assert found.differs
    assert found.pair == ("x", "y")
    assert found.correlation is not None
    assert found.correlation.distance > 0.8  # 6 / √37 = .99 in truth, 0 drawn


def test_it_needs_the_whole_law_and_complete_rows() -> None:
    whole = model(gaps=290)
    assert needed(whole, Likeness()) == whole.law
    ((said, last),) = answer(whole, Likeness())  # type: ignore[misc]
    assert isinstance(said, Unanswerable)
    assert "10 complete rows" in said.reason
    assert last
    ((unfitted, _),) = answer(replace(whole, fits={}), Likeness())  # type: ignore[misc]
    assert isinstance(unfitted, Unanswerable)

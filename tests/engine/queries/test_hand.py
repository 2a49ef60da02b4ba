"""The sums behind a discrete answer: published counts by hand, and enumeration of random tables."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engine.data.design import Design
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.interventions import Set, Shift
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import DoAnswer, HandAnswer, Result, Unanswerable
from engine.queries.model import Model
from engine.queries.questions import Ask, ByHand, Question, Rung
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from engine.simulate.examples import example

A, B = Set("treatment", 0.0), Set("treatment", 1.0)


def last(model: Model, asked: Ask) -> Result:
    return [result for result, _ in answer(model, asked)][-1]


def by_hand(model: Model, question: Question) -> HandAnswer:
    found = last(model, ByHand(question))
    assert isinstance(found, HandAnswer)
    return found


def refused(model: Model, question: Question) -> str:
    found = last(model, ByHand(question))
    assert isinstance(found, Unanswerable)
    return found.reason


@pytest.fixture(scope="module")
def stones() -> Model:
    project = example("kidney-stones")
    return fit(project, Shelf(), list(needed(Model(project), project.question)))


def test_kidney_stones_by_hand(stones: Model) -> None:
    """Table 2 of Charig et al. 1986, standardised to all 700 stones."""
    found = by_hand(stones, stones.project.question)
    small, large = Fraction(357, 700), Fraction(343, 700)
    assert found.arms[1].counted == pytest.approx(
        float(small * Fraction(81, 87) + large * Fraction(192, 263))
    )
    assert found.arms[0].counted == pytest.approx(
        float(small * Fraction(234, 270) + large * Fraction(55, 80))
    )
    cells = [[(c.hits, c.rows) for c in s.cells] for s in found.strata]
    assert cells == [[(234, 270), (81, 87)], [(55, 80), (192, 263)]]
    assert [s.rows for s in found.strata] == [357, 343]
    assert (found.rows, found.left_out, found.seen) == (700, 0, (562, 700))
    assert found.smoothed


def test_the_rates_of_the_answer_add_up_to_it(stones: Model) -> None:
    for contrast in ((B,), None):
        question = replace(stones.project.question, contrast=contrast)
        found, told = by_hand(stones, question), last(stones, question)
        assert isinstance(told, DoAnswer)
        total = sum((s.weight or 0.0) * (s.cells[-1].rate or 0.0) for s in found.strata)
        assert total + found.arms[1].moved == pytest.approx(told.after_value, abs=1e-12)
        assert [arm.answered for arm in found.arms] == [told.before_value, told.after_value]


def random_table(seed: int) -> Project:
    """Two causes with 2 and 3 categories, a treatment and an outcome of random laws."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(60, 400))
    z = rng.integers(0, 2, rows)
    w = rng.integers(0, 3, rows)
    x = (rng.random(rows) < rng.uniform(0.2, 0.8, (2, 3))[z, w]).astype(float)
    y = (rng.random(rows) < rng.uniform(0.1, 0.9, (2, 2, 3))[x.astype(int), z, w]).astype(float)
    labels = {"z": ("a", "b"), "w": ("p", "q", "r"), "x": ("no", "yes"), "y": ("no", "yes")}
    variables = tuple(Variable(n, Kind.CATEGORICAL, categories=c) for n, c in labels.items())
    columns = {"z": z.astype(float), "w": w.astype(float), "x": x, "y": y}
    edges = [("z", "x"), ("w", "x"), ("z", "y"), ("w", "y"), ("x", "y")]
    question = Question(Rung.DO, "y", action=(Set("x", 1.0),), contrast=(Set("x", 0.0),))
    return Project(graph_of("zwxy", edges), table=Table(variables, columns), question=question)


@pytest.mark.parametrize("seed", range(4))
def test_random_tables_by_enumeration(seed: int) -> None:
    project = random_table(seed)
    table, question = project.table, project.question
    assert table is not None
    model = fit(project, Shelf(), list(needed(Model(project), question)))
    found, told = by_hand(model, question), last(model, question)
    assert isinstance(told, DoAnswer)
    assert set(found.adjusting) == {"z", "w"}
    for arm, x in zip(found.arms, (0.0, 1.0), strict=True):
        total, empty = 0.0, False
        for z in (0.0, 1.0):
            for w in (0.0, 1.0, 2.0):
                here = (table["z"] == z) & (table["w"] == w)
                treated = here & (table["x"] == x)
                empty |= bool(here.any() and not treated.any())
                total += here.mean() * table["y"][treated].mean() if treated.any() else 0.0
        assert arm.counted == (None if empty else pytest.approx(total))
    for place, value in ((0, told.before_value), (1, told.after_value)):
        total = sum((s.weight or 0.0) * (s.cells[place].rate or 0.0) for s in found.strata)
        assert total == pytest.approx(value, abs=1e-12)


def test_what_has_no_tables_of_counts_says_why(stones: Model) -> None:
    question = stones.project.question
    assert "Only the effect" in refused(stones, replace(question, rung=Rung.SEE))
    shifted = replace(question, action=(Shift("treatment", 1.0),), contrast=None)
    assert "categories" in refused(stones, shifted)
    same = replace(question, outcome="size", level=None)
    assert "nothing changes" in refused(stones, same)
    assert stones.project.table is not None
    filled = replace(stones.project.table, design=Design(impute=True))
    assert "not counted" in refused(Model(replace(stones.project, table=filled)), question)


def test_nothing_learnt_gives_no_sums() -> None:
    project = example("kidney-stones")
    assert "Press Fit" in refused(Model(project), project.question)

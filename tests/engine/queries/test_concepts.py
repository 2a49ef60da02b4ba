"""Concepts through the question that the window asks; units, sentences, pure functions."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine.data.table import Table
from engine.graph.graph import add_edge, graph_of
from engine.project import Project
from engine.queries import conceiving
from engine.queries.answering import answer
from engine.queries.answers import Unanswerable
from engine.queries.concepts import (
    Concepts,
    ConceptsAnswer,
    ConceptSet,
    Encoder,
    LearnConcepts,
    conditioned,
    effective,
    nearest,
    with_valuations,
)
from engine.queries.model import Model
from engine.runtime import messages as m
from engine.runtime.core import Core
from tests.oracles import category, table

SETS = (
    ConceptSet("warm", (("heat", 22.0),)),
    ConceptSet("damp", (("damp", 55.0),)),
    ConceptSet("both", (("heat", 18.0), ("damp", 45.0))),
)
COLUMNS = ("a", "b", "c")
FILTERED = Concepts(COLUMNS, SETS, restarts=3)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(conceiving, "STEPS", dict.fromkeys(Encoder, 150))
    conceiving._RUNS.clear()
    yield
    conceiving._RUNS.clear()


def rooms(rows: int = 2_500) -> Table:
    """Heat N(20, 2²) and damp N(50, 5²), correlated .3, mixed into three columns."""
    rng = np.random.default_rng(1)
    z = rng.multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], rows)
    x = z @ np.array([[1.0, 0.5, -0.3], [0.4, -1.0, 0.8]])
    labels = rng.integers(0, 2, rows).astype(float)
    heat, damp = 20 + 2 * z[:, 0], 50 + 5 * z[:, 1]
    columns = {"heat": heat, "damp": damp, "which": labels, **dict(zip(COLUMNS, x.T, strict=True))}
    return table(columns, category("which", 2))


def asked(data: Table, concepts: Concepts) -> list[tuple[object, bool]]:
    model = Model(Project(table=data, seed=2))
    return [step for step in answer(model, LearnConcepts(concepts)) if step is not None]


def learnt(data: Table, concepts: Concepts) -> ConceptsAnswer:
    found, last = asked(data, concepts)[-1]
    assert isinstance(found, ConceptsAnswer)
    assert last
    assert found.whole
    return found


def test_filters_give_valuations_in_the_columns_own_units() -> None:
    data = rooms()
    found = learnt(data, FILTERED)
    assert [axis.name for axis in found.axes] == ["heat", "damp"]
    for k, axis in enumerate(found.axes):
        assert axis.scaled
        assert axis.explained is not None
        assert axis.explained > 0.97
        slope, at_middle = np.polyfit(data[axis.name], found.valuations[:, k], 1)
        assert slope == pytest.approx(1.0, abs=0.15)
        middle = data[axis.name].mean()
        assert at_middle + slope * middle == pytest.approx(middle, abs=data[axis.name].std() / 3)
    assert found.notes == ()
    assert found.alike >= 2
    assert min(axis.least for axis in found.axes) > 0.95
    assert all(one.gain > 0.1 for one in found.sets)
    assert not found.valuations.flags.writeable


def test_answers_get_better_and_are_remembered() -> None:
    data = rooms()
    steps = asked(data, FILTERED)
    assert [found.done for found, _ in steps if isinstance(found, ConceptsAnswer)] == [100, 150]
    again = asked(data, FILTERED)
    assert len(again) == 1
    assert again[0][0] is steps[-1][0]


def test_gaps_and_constant_columns_are_told() -> None:
    data = rooms()
    gap = data["a"].copy()
    gap[:7] = np.nan
    odd = replace(data, columns={**data.columns, "a": gap, "c": np.full(data.rows, 3.0)})
    found = learnt(odd, FILTERED)
    assert np.isnan(found.valuations[:7]).all()
    assert np.isfinite(found.valuations[7:]).all()
    assert "7 rows have gaps and get no valuations." in found.notes
    assert "The same in all rows, so of no use: c." in found.notes


def test_sets_that_do_not_identify_are_learnt_with_a_warning() -> None:
    found = learnt(rooms(), replace(FILTERED, sets=SETS[:2]))
    assert any("both filtered, at other values" in note for note in found.notes)


@pytest.mark.parametrize(
    ("concepts", "words"),
    [(replace(FILTERED, sets=()), "Add a set in which one concept is filtered"),
     (replace(FILTERED, columns=()), "Choose the columns"),
     (replace(FILTERED, columns=("a",)), "fewer than the 2 concepts"),
     (replace(FILTERED, columns=("a", "gone")), "no column gone"),
     (replace(FILTERED, columns=("a", "which")), "which has no numbers"),
     (replace(FILTERED, labels="heat", base="a"), "heat has no categories"),
     (replace(FILTERED, sets=(*SETS, ConceptSet("far", (("heat", 60.0),)))), "far is worth 0"),
     (replace(FILTERED, labels="which", base="a"), "warm is worth 0"),
     (replace(FILTERED, labels="which", base="z"), "base set has 0")],
)  # fmt: skip
def test_what_cannot_be_learnt_is_said_in_a_sentence(concepts: Concepts, words: str) -> None:
    ((found, last),) = asked(rooms(300), concepts)
    assert isinstance(found, Unanswerable)
    assert last
    assert words in str(found)


def test_an_arrow_drawn_meanwhile_does_not_begin_learning_afresh() -> None:
    said: list[m.Event] = []
    core = Core(said.append)
    project = Project(graph=graph_of(("heat", "damp"), []), table=rooms(800), seed=2)
    core.receive(m.SetProject(1, project))
    core.receive(m.Ask("concepts", 1, LearnConcepts(FILTERED)))
    while not any(isinstance(one, m.Answer) for one in said):
        core.work()
    drawn = replace(project, graph=add_edge(project.graph, "heat", "damp"))
    core.receive(m.SetProject(2, drawn))
    while core.busy:
        core.work()
    told = [one for one in said if isinstance(one, m.Answer)]
    done = [one.result.done for one in told if isinstance(one.result, ConceptsAnswer)]
    assert done == [100, 100, 150]
    assert told[-1].final
    assert not [one for one in said if isinstance(one, m.Crashed)]


def test_valuations_become_columns_under_free_names() -> None:
    data = rooms(800)
    found = learnt(data, FILTERED)
    more = with_valuations(data, found)
    assert more.names == (*data.names, "heat (concept)", "damp (concept)")
    assert np.array_equal(more["damp (concept)"], found.valuations[:, 1])
    assert more.notes[-1].startswith("heat (concept), damp (concept): learnt as concepts")
    twice = with_valuations(more, found, ("heat", "mine"))
    assert twice.names[-2:] == ("heat (concept 2)", "mine")
    assert data.names == rooms(10).names


def test_conditioning_is_the_soft_filter() -> None:
    """Of a standard normal, q of width 1 round 2 leaves N(1, ½): a product of Gaussians."""
    v = np.random.default_rng(3).standard_normal((100_000, 1))
    v[0] = np.nan
    weights = conditioned(v, 0, 2.0, 1.0)
    assert weights.sum() == pytest.approx(1.0)
    assert weights[0] == 0
    mean = float(weights[1:] @ v[1:, 0])
    assert mean == pytest.approx(1.0, abs=0.02)
    assert float(weights[1:] @ (v[1:, 0] - mean) ** 2) == pytest.approx(0.5, abs=0.02)
    far = conditioned(v, 0, 1e6, 1e-3)
    assert effective(far) == pytest.approx(1.0)
    assert far.argmax() == np.nanargmax(v)
    assert effective(np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 6)


def test_nearest_rows_come_nearest_first() -> None:
    v = np.array([[5.0], [np.nan], [1.0], [2.5], [2.0]])
    assert nearest(v, 0, 2.1, 3).tolist() == [4, 3, 2]
    assert nearest(v, 0, 2.1, 9).tolist() == [4, 3, 2, 0]

"""What is seen and done where rows have weights, belong together, or stem from experiments."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from engine.data.design import Design, SetWhere
from engine.data.rows import designed
from engine.data.table import Table
from engine.graph.graph import CausalGraph, graph_of
from engine.interventions import OneOf, Range, Set
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import CardsAnswer, DoAnswer, ImagineAnswer, SeeAnswer
from engine.queries.model import Model
from engine.queries.questions import Ask, Cards, Question, Rung
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from tests.oracles import category, table


def ask(graph: CausalGraph, data: Table, asked: Ask, families: Mapping[str, str]) -> object:
    project = Project(graph=graph, table=data, families=dict(families))
    model = fit(project, Shelf(), needed(Model(project), asked))
    return [result for result, _ in answer(model, asked)][-1]


XY = graph_of(("x", "y"), [("x", "y")])
LINES = {"x": "linear", "y": "linear"}
DONE = Question(Rung.DO, "y", action=(Set("x", 5.0),))


def pooled() -> Table:
    """y = 2x + e; x ~ N(0, 1) in 400 rows, and 4 … 6, set, in 400 others."""
    rng = np.random.default_rng(4)
    by = np.repeat([0.0, 1.0], 400)
    x = np.where(by > 0, rng.uniform(4, 6, 800), rng.normal(size=800))
    data = table({"x": x, "y": 2 * x + rng.normal(size=800), "by": by})
    return designed(data, Design(experiments=(SetWhere("x", "by", (1.0,)),)))


def test_what_was_seen_is_what_came_about_by_itself() -> None:
    """E[y] seen is 0 and E[y | do(x = 5)] is 10: rows in which x was set are not seen ones."""
    done = ask(XY, pooled(), DONE, LINES)
    assert isinstance(done, DoAnswer)
    own = pooled()["y"][:400]
    assert done.before_value == pytest.approx(own.mean())
    assert done.after_value == pytest.approx(10, abs=0.25)
    assert done.before is not None
    assert done.before.mean == pytest.approx(own.mean())
    assert done.support is not None
    assert done.support.share == 1.0  # the experimenter set such values
    unknown = ask(XY, replace(pooled(), design=Design()), DONE, LINES)
    assert isinstance(unknown, DoAnswer)
    assert unknown.before_value == pytest.approx(5, abs=0.3)


def test_values_nobody_set_are_extrapolated() -> None:
    far = ask(XY, pooled(), replace(DONE, action=(Set("x", 9.0),)), LINES)
    assert isinstance(far, DoAnswer)
    assert far.support is not None
    assert far.support.share == 0.0


def test_rows_are_seen_where_outcome_and_condition_came_about_by_themselves() -> None:
    data = pooled()
    evidence = (Range("x", 0.0, 10.0),)
    seen = ask(XY, data, Question(Rung.SEE, "y", evidence=evidence), LINES)
    assert isinstance(seen, SeeAnswer)
    own = data["x"][:400]
    assert (seen.matching, seen.rows) == ((own >= 0).sum(), 400)
    assert seen.data_value == pytest.approx(data["y"][:400][own >= 0].mean())
    assert seen.warnings == ("Left out: 400 rows in which an experimenter set x.",)
    marginal = ask(XY, data, Question(Rung.SEE, "x"), LINES)
    assert isinstance(marginal, SeeAnswer)
    assert marginal.before_value == pytest.approx(own.mean())


def test_cards_show_what_came_about_by_itself() -> None:
    data = pooled()
    cards = ask(XY, data, Cards(Question()), LINES)
    assert isinstance(cards, CardsAnswer)
    assert cards.seen["y"].mean == pytest.approx(data["y"][:400].mean())
    assert cards.seen["by"].y.sum() > 0


def test_seen_means_and_shares_are_weighted() -> None:
    rng = np.random.default_rng(8)
    y, c, w = rng.normal(size=300), rng.integers(0, 2, 300), rng.exponential(size=300)
    data = table({"y": y, "c": c, "w": w}, category("c", 2))
    data = designed(data, Design(weights="w"))
    graph = graph_of(("c", "y"), [("c", "y")])
    evidence = (OneOf("c", (1,)),)
    seen = ask(graph, data, Question(Rung.SEE, "y", evidence=evidence), {"y": "linear"})
    assert isinstance(seen, SeeAnswer)
    ones = c == 1
    mean = np.average(y[ones], weights=w[ones])
    assert seen.before_value == pytest.approx(np.average(y, weights=w))
    assert seen.data_value == pytest.approx(mean)
    assert seen.data is not None
    assert seen.data.sd == pytest.approx(
        np.sqrt(np.average((y[ones] - mean) ** 2, weights=w[ones]))
    )
    share = ask(graph, data, Question(Rung.SEE, "c", 1), {"y": "linear"})
    assert isinstance(share, SeeAnswer)
    assert share.before_value == pytest.approx(np.average(ones, weights=w))
    assert share.before.y[1] == pytest.approx(share.before_value)


def test_rows_of_a_cluster_say_less() -> None:
    """Four copies of each row, as clusters: the standard error stays that of the single rows."""
    rng = np.random.default_rng(8)
    y = rng.normal(size=100)
    data = table({"y": np.repeat(y, 4), "id": np.repeat(np.arange(100.0), 4)})
    data = designed(data, Design(cluster="id"))
    seen = ask(graph_of(("y",)), data, Question(Rung.SEE, "y"), {"y": "linear"})
    assert isinstance(seen, SeeAnswer)
    assert seen.error == pytest.approx(y.std(ddof=1) / 10)


def confounded(rows: int = 4000) -> Table:
    """z ↔ x, z → y, x → y: P(y | x, z) = .2 + .3x + .4z; weights three times as large at z = 1."""
    rng = np.random.default_rng(6)
    z = (rng.random(rows) < 0.5).astype(float)
    x = (rng.random(rows) < 0.2 + 0.6 * z).astype(float)
    y = (rng.random(rows) < 0.2 + 0.3 * x + 0.4 * z * x).astype(float)
    columns = {"z": z, "x": x, "y": y, "w": 1 + 2 * z, "g": np.repeat(np.arange(rows / 8), 8)}
    return table(columns, *(category(name, 2) for name in "zxy"))


ADJUSTED = graph_of(("z", "x", "y"), [("z", "y"), ("x", "y")], [("x", "z")])
SWITCHED = Question(Rung.DO, "y", 1, action=(Set("x", 1.0),), contrast=(Set("x", 0.0),))


def test_adjustment_averages_over_weighted_rows() -> None:
    """Effect .3 + .4 P(z = 1); P(z = 1) is 1/2 as counted and 3/4 as weighted."""
    for design, share in ((Design(), 0.5), (Design(weights="w"), 0.75)):
        done = ask(ADJUSTED, designed(confounded(), design), SWITCHED, {})
        assert isinstance(done, DoAnswer)
        assert done.footing.method == "back-door adjustment"
        assert done.difference == pytest.approx(0.3 + 0.4 * share, abs=0.04)
        assert done.interval is not None


def test_few_clusters_leave_few_degrees_of_freedom() -> None:
    data = table({"y": np.arange(12.0), "g": np.repeat([0.0, 1.0, 2.0], 4)})
    project = Project(graph=graph_of(("y",)), table=designed(data, Design(cluster="g")))
    assert Model(project).degrees(24) == 2
    assert Model(replace(project, table=data)).degrees(24) == 23


def test_clusters_of_copies_do_not_narrow_an_adjusted_interval() -> None:
    """Eight copies of 500 rows: as sure as 500 rows, far less sure than 4 000."""
    few = confounded(500)
    columns = {name: np.repeat(few[name], 8) for name in few.names} | {"g": np.arange(4000.0) // 8}
    many = Table(few.variables, columns)
    halves = []
    for data in (few, designed(many, Design(cluster="g")), many):
        done = ask(ADJUSTED, data, SWITCHED, {})
        assert isinstance(done, DoAnswer)
        assert done.interval is not None
        halves.append((done.interval[1] - done.interval[0]) / 2)
    assert halves[1] == pytest.approx(halves[0], rel=0.4)
    assert halves[2] < 0.6 * halves[1]


def test_a_hidden_cause_is_not_seen_in_rows_in_which_it_was_cut() -> None:
    """x ↔ y: what x tells of y where nobody set x; with x set at random it tells nothing."""
    rng = np.random.default_rng(3)
    u, by = rng.normal(size=600), np.repeat([0.0, 1.0], 300)
    x = np.where(by > 0, rng.normal(size=600), u + 0.3 * rng.normal(size=600))
    data = table({"x": x, "y": u + 0.3 * rng.normal(size=600), "by": by})
    data = designed(data, Design(experiments=(SetWhere("x", "by", (1.0,)),)))
    graph = graph_of(("x", "y"), [], [("x", "y")])
    evidence = (Range("x", 1.0, 1.0),)
    seen = ask(graph, data, Question(Rung.SEE, "y", evidence=evidence), LINES)
    assert isinstance(seen, SeeAnswer)
    slope = np.polyfit(x[:300], data["y"][:300], 1)
    assert seen.model_value == pytest.approx(np.polyval(slope, 1.0), abs=0.05)


def test_what_an_experimenter_had_set_stays_in_an_imagined_row() -> None:
    """x → m → y, x → y: had x been otherwise, m moves, but not where it was set."""
    rng = np.random.default_rng(9)
    by, x = np.repeat([0.0, 1.0], 100), rng.normal(size=200)
    m = np.where(by > 0, 1.0, 2 * x) + 0.01 * rng.normal(size=200)
    data = table({"x": x, "m": m, "y": 3 * m + x, "by": by})
    data = designed(data, Design(experiments=(SetWhere("m", "by", (1.0,)),)))
    graph = graph_of(("x", "m", "y"), [("x", "m"), ("m", "y"), ("x", "y")])
    for row, moved in ((0, 7.0), (150, 1.0)):  # by way of m and directly, or directly alone
        action = (Set("x", float(x[row]) + 1),)
        question = Question(Rung.IMAGINE, "y", action=action, row=row)
        found = ask(graph, data, question, dict.fromkeys("xmy", "linear"))
        assert isinstance(found, ImagineAnswer)
        assert found.units["y"].imagined == pytest.approx(data["y"][row] + moved, abs=0.05)
        assert (found.units["m"].status, len(found.warnings)) == (
            ("changed", 0) if row == 0 else ("unchanged", 1)
        )

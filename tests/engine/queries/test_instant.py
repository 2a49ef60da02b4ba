"""The instant answer: what is held by whose word, numbers by hand, and one sentence where none."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.project import Project
from engine.queries.answering import answer
from engine.queries.answers import Unanswerable
from engine.queries.balanced import Basis, Estimand, Instant, InstantAnswer
from engine.queries.model import Model
from engine.simulate.examples import example

STONES = example("kidney-stones")
ASKED = Instant("treatment", "recovered", 0.0, 1.0)  # A compared with B
BY_HAND = (357 * (81 / 87 - 234 / 270) + 343 * (192 / 263 - 55 / 80)) / 700


def found(project: Project, asked: Instant) -> InstantAnswer:
    told = last(project, asked)
    assert isinstance(told, InstantAnswer), told
    return told


def last(project: Project, asked: Instant) -> object:
    steps = [step for step in answer(Model(project), asked) if step is not None]
    assert [done for _, done in steps] == [False] * (len(steps) - 1) + [True]
    return steps[-1][0]


def why(table: Table, asked: Instant) -> str:
    told = last(Project(table=table), asked)
    assert isinstance(told, Unanswerable), told
    return told.reason


def made(n: int = 200, seed: int = 0, **columns: np.ndarray) -> Table:
    """x → t, x → y, t → y (effect 1), with other columns in their place."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    t = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(float)
    drawn = {"x": x, "t": t, "y": x + t + 0.5 * rng.normal(size=n), **columns}
    variables = tuple(Variable(name, Kind.CONTINUOUS) for name in drawn)
    return Table(variables, {name: np.asarray(c, dtype=float) for name, c in drawn.items()})


BY_X = Instant("t", "y", 1.0, 0.0, fixed=("x",))


def test_the_stones_by_hand_before_anything_is_fitted() -> None:
    told = found(STONES, ASKED)
    assert (told.basis, told.held, told.rows) == (Basis.GRAPH, ("size",), 700)
    assert told.value == pytest.approx(BY_HAND, abs=0.002)
    (moved,) = told.moved
    assert moved.name == "size = large"
    p, q = 263 / 350, 80 / 350
    sd = np.sqrt((p * (1 - p) + q * (1 - q)) / 2)
    assert moved.before == pytest.approx((p - q) / sd)
    assert abs(moved.after) < 0.05
    assert told.beside[0].value == pytest.approx(273 / 350 - 289 / 350)
    assert len(told.beside) == 3
    assert told.effective[0] < told.counts[0] == 350


def test_a_first_look_comes_at_once_and_the_best_weights_soon_after() -> None:
    """y bends in x and so does the chance of t; the truth is 1."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=400)
    t = (rng.random(400) < 1 / (1 + np.exp(-(x**2 - 1)))).astype(float)
    table = made(400, x=x, t=t, y=np.abs(x) + t + 0.3 * rng.normal(size=400))
    steps = [s[0] for s in answer(Model(Project(table=table)), BY_X) if s is not None]
    first, second = (one for one in steps[:2] if isinstance(one, InstantAnswer))
    assert (first.first, second.first) == (True, False)
    assert first.pass_gap is not None
    assert 0 <= first.pass_gap < 0.01
    assert second.pass_gap is None
    assert abs(second.value - 1) < 0.15
    last = steps[-1]
    assert isinstance(last, InstantAnswer)
    assert last.value == second.value
    assert last.beside[0].value - 1 > 0.3  # nothing held


def test_means_are_alike_first_where_the_network_is_not_asked() -> None:
    asked = replace(BY_X, penalty=100.0)
    steps = [s[0] for s in answer(Model(Project(table=made())), asked) if s is not None]
    first = steps[0]
    assert isinstance(first, InstantAnswer)
    assert (first.first, first.pass_gap, first.unasked) == (True, None, None)
    told = found(Project(table=made()), replace(asked, one_pass=True))
    assert told.unasked is not None
    assert told.pass_gap is None


def test_one_pass_ends_with_the_networks_weights() -> None:
    told = found(Project(table=made()), replace(BY_X, one_pass=True))
    best = found(Project(table=made()), BY_X)
    assert told.pass_gap is not None
    assert (told.first, best.pass_gap) == (False, None)
    assert told.value == pytest.approx(best.value, abs=0.02)


def test_estimands_differ_as_their_strata_do() -> None:
    """Of the treated: strata by 87 and 263 treated rows."""
    treated = (87 * (81 / 87 - 234 / 270) + 263 * (192 / 263 - 55 / 80)) / 350
    told = found(STONES, replace(ASKED, estimand=Estimand.ATT))
    assert told.value == pytest.approx(treated, abs=0.002)
    assert told.effective[0] == pytest.approx(350)


def test_the_graph_decides_else_the_ticks_else_it_is_no_effect() -> None:
    bare = Project(table=STONES.table)
    told = found(bare, ASKED)
    assert (told.basis, told.held, told.basis.causal) == (Basis.NOTHING, (), False)
    assert told.value == pytest.approx(273 / 350 - 289 / 350)
    ticked = found(bare, replace(ASKED, fixed=("size",)))
    assert (ticked.basis, ticked.basis.causal) == (Basis.TICKED, True)
    assert ticked.value == pytest.approx(BY_HAND, abs=0.002)
    nodes = ("treatment", "recovered")
    for graph in (
        graph_of(nodes, [nodes], [nodes]),
        graph_of(nodes, [("recovered", "treatment")]),
    ):
        hidden = found(replace(bare, graph=graph), replace(ASKED, fixed=("size",)))
        assert (hidden.basis, hidden.basis.causal) == (Basis.OPEN, False)
    unjoined = replace(bare, graph=graph_of(nodes, []))
    assert found(unjoined, ASKED).basis is Basis.NOTHING  # nodes without arrows say nothing


def test_two_values_of_a_number_are_two_groups() -> None:
    """Of three doses 0 and 1 are compared; rows at 2 (effect 100) count nowhere."""
    rng = np.random.default_rng(1)
    x, t = rng.normal(size=300), np.repeat([0.0, 1.0, 2.0], 100)
    y = x + t + 99 * (t == 2) + 0.1 * rng.normal(size=300)
    told = found(Project(table=made(300, x=x, t=t, y=y)), BY_X)
    assert told.rows == 200
    assert told.value == pytest.approx(1.0, abs=0.1)


def test_incomplete_rows_are_left_out_and_told() -> None:
    table = made()
    x = table["x"].copy()
    x[:20] = np.nan
    told = found(Project(table=made(x=x, t=table["t"], y=table["y"])), BY_X)
    assert (told.rows, told.offered) == (180, 200)


def test_little_overlap_is_thin() -> None:
    """Twelve rows are worth twelve at most; split at 0, no weights make the groups alike."""
    few = found(Project(table=made(t=np.repeat([1.0, 0.0], [188, 12]))), BY_X)
    assert few.effective[1] <= 12
    assert few.thin
    x = np.linspace(-3, 3, 200)
    t = (x > 0).astype(float)
    t[98:103] = 1 - t[98:103]
    apart = found(Project(table=made(x=x, t=t, y=x + t)), BY_X)
    assert apart.unlike is not None
    assert apart.unlike.name == "x"
    plain = found(Project(table=made()), BY_X)
    assert not plain.thin
    assert plain.unlike is None


def test_many_rows_have_landmarks() -> None:
    """A line is told by few pivots, but for rounding; twelve columns are not."""
    rng = np.random.default_rng(0)
    more = {f"c{i}": rng.normal(size=2100) for i in range(12)}
    wide = Project(table=made(2100, **more))
    by_all = Instant("t", "y", 1.0, 0.0, estimand=Estimand.ATT, fixed=("x", *more))
    told = found(wide, by_all)
    assert told.landmarks == 512
    assert 0.8 < told.told < 0.999
    assert told.value == pytest.approx(1.0, abs=0.15)
    line = found(Project(table=made(2100)), replace(BY_X, estimand=Estimand.ATT))
    assert line.landmarks == 0
    assert line.value == pytest.approx(1.0, abs=0.15)


def test_histograms_count_every_row_once() -> None:
    told = found(Project(table=made()), BY_X)
    sides = [told.weights.treated, told.weights.others, told.chances.treated, told.chances.others]
    for shares in (*sides, *told.chances.weighted):
        assert shares.sum() == pytest.approx(1.0)
    middles = (told.chances.edges[1:] + told.chances.edges[:-1]) / 2
    gap = middles @ told.chances.treated - middles @ told.chances.others
    after = middles @ (told.chances.weighted[0] - told.chances.weighted[1])
    assert abs(after) < 0.25 * gap


@pytest.mark.parametrize(
    ("columns", "asked", "words"),
    [
        ({}, Instant("t", None), "Choose a treatment and an outcome"),
        ({}, Instant("t", "t", 1.0, 0.0), "same column"),
        ({}, Instant("t", "y", 1.0), "Choose two values of t"),
        ({}, Instant("t", "y", 1.0, 7.0), "No row has t = 7"),
        ({}, Instant("t", "y", 1.0, 0.0, fixed=("y",)), "untick it"),
        ({"y": np.full(200, 3.0)}, BY_X, "y is the same in all 200 compared rows"),
        ({"t": np.repeat([1.0, 0.0], [195, 5])}, BY_X, "Only 5 complete rows have t = 0"),
        ({"x": np.full(200, np.nan)}, BY_X, "Only 0 complete rows have t = 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_one_sentence(
    columns: dict[str, np.ndarray], asked: Instant, words: str
) -> None:
    assert words in why(made(**columns), asked)


def test_five_rows_are_too_few() -> None:
    t = np.array([1.0, 0.0, 1.0, 0.0, 1.0])
    assert "a comparison needs 10 on either side" in why(made(5, t=t), BY_X)


def test_a_column_that_never_changes_does_no_harm() -> None:
    told = found(Project(table=made(c=np.ones(200))), replace(BY_X, fixed=("x", "c")))
    assert [one.name for one in told.moved] == ["x"]

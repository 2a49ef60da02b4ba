"""Answers that were once wrong, each against a closed form or the simulated truth."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.interventions import Range, Set, Shift
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import CardsAnswer, DoAnswer, ImagineAnswer, SeeAnswer
from engine.queries.binding import bind
from engine.queries.evaluation import evaluate, needed_of
from engine.queries.language import parse
from engine.queries.model import Model
from engine.queries.questions import Cards, Question, Rung
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from tests.engine.queries.test_answers import fitted, last


def project(
    columns: dict[str, np.ndarray], edges: list[tuple[str, str]], **more: object
) -> Project:
    """A linear project; columns of 0 and 1 in capital letters are binary."""
    variables = tuple(
        Variable(name, Kind.BINARY, categories=("0", "1"))
        if name.isupper()
        else Variable(name, Kind.CONTINUOUS)
        for name in columns
    )
    graph = graph_of(columns, edges, **more)  # type: ignore[arg-type]
    kinds = {name: "linear" for name in columns if not name.isupper()}
    table = Table(variables, {name: np.array(c, float) for name, c in columns.items()})
    return Project(graph=graph, table=table, families=kinds)


def queried(drawn: Project, text: str) -> dict[str, object]:
    shelf = Shelf()
    model = fit(drawn, shelf)
    query = bind(parse(text), model.variables)
    return evaluate(fit(drawn, shelf, needed_of(model, query)), query, text)


def test_evidence_downstream_reaches_a_discrete_cause() -> None:
    """Y fair coin, z = 2 Y + N(0, 1): P(Y = 1 | z = 1.8) = 1 / (1 + e^(-2 (1.8 - 1)))."""
    rng = np.random.default_rng(0)
    coin = rng.integers(0, 2, 4000).astype(float)
    drawn = project({"Y": coin, "z": 2 * coin + rng.normal(size=4000)}, [("Y", "z")])
    truth = 1 / (1 + np.exp(-2 * (1.8 - 1)))
    assert queried(drawn, "P(Y=1 | z=1.8)")["value"] == pytest.approx(truth, abs=0.03)
    seen = last(fitted(drawn), Question(Rung.SEE, "Y", 1, evidence=(Range("z", 1.5, np.inf),)))
    assert isinstance(seen, SeeAnswer)
    assert seen.model_value == pytest.approx(seen.data_value, abs=0.03)


def test_rows_without_the_outcome_still_count_for_their_causes() -> None:
    """y missing where z > 0 mostly: E[y | do(x = 1)] is 1 in the whole population."""
    rng = np.random.default_rng(3)
    hidden, n = rng.normal(size=20_000), 20_000
    z = hidden + rng.normal(size=n)
    x = z + rng.normal(size=n)
    y = x + z + hidden + rng.normal(size=n)
    y[(z > 0) & (rng.random(n) < 0.9)] = np.nan
    edges = [("z", "x"), ("z", "y"), ("x", "y")]
    drawn = project({"z": z, "x": x, "y": y}, edges, bidirected=[("y", "z")])
    answered = queried(drawn, "E[y | do(x=1)]")
    assert answered["method"] == "back-door adjustment"
    assert answered["value"] == pytest.approx(1.0, abs=0.06)


def test_intervals_hold_the_noise_of_the_draws() -> None:
    """n = 20 000: E[y | do(x = 1)] is off by sd(y) / √10 000 from drawing alone."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=20_000)
    drawn = project({"x": x, "y": x + 3 * rng.normal(size=20_000)}, [("x", "y")])
    answered = queried(drawn, "E[y | do(x=1)]")
    low, high = answered["interval"]  # type: ignore[misc]
    estimation = 3 * np.hypot(1, 1) / np.sqrt(20_000)
    drawing = 3 / np.sqrt(10_000)
    assert (high - low) / 2 == pytest.approx(1.65 * np.hypot(estimation, drawing), rel=0.3)


def test_support_looks_at_the_whole_table() -> None:
    """Sorted by its cause or shuffled, the same rows give the same share."""
    rng = np.random.default_rng(2)
    z = np.sort(rng.normal(size=20_000))
    x = 2 * z + 0.5 * rng.normal(size=20_000)
    sorted_rows = project({"z": z, "x": x, "y": x + z}, [("z", "x"), ("x", "y"), ("z", "y")])
    order = rng.permutation(20_000)
    columns = {name: sorted_rows.table[name][order] for name in "zxy"}  # type: ignore[index]
    shuffled = project(columns, [("z", "x"), ("x", "y"), ("z", "y")])
    shares = []
    for drawn in (sorted_rows, shuffled):
        done = last(fitted(drawn), Question(outcome="y", action=(Set("x", 2.0),)))
        assert isinstance(done, DoAnswer)
        assert done.support is not None
        shares.append(done.support.share)
    reach = 0.5 * 2.3263 / 2
    truth = stats.norm.cdf(1 + reach) - stats.norm.cdf(1 - reach)
    assert shares == pytest.approx([truth, truth], abs=0.02)


def test_certain_successes_keep_an_interval() -> None:
    """20 of 20: the interval is no narrower than Jeffreys' posterior says."""
    treated = np.repeat([0.0, 1.0], 20)
    worked = np.where(treated == 1, 1.0, np.tile([0.0, 1.0], 20))
    drawn = project({"T": treated, "W": worked}, [("T", "W")])
    answered = queried(drawn, "P(W=1 | do(T=1))")
    low, high = answered["interval"]  # type: ignore[misc]
    assert low == pytest.approx(0.99 - 1.67 * stats.beta(20.5, 0.5).std(), abs=0.03)
    assert high == 1.0


def test_what_was_seen_is_the_mean_of_the_rows() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=3000)
    drawn = project({"x": x, "y": x + rng.normal(size=3000)}, [("x", "y")])
    done = last(fitted(drawn), Question(outcome="y", action=(Set("x", 1.0),)))
    assert isinstance(done, DoAnswer)
    assert done.before_value == drawn.table["y"].mean()  # type: ignore[index]
    assert done.difference == done.after_value - done.before_value


def test_cards_of_what_is_gone_are_blank_and_no_bug() -> None:
    drawn = project({"x": np.arange(9.0), "y": np.arange(9.0) % 4}, [("x", "y")])
    gone = Cards(Question(Rung.IMAGINE, "y", action=(Set("w", 1.0),), row=1))
    beyond = Cards(Question(Rung.IMAGINE, "y", action=(Set("x", 1.0),), row=90))
    for asked in (gone, beyond):
        cards = last(Model(drawn), asked)
        assert isinstance(cards, CardsAnswer)
        assert not cards.status


CHAIN = [("x", "m"), ("m", "w"), ("w", "y")]


def chain(unit: float = 1.0) -> Project:
    rng = np.random.default_rng(6)
    x = rng.normal(size=400)
    m = 2 * x + rng.normal(size=400)
    w = m + rng.normal(size=400)
    y = 3 * w + rng.normal(size=400)
    return project({name: c * unit for name, c in zip("xmwy", (x, m, w, y), strict=True)}, CHAIN)


def test_a_shift_downstream_of_a_set_moves_the_new_value() -> None:
    """y' = y + 3 (2 (1 - x) + 1): w runs in the new world, then moves by 1."""
    drawn = chain()
    assert drawn.table is not None
    question = Question(Rung.IMAGINE, "y", action=(Set("x", 1.0), Shift("w", 1.0)), row=1)
    imagined = last(fitted(drawn, question), question)
    assert isinstance(imagined, ImagineAnswer)
    x, y = drawn.table["x"][1], drawn.table["y"][1]
    assert imagined.units["y"].imagined == pytest.approx(y + 3 * (2 * (1 - x) + 1), abs=0.5)
    assert imagined.units["w"].status == "set"


def test_what_is_cut_off_may_be_missing() -> None:
    """w is set, so m does not matter: y' = y + 3 (2 - w)."""
    drawn = chain()
    assert drawn.table is not None
    columns = dict(drawn.table.columns)
    columns["m"] = np.where(np.arange(400) == 0, np.nan, columns["m"])
    drawn = replace(drawn, table=Table(drawn.table.variables, columns))
    question = Question(Rung.IMAGINE, "y", action=(Set("x", 1.0), Set("w", 2.0)), row=0)
    imagined = last(fitted(drawn, question), question)
    assert isinstance(imagined, ImagineAnswer)
    truth = columns["y"][0] + 3 * (2 - columns["w"][0])
    assert imagined.units["y"].imagined == pytest.approx(truth, abs=0.3)


@pytest.mark.parametrize("unit", [1e-8, 1.0, 1e9])
def test_changed_means_changed_in_any_unit(unit: float) -> None:
    drawn = chain(unit)
    question = Question(Rung.IMAGINE, "y", action=(Set("x", 5 * unit),), row=2)
    imagined = last(fitted(drawn, question), question)
    assert isinstance(imagined, ImagineAnswer)
    assert imagined.units["y"].status == "changed"


def test_impossible_evidence_is_an_answer_without_a_number() -> None:
    answered = queried(chain(), "E[y | x > 100]")
    assert answered["value"] is None
    assert "no draw" in str(answered["warnings"])


def test_questions_need_what_they_are_answered_from() -> None:
    question = Question(Rung.IMAGINE, "y", action=(Set("x", 1.0), Set("w", 2.0)), row=0)
    assert {c.target for c in needed(Model(chain()), question)} == {"y"}
    assert not [r for r, _ in answer(fitted(chain(), question), question) if r is None]

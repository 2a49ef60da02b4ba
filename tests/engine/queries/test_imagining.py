"""One row under each convention: least squares and its residuals say what each must give."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy import stats

from engine.graph.graph import graph_of
from engine.interventions import Convention, Set
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import CardsAnswer, ImagineAnswer, Imagined
from engine.queries.binding import bind
from engine.queries.evaluation import evaluate, needed_of
from engine.queries.language import parse
from engine.queries.model import Model, observational
from engine.queries.questions import Cards, Question, Rung
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from tests.oracles import category, number, table

ROW = 3
QUESTION = Question(Rung.IMAGINE, "y", action=(Set("x", 2.0),), row=ROW)


def drawn() -> Project:
    """x → m → y, x → y by straight lines, and a category c of m."""
    rng = np.random.default_rng(11)
    x, m, y = rng.normal(size=(3, 600))
    m = 0.8 * x + m
    y = m - 2 * x + 0.5 * y
    c = (rng.random(600) < 1 / (1 + np.exp(-2 * m))).astype(float)
    columns = {"x": x, "m": m, "y": y, "c": c}
    edges = [("x", "m"), ("m", "y"), ("x", "y"), ("m", "c")]
    families = {"x": "linear", "m": "linear", "y": "linear", "c": "logistic"}
    return Project(
        graph=graph_of(tuple(columns), edges),
        table=table(columns, category("c", 2)),
        families=families,
    )


@pytest.fixture(scope="module")
def model() -> Model:
    project = drawn()
    return fit(project, Shelf(), observational(project.graph))


def imagined(model: Model, question: Question) -> ImagineAnswer:
    *_, (result, _) = answer(model, question)
    assert isinstance(result, ImagineAnswer)
    return result


def regressed(effect: str, *causes: str) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients, intercept last, and residuals of least squares."""
    data = drawn().table
    assert data is not None
    design = np.column_stack([*(data[cause] for cause in causes), np.ones(600)])
    beta = np.linalg.lstsq(design, data[effect], rcond=None)[0]
    return beta, data[effect] - design @ beta


def truth(m_sign: float, y_sign: float) -> float:
    """y of the row had x been 2, residuals kept (+1) or turned round (-1)."""
    on_x, m_left = regressed("m", "x")
    on_both, y_left = regressed("y", "x", "m")
    m = on_x @ [2.0, 1.0] + m_sign * m_left[ROW]
    return float(on_both @ [2.0, m, 1.0] + y_sign * y_left[ROW])


def test_each_convention_gives_its_closed_form(model: Model) -> None:
    for convention, sign in ((Convention.RANK, 1.0), (Convention.REVERSAL, -1.0)):
        told = imagined(model, replace(QUESTION, convention=convention))
        assert told.convention == convention.value
        assert told.units["y"].imagined == pytest.approx(truth(sign, sign), abs=1e-3)
        on_x, left = regressed("m", "x")
        m = on_x @ [2.0, 1.0] + sign * left[ROW]
        assert told.units["m"].imagined == pytest.approx(m, abs=1e-3)


def test_redrawn_luck_is_normal_around_the_mean_after_do(model: Model) -> None:
    on_x, m_left = regressed("m", "x")
    on_both, y_left = regressed("y", "x", "m")
    mean = on_both @ [2.0, on_x @ [2.0, 1.0], 1.0]
    sd = np.hypot(on_both[1] * m_left.std(), y_left.std())
    told = imagined(model, replace(QUESTION, convention=Convention.REDRAW)).units["y"]
    assert told.imagined == pytest.approx(mean, abs=0.1)
    ends = mean + sd * stats.norm.ppf([0.05, 0.95])
    assert [told.low, told.high] == pytest.approx(ends, abs=0.15)


def test_the_hull_holds_every_pattern_and_the_redraw(model: Model) -> None:
    told = imagined(model, QUESTION).units
    unit = told["y"]
    corners = [truth(*signs) for signs in product((1.0, -1.0), repeat=2)]
    assert unit.low is not None
    assert unit.hull == pytest.approx(
        (min(unit.low, *corners), max(unit.high, *corners)),  # type: ignore[type-var]
        abs=1e-3,
    )
    assert told["m"].hull is None  # of the outcome alone


@pytest.mark.parametrize("convention", Convention)
def test_nothing_done_is_the_row_itself(model: Model, convention: Convention) -> None:
    own = float(model.table["x"][ROW])
    for outcome in ("y", "c"):
        question = replace(
            QUESTION, outcome=outcome, action=(Set("x", own),), convention=convention
        )
        for name, unit in imagined(model, question).units.items():
            assert unit.imagined == unit.actual == model.table[name][ROW]
            assert unit.low in (None, unit.actual)
            assert unit.hull in (None, (unit.actual, unit.actual))


def test_the_cards_follow_the_convention(model: Model) -> None:
    for convention in Convention:
        question = replace(QUESTION, convention=convention)
        *_, (cards, _) = answer(model, Cards(question))
        assert isinstance(cards, CardsAnswer)
        assert cards.set_values["y"] == imagined(model, question).units["y"].imagined


def test_a_category_is_told_by_every_convention(model: Model) -> None:
    """Redrawn, P(c | do(x = 2)) is the logistic of a normal m; by Gumbel a yes stays likelier."""
    yes = int(np.flatnonzero((drawn().table["c"] == 1) & (drawn().table["x"] < 0))[0])  # type: ignore[index]
    told = imagined(model, replace(QUESTION, outcome="c", row=yes))
    assert told.convention == "gumbel"
    unit = told.units["c"]
    kept, fresh = (unit.under[each].probabilities for each in (Convention.RANK, Convention.REDRAW))
    m = np.random.default_rng(0).normal(1.6, 1.0, 100_000)
    assert fresh[1] == pytest.approx((1 / (1 + np.exp(-2 * m))).mean(), abs=0.05)  # type: ignore[index]
    assert kept[1] == 1.0  # type: ignore[index]
    redrawn = imagined(model, replace(QUESTION, outcome="c", row=yes, convention=Convention.REDRAW))
    assert redrawn.convention == "redraw"
    assert np.array_equal(redrawn.units["c"].probabilities, fresh)  # type: ignore[arg-type]


def test_a_written_query_names_its_alternatives(model: Model) -> None:
    text = f"y[x=2] | row {ROW}"
    query = bind(parse(text), model.variables)
    assert {c.target for c in needed_of(model, query)} == {"m", "y"}
    said = evaluate(model, query, text)
    assert said["convention"] == "rank"
    assert said["value"] == pytest.approx(truth(1, 1), abs=1e-3)
    turned, fresh = said["alternatives"]  # type: ignore[misc]
    assert (turned["method"], fresh["method"]) == ("reversal", "redraw")
    assert turned["value"] == pytest.approx(truth(-1, -1), abs=1e-3)
    assert turned["interval"] is None
    assert fresh["interval"] == said["redrawn"]
    assert fresh["interval"][0] < fresh["value"] < fresh["interval"][1]
    low, high = said["hull"]  # type: ignore[misc]
    assert low <= min(said["value"], turned["value"], fresh["interval"][0])  # type: ignore[type-var]
    assert high >= max(said["value"], turned["value"], fresh["interval"][1])  # type: ignore[type-var]
    assert {"method", "population", "assumptions", "value", "interval"} <= set(fresh)


def test_seeing_and_doing_have_no_convention() -> None:
    turned = replace(QUESTION, convention=Convention.REVERSAL)
    assert turned.active.convention is Convention.REVERSAL
    for rung in (Rung.SEE, Rung.DO):
        assert replace(turned, rung=rung).active == replace(QUESTION, rung=rung).active


def test_a_question_needs_the_same_mechanisms_by_every_convention(model: Model) -> None:
    wanted = {needed(model, replace(QUESTION, convention=each)) for each in Convention}
    assert len(wanted) == 1
    assert isinstance(imagined(model, QUESTION).units["y"], Imagined)


def test_the_hull_of_a_rounded_cause_lies_between_what_its_cell_allows() -> None:
    """x → k → y, k whole: its residual is known to ± ½, so each pattern allows two k."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=500)
    k = np.round(1.3 * x + rng.normal(size=500))
    y = 2 * k + 0.1 * rng.normal(size=500)
    project = Project(
        graph=graph_of(("x", "k", "y"), [("x", "k"), ("k", "y")]),
        table=table({"x": x, "k": k, "y": y}, number("k", 1.0)),
        families=dict.fromkeys("xky", "linear"),
    )
    rounded = fit(project, Shelf(), observational(project.graph))
    slope, base = np.polyfit(x, k, 1)
    on_k, start = np.polyfit(k, y, 1)
    for row in range(8):
        left, y_left = k[row] - base - slope * x[row], y[row] - start - on_k * k[row]
        allowed = [
            [start + on_k * each + s * y_left for each in np.round(base + slope + r * ends)]
            for ends in [np.array([left - 0.49, left + 0.49])]
            for r, s in product((1.0, -1.0), repeat=2)
        ]
        unit = imagined(rounded, Question(Rung.IMAGINE, "y", action=(Set("x", 1.0),), row=row))
        told = unit.units["y"]
        low, high = told.hull or (np.nan, np.nan)
        assert min(told.low, *map(min, allowed)) - 0.01 <= low  # type: ignore[type-var]
        assert low <= min(map(max, allowed)) + 0.01
        assert max(told.high, *map(max, allowed)) + 0.01 >= high  # type: ignore[type-var]
        assert high >= max(map(min, allowed)) - 0.01

"""Questions about vectors: least squares of several columns at once says what each must give."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data.design import Design, SetWhere
from engine.data.rows import designed
from engine.errors import QueryError
from engine.graph.graph import graph_of
from engine.graph.vectors import PLAIN, vectors_of
from engine.interventions import Set
from engine.project import Project
from engine.queries.answering import answer
from engine.queries.answers import CardsAnswer, ChecksAnswer, DoAnswer, ImagineAnswer, Unanswerable
from engine.queries.binding import bind
from engine.queries.evaluation import evaluate, needed_of
from engine.queries.language import parse
from engine.queries.model import Model
from engine.queries.questions import Cards, DoseResponse, GraphChecks, Question, Rung
from engine.queries.routes import imagining, route
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf, law_of
from engine.scm.conditional import Conditional
from tests.oracles import table

N, ROW = 800, 5
LINES = dict.fromkeys(("x", "px", "py", "y"), "linear")


def drawn() -> Project:
    """x → pos = (px, py) → y and x → y; the noises of px and py go together."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=N)
    both = rng.multivariate_normal((0, 0), ((1, 0.7), (0.7, 1)), N)
    px, py = x + both[:, 0], 1 - 0.5 * x + both[:, 1]
    y = px - 2 * py + 0.7 * x + 0.5 * rng.normal(size=N)
    return Project(
        graph=graph_of(("x", "pos", "y"), [("x", "pos"), ("pos", "y"), ("x", "y")]),
        table=table({"x": x, "px": px, "py": py, "y": y}),
        families=LINES,
        vectors=vectors_of({"pos": ("px", "py")}),
    )


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(drawn(), Shelf())


def column(name: str) -> np.ndarray:
    data = drawn().table
    assert data is not None
    return data[name]


def slopes(effect: str, *causes: str) -> np.ndarray:
    """Coefficients of least squares, the intercept last."""
    design = np.column_stack([*(column(name) for name in causes), np.ones(N)])
    return np.linalg.lstsq(design, column(effect), rcond=None)[0]


def asked(model: Model, text: str) -> dict[str, object]:
    query = bind(parse(text), model.variables, model.vectors)
    assert not model.missing(needed_of(model, query))
    return evaluate(model, query, text)


def test_the_joint_law_has_the_covariance_of_the_rows(model: Model) -> None:
    """A saturated Gaussian law fitted by least squares has the rows' own mean and covariance."""
    names = ("x", "px", "py", "y")
    world = model.scm(model.law).sample(60_000, 0)
    draws = np.stack([world[name].numpy() for name in names])
    rows = np.stack([column(name) for name in names])
    assert np.cov(draws) == pytest.approx(np.cov(rows), abs=0.15)
    assert draws.mean(1) == pytest.approx(rows.mean(1), abs=0.05)


def test_given_its_causes_the_components_still_go_together(model: Model) -> None:
    """Cov(px, py | x) is the residual covariance of regressing both on x."""
    world = model.scm(model.law).sample(60_000, 0)
    x = np.stack([world["x"].numpy(), np.ones(60_000)], 1)
    left = [np.linalg.lstsq(x, world[n].numpy(), rcond=None)[1][0] / 60_000 for n in ("px", "py")]
    residuals = [
        world[n].numpy() - x @ np.linalg.lstsq(x, world[n].numpy(), rcond=None)[0]
        for n in ("px", "py")
    ]
    truth = [column(n) - np.polyval(slopes(n, "x"), column("x")) for n in ("px", "py")]
    assert np.mean(residuals[0] * residuals[1]) == pytest.approx(
        np.mean(truth[0] * truth[1]), abs=0.03
    )
    assert left == pytest.approx([t.var() for t in truth], abs=0.04)


def test_noise_makes_the_values_it_was_read_from(model: Model) -> None:
    scm = model.scm(model.law)
    world = scm.sample(200, 1)
    again = scm.push(scm.abduct(world, 2))
    for name in scm.names:
        assert again[name].numpy() == pytest.approx(world[name].numpy(), abs=1e-4)


def test_setting_both_is_adjusted_for_what_both_hang_on(model: Model) -> None:
    found = asked(model, "E[y | do(pos=(1, 2))] - E[y | do(pos=(0, 0))]")
    px, py, _, _ = slopes("y", "px", "py", "x")
    assert found["value"] == pytest.approx(px + 2 * py, abs=1e-3)
    assert found["estimand"] == "P(y | do(pos)) = Σ_{x} P(y | x, pos) P(x)"
    assert found["assumptions"] == ["no hidden cause of pos and y"]


def test_a_cause_acts_through_all_components(model: Model) -> None:
    found = asked(model, "E[y | do(x=1)] - E[y | do(x=0)]")
    assert found["value"] == pytest.approx(slopes("y", "x")[0], abs=1e-3)


@pytest.mark.parametrize("name", ["px", "py"])
def test_an_outcome_is_one_component(model: Model, name: str) -> None:
    found = asked(model, f"E[{name} | do(x=1)] - E[{name} | do(x=0)]")
    assert found["value"] == pytest.approx(slopes(name, "x")[0], abs=1e-3)
    assert found["estimand"] == "P(pos | do(x)) = P(pos | x)"


def test_a_shift_moves_the_vector_after_it_was_made(model: Model) -> None:
    """py is not moved by what px was moved by: the arrow between them is bookkeeping."""
    found = asked(model, "E[y | do(pos+=(1, 0))] - E[y]")
    assert found["value"] == pytest.approx(slopes("y", "px", "py", "x")[0], abs=1e-3)
    found = asked(model, "E[y | do(pos+=(1, 2), x=1)] - E[y | do(x=1)]")
    px, py, _, _ = slopes("y", "px", "py", "x")
    assert found["value"] == pytest.approx(px + 2 * py, abs=1e-3)


def test_seeing_one_component_says_something_of_the_other(model: Model) -> None:
    """E[y | px = 1] of a Gaussian law is the regression of y on px alone."""
    slope, intercept = slopes("y", "px")
    found = asked(model, "E[y | px=1]")
    assert found["value"] == pytest.approx(slope + intercept, abs=0.1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("E[y | do(px=1)]", r"pos is one variable of px, py \(px\): set both"),
        ("y[py=1] | row 0", "pos is one variable of px, py"),
        ("E[y | do(pos=1)]", r"give a value for each, as do\(pos=\(1, 1\)\)"),
        ("E[y | do(pos=(1, 2, 3))]", "give a value for each"),
        ("P(y | do(pos))", "give a value for each"),
        ("E[pos | do(x=1)]", "ask for px or py"),
        ("P(pos > 1)", "ask for px or py"),
        ("E[y | pos > 1]", "say it of px or py, as px > 1"),
        ("E[y | do(x=(1, 2))]", "x is one column and takes one value"),
        ("E[y | do(pos=(1, 2), px=3)]", "px is set twice"),
    ],
)
def test_what_cannot_be_asked_of_a_vector_is_refused(model: Model, text: str, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        asked(model, text)


def test_both_ways_of_writing_mean_the_same(model: Model) -> None:
    short = bind(parse("E[y | do(pos=(1, 2))]"), model.variables, model.vectors)
    assert short == bind(parse("E[y | do(px=1, py=2)]"), model.variables, model.vectors)
    seen = bind(parse("E[y | pos=(1, 2)]"), model.variables, model.vectors)
    assert seen == bind(parse("E[y | px=1, py=2]"), model.variables, model.vectors)


def test_an_imagined_row_moves_by_the_slopes(model: Model) -> None:
    """Of straight lines the noise is the residual: each value moves by its total effect."""
    question = Question(Rung.IMAGINE, "y", action=(Set("x", 2.0),), row=ROW)
    *_, (found, _) = answer(model, question)
    assert isinstance(found, ImagineAnswer)
    moved = 2.0 - column("x")[ROW]
    for name in ("px", "py", "y"):
        expected = column(name)[ROW] + moved * slopes(name, "x")[0]
        assert found.units[name].imagined == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("outcome", "told"), [("px", False), ("py", True), ("y", True)])
def test_the_order_of_components_is_told_where_it_counts(
    model: Model, outcome: str, told: bool
) -> None:
    *_, (found, _) = answer(model, Question(Rung.IMAGINE, outcome, action=(Set("x", 2.0),), row=1))
    assert isinstance(found, ImagineAnswer)
    assert any("in the order px, py" in text for text in found.warnings) == told
    doing = (Set("px", 1.0), Set("py", 0.0))
    *_, (found, _) = answer(model, Question(Rung.IMAGINE, "y", action=doing, row=1))
    assert isinstance(found, ImagineAnswer)
    assert not found.warnings


def test_a_hidden_cause_of_a_vector_is_one_of_each_component() -> None:
    project = drawn()
    graph = replace(project.graph, bidirected=frozenset({("pos", "y")}))
    model = Model(replace(project, graph=graph))
    found = route(model.nodes, (Set("px", 1.0), Set("py", 0.0)), "y", model.vectors)
    assert found.footing.identified is False
    assert "pos ↔ y" in found.footing.why_not
    assert model.law[-1] == Conditional("y", ("x", "px", "py"))
    way = imagining(model.nodes, (Set("x", 1.0),), "py", model.vectors)
    assert way.law == (Conditional("px", ("x",)), Conditional("py", ("x", "px")))


def test_an_adjustment_takes_all_components() -> None:
    """z ↔ x … pos closes the only path: P(y | x, pos) averaged over the rows' own pos."""
    graph = graph_of(
        ("pos", "m", "x", "y"), [("pos", "x"), ("pos", "y"), ("x", "y"), ("m", "y")], [("m", "y")]
    )
    found = route(graph, (Set("x", 1.0),), "y", vectors_of({"pos": ("px", "py")}))
    assert found.footing.adjusting == ("pos",)
    assert found.adjust == Conditional("y", ("px", "py", "x"))


def test_cards_and_curves_are_of_columns(model: Model) -> None:
    action = (Set("px", 1.0), Set("py", 0.0))
    *_, (cards, _) = answer(model, Cards(Question(Rung.DO, "y", action=action)))
    assert isinstance(cards, CardsAnswer)
    assert cards.status == {"x": "unchanged", "px": "set", "py": "set", "y": "changed"}
    *_, (done, _) = answer(model, Question(Rung.DO, "y", action=action))
    assert isinstance(done, DoAnswer)
    assert done.interval is not None
    *_, (curve, _) = answer(model, DoseResponse("y", "px", others=(Set("py", 0.0),)))
    rise = np.polyfit(curve.x, curve.y, 1)[0]  # type: ignore[union-attr]
    assert rise == pytest.approx(slopes("y", "px", "py", "x")[0], abs=1e-3)
    *_, (alone, _) = answer(model, Question(Rung.DO, "y", action=action[:1]))
    assert alone == Unanswerable("pos is one variable of px, py (px): set both.")


def test_a_missing_arrow_is_tested_by_every_component() -> None:
    """y hangs on py and not on px: without pos → y one of the two tests must see it."""
    rng = np.random.default_rng(0)
    x, px = rng.normal(size=(2, 500))
    columns = {"x": x, "px": px, "py": px + rng.normal(size=500)}
    columns["y"] = x + 0.5 * (columns["py"] - px)
    columns["y"] += rng.normal(size=500)
    project = Project(
        graph=graph_of(("x", "pos", "y"), [("x", "y")]),
        table=table(columns),
        vectors=vectors_of({"pos": ("px", "py")}),
    )
    *_, (found, _) = answer(Model(project), GraphChecks())
    assert isinstance(found, ChecksAnswer)
    tests = {(t.x, t.y, t.given): t.rejected for t in found.tests}
    assert tests == {
        ("x", "px", ()): False,
        ("x", "py", ("px",)): False,
        ("px", "y", ()): False,
        ("py", "y", ("px",)): True,
    }


def test_where_one_component_was_set_the_vector_was() -> None:
    """Its rows say nothing of how the vector comes about; P(py | x, px) among them is another."""
    project = drawn()
    assert project.table is not None
    mark = np.repeat((0.0, 1.0), N // 2)
    data = table({**project.table.columns, "arm": mark})
    data = designed(data, Design(experiments=(SetWhere("px", "arm", (1.0,)),)))
    project = replace(project, table=data)
    unset = {c.target: Shelf().unset(project, c) for c in law_of(project)}
    assert unset == {"x": set(), "px": set(), "py": {"px"}, "y": set()}
    assert Model(project).unset(("py",)) == {"px"}


def test_a_vector_without_all_its_columns_counts_as_hidden() -> None:
    project = replace(drawn(), vectors=vectors_of({"pos": ("px", "gone")}))
    assert not project.measured("pos")
    assert Model(project).nodes.variables == ("x", "y")
    assert [str(c) for c in law_of(project)] == ["P(x)", "P(y | x)"]


def test_fits_are_shared_with_the_same_columns_taken_apart() -> None:
    """A chain px → py drawn by hand is the same law, and so the same fits."""
    whole = drawn()
    edges = [(a, b) for a in ("x",) for b in ("px", "py", "y")]
    edges += [("px", "py"), ("px", "y"), ("py", "y")]
    apart = replace(whole, graph=graph_of(("x", "px", "py", "y"), edges), vectors=PLAIN)
    shelf = Shelf()
    assert {shelf.key(whole, c) for c in law_of(whole)} == {
        shelf.key(apart, c) for c in law_of(apart)
    }

"""Draws along what the ID algorithm found, against exact laws and linear algebra."""

import numpy as np
import pytest
import torch

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph, graph_of
from engine.graph.projection import project
from engine.identify.complete import derive
from engine.identify.kernels import Derived, drawable
from engine.interventions import Set, Shift
from engine.mechanisms.table import ConditionalTable
from engine.project import Project
from engine.queries import chains
from engine.queries.answering import answer, needed
from engine.queries.answers import DoAnswer, Stage, Unanswerable
from engine.queries.chains import Chain, drawn_along
from engine.queries.model import Model
from engine.queries.questions import Question, Rung
from engine.runtime.headless import fit
from engine.runtime.messages import FitReport
from engine.runtime.shelf import Shelf
from engine.scm.conditional import Conditional
from engine.scm.fitted import Fitted
from engine.simulate.examples import example
from engine.simulate.lessons import TAR_EFFECT
from tests.engine.identify.admgs import small_graphs
from tests.engine.identify.laws import BinaryLaw, conditional

DRAWS = 20_000
FRONT_DOOR = graph_of(edges=[("x", "m"), ("m", "y")], bidirected=[("x", "y")])
NAPKIN = graph_of(edges=[("w", "r"), ("r", "x"), ("x", "y")], bidirected=[("w", "x"), ("w", "y")])
# What m says about a depends on the m that was drawn: every draw needs copies of its own.
NESTED = graph_of(
    edges=[("a", "x"), ("x", "m"), ("x", "y"), ("m", "y")],
    bidirected=[("a", "m"), ("a", "y"), ("m", "y")],
)


def exact(law: BinaryLaw, names: list[str], wanted: Conditional) -> Fitted:
    """The true P(target | given), as if it had been fitted."""
    shares = conditional(law.joint(), names, wanted)
    keep = [i for i, v in enumerate(names) if v in (wanted.target, *wanted.given)]
    axes = [[names[i] for i in keep].index(v) for v in (*wanted.given, wanted.target)]
    table = shares.reshape((2,) * len(keep)).transpose(axes).reshape(-1, 2)
    mechanism = ConditionalTable((2,) * len(wanted.given), torch.from_numpy(table.copy()))
    report = FitReport(wanted.target, "table", 0.0, 0.0, "", 0, 0, 0)
    return Fitted(wanted, "", "table", mechanism, (), report, Stage.FITTED, 0)


def model_of(graph: CausalGraph, law: BinaryLaw, needs: tuple[Conditional, ...]) -> Model:
    names = list(graph.variables)
    kinds = tuple(Variable(n, Kind.CATEGORICAL, categories=("0", "1")) for n in names)
    rng = np.random.default_rng(0)
    states = rng.choice(law.joint().size, 4000, p=law.joint().ravel())
    columns = np.unravel_index(states, law.joint().shape)
    rows = {name: columns[i].astype(float) for i, name in enumerate(names)}
    fits = {c: exact(law, names, c) for c in needs}
    return Model(Project(graph=graph, table=Table(kinds, rows)), fits)


def chance(graph: CausalGraph, x: str, y: str, value: int, seed: int) -> tuple[float, float]:
    """P(y = 1 | do(x = value)): drawn along the estimand by exact conditionals; and the truth."""
    found = derive(graph, (x,), (y,)).estimand
    assert found is not None
    law, names = BinaryLaw(graph, seed), list(graph.variables)
    chain = Chain(found)
    model = model_of(graph, law, chain.needed)
    anywhere = {n: torch.from_numpy(model.table[n].copy()) for n in chain.anywhere}
    draws = drawn_along(model, chain, (Set(x, float(value)),), y, anywhere, DRAWS, None)
    told = float(draws.masses(y, 2)[1])
    truth = law.joint({x: value})
    return told, float(truth.sum(tuple(i for i, v in enumerate(names) if v != y))[1])


@pytest.mark.parametrize("graph", [FRONT_DOOR, NAPKIN, NESTED], ids=["front", "napkin", "nested"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_chances_are_those_of_the_model_with_its_hidden_causes(
    graph: CausalGraph, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By going through all states to the last digit, and by draws to their error."""
    for value in (0, 1):
        told, truth = chance(graph, "x", "y", value, seed)
        assert told == pytest.approx(truth, abs=1e-9)
    monkeypatch.setattr(chains, "STATES", 1)
    for value in (0, 1):
        told, truth = chance(graph, "x", "y", value, seed)
        assert told == pytest.approx(truth, abs=0.02)


@pytest.mark.parametrize(("states", "within"), [(4096, 1e-9), (1, 0.025)])
def test_every_small_graph_is_answered_right(
    states: int, within: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All questions of one treatment that no adjustment answers, in graphs of four variables."""
    monkeypatch.setattr(chains, "STATES", states)
    asked = 0
    for graph in small_graphs(4)[::7]:
        for x in graph.variables:
            for y in sorted(graph.descendants((x,)) - {x}):
                found = derive(graph, (x,), (y,)).estimand
                if found is None or not graph.bidirected:
                    continue
                derived = any(isinstance(k, Derived) for n in found.kernels for k in n.links)
                if derived and drawable(found.kernels):
                    told, truth = chance(graph, x, y, 1, asked)
                    assert told == pytest.approx(truth, abs=within), (graph, x, y)
                    asked += 1
    assert asked >= 10


def linear(kind: str, rows: int = 3000) -> dict[str, np.ndarray]:
    """Straight lines and normal noise; the effect of x on y is 1.2 · .8, or 0.9."""
    rng = np.random.default_rng(4)
    u, v, e, f, g, h = rng.normal(size=(6, rows))
    if kind == "front":
        x = u + 0.6 * e
        m = 1.2 * x + 0.7 * f
        return {"x": x, "m": m, "y": 0.8 * m - 1.5 * u + 0.5 * g}
    w = u + v + 0.4 * e
    r = 0.9 * w + 0.8 * f
    x = r + u + 0.5 * g
    return {"w": w, "r": r, "x": x, "y": 0.9 * x + 1.3 * v + 0.5 * h}


@pytest.mark.parametrize(
    ("kind", "graph", "effect"), [("front", FRONT_DOOR, 0.96), ("napkin", NAPKIN, 0.9)]
)
def test_a_number_stands_where_no_adjustment_would_do(
    kind: str, graph: CausalGraph, effect: float
) -> None:
    columns = linear(kind)
    variables = tuple(Variable(name, Kind.CONTINUOUS) for name in columns)
    drawn = Project(
        graph=graph,
        table=Table(variables, columns),
        families=dict.fromkeys(columns, "linear"),
    )
    question = Question(Rung.DO, "y", action=(Set("x", 1.0),), contrast=(Set("x", 0.0),))
    model = fit(drawn, Shelf(), needed(Model(drawn), question))
    *_, (told, _) = answer(model, question)
    assert isinstance(told, DoAnswer)
    assert told.footing.computable
    assert told.difference == pytest.approx(effect, abs=0.12)
    assert told.interval is not None
    low, high = told.interval
    half = (high - low) / 2
    assert abs(told.difference - effect) < 1.5 * half  # 2.5 standard errors
    assert half < 0.2


def test_a_value_far_from_all_rows_is_refused() -> None:
    columns = linear("napkin", 500)
    variables = tuple(Variable(name, Kind.CONTINUOUS) for name in columns)
    drawn = Project(
        graph=NAPKIN,
        table=Table(variables, columns),
        families=dict.fromkeys(columns, "linear"),
    )
    question = Question(Rung.DO, "y", action=(Set("x", 400.0),))
    model = fit(drawn, Shelf(), needed(Model(drawn), question))
    *_, (told, _) = answer(model, question)
    assert isinstance(told, Unanswerable)
    assert "too few for y" in told.reason


def test_projected_causes_are_hidden() -> None:
    drawn = graph_of(edges=[("u", "x"), ("u", "y"), ("x", "m"), ("m", "y")], latent=["u"])
    found = derive(project(drawn), ("x",), ("y",)).estimand
    door = derive(FRONT_DOOR, ("x",), ("y",)).estimand
    assert found is not None
    assert door is not None
    assert set(Chain(found).needed) == set(Chain(door).needed)


def test_the_front_door_lesson_is_answered_without_draws() -> None:
    """Pearl 2009, 3.3.4, from its counts; half a row of prior in each cell shrinks it a little."""
    drawn = example("front-door")
    question = drawn.question.active
    model = fit(drawn, Shelf(), needed(Model(drawn), question))
    *_, (told, _) = answer(model, question)
    assert isinstance(told, DoAnswer)
    assert told.difference == pytest.approx(TAR_EFFECT, abs=0.0015)
    assert told.samples == 0


def test_a_shift_along_the_front_door_is_the_closed_form() -> None:
    """x → m → y, x ↔ y: m = .8 x + e, y = 1.5 m + 2 u + f, x = u + g; x += 1 moves y by 1.2."""
    rng = np.random.default_rng(4)
    u, g, e, f = rng.normal(size=(4, 4000))
    x = u + g
    m = 0.8 * x + e
    columns = {"x": x, "m": m, "y": 1.5 * m + 2 * u + f}
    table = Table(tuple(Variable(n, Kind.CONTINUOUS) for n in columns), columns)
    families = dict.fromkeys(columns, "linear")
    drawn = Project(graph=FRONT_DOOR, table=table, families=families)
    asked = Question(Rung.DO, "y", action=(Shift("x", 1.0),))
    model = fit(drawn, Shelf(), needed(Model(drawn), asked))
    found = [step[0] for step in answer(model, asked) if step is not None][-1]
    assert isinstance(found, DoAnswer)
    assert found.footing.method == "edge g-formula"
    assert found.difference == pytest.approx(1.2, abs=0.08)
    assert found.interval is not None
    assert found.interval[0] < 1.2 < found.interval[1]
    assert found.interval[1] - found.interval[0] < 0.4

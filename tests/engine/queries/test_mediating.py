"""Natural effects: closed forms in linear models with interaction, enumeration in discrete ones."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import QueryError
from engine.graph.graph import graph_of
from engine.interventions import Set
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import MediationAnswer
from engine.queries.binding import bind
from engine.queries.evaluation import evaluate
from engine.queries.language import parse, text_of
from engine.queries.model import Model
from engine.queries.questions import Mediation, Question, Rung
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from tests.engine.identify.laws import BinaryLaw
from tests.engine.queries.test_chains import model_of

BESIDE = graph_of(
    edges=[("z", "x"), ("z", "m"), ("z", "y"), ("x", "m"), ("x", "y"), ("m", "y")],
)
CAUSED = graph_of(
    edges=[("x", "l"), ("l", "m"), ("l", "y"), ("x", "m"), ("m", "y"), ("x", "y")],
)
BY = ("m",)


def asked(outcome: str = "y", level: int | None = None) -> Mediation:
    sides = {"action": (Set("x", 1.0),), "contrast": (Set("x", 0.0),)}
    return Mediation(Question(Rung.DO, outcome, level, **sides), BY)  # type: ignore[arg-type]


def last(model: Model, question: Mediation) -> MediationAnswer:
    steps = [step for step in answer(model, question) if step is not None]
    assert steps[-1][1]
    found = steps[-1][0]
    assert isinstance(found, MediationAnswer)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_discrete_effects_are_those_of_all_states(seed: int) -> None:
    """Σ_z,m P(y | x, m, z) P(m | x*, z) P(z), from the joint law by numpy alone."""
    law, names = BinaryLaw(BESIDE, seed), list(BESIDE.variables)
    joint = np.einsum(law.joint(), range(4), [names.index(v) for v in "zxmy"])
    of_z = joint.sum((1, 2, 3))
    of_m = joint.sum(3) / joint.sum((2, 3))[..., None]  # z, x, m
    of_y = joint[..., 1] / joint.sum(3)  # z, x, m

    def mean(x: int, seen: int) -> float:
        return float(np.einsum("z,zm,zm", of_z, of_m[:, seen], of_y[:, x]))

    bare = model_of(BESIDE, law, ())
    model = model_of(BESIDE, law, needed(bare, asked(level=1)))
    found = last(model, asked(level=1))
    assert found.footing.identified
    told = [share.value for share in found.shares]
    truth = (mean(1, 1) - mean(0, 0), mean(1, 0) - mean(0, 0), mean(1, 1) - mean(1, 0))
    assert told == pytest.approx(truth, abs=1e-9)
    assert abs(truth[2]) > 1e-3


@pytest.fixture(scope="module")
def linear() -> Model:
    """m = 1 + 2 x + .5 z + u, y = x + 3 m + .5 x m + z + v with x a coin."""
    rng = np.random.default_rng(1)
    z, u, v = rng.normal(size=(3, 6000))
    x = (rng.random(6000) < 0.5).astype(float)
    m = 1 + 2 * x + 0.5 * z + u
    columns = {"z": z, "x": x, "m": m, "y": x + 3 * m + 0.5 * x * m + z + v}
    kinds = tuple(
        Variable(n, Kind.BINARY, categories=("no", "yes"))
        if n == "x"
        else Variable(n, Kind.CONTINUOUS)
        for n in columns
    )
    edges = [("z", "m"), ("z", "y"), ("x", "m"), ("x", "y"), ("m", "y")]
    families = dict.fromkeys("zmy", "linear")
    drawn = Project(graph=graph_of(edges=edges), table=Table(kinds, columns), families=families)
    return fit(drawn, Shelf(), needed(Model(drawn), asked()))


def test_linear_effects_are_the_closed_form(linear: Model) -> None:
    """Direct: 1 + .5 E[m | x = 0] = 1.5; through: (3 + .5) · 2 = 7 (VanderWeele 2015, ch. 2)."""
    found = last(linear, asked())
    for share, truth in zip(found.shares, (8.5, 1.5, 7.0), strict=True):
        assert share.value == pytest.approx(truth, abs=0.2)
        assert share.interval is not None
        assert share.interval[0] < truth < share.interval[1]
    total, direct, through = (share.value for share in found.shares)
    assert total == pytest.approx(direct + through, abs=1e-9)


def test_a_written_query_says_the_same(linear: Model) -> None:
    text = "E[y | do(x=yes), through(m, x=no)] - E[y | do(x=no)]"
    assert text_of(parse(text)) == text
    found = evaluate(linear, bind(parse(text), linear.variables), text)
    assert found["value"] == pytest.approx(1.5, abs=0.2)
    assert found["identified"] is True
    assert found["contrast"] == "do(x = yes) with m as under do(x = no) against do(x = no)"
    assert "no hidden cause of m and y" in str(found["assumptions"])
    assert found["alternatives"] == []
    assert "no experiment tests" in str(found["warnings"])


@pytest.mark.parametrize(
    "text",
    [
        "E[y | do(x=yes), through(m)]",
        "E[y | do(x=yes), through(x=no)]",
        "E[y | through(m, x=no)]",
        "E[y | do(x=yes), through(m, z=1)]",
        "E[y | do(x=yes), through(m, x=no), z=1]",
    ],
)
def test_what_is_no_natural_effect_is_refused(linear: Model, text: str) -> None:
    with pytest.raises(QueryError, match="through"):
        bind(parse(text), linear.variables)


def test_a_confounder_that_the_treatment_causes_is_refused_and_the_controlled_effect_offered() -> (
    None
):
    model = model_of(CAUSED, BinaryLaw(CAUSED, 0), ())
    found = last(model, asked(level=1))
    assert found.footing.why_not == (
        "l reacts to x and sits on both paths, past the mediator and through it; "
        "ask for the controlled direct effect, with the mediator set."
    )
    assert found.shares == ()
    (held,) = found.instead
    counts = np.bincount(model.table["m"].astype(int))
    assert held == Set("m", float(counts.argmax()))
    text = "P(y=1 | do(x=1), through(m, x=0))"
    told = evaluate(model, bind(parse(text), model.variables), text)
    assert (told["value"], told["identified"], told["bounds"]) == (None, False, None)
    assert "l reacts to x" in str(told["warnings"])


def test_a_mediator_off_the_way_takes_nothing(linear: Model) -> None:
    question = replace(asked(), mediators=("z",))
    found = last(fit(linear.project, Shelf(), needed(linear, question)), question)
    assert found.through is not None
    assert found.through.value == pytest.approx(0.0, abs=1e-9)

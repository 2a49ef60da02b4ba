"""What an answer rests on, as told: method, adjusting, the absent edges nobody can test."""

import numpy as np
import pytest

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph, graph_of
from engine.interventions import Action, Range, Set, Shift
from engine.project import Project, Role
from engine.queries.answering import answer
from engine.queries.answers import Footing, SeeAnswer
from engine.queries.model import Model
from engine.queries.questions import Question, Rung
from engine.queries.routes import grounded, imagining, route
from engine.queries.selecting import selection_words
from engine.scm.conditional import Conditional
from tests.engine.identify.test_adjustment import FRONT_DOOR, TRIAL


def footing(graph: CausalGraph, action: Action, outcome: str) -> Footing:
    return grounded(route(graph, action, outcome).footing, graph, action, outcome)


def test_a_refused_question_rests_on_nothing() -> None:
    bow = graph_of(edges=[("x", "y")], bidirected=[("x", "y")])
    found = footing(bow, (Set("x", 1.0),), "y")
    assert found.identified is False
    assert (found.rests_on_arrows, found.rests_on_hidden) == ((), ())
    assert "x ↔ y" in found.why_not


def test_the_front_door_is_identified_and_says_what_it_rests_on() -> None:
    """Smoking, tar, cancer: nothing hidden may touch tar, and smoking must act through it alone."""
    found = footing(FRONT_DOOR, (Set("x", 1.0),), "y")
    assert (found.identified, found.computable, found.refused) == (True, True, False)
    assert found.method == "front-door adjustment"
    assert found.why_not == ""
    assert set(found.rests_on_arrows) == {("x", "y")}
    assert set(found.rests_on_hidden) == {("m", "x"), ("m", "y")}


def test_only_what_no_data_can_test_is_told() -> None:
    """adherence ↔ dose would break the independence of adherence and age given dose: testable."""
    found = footing(TRIAL, (Set("dose", 1.0),), "recovery")
    assert found.method == "back-door adjustment"
    assert found.adjusting == ("age", "severity")
    assert set(found.rests_on_hidden) == {("dose", "severity"), ("dose", "recovery")}


def test_set_needs_no_mechanism_of_its_own_and_a_shift_does() -> None:
    graph = graph_of(edges=[("z", "x"), ("x", "y"), ("z", "y")])
    own = Conditional("x", ("z",))
    assert own not in route(graph, (Set("x", 1.0),), "y").law
    assert own in route(graph, (Shift("x", 1.0),), "y").law


def test_only_mechanisms_between_cause_and_outcome_are_abducted() -> None:
    graph = graph_of(edges=[("z", "x"), ("x", "m"), ("m", "y"), ("z", "y"), ("x", "w")])
    law = imagining(graph, (Set("x", 1.0),), "y").law
    assert law == (Conditional("m", ("x",)), Conditional("y", ("z", "m")))


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ((("x", "y"), ("x", "s"), ("y", "s")), "look related because of that (x → s ← y)"),
        ((("x", "y"), ("x", "s")), ""),
        ((("x", "y"), ("s", "x")), "does not heed"),
        ((("x", "y"), ("z", "y"), ("z", "x"), ("z", "s")), "z among them is not as among all"),
    ],
)
def test_rows_marked_as_selected_are_spoken_of(
    edges: tuple[tuple[str, str], ...], said: str
) -> None:
    """Bareinboim, Tian 2015: selection on the treatment alone is harmless, on a cause it is not."""
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(size=20) for name in "xyz"}
    table = Table(tuple(Variable(name, Kind.CONTINUOUS) for name in columns), columns)
    graph = graph_of(("x", "y", "z", "s"), edges)
    model = Model(Project(graph=graph, table=table, roles={"s": Role.SELECTED}))
    words = selection_words(model, (Set("x", 1.0),), "y")
    assert said in " ".join(words)
    assert bool(words) == bool(said)
    seen = Project(graph=graph, table=table, roles={"z": Role.SELECTED})
    assert selection_words(Model(seen), (Set("x", 1.0),), "y") == ()


@pytest.mark.parametrize(
    ("edges", "elsewhere"),
    [
        ((("x", "y"), ("x", "s")), False),
        ((("x", "y"), ("y", "s")), True),
        ((("x", "y"), ("z", "y"), ("z", "s")), True),
    ],
)
def test_what_is_seen_in_selected_rows_may_be_otherwise_in_others(
    edges: tuple[tuple[str, str], ...], elsewhere: bool
) -> None:
    """P(y | x, s) = P(y | x) exactly if y ⫫ s | x (Bareinboim, Tian, Pearl 2014)."""
    columns = {name: np.arange(20.0) for name in "xyz"}
    table = Table(tuple(Variable(name, Kind.CONTINUOUS) for name in columns), columns)
    graph = graph_of(("x", "y", "z", "s"), edges)
    model = Model(Project(graph=graph, table=table, roles={"s": Role.SELECTED}))
    asked = Question(Rung.SEE, "y", evidence=(Range("x", 5.0, 15.0),))
    found = next(answer(model, asked))
    assert found is not None
    assert isinstance(found[0], SeeAnswer)
    said = "All rows share s: in others the two may go together otherwise."
    assert (said in found[0].warnings) == elsewhere

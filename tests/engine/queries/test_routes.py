"""What an answer rests on, as told: method, adjusting, the absent edges nobody can test."""

from engine.graph.graph import CausalGraph, graph_of
from engine.interventions import Action, Set, Shift
from engine.queries.answers import Footing
from engine.queries.routes import grounded, imagining, route
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

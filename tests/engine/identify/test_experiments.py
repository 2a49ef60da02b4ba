"""Which experiments a conditional must not be fitted to, by what m-separation says."""

from engine.graph.graph import graph_of
from engine.identify.experiments import disturbing
from engine.scm.conditional import Conditional

ALL = frozenset("wxyz")


def test_without_hidden_causes_causes_may_be_set() -> None:
    graph = graph_of(tuple("wxyz"), [("w", "x"), ("x", "y"), ("y", "z")])
    assert disturbing(graph, Conditional("y", ("x",)), ALL) == frozenset()


def test_a_set_cause_no_longer_tells_of_the_hidden_one() -> None:
    """x → y and x ↔ y: P(y | x) is not P(y | do(x))."""
    graph = graph_of(tuple("xy"), [("x", "y")], [("x", "y")])
    assert disturbing(graph, Conditional("y", ("x",)), ALL) == {"x"}


def test_only_where_the_hidden_cause_reaches() -> None:
    """w → x → y with w ↔ x: y given x stays as it is whatever is set above it."""
    graph = graph_of(tuple("wxy"), [("w", "x"), ("x", "y")], [("w", "x")])
    assert disturbing(graph, Conditional("y", ("x",)), ALL) == frozenset()
    assert disturbing(graph, Conditional("x", ("w",)), ALL) == {"w"}


def test_an_adjustment_set_that_shares_a_hidden_cause_with_the_outcome() -> None:
    """z ↔ y: P(y | x, z) holds for set x, not for set z."""
    graph = graph_of(tuple("xyz"), [("x", "y"), ("z", "x")], [("y", "z")])
    assert disturbing(graph, Conditional("y", ("x", "z")), ALL) == {"z"}

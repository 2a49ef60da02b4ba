"""What would identify an effect, against published graphs and y0-free reasoning by hand."""

from engine.graph.graph import CausalGraph, graph_of
from engine.identify.remedies import Remedy, Way, remedies


def enough(graph: CausalGraph, x: str = "x", y: str = "y") -> list[Remedy]:
    return [found for found in remedies(graph, [x], y) if found is not None]


def test_the_bow_needs_its_hidden_cause_a_mediator_or_a_lot() -> None:
    """x → y, x ↔ y (Pearl 2009, 3.5): the cause is a back door, a mediator a front door."""
    assert enough(graph_of(["x", "y"], [("x", "y")], [("x", "y")])) == [
        Remedy(Way.HIDDEN_CAUSE, ("x", "y")),
        Remedy(Way.MEDIATOR, ("x", "y")),
        Remedy(Way.LOT, ("x",)),
    ]


def test_a_named_latent_confounder_is_measured() -> None:
    graph = graph_of(["u", "x", "y"], [("u", "x"), ("u", "y"), ("x", "y")], latent=["u"])
    assert Remedy(Way.MEASURE, ("u",)) in enough(graph)


def test_one_of_two_hidden_causes_is_not_enough() -> None:
    """x ↔ y beside a latent u of both: measuring either leaves the other; only a lot is left."""
    graph = graph_of(
        ["u", "x", "y"], [("u", "x"), ("u", "y"), ("x", "y")], [("x", "y")], latent=["u"]
    )
    ways = {found.way for found in enough(graph)}
    assert ways == {Way.MEDIATOR, Way.LOT}


def test_a_mediator_touched_by_a_hidden_cause_of_its_own() -> None:
    """x → m → y, x ↔ y, x ↔ m: the front door is spoilt by x ↔ m alone; measuring that opens it."""
    graph = graph_of(["x", "m", "y"], [("x", "m"), ("m", "y")], [("x", "y"), ("m", "x")])
    found = enough(graph)
    assert Remedy(Way.HIDDEN_CAUSE, ("m", "x")) in found
    assert Remedy(Way.HIDDEN_CAUSE, ("x", "y")) not in found
    assert found[-1] == Remedy(Way.LOT, ("x",))

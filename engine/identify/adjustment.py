"""Adjustment sets: which variables, held fixed, close every path that is no effect."""

from collections.abc import Collection
from dataclasses import replace

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.graph.projection import project
from engine.graph.separation import separated
from engine.graph.separators import minimal_separators

MOST_SETS = 200


def is_adjustment_set(
    graph: CausalGraph, treatments: Collection[str], outcome: str, given: Collection[str]
) -> bool:
    """True where P(y | do(x)) = Σ_z P(y | x, z) P(z) with z = `given` in every law of the graph.

    Generalised adjustment criterion (Shpitser, VanderWeele, Robins, UAI 2010; Perković et al., JMLR
    2018): `given` is measured, holds no forbidden variable, and separates treatments from outcome
    in the proper back-door graph.
    """
    check_names(graph, treatments, outcome)
    projected = project(graph)
    if not set(given) <= _allowed(projected, treatments, outcome):
        return False
    return separated(
        proper_back_door_graph(projected, treatments, outcome), treatments, (outcome,), given
    )


def adjustment_sets(
    graph: CausalGraph, treatments: Collection[str], outcome: str, most: int = MOST_SETS
) -> tuple[tuple[str, ...], ...]:
    """All minimal adjustment sets, at most `most`, by size and then by name; () if there is none.

    Each set is sorted by name. A smallest one is always among them.
    """
    check_names(graph, treatments, outcome)
    projected = project(graph)
    cut = proper_back_door_graph(projected, treatments, outcome)
    allowed = _allowed(projected, treatments, outcome)
    return minimal_separators(cut, treatments, outcome, allowed, most)


def check_names(graph: CausalGraph, treatments: Collection[str], outcome: str) -> None:
    """Refuse unknown names, latent ones, and an outcome that is also set."""
    for name in (*treatments, outcome):
        if name not in graph.variables:
            raise QueryError(f"The graph has no variable {name}", remedy="add it first")
        if name in graph.latent:
            raise QueryError(
                f"{name} is drawn as hidden",
                where=name,
                remedy="ask about variables that are measured",
            )
    if outcome in treatments:
        raise QueryError(
            f"{outcome} is both set and asked about", where=outcome, remedy="choose another outcome"
        )


def causal_variables(
    graph: CausalGraph, treatments: Collection[str], outcome: str
) -> frozenset[str]:
    """Variables on a proper causal path (from a treatment to the outcome, through no other one)."""
    kept = frozenset(edge for edge in graph.edges if edge[1] not in treatments)
    proper = replace(graph, edges=kept)
    return (proper.descendants(treatments) - set(treatments)) & proper.ancestors((outcome,))


def forbidden_variables(
    graph: CausalGraph, treatments: Collection[str], outcome: str
) -> frozenset[str]:
    """What no adjustment set may hold: variables on proper causal paths, and what follows them."""
    return graph.descendants(causal_variables(graph, treatments, outcome))


def proper_back_door_graph(
    graph: CausalGraph, treatments: Collection[str], outcome: str
) -> CausalGraph:
    """`graph` without the first arrow of every proper causal path."""
    causal = causal_variables(graph, treatments, outcome)
    first = {(a, b) for a, b in graph.edges if a in treatments and b in causal}
    return replace(graph, edges=graph.edges - first)


def widest_candidate(
    graph: CausalGraph, treatments: Collection[str], outcome: str
) -> frozenset[str]:
    """Every allowed ancestor in the back-door graph: separates if anything does (projected graph).

    Van der Zander, Liśkiewicz, Textor, Artificial Intelligence 2019, theorem 4.
    """
    cut = proper_back_door_graph(graph, treatments, outcome)
    return cut.ancestors((*treatments, outcome)) & _allowed(graph, treatments, outcome)


def _allowed(graph: CausalGraph, treatments: Collection[str], outcome: str) -> frozenset[str]:
    free = set(graph.observed) - set(treatments) - {outcome}
    return frozenset(free - forbidden_variables(graph, treatments, outcome))

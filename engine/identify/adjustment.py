"""Adjustment sets: which variables, held fixed, close every path that is no effect."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.graph.projection import project
from engine.graph.separation import separated
from engine.graph.separators import minimal_separators, nearest_separator

MOST_SETS = 200
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptimalSet:
    """The adjustment set whose regressions err least, and among which it is the best.

    `among_all` False: among the minimal sets only (hidden causes leave no best of all, or none that
    is known).
    """

    names: Names
    among_all: bool


def is_adjustment_set(
    graph: CausalGraph,
    treatments: Collection[str],
    outcome: str | Collection[str],
    given: Collection[str],
    *,
    direct: bool = False,
) -> bool:
    """True where P(y | do(x)) = Σ_z P(y | x, z) P(z) with z = `given` in every law of the graph.

    Generalised adjustment criterion (Shpitser, VanderWeele, Robins, UAI 2010; Perković et al., JMLR
    2018): `given` is measured, holds no forbidden variable, and separates treatments from outcome
    in the proper back-door graph. `direct`: as in `adjustment_sets`.
    """
    outcomes = several(outcome)
    check_names(graph, treatments, outcomes)
    projected = project(graph)
    if not set(given) <= _allowed(projected, treatments, outcomes, direct=direct):
        return False
    cut = _cut(projected, treatments, outcomes, direct=direct)
    return separated(cut, treatments, outcomes, given)


def adjustment_sets(
    graph: CausalGraph,
    treatments: Collection[str],
    outcome: str | Collection[str],
    most: int = MOST_SETS,
    *,
    forced: Collection[str] = (),
    forbidden: Collection[str] = (),
    direct: bool = False,
) -> tuple[Names, ...]:
    """All minimal adjustment sets, at most `most`, by size and then by name; () if there is none.

    Each set is sorted by name, holds all of `forced` and none of `forbidden`, and no set with both
    is smaller by leaving something out; a smallest one is always among them. `direct`: sets for the
    arrows treatment → outcome alone, whose slopes a linear regression then gives (single-door
    criterion, Pearl 2009, theorem 5.3.1); if nothing flows along them, Y ⫫ X | set.
    """
    outcomes = several(outcome)
    check_names(graph, treatments, outcomes)
    projected = project(graph)
    allowed = _allowed(projected, treatments, outcomes, direct=direct) - set(forbidden)
    if not set(forced) <= allowed:
        return ()
    cut = _cut(projected, treatments, outcomes, direct=direct)
    return minimal_separators(cut, treatments, outcomes, allowed, most, forced)


def optimal_set(graph: CausalGraph, treatments: Collection[str], outcome: str) -> OptimalSet | None:
    """The adjustment set with the least asymptotic variance; None if none is known to be.

    Without ↔ around the question: the parents of the causal variables that are not forbidden, best
    of all sets (Henckel, Perković, Maathuis, J. R. Statist. Soc. B 2022). Else, for one treatment,
    the minimal set nearest to the outcome, best of the minimal ones (Smucler, Sapienza, Rotnitzky,
    Biometrika 2022).
    """
    check_names(graph, treatments, (outcome,))
    projected = project(graph)
    causal = causal_variables(projected, treatments, (outcome,))
    allowed = _allowed(projected, treatments, (outcome,))
    cut = proper_back_door_graph(projected, treatments, (outcome,))
    if not set(treatments) <= projected.ancestors((outcome,)):
        return None
    if not any(set(e) <= projected.ancestors((outcome,)) for e in projected.bidirected):
        names = {p for v in causal for p in projected.parents(v)} & allowed
        fits = separated(cut, treatments, (outcome,), names)
        return OptimalSet(tuple(sorted(names)), among_all=True) if fits else None
    nearest = nearest_separator(cut, treatments, (outcome,), allowed)
    if len(treatments) > 1 or nearest is None:
        return None
    return OptimalSet(nearest, among_all=False)


def several(names: str | Collection[str]) -> Names:
    """One name or many as a tuple."""
    return (names,) if isinstance(names, str) else tuple(names)


def check_names(
    graph: CausalGraph, treatments: Collection[str], outcome: str | Collection[str]
) -> None:
    """Refuse unknown names, latent ones, and an outcome that is also set."""
    outcomes = several(outcome)
    for name in (*treatments, *outcomes):
        if name not in graph.variables:
            raise QueryError(f"The graph has no variable {name}", remedy="add it first")
        if name in graph.latent:
            raise QueryError(
                f"{name} is drawn as hidden",
                where=name,
                remedy="ask about variables that are measured",
            )
    for name in outcomes:
        if name in treatments:
            raise QueryError(
                f"{name} is both set and asked about", where=name, remedy="choose another outcome"
            )


def causal_variables(
    graph: CausalGraph, treatments: Collection[str], outcome: str | Collection[str]
) -> frozenset[str]:
    """Variables on a proper causal path (from a treatment to the outcome, through no other one)."""
    kept = frozenset(edge for edge in graph.edges if edge[1] not in treatments)
    proper = replace(graph, edges=kept)
    return (proper.descendants(treatments) - set(treatments)) & proper.ancestors(several(outcome))


def forbidden_variables(
    graph: CausalGraph, treatments: Collection[str], outcome: str | Collection[str]
) -> frozenset[str]:
    """What no adjustment set may hold: variables on proper causal paths, and what follows them."""
    return graph.descendants(causal_variables(graph, treatments, outcome))


def proper_back_door_graph(
    graph: CausalGraph, treatments: Collection[str], outcome: str | Collection[str]
) -> CausalGraph:
    """`graph` without the first arrow of every proper causal path."""
    causal = causal_variables(graph, treatments, outcome)
    first = {(a, b) for a, b in graph.edges if a in treatments and b in causal}
    return replace(graph, edges=graph.edges - first)


def widest_candidate(
    graph: CausalGraph, treatments: Collection[str], outcome: str | Collection[str]
) -> frozenset[str]:
    """Every allowed ancestor in the back-door graph: separates if anything does (projected graph).

    Van der Zander, Liśkiewicz, Textor, Artificial Intelligence 2019, theorem 4.
    """
    outcomes = several(outcome)
    cut = proper_back_door_graph(graph, treatments, outcomes)
    return cut.ancestors((*treatments, *outcomes)) & _allowed(graph, treatments, outcomes)


def _cut(
    graph: CausalGraph, treatments: Collection[str], outcomes: Names, *, direct: bool
) -> CausalGraph:
    """`graph` without the effect in question: the direct arrows, or the first of every path."""
    if not direct:
        return proper_back_door_graph(graph, treatments, outcomes)
    arrows = {(a, b) for a, b in graph.edges if a in treatments and b in outcomes}
    return replace(graph, edges=graph.edges - arrows)


def _allowed(
    graph: CausalGraph, treatments: Collection[str], outcomes: Names, *, direct: bool = False
) -> frozenset[str]:
    """Measured variables that an adjustment set may hold."""
    free = frozenset(graph.observed) - set(treatments) - set(outcomes)
    if direct:
        reached = {b for a, b in graph.edges if a in treatments and b in outcomes}
        return free - graph.descendants(reached)
    return free - forbidden_variables(graph, treatments, outcomes)

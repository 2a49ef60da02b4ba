"""Front-door sets: variables that carry the whole effect and share no hidden cause with its ends.

Pearl, Biometrika 1995; Jeong, Tian, Bareinboim, NeurIPS 2022; Wienöbst, van der Zander, Liśkiewicz,
AAAI 2024.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from engine.graph.graph import CausalGraph
from engine.graph.projection import project
from engine.graph.separation import connected
from engine.identify.adjustment import check_names
from engine.identify.estimand import Expression, Probability, Product, summed

MOST_FRONT_DOORS = 50
Names = tuple[str, ...]


def front_door_sets(
    graph: CausalGraph,
    treatments: Collection[str],
    outcome: str,
    most: int = MOST_FRONT_DOORS,
) -> tuple[Names, ...]:
    """Minimal front-door sets, at most `most`, by size and then by name; () if there is none.

    Each is sorted by name. The empty set serves where no directed path leads to the outcome.
    """
    check_names(graph, treatments, outcome)
    projected = project(graph)
    free = frozenset(projected.variables) - set(treatments) - {outcome}
    found: dict[frozenset[str], None] = {}
    for chosen in _minimal(projected, tuple(treatments), outcome, free, set()):
        found[chosen] = None
        if len(found) == most:
            break
    return tuple(sorted((tuple(sorted(s)) for s in found), key=lambda s: (len(s), s)))


def front_door_formula(
    graph: CausalGraph, treatments: Names, outcome: str, through: Names
) -> Expression:
    """Σ_m P(m | x) Σ_x' P(y | m, x') P(x'), in the order of the graph's variables."""
    middle, causes = (
        tuple(v for v in graph.variables if v in names) for names in (through, treatments)
    )
    inner = summed(
        causes, Product((Probability((outcome,), (*causes, *middle)), Probability(causes)))
    )
    return summed(middle, Product((Probability(middle, causes), inner)))


def _minimal(
    graph: CausalGraph,
    treatments: Names,
    outcome: str,
    within: frozenset[str],
    tried: set[frozenset[str]],
) -> Iterator[frozenset[str]]:
    """Minimal front-door subsets of `within`: one of them, then those that lack one of its members.

    Every subset that serves lies in the largest one, so that taking members away one by one, while
    one is left that serves, ends at a minimal set.
    """
    if within in tried:
        return
    tried.add(within)
    chosen = _largest(graph, treatments, outcome, within)
    if chosen is None:
        return
    for name in sorted(chosen):
        if name in chosen:
            smaller = _largest(graph, treatments, outcome, chosen - {name})
            chosen = chosen if smaller is None else smaller
    yield chosen
    for name in sorted(chosen):
        yield from _minimal(graph, treatments, outcome, within - {name}, tried)


def _largest(
    graph: CausalGraph, treatments: Names, outcome: str, within: frozenset[str]
) -> frozenset[str] | None:
    """The largest front-door subset of `within`; None if there is none.

    Taking variables away puts their arrows back, which opens paths and closes none: so what is not
    shielded in a larger set is not in a smaller one either.
    """
    chosen = _unconfounded(graph, treatments, within)
    while (kept := _shielded(graph, treatments, outcome, chosen)) != chosen:
        chosen = kept
    return chosen if _intercepts(graph, treatments, outcome, chosen) else None


def _intercepts(
    graph: CausalGraph, treatments: Collection[str], outcome: str, chosen: frozenset[str]
) -> bool:
    """Every directed path from a treatment to the outcome goes through `chosen`."""
    around = replace(graph, edges=frozenset(e for e in graph.edges if not set(e) & chosen))
    return outcome not in around.descendants(treatments)


def _unconfounded(
    graph: CausalGraph, treatments: Collection[str], names: frozenset[str]
) -> frozenset[str]:
    """Those of `names` to which no back-door path from a treatment is open."""
    cut = replace(graph, edges=frozenset(e for e in graph.edges if e[0] not in treatments))
    return names - connected(cut, treatments)


def _shielded(
    graph: CausalGraph, treatments: Collection[str], outcome: str, chosen: frozenset[str]
) -> frozenset[str]:
    """Those of `chosen` whose back-door paths to the outcome the treatments close."""
    cut = replace(graph, edges=frozenset(e for e in graph.edges if e[0] not in chosen))
    return chosen - connected(cut, (outcome,), treatments)

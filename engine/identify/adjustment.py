"""Adjustment sets: which variables, held fixed, close every path that is no effect."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import combinations

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.graph.projection import project, subgraph
from engine.graph.separation import separated

MOST_SETS = 200

Neighbours = dict[str, set[str]]


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
    if not _closable(projected, treatments, outcome):
        return ()
    around, start, end = _moral_graph(projected, treatments, outcome)
    found: list[tuple[str, ...]] = []
    for separator in _minimal_separators(around, frozenset((start,)), end, frozenset()):
        found.append(tuple(sorted(separator)))
        if len(found) == most:
            found[-1] = _smallest_separator(around, start, end)
            break
    return tuple(sorted(set(found), key=lambda names: (len(names), names)))


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


def _closable(graph: CausalGraph, treatments: Collection[str], outcome: str) -> bool:
    cut = proper_back_door_graph(graph, treatments, outcome)
    return separated(cut, treatments, (outcome,), widest_candidate(graph, treatments, outcome))


def _moral_graph(
    graph: CausalGraph, treatments: Collection[str], outcome: str
) -> tuple[Neighbours, str, str]:
    """An undirected graph whose treatment–outcome separators are the adjustment sets.

    The augmented graph over the ancestors of treatments and outcome in the back-door graph: two
    variables are neighbours when joined by a path of colliders only. The treatments are merged into
    the first one; variables that cannot be adjusted for are eliminated (their neighbours joined).
    """
    cut = proper_back_door_graph(graph, treatments, outcome)
    ancestors = cut.ancestors((*treatments, outcome))
    start = next(v for v in graph.variables if v in treatments)
    around: Neighbours = {v: set() for v in graph.variables if v in ancestors}
    for district in subgraph(cut, ancestors).districts():
        _join(around, district.union(*(cut.parents(v) for v in district)))
    allowed = _allowed(graph, treatments, outcome)
    for variable in [v for v in around if v not in allowed and v not in (start, outcome)]:
        near = around.pop(variable)
        for v in near:
            around[v].discard(variable)
        _join(around, near | ({start} if variable in treatments else set()))
    return around, start, outcome


def _join(around: Neighbours, clique: Collection[str]) -> None:
    """Make every two of `clique` neighbours."""
    for a, b in combinations(clique, 2):
        around[a].add(b)
        around[b].add(a)


def _minimal_separators(
    around: Neighbours, inside: frozenset[str], end: str, outside: frozenset[str]
) -> Iterator[frozenset[str]]:
    """Minimal separators with `inside` on the near side and nothing of `outside` there.

    Branches on one neighbour: it separates or lies beyond, or it is inside too (Takata, Discrete
    Applied Mathematics 2010): every branch taken ends in an answer, none is given twice.
    """
    border = _border(around, inside)
    if end in border:
        return
    separator = _border(around, _component(around, end, border))
    inside = _component(around, next(iter(inside)), separator)
    if inside & outside:
        return
    undecided = sorted(separator - outside)
    if not undecided:
        yield separator
        return
    chosen = frozenset(undecided[:1])
    yield from _minimal_separators(around, inside, end, outside | chosen)
    yield from _minimal_separators(around, inside | chosen, end, outside)


def _border(around: Neighbours, inside: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(around[v] for v in inside)) - inside


def _component(around: Neighbours, start: str, without: frozenset[str]) -> frozenset[str]:
    """What can be reached from `start` when `without` is taken away."""
    found, fresh = {start}, [start]
    while fresh:
        near = around[fresh.pop()] - found - without
        found |= near
        fresh.extend(near)
    return frozenset(found)


def _smallest_separator(around: Neighbours, start: str, end: str) -> tuple[str, ...]:
    """A minimum vertex cut: the one nearest to `end`, which is unique."""
    import networkx

    undirected = networkx.Graph({v: sorted(near) for v, near in around.items()})
    return tuple(sorted(networkx.minimum_node_cut(undirected, start, end)))

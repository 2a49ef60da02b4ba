"""Minimal separating sets: the smallest sets of variables that make two sides independent."""

from collections.abc import Collection, Iterator
from itertools import combinations, islice

from engine.graph.graph import CausalGraph
from engine.graph.projection import subgraph

Neighbours = dict[str, set[str]]


def minimal_separators(
    graph: CausalGraph, xs: Collection[str], y: str, allowed: Collection[str], most: int
) -> tuple[tuple[str, ...], ...]:
    """All minimal subsets of `allowed` that m-separate `xs` from `y`, by size and then by name.

    At most `most` of them, a smallest one always among them; () if nothing separates, ((),) if
    nothing is needed. Minimal separators lie among the ancestors of both sides, and are there the
    vertex separators of the moral graph (van der Zander, Liśkiewicz, Textor, AIJ 2019).
    """
    around = _moral_graph(graph, xs, y, allowed)
    start = next(v for v in graph.variables if v in xs)
    if y in around[start]:
        return ()
    separators = _separators(around, frozenset((start,)), y, frozenset())
    found = [tuple(sorted(names)) for names in islice(separators, most)]
    if len(found) == most:
        found[-1] = _smallest(around, start, y)
    return tuple(sorted(set(found), key=lambda names: (len(names), names)))


def _moral_graph(
    graph: CausalGraph, xs: Collection[str], y: str, allowed: Collection[str]
) -> Neighbours:
    """Neighbours over `allowed`, the first of `xs` and `y`.

    Two ancestors of the sides are neighbours when a path of colliders only joins them: a district
    with its parents is a clique. Variables outside `allowed` are eliminated, which joins their
    neighbours; the rest of `xs` becomes one with the first.
    """
    ancestors = graph.ancestors((*xs, y))
    start = next(v for v in graph.variables if v in xs)
    around: Neighbours = {v: set() for v in graph.variables if v in ancestors}
    for district in subgraph(graph, ancestors).districts():
        _join(around, district.union(*(graph.parents(v) for v in district)))
    for variable in [v for v in around if v not in allowed and v not in (start, y)]:
        near = around.pop(variable)
        for v in near:
            around[v].discard(variable)
        _join(around, near | ({start} if variable in xs else set()))
    return around


def _join(around: Neighbours, clique: Collection[str]) -> None:
    """Make every two of `clique` neighbours."""
    for a, b in combinations(clique, 2):
        around[a].add(b)
        around[b].add(a)


def _separators(
    around: Neighbours, inside: frozenset[str], end: str, outside: frozenset[str]
) -> Iterator[frozenset[str]]:
    """Minimal separators with `inside` on the near side and nothing of `outside` there.

    Branches on one neighbour: it separates or lies beyond, or it is inside too (Takata, Discrete
    Applied Mathematics 2010): no answer is given twice, and none is long in coming.
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
    yield from _separators(around, inside, end, outside | chosen)
    yield from _separators(around, inside | chosen, end, outside)


def _border(around: Neighbours, inside: frozenset[str]) -> frozenset[str]:
    return frozenset[str]().union(*(around[v] for v in inside)) - inside


def _component(around: Neighbours, start: str, without: frozenset[str]) -> frozenset[str]:
    """What can be reached from `start` when `without` is taken away."""
    found, fresh = {start}, [start]
    while fresh:
        near = around[fresh.pop()] - found - without
        found |= near
        fresh.extend(near)
    return frozenset(found)


def _smallest(around: Neighbours, start: str, end: str) -> tuple[str, ...]:
    """A minimum vertex cut: the one nearest to `end`, which is unique."""
    import networkx

    undirected = networkx.Graph({v: sorted(near) for v, near in around.items()})
    return tuple(sorted(networkx.minimum_node_cut(undirected, start, end)))

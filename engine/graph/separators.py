"""Minimal separating sets: the smallest sets of variables that make two sides independent."""

from collections.abc import Collection, Iterator
from itertools import combinations, islice

from engine.graph.graph import CausalGraph
from engine.graph.projection import subgraph

Neighbours = dict[str, set[str]]


def minimal_separators(
    graph: CausalGraph,
    xs: Collection[str],
    ys: Collection[str],
    allowed: Collection[str],
    most: int,
    forced: Collection[str] = (),
) -> tuple[tuple[str, ...], ...]:
    """All minimal subsets of `allowed` that m-separate `xs` from `ys`, by size and then by name.

    At most `most` of them, a smallest one always among them; () if nothing separates, ((),) if
    nothing is needed. With `forced`, which each set then holds: minimal among those that hold it.
    Minimal separators lie among the ancestors of both sides and of `forced`, and are there the
    vertex separators of the moral graph (van der Zander, Liśkiewicz, Textor, AIJ 2019).
    """
    around, start, end = _moral_graph(graph, xs, ys, allowed, forced)
    if end in around[start]:
        return ()
    separators = _separators(around, frozenset((start,)), end, frozenset())
    found = [tuple(sorted({*names, *forced})) for names in islice(separators, most)]
    if len(found) == most:
        found[-1] = tuple(sorted({*_smallest(around, start, end), *forced}))
    return tuple(sorted(set(found), key=lambda names: (len(names), names)))


def nearest_separator(
    graph: CausalGraph, xs: Collection[str], ys: Collection[str], allowed: Collection[str]
) -> tuple[str, ...] | None:
    """The minimal separator nearest to `ys`, sorted; None if nothing of `allowed` separates."""
    around, start, end = _moral_graph(graph, xs, ys, allowed)
    if end in around[start]:
        return None
    near = frozenset(around[end])
    return tuple(sorted(_border(around, _component(around, start, near))))


def _moral_graph(
    graph: CausalGraph,
    xs: Collection[str],
    ys: Collection[str],
    allowed: Collection[str],
    forced: Collection[str] = (),
) -> tuple[Neighbours, str, str]:
    """Neighbours over `allowed` and one of each side, which stands for all of it; and these two.

    Two ancestors of the sides are neighbours when a path of colliders only joins them: a district
    with its parents is a clique. `forced` is held fixed: taken out. Variables outside `allowed` are
    eliminated, which joins their neighbours; the rest of a side becomes one with its first.
    """
    ancestors = graph.ancestors((*xs, *ys, *forced))
    start, end = (next(v for v in graph.variables if v in side) for side in (xs, ys))
    around: Neighbours = {v: set() for v in graph.variables if v in ancestors}
    for district in subgraph(graph, ancestors).districts():
        _join(around, district.union(*(graph.parents(v) for v in district)))
    for variable in forced:
        for v in around.pop(variable):
            around[v].discard(variable)
    for variable in [v for v in around if v not in allowed and v not in (start, end)]:
        near = around.pop(variable)
        for v in near:
            around[v].discard(variable)
        side = {start} if variable in xs else {end} if variable in ys else set()
        _join(around, near | side)
    return around, start, end


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

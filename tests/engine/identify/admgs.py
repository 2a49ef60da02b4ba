"""Every small mixed graph up to renaming, and the questions one can ask of it."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations, permutations

from engine.graph.graph import CausalGraph, graph_of

Asked = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # treatments, outcomes, given


@cache
def small_graphs(count: int) -> tuple[CausalGraph, ...]:
    """All ADMGs over `count` variables, one of each class of those equal up to names."""
    names = [f"v{i}" for i in range(count)]
    pairs = list(combinations(range(count), 2))
    found: dict[tuple[int, int], CausalGraph] = {}
    for arrows in range(1 << len(pairs)):
        directed = [p for i, p in enumerate(pairs) if arrows >> i & 1]
        for both in range(1 << len(pairs)):
            hidden = [p for i, p in enumerate(pairs) if both >> i & 1]
            key = min(_renamed(directed, hidden, order) for order in permutations(range(count)))
            if key not in found:
                found[key] = graph_of(
                    names,
                    [(names[a], names[b]) for a, b in directed],
                    [(names[a], names[b]) for a, b in hidden],
                )
    return tuple(found.values())


def _renamed(
    directed: list[tuple[int, int]], hidden: list[tuple[int, int]], order: tuple[int, ...]
) -> tuple[int, int]:
    """Both kinds of edges as bits, after variable i was called order[i]."""
    size = len(order)
    arrows = sum(1 << (order[a] * size + order[b]) for a, b in directed)
    both = sum(1 << (min(order[a], order[b]) * size + max(order[a], order[b])) for a, b in hidden)
    return arrows, both


def questions(names: tuple[str, ...]) -> Iterator[Asked]:
    """One treatment and outcome; two treatments; two outcomes; and one variable seen beside."""
    for x, y in permutations(names, 2):
        yield (x,), (y,), ()
        rest = [v for v in names if v not in (x, y)]
        for other in rest:
            yield (x,), (y,), (other,)
            if x < other:
                yield (x, other), (y,), ()
            if y < other:
                yield (x,), (y, other), ()

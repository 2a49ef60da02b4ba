"""The smallest change of a graph after which the data no longer contradict it.

Arrows and ↔ are only ever added: a contradicted independence says that something is missing. What
suggested a change is not what it is tested on: one half of the rows suggests, the other half tests,
unless half of them cannot see the contradiction; then the change is labelled so. Several changes
often do equally well, because they allow the same laws.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, permutations

from engine.checks.battery import Battery, Tested, halves
from engine.checks.independence import Independence
from engine.data.table import Table
from engine.graph.graph import CausalGraph, Edge, pair
from engine.graph.projection import project
from engine.graph.separation import separated
from engine.graph.vectors import PLAIN, Vectors

MOST_EDGES = 3
MOST_ALIKE = 6  # changes told that do equally well
Change = tuple[frozenset[Edge], frozenset[Edge]]  # arrows and ↔ that are added


@dataclass(frozen=True, slots=True)
class Trying:
    """How many changes have been tried."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes that do equally well, each arrows and ↔ to add, the first in the graph's order.

    `undone`: the contradicted independences that are then no longer implied. `contradicted` of
    `tests` that the changed graph still implies fail on the rows that tested it; `fresh`: those
    rows are others than suggested it.
    """

    changes: tuple[tuple[tuple[Edge, ...], tuple[Edge, ...]], ...]
    undone: tuple[Independence, ...]
    contradicted: int
    tests: int
    fresh: bool

    @property
    def words(self) -> str:
        """The change and what the rows say of it, in a sentence."""
        ways = [
            " and ".join([f"{a} → {b}" for a, b in arrows] + [f"{a} ↔ {b}" for a, b in hidden])
            for arrows, hidden in self.changes
        ]
        rows = "other rows than suggested it" if self.fresh else "the same rows that suggested it"
        if not self.tests:
            said = "the changed graph implies nothing more that could be tested"
        elif self.contradicted:
            said = f"on {rows}, {self.contradicted} of {self.tests} tests still contradict it"
        else:
            count = f"{self.tests} test{'s' * (self.tests > 1)}"
            said = f"on {rows}, none of {count} contradicts the changed graph"
        does = "make it fit better" if self.contradicted else "repair it"
        several = "One of these would" if len(ways) > 1 else "This would"
        return f"{several} {does}: {'; '.join(ways)}. {said[:1].upper()}{said[1:]}"


def repairs(
    graph: CausalGraph,
    table: Table,
    seed: int,
    vectors: Vectors = PLAIN,
    randomised: Collection[str] = (),
    whole: Battery | None = None,
) -> Iterator[Trying | Repair | None]:
    """Progress (None within a step), then a `Repair`; none where no independence is contradicted.

    Greedy over edges: at each step the ones after which fewest independences are contradicted, and
    among these the ones that keep most of what the graph implied. No arrow into `randomised`.
    """
    whole = Battery(table, vectors) if whole is None else whole
    yield from whole.warm(graph)
    if not any(one.contradicted for one in whole.of(graph)):
        return
    suggesting, testing = (Battery(half, vectors) for half in halves(table, seed))
    yield from suggesting.warm(graph)
    fresh = any(one.contradicted for one in suggesting.of(graph))
    if not fresh:
        suggesting = testing = whole
    graph = project(whole.known(graph))
    broken = [one.implied for one in suggesting.of(graph) if one.contradicted]
    best: list[Change] = [(frozenset(), frozenset())]
    for _ in range(MOST_EDGES):
        start = best[0]
        scored: list[tuple[tuple[int, int], Change]] = []
        candidates = list(_candidates(changed(graph, start), broken, frozenset(randomised)))
        for done, (arrows, hidden) in enumerate(candidates, 1):
            change = (start[0] | arrows, start[1] | hidden)
            yield from suggesting.warm(changed(graph, change))
            tests = suggesting.of(changed(graph, change))
            scored.append(((_against(tests), -len(tests)), change))
            yield Trying(done, len(candidates))
        if not scored:
            break
        least = min(score for score, _ in scored)
        best = [change for score, change in scored if score == least]
        broken = [one.implied for one in suggesting.of(changed(graph, best[0])) if one.contradicted]
        if not broken:
            break
    yield from testing.warm(changed(graph, best[0]))
    yield _repair(graph, best, suggesting, testing, fresh)


def changed(graph: CausalGraph, change: Change) -> CausalGraph:
    """`graph` with the arrows and ↔ of `change`."""
    arrows, hidden = change
    return replace(graph, edges=graph.edges | arrows, bidirected=graph.bidirected | hidden)


def _repair(
    graph: CausalGraph, best: list[Change], suggesting: Battery, testing: Battery, fresh: bool
) -> Repair:
    after = changed(graph, best[0])
    first = [one.implied for one in suggesting.of(graph) if one.contradicted]
    kept = {(x, y) for x, y, _ in (one.implied for one in suggesting.of(after))}
    tests = testing.of(after)
    place = {v: i for i, v in enumerate(graph.variables)}

    def ordered(edges: frozenset[Edge]) -> tuple[Edge, ...]:
        return tuple(sorted(edges, key=lambda edge: (place[edge[0]], place[edge[1]])))

    told = [(ordered(arrows), ordered(hidden)) for arrows, hidden in best[:MOST_ALIKE]]
    undone = tuple(one for one in first if (one[0], one[1]) not in kept)
    return Repair(tuple(told), undone, _against(tests), len(tests), fresh)


def _against(tests: Collection[Tested]) -> int:
    return sum(one.contradicted for one in tests)


def _candidates(
    graph: CausalGraph, broken: Collection[Independence], randomised: frozenset[str]
) -> Iterator[Change]:
    """Every one arrow or ↔ that makes a contradicted independence no longer follow."""
    singles: list[Change] = [
        (frozenset({(a, b)}), frozenset())
        for a, b in permutations(graph.variables, 2)
        if (a, b) not in graph.edges and b not in randomised and not graph.path(b, a)
    ]
    singles += [
        (frozenset(), frozenset({pair(a, b)}))
        for a, b in combinations(graph.variables, 2)
        if pair(a, b) not in graph.bidirected and not randomised & {a, b}
    ]
    for change in singles:
        larger = changed(graph, change)
        if any(not separated(larger, (x,), (y,), given) for x, y, given in broken):
            yield change

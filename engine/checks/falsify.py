"""Is the graph better than a random one? The same drawing with its names shuffled, as a yardstick.

The share of shufflings whose implied independences are contradicted as seldom or more seldom
(permutation test of Eulig, Mastakouri, Blöbaum, Hardt, Janzing 2023, here over one separating set
per pair). Where many shufflings imply the very same, the data could hardly tell: this is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, permutations
from math import factorial

from engine.checks.battery import Battery, Tested
from engine.checks.evidence import LEVEL
from engine.checks.independence import Independence, implied_independences
from engine.data.table import Table
from engine.graph.graph import CausalGraph, pair
from engine.graph.projection import project
from engine.graph.vectors import PLAIN, Vectors
from engine.seeds import numpy_generator

SHUFFLES = 200
TYPICAL = 0.05  # share of shufflings that may do as well


@dataclass(frozen=True, slots=True)
class Falsification:
    """`violated` of `tests` implied independences have p below .05, without correction.

    `as_good`: share of shufflings that are violated as little, the graph itself among them;
    `alike`: share that imply exactly the same, so that no data could tell them from the graph.
    """

    violated: int
    tests: int
    as_good: float
    alike: float
    shuffles: int

    @property
    def contradicted(self) -> bool:
        """True where the graph fits no better than a random one."""
        return self.tests > 0 and self.alike <= TYPICAL and self.as_good > TYPICAL

    @property
    def words(self) -> str:
        """The verdict in a sentence."""
        share = f"{100 * self.as_good:.0f} % of {self.shuffles} graphs with the names shuffled"
        if not self.tests:
            return "The graph implies no independence, so it cannot be compared with random graphs"
        if self.alike > TYPICAL:
            return (
                f"{100 * self.alike:.0f} % of {self.shuffles} graphs with the names shuffled imply "
                "the same, so this comparison says little"
            )
        if self.contradicted:
            return f"No better than a random graph: {share} fit the data as well"
        return f"Better than a random graph: only {share} fit the data as well; not contradicted"


def falsify(
    graph: CausalGraph,
    table: Table,
    seed: int,
    vectors: Vectors = PLAIN,
    shuffles: int = SHUFFLES,
    battery: Battery | None = None,
) -> Iterator[int | Falsification | None]:
    """How many shufflings are done, then the result. All are tried where there are few."""
    battery = Battery(table, vectors) if battery is None else battery
    yield from battery.warm(graph)
    graph = project(battery.known(graph))
    implied = implied_independences(graph)
    own = _violations(battery, graph, implied)
    if not own:
        yield Falsification(0, 0, 1.0, 1.0, 0)
        return
    same, violated = _said(graph), sum(one.p < LEVEL for one in own)
    as_good = alike = done = 0
    for names in _orders(graph.variables, seed, shuffles):
        renamed = dict(zip(graph.variables, names, strict=True))
        shuffled = _renamed(graph, renamed)
        claims = [_relabelled(one, renamed) for one in implied]
        for claim in claims:
            battery.p(shuffled, claim)
            yield None
        tests = _violations(battery, shuffled, claims)
        done += 1
        share = sum(one.p < LEVEL for one in tests) / max(1, len(tests))
        as_good += share <= violated / len(own) + 1e-12
        alike += _said(shuffled) == same
        yield done
    yield Falsification(
        violated, len(own), (1 + as_good) / (1 + done), (1 + alike) / (1 + done), done
    )


def _orders(variables: tuple[str, ...], seed: int, many: int) -> Iterator[tuple[str, ...]]:
    """Every other order of the names where there are at most `many`, else as many by lot."""
    if factorial(len(variables)) <= many:
        yield from islice(permutations(variables), 1, None)
        return
    rng = numpy_generator(seed, "shuffled names")
    for _ in range(many):
        yield tuple(variables[i] for i in rng.permutation(len(variables)))


def _violations(
    battery: Battery, graph: CausalGraph, implied: "tuple[Independence, ...] | list[Independence]"
) -> list[Tested]:
    found = [(one, battery.p(graph, one)) for one in implied]
    return [Tested(one, p) for one, p in found if p is not None]


def _relabelled(one: Independence, names: dict[str, str]) -> Independence:
    x, y, given = one
    return names[x], names[y], tuple(names[v] for v in given)


def _renamed(graph: CausalGraph, names: dict[str, str]) -> CausalGraph:
    return CausalGraph(
        graph.variables,
        frozenset((names[a], names[b]) for a, b in graph.edges),
        frozenset(pair(names[a], names[b]) for a, b in graph.bidirected),
    )


def _said(graph: CausalGraph) -> frozenset[tuple[frozenset[str], frozenset[str]]]:
    """What is joined to what, and which colliders are open: equal only for equal independences.

    Without ↔ that is the skeleton with its v-structures (Verma, Pearl 1990); with ↔ it is finer.
    """
    joined = {frozenset(edge) for edge in graph.edges | graph.bidirected}
    heads = {
        v: {a for a, b in graph.edges if b == v} | set(graph.siblings(v)) for v in graph.variables
    }
    colliders = {
        (frozenset((a, b)), frozenset((v,)))
        for v, into in heads.items()
        for a in into
        for b in into
        if a < b and frozenset((a, b)) not in joined
    }
    return frozenset({(edge, frozenset[str]()) for edge in joined} | colliders)

"""The complete algorithms for P(outcomes | do(treatments), given) from the observed law.

ID and IDC: Shpitser, Pearl, "Identification of joint interventional distributions in recursive
semi-Markovian causal models", AAAI 2006, and "Identification of conditional interventional
distributions", UAI 2006; computed by Tian's factors (Tian, Pearl, AAAI 2002), which give the same
verdict (Huang, Valtorta, AAAI 2006).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from engine.graph.graph import CausalGraph
from engine.graph.projection import subgraph
from engine.graph.separation import separated
from engine.identify.estimand import Expression, fraction, product, summed
from engine.identify.kernels import Kernel, district_kernel, narrowed
from engine.identify.spoken import grouped, listed

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of the reasoning: the line of the published algorithm, and plain words."""

    line: str
    words: str


@dataclass(frozen=True, slots=True)
class Hedge:
    """Why P(outcomes | do(treatments)) does not follow from the data: two groups of variables.

    `outer` (F) and `inner` (F') are each held together by hidden causes and lead to the same
    variables; treatments are in `outer` alone (Shpitser, Pearl 2006, definition 6 and theorem 4).
    """

    outer: Names
    inner: Names


@dataclass(frozen=True, slots=True)
class Estimand:
    """Σ_over Π kernels; where `given` is not empty, divided by its own sum over the outcomes.

    `treatments` may hold variables that were asked as `given`: seeing them is as good as setting
    them. `expression` may depend on variables that the query does not name: then any value does.
    """

    outcomes: Names
    treatments: Names
    given: Names
    kernels: tuple[Kernel, ...]
    over: Names

    @property
    def expression(self) -> Expression:
        """The estimand in the algebra."""
        joint = summed(self.over, product(kernel.expression for kernel in self.kernels))
        return fraction(joint, summed(self.outcomes, joint)) if self.given else joint


@dataclass(frozen=True, slots=True)
class Derivation:
    """The estimand or, where there is none, the hedge; and how either was found."""

    estimand: Estimand | None
    rules: tuple[Rule, ...]
    hedge: Hedge | None = None


class _NotIdentifiedError(Exception):
    """Line 5: a hedge stands in the way."""

    def __init__(self, hedge: Hedge) -> None:
        super().__init__()
        self.hedge = hedge


def derive(
    graph: CausalGraph,
    treatments: Collection[str],
    outcomes: Collection[str],
    given: Collection[str] = (),
) -> Derivation:
    """P(outcomes | do(treatments), given) in a graph over measured variables.

    IDC, line 1: while a seen variable is separated from the outcomes once its own arrows out are
    cut, it may as well be set (rule 2 of do-calculus). Line 2: the rest by ID, divided by its sum.
    """
    rules: list[Rule] = []
    treatments, given = set(treatments), set(given)
    while name := _as_good_as_set(graph, treatments, outcomes, given):
        treatments.add(name)
        given.remove(name)
        rules.append(Rule("IDC 1", f"Seeing {name} is as good as setting it here"))
    together = {*outcomes, *given}
    try:
        kernels, over = _identified(graph, treatments, together, rules)
    except _NotIdentifiedError as error:
        return Derivation(None, tuple(rules), error.hedge)
    if given:
        words = f"What is seen ({listed(_ordered(graph, given))}) is divided out at the end"
        rules.append(Rule("IDC 2", words))
    asked, done, seen = (_ordered(graph, names) for names in (outcomes, treatments, given))
    return Derivation(Estimand(asked, done, seen, kernels, over), tuple(rules))


def _as_good_as_set(
    graph: CausalGraph, treatments: set[str], outcomes: Collection[str], given: set[str]
) -> str | None:
    """A z of `given` with outcomes ⫫ z | treatments, the other given, in G cut at both (IDC 1)."""
    for name in _ordered(graph, given):
        cut = without_arrows(graph, into=treatments, out_of={name})
        if separated(cut, outcomes, (name,), {*treatments, *given} - {name}):
            return name
    return None


def without_arrows(
    graph: CausalGraph, into: Collection[str] = (), out_of: Collection[str] = ()
) -> CausalGraph:
    """`graph` without the edges into `into` (↔ too) and the arrows out of `out_of`."""
    edges = frozenset(e for e in graph.edges if e[1] not in into and e[0] not in out_of)
    both = frozenset(e for e in graph.bidirected if not set(e) & set(into))
    return replace(graph, edges=edges, bidirected=both)


def _identified(
    graph: CausalGraph, treatments: set[str], outcomes: set[str], rules: list[Rule]
) -> tuple[tuple[Kernel, ...], Names]:
    """The kernels whose product, summed over the second result, is P(outcomes | do(treatments)).

    ID, line 2: only ancestors of the outcomes matter. Line 3: whatever does not lead to them once
    the treatments are set may be set as well. Line 4: the rest falls apart by hidden causes.
    """
    ancestors = graph.ancestors(outcomes)
    if others := _ordered(graph, set(graph.variables) - ancestors):
        rules.append(Rule("ID 2", f"{listed(others)} cannot change the outcome: left out"))
    graph = subgraph(graph, ancestors)
    treatments = treatments & ancestors
    if not treatments:
        rules.append(Rule("ID 1", "Nothing that is set leads to the outcome: it stays as seen"))
    free = subgraph(graph, frozenset(graph.variables) - treatments)
    needed = free.ancestors(outcomes)
    if idle := _ordered(free, set(free.variables) - needed):
        words = f"{listed(idle)} can only act through what is set: may be set as well"
        rules.append(Rule("ID 3", words))
    parts = subgraph(graph, needed).districts()
    if len(parts) > 1:
        told = grouped(_ordered(graph, part) for part in parts)
        words = f"No hidden cause joins these groups, each is worked out alone: {told}"
        rules.append(Rule("ID 4", words))
    order = graph.order()
    wholes = {v: district for district in graph.districts() for v in district}
    kernels = [_district(graph, part, wholes[next(iter(part))], rules) for part in parts]
    place = {v: i for i, v in enumerate(order)}
    kernels.sort(key=lambda kernel: place[kernel.variables[0]], reverse=True)
    return tuple(kernels), tuple(v for v in order if v in needed - outcomes)


def _district(
    graph: CausalGraph, part: frozenset[str], whole: frozenset[str], rules: list[Rule]
) -> Kernel:
    """Q[part] from Q[whole], the district of the observed law that holds it.

    IDENTIFY(C, T, Q) of Tian, Pearl 2002: with A the ancestors of C within T, A = C sums the rest
    out; A = T is a hedge; else C lies in a smaller district of A. In ID: lines 2, 5 and 7 (6).
    """
    kernel = district_kernel(graph, whole)
    name = grouped([_ordered(graph, part)])
    if part == whole:
        words = f"{name} shares no hidden cause with what is set: as seen, given what comes before"
        rules.append(Rule("ID 6", words))
    while part != whole:
        inside = subgraph(graph, whole)
        ancestors = inside.ancestors(part)
        if ancestors == whole:
            outer, inner = _ordered(graph, whole), _ordered(graph, part)
            words = (
                f"{grouped([outer])} is held together by hidden causes and all of it leads to "
                f"{name}: what is set cannot be told from them"
            )
            rules.append(Rule("ID 5", words))
            raise _NotIdentifiedError(Hedge(outer, inner))
        district = subgraph(inside, ancestors).district(next(iter(part)))
        gone = grouped([_ordered(graph, whole - ancestors)])
        left = grouped([_ordered(graph, district)])
        words = f"Within {grouped([_ordered(graph, whole)])} {gone} is summed out"
        if district != ancestors:
            words += f", and {left} is taken given the rest that came before"
        rules.append(Rule("ID 2" if ancestors == district else "ID 7", words))
        kernel, whole = narrowed(kernel, ancestors, district), district
    return kernel


def _ordered(graph: CausalGraph, names: Collection[str]) -> Names:
    """`names` in the order of the graph's variables."""
    return tuple(v for v in graph.variables if v in names)

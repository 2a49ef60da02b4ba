"""Which way an interventional question is answered: the estimand, and the conditionals it needs."""

from dataclasses import dataclass, replace
from functools import lru_cache

from engine.checks.independence import beyond_testing
from engine.graph.graph import CausalGraph
from engine.graph.vectors import PLAIN, Vectors, check_whole, spread_out
from engine.identify.assumptions import assumptions
from engine.identify.identification import (
    NOT_COMPUTED,
    Identification,
    counterfactual_identified,
    identify,
)
from engine.interventions import Action, Shift, variables_of
from engine.queries.answers import Footing
from engine.queries.chains import Chain
from engine.queries.model import observational
from engine.queries.worlds import ancestral
from engine.scm.conditional import Conditional

MOST_LISTED = 40  # variables; listing takes too long beyond
NO_PATH, G_FORMULA, BACK_DOOR = "no causal path", "g-formula", "back-door adjustment"


@dataclass(frozen=True, slots=True)
class Route:
    """`law`: conditionals, causes first, that give the outcome; or `adjust`: P(outcome | x, z); or
    `chain`, what the ID algorithm found.

    `seen`: the chain rule of the outcome when nothing is done. Empty where the footing is refused.
    """

    footing: Footing
    law: tuple[Conditional, ...] = ()
    adjust: Conditional | None = None
    chain: Chain | None = None
    seen: tuple[Conditional, ...] = ()

    @property
    def needed(self) -> tuple[Conditional, ...]:
        """Every conditional that must be fitted, each once."""
        extra = () if self.adjust is None else (self.adjust,)
        chain = () if self.chain is None else self.chain.needed
        return tuple(dict.fromkeys((*self.law, *extra, *chain, *self.seen)))


def route(graph: CausalGraph, action: Action, outcome: str, vectors: Vectors = PLAIN) -> Route:
    """The way to P(outcome | do(action)) in a graph over measured variables.

    Identified among the nodes, where each of `vectors` is one; computed from columns: `action` and
    `outcome` name these, and an action on a vector must name all of its components.
    """
    check_whole(vectors, action)
    shifted = vectors.nodes(item.variable for item in action if isinstance(item, Shift))
    return _route(graph, vectors.nodes(variables_of(action)), outcome, shifted, vectors)


def grounded(
    footing: Footing,
    graph: CausalGraph,
    action: Action,
    outcome: str,
    vectors: Vectors = PLAIN,
) -> Footing:
    """The footing with the absent edges that its answer rests on and that no data can test."""
    treatments = vectors.nodes(variables_of(action))
    return _grounded(footing, graph, treatments, vectors.node(outcome))


@lru_cache(maxsize=256)
def _grounded(
    footing: Footing, graph: CausalGraph, treatments: tuple[str, ...], outcome: str
) -> Footing:
    if not footing.identified or len(graph.variables) > MOST_LISTED:
        return replace(footing, listed=not footing.identified)
    arrows, hidden = beyond_testing(graph, *assumptions(graph, treatments, outcome))
    return replace(footing, rests_on_arrows=arrows, rests_on_hidden=hidden)


def imagining(graph: CausalGraph, action: Action, outcome: str, vectors: Vectors = PLAIN) -> Route:
    """The way to the counterfactual of `outcome`: mechanisms of everything the action changes."""
    check_whole(vectors, action)
    treatments = vectors.nodes(variables_of(action))
    moved = vectors.nodes(kept(graph, action, vectors))
    return _imagining(graph, treatments, outcome, moved, vectors)


def kept(graph: CausalGraph, action: Action, vectors: Vectors = PLAIN) -> tuple[str, ...]:
    """Shifted columns that another intervention reaches: they keep their own mechanism."""
    nodes = vectors.nodes(variables_of(action))
    return tuple(
        item.variable
        for item in action
        if isinstance(item, Shift)
        and (node := vectors.node(item.variable))
        in graph.descendants(v for v in nodes if v != node)
    )


@lru_cache(maxsize=1024)
def _route(
    graph: CausalGraph,
    treatments: tuple[str, ...],
    outcome: str,
    shifted: tuple[str, ...],
    vectors: Vectors,
) -> Route:
    seen = ancestral(observational(graph, vectors), (outcome,))
    if not treatments:
        return Route(Footing(), law=seen, seen=seen)
    node = vectors.node(outcome)
    found = identify(graph, treatments, node, shifted)
    footing = _footing(found)
    if footing.refused:
        return Route(footing)
    if found.method == NO_PATH:
        return Route(footing, law=seen, seen=seen)
    if found.method == G_FORMULA:
        place = {name: number for number, name in enumerate(graph.order())}
        factors = sorted(found.factors, key=lambda c: place[c.target])
        law = ancestral(spread_out(factors, graph, vectors), (outcome,))
        return Route(footing, law=law, seen=seen)
    if found.method != BACK_DOOR:
        return _chained(found, footing, seen, vectors)
    (adjust,) = (c for c in found.factors if c.target == node)
    return Route(footing, adjust=Conditional(outcome, vectors.spread(adjust.given)))


def _chained(
    found: Identification, footing: Footing, seen: tuple[Conditional, ...], vectors: Vectors
) -> Route:
    """Along the estimand of the ID algorithm, where all of it is of single columns."""
    assert found.law is not None
    chain = Chain(found.law, found.natural)
    names = {name for c in chain.needed for name in (c.target, *c.given)}
    if whole := sorted(names & set(vectors.names)):
        said = NOT_COMPUTED.format(method=found.method)
        why = f"{said.removesuffix('.')}: {whole[0]} is several columns."
        return Route(replace(footing, computable=False, why_not=why))
    return Route(footing, chain=chain, seen=seen)


def _footing(found: Identification) -> Footing:
    """What was found, in the plain values that travel to the window."""
    return Footing(
        found.identified,
        found.method,
        found.estimand,
        found.adjusting,
        why_not=found.why_not,
        computable=found.computable,
        latex=found.latex,
        words=found.words,
        rules=tuple(f"{rule.words} ({rule.line})." for rule in found.rules),
        hedge=None if found.hedge is None else (found.hedge.outer, found.hedge.inner),
        instruments=tuple(map(str, found.instruments)),
    )


@lru_cache(maxsize=1024)
def _imagining(
    graph: CausalGraph,
    treatments: tuple[str, ...],
    outcome: str,
    moved: tuple[str, ...],
    vectors: Vectors,
) -> Route:
    held, node = set(treatments) - set(moved), vectors.node(outcome)
    if node in held or node not in graph.descendants(treatments):
        return Route(Footing(True, NO_PATH))
    others = tuple(v for v in treatments if v != node)
    beside = tuple(v for v in moved if v != node)
    fine, why_not = counterfactual_identified(graph, others, node, beside)
    if not fine:
        return Route(Footing(False, why_not=why_not))
    cut = replace(graph, edges=frozenset(e for e in graph.edges if e[1] not in held))
    changed = (cut.descendants(treatments) & cut.ancestors((node,))) - held
    whole = tuple(Conditional(v, graph.parents(v)) for v in graph.order() if v in changed)
    law = ancestral(spread_out(whole, graph, vectors), (outcome,))
    return Route(Footing(True, "abduction, action, prediction"), law=law)

"""Which way an interventional question is answered: the estimand, and the conditionals it needs."""

from dataclasses import dataclass, replace
from functools import lru_cache

from engine.checks.independence import beyond_testing
from engine.graph.graph import CausalGraph
from engine.identify.assumptions import assumptions
from engine.identify.identification import counterfactual_identified, identify
from engine.interventions import Action, Shift, variables_of
from engine.queries.answers import Footing
from engine.queries.model import observational
from engine.queries.worlds import ancestral
from engine.scm.conditional import Conditional

MOST_LISTED = 40  # variables; listing takes too long beyond
NO_PATH, G_FORMULA, BACK_DOOR = "no causal path", "g-formula", "back-door adjustment"


@dataclass(frozen=True, slots=True)
class Route:
    """`law`: conditionals, causes first, that give the outcome; or `adjust`: P(outcome | x, z).

    `seen`: the chain rule of the outcome when nothing is done. Empty where not identified.
    """

    footing: Footing
    law: tuple[Conditional, ...] = ()
    adjust: Conditional | None = None
    seen: tuple[Conditional, ...] = ()

    @property
    def needed(self) -> tuple[Conditional, ...]:
        """Every conditional that must be fitted, each once."""
        extra = () if self.adjust is None else (self.adjust,)
        return tuple(dict.fromkeys((*self.law, *extra, *self.seen)))


def route(graph: CausalGraph, action: Action, outcome: str) -> Route:
    """The way to P(outcome | do(action)) in a graph over measured variables."""
    shifted = tuple(item.variable for item in action if isinstance(item, Shift))
    return _route(graph, variables_of(action), outcome, shifted)


def grounded(footing: Footing, graph: CausalGraph, action: Action, outcome: str) -> Footing:
    """The footing with the absent edges that its answer rests on and that no data can test."""
    return _grounded(footing, graph, variables_of(action), outcome)


@lru_cache(maxsize=256)
def _grounded(
    footing: Footing, graph: CausalGraph, treatments: tuple[str, ...], outcome: str
) -> Footing:
    if not footing.identified or len(graph.variables) > MOST_LISTED:
        return replace(footing, listed=not footing.identified)
    arrows, hidden = beyond_testing(graph, *assumptions(graph, treatments, outcome))
    return replace(footing, rests_on_arrows=arrows, rests_on_hidden=hidden)


def imagining(graph: CausalGraph, action: Action, outcome: str) -> Route:
    """The way to the counterfactual of `outcome`: mechanisms of everything the action changes."""
    return _imagining(graph, variables_of(action), outcome, kept(graph, action))


def kept(graph: CausalGraph, action: Action) -> tuple[str, ...]:
    """Shifted variables that another intervention reaches: they keep their own mechanism."""
    names = variables_of(action)
    return tuple(
        item.variable
        for item in action
        if isinstance(item, Shift)
        and item.variable in graph.descendants(v for v in names if v != item.variable)
    )


@lru_cache(maxsize=1024)
def _route(
    graph: CausalGraph, treatments: tuple[str, ...], outcome: str, shifted: tuple[str, ...]
) -> Route:
    seen = ancestral(observational(graph), (outcome,))
    if not treatments:
        return Route(Footing(), law=seen, seen=seen)
    found = identify(graph, treatments, outcome, shifted)
    if not found.identified:
        return Route(Footing(False, why_not=found.why_not))
    footing = Footing(True, found.method, found.estimand, found.adjusting)
    if found.method == NO_PATH:
        return Route(footing, law=seen, seen=seen)
    if found.method == G_FORMULA:
        place = {name: number for number, name in enumerate(graph.order())}
        factors = sorted(found.factors, key=lambda c: place[c.target])
        return Route(footing, law=tuple(factors), seen=seen)
    (adjust,) = (c for c in found.factors if c.target == outcome)
    return Route(footing, adjust=adjust)


@lru_cache(maxsize=1024)
def _imagining(
    graph: CausalGraph, treatments: tuple[str, ...], outcome: str, moved: tuple[str, ...]
) -> Route:
    held = set(treatments) - set(moved)
    if outcome in held or outcome not in graph.descendants(treatments):
        return Route(Footing(True, NO_PATH))
    others = tuple(v for v in treatments if v != outcome)
    beside = tuple(v for v in moved if v != outcome)
    fine, why_not = counterfactual_identified(graph, others, outcome, beside)
    if not fine:
        return Route(Footing(False, why_not=why_not))
    cut = replace(graph, edges=frozenset(e for e in graph.edges if e[1] not in held))
    changed = (cut.descendants(treatments) & cut.ancestors((outcome,))) - held
    law = tuple(Conditional(v, graph.parents(v)) for v in graph.order() if v in changed)
    return Route(Footing(True, "abduction, action, prediction"), law=law)

"""Natural direct effects: what the treatment does while mediators stay as without it.

Avin, Shpitser, Pearl, IJCAI 2005 (recanting witness); Shpitser, Cognitive Science 2013 (recanting
district).
"""

from collections.abc import Collection
from dataclasses import dataclass

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.graph.projection import project, subgraph
from engine.identify.adjustment import check_names
from engine.identify.complete import derive
from engine.identify.identification import Identification, identify
from engine.identify.kernels import Kernel
from engine.identify.spoken import listed

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NaturalEffect:
    """P(y) with the treatment at x for the direct paths and at x* for those through mediators.

    Identified: Σ_over Π kernels, each at x (`False`) or at x* (`True`). Else `why_not`, a sentence.
    `controlled` is what can be asked instead: the mediators set, P(y | do(x, m)).
    """

    identified: bool
    controlled: Identification
    kernels: tuple[tuple[Kernel, bool], ...] = ()
    over: Names = ()
    why_not: str = ""


def natural_direct(
    graph: CausalGraph, treatment: str, mediators: Collection[str], outcome: str
) -> NaturalEffect:
    """Whether the effect of `treatment` past `mediators` can be told from the effect through them.

    It can exactly if P(y | do(x)) is identified and no variable, and no group joined by hidden
    causes, takes part in both kinds of paths right behind the treatment.
    """
    check_names(graph, (treatment, *mediators), outcome)
    if not mediators or treatment in mediators:
        raise QueryError("No mediator is named", remedy="name what lies between the two")
    controlled = identify(graph, (treatment, *mediators), outcome)
    projected = project(graph)
    through, past = _uses(projected, treatment, frozenset(mediators), outcome)
    both = [v for v in projected.variables if v in through & past]
    if both:
        return NaturalEffect(False, controlled, why_not=_reacts(both, treatment))
    derived = derive(projected, (treatment,), (outcome,))
    if derived.estimand is None:
        total = identify(graph, (treatment,), outcome)
        return NaturalEffect(False, controlled, why_not=total.why_not)
    free = subgraph(projected, frozenset(projected.variables) - {treatment})
    for district in subgraph(free, free.ancestors((outcome,))).districts():
        if district & through and district & past:
            pair = [next(v for v in free.variables if v in district & side)
                    for side in (through, past)]  # fmt: skip
            return NaturalEffect(False, controlled, why_not=_tied(pair, treatment))
    kernels = tuple((k, bool(through & set(k.variables))) for k in derived.estimand.kernels)
    return NaturalEffect(True, controlled, kernels, derived.estimand.over)


def _uses(
    graph: CausalGraph, treatment: str, mediators: frozenset[str], outcome: str
) -> tuple[frozenset[str], frozenset[str]]:
    """The treatment's effects that lead through a mediator, and those that lead past them all."""
    effects = frozenset(graph.children(treatment))
    free = subgraph(graph, frozenset(graph.variables) - {treatment})
    onward = free.ancestors(mediators & free.ancestors((outcome,)))
    around = subgraph(free, frozenset(free.variables) - mediators)
    return effects & onward, effects & around.ancestors((outcome,))


def _reacts(names: list[str], treatment: str) -> str:
    one = len(names) == 1
    return (
        f"{listed(names)} {'reacts' if one else 'react'} to {treatment} and "
        f"{'sits' if one else 'sit'} on both paths, past the mediator and through it; "
        "ask for the controlled direct effect, with the mediator set."
    )


def _tied(pair: list[str], treatment: str) -> str:
    inner, outer = pair
    return (
        f"{inner} and {outer} both react to {treatment} and share a hidden cause, "
        "one on each path; ask for the controlled direct effect, with the mediator set."
    )

"""Latent projection, and the order in which an observational law factorises."""

from itertools import combinations

from engine.graph.graph import CausalGraph, pair
from engine.scm.conditional import Conditional


def project(graph: CausalGraph) -> CausalGraph:
    """The graph over the observed variables alone that says the same of them, in the same order.

    Latent projection (Verma, Pearl 1990): a → b where a directed path runs through latent variables
    only, a ↔ b where a path without colliders does and has an arrowhead at both ends.
    """
    for variable in graph.variables:
        if variable in graph.latent:
            graph = _marginal(graph, variable)
    return graph


def tian_predecessors(graph: CausalGraph, variable: str) -> tuple[str, ...]:
    """What `variable` is fitted given, so that the chain rule holds; in the order of `variables`.

    In the topological order of the projected graph: the district of v within the variables up to v,
    and the parents of all of these, without v itself (Tian, Pearl, AAAI 2002, lemma 4). For a
    district of one these are exactly the parents.
    """
    return _predecessors(project(graph), variable)


def factorisation(graph: CausalGraph) -> tuple[Conditional, ...]:
    """The chain rule P(observed) = Π P(v | Tian predecessors of v), in topological order."""
    projected = project(graph)
    return tuple(Conditional(v, _predecessors(projected, v)) for v in projected.order())


def subgraph(graph: CausalGraph, keep: frozenset[str]) -> CausalGraph:
    """`graph` over `keep` alone: other variables and their edges are dropped, not projected."""
    return CausalGraph(
        tuple(v for v in graph.variables if v in keep),
        frozenset(edge for edge in graph.edges if keep.issuperset(edge)),
        frozenset(edge for edge in graph.bidirected if keep.issuperset(edge)),
        graph.latent & keep,
    )


def _predecessors(projected: CausalGraph, variable: str) -> tuple[str, ...]:
    order = projected.order()
    upto = subgraph(projected, frozenset(order[: order.index(variable) + 1]))
    district = upto.district(variable)
    needed = district.union(*(upto.parents(v) for v in district)) - {variable}
    return tuple(v for v in projected.variables if v in needed)


def _marginal(graph: CausalGraph, latent: str) -> CausalGraph:
    """`graph` without `latent`: its causes reach its effects, which now share a hidden cause."""
    parents, children, siblings = (
        graph.parents(latent),
        graph.children(latent),
        graph.siblings(latent),
    )
    through = {(cause, effect) for cause in parents for effect in children}
    shared = {pair(a, b) for a, b in combinations(children, 2)}
    shared |= {pair(a, b) for a in children for b in siblings if a != b}
    rest = subgraph(graph, frozenset(graph.variables) - {latent})
    return CausalGraph(rest.variables, rest.edges | through, rest.bidirected | shared, rest.latent)

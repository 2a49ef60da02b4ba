"""Which experiments change what a conditional says, because a hidden cause is broken up by them."""

from dataclasses import replace
from functools import lru_cache

from engine.graph.graph import CausalGraph
from engine.graph.separation import separated
from engine.scm.conditional import Conditional


@lru_cache(maxsize=1024)
def disturbing(
    graph: CausalGraph, conditional: Conditional, varied: frozenset[str]
) -> frozenset[str]:
    """Those of `varied` that nobody may have set in the rows that P(target | given) is fitted to.

    Setting v is an arrow from its regime into v: P(target | given) stays as it is exactly where the
    target is separated from that regime by `given` (Pearl, Bareinboim, Statist. Sci. 2014). Without
    hidden causes a variable given its parents always is. The target itself is left out of this.
    """
    if not graph.bidirected:
        return frozenset()
    regime = "\0experiment"  # no column is called so
    known = replace(graph, variables=(regime, *graph.variables))
    return frozenset(
        v
        for v in varied & set(graph.variables) - {conditional.target}
        if not separated(
            replace(known, edges=graph.edges | {(regime, v)}),
            (regime,),
            (conditional.target,),
            conditional.given,
        )
    )

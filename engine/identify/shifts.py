"""A treatment moved from where it came about, beside hidden causes: do(x += δ).

The treatment keeps its own causes, hidden ones too; only what it causes sees the moved value. That
is an intervention on the arrows out of it (Shpitser, Tchetgen Tchetgen, Ann. Statist. 2016).
"""

from dataclasses import dataclass

from engine.graph.graph import CausalGraph
from engine.graph.projection import subgraph
from engine.identify.complete import Estimand
from engine.identify.kernels import district_kernel


@dataclass(frozen=True, slots=True)
class Shifted:
    """Σ Π Q[district] over the ancestors of the outcome, the treatment among them.

    The links of `natural`, the treatment's own district, see the treatment as it came about, all
    others see it moved. Without an `estimand`: `child` reacts to the treatment and hidden causes
    join the two, so that one part would have to see both.
    """

    estimand: Estimand | None
    natural: frozenset[str] = frozenset()
    child: str = ""


def shifted(graph: CausalGraph, treatment: str, outcome: str) -> Shifted:
    """P(outcome | do(treatment += δ)) in a graph over measured variables.

    Identified exactly if no child of the treatment among the ancestors of the outcome lies in its
    district there: else seeing x and reacting to x + δ fall into one factor (recanting district).
    """
    within = subgraph(graph, graph.ancestors((outcome,)))
    own = within.district(treatment)
    for child in within.children(treatment):
        if child in own:
            return Shifted(None, child=child)
    kernels = tuple(district_kernel(within, district) for district in within.districts())
    over = tuple(v for v in within.order() if v != outcome)
    return Shifted(Estimand((outcome,), (treatment,), (), kernels, over), own)

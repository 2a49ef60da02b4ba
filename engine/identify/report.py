"""All that is said of one causal query: the verdict, and the sets and instruments beside it."""

from collections.abc import Collection
from dataclasses import dataclass

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.identify.adjustment import OptimalSet, adjustment_sets, optimal_set
from engine.identify.frontdoor import front_door_sets
from engine.identify.identification import Identification, identify, identify_jointly
from engine.identify.instruments import LATE, LINEAR_IV, Instrument, instruments

MOST_SHOWN = 50
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What else the graph offers for the effect: at most `capped` sets of each kind.

    `sets` for the total effect and `direct` for the arrow alone, both with the forced covariates;
    `instruments` answer by `methods` only, which need more than the graph.
    """

    sets: tuple[Names, ...] = ()
    optimal: OptimalSet | None = None
    direct: tuple[Names, ...] = ()
    front_doors: tuple[Names, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    methods: tuple[str, ...] = (LINEAR_IV, LATE)
    warnings: Names = ()
    capped: int = MOST_SHOWN


def answered(
    graph: CausalGraph,
    treatments: Names,
    outcome: str,
    shifted: Names = (),
    given: Names = (),
    *,
    selected: Collection[str] = (),
) -> Identification:
    """The verdict on P(outcome | do(treatments), given), rows being there where `selected` hold."""
    if not given:
        return identify(graph, treatments, outcome, shifted)
    if shifted:
        raise QueryError(
            "A shift beside something seen cannot be identified yet", remedy="set a value instead"
        )
    return identify_jointly(graph, treatments, (outcome,), given)


def beside(
    graph: CausalGraph,
    treatments: Names,
    outcome: str,
    forced: Names = (),
    forbidden: Names = (),
) -> Beside:
    """Adjustment sets, the best of them, front doors and instruments of one effect."""
    sets, direct = (
        adjustment_sets(
            graph,
            treatments,
            outcome,
            MOST_SHOWN,
            forced=forced,
            forbidden=forbidden,
            direct=only,
        )
        for only in (False, True)
    )
    arrow = any((treatment, outcome) in graph.edges for treatment in treatments)
    reached = outcome in graph.descendants(treatments)
    single = treatments[0] if len(treatments) == 1 else None
    free = not forced and not forbidden
    return Beside(
        sets,
        optimal_set(graph, treatments, outcome) if reached and free else None,
        direct if arrow and direct != sets else (),
        front_door_sets(graph, treatments, outcome, MOST_SHOWN) if reached else (),
        instruments(graph, single, outcome) if single and not sets else (),
    )

"""All that is said of one causal query: the verdict, and the sets and instruments beside it."""

from dataclasses import dataclass

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.identify import writing
from engine.identify.adjustment import MOST_SETS, OptimalSet, adjustment_sets, optimal_set
from engine.identify.estimand import joined
from engine.identify.frontdoor import front_door_sets
from engine.identify.identification import (
    NOT_COMPUTED,
    Identification,
    identify,
    identify_jointly,
)
from engine.identify.influence import biasing_paths, in_words
from engine.identify.instruments import LATE, LINEAR_IV, Instrument, instruments
from engine.identify.selection import recover
from engine.identify.spoken import listed

MOST_PATHS = 12
RECOVERED = "recovery from selected rows"
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What else the graph offers for the effect: at most 200 sets of a kind, 50 front doors.

    `sets` for the total effect and `direct` for the arrow alone, both with the forced covariates;
    `instruments` answer by `methods` only, which need more than the graph. `open_paths` are those
    that are not causal and that nothing closes but what is forced, the shortest ones, in words;
    `all_open` where these are all.
    """

    sets: tuple[Names, ...] = ()
    optimal: OptimalSet | None = None
    direct: tuple[Names, ...] = ()
    front_doors: tuple[Names, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    methods: tuple[str, ...] = (LINEAR_IV, LATE)
    warnings: Names = ()
    open_paths: Names = ()
    all_open: bool = True


def answered(
    graph: CausalGraph,
    treatments: Names,
    outcome: str,
    shifted: Names = (),
    given: Names = (),
    *,
    selected: Names = (),
) -> Identification:
    """The verdict on P(outcome | do(treatments), given), rows being there where `selected` hold."""
    if shifted and (given or selected):
        raise QueryError(
            "A shift beside something seen cannot be identified yet", remedy="set a value instead"
        )
    if given and selected:
        raise QueryError(
            f"Rows are selected by {listed(selected)}: something seen beside cannot be identified",
            remedy=f"ask for P({outcome} | do({', '.join(treatments)}))",
        )
    if given:
        return identify_jointly(graph, treatments, (outcome,), given)
    found = identify(graph, treatments, outcome, shifted)
    return _from_selected_rows(graph, treatments, outcome, selected) if selected else found


def _from_selected_rows(
    graph: CausalGraph, treatments: Names, outcome: str, selected: Names
) -> Identification:
    recovery = recover(graph, treatments, (outcome,), selected)
    estimand = recovery.estimand
    if estimand is None:
        return Identification(False, why_not=recovery.why_not, rules=recovery.rules)
    query = writing.Query((outcome,), treatments)
    expression = joined(estimand.expression)
    return Identification(
        True,
        RECOVERED,
        estimand=writing.text(query, expression),
        latex=writing.latex(query, expression),
        why_not=NOT_COMPUTED.format(method=RECOVERED),
        rules=recovery.rules,
        words=writing.words(query, expression),
        law=estimand,
        computable=False,
    )


def beside(
    graph: CausalGraph,
    treatments: Names,
    outcome: str,
    forced: Names = (),
    forbidden: Names = (),
    given: Names = (),
) -> Beside:
    """Adjustment sets, the best of them, front doors and instruments of one effect."""
    sets, direct = (
        adjustment_sets(
            graph,
            treatments,
            outcome,
            MOST_SETS,
            forced=forced,
            forbidden=forbidden,
            direct=only,
        )
        for only in (False, True)
    )
    arrow = any((treatment, outcome) in graph.edges for treatment in treatments)
    reached = outcome in graph.descendants(treatments)
    single = treatments[0] if len(treatments) == 1 else None
    paths, whole = biasing_paths(graph, treatments, (outcome,), forced, MOST_PATHS)
    free = not forced and not forbidden
    words = [
        f"{name} reacts to {listed(treatments)}: this compares different people."
        for name in given
        if name in graph.descendants(treatments)
    ]
    if max(len(sets), len(direct)) >= MOST_SETS:
        words.append(f"Only the first {MOST_SETS} adjustment sets are listed; there may be more.")
    return Beside(
        sets,
        optimal_set(graph, treatments, outcome) if reached and free else None,
        direct if arrow and direct != sets else (),
        front_door_sets(graph, treatments, outcome) if reached else (),
        instruments(graph, single, outcome) if single and not sets else (),
        warnings=tuple(words),
        open_paths=tuple(map(in_words, paths)),
        all_open=whole,
    )

"""Whether P(outcome | do(treatments)) follows from what is measured, how, or why not."""

from collections.abc import Collection
from dataclasses import dataclass

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.graph.projection import project, subgraph
from engine.graph.separation import open_path_in_words
from engine.identify.adjustment import (
    adjustment_sets,
    check_names,
    proper_back_door_graph,
    widest_candidate,
)
from engine.identify.formula import Formula, latex, text
from engine.scm.conditional import Conditional

NO_PATH = "no causal path"
G_FORMULA = "g-formula"
BACK_DOOR = "back-door adjustment"
NOT_TRIED = "Other strategies (front-door …) are not tried yet."


@dataclass(frozen=True, slots=True)
class Identification:
    """What a causal question rests on.

    `method` is "no causal path", "g-formula", "back-door adjustment" or "". `adjusting` is the
    smallest adjustment set (ties by name); for the g-formula it serves the words and may be empty,
    either because nothing needs adjusting or because no single set does: `adjustment_sets` tells.
    `factors` are the conditionals to fit: for back-door P(y | x, z), with P(z) from the rows.
    """

    identified: bool
    method: str = ""
    adjusting: tuple[str, ...] = ()
    estimand: str = ""
    latex: str = ""
    adjustment_sets: tuple[tuple[str, ...], ...] = ()
    factors: tuple[Conditional, ...] = ()
    why_not: str = ""
    hedge: None = None


def identify(
    graph: CausalGraph,
    treatments: Collection[str],
    outcome: str,
    shifted: Collection[str] = (),
) -> Identification:
    """P(outcome | do(treatments)) from the law of the measured variables, tried in this order.

    1. No causal path: P(y). 2. g-formula, where no needed mechanism shares a hidden cause: with D
    the ancestors of y once treatments are cut, Π_{v ∈ D} P(v | parents). 3. Back-door adjustment:
    Σ_z P(y | x, z) P(z). `shifted` names the treatments that keep their own mechanism and are moved
    by an amount; these need P(x | parents), or an adjustment set before the treatments.
    """
    check_names(graph, treatments, outcome)
    if not treatments:
        raise QueryError("Nothing is set", remedy="name at least one treatment")
    projected = project(graph)
    treatments = tuple(v for v in projected.variables if v in treatments)
    sets = adjustment_sets(projected, treatments, outcome)
    if outcome not in projected.descendants(treatments):
        return _no_path(treatments, outcome, sets)
    if shifted:
        sets = _before(projected, treatments, sets)
    needed = needed_variables(projected, set(treatments) - set(shifted), outcome)
    if not _shared(projected, needed, outcome):
        return _g_formula(projected, treatments, outcome, needed, sets, frozenset(shifted))
    if sets:
        return _back_door(projected, treatments, outcome, sets, frozenset(shifted))
    return Identification(False, why_not=_why_not(projected, treatments, outcome, bool(shifted)))


def needed_variables(graph: CausalGraph, cut: Collection[str], outcome: str) -> frozenset[str]:
    """Variables whose mechanisms make the outcome once `cut` are set: its ancestors then."""
    return subgraph(graph, frozenset(graph.variables) - set(cut)).ancestors((outcome,))


def counterfactual_identified(
    graph: CausalGraph,
    treatments: Collection[str],
    outcome: str,
    shifted: Collection[str] = (),
) -> tuple[bool, str]:
    """Whether one unit's outcome under `treatments` can be computed, and if not why, in a sentence.

    Every variable that changes on the way to the outcome must share no hidden cause with another
    ancestor of the outcome: else its noise cannot be read off its own parents.
    """
    check_names(graph, treatments, outcome)
    projected = project(graph)
    held = set(treatments) - set(shifted)
    arrows = frozenset(edge for edge in projected.edges if edge[1] not in held)
    cut = CausalGraph(projected.variables, arrows)
    changed = (cut.descendants(treatments) & cut.ancestors((outcome,))) - held
    if pair := _shared(projected, changed, outcome):
        a, b = pair
        return False, (
            f"{a} and {b} share a hidden cause ({a} ↔ {b}), "
            "so this row's own luck cannot be read off what was measured."
        )
    return True, ""


def _shared(
    graph: CausalGraph, variables: Collection[str], outcome: str
) -> tuple[str, str] | tuple[()]:
    """A ↔ among the ancestors of `outcome` that touches one of `variables`; () if there is none."""
    within = graph.ancestors((outcome,))
    touching = (
        (a, b)
        for a, b in sorted(graph.bidirected)
        if within.issuperset((a, b)) and (a in variables or b in variables)
    )
    return next(touching, ())


def _before(
    graph: CausalGraph, treatments: tuple[str, ...], sets: tuple[tuple[str, ...], ...]
) -> tuple[tuple[str, ...], ...]:
    """The adjustment sets that also serve a shift: no treatment moves another one, or the set."""
    moved = frozenset().union(*(graph.descendants((v,)) - {v} for v in treatments))
    if moved & set(treatments):
        return ()
    return tuple(names for names in sets if not moved & set(names))


def _no_path(
    treatments: tuple[str, ...], outcome: str, sets: tuple[tuple[str, ...], ...]
) -> Identification:
    factors = (Conditional(outcome),)
    formula = Formula(treatments, outcome, factors)
    return Identification(True, NO_PATH, (), text(formula), latex(formula), sets, factors)


def _g_formula(
    graph: CausalGraph,
    treatments: tuple[str, ...],
    outcome: str,
    needed: frozenset[str],
    sets: tuple[tuple[str, ...], ...],
    shifted: frozenset[str],
) -> Identification:
    order = [v for v in graph.order() if v in needed]
    factors = tuple(Conditional(v, graph.parents(v)) for v in order)
    over = tuple(v for v in order if v != outcome)
    formula = Formula(treatments, outcome, factors[::-1], over, shifted=shifted)
    adjusting = sets[0] if sets else ()
    return Identification(True, G_FORMULA, adjusting, text(formula), latex(formula), sets, factors)


def _back_door(
    graph: CausalGraph,
    treatments: tuple[str, ...],
    outcome: str,
    sets: tuple[tuple[str, ...], ...],
    shifted: frozenset[str],
) -> Identification:
    adjusting = sets[0]
    given = tuple(v for v in graph.variables if v in treatments or v in adjusting)
    over = tuple(v for v in graph.variables if v in adjusting or v in shifted)
    factors = (Conditional(outcome, given),)
    formula = Formula(treatments, outcome, factors, over, over, shifted)
    return Identification(True, BACK_DOOR, adjusting, text(formula), latex(formula), sets, factors)


def _why_not(graph: CausalGraph, treatments: tuple[str, ...], outcome: str, shifted: bool) -> str:
    """One open path that nothing measured can close, in a sentence."""
    cut = proper_back_door_graph(graph, treatments, outcome)
    given = widest_candidate(graph, treatments, outcome)
    path = open_path_in_words(cut, treatments, (outcome,), given)
    if not path and shifted:
        return (
            f"Shifting keeps the treatment's own causes, and those share a hidden one. {NOT_TRIED}"
        )
    ends = path.split(" ↔ ")
    if len(ends) == 2 and set(ends) <= {*treatments, outcome}:
        return f"{ends[0]} and {ends[1]} share a hidden cause ({path}). {NOT_TRIED}"
    return f"No measured variable can close the path {path}. {NOT_TRIED}"

"""Whether P(outcome | do(treatments)) follows from what is measured, how, or why not."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.graph.projection import project, subgraph
from engine.graph.separation import open_path_in_words
from engine.identify import formula as short
from engine.identify import shifts, writing
from engine.identify.adjustment import (
    adjustment_sets,
    check_names,
    proper_back_door_graph,
    widest_candidate,
)
from engine.identify.complete import Derivation, Estimand, Hedge, Rule, derive
from engine.identify.estimand import free_names, joined
from engine.identify.formula import Formula
from engine.identify.frontdoor import front_door_formula, front_door_sets
from engine.identify.instruments import Instrument, instruments
from engine.identify.kernels import drawable
from engine.identify.spoken import listed
from engine.scm.conditional import Conditional

NO_PATH = "no causal path"
G_FORMULA = "g-formula"
BACK_DOOR = "back-door adjustment"
FRONT_DOOR = "front-door adjustment"
ID = "ID algorithm"
IDC = "IDC algorithm"
EDGES = "edge g-formula"
NOT_COMPUTED = "It follows from the data by {method}, but Doscope cannot compute it yet."
AROUND = "and no formula gets around it"


@dataclass(frozen=True, slots=True)
class Identification:
    """What a causal question rests on.

    `method` is "no causal path", "g-formula", "back-door adjustment", "front-door adjustment", "ID
    algorithm", "IDC algorithm", "edge g-formula" (of shifts) or "". `adjusting` is the smallest
    adjustment set (ties by name); for the g-formula it serves the words and may be empty, either
    because nothing needs adjusting or because no single set does: `adjustment_sets` tells.
    `factors` are the conditionals to fit: for back-door P(y | x, z), with P(z) from the rows; ()
    where the ID algorithm found something else: `law` is the estimand link by link; it is the same
    at any value of `anywhere`. The links of `natural` see a shifted treatment unmoved. What is not
    `computable` follows from the data in a way not computed yet, and `why_not` says so. `through`
    is the front-door set. `rules` are the steps to the verdict. Not identified: `hedge`, and what
    `instruments` there are.
    """

    identified: bool
    method: str = ""
    adjusting: tuple[str, ...] = ()
    estimand: str = ""
    latex: str = ""
    adjustment_sets: tuple[tuple[str, ...], ...] = ()
    factors: tuple[Conditional, ...] = ()
    why_not: str = ""
    hedge: Hedge | None = None
    rules: tuple[Rule, ...] = ()
    words: str = ""
    law: Estimand | None = None
    through: tuple[str, ...] = ()
    anywhere: tuple[str, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    computable: bool = True
    natural: frozenset[str] = frozenset()


def identify(
    graph: CausalGraph,
    treatments: Collection[str],
    outcome: str,
    shifted: Collection[str] = (),
) -> Identification:
    """P(outcome | do(treatments)) from the law of the measured variables, tried in this order.

    1. No causal path: P(y). 2. g-formula, where no needed mechanism shares a hidden cause: with D
    the ancestors of y once treatments are cut, Π_{v ∈ D} P(v | parents). 3. Back-door adjustment:
    Σ_z P(y | x, z) P(z). 4. The complete ID algorithm, of which the front door is a case with a
    name. `shifted` names the treatments that keep their own mechanism and are moved by an amount;
    these need P(x | parents), or an adjustment set before the treatments; instead of 4, a single
    one may keep its district as it is (`engine.identify.shifts`).
    """
    check_names(graph, treatments, outcome)
    if not treatments:
        raise QueryError("Nothing is set", remedy="name at least one treatment")
    projected = project(graph)
    treatments = tuple(v for v in projected.variables if v in treatments)
    sets = adjustment_sets(projected, treatments, outcome)
    derived = derive(projected, treatments, (outcome,))
    rules, law = derived.rules, derived.estimand
    if outcome not in projected.descendants(treatments):
        return replace(_no_path(treatments, outcome, sets), rules=rules, law=law)
    if shifted:
        sets = _before(projected, treatments, sets)
    needed = needed_variables(projected, set(treatments) - set(shifted), outcome)
    if not _shared(projected, needed, outcome):
        found = _g_formula(projected, treatments, outcome, needed, sets, frozenset(shifted))
    elif sets:
        found = _back_door(projected, treatments, outcome, sets, frozenset(shifted))
    elif shifted:
        return _shifted(projected, treatments, outcome, shifted)
    else:
        return _by_the_complete_algorithm(projected, treatments, (outcome,), (), derived)
    return found if shifted else replace(found, rules=rules, law=law)


def identify_jointly(
    graph: CausalGraph,
    treatments: Collection[str],
    outcomes: Collection[str],
    given: Collection[str] = (),
) -> Identification:
    """P(outcomes | do(treatments), given) for several outcomes, or with something seen beside.

    By the complete algorithms alone; one outcome with nothing seen is what `identify` is for. With
    hidden causes an outcome may be identified alone and not together with another one.
    """
    check_names(graph, treatments, outcomes)
    check_names(graph, (*treatments, *outcomes), given)
    if not treatments:
        raise QueryError("Nothing is set", remedy="name at least one treatment")
    projected = project(graph)
    xs, ys, zs = (
        tuple(v for v in projected.variables if v in names)
        for names in (treatments, outcomes, given)
    )
    derived = derive(projected, xs, ys, zs)
    return _by_the_complete_algorithm(projected, xs, ys, zs, derived)


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


def _written(
    method: str,
    formula: Formula,
    factors: tuple[Conditional, ...],
    sets: tuple[tuple[str, ...], ...],
    adjusting: tuple[str, ...] = (),
) -> Identification:
    query = writing.Query((formula.outcome,), formula.treatments)
    told = "" if formula.shifted else writing.words(query, short.expression(formula))
    text, latex = short.text(formula), short.latex(formula)
    return Identification(True, method, adjusting, text, latex, sets, factors, words=told)


def _no_path(
    treatments: tuple[str, ...], outcome: str, sets: tuple[tuple[str, ...], ...]
) -> Identification:
    factors = (Conditional(outcome),)
    return _written(NO_PATH, Formula(treatments, outcome, factors), factors, sets)


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
    return _written(G_FORMULA, formula, factors, sets, sets[0] if sets else ())


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
    return _written(BACK_DOOR, formula, factors, sets, adjusting)


def _shifted(
    graph: CausalGraph, treatments: tuple[str, ...], outcome: str, moved: Collection[str]
) -> Identification:
    """One treatment moved from where it came about, its district left as it is."""
    if len(treatments) > 1 or not set(treatments) <= set(moved):
        return Identification(False, why_not=_why_shift_not(graph, treatments, outcome))
    found = shifts.shifted(graph, treatments[0], outcome)
    if found.estimand is None:
        tied = f"{treatments[0]} and {found.child}, which reacts to it, are joined by hidden causes"
        return Identification(False, why_not=f"{tied}: what a shift does cannot be told from them.")
    place = {v: i for i, v in enumerate(graph.order())}
    links = [k for kernel in found.estimand.kernels for k in kernel.links]
    factors = tuple(link for link in links if isinstance(link, Conditional))
    factors = tuple(sorted(factors, key=lambda factor: -place[factor.target]))
    formula = Formula(
        treatments,
        outcome,
        factors,
        found.estimand.over,
        shifted=frozenset(treatments),
        natural=found.natural,
    )
    return replace(_written(EDGES, formula, factors, ()), law=found.estimand, natural=found.natural)


def _by_the_complete_algorithm(
    graph: CausalGraph,
    treatments: tuple[str, ...],
    outcomes: tuple[str, ...],
    given: tuple[str, ...],
    derived: Derivation,
) -> Identification:
    """What ID or IDC found: an estimand, under the name of the front door if it is one; a hedge."""
    single = len(outcomes) == 1 and not given
    if derived.estimand is None:
        found = (
            instruments(graph, treatments[0], outcomes[0])
            if single and len(treatments) == 1
            else ()
        )
        return Identification(
            False,
            why_not=_why_not(graph, treatments, outcomes, derived.hedge),
            hedge=derived.hedge,
            rules=derived.rules,
            instruments=found,
        )
    doors = front_door_sets(graph, treatments, outcomes[0]) if single else ()
    method = FRONT_DOOR if doors else IDC if given else ID
    expression = (
        front_door_formula(graph, treatments, outcomes[0], doors[0])
        if doors
        else joined(derived.estimand.expression)
    )
    query = writing.Query(outcomes, treatments, given)
    kernels = derived.estimand.kernels
    computable = drawable(kernels) if single else len(outcomes) == 1 and not graph.bidirected
    said = NOT_COMPUTED.format(method=method if doors else f"the {method}")
    free = free_names(expression) - query.names
    return Identification(
        True,
        method,
        estimand=writing.text(query, expression),
        latex=writing.latex(query, expression),
        why_not="" if computable else said,
        rules=derived.rules,
        words=writing.words(query, expression),
        law=derived.estimand,
        through=doors[0] if doors else (),
        anywhere=tuple(v for v in graph.variables if v in free),
        computable=computable,
    )


def _why_not(
    graph: CausalGraph,
    treatments: tuple[str, ...],
    outcomes: tuple[str, ...],
    hedge: Hedge | None,
) -> str:
    """One open path that nothing measured can close, or else what the hedge ties, in a sentence."""
    assert hedge is not None
    path = _open_path(graph, treatments, outcomes[0])
    ends = path.split(" ↔ ")
    if len(ends) == 2 and set(ends) <= {*treatments, *outcomes}:
        return f"{ends[0]} and {ends[1]} share a hidden cause ({path}), {AROUND}."
    if path:
        return f"No measured variable can close the path {path}, {AROUND}."
    among = [v for v in hedge.outer if v in treatments]
    beside = [v for v in hedge.outer if v not in treatments]
    return f"Hidden causes tie {listed(among)} to {listed(beside)}, {AROUND}."


def _why_shift_not(graph: CausalGraph, treatments: tuple[str, ...], outcome: str) -> str:
    path = _open_path(graph, treatments, outcome)
    if path:
        return f"No measured variable can close the path {path}, which a shift needs closed."
    return "Shifting keeps the treatment's own causes, and those share a hidden one."


def _open_path(graph: CausalGraph, treatments: tuple[str, ...], outcome: str) -> str:
    cut = proper_back_door_graph(graph, treatments, outcome)
    given = widest_candidate(graph, treatments, outcome)
    return open_path_in_words(cut, treatments, (outcome,), given)

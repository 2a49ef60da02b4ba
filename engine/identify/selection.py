"""Effects from rows that are there because of something they share: selection S = 1.

Bareinboim, Tian, Pearl, AAAI 2014 (seeing); Bareinboim, Tian, AAAI 2015, procedure RC (doing),
complete by Correa, Tian, Bareinboim, AAAI 2019.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.graph.projection import project, subgraph
from engine.graph.separation import open_path_in_words, separated
from engine.identify.adjustment import (
    check_names,
    proper_back_door_graph,
    widest_candidate,
)
from engine.identify.complete import Estimand, Rule
from engine.identify.kernels import Kernel, narrowed
from engine.identify.spoken import grouped, listed
from engine.scm.conditional import Conditional

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recovery:
    """The estimand in the law of the selected rows; or a sentence that says why there is none."""

    estimand: Estimand | None
    rules: tuple[Rule, ...] = ()
    why_not: str = ""


class _LostError(Exception):
    """RC fails: a factor cannot be had from selected rows."""

    def __init__(self, part: frozenset[str]) -> None:
        super().__init__()
        self.part = part


def seeing_recoverable(
    graph: CausalGraph, outcome: str, given: Collection[str], selected: Collection[str]
) -> bool:
    """Whether P(outcome | given) is that of the selected rows: exactly if outcome ⫫ S | given."""
    measured = project(replace(graph, latent=graph.latent - set(selected)))
    return separated(measured, (outcome,), selected, given)


def recover(
    graph: CausalGraph,
    treatments: Collection[str],
    outcomes: Collection[str],
    selected: Collection[str],
) -> Recovery:
    """P(outcomes | do(treatments)) from rows that all have `selected`, which cause nothing drawn.

    Each factor Q[D] of the ID algorithm is recovered alone (procedure RC).
    """
    check_names(graph, treatments, outcomes)
    _check_selected(graph, (*treatments, *outcomes), selected)
    whole = project(replace(graph, latent=graph.latent - set(selected)))
    measured = subgraph(whole, frozenset(whole.variables) - set(selected))
    treatments = tuple(v for v in measured.variables if v in treatments)
    asked = tuple(v for v in measured.variables if v in outcomes)
    free = subgraph(measured, frozenset(measured.variables) - set(treatments))
    needed = free.ancestors(asked)
    law = _selected_law(whole, selected)
    rules: list[Rule] = []
    try:
        kernels = [
            _recovered(whole, part, law, selected, rules)
            for part in subgraph(measured, needed).districts()
        ]
    except _LostError as error:
        why_not = _why_not(whole, treatments, asked, selected, error.part)
        return Recovery(None, tuple(rules), why_not)
    over = tuple(v for v in measured.order() if v in needed - set(asked))
    return Recovery(Estimand(asked, treatments, (), tuple(kernels), over), tuple(rules))


def _check_selected(graph: CausalGraph, asked: Collection[str], selected: Collection[str]) -> None:
    for name in selected:
        if name not in graph.variables:
            raise QueryError(f"The graph has no variable {name}", remedy="add it first")
        if name in asked:
            raise QueryError(
                f"{name} is the same in all rows", where=name, remedy="ask about another variable"
            )
        if below := sorted(graph.descendants((name,)) - {name}):
            raise QueryError(
                f"Rows are selected by {name}, which causes {below[0]}",
                where=name,
                remedy="draw the selection as a variable of its own that causes nothing",
            )


def _selected_law(graph: CausalGraph, selected: Collection[str]) -> Kernel:
    """P(v | all before, S = 1) for every variable, causes of the selection before all others."""
    first = graph.ancestors(selected)
    order = sorted((v for v in graph.order() if v not in selected), key=lambda v: v not in first)
    links = []
    for place, variable in enumerate(order):
        given = list(order[:place])
        for other in order[:place]:
            rest = [v for v in given if v != other]
            if separated(graph, (variable,), (other,), (*rest, *selected)):
                given = rest
        links.append(Conditional(variable, tuple(v for v in graph.variables if v in given)))
    return Kernel(tuple(links))


def _recovered(
    graph: CausalGraph,
    part: frozenset[str],
    kernel: Kernel,
    selected: Collection[str],
    rules: list[Rule],
) -> Kernel:
    """RC(D, P, G): Q[part] from the law of the selected rows, or a `_LostError`.

    1. What leads neither to D nor to S is summed out. 2. Of the districts without a cause of S, one
    may hold D, and goes on to IDENTIFY; the others are divided out, and all is begun again.
    """
    ordered = tuple(v for v in graph.variables if v in part)
    while True:
        keep = graph.ancestors((*part, *selected))
        graph = subgraph(graph, keep)
        kernel = narrowed(kernel, keep, keep)
        causes = graph.ancestors(selected)
        clean = [district for district in graph.districts() if not district & causes]
        if not clean:
            raise _LostError(part)
        home = next((district for district in clean if part <= district), None)
        if home is not None:
            words = f"{grouped([ordered])} is the same among the selected rows as among all"
            rules.append(Rule("RC 2b", words))
            return _identified(graph, part, home, narrowed_to(kernel, home))
        gone = frozenset().union(*clean)
        told = grouped([[v for v in graph.variables if v in gone]])
        rules.append(Rule("RC 2c", f"To find {grouped([ordered])}, {told} is divided out"))
        graph = subgraph(graph, frozenset(graph.variables) - gone)
        kernel = narrowed_to(kernel, frozenset(graph.variables))


def narrowed_to(kernel: Kernel, names: frozenset[str]) -> Kernel:
    """The links of `names` alone: the kernel divided by all the others."""
    return Kernel(tuple(link for link in kernel.links if link.target in names))


def _identified(
    graph: CausalGraph, part: frozenset[str], whole: frozenset[str], kernel: Kernel
) -> Kernel:
    """IDENTIFY(D, C, Q[C]) of Tian, Pearl 2002."""
    while part != whole:
        inside = subgraph(graph, whole)
        ancestors = inside.ancestors(part)
        if ancestors == whole:
            raise _LostError(part)
        district = subgraph(inside, ancestors).district(next(iter(part)))
        kernel, whole = narrowed(kernel, ancestors, district), district
    return kernel


def _why_not(
    graph: CausalGraph,
    treatments: Names,
    outcomes: Names,
    selected: Collection[str],
    lost: frozenset[str],
) -> str:
    """The path that the selection opens, or whose law the selected rows do not tell."""
    cut = proper_back_door_graph(graph, treatments, outcomes)
    held = widest_candidate(graph, treatments, outcomes) - set(selected)
    path = open_path_in_words(cut, treatments, outcomes, {*held, *selected})
    by = listed(sorted(selected))
    if any(name in path.split() for name in selected):
        return (
            f"Rows are selected by {by}: {listed(treatments)} and {listed(outcomes)} now look "
            f"related because of that ({path})."
        )
    if path:
        return f"Rows are selected by {by}, and no measured variable closes the path {path}."
    names = listed([v for v in graph.variables if v in lost])
    return f"Rows are selected by {by}, so that {names} among them is not as among all."

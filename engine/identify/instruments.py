"""Instruments: what moves the treatment and reaches the outcome through it alone."""

from dataclasses import dataclass

from engine.graph.graph import CausalGraph
from engine.graph.projection import project
from engine.graph.separation import separated
from engine.graph.separators import nearest_separator
from engine.identify.adjustment import check_names, forbidden_variables, proper_back_door_graph
from engine.identify.spoken import listed

LINEAR_IV = "linear IV"
LATE = "LATE: effect in compliers, needs monotonicity"


@dataclass(frozen=True, slots=True)
class Instrument:
    """`name` is an instrument for the treatment once `given` is held fixed."""

    name: str
    given: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} given {listed(self.given)}" if self.given else self.name


def instruments(graph: CausalGraph, treatment: str, outcome: str) -> tuple[Instrument, ...]:
    """Every variable that some set of ancestors makes an instrument, in the order of the graph.

    Conditional instrument z of the total effect (Brito, Pearl, UAI 2002): without the first arrows
    of the causal paths, z is separated from the outcome by a set w and not from the treatment; then
    cov(z, y | w) / cov(z, x | w) is the effect in every linear law.

    One set each: the separator nearest to the outcome, which leaves the treatment open if any does
    (ancestral instruments: van der Zander, Textor, Liśkiewicz, IJCAI 2015). None of them identifies
    the average effect without a further assumption: straight lines (`LINEAR_IV`), or that nobody is
    moved the other way (`LATE`; Imbens, Angrist, Econometrica 1994).
    """
    check_names(graph, (treatment,), outcome)
    projected = project(graph)
    if outcome not in projected.descendants((treatment,)):
        return ()
    cut = proper_back_door_graph(projected, (treatment,), (outcome,))
    forbidden = forbidden_variables(projected, (treatment,), (outcome,)) | {treatment, outcome}
    free = frozenset(projected.variables) - forbidden
    found = []
    for name in (v for v in projected.variables if v in free):
        given = nearest_separator(cut, (name,), (outcome,), free - {name})
        if given is not None and not separated(cut, (name,), (treatment,), given):
            found.append(Instrument(name, given))
    return tuple(found)

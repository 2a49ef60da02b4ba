"""How a graph is drawn beyond where its nodes stand: bent edges, and regions behind the cards."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.graph.graph import CausalGraph

Place = tuple[float, float]
Drawn = tuple[str, str, bool]  # an edge: cause, effect, False; or the two ends of a ↔, True


@dataclass(frozen=True, slots=True)
class Region:
    """A frame behind the cards with a title and a note. Canvas units, y down."""

    left: float
    top: float
    width: float
    height: float
    title: str = ""
    note: str = ""

    def holds(self, place: Place) -> bool:
        """True where a point lies inside."""
        x, y = place[0] - self.left, place[1] - self.top
        return 0 <= x <= self.width and 0 <= y <= self.height


@dataclass(frozen=True, slots=True)
class Sketch:
    """What has no meaning for the mathematics. Mappings are never changed in place.

    `bends`: how far the middle of an edge is pulled from the middle between its two nodes.
    """

    bends: Mapping[Drawn, Place] = field(default_factory=dict)
    regions: tuple[Region, ...] = ()

    def __bool__(self) -> bool:
        """False where nothing is bent and no region is drawn."""
        return bool(self.bends or self.regions)


def drawn_edges(graph: CausalGraph) -> frozenset[Drawn]:
    """Every edge of the graph, by its name here."""
    arrows = {(a, b, False) for a, b in graph.edges}
    return frozenset(arrows | {(a, b, True) for a, b in graph.bidirected})


def fitted(sketch: Sketch, graph: CausalGraph, more: frozenset[Drawn] = frozenset()) -> Sketch:
    """The sketch without bends of edges neither in the graph nor in `more`; itself if none is."""
    drawn = drawn_edges(graph) | more
    if sketch.bends.keys() <= drawn:
        return sketch
    return replace(sketch, bends={key: at for key, at in sketch.bends.items() if key in drawn})


def renamed(sketch: Sketch, old: str, new: str) -> Sketch:
    """The sketch once a variable has another name."""
    bends = {renamed_edge(drawn, old, new): at for drawn, at in sketch.bends.items()}
    return replace(sketch, bends=bends)


def renamed_edge(drawn: Drawn, old: str, new: str) -> Drawn:
    """The edge once a variable has another name."""
    a, b = (new if v == old else v for v in drawn[:2])
    return (min(a, b), max(a, b), True) if drawn[2] else (a, b, False)

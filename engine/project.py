"""The project: everything the user made, as one frozen value; no Qt, no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.data.table import Table
from engine.graph.graph import CausalGraph, Edge
from engine.graph.tiers import Tiers
from engine.graph.vectors import Vectors
from engine.queries.balanced import Instant
from engine.queries.concepts import Concepts
from engine.queries.pins import Pin
from engine.queries.questions import Question
from engine.sketch import Drawn, Sketch, drawn_edges, fitted

Position = tuple[float, float]


class Role(StrEnum):
    """What a variable plays in the user's question; DAGitty's words."""

    EXPOSURE = "exposure"
    OUTCOME = "outcome"
    ADJUSTED = "adjusted"
    SELECTED = "selected"


@dataclass(frozen=True, slots=True)
class Project:
    """Graph, layout, table, choices and question. Mappings are never changed in place.

    `positions`: centre of each node in canvas units (y down). `families`: requested family per
    column where it is not "auto". `title` is shown in the window until a file has a name.
    `assumed`: arrows that a draft proposed and nobody has confirmed; the mathematics takes them as
    it takes the others. `vectors`: the nodes that are several columns. `pins`: answers kept beside
    each other, in the order they were kept. `randomised`: what an experimenter set by lot, so
    nothing drawn causes it. `cut`: edges into such variables, which the lot put out of force: they
    are drawn and come back with the end of the mark, but are no part of the graph. `tiers`: when
    variables come about, 0 first, of drawn variables and of columns. `sketch`: how the graph is
    drawn, without meaning for the mathematics. `instant`: what is compared by balance alone.
    `environment`: the column whose categories are the environments compared, or "".
    `concepts`: which columns are a representation, and what concepts are learnt from.
    """

    graph: CausalGraph = field(default_factory=CausalGraph)
    positions: Mapping[str, Position] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    table: Table | None = None
    families: Mapping[str, str] = field(default_factory=dict)
    question: Question = field(default_factory=Question)
    seed: int = 0
    title: str = ""
    notes: str = ""
    assumed: frozenset[Edge] = frozenset()
    vectors: Vectors = Vectors()
    pins: tuple[Pin, ...] = ()
    randomised: frozenset[str] = frozenset()
    cut: frozenset[Drawn] = frozenset()
    tiers: Tiers = field(default_factory=dict)
    sketch: Sketch = field(default_factory=Sketch)
    how: Mapping[str, str] = field(default_factory=dict)
    instant: Instant = Instant()
    environment: str = ""
    concepts: Concepts = Concepts()

    def __post_init__(self) -> None:
        """What is said of arrows and nodes goes with them; drawn again, nothing is said of them."""
        if not set(self.vectors.names) <= set(self.graph.variables):
            object.__setattr__(self, "vectors", self.vectors.among(self.graph.variables))
        if self.randomised:
            object.__setattr__(self, "randomised", self.randomised & _without_causes(self.graph))
        if self.cut:
            object.__setattr__(self, "cut", self.cut & _put_out(self))
        if not self.assumed <= self.graph.edges:
            arrows = self.graph.edges | {(a, b) for a, b, hidden in self.cut if not hidden}
            object.__setattr__(self, "assumed", self.assumed & arrows)
        if self.sketch.bends:
            object.__setattr__(self, "sketch", fitted(self.sketch, self.graph, self.cut))

    @property
    def questionable(self) -> tuple[str, ...]:
        """The columns that a question may name: of drawn variables that have all their data."""
        return self.vectors.spread(v for v in self.graph.variables if self.measured(v))

    def measured(self, name: str) -> bool:
        """True where `name` is drawn as measured and the table has its column, or all of them."""
        if name in self.graph.latent or self.table is None:
            return False
        return all(column in self.table for column in self.vectors.columns(name))

    @property
    def pictures(self) -> tuple[str, ...]:
        """The drawn variables that are pictures."""
        drawn = () if self.table is None else self.graph.variables
        known = {} if self.table is None else self.table.pictures
        return tuple(v for v in drawn if v in known and v not in self.graph.latent)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the drawn variables, in order; a node without data stands for itself."""
        return self.vectors.spread(self.graph.variables)


def _without_causes(graph: CausalGraph) -> frozenset[str]:
    """Variables with no arrow in and no ↔."""
    caused = {effect for _, effect in graph.edges}
    return frozenset(graph.variables) - caused - {v for edge in graph.bidirected for v in edge}


def _put_out(project: Project) -> frozenset[Drawn]:
    """Those of the cut edges whose ends are drawn, one of them set by lot, and that are not in."""
    graph, lots = project.graph, project.randomised
    drawn, known = drawn_edges(graph), set(graph.variables)
    return frozenset(
        (a, b, hidden)
        for a, b, hidden in project.cut - drawn
        if {a, b} <= known and (b in lots or (hidden and a in lots))
    )

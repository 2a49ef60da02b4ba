"""The project: everything the user made, as one frozen value; no Qt, no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.data.table import Table
from engine.graph.graph import CausalGraph, Edge
from engine.graph.vectors import Vectors
from engine.queries.pins import Pin
from engine.queries.questions import Question
from engine.sketch import Sketch, fitted

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
    nothing drawn causes it. `sketch`: how the graph is drawn, without meaning for the mathematics.
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
    sketch: Sketch = field(default_factory=Sketch)

    def __post_init__(self) -> None:
        """What is said of arrows and nodes goes with them; drawn again, nothing is said of them."""
        if not self.assumed <= self.graph.edges:
            object.__setattr__(self, "assumed", self.assumed & self.graph.edges)
        if not set(self.vectors.names) <= set(self.graph.variables):
            object.__setattr__(self, "vectors", self.vectors.among(self.graph.variables))
        if self.randomised:
            object.__setattr__(self, "randomised", self.randomised & _without_causes(self.graph))
        if self.sketch.bends:
            object.__setattr__(self, "sketch", fitted(self.sketch, self.graph))

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
    def columns(self) -> tuple[str, ...]:
        """The columns of the drawn variables, in order; a node without data stands for itself."""
        return self.vectors.spread(self.graph.variables)


def _without_causes(graph: CausalGraph) -> frozenset[str]:
    """Variables with no arrow in and no ↔."""
    caused = {effect for _, effect in graph.edges}
    return frozenset(graph.variables) - caused - {v for edge in graph.bidirected for v in edge}

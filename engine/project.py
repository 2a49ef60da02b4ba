"""The project: everything the user made, as one frozen value; no Qt, no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.data.table import Table
from engine.graph.graph import CausalGraph, Edge
from engine.graph.vectors import Vectors
from engine.queries.pins import Pin
from engine.queries.questions import Question

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
    each other, in the order they were kept.
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

    def __post_init__(self) -> None:
        """An arrow that is no longer drawn is not assumed either; drawn again, it is meant.

        A node that is no longer drawn is no vector either.
        """
        if not self.assumed <= self.graph.edges:
            object.__setattr__(self, "assumed", self.assumed & self.graph.edges)
        if not set(self.vectors.names) <= set(self.graph.variables):
            object.__setattr__(self, "vectors", self.vectors.among(self.graph.variables))

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

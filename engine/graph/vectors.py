"""Variables that are several columns: one node of the graph, a chain of columns in the law.

A vector V = (c1, …, ck) is learnt one component after the other, P(V | z) = Π_i P(c_i | z, c_<i): a
multivariate autoregressive flow, whose Jacobian is triangular (Papamakarios et al., JMLR 2021,
section 3.1). The arrows from earlier components to later ones are bookkeeping, no causal claims:
what follows from the graph is asked of the nodes, and only what is computed uses the columns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product

from engine.errors import GraphError, QueryError
from engine.graph.graph import CausalGraph, pair
from engine.interventions import Action, Set, variables_of
from engine.scm.conditional import Conditional


@dataclass(frozen=True, slots=True)
class Vectors:
    """The variables that are several columns, each with its components in their order."""

    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __contains__(self, name: object) -> bool:
        return any(name == vector for vector, _ in self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def names(self) -> tuple[str, ...]:
        """The vectors themselves, in order."""
        return tuple(name for name, _ in self.parts)

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns that the variable `name` is: its components, or itself alone."""
        return next((columns for vector, columns in self.parts if vector == name), (name,))

    def node(self, column: str) -> str:
        """The variable that `column` is a component of, or `column` itself."""
        return next((vector for vector, columns in self.parts if column in columns), column)

    def before(self, column: str) -> tuple[str, ...]:
        """The components of its variable that come before `column`."""
        columns = self.columns(self.node(column))
        return columns[: columns.index(column)]

    def nodes(self, columns: Iterable[str]) -> tuple[str, ...]:
        """The variables of these columns, in order, each once."""
        return tuple(dict.fromkeys(self.node(column) for column in columns))

    def spread(self, names: Iterable[str]) -> tuple[str, ...]:
        """The columns of these variables, in order."""
        return tuple(column for name in names for column in self.columns(name))

    def beside(self, name: str) -> tuple[str, ...]:
        """All columns of the variable that `name` is, or is a component of."""
        return self.columns(self.node(name))

    def renamed(self, old: str, new: str) -> "Vectors":
        """One vector or component called otherwise."""

        def name(was: str) -> str:
            return new if was == old else was

        return Vectors(tuple((name(v), tuple(map(name, columns))) for v, columns in self.parts))

    def among(self, names: Iterable[str]) -> "Vectors":
        """Those vectors that are among `names`."""
        names = set(names)
        return Vectors(tuple(part for part in self.parts if part[0] in names))

    def words(self, name: str) -> str:
        """What a vector is, for people: "pos is one variable of px, py"."""
        return f"{name} is one variable of {', '.join(self.columns(name))}"


PLAIN = Vectors()


def vectors_of(parts: Mapping[str, Iterable[str]]) -> Vectors:
    """Vectors by name; refused where one has fewer than two components, or two share one."""
    found = Vectors(tuple((name, tuple(columns)) for name, columns in parts.items()))
    owners: dict[str, str] = {}
    for name, columns in found.parts:
        if len(set(columns)) < 2 or len(set(columns)) < len(columns):
            raise GraphError(
                f"{name} needs at least two different columns", where=name, remedy="name them"
            )
        for column in columns:
            if column in owners:
                raise GraphError(
                    f"{column} is already part of {owners[column]}",
                    where=name,
                    remedy="a column belongs to one variable",
                )
            owners[column] = name
    return found


def check_vectors(vectors: Vectors, graph: CausalGraph, columns: Iterable[str]) -> None:
    """Refuse vectors that are no nodes, that lack a column, or whose names mean two things."""
    columns = set(columns)
    for name, components in vectors.parts:
        if name not in graph.variables:
            raise GraphError(f"The graph has no variable {name}", where=name, remedy="draw it")
        if name in columns:
            raise GraphError(
                f"{name} is itself a column of the table", where=name, remedy="call it otherwise"
            )
        for column in components:
            if column in graph.variables:
                raise GraphError(
                    f"{column} is part of {name} and stands in the graph by itself",
                    where=column,
                    remedy=f"take {column} out of the graph, or leave it out of {name}",
                )
            if column not in columns:
                raise GraphError(
                    f"The table has no column {column}", where=name, remedy="name columns it has"
                )


@lru_cache(maxsize=64)
def expanded(graph: CausalGraph, vectors: Vectors) -> CausalGraph:
    """`graph` over columns: a vector's components in a chain, its edges at each of them.

    Every component has the causes of its variable and the components before it; every component
    causes what its variable causes; a ↔ at a vector is one at each of its components.
    """
    if not vectors:
        return graph
    within = {both for _, columns in vectors.parts for both in combinations(columns, 2)}
    edges = {both for a, b in graph.edges for both in _between(vectors, a, b)}
    hidden = {pair(*both) for a, b in graph.bidirected for both in _between(vectors, a, b)}
    return CausalGraph(
        vectors.spread(graph.variables),
        frozenset(edges | within),
        frozenset(hidden),
        frozenset(vectors.spread(graph.latent)),
    )


def spread_out(
    law: Iterable[Conditional], graph: CausalGraph, vectors: Vectors
) -> tuple[Conditional, ...]:
    """Conditionals of variables as conditionals of columns: P(V | z) is Π_i P(c_i | z, c_<i).

    What is given stands in the order of the graph's columns.
    """
    if not vectors:
        return tuple(law)
    place = {column: i for i, column in enumerate(vectors.spread(graph.variables))}
    found = []
    for conditional in law:
        given = vectors.spread(conditional.given)
        columns = vectors.columns(conditional.target)
        for i, column in enumerate(columns):
            known = tuple(sorted((*given, *columns[:i]), key=place.__getitem__))
            found.append(Conditional(column, known))
    return tuple(found)


def check_whole(vectors: Vectors, action: Action) -> None:
    """Refuse an action on some components of a vector only: it is one variable."""
    acted = set(variables_of(action))
    for name, columns in vectors.parts:
        within = acted.intersection(columns)
        if within and within != set(columns):
            remedy = "set both" if len(columns) == 2 else f"set all {len(columns)}"
            raise QueryError(vectors.words(name), where=min(within), remedy=remedy)
        ways = {isinstance(item, Set) for item in action if item.variable in within}
        if len(ways) > 1:
            raise QueryError(
                vectors.words(name), where=name, remedy="set all of them, or shift all of them"
            )


def _between(vectors: Vectors, a: str, b: str) -> Iterable[tuple[str, str]]:
    return product(vectors.columns(a), vectors.columns(b))

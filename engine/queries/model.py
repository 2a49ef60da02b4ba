"""A project and the mechanisms fitted so far: what every question is answered from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import torch
from torch import Tensor

from engine.data.rows import Mask, clusters, counted_rows, row_weights
from engine.data.table import Table
from engine.data.variable import Variable
from engine.errors import QueryError
from engine.graph.graph import CausalGraph, set_latent
from engine.graph.projection import factorisation, project
from engine.graph.vectors import PLAIN, Vectors, expanded, spread_out
from engine.interventions import Action
from engine.mechanisms.base import Mechanism, Samples
from engine.project import Project
from engine.queries.answers import Stage
from engine.queries.draws import drawing_range, range_of
from engine.queries.worlds import Memory
from engine.scm.conditional import Conditional
from engine.scm.fitted import Fitted
from engine.scm.scm import Scm
from engine.seeds import generator

KEPT_WORLDS = 12  # actions whose draws are kept
STAGES = (Stage.FIRST_GUESS, Stage.TRAINING, Stage.FITTED)


class NotFittedError(QueryError):
    """A question needs a mechanism that is not there yet."""

    kind = "not-fitted"


@dataclass(frozen=True)
class Model:
    """`fits`: the best mechanism so far per conditional; `firsts`: the closed-form ones.

    A variable that is drawn but has no column counts as never measured. A variable of several
    columns is one of `nodes`, of which identification is asked; all else is of columns.
    """

    project: Project
    fits: Mapping[Conditional, Fitted] = field(default_factory=dict)
    firsts: Mapping[Conditional, Fitted] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> CausalGraph:
        """The graph over measured variables (latent ones projected out), vectors whole."""
        return measured_graph(self.project)

    @cached_property
    def vectors(self) -> Vectors:
        """Which of the nodes are several columns."""
        return self.project.vectors.among(self.nodes.variables)

    @cached_property
    def graph(self) -> CausalGraph:
        """The graph over columns: `nodes` with each vector's components in a chain."""
        return expanded(self.nodes, self.vectors)

    @cached_property
    def law(self) -> tuple[Conditional, ...]:
        """The chain rule of the observational law, causes first."""
        return observational(self.nodes, self.vectors)

    @property
    def table(self) -> Table:
        """The table; a QueryError if there is none."""
        if self.project.table is None:
            raise QueryError("There is no table yet", remedy="open a table first")
        return self.project.table

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """Kinds and units of the measured variables of the graph."""
        return {name: self.table.variable(name) for name in self.graph.variables}

    def variable(self, name: str) -> Variable:
        """A measured column of the graph; a QueryError says why there is none."""
        if name in self.variables:
            return self.variables[name]
        if name in self.vectors:
            columns = self.vectors.columns(name)
            raise QueryError(self.vectors.words(name), remedy=f"ask for {' or '.join(columns)}")
        if name in self.project.graph.variables:
            raise QueryError(f"{name} is not measured", remedy="choose a variable with a column")
        known = ", ".join(self.graph.variables)
        raise QueryError(f"The graph has no variable {name}", remedy=f"it has {known}")

    def missing(self, needed: Iterable[Conditional]) -> tuple[Conditional, ...]:
        """Conditionals that a question needs and that nothing is fitted for yet."""
        return tuple(c for c in needed if c not in self.fits)

    def stage(self, needed: Iterable[Conditional]) -> Stage:
        """The least finished stage among these conditionals."""
        return min((self.fits[c].stage for c in needed), key=STAGES.index, default=Stage.FITTED)

    def members(self, needed: Iterable[Conditional]) -> int:
        """How many bootstrap members stand for all of these; 0 before convergence."""
        return min((len(self.fits[c].members) for c in needed), default=0)

    def scm(self, conditionals: Iterable[Conditional], member: int | None = None) -> Scm:
        """Mechanisms of these conditionals as one SCM: the point fit, or one bootstrap member."""
        chosen = tuple(conditionals)
        missing = self.missing(chosen)
        if missing:
            names = ", ".join(sorted({c.target for c in missing}))
            raise NotFittedError(f"Not fitted yet: {names}", remedy="press Fit")
        fits = [self.fits[c] for c in chosen]
        return Scm(
            variables=self.variables,
            conditionals=chosen,
            mechanisms={
                fit.conditional.target: fit.mechanism if member is None else fit.members[member]
                for fit in fits
            },
            vectors=self.vectors,
        )

    def drawing_range(self, name: str) -> tuple[float, float]:
        """Where a number is drawn: from its column, or from the law if the rows were withheld."""
        if self.table.rows:
            return drawing_range(self.table, name)
        if self.missing(self.law):
            return 0.0, 1.0
        scm = self.scm(self.law)
        drawn = scm.sample(2_000, self.project.seed)[name]
        return range_of(drawn.double().numpy())

    def rows_needed(self, purpose: str) -> None:
        """Refuse what only rows can answer, where the project was saved without them."""
        if not self.table.rows:
            raise QueryError(
                f"This copy was saved without rows, and {purpose}",
                remedy="open the project that has them",
            )

    def unset(self, names: Iterable[str]) -> frozenset[str]:
        """What must not have been set where `names` are to have come about by themselves.

        Those of `names` and of their causes that an experimenter set in some rows; a variable of
        several columns was set where one of them was.
        """
        varied = self.table.design.varied
        if not varied:
            return frozenset()
        names = set(names)
        nodes = self.vectors.nodes(names.intersection(self.graph.variables))
        return varied & (names | set(self.vectors.spread(self.nodes.ancestors(nodes))))

    def untouched(self, names: Iterable[str]) -> Mask:
        """The rows that count and in which all of `names` came about by themselves, (rows,)."""
        return counted_rows(self.table, self.unset(names))

    def degrees(self, members: int) -> int:
        """Degrees of freedom of a spread among bootstrap members: few clusters leave few."""
        return min(members, clusters(self.table) or members) - 1

    def memory(self, action: Action, count: int, *, keep: bool = True) -> Memory | None:
        """What was drawn under `action` so far, shared by all questions; None beside a ↔.

        There one variable may be drawn by other conditionals for other questions.
        """
        if self.graph.bidirected:
            return None
        seen = self._drawn.setdefault(((), count), Memory())
        if not action or not keep:
            return Memory(seen.seen)
        while len(self._drawn) > KEPT_WORLDS:
            del self._drawn[next(key for key in self._drawn if key[0])]
        return self._drawn.setdefault((action, count), Memory(seen.seen))

    def noise(self, scm: Scm, count: int) -> Samples:
        """The noise behind every answer: by variable and seed, whatever is asked."""
        wanted = {name: (name, scm.mechanisms[name].family, count) for name in scm.names}
        if any(key not in self._noise for key in wanted.values()):
            fresh = scm.noise(count, self.project.seed, "answers")
            self._noise.update({wanted[name]: values for name, values in fresh.items()})
        return {name: self._noise[key] for name, key in wanted.items()}

    def luck(self, mechanism: Mechanism, count: int, owner: str, name: str) -> Tensor:
        """Noise of one mechanism; `owner` names what a copy of `name` is drawn for, or ""."""
        key = f"{owner}/{name}" if owner else name, mechanism.family, count
        if key not in self._noise:
            purpose = ("noise", "answers", *((owner,) if owner else ()), name)
            self._noise[key] = mechanism.noise(count, generator(self.project.seed, *purpose))
        return self._noise[key]

    def ticket(self, count: int, name: str) -> Tensor:
        """Numbers (count,) between 0 and 1 that pick among copies drawn for `name`."""
        rng = generator(self.project.seed, "tickets", name)
        return torch.rand(count, generator=rng, dtype=torch.float64)

    @cached_property
    def _noise(self) -> dict[tuple[str, str, int], Tensor]:
        return {}

    @cached_property
    def _drawn(self) -> dict[tuple[Action, int], Memory]:
        return {}

    def first_guess(self) -> "Model":
        """The same model with closed-form mechanisms only."""
        return replace(self, fits={**self.fits, **self.firsts}, firsts={})


def measured_graph(drawn: Project) -> CausalGraph:
    """The drawn graph with everything unmeasured projected out; its nodes may be vectors."""
    graph = drawn.graph
    for name in graph.variables:
        if not drawn.measured(name):
            graph = set_latent(graph, name, latent=True)
    return _projected(graph)


@lru_cache(maxsize=64)
def observational(graph: CausalGraph, vectors: Vectors = PLAIN) -> tuple[Conditional, ...]:
    """The chain rule over the columns of a projected graph, causes first."""
    return spread_out(factorisation(graph), graph, vectors)


@lru_cache(maxsize=16)
def complete_rows(
    table: Table, names: tuple[str, ...], unset: frozenset[str] = frozenset()
) -> tuple[dict[str, Tensor], Tensor]:
    """Columns of the rows that have a value for each of `names`, and what these rows count.

    Only rows in which nobody set any of `unset`; float64 tensors (rows,).
    """
    keep = table.complete(names) & counted_rows(table, unset)
    columns = {name: torch.from_numpy(table[name][keep]) for name in names}
    return columns, torch.from_numpy(row_weights(table)[keep])


@lru_cache(maxsize=64)
def _projected(graph: CausalGraph) -> CausalGraph:
    return project(graph)

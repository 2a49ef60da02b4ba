"""Response functions: how the variables of one district could answer their parents, all together.

A variable v with k values answers its parents by one of k^(combinations of its parents) functions.
What hidden causes do to a district S is to choose one function for each of its variables, jointly:
a *type*. Everything that can be seen of S, and everything that doing can do to it, is linear in the
chances of the types (Balke, Pearl, JASA 1997).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from math import prod

import numpy as np
from numpy.typing import NDArray

from engine.graph.graph import CausalGraph, pair
from engine.graph.projection import tian_predecessors

Codes = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class JointLaw:
    """P(variables): one axis per variable, one place per category; sums to 1."""

    variables: tuple[str, ...]
    chances: Values

    @property
    def levels(self) -> dict[str, int]:
        """Number of categories by variable."""
        return dict(zip(self.variables, self.chances.shape, strict=True))

    def over(self, names: frozenset[str]) -> Values:
        """P(names), with an axis of length 1 for every other variable."""
        gone = tuple(i for i, v in enumerate(self.variables) if v not in names)
        return np.asarray(self.chances.sum(gone, keepdims=True))

    def given(self, target: str, given: frozenset[str]) -> Values:
        """P(target | given), axes as in `over`; NaN where `given` never occurs."""
        both = self.over(given | {target})
        whole = both.sum(self.variables.index(target), keepdims=True)
        empty = np.full(both.shape, np.nan)
        return np.asarray(np.divide(both, whole, out=empty, where=whole > 0))


@dataclass(frozen=True)
class District:
    """A district of a projected graph: its variables, causes first, and their parents outside."""

    graph: CausalGraph
    members: tuple[str, ...]
    outside: tuple[str, ...]
    levels: Mapping[str, int]

    @property
    def clique(self) -> bool:
        """True where every two members share a ↔: then any chances of types are possible."""
        return all(pair(a, b) in self.graph.bidirected for a, b in combinations(self.members, 2))

    @property
    def types(self) -> int:
        """How many ways there are to answer."""
        return prod(self._functions(v) for v in self.members)

    @property
    def settings(self) -> int:
        """How many combinations the parents outside have."""
        return prod(self.levels[v] for v in self.outside)

    @property
    def cells(self) -> int:
        """How many combinations the members have."""
        return prod(self.levels[v] for v in self.members)

    def answers(self, outside: Mapping[str, int], held: Mapping[str, int]) -> dict[str, Codes]:
        """What each type (types,) makes of every member, with `held` members set by hand."""
        found: dict[str, Codes] = {}
        for v in self.members:
            if v in held:
                found[v] = np.full(self.types, held[v], dtype=np.int64)
                continue
            known = {p: found[p] if p in found else outside[p] for p in self.graph.parents(v)}
            place = np.zeros(self.types, dtype=np.int64)
            for parent, codes in known.items():
                place = place * self.levels[parent] + codes
            k = self.levels[v]
            found[v] = self._chosen[v] // k**place % k
        return found

    @cached_property
    def _chosen(self) -> dict[str, Codes]:
        """The function that each type (types,) gives a member, as digits in base k: answers."""
        counts = [self._functions(v) for v in self.members]
        chosen = np.unravel_index(np.arange(self.types), counts)
        return {v: c.astype(np.int64) for v, c in zip(self.members, chosen, strict=True)}

    @cached_property
    def seen(self) -> Codes:
        """The cell of the members that each type shows, (settings, types)."""
        rows = [
            self.place(self.answers(dict(zip(self.outside, values, strict=True)), {}))
            for values in product(*(range(self.levels[v]) for v in self.outside))
        ]
        return np.stack(rows)

    def place(self, answers: Mapping[str, Codes]) -> Codes:
        """The cell of the members, 0 … cells - 1."""
        place = np.zeros(self.types, dtype=np.int64)
        for v in self.members:
            place = place * self.levels[v] + answers[v]
        return place

    def factor(self, law: JointLaw) -> Values:
        """Q[S] = Π P(v | its Tian predecessors), an axis per variable of `law` (Tian, Pearl 2002).

        The law of S when its parents outside are set; NaN where that was never seen.
        """
        found = np.ones((1,) * len(law.variables))
        for v in self.members:
            one = law.given(v, frozenset(tian_predecessors(self.graph, v)))
            with np.errstate(invalid="ignore"):
                found = np.where(found == 0, 0.0, found * one)
        return np.asarray(found)

    def matrix(self, law: JointLaw) -> tuple[Values, Values]:
        """`factor` as (settings, cells), and how often each setting occurs (settings,)."""
        names = (*self.outside, *self.members)
        axes = [law.variables.index(v) for v in names]
        rest = [i for i in range(len(law.variables)) if i not in axes]
        shape = (self.settings, self.cells)
        whole = self.factor(law).transpose([*axes, *rest]).reshape(shape)
        share = law.over(frozenset(self.outside)).transpose([*axes, *rest])
        return whole, share.reshape(self.settings)

    def _functions(self, v: str) -> int:
        known = prod(self.levels[p] for p in self.graph.parents(v))
        return int(self.levels[v] ** known)


def districts(graph: CausalGraph, levels: Mapping[str, int]) -> tuple[District, ...]:
    """The districts of a graph without latent variables."""
    order = graph.order()
    found = []
    for members in graph.districts():
        ordered = tuple(v for v in order if v in members)
        parents = frozenset[str]().union(*(graph.parents(v) for v in ordered)) - members
        outside = tuple(v for v in graph.variables if v in parents)
        found.append(District(graph, ordered, outside, levels))
    return tuple(found)

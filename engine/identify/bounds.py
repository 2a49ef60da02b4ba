"""Sharp bounds on what no formula identifies, by linear programs over response functions.

The chances of the types of one district are the unknowns; the law that was seen fixes some sums of
them; the least and the largest value of what is asked are two linear programs (Balke, Pearl, JASA
1997; Sachs, Jonzon, Gabriel, Sjölander, JCGS 2023). Districts whose part of the answer is
identified come in as numbers. A law that no chances of types can make contradicts the graph: for an
instrument this is Pearl's instrumental inequality (UAI 1995).
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.graph.projection import project, subgraph
from engine.identify.response import District, JointLaw, Values, districts

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MOST_TYPES = 20_000  # ways to answer of one district
MOST_ENTRIES = 2_000_000  # of the matrix of the linear program
DENSE = 3_000  # types up to which it is tried whether several districts are identified
INFEASIBLE = 2  # status of scipy's linprog
TOUCH = 1e-6  # total variation below which a law counts as one that the graph allows


@dataclass(frozen=True, slots=True)
class Term:
    """coefficient · E[scores | do(action)]; `scores`: one number per category of `outcome`."""

    coefficient: float
    action: Mapping[str, int]
    outcome: str
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is asked lies in `low` … `high`, whatever the hidden causes do.

    `sharp`: every value between is possible; else the truth may lie in a part of it. `violation`:
    how far the law is from the nearest one that the graph allows (total variation, 0 … 1; a mean
    over what the district's parents are); where it is not 0, the bounds are those of that law.
    """

    low: float
    high: float
    sharp: bool
    violation: float


def bounds(graph: CausalGraph, law: JointLaw, terms: Sequence[Term]) -> Bounds:
    """Bounds on the sum of `terms` when the measured variables have exactly `law`."""
    return Program(graph, law.levels, terms).solve(law)


def chance(outcome: str, value: int, action: Mapping[str, int], levels: int) -> tuple[Term, ...]:
    """P(outcome = value | do(action)) as terms."""
    return (Term(1.0, action, outcome, tuple(float(i == value) for i in range(levels))),)


def contrast(one: Sequence[Term], other: Sequence[Term]) -> tuple[Term, ...]:
    """`one` less `other`."""
    return (*one, *(replace(term, coefficient=-term.coefficient) for term in other))


class Program:
    """The linear programs of one question; laws may then be put in one after another."""

    def __init__(
        self, graph: CausalGraph, levels: Mapping[str, int], terms: Sequence[Term]
    ) -> None:
        projected = project(graph)
        asked = {term.outcome for term in terms}
        self.graph = subgraph(projected, projected.ancestors(asked))
        self.levels = {v: levels[v] for v in self.graph.variables}
        self.districts = districts(self.graph, self.levels)
        self.terms = tuple(self._limited(term) for term in terms)

    def solve(self, law: JointLaw) -> Bounds:
        """Bounds under `law`, which may be over more variables."""
        law = self._marginal(law)
        free, parts = self._free(law)
        if free is None:
            value = float(sum(self._known(term, parts, None).sum() for term in self.terms))
            return Bounds(value, value, True, 0.0)
        _check_size(free)
        costs = [self._costs(term, parts, free) for term in self.terms]
        polytope = Polytope(free, *free.matrix(law))
        low, high, violation = polytope.extremes(np.sum(costs, axis=0))
        return Bounds(low, high, free.clique and bool(polytope.known.all()), violation)

    def polytope(self, law: JointLaw) -> "Polytope | None":
        """What `law` leaves open; None where nothing is."""
        law = self._marginal(law)
        free, _ = self._free(law)
        return None if free is None else Polytope(free, *free.matrix(law))

    def _limited(self, term: Term) -> Term:
        action = {v: code for v, code in term.action.items() if v in self.levels}
        for v, code in action.items():
            if not 0 <= code < self.levels[v]:
                raise QueryError(f"{v} has no category {code}", where=v)
        return replace(term, action=action)

    def _marginal(self, law: JointLaw) -> JointLaw:
        gone = tuple(i for i, v in enumerate(law.variables) if v not in self.levels)
        left = tuple(v for v in law.variables if v in self.levels)
        chances = law.chances.sum(gone)
        order = [left.index(v) for v in self.graph.variables]
        return JointLaw(self.graph.variables, np.asarray(chances.transpose(order)))

    def _needed(self, term: Term) -> frozenset[str]:
        """Variables whose mechanisms make the outcome once `action` is set."""
        rest = frozenset(self.graph.variables) - set(term.action)
        return subgraph(self.graph, rest).ancestors((term.outcome,))

    def _free(self, law: JointLaw) -> "tuple[District | None, _Parts]":
        """The one district that the law leaves open, and what is known of the others."""
        parts: _Parts = {}
        opened: list[District] = []
        for district in self.districts:
            asked = [term for term in self.terms if self._needed(term) & set(district.members)]
            found = [self._part(term, district, law) for term in asked]
            for term, part in zip(asked, found, strict=True):
                if part is not None:
                    parts[id(term), district.members] = part
            if any(part is None for part in found):
                opened.append(district)
        if len(opened) > 1:
            names = [f"{', '.join(d.members[:-1])} and {d.members[-1]}" for d in opened]
            raise QueryError(
                "Bounds are worked out for one group of variables with hidden causes, and here "
                f"several matter ({'; '.join(names)})",
                remedy="measure one of the hidden causes, or ask about another outcome",
            )
        return (opened[0] if opened else None), parts

    def _part(self, term: Term, district: District, law: JointLaw) -> Values | None:
        """Q of the needed members when `action` is set, an axis per variable; None if open."""
        needed = self._needed(term)
        if needed.issuperset(district.members):
            whole = district.factor(law)[self._at(district.factor(law), term.action)]
            return None if np.isnan(whole).any() else np.asarray(whole)
        if district.types > DENSE or district.settings * district.cells > DENSE:
            return None
        return self._by_rows(term, district, law, tuple(v for v in district.members if v in needed))

    def _by_rows(
        self, term: Term, district: District, law: JointLaw, members: tuple[str, ...]
    ) -> Values | None:
        """Q[members] where it is a fixed mixture of what is seen of the district, else None."""
        seen, _ = district.matrix(law)
        known = ~np.isnan(seen)
        rows = (district.seen[:, None, :] == np.arange(district.cells)[:, None])[known]
        names = (*district.outside, *members)
        shape = tuple(1 if v in term.action else self.levels[v] for v in names)
        held = {v: code for v, code in term.action.items() if v in district.members}
        wanted = []
        for values in product(*(self._values(v, term) for v in district.outside)):
            answers = district.answers(dict(zip(district.outside, values, strict=True)), held)
            for cell in product(*(range(self.levels[v]) for v in members)):
                hits = [answers[v] == code for v, code in zip(members, cell, strict=True)]
                wanted.append(np.logical_and.reduce(hits))
        target = np.array(wanted, dtype=np.float64)
        mix = np.linalg.lstsq(rows.T.astype(np.float64), target.T, rcond=None)[0]
        if np.abs(mix.T @ rows - target).max() > 1e-7:
            return None
        found = (mix.T @ seen[known]).reshape(shape)
        return _spread(found, names, self.graph.variables)

    def _values(self, v: str, term: Term) -> Sequence[int]:
        return (term.action[v],) if v in term.action else range(self.levels[v])

    def _at(self, table: Values, action: Mapping[str, int]) -> tuple[slice, ...]:
        """Where `action` holds, axes kept."""
        return tuple(
            slice(action[v], action[v] + 1) if v in action and table.shape[i] > 1 else slice(None)
            for i, v in enumerate(self.graph.variables)
        )

    def _known(self, term: Term, parts: "_Parts", free: District | None) -> Values:
        """coefficient · scores · Π of the known factors, an axis per variable."""
        scores = np.asarray(term.scores, dtype=np.float64) * term.coefficient
        found = _spread(scores, (term.outcome,), self.graph.variables)
        needed = self._needed(term)
        for district in self.districts:
            if needed & set(district.members) and district is not free:
                found = found * parts[id(term), district.members]
        return found

    def _costs(self, term: Term, parts: "_Parts", free: District) -> Values:
        """What each type of `free` (types,) adds to the answer."""
        needed = self._needed(term)
        if not needed & set(free.members):
            return np.full(free.types, float(self._known(term, parts, free).sum()))
        names = self.graph.variables
        known = self._known(term, parts, free)
        others = [v for v in names if v in needed and v not in free.members]
        held = {v: code for v, code in term.action.items() if v in free.members}
        cost = np.zeros(free.types)
        for values in product(*(range(self.levels[v]) for v in others)):
            setting = {**term.action, **dict(zip(others, values, strict=True))}
            answers = free.answers(setting, held)
            at = tuple(
                0 if known.shape[i] == 1 else answers[v] if v in answers else setting[v]
                for i, v in enumerate(names)
            )
            cost += known[at]
        return cost


_Parts = dict[tuple[int, tuple[str, ...]], Values]


class Polytope:
    """The chances of types that make what was seen of one district."""

    def __init__(self, district: District, seen: Values, shares: Values) -> None:
        self.known = ~np.isnan(seen).any(1)  # settings that occurred
        self.district, self.seen = district, seen[self.known]
        self.shares = shares[self.known] / shares[self.known].sum()

    @cached_property
    def matrix(self) -> "csr_array":
        """Sums of chances that were seen, (settings · cells + 1, types); the last row is all."""
        from scipy.sparse import csr_array

        settings, types = self.seen.shape[0], self.district.types
        row = self.district.seen[self.known] + np.arange(settings)[:, None] * self.district.cells
        rows = np.concatenate([row.ravel(), np.full(types, self.seen.size)])
        columns = np.tile(np.arange(types), settings + 1)
        shape = (self.seen.size + 1, types)
        return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)

    def of(self, seen: Values) -> "Polytope":
        """The same types, where `seen` (settings that occurred, cells) was seen instead."""
        other = copy(self)
        other.seen = seen
        return other

    def nearest(self) -> tuple[Values, float]:
        """What the graph allows and is nearest to what was seen, and how far that is."""
        from scipy.sparse import eye_array, hstack

        size, types = self.seen.size, self.district.types
        weights = np.repeat(self.shares, self.district.cells) / 2
        slack = eye_array(size + 1, size, format="csr")
        matrix = hstack([self.matrix, slack, -slack], format="csr")
        cost = np.concatenate([np.zeros(types), weights, weights])
        found = _solved(cost, matrix, np.append(self.seen.ravel(), 1.0))
        assert found is not None
        chances, far = found
        return np.asarray(self.matrix @ chances[:types]), far if far > TOUCH else 0.0

    def extremes(self, cost: Values) -> tuple[float, float, float]:
        """Least and largest cost, and the distance of what was seen from what is allowed."""
        sums, far = np.append(self.seen.ravel(), 1.0), 0.0
        least = _solved(cost, self.matrix, sums)
        if least is None:
            sums, far = self.nearest()
            least = _solved(cost, self.matrix, sums)
        most = _solved(-cost, self.matrix, sums)
        assert least is not None
        assert most is not None
        return least[1], max(least[1], -most[1]), far


def _solved(cost: Values, matrix: "csr_array", sums: Values) -> tuple[Values, float] | None:
    """The chances of least cost, and that cost; None where no chances have these `sums`."""
    from scipy.optimize import linprog

    found = linprog(cost, A_eq=matrix, b_eq=sums, bounds=(0, None), method="highs")
    if found.status == INFEASIBLE:
        return None
    if found.status != 0:
        raise RuntimeError(f"linear program: {found.message}")
    return np.asarray(found.x), float(found.fun)


def _spread(table: Values, names: Sequence[str], variables: Sequence[str]) -> Values:
    """`table` over `names` with one axis per variable, of length 1 for the others."""
    order = sorted(range(len(names)), key=lambda i: variables.index(names[i]))
    size = dict(zip(names, table.shape, strict=True))
    return np.asarray(table.transpose(order).reshape([size.get(v, 1) for v in variables]))


def _check_size(district: District) -> None:
    if district.types > MOST_TYPES or district.types * district.settings > MOST_ENTRIES:
        raise QueryError(
            f"The bounds have too many unknowns: {', '.join(district.members)} can answer their "
            f"causes in {district.types:,} ways, and {MOST_TYPES:,} is the most",
            remedy="join categories, or leave causes out",
        )

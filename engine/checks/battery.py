"""Tests of many graphs on the same rows: each independence is tested once and kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.checks.evidence import LEVEL, examine
from engine.checks.independence import (
    Independence,
    componentwise,
    implied_independences,
    tested,
    unset_variables,
)
from engine.checks.multiplicity import holm
from engine.data.rows import cluster_codes
from engine.data.table import Table
from engine.graph.graph import CausalGraph
from engine.graph.vectors import PLAIN, Vectors, expanded
from engine.seeds import numpy_generator


@dataclass(frozen=True, slots=True)
class Tested:
    """One implied independence and its p; of vectors, the smallest times the number of tests.

    `contradicted` after Holm's correction over all of the graph.
    """

    implied: Independence
    p: float
    contradicted: bool = False


class Battery:
    """The tests of a table; variables without a column count as hidden."""

    def __init__(self, table: Table, vectors: Vectors = PLAIN) -> None:
        self.table, self.vectors = table, vectors
        self._kept: dict[tuple[object, ...], float | None] = {}

    def known(self, graph: CausalGraph) -> CausalGraph:
        """`graph` with what has no column as hidden."""
        absent = {v for v in graph.observed for c in self.vectors.columns(v) if c not in self.table}
        return replace(graph, latent=graph.latent | absent)

    def of(self, graph: CausalGraph) -> tuple[Tested, ...]:
        """The tests of all that `graph` implies and that can be tested."""
        known = self.known(graph)
        found = [(one, self.p(known, one)) for one in implied_independences(known)]
        return corrected_over([Tested(one, p) for one, p in found if p is not None])

    def warm(self, graph: CausalGraph) -> Iterator[None]:
        """Test all that `graph` implies, a test per step; `of` then only looks it up."""
        known = self.known(graph)
        for one in implied_independences(known):
            self.p(known, one)
            yield None

    def p(self, graph: CausalGraph, implied: Independence) -> float | None:
        """The chance that rows look so dependent where `implied` holds; None if untestable."""
        vectors = self.vectors.among(graph.observed)
        columns = expanded(graph, vectors)
        values = [
            value
            for x, y, given in componentwise([implied], graph, vectors)
            if (value := self._one(columns, x, y, given)) is not None
        ]
        return min(1.0, len(values) * min(values)) if values else None

    def _one(self, columns: CausalGraph, x: str, y: str, given: tuple[str, ...]) -> float | None:
        unset = unset_variables(columns, self.table, x, y, given)
        key = (frozenset((x, y)), frozenset(given), unset)
        if key not in self._kept:
            found = tested(self.table, x, y, given, unset, examine)
            self._kept[key] = None if isinstance(found, str) else found.p
        return self._kept[key]


def corrected_over(tests: Iterable[Tested], level: float = LEVEL) -> tuple[Tested, ...]:
    """`tests` with `contradicted` by Holm: one false alarm in all of them has chance `level`."""
    found = list(tests)
    marks = holm([one.p for one in found], level)
    return tuple(replace(one, contradicted=on) for one, on in zip(found, marks, strict=True))


def halves(table: Table, seed: int) -> tuple[Table, Table]:
    """Two halves of the rows, drawn by lot; rows of one cluster stay together."""
    rng = numpy_generator(seed, "halves")
    codes = cluster_codes(table)
    if codes is None:
        first = np.zeros(table.rows, dtype=bool)
        first[rng.permutation(table.rows)[: table.rows // 2]] = True
    else:
        names = int(codes.max(initial=-1)) + 1
        first = np.isin(codes, rng.permutation(names)[: names // 2])
    return _part(table, first), _part(table, ~first)


def _part(table: Table, rows: np.ndarray) -> Table:
    return replace(table, columns={name: table[name][rows] for name in table.names})

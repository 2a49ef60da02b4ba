"""Bounds from a table: the rows' own shares put into the linear programs, with their chance error.

The programs take the rows' law for the true one. So the ends are estimates: `interval` goes from
the 5 % point of the low end to the 95 % point of the high end over resampled rows, and where no law
that the graph allows fits the rows, the distance is compared with those of rows drawn from the
nearest law that it allows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod

import numpy as np

from engine.data.rows import clusters, counted_rows, effective, row_weights
from engine.data.table import Table
from engine.errors import QueryError
from engine.graph.graph import CausalGraph
from engine.graph.projection import project
from engine.identify.bounds import Bounds, Program, Term
from engine.identify.response import JointLaw
from engine.queries.answers import TableBounds
from engine.seeds import numpy_generator

MOST_CATEGORIES = 6  # different values up to which a column of numbers counts as categories
MOST_CELLS = 4_096
RESAMPLES = 40
LEVEL = 0.05  # below which rows contradict the graph


Asked = Callable[[Mapping[str, tuple[float, ...]]], Sequence[Term]]


def bounds_of_table(
    graph: CausalGraph,
    table: Table,
    outcome: str,
    ask: Asked,
    seed: int,
    resamples: int | None = None,
) -> Iterator[TableBounds | None]:
    """None after each resample, the bounds at the end.

    `ask` makes the terms from the values that stand for the categories of each variable: codes of
    a category, numbers of a column with few of them.
    """
    resamples = RESAMPLES if resamples is None else resamples
    names = [v for v in graph.observed if v in table]
    known = project(_without(graph, names))
    names = [v for v in known.variables if v in known.ancestors((outcome,))]
    values, shares, rows = _shares(table, names)
    law = JointLaw(tuple(names), shares)
    program = Program(known, law.levels, ask(values))
    found = program.solve(law)
    rng = numpy_generator(seed, "bounds", outcome)
    p = 1.0
    if found.violation > 0:
        for one in _chance_of(program, law, rows, rng, resamples):
            yield None
            p = one
    if p < LEVEL:
        yield _contradicted(found, p, int(rows), outcome)
        return
    ends = []
    for _ in range(resamples):
        drawn = rng.multinomial(max(1, round(rows)), shares.ravel()).reshape(shares.shape)
        other = program.solve(JointLaw(law.variables, drawn / drawn.sum()))
        ends.append((other.low, other.high))
        yield None
    lows, highs = np.array(ends).T
    interval = (
        min(found.low, float(np.quantile(lows, 0.05))),
        max(found.high, float(np.quantile(highs, 0.95))),
    )
    words = _words(found, p, table)
    yield TableBounds(
        found.low, found.high, interval, found.sharp, found.violation, p, int(rows), words
    )


def _without(graph: CausalGraph, measured: Sequence[str]) -> CausalGraph:
    """Variables without a column count as hidden."""
    hidden = frozenset(v for v in graph.variables if v not in measured)
    return CausalGraph(graph.variables, graph.edges, graph.bidirected, graph.latent | hidden)


def _shares(
    table: Table, names: Sequence[str]
) -> tuple[dict[str, tuple[float, ...]], np.ndarray, float]:
    """Values by variable, the share of rows in each cell, and how many equal rows that is."""
    keep = table.complete(names) & counted_rows(table, frozenset(names))
    if not keep.any():
        raise QueryError("No row has a value for every variable that the bounds need")
    values: dict[str, tuple[float, ...]] = {}
    place = np.zeros(int(keep.sum()), dtype=np.int64)
    for name in names:
        column = table[name][keep]
        variable = table.variable(name)
        seen = np.arange(len(variable.categories)) if variable.discrete else np.unique(column)
        if len(seen) > MOST_CATEGORIES:
            raise QueryError(
                f"Bounds need few categories, and {name} has {len(seen)} values",
                where=name,
                remedy=f"join them into {MOST_CATEGORIES} categories at most",
            )
        values[name] = tuple(float(v) for v in seen)
        if prod(len(v) for v in values.values()) > MOST_CELLS:
            raise QueryError(
                f"Bounds need few combinations, and {', '.join(names)} have more than {MOST_CELLS}",
                remedy="join categories, or leave variables out of the graph",
            )
        place = place * len(seen) + np.searchsorted(seen, column)
    weights = row_weights(table)[keep]
    shape = tuple(len(values[name]) for name in names)
    mass = np.bincount(place, weights, minlength=prod(shape)).reshape(shape)
    return values, np.asarray(mass / mass.sum()), effective(weights)


def _chance_of(
    program: Program, law: JointLaw, rows: float, rng: np.random.Generator, draws: int
) -> Iterator[float]:
    """p of the violation, after each of `draws` samples of the nearest law that is allowed."""
    polytope = program.polytope(law)
    assert polytope is not None
    sums, seen = polytope.nearest()
    nearest = np.clip(sums[:-1].reshape(polytope.seen.shape), 0, None)
    nearest /= nearest.sum(1, keepdims=True)
    counts = np.maximum(1, np.round(rows * polytope.shares)).astype(np.int64)
    larger = 0
    for draw in range(1, draws + 1):
        shares = np.stack([rng.multinomial(n, p) / n for n, p in zip(counts, nearest, strict=True)])
        larger += polytope.of(shares).nearest()[1] >= seen
        yield (1 + larger) / (1 + draw)


def _contradicted(found: Bounds, p: float, rows: int, outcome: str) -> TableBounds:
    words = (
        f"These rows contradict the graph: no hidden causes could make them (off by "
        f"{100 * found.violation:.1f} % of rows, p = {p:.2g})",
        f"An arrow or a ↔ that is missing, most often from an instrument to {outcome}, could",
    )
    return TableBounds(None, None, None, found.sharp, found.violation, p, rows, words)


def _words(found: Bounds, p: float, table: Table) -> tuple[str, ...]:
    said = [
        "Every value between the bounds is possible with these shares, if the arrows are right"
        if found.sharp
        else "The truth lies between the bounds if the arrows are right; tighter ones may exist, "
        "because some of these variables share no hidden cause"
    ]
    if found.violation > 0:
        said.append(
            f"The rows lie just outside what the graph allows, as chance may do (p = {p:.2g}); the "
            "bounds are those of the nearest law that it allows"
        )
    if clusters(table) is not None:
        said.append("The interval takes rows as independent, clusters notwithstanding")
    return tuple(said)

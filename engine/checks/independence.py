"""The independences that a graph implies, and whether the data contradict them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

import numpy as np

from engine.checks.evidence import LEVEL, Evidence, Measured, examine
from engine.checks.multiplicity import holm
from engine.data.rows import counted_rows
from engine.data.table import Table
from engine.graph.graph import CausalGraph, Edge, pair
from engine.graph.projection import project
from engine.graph.separation import separated
from engine.graph.separators import minimal_separators
from engine.graph.vectors import PLAIN, Vectors, expanded
from engine.queries.answers import ChecksAnswer, IndependenceTest

MOST_SETS = 20  # minimal separating sets looked through for a small one, per pair

Independence = tuple[str, str, tuple[str, ...]]
Examiner = Callable[[Measured, Measured, Sequence[Measured]], Evidence | str]


def implied_independences(graph: CausalGraph) -> tuple[Independence, ...]:
    """List x ⫫ y | given for every pair of measured variables that some measured set separates.

    One smallest minimal set per pair, in the order of `variables`. In a graph without hidden causes
    all other implied independences follow from these; a pair that no set separates, though no edge
    joins it, implies none.
    """
    return tuple(_implied(graph))


def beyond_testing(
    graph: CausalGraph, arrows: Collection[Edge], hidden: Collection[Edge]
) -> tuple[tuple[Edge, ...], tuple[Edge, ...]]:
    """Which absent `arrows` and `hidden` causes (a ↔ b) no test here could have noticed.

    Those that leave every implied independence standing when they are added to the graph.
    """
    projected = project(graph)
    implied = implied_independences(projected)
    pairs = {frozenset((x, y)) for x, y, _ in implied}

    def unnoticed(larger: CausalGraph) -> bool:
        return all(separated(larger, (x,), (y,), given) for x, y, given in implied)

    return (
        tuple(
            edge
            for edge in arrows
            if frozenset(edge) not in pairs
            and unnoticed(replace(projected, edges=projected.edges | {edge}))
        ),
        tuple(
            edge
            for edge in hidden
            if frozenset(edge) not in pairs
            and unnoticed(replace(projected, bidirected=projected.bidirected | {pair(*edge)}))
        ),
    )


def run_checks(
    graph: CausalGraph, table: Table, vectors: Vectors = PLAIN, method: Examiner = examine
) -> Iterator[ChecksAnswer]:
    """Test the implied independences, one per step; each answer holds all tests so far.

    The last answer is complete. `rejected`: p below .05 after Holm's correction over the tests so
    far (Scand. J. Statist. 1979), so that one false alarm in the whole list has chance .05 at most.
    Each test uses the rows that count and are complete for its variables, and in which nobody set
    what would make the two dependent (`unset_variables`). Variables without a column count as
    hidden. What is implied is asked of the nodes; a vector is tested component by component.
    """
    absent = [v for v in graph.observed if any(c not in table for c in vectors.columns(v))]
    known = replace(graph, latent=graph.latent | set(absent))
    tests: tuple[IndependenceTest, ...] = ()
    notes = [f"{v} has no column: treated as hidden" for v in absent]
    vectors = vectors.among(known.observed)
    columns = expanded(known, vectors)
    for x, y, given in componentwise(_implied(known), known, vectors):
        unset = unset_variables(columns, table, x, y, given)
        found = tested(table, x, y, given, unset, method)
        if isinstance(found, str):
            notes.append(f"{_words(x, y, given)}: {found}")
        else:
            tests = corrected((*tests, found))
            yield ChecksAnswer(tests)
    yield ChecksAnswer(tests, (*_untestable(graph, tests), *caveats(table), *notes))


def componentwise(
    implied: Iterable[Independence], graph: CausalGraph, vectors: Vectors
) -> Iterator[Independence]:
    """Independences of vectors as independences of columns that together say the same.

    V ⫫ W | Z holds exactly if v_i ⫫ w_j | Z, v_<i, w_<j does for all i and j (chain rule).
    """
    place = {column: i for i, column in enumerate(vectors.spread(graph.variables))}
    for x, y, given in implied:
        known = vectors.spread(given)
        for a, b in product(vectors.columns(x), vectors.columns(y)):
            both = (*known, *vectors.before(a), *vectors.before(b))
            yield a, b, tuple(sorted(both, key=place.__getitem__))


def corrected(
    tests: Sequence[IndependenceTest], level: float = LEVEL
) -> tuple[IndependenceTest, ...]:
    """`tests` with `rejected` by Holm."""
    marks = holm([test.p for test in tests], level)
    return tuple(replace(test, rejected=on) for test, on in zip(tests, marks, strict=True))


def _implied(graph: CausalGraph) -> Iterator[Independence]:
    projected = project(graph)
    for x, y in combinations(projected.variables, 2):
        if {(x, y), (y, x)} & projected.edges or pair(x, y) in projected.bidirected:
            continue
        sets = minimal_separators(projected, (x,), (y,), projected.variables, MOST_SETS)
        if sets:
            yield x, y, tuple(v for v in projected.variables if v in sets[0])


def unset_variables(
    graph: CausalGraph, table: Table, x: str, y: str, given: tuple[str, ...]
) -> frozenset[str]:
    """What must not have been set in the rows that test x ⫫ y | given.

    x and y themselves. An experiment that sets several variables, or one of several, is a common
    cause of these: where that would open a path between x and y, rows count only if none of their
    causes was set (selection diagrams; Pearl, Bareinboim, Statist. Sci. 2014).
    """
    varied = table.design.varied & set(graph.variables)
    others = varied - {x, y}
    if len(others) > 1:
        regime = "\0experiment"  # no column is called so
        pooled = replace(
            graph,
            variables=(regime, *graph.variables),
            edges=graph.edges | {(regime, v) for v in others},
            latent=graph.latent | {regime},
        )
        if not separated(pooled, (x,), (y,), given):
            return varied & ({x, y} | graph.ancestors((x, y, *given)))
    return varied & {x, y}


def tested(
    table: Table,
    x: str,
    y: str,
    given: tuple[str, ...],
    unset: frozenset[str],
    method: Examiner,
) -> IndependenceTest | str:
    """The test of one independence on the complete rows, not yet corrected."""
    complete = table.complete((x, y, *given)) & counted_rows(table, unset)
    rows = int(np.count_nonzero(complete))
    if rows < 4:
        where = f" in which nobody set {' or '.join(sorted(unset))}" if unset else ""
        return f"{rows} complete rows{where} are too few"
    columns = [Measured(table[v][complete], table.variable(v).discrete) for v in (x, y, *given)]
    found = method(columns[0], columns[1], columns[2:])
    if isinstance(found, str):
        return found
    return IndependenceTest(
        x,
        y,
        given,
        found.method,
        found.statistic,
        found.p,
        found.effect,
        found.interval,
        found.detectable,
        False,
        rows,
    )


def _untestable(graph: CausalGraph, tests: Sequence[IndependenceTest]) -> tuple[str, ...]:
    """What no test here can speak to, in words."""
    hidden = [
        f"{a} ↔ {b}" for a, b in combinations(graph.variables, 2) if pair(a, b) in graph.bidirected
    ]
    hidden += [v for v in graph.variables if v in graph.latent]
    sentences = []
    if hidden:
        causes = "hidden cause" if len(hidden) == 1 else "hidden causes"
        sentences.append(f"{len(hidden)} drawn {causes}: {', '.join(hidden)}")
    sentences.append("No other hidden causes, no selection: cannot be tested")
    if any(test.method == "partial correlation" for test in tests):
        sentences.append("Partial correlations see straight lines only")
    return tuple(sentences)


def caveats(table: Table) -> tuple[str, ...]:
    """What the tests do not know of the rows, in words."""
    said = []
    if table.design.weights:
        said.append(
            f"These tests count every row of positive weight once: {table.design.weights} does not "
            "weigh in them"
        )
    if table.design.cluster:
        said.append(
            f"These tests take rows as independent: where rows of one {table.design.cluster} are "
            "alike, p is too small"
        )
    return tuple(said)


def _words(x: str, y: str, given: tuple[str, ...]) -> str:
    return f"{x} ⫫ {y} | {', '.join(given)}" if given else f"{x} ⫫ {y}"

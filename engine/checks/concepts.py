"""Whether sets of rows identify concepts: assumptions 4 and 5 of arXiv 2402.09236, torch-free."""

from collections.abc import Iterable
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from engine.data.table import Table
from engine.data.variable import DISCRETE
from engine.errors import DataError
from engine.queries.concepts import (
    FEWEST_IN_SET,
    ConceptConditions,
    Concepts,
    ConceptSet,
    Floats,
    effective,
)

ENOUGH_TO_COUNT = 20_000  # rows by which the worth of a filtered set is told
_ZERO = 1e-9  # relative size of what is 0 but for rounding


def conditions(concepts: Concepts, table: Table | None) -> ConceptConditions:
    """Every condition of theorem 1, and one sentence for the next thing that is missing.

    Without a table nothing is known of rows, and filters are taken as they are written.
    """
    names = concepts.names
    sets = tuple(one.name for one in concepts.sets)
    places, mask = _design(concepts, table)
    precision = 1 / concepts.width**2 if not concepts.labels else 1.0
    matrix: Floats = np.where(mask, precision, 0.0)
    tilt: Floats = np.where(mask, np.nan_to_num(places) * precision, 0.0)
    rank = int(np.linalg.matrix_rank(mask)) if mask.size else 0
    vector, tilts = _vector(matrix, tilt)
    unseparated = tuple(
        (names[i], names[j])
        for i, j in permutations(range(len(names) if not concepts.unknown else 0), 2)
        if not (mask[:, i] & ~mask[:, j]).any()
    )
    rows, base = _worth(concepts, table)
    matrix.setflags(write=False)
    found = ConceptConditions(names, sets, matrix, rank, vector, tilts, unseparated, rows, base)
    missing, proposal = _missing(concepts, table, found, mask, tilt)
    return ConceptConditions(
        names, sets, matrix, rank, vector, tilts, unseparated, rows, base, missing, proposal
    )


def set_weights(concepts: Concepts, table: Table, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """What each of `rows` counts in every set (sets, rows), largest 1, and in the base set (rows,).

    Filtered: Π q(value - b) / max q, the chance that Alg. 1 accepts the row; labelled: 0 or 1.
    """
    if concepts.labels:
        codes = table[concepts.labels][rows]
        categories = table.variable(concepts.labels).categories
        inside = [_coded(codes, categories, one.name) for one in concepts.sets]
        return np.array(inside).reshape(len(inside), len(rows)), _coded(
            codes, categories, concepts.base
        )
    weights = np.ones((len(concepts.sets), len(rows)))
    for place, one in enumerate(concepts.sets):
        exponent = np.zeros(len(rows))
        for name, value in one.filters:
            width = concepts.width * (table.spread(name) or 1.0)
            exponent -= 0.5 * ((table[name][rows] - value) / width) ** 2
        weights[place] = np.where(np.isnan(exponent), 0.0, np.exp(np.nan_to_num(exponent)))
    return weights, np.ones(len(rows))


def _coded(codes: Floats, categories: tuple[str, ...], name: str) -> Floats:
    code = categories.index(name) if name in categories else -1
    return np.where(codes == code, 1.0, 0.0)


def _design(concepts: Concepts, table: Table | None) -> tuple[Floats, NDArray[np.bool_]]:
    """The value at which each set holds each concept (sets, names), NaN where it does not; where.

    In sds of the column where rows are filtered.
    """
    names = concepts.names
    places = np.full((len(concepts.sets), len(names)), np.nan)
    if not concepts.unknown:
        for e, one in enumerate(concepts.sets):
            for name, value in one.filters:
                known = not concepts.labels and table is not None and name in table
                spread = (table.spread(name) if known and table is not None else 1.0) or 1.0
                places[e, names.index(name)] = value / spread
    return places, ~np.isnan(places)


def _vector(matrix: Floats, tilt: Floats) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """v with v'M = 0 for which the least |v'B| is largest among a few, and v'B; () if none is."""
    sets, count = matrix.shape
    if not sets or not count:
        return (), ()
    left, sizes, _ = np.linalg.svd(matrix)
    rank = int((sizes > _ZERO * max(1.0, float(sizes.max(initial=0)))).sum())
    null = left[:, rank:]
    if not null.shape[1]:
        return (), ()
    tilts = null.T @ tilt
    lengths = np.linalg.norm(tilts, axis=0)
    if (lengths <= _ZERO * max(1.0, float(np.abs(tilt).max()))).any():
        return (), tuple(float(length) for length in lengths)
    angles = np.random.default_rng(0).standard_normal((64, null.shape[1]))
    tried = np.vstack([np.eye(null.shape[1]), angles])
    tried /= np.linalg.norm(tried, axis=1, keepdims=True)
    best = tried[np.argmax(np.abs(tried @ tilts / lengths).min(axis=1))]
    v = null @ best
    v /= np.abs(v).max()
    return tuple(map(float, v)), tuple(map(float, v @ tilt))


def _worth(concepts: Concepts, table: Table | None) -> tuple[tuple[float, ...], float]:
    """How many rows each set and the base set are worth."""
    known = table is not None and all(c in table for c in _needed(concepts))
    if table is None or not known or not table.rows:
        return (), 0.0
    stride = 1 if concepts.labels else 1 + table.rows // ENOUGH_TO_COUNT
    rows = np.arange(0, table.rows, stride)
    complete = np.ones(len(rows), dtype=bool)
    for column in concepts.columns:
        complete &= ~np.isnan(table[column][rows])
    weights, base = set_weights(concepts, table, rows[complete])
    return tuple(stride * effective(one) for one in weights), stride * float(base.sum())


def _needed(concepts: Concepts) -> tuple[str, ...]:
    """The columns that sets and representation name."""
    if concepts.labels:
        return (*concepts.columns, concepts.labels)
    return (*concepts.columns, *dict.fromkeys(n for s in concepts.sets for n in s.concepts))


def check_columns(concepts: Concepts, table: Table) -> None:
    """Refuse columns that are not there or cannot be what they are said to be."""
    for name in _needed(concepts):
        table.variable(name)
    if concepts.labels and table.variable(concepts.labels).kind not in DISCRETE:
        raise DataError(
            f"{concepts.labels} has no categories",
            remedy="choose a column that says which set a row belongs to",
        )
    if concepts.labels in concepts.columns and concepts.labels:
        raise DataError(
            f"{concepts.labels} says which set a row belongs to and is part of the representation",
            remedy="leave it out of the representation, or the sets are told by it alone",
        )
    for name in (*concepts.columns, *(() if concepts.labels else concepts.names)):
        if table.variable(name).discrete and not concepts.unknown:
            raise DataError(f"{name} has no numbers", remedy="choose columns of numbers")


def _missing(
    concepts: Concepts,
    table: Table | None,
    found: ConceptConditions,
    mask: NDArray[np.bool_],
    tilt: Floats,
) -> tuple[str, ConceptSet | None]:
    """The next thing that is missing in one sentence, and the set that would help."""
    if not concepts.columns:
        return "Choose the columns that make up the representation.", None
    if table is not None:
        try:
            check_columns(concepts, table)
        except DataError as error:
            return str(error), None
    if concepts.labels and not concepts.base:
        return "Choose the category of rows that nobody chose: the base set.", None
    if concepts.unknown:
        return _too_few_sets(concepts) or _too_few_rows(concepts, found), None
    if not found.names:
        return "Add a set in which one concept is filtered.", None
    told = _unseparated(found) or _dependent(found, mask) or _untilted(concepts, found, mask, tilt)
    if told:
        sentence, wanted = told
        return sentence, _proposal(concepts, table, wanted)
    return _too_few_rows(concepts, found), None


def _too_few_sets(concepts: Concepts) -> str:
    short = concepts.unknown + 1 - len(concepts.sets)
    if short <= 0:
        return ""
    what = "one set more" if short == 1 else f"{short} sets more"
    return f"Add {what}: {concepts.unknown} concepts need {concepts.unknown + 1} sets at least."


def _unseparated(found: ConceptConditions) -> tuple[str, tuple[str, ...]] | None:
    """A set of one concept for the first that no set filters without another (assumption 5)."""
    if not found.unseparated:
        return None
    one = found.unseparated[0][0]
    others = [j for i, j in found.unseparated if i == one]
    return f"Add a set in which {one} is filtered and {_and(others, 'nor')} is not.", (one,)


def _dependent(
    found: ConceptConditions, mask: NDArray[np.bool_]
) -> tuple[str, tuple[str, ...]] | None:
    """A set of one concept that makes the rows of M independent (assumption 4, rank)."""
    if found.rank == len(found.names):
        return None
    for place, name in enumerate(found.names):
        alone = np.vstack([mask, np.eye(len(found.names))[place]])
        if np.linalg.matrix_rank(alone) > found.rank:
            return f"Add a set in which only {name} is filtered.", (name,)
    return None


def _untilted(
    concepts: Concepts, found: ConceptConditions, mask: NDArray[np.bool_], tilt: Floats
) -> tuple[str, tuple[str, ...]] | None:
    """A set of the concepts whose tilt v'B is 0 for every v, at other values (assumption 4)."""
    if found.vector:
        return None
    largest = max(1.0, float(np.abs(tilt).max()))
    stuck = tuple(
        name
        for place, name in enumerate(found.names)
        if not found.tilts or abs(found.tilts[place]) <= _ZERO * largest
    )
    for one in concepts.sets:
        if len(stuck) > 1 and set(stuck) <= set(one.concepts):
            return (
                f"In {one.name}, filter {_and(stuck)} at other values than in the other sets.",
                stuck,
            )
    if len(stuck) == 1:
        return f"Add a set in which {stuck[0]} is filtered at another value.", stuck
    both = "both" if len(stuck) == 2 else "all"
    return (
        f"Add a set in which {_and(stuck)} are {both} filtered, at other values than alone.",
        stuck,
    )


def _too_few_rows(concepts: Concepts, found: ConceptConditions) -> str:
    if not found.rows and not found.base_rows:
        return ""
    if found.base_rows < FEWEST_IN_SET:
        return f"The base set has {found.base_rows:.0f} rows: {FEWEST_IN_SET:.0f} are needed."
    for name, rows in zip(found.sets, found.rows, strict=False):
        if rows < FEWEST_IN_SET:
            what = "add rows" if concepts.labels else "filter at values that more rows have"
            return (
                f"{name} is worth {rows:.0f} rows and needs {FEWEST_IN_SET:.0f}: {what}, "
                "or leave the set out."
            )
    return ""


def _proposal(concepts: Concepts, table: Table | None, wanted: tuple[str, ...]) -> ConceptSet:
    """A set of these concepts, each at the quartile or median farthest from values used so far."""
    filters = []
    for name in wanted:
        used = [value for one in concepts.sets for c, value in one.filters if c == name]
        value = max(used, default=0.0) + 1.0
        if table is not None and not concepts.labels and name in table:
            spots = np.nanquantile(table[name], [0.75, 0.25, 0.5])
            free = [min((abs(s - u) for u in used), default=1.0) for s in spots]
            value = float(spots[int(np.argmax(free))])
        filters.append((name, float(f"{value:.3g}")))
    return ConceptSet(_and(wanted), tuple(filters))


def _and(names: Iterable[str], word: str = "and") -> str:
    """a, b and c."""
    listed = tuple(names)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {word} {listed[-1]}"

"""Was a lot fair? What was fixed before it may go with its outcome by chance only.

Each column alone: the standardised mean difference (Cohen, Statistical Power Analysis, 1988), and
an F test. All of them at once: Pillai's trace (Ann. Math. Statist. 1955) of the columns against
the lot, F with the usual degrees of freedom, exact for normal columns where the lot has two values
or draws one number. One test for all says more than many: of 20 single ones one lies below .05.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.checks.evidence import Measured
from engine.checks.multiplicity import holm
from engine.data.rows import cluster_codes, counted_rows
from engine.data.table import Table
from engine.queries.lots import LOT_LEVEL, BalanceAnswer, Lot, Unlike

Matrix = NDArray[np.float64]
Codes = NDArray[np.int64]
BLOCK = 20_000  # rows per slice
NOTHING = 1e-9  # share of a standardised column's variance below which it is a function of others
Asked = tuple[tuple[str, ...], tuple[str, ...]]


def answer_balance(table: Table, lots: Sequence[Asked]) -> Iterator[BalanceAnswer | None]:
    """One answer for all lots, after slices of work (None).

    Rows of weight 0 are left out; other weights do not matter to whether the lot was fair. Where
    the lot gave whole clusters the same, each is one row: the mean of its rows.
    """
    told = []
    for columns, before in lots:
        lot = Lot(columns)
        for step in _lot(table, columns, before):
            if step is not None:
                lot = step
            yield None
        told.append(lot)
    yield BalanceAnswer(tuple(told))


def trace_test(x: Matrix, y: Matrix) -> float | None:
    """Chance of as large a Pillai trace of x (rows, p) against y (rows, q) if they are unrelated.

    None where rows are too few, or one side does not vary.
    """
    for moments in _moments(x, y):
        if moments is not None:
            return _chance(moments, len(x))
    return None


def mean_gap(x: Matrix, groups: Codes) -> float:
    """The largest gap between two group means of a column of x, in its sd within groups."""
    count = np.bincount(groups)
    means = np.stack([np.bincount(groups, column) / count for column in x.T], 1)
    within = ((x - means[groups]) ** 2).sum(0) / max(len(x) - len(count), 1)
    gaps = np.ptp(means, axis=0)
    sizes = np.divide(gaps, np.sqrt(within), out=np.full(len(gaps), np.inf), where=within > 0)
    return float(np.where(gaps > 0, sizes, 0.0).max(initial=0.0))


@dataclass(frozen=True, slots=True)
class _Side:
    """A column's rows, coded: numbers as they are, a 0/1 column for each category."""

    name: str
    coded: Matrix


def _lot(table: Table, columns: tuple[str, ...], before: tuple[str, ...]) -> Iterator[Lot | None]:
    known = counted_rows(table) & table.complete(columns)
    units = _units(table, columns, known)
    single: list[Unlike] = []
    kept: list[str] = []
    for name in before:
        found = _single(table, columns, name, known & table.complete((name,)), units)
        if found is not None:
            single.append(found)
            kept.append(name)
        yield None
    clusters = units is not None
    if not kept:
        yield Lot(columns, clusters=clusters, why_not="nothing measured was fixed before it")
        return
    marks = holm([one.p for one in single], LOT_LEVEL)
    told = tuple(replace(one, stands_out=on) for one, on in zip(single, marks, strict=True))
    rows = known & table.complete(kept)
    x = np.hstack([_measured(table, name, rows, units) for name in kept])
    y = np.hstack([_measured(table, name, rows, units) for name in columns])
    p = None
    for moments in _moments(x, y):
        if moments is not None:
            p = _chance(moments, len(x))
        yield None
    why_not = "" if p is not None else "too few rows are complete"
    yield Lot(columns, told, p, len(x), clusters, why_not)


def _single(
    table: Table, columns: tuple[str, ...], name: str, rows: NDArray[np.bool_], units: Codes | None
) -> Unlike | None:
    """One column against the lot; None where it cannot differ."""
    x = _measured(table, name, rows, units)
    y = np.hstack([_measured(table, column, rows, units) for column in columns])
    p = trace_test(x, y)
    if p is None:
        return None
    if len(columns) == 1 and table.variable(columns[0]).discrete:
        return Unlike(name, mean_gap(x, y.argmax(1)), p, len(x))
    moments = next(filter(None, _moments(x, y)))
    return Unlike(name, float(np.sqrt(min(moments.trace, 1.0))), p, len(x), groups=False)


def _measured(table: Table, name: str, rows: NDArray[np.bool_], units: Codes | None) -> Matrix:
    """A column, coded, of these rows; of clusters: means."""
    values = table[name][rows]
    if table.variable(name).discrete:
        coded = (values[:, None] == np.unique(values)).astype(np.float64)
    else:
        coded = Measured(values, discrete=False).coded
    if units is None:
        return np.asarray(coded, dtype=np.float64)
    codes = np.unique(units[rows], return_inverse=True)[1]
    count = np.bincount(codes)
    return np.stack([np.bincount(codes, column) / count for column in coded.T], 1)


def _units(table: Table, columns: tuple[str, ...], known: NDArray[np.bool_]) -> Codes | None:
    """The clusters, where the lot gave each the same in all its rows; None: each row is a unit."""
    codes = cluster_codes(table)
    if codes is None:
        return None
    for name in columns:
        values, of = table[name][known], codes[known]
        low = np.full(int(codes.max()) + 1, np.inf)
        high = -low
        np.minimum.at(low, of, values)
        np.maximum.at(high, of, values)
        if (high > low).any():
            return None
    return codes


@dataclass(frozen=True, slots=True)
class _Moments:
    """Pillai's trace of two sides, and how many directions each has."""

    trace: float
    p: int
    q: int


def _moments(x: Matrix, y: Matrix) -> Iterator[_Moments | None]:
    """trace(Sxx⁻ Sxy Syy⁻ Syx), block by block of rows."""
    both = np.hstack([x, y])
    if len(both) < 3:
        return
    both = both - both.mean(0)
    square = np.zeros((both.shape[1],) * 2)
    for start in range(0, len(both), BLOCK):
        block = both[start : start + BLOCK]
        square += block.T @ block
        yield None
    scale = np.sqrt(np.maximum(np.diag(square), 0.0))
    square = square / np.where(scale > 0, np.outer(scale, scale).clip(min=1e-300), 1.0)
    cut = x.shape[1]
    across = square[:cut, cut:]
    (inner, p), (outer, q) = _inverse(square[:cut, :cut]), _inverse(square[cut:, cut:])
    if p and q:
        yield _Moments(float(np.trace(inner @ across @ outer @ across.T)), p, q)


def _inverse(square: Matrix) -> tuple[Matrix, int]:
    """Pseudo-inverse of a correlation matrix, and its rank."""
    values, vectors = np.linalg.eigh(square)
    kept = values > NOTHING * max(len(values), 1)
    return (vectors[:, kept] / values[kept]) @ vectors[:, kept].T, int(kept.sum())


def _chance(moments: _Moments, rows: int) -> float | None:
    """F of Pillai's trace: s (2n + s + 1) and s (2m + s + 1) degrees of freedom."""
    from scipy.special import fdtrc

    p, q = moments.p, moments.q
    s = min(p, q)
    freedom, room = s * (abs(p - q) + s), s * (rows - 1 - p - q + s)
    if rows - 1 - p - q < 1 or room < 1:
        return None
    trace = min(max(moments.trace, 0.0), s * (1 - 1e-12))
    f = (room / freedom) * trace / (s - trace)
    return float(fdtrc(freedom, room, f))

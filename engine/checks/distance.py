"""Distance between two tables: energy distance over all variables, and by variable and by pair.

Energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Székely and Rizzo 2004) is zero only for equal
laws. Numbers are counted in sds of the real rows, categories as 0/1 columns. Every distance is
given beside that between two random halves of the real rows, of the same size.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from engine.queries.answers import Nearness

Matrix = NDArray[np.float64]
Column = NDArray[np.float64]

HALVINGS, SHUFFLES = 20, 199
BLOCK = 100  # rows of distances per slice


@dataclass(frozen=True, slots=True)
class Pair:
    """One variable in both tables, (n,) each: numbers, or codes of `levels` categories."""

    name: str
    real: Column
    made: Column
    levels: int = 0


@dataclass(frozen=True, slots=True)
class Distances:
    """What `compare` found; see `LikenessAnswer`."""

    whole: Nearness
    p: float
    variables: Mapping[str, Nearness]
    pair: tuple[str, str] | None
    correlation: Nearness | None


def compare(pairs: Sequence[Pair], rng: Generator) -> Iterator[Distances | None]:
    """Compare two tables of equally many rows; None after each slice, the result at the end."""
    rows = len(pairs[0].real)
    coded = [_coded(pair) for pair in pairs]
    real, made = (np.hstack([both[i] for both in coded]) for i in (0, 1))
    halves = np.argsort(rng.random((HALVINGS, rows)), 1)
    others = np.argsort(rng.random((HALVINGS, rows)), 1)
    whole, p = Nearness(0.0, 0.0), 1.0
    for found in _whole(np.vstack([real, made]), halves, others, rng):
        if found is None:
            yield None
        else:
            whole, p = found
    variables = {}
    for pair in pairs:
        variables[pair.name] = _of_variable(pair, halves, others)
        yield None
    widths = [both[0].shape[1] for both in coded]
    owners = [pair.name for pair, width in zip(pairs, widths, strict=True) for _ in range(width)]
    between, correlation = _of_correlations(owners, real, made, halves, others)
    yield Distances(whole, p, variables, between, correlation)


def energy_distance(x: Matrix, y: Matrix) -> float:
    """2 E|X - Y| - E|X - X'| - E|Y - Y'| of the rows of two samples, each (rows, width)."""
    both, first = np.vstack([x, y]), np.zeros((len(x) + len(y), 2))
    first[: len(x), 0], first[len(x) :, 1] = 1 / len(x), 1 / len(y)
    sums = sum(_sums(both, first, start) for start in range(0, len(both), BLOCK))
    return float(2 * sums[0, 1] - sums[0, 0] - sums[1, 1])


def wasserstein(x: Column, y: Column) -> float:
    """Wasserstein-1 of two samples of one size: mean gap of the ordered values."""
    return float(np.abs(np.sort(x) - np.sort(y)).mean())


def total_variation(x: Column, y: Column, levels: int) -> float:
    """Half the summed gaps of the shares of two samples of codes."""
    shares = [np.bincount(z.astype(np.int64), minlength=levels) / len(z) for z in (x, y)]
    return 0.5 * float(np.abs(shares[0] - shares[1]).sum())


def _coded(pair: Pair) -> tuple[Matrix, Matrix]:
    if pair.levels:
        codes = np.arange(pair.levels)
        return tuple((z[:, None] == codes).astype(np.float64) for z in (pair.real, pair.made))  # type: ignore[return-value]
    centre, spread = float(pair.real.mean()), float(pair.real.std()) or 1.0
    return ((pair.real - centre) / spread)[:, None], ((pair.made - centre) / spread)[:, None]


def _whole(
    both: Matrix, halves: NDArray[np.int64], others: NDArray[np.int64], rng: Generator
) -> Iterator[tuple[Nearness, float] | None]:
    """Energy distances of halves, and the permutation p of real against made.

    All groups of rows are columns of shares S, so that one pass over the blocks of the matrix of
    distances D gives SᵀDS, every mean distance between and within groups.
    """
    rows = len(both) // 2
    size = rows // 2
    groups = []
    for half, other in zip(halves, others, strict=True):
        groups += [half[:size], half[size : 2 * size], rows + other[:size]]
    groups += [np.arange(rows), np.arange(rows, 2 * rows)]
    for _ in range(SHUFFLES):
        order = rng.permutation(2 * rows)
        groups += [order[:rows], order[rows:]]
    shares = np.zeros((2 * rows, len(groups)))
    for i, group in enumerate(groups):
        shares[group, i] = 1 / len(group)
    sums = np.zeros((len(groups), len(groups)))
    for start in range(0, len(both), BLOCK):
        sums += _sums(both, shares, start)
        yield None

    def apart(i: int, j: int) -> float:
        return float(2 * sums[i, j] - sums[i, i] - sums[j, j])

    cuts = range(0, 3 * HALVINGS, 3)
    near = float(np.mean([apart(i, i + 1) for i in cuts]))
    far = float(np.mean([apart(i + h, i + 2) for i in cuts for h in (0, 1)]))
    first = 3 * HALVINGS
    seen = apart(first, first + 1)
    shuffled = [apart(i, i + 1) for i in range(first + 2, len(groups), 2)]
    p = (1 + sum(one >= seen for one in shuffled)) / (1 + SHUFFLES)
    yield Nearness(max(far, 0.0), max(near, 0.0)), p


def _sums(both: Matrix, shares: Matrix, start: int) -> Matrix:
    """What one block of rows adds to SᵀDS."""
    block = slice(start, start + BLOCK)
    squares = (both**2).sum(1)
    squared = squares[block, None] + squares - 2 * both[block] @ both.T
    distances = np.sqrt(np.maximum(squared, 0.0))
    return np.asarray(shares[block].T @ (distances @ shares), dtype=np.float64)


def _of_variable(
    pair: Pair, halves: NDArray[np.int64], others: NDArray[np.int64]
) -> Nearness:
    size = len(pair.real) // 2
    spread = float(pair.real.std()) or 1.0

    def apart(x: Column, y: Column) -> float:
        if pair.levels:
            return total_variation(x, y, pair.levels)
        return wasserstein(x, y) / spread

    near, far = [], []
    for half, other in zip(halves, others, strict=True):
        one, two, made = pair.real[half[:size]], pair.real[half[size : 2 * size]], other[:size]
        near.append(apart(one, two))
        far.append(apart(one, pair.made[made]))
    return Nearness(float(np.mean(far)), float(np.mean(near)))


def _of_correlations(
    owners: Sequence[str],
    real: Matrix,
    made: Matrix,
    halves: NDArray[np.int64],
    others: NDArray[np.int64],
) -> tuple[tuple[str, str] | None, Nearness | None]:
    """The two variables whose correlation differs most, and the largest gap between halves."""
    between = [
        (i, j) for i, j in itertools.combinations(range(len(owners)), 2) if owners[i] != owners[j]
    ]
    if not between:
        return None, None
    places = np.array(between)
    size = len(real) // 2

    def gaps(x: Matrix, y: Matrix) -> Column:
        apart = np.abs(_correlations(x) - _correlations(y))
        return np.asarray(apart[places[:, 0], places[:, 1]], dtype=np.float64)

    near, far = [], []
    for half, other in zip(halves, others, strict=True):
        one, two = real[half[:size]], real[half[size : 2 * size]]
        near.append(float(gaps(one, two).max()))
        far.append(float(gaps(one, made[other[:size]]).max()))
    i, j = between[int(gaps(real, made).argmax())]
    return (owners[i], owners[j]), Nearness(float(np.mean(far)), float(np.mean(near)))


def _correlations(x: Matrix) -> Matrix:
    """Pearson's correlations of columns, 0 where one does not vary."""
    centred = x - x.mean(0)
    lengths = np.sqrt((centred**2).sum(0))
    unit = centred / np.where(lengths > 0, lengths, math.inf)
    return np.asarray(unit.T @ unit, dtype=np.float64)

"""Distance between two tables: energy distance over all variables, and by variable and by pair.

Energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Székely and Rizzo 2004) is zero only for equal
laws. Numbers are counted in sds of the real rows, categories as 0/1 columns. Every distance is
given beside that between two random halves of the real rows, of the same size.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from engine.queries.answers import Nearness

Matrix = NDArray[np.float64]
Column = NDArray[np.float64]

HALVINGS, SHUFFLES = 10, 199
BLOCK = 50  # rows of distances per slice


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
    between: tuple[str, str] | None = None
    correlation: Nearness | None = None
    for told in _of_correlations(owners, real, made, halves, others):
        if told is None:
            yield None
        else:
            between, correlation = told
    yield Distances(whole, p, variables, between, correlation)


def energy_distance(x: Matrix, y: Matrix) -> float:
    """2 E|X - Y| - E|X - X'| - E|Y - Y'| of the rows of two samples, each (rows, width)."""
    both = torch.from_numpy(np.vstack([x, y]))
    shares = _shares([np.arange(len(x)), len(x) + np.arange(len(y))], len(both))
    sums = torch.zeros(2, 2, dtype=torch.float64)
    for start in range(0, len(both), BLOCK):
        sums += shares[start : start + BLOCK].T @ (_distances(both, start) @ shares)
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
        real, made = ((z[:, None] == codes).astype(np.float64) for z in (pair.real, pair.made))
        return real, made
    centre, spread = float(pair.real.mean()), float(pair.real.std()) or 1.0
    return ((pair.real - centre) / spread)[:, None], ((pair.made - centre) / spread)[:, None]


def _whole(
    both: Matrix, halves: NDArray[np.int64], others: NDArray[np.int64], rng: Generator
) -> Iterator[tuple[Nearness, float] | None]:
    """Energy distances of halves, and the permutation p of real against made.

    Groups of rows are columns of shares S. With the matrix of distances D, gathered a block of rows
    at a time, E|X - Y| is s_xᵀ D s_y; shuffles need only s_xᵀ D s_x and s_xᵀ D 1.
    """
    rows = len(both) // 2
    size = rows // 2
    groups = []
    for half, other in zip(halves, others, strict=True):
        groups += [half[:size], half[size : 2 * size], rows + other[:size]]
    yield None
    shuffles = [np.arange(rows)] + [rng.permutation(2 * rows)[:rows] for _ in range(SHUFFLES)]
    yield None
    cut, mixed = _shares(groups, 2 * rows), _shares(shuffles, 2 * rows)
    places = torch.from_numpy(both)
    products = torch.zeros(len(groups), len(groups), dtype=torch.float64)
    own, all_ = torch.zeros(2, len(shuffles), dtype=torch.float64)
    everything = 0.0
    for start in range(0, len(both), BLOCK):
        block, distances = slice(start, start + BLOCK), _distances(places, start)
        products += cut[block].T @ (distances @ cut)
        yield None
        own += (mixed[block] * (distances @ mixed)).sum(0)
        reach = distances.sum(1)
        all_ += mixed[block].T @ reach
        everything += float(reach.sum())
        yield None
    sums, within, across = products.numpy(), own.numpy(), all_.numpy()

    def apart(i: int, j: int) -> float:
        return float(2 * sums[i, j] - sums[i, i] - sums[j, j])

    cuts = range(0, len(groups), 3)
    near = float(np.mean([apart(i, i + 1) for i in cuts]))
    far = float(np.mean([apart(i + h, i + 2) for i in cuts for h in (0, 1)]))
    rest = across / rows - within  # to the other group of each shuffle, whose shares are 1/n - s
    other = everything / rows**2 - 2 * across / rows + within
    energies = 2 * rest - within - other
    p = float((energies >= energies[0] * (1 - 1e-12)).mean())
    yield Nearness(max(far, 0.0), max(near, 0.0)), p


def _shares(groups: Sequence[NDArray[np.int64]], rows: int) -> Tensor:
    """One column per group: 1 / its size in its rows, 0 elsewhere; (rows, groups) float64."""
    shares = torch.zeros(rows, len(groups), dtype=torch.float64)
    for i, group in enumerate(groups):
        shares[torch.from_numpy(group), i] = 1 / len(group)
    return shares


def _distances(both: Tensor, start: int) -> Tensor:
    """Euclidean distances of a block of rows to all rows."""
    block = both[start : start + BLOCK]
    return torch.cdist(block, both, compute_mode="donot_use_mm_for_euclid_dist")


def _of_variable(pair: Pair, halves: NDArray[np.int64], others: NDArray[np.int64]) -> Nearness:
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
) -> Iterator[tuple[tuple[str, str], Nearness] | None]:
    """The two variables whose correlation differs most, and the largest gap between halves.

    Nothing where there is one variable only.
    """
    of = np.unique(owners, return_inverse=True)[1]
    places = np.nonzero(np.triu(of[:, None] != of))
    if not len(places[0]):
        return
    size = len(real) // 2

    def gaps(x: Matrix, y: Matrix) -> Column:
        return np.asarray(np.abs(_correlations(x) - _correlations(y))[places], dtype=np.float64)

    near, far = [], []
    for half, other in zip(halves, others, strict=True):
        one, two = real[half[:size]], real[half[size : 2 * size]]
        near.append(float(gaps(one, two).max()))
        far.append(float(gaps(one, made[other[:size]]).max()))
        yield None
    worst = int(gaps(real, made).argmax())
    pair = owners[places[0][worst]], owners[places[1][worst]]
    yield pair, Nearness(float(np.mean(far)), float(np.mean(near)))


def _correlations(x: Matrix) -> Matrix:
    """Pearson's correlations of columns, 0 where one does not vary."""
    centred = x - x.mean(0)
    lengths = np.sqrt((centred**2).sum(0))
    unit = centred / np.where(lengths > 0, lengths, math.inf)
    return (torch.from_numpy(unit).T @ torch.from_numpy(unit)).numpy()

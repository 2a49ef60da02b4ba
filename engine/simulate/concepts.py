"""Concepts with known truth: the synthetic protocol of arXiv 2402.09236, appendix G."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from engine.frontier.concepts.filtering import chances, filtered
from engine.seeds import numpy_generator

Floats = NDArray[np.float64]
COMPONENTS = 3
WIDTH = 0.005**0.5  # of q
RARE = 0.002  # share of base rows that a set keeps at least
HIDDEN, SLOPE = 16, 0.2  # of the mixing network
APART = 0.5  # sds of its reading by which an atom's two values differ at least


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Normal mixture of z (dz): `shares` (3,), `means` (3, dz), `sds` (3, dz)."""

    shares: Floats
    means: Floats
    sds: Floats

    def draw(self, rows: int, rng: np.random.Generator) -> Floats:
        """z (rows, dz)."""
        which = rng.choice(len(self.shares), size=rows, p=self.shares)
        noise = rng.standard_normal((rows, self.means.shape[1]))
        return np.asarray(self.means[which] + self.sds[which] * noise)


@dataclass(frozen=True, slots=True, eq=False)
class Mixing:
    """x = z A', or leaky(z A' + c) B' with one hidden layer."""

    first: Floats
    bias: Floats
    second: Floats | None = None

    def __call__(self, z: Floats) -> Floats:
        """x (rows, dx)."""
        hidden = z @ self.first.T + self.bias
        if self.second is None:
            return np.asarray(hidden)
        return np.asarray(np.where(hidden > 0, hidden, SLOPE * hidden) @ self.second.T)


@dataclass(frozen=True, slots=True, eq=False)
class Synthetic:
    """One problem: `base` rows x, `sets` of rows x, `mask` (sets, atoms) of what each filters.

    `atoms` (atoms, dz), `values` (sets, atoms) where filtered, `readings` (rows, atoms) ⟨a, z⟩ of
    the base rows and of each set's. `test`: fresh rows of the base law, `truth` their readings.
    """

    base: Floats
    sets: tuple[Floats, ...]
    readings: tuple[Floats, ...]
    mask: NDArray[np.bool_]
    values: Floats
    atoms: Floats
    test: Floats
    truth: Floats


def synthetic(
    n: int, dz: int, dx: int, *, bent: bool, seed: int, rows: int = 5_000, tests: int = 5_000
) -> Synthetic:
    """n atoms, n sets of one atom and one of all at other values: n + 1 sets beside the base.

    Shares U(.3, 1) scaled, means U(-1, 1), variances U(.01, .015), atoms U(-.3, .3), q = N(0, .005)
    and linear mixing, or (`bent`) by a network of 16 leaky units. The paper's sets are "atomic";
    with those alone assumption 4 fails for n ≥ 2, hence the last set.
    """
    rng = numpy_generator(seed, "concepts", str(n), str(dz), str(dx), str(bent))
    mixture = mixture_of(dz, rng)
    mixing = mixing_of(dz, dx, rng, bent=bent)
    atoms = rng.uniform(-0.3, 0.3, (n, dz))
    mask = np.vstack([np.eye(n, dtype=bool), np.ones((1, n), dtype=bool)])
    values = _values(mixture, atoms, mask, rng)
    drawn = [mixture.draw(rows, rng)]
    for e, on in enumerate(mask):
        draw = partial(mixture.draw, rng=rng)
        drawn.append(filtered(draw, atoms[on], values[e, on], WIDTH, rows, rng))
    z = mixture.draw(tests, rng)
    x = [mixing(one) for one in drawn]
    readings = tuple(one @ atoms.T for one in drawn)
    truth = z @ atoms.T
    return Synthetic(x[0], tuple(x[1:]), readings, mask, values, atoms, mixing(z), truth)


def mixture_of(dz: int, rng: np.random.Generator) -> Mixture:
    """A random mixture of the protocol."""
    shares = rng.uniform(0.3, 1, COMPONENTS)
    means = rng.uniform(-1, 1, (COMPONENTS, dz))
    return Mixture(shares / shares.sum(), means, rng.uniform(0.01, 0.015, (COMPONENTS, dz)) ** 0.5)


def mixing_of(dz: int, dx: int, rng: np.random.Generator, *, bent: bool) -> Mixing:
    """A random mixing of the protocol."""
    if not bent:
        return Mixing(rng.standard_normal((dx, dz)), np.zeros(dx))
    first = rng.standard_normal((HIDDEN, dz)) / dz**0.5
    return Mixing(first, 0.2 * rng.standard_normal(HIDDEN), rng.standard_normal((dx, HIDDEN)) / 4)


def _values(
    mixture: Mixture, atoms: Floats, mask: NDArray[np.bool_], rng: np.random.Generator
) -> Floats:
    """Where each set holds each atom: noisy readings of draws of the base law, kept apart."""
    drawn = mixture.draw(2_000, rng) @ atoms.T
    spread = drawn.std(axis=0)
    values = np.full(mask.shape, np.nan)
    for e, on in enumerate(mask):
        widest = -1.0
        for row in drawn[rng.integers(0, len(drawn), 200)]:
            reading = row + WIDTH * rng.standard_normal(len(row))
            gaps = np.abs(reading - values[:e])[:, on] / spread[on]
            least = min(APART, float(np.where(np.isnan(gaps), np.inf, gaps).min(initial=np.inf)))
            if least > widest and chances(drawn[:, on], reading[on], WIDTH).mean() >= RARE:
                values[e, on], widest = reading[on], least
                if least >= APART:
                    break
    return values

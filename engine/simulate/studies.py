"""Studies with known effects: covariates by a random SCM, a treatment by chance given them alone.

For what learns to compare groups from many simulated tables. Covariates come from a random acyclic
graph (Erdős, Rényi); its mechanisms, the chance of treatment, the outcome without treatment and the
effect are functions of one family: linear, a small network, trees, or waves. Treatment depends on
nothing but the covariates and a coin of its own, so that the effect is identified by construction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Column = NDArray[np.float64]
Function = Callable[[Matrix], Column]

FEWEST_COVARIATES, MOST_COVARIATES = 5, 50
APART = (0.2, 2.0)  # sds of the treatment's log odds
_FARTHEST = 5.0  # sds that a covariate is kept within, so that far rows do not rule a table
_LEAST_GROUP = 5  # rows in each group


class Family(StrEnum):
    """What the functions of a simulated study are; WAVES is kept out of training."""

    LINEAR = "linear"
    NETWORK = "network"
    TREES = "trees"
    WAVES = "waves"


TRAINED = (Family.LINEAR, Family.NETWORK, Family.TREES)


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedStudy:
    """Rows with both outcomes: covariates (n, d) of order one, treated (n,) bool, the rest (n,).

    `untreated` and `effect` are means given the covariates; `outcome` has noise of sd `noise`.
    """

    family: Family
    covariates: Matrix
    treated: NDArray[np.bool_]
    chance: Column
    untreated: Column
    effect: Column
    outcome: Column
    noise: float

    @property
    def ate(self) -> float:
        """The mean effect over the rows."""
        return float(self.effect.mean())

    @property
    def att(self) -> float:
        """The mean effect over the treated rows."""
        return float(self.effect[self.treated].mean())


def simulated(
    family: Family,
    rows: int,
    rng: Generator,
    covariates: int = 0,
    apart: tuple[float, float] = APART,
) -> SimulatedStudy:
    """One study of `rows` rows; 0 covariates: between 5 and 50, few being likelier.

    `apart`: between which values the sd of the treatment's log odds is, that is how little groups
    overlap. The share of treated, the heterogeneity of the effect, the share of yes/no covariates
    and the noise differ from study to study, too.
    """
    if rows < 4 * _LEAST_GROUP:
        raise ValueError("a study needs more rows")
    span = np.log(MOST_COVARIATES / FEWEST_COVARIATES)
    width = covariates or round(FEWEST_COVARIATES * np.exp(span * rng.random()))
    x = _covariates(family, rows, width, rng)
    logit = rng.uniform(*apart) * _function(family, x, rng) + rng.normal(0.0, 0.7)
    chance = 1 / (1 + np.exp(-logit))
    treated = _coin(chance, rng)
    untreated = rng.uniform(0.5, 2.0) * _function(family, x, rng)
    spread = rng.uniform(0.0, 1.0)
    effect = rng.normal() + spread * _function(family, x, rng)
    noise = float(rng.uniform(0.3, 1.5))
    outcome = untreated + treated * effect + noise * rng.normal(size=rows)
    return SimulatedStudy(family, x, treated, chance, untreated, effect, outcome, noise)


def _coin(chance: Column, rng: Generator) -> NDArray[np.bool_]:
    """Treated by chance, again where one group came out nearly empty."""
    while True:
        treated = rng.random(len(chance)) < chance
        if _LEAST_GROUP <= treated.sum() <= len(chance) - _LEAST_GROUP:
            return np.asarray(treated)
        chance = 0.5 + 0.9 * (chance - 0.5)


def _covariates(family: Family, rows: int, width: int, rng: Generator) -> Matrix:
    """A random graph of about two arrows per variable, in a random order; some turned to yes/no."""
    x = np.empty((rows, width))
    density = min(1.0, 4.0 / max(1, width - 1))
    yes_no = rng.random() * 0.6
    for j in range(width):
        causes = np.flatnonzero(rng.random(j) < density)
        own = rng.normal(size=rows)
        if len(causes):
            share = rng.uniform(0.2, 0.8)
            own = np.sqrt(share) * _function(family, x[:, causes], rng) + np.sqrt(1 - share) * own
        if rng.random() < yes_no:
            own = (own > rng.normal(0.0, 0.7)).astype(np.float64)
        x[:, j] = _standard(own)
    return np.ascontiguousarray(x[:, rng.permutation(width)])


def _standard(column: Column) -> Column:
    spread = float(column.std())
    if spread < 1e-9:
        return np.zeros_like(column)
    return np.asarray(np.clip((column - column.mean()) / spread, -_FARTHEST, _FARTHEST))


def _function(family: Family, x: Matrix, rng: Generator) -> Column:
    """A random function of the family at the rows x, standardised over them."""
    return _standard(_FUNCTIONS[family](x, rng))


def _linear(x: Matrix, rng: Generator) -> Column:
    width = x.shape[1]
    slopes = np.where(rng.random(width) < rng.uniform(0.2, 1.0), rng.normal(size=width), 0.0)
    slopes[rng.integers(width)] += 0.5
    return np.asarray(x @ slopes)


def _network(x: Matrix, rng: Generator) -> Column:
    units = int(rng.integers(4, 17))
    first = rng.normal(size=(x.shape[1], units)) / np.sqrt(x.shape[1])
    hidden = np.tanh(2.0 * (x @ first) + rng.normal(size=units))
    return np.asarray(hidden @ rng.normal(size=units))


def _trees(x: Matrix, rng: Generator) -> Column:
    """A sum of trees of depth 3 with random splits near the middle."""
    total = np.zeros(len(x))
    for _ in range(int(rng.integers(3, 11))):
        leaf = np.zeros(len(x), dtype=np.int64)
        for _ in range(3):
            column = x[:, rng.integers(x.shape[1])]
            leaf = 2 * leaf + (column > rng.normal(0.0, 0.5))
        total += rng.normal(size=8)[leaf]
    return total


def _waves(x: Matrix, rng: Generator) -> Column:
    many = int(rng.integers(2, 6))
    ways = rng.normal(size=(x.shape[1], many)) / np.sqrt(x.shape[1])
    phase = rng.uniform(0.0, 2 * np.pi, many)
    return np.asarray(np.sin(rng.uniform(1.0, 3.0) * (x @ ways) + phase) @ rng.normal(size=many))


_FUNCTIONS: dict[Family, Callable[[Matrix, Generator], Column]] = {
    Family.LINEAR: _linear,
    Family.NETWORK: _network,
    Family.TREES: _trees,
    Family.WAVES: _waves,
}

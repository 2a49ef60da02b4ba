"""Laws of exogenous noise by name: draws, log-density or log-mass, and quantiles."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.random import Generator
from scipy import stats

from tests.bench._expressions import Array, numbers


class Law(Protocol):
    """A law of one number."""

    discrete: bool

    def draw(self, count: int, rng: Generator) -> Array: ...
    def log_prob(self, u: Array) -> Array: ...
    def quantile(self, p: Array) -> Array: ...
    def support(self) -> tuple[float, float]: ...


class Known:
    """A law that scipy has."""

    def __init__(self, law: stats.distributions.rv_frozen, discrete: bool = False) -> None:
        self.law, self.discrete = law, discrete

    def draw(self, count: int, rng: Generator) -> Array:
        return np.asarray(self.law.rvs(count, random_state=rng), float)

    def log_prob(self, u: Array) -> Array:
        return np.asarray(self.law.logpmf(u) if self.discrete else self.law.logpdf(u))

    def quantile(self, p: Array) -> Array:
        return np.asarray(self.law.ppf(p), float)

    def support(self) -> tuple[float, float]:
        low, high = self.law.support()
        return float(low), float(high)


class Mixture:
    """A mixture of normal laws."""

    discrete = False

    def __init__(self, weights: list[float], means: list[float], sds: list[float]) -> None:
        self.weights = np.asarray(weights) / np.sum(weights)
        self.parts = [stats.norm(mean, sd) for mean, sd in zip(means, sds, strict=True)]
        grid = np.linspace(min(means) - 10 * max(sds), max(means) + 10 * max(sds), 20_001)
        below = sum(w * part.cdf(grid) for w, part in zip(self.weights, self.parts, strict=True))
        self._grid, self._below = grid, below

    def draw(self, count: int, rng: Generator) -> Array:
        which = rng.choice(len(self.parts), count, p=self.weights)
        drawn = np.stack([part.rvs(count, random_state=rng) for part in self.parts])
        return drawn[which, np.arange(count)]

    def log_prob(self, u: Array) -> Array:
        pairs = zip(self.weights, self.parts, strict=True)
        return np.log(sum(w * part.pdf(u) for w, part in pairs))

    def quantile(self, p: Array) -> Array:
        return np.interp(p, self._below, self._grid)

    def support(self) -> tuple[float, float]:
        return -np.inf, np.inf


LAWS: dict[str, Callable[..., Law]] = {
    "normal": lambda mean, sd: Known(stats.norm(mean, sd)),
    "laplace": lambda loc, scale: Known(stats.laplace(loc, scale)),
    "uniform": lambda low, high: Known(stats.uniform(low, high - low)),
    "gamma": lambda shape, scale: Known(stats.gamma(shape, scale=scale)),
    "exponential": lambda scale: Known(stats.expon(scale=scale)),
    "student_t": lambda df: Known(stats.t(df)),
    "bernoulli": lambda p: Known(stats.bernoulli(p), discrete=True),
    "mog": Mixture,
}


def law(text: str) -> Law:
    """The law written as `normal(0,1)`, `mog([.5,.5],[-2,1.5],[1,1])`, …."""
    name, arguments = numbers(text)
    return LAWS[name](*arguments)

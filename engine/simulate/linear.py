"""Linear-Gaussian models with hidden causes, and what is true of them in closed form."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph, graph_of
from engine.seeds import numpy_generator

Coefficients = Mapping[str, Mapping[str, float]]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """v = intercept + Σ coefficient · parent + Σ strength · hidden + noise · n, all n ~ N(0, 1).

    `coefficients` maps each effect to its causes; `hidden` maps (a, b) to the strength with which
    one hidden N(0, 1) cause enters both a and b; `noise` is the standard deviation of a variable's
    own noise (1 where not given).
    """

    coefficients: Coefficients
    hidden: Mapping[tuple[str, str], float] = field(default_factory=dict)
    noise: Mapping[str, float] = field(default_factory=dict)
    intercepts: Mapping[str, float] = field(default_factory=dict)

    @property
    def graph(self) -> CausalGraph:
        """Its causal graph, with ↔ for every hidden cause."""
        edges = [
            (cause, effect) for effect, causes in self.coefficients.items() for cause in causes
        ]
        return graph_of(self.coefficients, edges, self.hidden)

    def mean(self, do: Mapping[str, float] | None = None) -> dict[str, float]:
        """E[v | do]: μ = (I - B)⁻¹ c, with the rows of what is set replaced by its value."""
        names, weights, constants, _ = self._equations(do or {})
        means = np.linalg.solve(np.eye(len(names)) - weights, constants)
        return dict(zip(names, map(float, means), strict=True))

    def covariance(self, do: Mapping[str, float] | None = None) -> tuple[tuple[str, ...], Matrix]:
        """Names and Cov[v | do] = (I - B)⁻¹ Ω (I - B)⁻ᵀ, shape (variables, variables)."""
        names, weights, _, spread = self._equations(do or {})
        through = np.linalg.inv(np.eye(len(names)) - weights)
        return names, through @ spread @ through.T

    def effect(self, treatment: str, outcome: str) -> float:
        """E[outcome | do(treatment = 1)] - E[outcome | do(treatment = 0)]."""
        return self.mean({treatment: 1.0})[outcome] - self.mean({treatment: 0.0})[outcome]

    def slope(self, outcome: str, on: tuple[str, ...]) -> dict[str, float]:
        """Population least-squares coefficients of `outcome` on the variables `on`."""
        names, covariance = self.covariance()
        at = [names.index(name) for name in on]
        found = np.linalg.solve(covariance[np.ix_(at, at)], covariance[at, names.index(outcome)])
        return dict(zip(on, map(float, found), strict=True))

    def sample(self, rows: int, seed: int, do: Mapping[str, float] | None = None) -> Table:
        """`rows` draws; each variable's and each hidden cause's noise has its own generator."""
        done = do or {}
        columns: dict[str, NDArray[np.float64]] = {}
        shared = {
            both: numpy_generator(seed, "hidden", *both).standard_normal(rows)
            for both in self.hidden
        }
        for name in self.graph.order():
            if name in done:
                columns[name] = np.full(rows, float(done[name]))
                continue
            value = numpy_generator(seed, "noise", name).standard_normal(rows)
            value = value * self.noise.get(name, 1.0) + self.intercepts.get(name, 0.0)
            for cause, weight in self.coefficients.get(name, {}).items():
                value = value + weight * columns[cause]
            for both, strength in self.hidden.items():
                if name in both:
                    value = value + strength * shared[both]
            columns[name] = value
        names = self.graph.variables
        variables = tuple(Variable(name, Kind.CONTINUOUS) for name in names)
        return Table(variables, {name: columns[name] for name in names}, "simulated")

    def _equations(self, do: Mapping[str, float]) -> tuple[tuple[str, ...], Matrix, Matrix, Matrix]:
        """Names, coefficients B, constants c and noise covariance Ω of v = B v + c + noise."""
        names = self.graph.variables
        at = {name: i for i, name in enumerate(names)}
        weights, spread = np.zeros((len(names),) * 2), np.zeros((len(names),) * 2)
        constants = np.array([do.get(v, self.intercepts.get(v, 0.0)) for v in names], np.float64)
        for effect, causes in self.coefficients.items():
            for cause, weight in causes.items():
                weights[at[effect], at[cause]] = weight
        for name in names:
            spread[at[name], at[name]] = self.noise.get(name, 1.0) ** 2
        for both, strength in self.hidden.items():
            loading = np.array([strength * (name in both) for name in names])
            spread += np.outer(loading, loading)
        for name in do:
            weights[at[name]] = 0.0
            spread[at[name]] = spread[:, at[name]] = 0.0
        return names, weights, constants, spread


def linear_table(
    coefficients: Coefficients,
    n: int,
    seed: int,
    hidden: Mapping[tuple[str, str], float] | None = None,
) -> Table:
    """`n` rows of the linear-Gaussian model with unit noise; see `LinearModel` for its truth."""
    return LinearModel(coefficients, hidden or {}).sample(n, seed)

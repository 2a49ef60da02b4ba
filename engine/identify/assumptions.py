"""What an identified answer rests on: the absent arrows and hidden causes that would break it."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

from engine.errors import QueryError
from engine.graph.graph import CausalGraph, Edge, pair
from engine.graph.projection import project
from engine.identify import identification
from engine.identify.gaussian import precision, response
from engine.identify.identification import Identification, identify

MOST_VARIABLES = 60
DRAWS = 2  # random laws tried per absent edge; one already differs with probability 1
AT_ONCE = 256  # worlds computed side by side
TOLERANCE = 1e-7

Array = NDArray[np.float64]


def assumptions(
    graph: CausalGraph, treatments: Collection[str], outcome: str
) -> tuple[tuple[Edge, ...], tuple[Edge, ...]]:
    """The absent a → b (no cycle) and absent a ↔ b whose addition alone breaks the estimand.

    "Breaks" is judged exactly: in random linear-Gaussian laws of the graph with that one edge more,
    the formula of `identify` (the g-formula's product, the adjustment or the estimand, as used) is
    compared with the truth under do. Equality of the two is a polynomial identity in the
    coefficients: it holds for all of them or for none drawn at random. Both empty where the answer
    is not identified. A graph of more than 60 measured variables is refused.
    """
    found = identify(graph, treatments, outcome)
    projected = project(graph)
    if not found.identified:
        return (), ()
    if len(projected.variables) > MOST_VARIABLES:
        raise QueryError(
            f"The assumptions of a graph with more than {MOST_VARIABLES} variables are not listed",
            remedy="ask on the part of the graph that concerns the outcome",
        )
    arrows, hidden = _absent(projected, treatments, outcome)
    setting = _Setting(projected, tuple(treatments), outcome, found)
    broken = _broken(setting, arrows, hidden)
    return (
        tuple(edge for edge, bad in zip(arrows, broken, strict=False) if bad),
        tuple(edge for edge, bad in zip(hidden, broken[len(arrows) :], strict=True) if bad),
    )


@dataclass(frozen=True, slots=True)
class _Setting:
    """The question: a projected graph and the formula in use."""

    graph: CausalGraph
    treatments: tuple[str, ...]
    outcome: str
    found: Identification

    def at(self, names: Collection[str]) -> list[int]:
        """Places of `names` among the variables."""
        return [i for i, v in enumerate(self.graph.variables) if v in names]


def _absent(
    graph: CausalGraph, treatments: Collection[str], outcome: str
) -> tuple[list[Edge], list[Edge]]:
    """Absent edges that could matter: an edge into no ancestor of the question changes nothing."""
    concerned = graph.ancestors((*treatments, outcome))
    above = {v: graph.ancestors((v,)) for v in graph.variables}
    arrows = [
        (a, b)
        for a, b in permutations(graph.variables, 2)
        if b in concerned and (a, b) not in graph.edges and b not in above[a]
    ]
    hidden = [
        pair(a, b)
        for a, b in combinations(graph.variables, 2)
        if {a, b} <= concerned and pair(a, b) not in graph.bidirected
    ]
    return arrows, hidden


def _broken(setting: _Setting, arrows: list[Edge], hidden: list[Edge]) -> NDArray[np.bool_]:
    """Which of `arrows`, then of `hidden`, break the formula; shape (arrows + hidden,)."""
    absent = [(edge, True) for edge in arrows] + [(edge, False) for edge in hidden]
    broken = np.zeros(len(absent), dtype=bool)
    for draw in range(DRAWS):
        weights, noise = _law(setting.graph, draw)
        for first in range(0, len(absent), AT_ONCE):
            part = slice(first, first + AT_ONCE)
            worlds = _with_edge(setting, weights, noise, absent[part], draw)
            broken[part] |= _differs(setting, *worlds)
    return broken


def _law(graph: CausalGraph, draw: int) -> tuple[Array, Array]:
    """Random coefficients (effect, cause) and noise covariance, both (n, n), of x = W x + noise."""
    rng = np.random.default_rng((20, draw))
    at = {v: i for i, v in enumerate(graph.variables)}
    weights, noise = np.zeros((len(at), len(at))), np.diag(rng.uniform(0.5, 1.5, len(at)))
    for cause, effect in sorted(graph.edges):
        weights[at[effect], at[cause]] = rng.choice((-1, 1)) * rng.uniform(0.5, 1)
    weights /= np.sqrt(np.maximum((weights != 0).sum(1, keepdims=True), 1))
    for a, b in sorted(graph.bidirected):
        noise += _shared_cause(len(at), at[a], at[b], rng)
    return weights, noise


def _shared_cause(size: int, a: int, b: int, rng: np.random.Generator) -> Array:
    loading = np.zeros(size)
    loading[[a, b]] = rng.uniform(0.5, 1, 2) * rng.choice((-1, 1), 2)
    return np.outer(loading, loading)


def _with_edge(
    setting: _Setting, weights: Array, noise: Array, absent: list[tuple[Edge, bool]], draw: int
) -> tuple[Array, Array]:
    """One world per absent edge, with that edge added: weights and noise, both (edges, n, n)."""
    rng = np.random.default_rng((21, draw))
    at = {v: i for i, v in enumerate(setting.graph.variables)}
    all_weights = np.repeat(weights[None], len(absent), 0)
    all_noise = np.repeat(noise[None], len(absent), 0)
    for world, ((a, b), arrow) in enumerate(absent):
        if arrow:
            all_weights[world, at[b], at[a]] = rng.uniform(0.5, 1)
        else:
            all_noise[world] += _shared_cause(len(at), at[a], at[b], rng)
    return all_weights, all_noise


def _differs(setting: _Setting, weights: Array, noise: Array) -> NDArray[np.bool_]:
    """In which worlds the formula misses the slope on the treatments or the variance; (worlds,)."""
    spread = np.linalg.inv(np.eye(weights.shape[-1]) - weights)
    law = spread @ noise @ spread.swapaxes(-1, -2)
    x = setting.at(setting.treatments)
    cut, rest = weights.copy(), noise.copy()
    cut[:, x, :], rest[:, x, :], rest[:, :, x] = 0.0, 0.0, 0.0
    truth = _response(setting, cut, rest)
    formula, extra = _by_formula(setting, law)
    fits = np.abs(formula - truth) <= TOLERANCE * (1 + np.abs(truth))
    fits &= np.abs(extra).max((1, 2), initial=0.0)[:, None] <= TOLERANCE
    return np.asarray(~fits.all(axis=1), dtype=bool)


def _by_formula(setting: _Setting, law: Array) -> tuple[Array, Array]:
    """Slopes and variance by the formula in use, (worlds, k+1), and what must be 0 beside them."""
    nothing = np.zeros((len(law), 0, 0))
    y = setting.at((setting.outcome,))[0]
    match setting.found.method:
        case identification.G_FORMULA:
            return _by_g_formula(setting, law), nothing
        case identification.BACK_DOOR:
            return _by_adjustment(setting, law), nothing
        case identification.NO_PATH:
            still = np.zeros((len(law), len(setting.treatments)))
            return np.column_stack([still, law[:, y, y]]), nothing
    estimand = setting.found.law
    assert estimand is not None
    matrix = precision(estimand.expression, law, setting.graph.variables)
    return response(matrix, y, setting.at(setting.treatments))


def _response(setting: _Setting, weights: Array, noise: Array) -> Array:
    """Slopes of the outcome on the treatments and its variance, x = W x + noise; (worlds, k+1)."""
    y = setting.at((setting.outcome,))[0]
    total = np.linalg.inv(np.eye(weights.shape[-1]) - weights)[:, y, :]
    variance = np.einsum("wi,wij,wj->w", total, noise, total)
    return np.column_stack([total[:, setting.at(setting.treatments)], variance])


def _by_g_formula(setting: _Setting, law: Array) -> Array:
    """The product of the factors, each fitted to `law`: slopes and variance, (worlds, k+1)."""
    weights, noise = np.zeros_like(law), np.zeros_like(law)
    for factor in setting.found.factors:
        v, given = setting.at((factor.target,))[0], setting.at(factor.given)
        slope, left = _regression(law, v, given)
        weights[:, v, given], noise[:, v, v] = slope, left
    return _response(setting, weights, noise)


def _by_adjustment(setting: _Setting, law: Array) -> Array:
    """Σ_z P(y | x, z) P(z) fitted to `law`: slopes and variance, (worlds, k+1)."""
    y, x, z = (
        setting.at(names)
        for names in ((setting.outcome,), setting.treatments, setting.found.adjusting)
    )
    slope, left = _regression(law, y[0], x + z)
    on_z = slope[:, len(x) :]
    variance = left + np.einsum("wi,wij,wj->w", on_z, law[:, z][:, :, z], on_z)
    return np.column_stack([slope[:, : len(x)], variance])


def _regression(law: Array, target: int, given: list[int]) -> tuple[Array, Array]:
    """Slopes (worlds, given) and residual variance (worlds,) of `target` on `given`."""
    covariance = law[:, given, target]
    solved = np.linalg.solve(law[:, given][:, :, given], covariance[..., None])
    slope = np.asarray(solved[..., 0], dtype=np.float64)
    left: Array = law[:, target, target] - (slope * covariance).sum(1)
    return slope, left

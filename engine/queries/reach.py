"""How far what an action makes is from the rows, in the space of each mechanism's causes.

It fades a dose-response curve and stands beside an answer.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.checks.reach import MOST_ROWS, Ground, Scaling, scaling
from engine.data.rows import counted_rows
from engine.data.table import Table
from engine.interventions import Action, Set
from engine.queries.answers import Array
from engine.queries.draws import Draws
from engine.queries.lights import Nearby
from engine.queries.model import Model
from engine.queries.routes import Route
from engine.scm.conditional import Conditional
from engine.seeds import numpy_generator

PLACES = 200  # draws whose distance is taken
FEWEST = 30  # rows
Mask = NDArray[np.bool_]


def reached(model: Model, route: Route, action: Action) -> tuple[Conditional, ...]:
    """The conditionals of a route that see something that the action changes, causes first."""
    if route.adjust is not None:
        return (route.adjust,)
    changed = {item.variable for item in action}
    found = []
    for conditional in route.law or (() if route.chain is None else route.chain.needed):
        done = conditional.target in {i.variable for i in action if isinstance(i, Set)}
        if changed.intersection(conditional.given) and not done:
            changed.add(conditional.target)
            found.append(conditional)
    return tuple(found)


def beyond(model: Model, laws: Sequence[Conditional], draws: Draws) -> float:
    """Share of draws in which the causes of some mechanism are farther than rows are, 0 … 1."""
    return nearby(model, laws, draws)[1]


def nearby(
    model: Model, laws: Sequence[Conditional], draws: Draws
) -> tuple[tuple[Nearby, ...], float]:
    """Each mechanism's distances, and the share of draws beyond the rows in any of them."""
    picked, weights = _picked(draws, model.project.seed)
    somewhere: Mask = np.zeros(len(picked), dtype=bool)
    found = []
    for conditional in laws:
        given = conditional.given
        if not given or any(name not in draws.samples for name in given):
            continue
        ground = _ground(model.table, given, model.unset(()), model.project.seed)
        if ground is None:
            continue
        rows, scale = ground
        distances = rows.distances(
            scale([draws.samples[name].double().numpy()[picked] for name in given])
        )
        far = rows.beyond(distances)
        somewhere |= far
        middle = _median(distances, weights)
        found.append(
            Nearby(
                conditional.target,
                given,
                float(rows.quantiles(np.array([middle]))[0]),
                middle / rows.usual if rows.usual > 0 else float("inf") if middle > 0 else 1.0,
                float(weights @ far),
            )
        )
    return tuple(found), float(weights @ somewhere)


def _picked(draws: Draws, seed: int) -> tuple[NDArray[np.int64], Array]:
    """Positions of some draws, always the same, and what each counts; of exact ones all."""
    weights = np.full(draws.rows, 1 / draws.rows)
    if draws.weights is not None:
        weights = draws.weights.double().numpy()
    if draws.exact or draws.rows <= PLACES:
        return np.arange(draws.rows), weights / weights.sum()
    rng = numpy_generator(seed, "reach", "draws")
    at = np.sort(rng.choice(draws.rows, PLACES, p=weights / weights.sum()))
    return at, np.full(PLACES, 1 / PLACES)


def _median(values: Array, weights: Array) -> float:
    order = np.argsort(values)
    place = np.searchsorted(np.cumsum(weights[order]), 0.5)
    return float(values[order][min(int(place), len(values) - 1)])


@lru_cache(maxsize=32)
def _ground(
    table: Table, names: tuple[str, ...], unset: frozenset[str], seed: int
) -> tuple[Ground, Scaling] | None:
    """Some hundreds of complete rows in the space of these columns; None for too few."""
    rows = np.flatnonzero(table.complete(names) & counted_rows(table, unset))
    if len(rows) < FEWEST:
        return None
    if len(rows) > MOST_ROWS:
        rows = np.sort(numpy_generator(seed, "reach", "rows").permutation(rows)[:MOST_ROWS])
    levels = [len(table.variable(n).categories) if table.variable(n).discrete else 0 for n in names]
    columns = [table[name][rows] for name in names]
    scale = scaling(columns, levels)
    return Ground(scale(columns)), scale

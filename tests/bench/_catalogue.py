"""Published SCMs with known truth, read from their equations: worlds, densities, attainable floors.

Absent where `../shared/reference` is absent; then nothing here can be measured.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.random import Generator

from engine.data.kinds import number_variable
from engine.data.table import Table
from engine.data.variable import Kind
from tests.bench._expressions import Array, Expression
from tests.bench._laws import Law, law

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT.parent / "shared" / "reference"
CATALOGUE = REFERENCE / "scm_benchmarks.json"
Columns = dict[str, Array]


@dataclass(frozen=True, eq=False)
class World:
    """An SCM x_v = f_v(parents, u_v): its equations, laws of noise, and what is published of it."""

    name: str
    suite: str
    equations: Mapping[str, Expression]
    noises: Mapping[str, tuple[str, Law]]  # variable → name of its noise, and the noise's law
    intervene: tuple[str, ...]
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Variables in causal order."""
        return tuple(self.equations)

    @property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """Variable → its causes, as its equation names them."""
        return {
            name: tuple(v for v in self.names if v in equation.names)
            for name, equation in self.equations.items()
        }

    def descendants(self, of: str) -> tuple[str, ...]:
        """What depends on `of`, in causal order, `of` left out."""
        found = {of}
        for name, given in self.parents.items():
            if found.intersection(given):
                found.add(name)
        return tuple(name for name in self.names if name in found and name != of)

    def noise(self, count: int, rng: Generator) -> Columns:
        """Fresh noise by variable."""
        return {name: own.draw(count, rng) for name, (_, own) in self.noises.items()}

    def value(self, name: str, world: Mapping[str, Array], noise: Array) -> Array:
        """f_name at parents in `world` and `noise`."""
        known = {given: world[given] for given in self.parents[name]}
        return self.equations[name]({**known, self.noises[name][0]: noise})

    def push(self, noise: Mapping[str, Array], done: Mapping[str, float] | None = None) -> Columns:
        """The world that `noise` makes under do(`done`)."""
        world: Columns = {}
        for name, own in noise.items():
            if done and name in done:
                world[name] = np.full(len(own), float(done[name]))
            else:
                value = self.value(name, world, own)
                world[name] = np.broadcast_to(value, own.shape).astype(float)
        return world


@cache
def catalogue() -> dict[str, World]:
    """Every published SCM without hidden variables, by its name; empty where the file is absent."""
    if not CATALOGUE.exists():
        return {}
    entries = json.loads(CATALOGUE.read_text("utf-8"))["scms"]
    return {entry["id"]: world_of(entry) for entry in entries if not entry.get("hidden")}


def world_of(entry: Mapping[str, object]) -> World:
    """The world that one entry of the catalogue describes."""
    equations = {name: Expression(text) for name, text in dict(entry["equations"]).items()}
    laws = {name: law(text) for name, text in dict(entry["noise"]).items()}
    noises = {}
    for name, equation in equations.items():
        (own,) = [word for word in equation.names if word in laws]
        noises[name] = (own, laws[own])
    suite = str(entry["suite"])
    return World(str(entry["id"]), suite, equations, noises, tuple(entry["intervene"]), entry)


def published(world: World, metric: str) -> tuple[float, float] | None:
    """Mean and sd over seeds that the catalogue gives for the first method, if any."""
    for method in world.facts.get("published", ()):
        if metric in method:
            mean, *sd = method[metric]
            return float(mean), float(sd[0]) if sd else 0.0
    return None


# ── densities ──────────────────────────────────────────────────────────────────────────────────


@cache
def direction(world: World, name: str, rows: int = 64, points: int = 513) -> int | None:
    """1 if f_name rises strictly in its noise at all of `rows` drawn parents, -1 if it falls.

    0 where it rises at some and falls at others; None where it does neither.
    """
    own = world.noises[name][1]
    if own.discrete:
        return None
    drawn = world.push(world.noise(rows, np.random.default_rng(0)))
    at = own.quantile(np.linspace(0.0005, 0.9995, points))[None, :]
    column = {given: drawn[given][:, None] for given in world.parents[name]}
    steps = np.diff(np.broadcast_to(world.value(name, column, at), (rows, points)), axis=1)
    rises, falls = (steps > 0).all(1), (steps < 0).all(1)
    if not (rises | falls).all():
        return None
    return 1 if rises.all() else -1 if falls.all() else 0


def log_density(world: World, noise: Mapping[str, Array]) -> Array | None:
    """log p of the rows that `noise` makes, nats per row; None where f is not injective in noise.

    Change of variables: log p(x_v | parents) = log p(u_v) − log |∂f_v/∂u_v|. Where the noise is
    discrete and x_v is the noise itself, its probability.
    """
    rows = world.push(noise)
    total = np.zeros(len(next(iter(rows.values()))))
    for name, own in noise.items():
        word, its_law = world.noises[name]
        total += its_law.log_prob(own)
        if its_law.discrete:
            if world.equations[name].text != word:
                return None
        elif direction(world, name) is None:
            return None
        else:
            total -= np.log(np.abs(slope(world, name, rows, own)))
    return total


def slope(world: World, name: str, rows: Mapping[str, Array], noise: Array) -> Array:
    """∂f_name/∂noise by a central difference that stays inside the law's support."""
    low, high = world.noises[name][1].support()
    step = 1e-6 * (1 + np.abs(noise))
    after, before = np.minimum(noise + step, high), np.maximum(noise - step, low)
    rise = world.value(name, rows, after) - world.value(name, rows, before)
    return rise / (after - before)


# ── what can be attained ───────────────────────────────────────────────────────────────────────


def attainable(world: World, noise: Mapping[str, Array], done: Mapping[str, float]) -> Columns:
    """Counterfactuals of the best model that keeps ranks: the truth where all f only rise."""
    if all(direction(world, name) for name in world.names if name not in done):
        return world.push(noise, done)
    return rank_preserving(world, noise, done, 500)


def rank_preserving(
    world: World, noise: Mapping[str, Array], done: Mapping[str, float], points: int = 2_000
) -> Columns:
    """Counterfactuals of a model that knows the observed law exactly and keeps ranks.

    Data and graph say no more: where f is not monotone in its noise, this misses the truth, and
    no method that assumes monotone noise can do better. Ranks on `points` quantiles of noise.
    """
    factual = world.push(noise)
    imagined: Columns = {}
    levels = (np.arange(points) + 0.5) / points
    for name, own in noise.items():
        if name in done:
            imagined[name] = np.full(len(own), float(done[name]))
            continue
        changed = [v for v in world.parents[name] if not np.array_equal(factual[v], imagined[v])]
        if not changed:
            imagined[name] = factual[name]
            continue
        at = world.noises[name][1].quantile(levels)[None, :]
        before, after = (_curves(world, name, rows, at, own) for rows in (factual, imagined))
        imagined[name] = np.array(
            [
                np.interp(value, old, new)
                for value, old, new in zip(factual[name], before, after, strict=True)
            ]
        )
    return imagined


def _curves(world: World, name: str, rows: Columns, at: Array, own: Array) -> Array:
    """Sorted outcomes at each row's parents, one line per row."""
    column = {given: rows[given][:, None] for given in world.parents[name]}
    return np.sort(np.broadcast_to(world.value(name, column, at), (len(own), at.shape[1])), 1)


# ── as a table ─────────────────────────────────────────────────────────────────────────────────


def table_of(columns: Mapping[str, Array]) -> Table:
    """A table of these columns: continuous, or scores where there are at most ten whole numbers."""
    variables, values = [], {}
    for name, column in columns.items():
        few = len(np.unique(column)) <= 10 and np.array_equal(column, np.floor(column))
        kind = None if few else Kind.CONTINUOUS
        variable, values[name] = number_variable(name, column.copy(), kind)
        variables.append(variable)
    return Table(tuple(variables), values)

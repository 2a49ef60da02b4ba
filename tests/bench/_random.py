"""Random SCMs of many variables with exact do() and counterfactuals, additive, skewed, mixed."""

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from tests.bench._catalogue import REFERENCE, Columns
from tests.bench._expressions import Array
from tests.bench._methods import (
    DoscopeFit,
    Fit,
    Method,
    Unable,
    measured,
    milliseconds,
    point_seconds,
)
from tests.bench._metrics import reached

Row = dict[str, object]
SOURCE = REFERENCE / "random_scms.py"
DRAWS, UNITS = 10_000, 1_000
MOMENTS = 24  # times at which an unfinished fit is looked at


@dataclass(frozen=True, slots=True)
class Case:
    """How many variables, rows, and which share of categories."""

    variables: int
    rows: int
    cat: float = 0.0

    def __str__(self) -> str:
        mixed = f", {self.cat:.0%} categories" if self.cat else ""
        return f"random {self.variables} × {self.rows}{mixed}"


CASES = (
    *(Case(variables, 10_000) for variables in (5, 20, 50)),
    Case(20, 1_000),
    *(Case(variables, 10_000, 0.2) for variables in (5, 20, 50)),
)


@cache
def source() -> ModuleType | None:
    """The generator of random SCMs, None where it is absent."""
    if not SOURCE.exists():
        return None
    spec = importlib.util.spec_from_file_location("random_scms", SOURCE)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class RandomWorld:
    """One random SCM, its table of `case.rows` rows, and its query."""

    def __init__(self, case: Case, seed: int) -> None:
        module = source()
        if module is None:
            raise Unable(f"{SOURCE.name} is not here")
        self.module, self.case, self.seed = module, case, seed
        self.scm = module.make(f"rand{case.variables}", seed=seed, cat=case.cat)
        self.names = tuple(self.scm.names)
        self.parents = {
            name: tuple(self.names[j] for j in self.scm.parents[i])
            for i, name in enumerate(self.names)
        }
        treated, _, self.low, self.high = self.scm.query()
        self.treated = self.names[treated]
        self.unit, _ = self.scm.counterfactual(UNITS, 4242, {treated: self.high})

    @property
    def edges(self) -> int:
        """Number of arrows."""
        return sum(len(given) for given in self.parents.values())

    def table(self) -> Table:
        """The rows to fit."""
        drawn = self.scm.sample(self.case.rows, 100 + self.seed)
        variables = tuple(
            Variable(name, Kind.CATEGORICAL, categories=tuple("012"[:k]))
            if (k := self.scm.ncat[i])
            else Variable(name, Kind.CONTINUOUS)
            for i, name in enumerate(self.names)
        )
        return Table(variables, {name: drawn[:, i].copy() for i, name in enumerate(self.names)})

    def columns(self, matrix: Array) -> Columns:
        """By name."""
        return {name: matrix[:, i].copy() for i, name in enumerate(self.names)}

    def score(self, fit: Fit) -> Row:
        """Errors in sd: ATE, Wasserstein distance under do and its floor, counterfactuals."""

        def drawn(value: float, seed: int) -> Array:
            return self._matrix(fit.sample(DRAWS, seed, {self.treated: value}))

        try:
            imagined = self._imagined(fit)
        except Unable:
            imagined = None
        low, high = drawn(self.low, 1), drawn(self.high, 2)
        found = self.module.score(self.scm, low, high, self.unit, imagined, DRAWS)
        return found | {"w1_excess": found["w1"] - found["w1_floor"]}

    def errors(self, fits: list[Fit]) -> list[float]:
        """Counterfactual error of each fit, as `score` has it, without the rest of its work."""
        treated = self.names.index(self.treated)
        below = [j for j in self.scm.descendants(treated) if not self.scm.ncat[j]]
        truth = self.scm.counterfactual(UNITS, 4242, {treated: self.high})[1][:, below]
        sd = self.scm.sample(20_000, 555)[:, below].std(0) + 1e-9
        gaps = [(self._imagined(fit)[:, below] - truth) / sd for fit in fits]
        return [float(np.sqrt((gap**2).mean())) for gap in gaps]

    def _imagined(self, fit: Fit) -> Array:
        unit = self.columns(self.unit)
        return self._matrix(fit.counterfactual(unit, {self.treated: self.high}))

    def _matrix(self, columns: Columns) -> Array:
        return np.column_stack([columns[name] for name in self.names])


def rows(case: Case, method: Method, seed: int, curve: bool = False) -> Iterator[Row]:
    """What one method does on one random SCM; `curve` follows the error while it fits."""
    world = RandomWorld(case, seed)
    row: Row = {"suite": "random", "case": str(case), "method": method.name, "seed": seed}
    try:
        done = measured(method, world.table(), world.parents, seed)
    except Unable as why:
        yield {**row, "words": str(why)}
        return
    fit = done.fit
    row |= {**done.row(), "edges": world.edges, **world.score(fit)}
    unit, action = world.columns(world.unit), {world.treated: world.high}
    row["sample_rate"] = 1e3 * DRAWS / milliseconds(lambda: fit.sample(DRAWS, 1, action), 5, 2.0)
    if "cf_rmse" in row:
        took = milliseconds(lambda: fit.counterfactual(unit, action), 5, 2.0)
        row["cf_rate"] = 1e3 * UNITS / took
    if isinstance(fit, DoscopeFit):
        row |= {"first_guess": fit.guessed, "intervals": fit.intervals}
        if curve:
            row["curve"] = _curve(world, fit)
    yield row


def _curve(world: RandomWorld, fit: DoscopeFit) -> list[tuple[float, float]]:
    """(CPU seconds, counterfactual error) of the model as it then stood."""
    end = point_seconds(fit, 0.0)
    times = [float(at) for at in np.geomspace(max(0.05, end / 50), end, MOMENTS)]
    models = [(at, model) for at in times if (model := fit.at(at)) is not None]
    errors = world.errors([model for _, model in models])
    return [(at, error) for (at, _), error in zip(models, errors, strict=True)]


def seconds_to(curve: list[tuple[float, float]], goal: float) -> float:
    """CPU seconds after which the counterfactual error stays at or below `goal`."""
    return reached([point[0] for point in curve], [point[1] for point in curve], goal)

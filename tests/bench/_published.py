"""The published SCMs: the grid of causal normalising flows, its stress tests, DCM's and VACA's."""

import re
from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from tests.bench._catalogue import (
    Columns,
    World,
    attainable,
    catalogue,
    log_density,
    published,
    table_of,
)
from tests.bench._expressions import Array
from tests.bench._methods import (
    Fit,
    Measured,
    Method,
    Unable,
    measured,
    milliseconds,
)
from tests.bench._metrics import mse_in_sd, rmse_ate, rmse_cf

Row = dict[str, object]
ROWS, TRAIN, TEST, ARM = 25_000, 20_000, 2_500, 10_000
SCALED_TRAIN, SCALED_TEST = 5_000, 1_000  # DCM and VACA fit 5 000 rows
SUITES = {
    "grid": lambda world: bool(world.facts.get("in_paper_grid")),
    "stress": lambda world: world.name.startswith("stress/"),
    "dcm": lambda world: world.suite == "dcm",
    "vaca": lambda world: world.suite == "vaca",
}


def worlds(suite: str, only: str = "") -> list[World]:
    """The SCMs of a suite whose name matches the pattern `only`."""
    return [w for w in catalogue().values() if SUITES[suite](w) and re.search(only, w.name)]


def rows(suite: str, world: World, method: Method, seed: int) -> Iterator[Row]:
    """What one method does on one SCM with one seed."""
    raw = suite in ("grid", "stress")
    count = ROWS if raw else SCALED_TRAIN + SCALED_TEST
    noise = world.noise(count, np.random.default_rng(seed))
    data = world.push(noise)
    learnt = TRAIN if raw else SCALED_TRAIN
    table = table_of({name: column[:learnt] for name, column in data.items()})
    row: Row = {"suite": suite, "case": world.name, "method": method.name, "seed": seed}
    try:
        done = measured(method, table, world.parents, seed)
    except Unable as why:
        yield {**row, "words": str(why)}
        return
    row |= speeds(done, world, data)
    test = slice(-TEST if raw else -SCALED_TEST, None)
    luck = {name: own[test] for name, own in noise.items()}
    measure = _raw if raw else _scaled
    yield row | measure(world, done.fit, table.columns, luck, seed)


def speeds(done: Measured, world: World, data: Mapping[str, Array]) -> Row:
    """Seconds, memory, and rows per second of drawing and of counterfactuals."""
    fit, name = done.fit, world.intervene[0]
    row: Row = done.row()
    action = {name: float(np.round(np.median(data[name]), 2))}
    unit = {v: column[-1_000:] for v, column in data.items()}
    for key, count, work in (
        ("sample_rate", ARM, lambda: fit.sample(ARM, 1, action)),
        ("cf_rate", len(unit[name]), lambda: fit.counterfactual(unit, action)),
    ):
        try:
            row[key] = 1e3 * count / milliseconds(work, 5, 2.0)
        except Unable:
            row[key] = None
    return row


# ── the protocol of causal normalising flows, raw units ────────────────────────────────────────


def _raw(world: World, fit: Fit, train: Mapping[str, Array], luck: Columns, seed: int) -> Row:
    """KL, RMSE_ATE and RMSE_CF with do(x) at the quartiles of the training rows."""
    arms = {
        name: [round(float(np.percentile(train[name], q)), 2) for q in (25, 50, 75)]
        for name in world.intervene
    }
    unit = world.push(luck)
    row: Row = {"kl": _kl(world, fit, unit, luck)}
    row |= _effects(world, fit, arms, seed)
    found, floors, idle = [], [], []
    for name, values in arms.items():
        for value in values:
            action = {name: value}
            truth = world.push(luck, action)
            floors.append(rmse_cf(truth, attainable(world, luck, action)))
            idle.append(rmse_cf(truth, {**unit, name: truth[name]}))
            try:
                found.append(rmse_cf(truth, fit.counterfactual(unit, action)))
            except Unable:
                row["rmse_cf"] = None
    floor = world.facts["self_check"].get("rmse_cf_rank_preserving")
    row |= {"cf_floor": np.mean(floors) if floor is None else floor, "cf_idle": np.mean(idle)}
    row["ate_floor"] = world.facts["self_check"].get("rmse_ate_monte_carlo_floor")
    if "rmse_cf" not in row:
        row["rmse_cf"] = float(np.mean(found))
    for metric in ("kl_forward", "rmse_ate", "rmse_cf"):
        if (known := published(world, metric)) is not None:
            row[f"published_{metric}"], row[f"published_{metric}_sd"] = known
    if row["rmse_cf"] is not None and "published_rmse_cf" in row:
        row["cf_ratio"] = row["rmse_cf"] / row["published_rmse_cf"]
    return row


def _kl(world: World, fit: Fit, unit: Columns, luck: Columns) -> float | None:
    """Mean over rows of log p_true − log p_model, nats; None where either has no density."""
    true = log_density(world, luck)
    if true is None:
        return None
    try:
        return float((true - sum(fit.log_prob(unit).values())).mean())
    except Unable:
        return None


def _effects(world: World, fit: Fit, arms: Mapping[str, list[float]], seed: int) -> Row:
    """RMSE_ATE as published, each arm drawn on its own; and with the same luck in all arms."""
    rng = np.random.default_rng([seed, 1])
    apart, common = [], []
    for name, values in arms.items():
        truth = [world.push(world.noise(ARM, rng), {name: value}) for value in values]
        ours = [fit.sample(ARM, 10 + arm, {name: value}) for arm, value in enumerate(values)]
        apart.append(rmse_ate(truth, ours, name))
        luck = world.noise(20 * ARM, rng)
        truth = [world.push(luck, {name: value}) for value in values]
        ours = [fit.sample(ARM, 10, {name: value}) for value in values]
        common.append(rmse_ate(truth, ours, name))
    return {"rmse_ate": float(np.mean(apart)), "ate_common": float(np.mean(common))}


# ── DCM and VACA: in units of sd ───────────────────────────────────────────────────────────────


def _scaled(world: World, fit: Fit, train: Mapping[str, Array], luck: Columns, seed: int) -> Row:
    """Counterfactual error over descendants in sd, its floor, DCM's first-descendant MSE, the ATE.

    DCM: do(x) at 20 values between the 10th and 90th percentile. VACA: mean + k sd, k = -1 … 1.
    """
    unit = world.push(luck)
    sds = {name: float(column.std()) or 1.0 for name, column in train.items()}
    errors, floors, firsts, first_floors, effects = [], [], [], [], []
    reachable = [name for name in world.intervene if world.descendants(name)]
    row: Row = {"kl": _kl(world, fit, unit, luck)}
    for name, value in [(n, v) for n in reachable for v in _values(world, n, train[n])]:
        after = world.descendants(name)
        below = {v: sds[v] for v in after}
        truth = world.push(luck, {name: value})
        best = attainable(world, luck, {name: value})
        floors.append(mse_in_sd(truth, best, below))
        first_floors.append(mse_in_sd(truth, best, {after[0]: 1.0}))
        try:
            found = fit.counterfactual(unit, {name: value})
        except Unable:
            continue
        errors.append(mse_in_sd(truth, found, below))
        firsts.append(mse_in_sd(truth, found, {after[0]: 1.0}))
    rng = np.random.default_rng([seed, 1])
    for name in reachable:
        low, high = (float(v) for v in _values(world, name, train[name])[[0, -1]])
        noise = world.noise(5 * ARM, rng)
        truth = [world.push(noise, {name: value}) for value in (low, high)]
        ours = [fit.sample(ARM, 10, {name: value}) for value in (low, high)]
        effects += [
            abs((b - a).mean() - (d.mean() - c.mean())) / sds[v]
            for v in world.descendants(name)
            for a, b, c, d in [(truth[0][v], truth[1][v], ours[0][v], ours[1][v])]
        ]
    row |= {"cf_floor": float(np.sqrt(np.mean(floors))), "first_floor": np.mean(first_floors)}
    row["rmse_cf"] = float(np.sqrt(np.mean(errors))) if errors else None
    row["first_mse"] = float(np.mean(firsts)) if firsts else None
    return row | {"rmse_ate": float(np.mean(effects))}


def _values(world: World, name: str, column: Array) -> Array:
    """Values to set, by suite; of a variable with two values both."""
    distinct = np.unique(column)
    if len(distinct) == 2:
        return distinct
    if world.suite == "dcm":
        return np.linspace(*np.percentile(column, (10, 90)), 20)
    return column.mean() + column.std() * np.array([-1, -0.5, 0, 0.5, 1])


def cases(suites: list[str], only: str, seeds: int) -> Iterator[tuple[str, World, int]]:
    """Everything to run, seed by seed within an SCM."""
    for suite in suites:
        yield from ((suite, w, seed) for w, seed in product(worlds(suite, only), range(seeds)))

"""Rows in and out of a fitted model: drawn ones, and given ones as they would have been."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray

from engine.data.reading import read_table
from engine.data.table import Column, Table
from engine.data.textfile import plain_copy, sniff
from engine.data.variable import Kind, Variable
from engine.errors import DataError, QueryError
from engine.interventions import Action, Set, Shift, variables_of
from engine.queries.model import Model
from engine.queries.routes import imagining
from engine.scm.conditional import Conditional
from engine.scm.scm import counterfactual

COUNTERS = ("row", "sample")  # extra columns where a row has several worlds


def variables_in_order(model: Model) -> tuple[Variable, ...]:
    """The measured variables of the graph, in the table's order."""
    return tuple(v for v in model.table.variables if v.name in model.variables)


def drawn(model: Model, count: int, action: Action, seed: int) -> Table:
    """`count` rows of the joint law under `action`; the same seed gives the same rows.

    P(v | do(x)) is the product of the other districts' factors at x (Tian, Pearl 2002), so a
    variable that shares a hidden cause is refused: do would cut into the factor it is part of.
    """
    for name in variables_of(action):
        others = model.graph.district(name) - {name}
        if others:
            raise QueryError(
                f"Rows under do({name}) cannot be drawn: {name} shares a hidden cause with "
                f"{', '.join(sorted(others))}",
                where=name,
                remedy="ask `doscope query` for one outcome at a time",
            )
    world = model.scm(model.law).sample(count, seed, action)
    variables = variables_in_order(model)
    return Table(variables, {v.name: world[v.name].double().numpy() for v in variables})


def read_rows(model: Model, path: Path) -> Table:
    """The rows of a file as the model's variables; categories by the model's own codes."""
    variables = variables_in_order(model)
    present = _column_names(path)
    absent = [v.name for v in variables if v.name not in present]
    if absent:
        raise DataError(
            f"The rows have no column {', '.join(absent)}",
            where=str(path),
            remedy="the rows need every measured variable of the graph",
        )
    kinds = {v.name: Kind.CATEGORICAL if v.discrete else Kind.CONTINUOUS for v in variables}
    read = read_table(path, kinds)
    return Table(variables, {v.name: _recoded(read, v) for v in variables}, str(path))


def needed_to_imagine(
    model: Model, action: Action
) -> tuple[tuple[Conditional, ...], dict[str, str]]:
    """Mechanisms of everything the action changes, causes first; and what is not identified."""
    treated = variables_of(action)
    after = [v for v in model.graph.order() if v in model.graph.descendants(treated)]
    ways = {name: imagining(model.graph, action, name) for name in after if name not in treated}
    refused = {n: w.footing.why_not for n, w in ways.items() if w.footing.identified is False}
    if refused and len(refused) == len(ways):
        raise QueryError(next(iter(refused.values())), where=next(iter(refused)))
    known = {c for name, way in ways.items() if name not in refused for c in way.law}
    return tuple(c for name in after for c in known if c.target == name), refused


def imagined(model: Model, rows: Table, action: Action, samples: int, seed: int) -> Table:
    """`rows` under `action`, `samples` worlds each, in their order.

    What the action cannot reach is copied bit for bit. Refused variables, and everything reached in
    a row that lacks a needed value, are left missing.
    """
    law, refused = needed_to_imagine(model, action)
    reached = {c.target for c in law} | set(variables_of(action)) | set(refused)
    unit = {name: np.repeat(rows[name], samples) for name in model.variables}
    world = {name: np.full_like(unit[name], np.nan) for name in reached}
    needed = {name for c in law for name in (c.target, *c.given)}
    needed |= {item.variable for item in action if isinstance(item, Shift)}
    whole = _complete(unit, needed)
    for name, values in _changed(model, law, unit, whole, action, seed).items():
        if name in reached:
            world[name][whole] = values
    for item in action:
        if isinstance(item, Set):
            world[item.variable][:] = item.value
    variables = variables_in_order(model)
    columns = {v.name: world.get(v.name, unit[v.name]) for v in variables}
    return _numbered(Table(variables, columns), samples)


def _changed(
    model: Model,
    law: tuple[Conditional, ...],
    unit: dict[str, Column],
    whole: NDArray[np.bool_],
    action: Action,
    seed: int,
) -> dict[str, Column]:
    """Abduction, action, prediction for the rows marked `whole`."""
    if not whole.any():
        return {}
    names = {name for c in law for name in (c.target, *c.given)} | set(variables_of(action))
    tensors = {name: torch.from_numpy(unit[name][whole]) for name in sorted(names)}
    world = counterfactual(model.scm(law), tensors, action, seed)
    return {name: values.double().numpy() for name, values in world.items()}


def _complete(unit: dict[str, Column], names: set[str]) -> NDArray[np.bool_]:
    rows = len(next(iter(unit.values())))
    whole = np.ones(rows, dtype=bool)
    for name in names:
        whole &= ~np.isnan(unit[name])
    return whole


def _numbered(table: Table, samples: int) -> Table:
    """With columns that say which row and which of its worlds, if a row has several."""
    if samples == 1:
        return table
    clash = [name for name in COUNTERS if name in table]
    if clash:
        raise DataError(
            f"A variable is called {clash[0]}, as is the column that counts",
            remedy="rename the variable, or ask for one sample per row",
        )
    counts = np.divmod(np.arange(table.rows), samples)
    extra = {name: values.astype(np.float64) for name, values in zip(COUNTERS, counts, strict=True)}
    variables = tuple(Variable(name, Kind.COUNT, step=1.0) for name in COUNTERS)
    return Table((*variables, *table.variables), {**extra, **table.columns})


def _column_names(path: Path) -> tuple[str, ...]:
    with TemporaryDirectory(prefix="doscope-") as folder:
        plain = Path(folder) / "rows.txt"
        plain_copy(path, plain, lambda: None)
        return tuple(sniff(path, plain).names)


def _recoded(read: Table, variable: Variable) -> Column:
    """A column of the file in the model's own codes."""
    column = read[variable.name]
    if not variable.discrete:
        return column
    labels = read.variable(variable.name).categories
    codes = np.array([*(variable.parse(label) for label in labels), np.nan])
    places = np.where(np.isnan(column), len(labels), column).astype(int)
    return np.asarray(codes[places], dtype=np.float64)

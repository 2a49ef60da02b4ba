"""Rows in and out of a fitted model: drawn ones, and given ones as they would have been."""

import csv
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray

from engine.data.kinds import MISSING, parse_number
from engine.data.reading import read_table
from engine.data.table import Column, Table
from engine.data.textfile import Layout, plain_copy, sniff
from engine.data.variable import Kind, Variable
from engine.errors import DataError, QueryError
from engine.interventions import Action, Convention, Intervention, Set, variables_of
from engine.queries.model import Model
from engine.queries.routes import Route, imagining, kept
from engine.scm.conditional import Conditional
from engine.scm.scm import counterfactual


def variables_in_order(model: Model) -> tuple[Variable, ...]:
    """The measured variables of the graph, in the table's order."""
    return tuple(v for v in model.table.variables if v.name in model.variables)


def drawn(model: Model, count: int, action: Action, seed: int) -> Table:
    """`count` rows of the joint law under `action`; the same seed gives the same rows.

    P(v | do(x)) is the product of the other districts' factors at x (Tian, Pearl 2002), so a
    variable that shares a hidden cause is refused: do would cut into the factor it is part of.
    """
    for name in model.vectors.nodes(variables_of(action)):
        others = model.nodes.district(name) - {name}
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
    kinds = {v.name: Kind.CATEGORICAL if v.discrete else Kind.CONTINUOUS for v in variables}
    with TemporaryDirectory(prefix="doscope-") as folder:
        plain = Path(folder) / "rows.txt"
        plain_copy(path, plain, lambda: None)
        layout = sniff(path, plain)
        absent = [name for name in kinds if name not in layout.names]
        if absent:
            raise DataError(
                f"The rows have no column {', '.join(absent)}",
                where=str(path),
                remedy="the rows need every measured variable of the graph",
            )
        try:
            read = read_table(path, kinds)
        except DataError as error:
            odd = _odd_cell(plain, layout, [v.name for v in variables if not v.discrete])
            raise (error if odd is None else _no_number(path, *odd)) from error
    return Table(variables, {v.name: _recoded(read, v) for v in variables}, str(path))


def needed_to_imagine(
    model: Model, action: Action
) -> tuple[tuple[Conditional, ...], dict[str, str]]:
    """Mechanisms of everything the action changes, causes first; and what is refused, with why."""
    ways = _ways(model, action)
    refused = {n: w.footing.why_not for n, w in ways.items() if w.footing.refused}
    if refused and len(refused) == len(ways):
        raise QueryError(next(iter(refused.values())), where=next(iter(refused)))
    known = {c for name, way in ways.items() if name not in refused for c in way.law}
    return tuple(c for name in model.graph.order() for c in known if c.target == name), refused


def imagined(
    model: Model,
    rows: Table,
    action: Action,
    samples: int,
    seed: int,
    convention: Convention = Convention.RANK,
) -> Table:
    """`rows` under `action`, `samples` worlds each, in their order; luck by `convention`.

    What the action cannot reach is copied bit for bit. A refused variable, and one that depends on
    a value that its row lacks, is left missing.
    """
    law, refused = needed_to_imagine(model, action)
    unit = {name: np.repeat(rows[name], samples) for name in model.variables}
    filled = {name: torch.from_numpy(_filled(column)) for name, column in unit.items()}
    changed = counterfactual(model.scm(law), filled, action, seed, convention) if law else {}
    world = dict(unit)
    for name, way in _ways(model, action).items():
        world[name] = np.full_like(unit[name], np.nan)
        if name not in refused:
            known = _complete(unit, {v for c in way.law for v in (c.target, *c.given)})
            world[name][known] = changed[name].double().numpy()[known]
    for item in action:
        world[item.variable] = _treated(model, item, unit[item.variable], action)
    variables = variables_in_order(model)
    return Table(variables, {v.name: world[v.name] for v in variables})


def gaps(model: Model, rows: Table, action: Action) -> list[str]:
    """How many rows are left empty in which variable because of what they lack, in sentences."""
    _, refused = needed_to_imagine(model, action)
    needs = {
        name: {v for c in way.law for v in (c.target, *c.given)}
        for name, way in _ways(model, action).items()
        if name not in refused
    }
    needs |= {i.variable: {i.variable} for i in action if not isinstance(i, Set)}
    said = []
    for name in rows.names:
        empty = ~rows.complete(needs.get(name, ()))
        lacking = [v for v in rows.names if v in needs.get(name, ()) and rows.missing(v)]
        if empty.any():
            said.append(
                f"{name} is left empty in {empty.sum()} of {rows.rows} rows, which lack "
                f"{' or '.join(lacking)}"
            )
    return said


def counters(rows: int, samples: int) -> dict[str, list[int]]:
    """Columns that say which row, and which of its worlds; none if a row has one world."""
    if samples == 1:
        return {}
    both = [(row, world) for row in range(rows) for world in range(samples)]
    return {"row": [row for row, _ in both], "sample": [world for _, world in both]}


def _ways(model: Model, action: Action) -> dict[str, Route]:
    """The route to each variable that the action reaches, causes first, itself left out."""
    treated = variables_of(action)
    reached = model.graph.descendants(treated) - set(treated)
    return {
        n: imagining(model.nodes, action, n, model.vectors)
        for n in model.graph.order()
        if n in reached
    }


def _treated(model: Model, item: Intervention, column: Column, action: Action) -> Column:
    """The set value, or the row's own value moved."""
    if isinstance(item, Set):
        return np.full_like(column, item.value)
    if item.variable in kept(model.nodes, action, model.vectors):
        raise QueryError(
            f"{item.variable} is shifted and also reached by another change",
            where=item.variable,
            remedy="set it to a value instead",
        )
    return column + item.amount


def _filled(column: Column) -> Column:
    """`column` with some value of its own where it lacks one: the mechanisms take no gaps."""
    known = column[~np.isnan(column)]
    return np.where(np.isnan(column), known[0] if len(known) else 0.0, column)


def _complete(unit: Mapping[str, Column], names: Iterable[str]) -> NDArray[np.bool_]:
    whole = np.ones(len(next(iter(unit.values()))), dtype=bool)
    for name in names:
        whole &= ~np.isnan(unit[name])
    return whole


def _odd_cell(plain: Path, layout: Layout, numeric: Collection[str]) -> tuple[int, str, str] | None:
    """The first cell that is neither number nor missing in a numeric column: line, column, cell."""
    places = [(i, name) for i, name in enumerate(layout.names) if name in numeric]
    with plain.open(encoding="utf-8", newline="\n") as source:
        lines = islice(source, layout.skip, None)
        records = csv.reader(lines, delimiter=layout.delimiter, skipinitialspace=True)
        begins = layout.skip + 1
        with suppress(csv.Error):
            for record in records:
                for i, name in places:
                    cell = record[i].strip() if i < len(record) else ""
                    if not _is_number(cell, layout.delimiter):
                        return begins, name, cell
                begins = layout.skip + records.line_num + 1
    return None


def _is_number(cell: str, delimiter: str) -> bool:
    """True for a missing cell too; decimal commas are read where they separate no cells."""
    text = cell if delimiter == "," else cell.replace(",", ".")
    return cell.upper() in MISSING or parse_number(text) is not None


def _no_number(path: Path, line: int, name: str, cell: str) -> DataError:
    return DataError(
        f"{name} takes numbers, and {cell!r} is none",
        where=f"{path}, line {line}, column {name}",
        remedy="correct or empty that cell",
    )


def _recoded(read: Table, variable: Variable) -> Column:
    """A column of the file in the model's own codes."""
    column = read[variable.name]
    if not variable.discrete:
        return column
    labels = read.variable(variable.name).categories
    codes = np.array([*(variable.parse(label) for label in labels), np.nan])
    places = np.where(np.isnan(column), len(labels), column).astype(int)
    return np.asarray(codes[places], dtype=np.float64)

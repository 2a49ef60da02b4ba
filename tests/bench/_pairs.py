"""Random pairs cause → effect with known truth, for tests of direction; many in one table.

The density of the cause and the slope of the curve are e to the power of independent Gaussian
processes on 0 … 1 (squared exponential, sd 1, length `SMOOTH`), so that each is smooth and positive
and neither knows of the other. The effect is the curve's integral plus normal noise, `noise` sds of
the curve's spread.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.project import Project
from engine.queries.model import Model
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from engine.scm.fitted import Done

Column = NDArray[np.float64]
SMOOTH, CELLS = 0.15, 201


@lru_cache(maxsize=8)
def _root(smooth: float) -> NDArray[np.float64]:
    grid = np.linspace(0, 1, CELLS)
    cov = np.exp(-0.5 * ((grid[:, None] - grid) / smooth) ** 2)
    return np.linalg.cholesky(cov + 1e-7 * np.eye(CELLS))


def positive(rng: np.random.Generator, smooth: float = SMOOTH) -> Column:
    """A random positive function on an even grid of 0 … 1."""
    return np.exp(_root(smooth) @ rng.standard_normal(CELLS))


def integral(function: Column) -> Column:
    """From 0 to 1 over the grid."""
    steps = np.concatenate([[0.0], np.cumsum((function[1:] + function[:-1]) / 2)])
    return steps / steps[-1]


def pair(
    rng: np.random.Generator, rows: int, noise: float, smooth: float = SMOOTH
) -> tuple[Column, Column]:
    """Cause and effect, (rows,) each."""
    grid = np.linspace(0, 1, CELLS)
    density, slope = positive(rng, smooth), positive(rng, smooth)
    cause = np.interp(rng.random(rows), integral(density), grid)
    effect = np.interp(cause, grid, integral(slope))
    return cause, effect + noise * effect.std() * rng.standard_normal(rows)


def fitted(pairs: list[tuple[Column, Column]], family: str = "additive") -> Model:
    """All pairs as one project, `x0 → y0`, …, each mechanism fitted; without bootstrap members."""
    columns: dict[str, Column] = {}
    for i, (x, y) in enumerate(pairs):
        columns |= {f"x{i}": x, f"y{i}": y}
    table = Table(tuple(Variable(name, Kind.CONTINUOUS) for name in columns), columns, "pairs")
    edges = [(f"x{i}", f"y{i}") for i in range(len(pairs))]
    project = Project(graph=graph_of(tuple(columns), edges), table=table)
    project = replace(project, families={f"y{i}": family for i in range(len(pairs))})
    return point_fit(project)


def point_fit(project: Project) -> Model:
    """The model once every mechanism is final; its bootstrap members are not waited for."""
    left = set(project.graph.variables)

    def listen(event: object) -> None:
        if isinstance(event, Done):
            left.discard(event.fitted.conditional.target)

    return fit(project, Shelf(), listen=listen, proceed=lambda: bool(left))

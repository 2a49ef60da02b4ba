"""SCMs with closed-form answers, and what those answers are, by plain linear algebra."""

from collections.abc import Mapping

import numpy as np
import torch

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.linear import Linear
from engine.mechanisms.settings import FitSettings
from engine.scm.conditional import Conditional
from engine.scm.scm import Scm

Slopes = Mapping[str, Mapping[str, float]]
QUICK = FitSettings(hidden=8, steps=200, batch=128, check=20, members=2, closed_members=4)


def linear_scm(slopes: Slopes, noise_sd: float = 1.0) -> Scm:
    """x_v = Σ slope · parent + noise_sd · ε; `slopes` maps each variable to its parents'."""
    mechanisms = {
        name: Linear(
            Encoder((0.0,) * len(given), (1.0,) * len(given), (0,) * len(given)),
            Law(Grid()),
            0.0,
            torch.tensor(list(given.values()), dtype=torch.float64),
            noise_sd,
        )
        for name, given in slopes.items()
    }
    return Scm(
        {name: number(name) for name in slopes},
        tuple(Conditional(name, tuple(given)) for name, given in slopes.items()),
        mechanisms,
    )


def gaussian_law(slopes: Slopes, do: Mapping[str, float] | None = None) -> tuple[np.ndarray, ...]:
    """Mean (d,) and covariance (d, d) of the linear SCM with unit noise under `do`.

    x = B x + c + e gives mean (I - B)⁻¹ c and covariance (I - B)⁻¹ D (I - B)⁻ᵀ.
    """
    do = do or {}
    names = list(slopes)
    b, c, d = np.zeros((len(names),) * 2), np.zeros(len(names)), np.eye(len(names))
    for i, name in enumerate(names):
        if name in do:
            c[i], d[i, i] = do[name], 0.0
            continue
        for parent, slope in slopes[name].items():
            b[i, names.index(parent)] = slope
    total = np.linalg.inv(np.eye(len(names)) - b)
    return total @ c, total @ d @ total.T


def number(name: str, step: float | None = None) -> Variable:
    """A continuous variable."""
    return Variable(name, Kind.CONTINUOUS, step=step)


def count(name: str) -> Variable:
    """A count."""
    return Variable(name, Kind.COUNT, step=1.0)


def category(name: str, k: int) -> Variable:
    """A variable with k categories a, b, c, …"""
    kind = Kind.BINARY if k == 2 else Kind.CATEGORICAL
    return Variable(name, kind, categories=tuple("abcdefghij"[:k]))


def ordinal(name: str, k: int) -> Variable:
    """A variable with k ordered categories a, b, c, …"""
    return Variable(name, Kind.ORDINAL, categories=tuple("abcdefghij"[:k]))


def table(columns: Mapping[str, np.ndarray], *special: Variable) -> Table:
    """A table of `columns`, numbers unless `special` says otherwise."""
    known = {variable.name: variable for variable in special}
    return Table(
        tuple(known.get(name, number(name)) for name in columns),
        {name: np.asarray(column, dtype=np.float64) for name, column in columns.items()},
    )


def tensor(values: object) -> torch.Tensor:
    """Numbers as float64."""
    return torch.from_numpy(np.array(values, dtype=np.float64))

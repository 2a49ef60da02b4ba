"""Tables that a fit meets at its worst: a target y, and its parents x and z."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.data.variable import Kind, Variable
from tests.oracles import category, count, number, ordinal

Columns = Mapping[str, np.ndarray]
Column = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Columns x, z and y; numbers, unless `special` says otherwise."""

    columns: Columns
    special: tuple[Variable, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.columns["y"])

    @property
    def discrete(self) -> bool:
        return any(v.name == "y" and v.discrete for v in self.special)


def base(rows: int = 120, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two parents and what a noisy line makes of them."""
    x, z, e = np.random.default_rng(seed).normal(size=(3, rows))
    return x, z, x - 0.5 * z + e


def linear(scale: float = 1.0, shift: float = 0.0, rows: int = 120) -> Case:
    x, z, y = base(rows)
    return Case({"x": shift + scale * x, "z": z, "y": shift + scale * y})


def made(*special: Variable, **columns: Column) -> Case:
    """The usual columns, some of them made anew from (x, z, y)."""
    x, z, y = base()
    usual = {"x": x, "z": z, "y": y}
    return Case(usual | {name: make(x, z, y) for name, make in columns.items()}, special)


def outlier(column: np.ndarray, value: float) -> np.ndarray:
    out = column.copy()
    out[7] = value
    return out


def gappy(column: np.ndarray, kept: int) -> np.ndarray:
    out = np.full_like(column, np.nan)
    out[:kept] = column[:kept]
    return out


def cauchy(size: int, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).standard_cauchy(size)


def codes(y: np.ndarray, k: int) -> np.ndarray:
    """Codes 0 … k - 1 in equal shares, rising in y."""
    return np.floor(k * y.argsort().argsort() / len(y))


def bounded(lower: float | None = None, upper: float | None = None) -> Variable:
    return Variable("y", Kind.CONTINUOUS, lower=lower, upper=upper)


SCALES = {
    "scale 1e12": linear(1e12),
    "scale 1e-12": linear(1e-12),
    "scale 1e150": linear(1e150),
    "scale 1e-150": linear(1e-150),
    "scale 1e-290": linear(1e-290),
    "all the smallest": made(y=lambda x, z, y: 0 * x + 5e-324),
    "smallest of parents": made(x=lambda x, z, y: 5e-324 * np.round(3 * np.abs(x))),
    "far from zero": linear(1.0, 1e12),
    "hardly moves": linear(1.0, 1e15),
    "huge outlier": made(y=lambda x, z, y: outlier(y, 1e12)),
    "outlier of a parent": made(x=lambda x, z, y: outlier(x, 1e15)),
    "outlier far beyond": made(y=lambda x, z, y: outlier(y, -1e300)),
    "both outliers": made(x=lambda x, z, y: outlier(x, 1e9), y=lambda x, z, y: outlier(y, 1e9)),
    "powers of ten": made(y=lambda x, z, y: 10.0 ** np.linspace(-100, 100, len(x))),
    "powers of ten of a parent": made(x=lambda x, z, y: 10.0 ** np.linspace(-100, 100, len(x))),
}
REFUSED = {
    "scale 1e-310": (linear(1e-310), "smaller unit"),
    "scale 1e305": (linear(1e305), "larger unit"),
    "largest of all": (made(y=lambda x, z, y: 1.7e308 * np.tanh(y)), "larger unit"),
    "smallest of all": (
        made(y=lambda x, z, y: 5e-324 * np.round(3 * np.abs(x))),
        "smaller unit",
    ),
    "smallest beside zeros": (
        made(y=lambda x, z, y: np.where(z > 0, 1e-300 * np.exp(y), 0.0)),
        "smaller unit",
    ),
}
SHAPES = {
    "all constant": made(x=lambda x, z, y: 0 * x + 5, y=lambda x, z, y: 0 * x + 3),
    "constant target": made(y=lambda x, z, y: 0 * x - 7.5),
    "zero target": made(y=lambda x, z, y: 0 * x),
    "huge constant target": made(y=lambda x, z, y: 0 * x + 1e200),
    "constant parent": made(x=lambda x, z, y: 0 * x + 5),
    "duplicate parents": made(z=lambda x, z, y: x),
    "collinear parents": made(z=lambda x, z, y: 3 * x - 2),
    "nearly collinear parents": made(z=lambda x, z, y: x + 1e-9 * z),
    "target is a parent": made(y=lambda x, z, y: x),
    "target is a sum": made(y=lambda x, z, y: x + z),
    "3 rows": linear(rows=3),
    "4 rows": linear(rows=4),
    "10 rows": linear(rows=10),
    "3 equal rows": Case({name: np.ones(3) for name in "xzy"}),
    "all but one equal": made(y=lambda x, z, y: outlier(0 * x, 1.0)),
    "two far values": made(y=lambda x, z, y: np.where(x > 0, 1e9, -1e9)),
    "two values": made(y=lambda x, z, y: 1.0 * (y > 0)),
    "two near values": made(y=lambda x, z, y: 1.0 + 1e-9 * (y > 0)),
    "two values by a step": made(y=lambda x, z, y: 1.0 * (x > 0)),
    "cauchy": made(y=lambda x, z, y: x + cauchy(len(x))),
    "cauchy parent": made(x=lambda x, z, y: cauchy(len(x))),
    "cauchy of cauchy": made(x=lambda x, z, y: cauchy(120), y=lambda x, z, y: cauchy(120, 6)),
    "exponential of exponential": made(y=lambda x, z, y: np.exp(np.exp(2 * x))),
    "square": made(y=lambda x, z, y: x**2),
    "exponential": made(y=lambda x, z, y: np.exp(x)),
    "nearly empty target": made(y=lambda x, z, y: gappy(y, 4)),
    "nearly empty parent": made(x=lambda x, z, y: gappy(x, 5)),
    "a constant where complete": made(x=lambda x, z, y: gappy(x, 6), y=lambda x, z, y: np.sign(z)),
}
ZEROS = {
    "zeros and 1e12": made(y=lambda x, z, y: np.where(y > 0, 1e12 * y, 0.0)),
    "zeros and 1e-12": made(y=lambda x, z, y: np.where(y > 0, 1e-12 * y, 0.0)),
    "zeros by a rule": made(y=lambda x, z, y: np.maximum(x, 0.0)),
    "two atoms and cauchy": made(y=lambda x, z, y: np.clip(np.round(cauchy(120)), -1, 1) + 0 * x),
    "an atom among duplicates": made(
        x=lambda x, z, y: z, y=lambda x, z, y: np.where(np.abs(y) < 0.5, 2.0, y)
    ),
    "all at a bound": made(bounded(0.0), y=lambda x, z, y: 0 * x),
    "all but one at a bound": made(bounded(0.0), y=lambda x, z, y: outlier(0 * x, 1.0)),
    "at both bounds": made(bounded(0.0, 1.0), y=lambda x, z, y: 1.0 * (y > 0)),
    "close to a bound": made(bounded(0.0, 1.0), y=lambda x, z, y: np.exp(-40 * np.abs(y))),
    "cauchy above a bound": made(bounded(0.0), y=lambda x, z, y: np.abs(cauchy(120))),
    "far below a bound": made(bounded(None, 1e12), y=lambda x, z, y: y),
    "tiny amounts": made(bounded(0.0), y=lambda x, z, y: 1e-200 * np.exp(y)),
    "huge amounts": made(bounded(0.0), y=lambda x, z, y: 1e200 * np.exp(y)),
    "hardly any room": made(
        bounded(1.0, 1.0 + 1e-9), y=lambda x, z, y: 1 + 5e-10 * (1 + np.tanh(y))
    ),
    "a constant between bounds": made(bounded(0.0, 1.0), y=lambda x, z, y: 0 * x + 0.5),
}
GRIDS = {
    "all counts 0": made(count("y"), y=lambda x, z, y: 0 * x),
    "counts 0 but one": made(count("y"), y=lambda x, z, y: outlier(0 * x, 1.0)),
    "counts 0 but a huge one": made(count("y"), y=lambda x, z, y: outlier(0 * x, 1e9)),
    "huge counts": made(count("y"), y=lambda x, z, y: np.round(1e15 * np.exp(x))),
    "all counts the same": made(count("y"), y=lambda x, z, y: 0 * x + 7),
    "counts by a rule": made(count("y"), y=lambda x, z, y: np.round(np.exp(2 * x))),
    "counts of duplicates": made(
        count("y"), z=lambda x, z, y: x, y=lambda x, z, y: np.floor(np.exp(y))
    ),
    "counts of a huge parent": made(
        count("y"), x=lambda x, z, y: 1e12 * outlier(x, 1e6), y=lambda x, z, y: np.floor(np.exp(y))
    ),
    "3 counts": Case(
        {"x": np.arange(3.0), "z": np.ones(3), "y": np.array([0.0, 1, 0])}, (count("y"),)
    ),
    "rounded to nothing": made(number("y", step=10.0), y=lambda x, z, y: 0 * x),
    "finer than its grid": made(number("y", step=1e-6), y=lambda x, z, y: np.round(1e6 * y) / 1e6),
    "coarse": made(number("y", step=100.0), y=lambda x, z, y: 100 * np.round(y / 100)),
    "rounded and far": made(number("y", step=1.0), y=lambda x, z, y: 1e12 + np.round(5 * y)),
    "rounded with an outlier": made(
        number("y", step=1.0), y=lambda x, z, y: outlier(np.round(5 * y), 1e12)
    ),
}
CATEGORIES = {
    "one category seen": made(category("y", 3), y=lambda x, z, y: 0 * x + 1),
    "a category not seen": made(category("y", 3), y=lambda x, z, y: 2 * codes(y, 2)),
    "a category seen once": made(category("y", 3), y=lambda x, z, y: outlier(codes(y, 2), 2.0)),
    "categories by a step": made(category("y", 2), y=lambda x, z, y: 1.0 * (x > 0)),
    "categories by a category": made(
        category("y", 3),
        category("x", 3),
        x=lambda x, z, y: codes(x, 3),
        y=lambda x, z, y: codes(x, 3),
    ),
    "categories of categories": made(
        category("y", 3),
        category("x", 3),
        category("z", 2),
        x=lambda x, z, y: codes(x, 3),
        z=lambda x, z, y: codes(x, 2),
        y=lambda x, z, y: codes(y, 3),
    ),
    "categories of huge parents": made(
        category("y", 3),
        x=lambda x, z, y: 1e12 * x,
        z=lambda x, z, y: outlier(z, 1e200),
        y=lambda x, z, y: codes(y, 3),
    ),
    "categories of duplicates": made(
        category("y", 3), z=lambda x, z, y: x, y=lambda x, z, y: codes(y, 3)
    ),
    "categories of constants": made(
        category("y", 3),
        x=lambda x, z, y: 0 * x,
        z=lambda x, z, y: 0 * x + 1e300,
        y=lambda x, z, y: codes(y, 3),
    ),
    "many categories": made(category("y", 10), y=lambda x, z, y: codes(y, 10)),
    "3 rows of categories": Case(
        {"x": np.arange(3.0), "z": np.ones(3), "y": np.array([0.0, 1, 0])}, (category("y", 2),)
    ),
    "one step seen": made(ordinal("y", 4), y=lambda x, z, y: 0 * x + 2),
    "steps not seen": made(ordinal("y", 5), y=lambda x, z, y: 1 + 2 * codes(y, 2)),
    "steps by a rule": made(ordinal("y", 5), y=lambda x, z, y: codes(x, 5)),
    "steps of huge parents": made(
        ordinal("y", 4),
        x=lambda x, z, y: 1e12 * x,
        z=lambda x, z, y: outlier(z, 1e200),
        y=lambda x, z, y: codes(y, 4),
    ),
    "steps of duplicates": made(
        ordinal("y", 4), z=lambda x, z, y: x, y=lambda x, z, y: codes(y, 4)
    ),
    "steps of steps": made(
        ordinal("y", 4),
        ordinal("x", 4),
        x=lambda x, z, y: codes(x, 4),
        z=lambda x, z, y: cauchy(120),
        y=lambda x, z, y: codes(y, 4),
    ),
    "3 rows of steps": Case(
        {"x": np.arange(3.0), "z": np.ones(3), "y": np.array([0.0, 1, 2])}, (ordinal("y", 3),)
    ),
    "numbers of a category not seen": made(
        category("x", 3), x=lambda x, z, y: 0 * x + 1, y=lambda x, z, y: y
    ),
    "numbers by a category": made(
        category("x", 3), x=lambda x, z, y: codes(x, 3), y=lambda x, z, y: 1e6 * codes(x, 3)
    ),
}
CASES = SCALES | SHAPES | ZEROS | GRIDS | CATEGORIES

"""What kind of variable a column is: guessed from its values, or as the user says."""

import re
from dataclasses import replace

import numpy as np

from engine.data.design import recoded
from engine.data.table import Column, Table
from engine.data.variable import DISCRETE, Kind, Variable
from engine.errors import DataError

MISSING = ("", "NA", "N/A", "NAN", "NULL", "?", "-", ".", "*")  # compared in upper case
FEW = 10  # at most this many small whole codes are taken for scores
MANY_LABELS = 50  # more labels than this, nearly unique, are names or identifiers
MOST_LABELS = 1_000  # no variable has more categories
LARGEST_COUNT = 1_000
STEPS = (1000.0, 500.0, 100.0, 50.0, 10.0, 5.0, 1.0, 0.5, 0.25, 0.1, 0.05, 0.01, 0.005, 0.001)


def guess_number(values: Column) -> Kind:
    """The kind of a numeric column, NaN where missing.

    Two distinct values: binary. Up to ten non-negative whole numbers, each seen twice on average:
    ordinal if nearly consecutive (1 … 5), else continuous (doses 0, 50, 100). Other non-negative
    whole numbers up to 1 000: count. Everything else, constant columns too: continuous.
    """
    present = values[~np.isnan(values)]
    distinct = np.unique(present)
    if len(distinct) == 2:
        return Kind.BINARY
    if len(distinct) < 2 or distinct[0] < 0 or (distinct != np.floor(distinct)).any():
        return Kind.CONTINUOUS
    repeated = len(present) >= 2 * len(distinct)
    if len(distinct) <= FEW and repeated:
        close = distinct[-1] - distinct[0] < len(distinct) + 2
        return Kind.ORDINAL if close else Kind.CONTINUOUS
    return Kind.COUNT if distinct[-1] <= LARGEST_COUNT else Kind.CONTINUOUS


def step_of(values: Column) -> float | None:
    """The grid the values were rounded to: the widest of `STEPS` that divides all of them.

    None for a true continuum: no step fits, or more than one distinct value per five rows.
    """
    present = values[~np.isnan(values)]
    distinct = np.unique(present)
    if len(distinct) < 2 or len(distinct) > len(present) / 5:
        return None
    return next((step for step in STEPS if _on_grid(distinct, step)), None)


def bounds_of(values: Column) -> tuple[float | None, float | None]:
    """What a continuous column cannot go beyond: 0, or 0 and 1; None where there is no such end.

    Values from 0 up that come near 0 (within ¼ sd) are amounts; if they end near 1, too, shares.
    """
    present = values[~np.isnan(values)]
    if not len(present) or present.min() < 0 or present.min() == present.max():
        return None, None
    least, most = float(present.min()), float(present.max())
    near = float((present / most).std()) * most / 4
    if least > near:
        return None, None
    return 0.0, 1.0 if 1 - near <= most <= 1 else None


def number_variable(
    name: str, values: Column, kind: Kind | None = None, unit: str = ""
) -> tuple[Variable, Column]:
    """A numeric column as a variable of `kind` (guessed if None), with its values or codes."""
    kind = kind or guess_number(values)
    if kind is Kind.CONTINUOUS:
        lower, upper = bounds_of(values)
        return Variable(name, kind, unit, (), step_of(values), lower, upper), values
    distinct = np.unique(values[~np.isnan(values)])
    if kind is Kind.COUNT:
        if (distinct < 0).any() or (distinct != np.floor(distinct)).any():
            odd = distinct[(distinct < 0) | (distinct != np.floor(distinct))][0]
            raise DataError(
                f"{name} cannot be a count: it holds {number_text(odd)}",
                where=name,
                remedy="a count has whole numbers from 0 up; choose continuous",
            )
        return Variable(name, kind, unit, step=1.0), values
    labels = tuple(number_text(value) for value in distinct)
    _check_labels(name, kind, labels)
    codes = np.searchsorted(distinct, values).astype(np.float64)
    codes[np.isnan(values)] = np.nan
    return Variable(name, kind, unit, categories=labels), codes


def label_variable(
    name: str, labels: tuple[str, ...], codes: Column, kind: Kind | None = None, unit: str = ""
) -> tuple[Variable, Column]:
    """A column of labels as a variable: two labels binary, else categorical, or as `kind` says.

    `codes` index `labels`, NaN where missing.
    """
    kind = kind or (Kind.BINARY if len(labels) == 2 else Kind.CATEGORICAL)
    if kind in DISCRETE:
        _check_labels(name, kind, labels)
        return Variable(name, kind, unit, categories=labels), codes
    numbers = [parse_number(label) for label in labels]
    wordy = [label for label, number in zip(labels, numbers, strict=True) if number is None]
    if wordy:
        raise DataError(
            f"{name} cannot be {kind.value}: {wordy[0]!r} is not a number",
            where=name,
            remedy="choose categorical or ordinal, or write numbers in the file",
        )
    values = np.full(len(codes), np.nan)
    seen = ~np.isnan(codes)
    values[seen] = np.array(numbers, dtype=np.float64)[codes[seen].astype(np.intp)]
    return number_variable(name, values, kind, unit)


def is_identifier(labels: int, present: int) -> bool:
    """True for text that names rows instead of describing them.

    More than 50 labels of which most are used once (labels > half of the rows that have one), or
    more than 1 000 labels. Such a column stays out of the table unless the user gives it a kind.
    """
    return labels > MOST_LABELS or labels > max(MANY_LABELS, present / 2)


def with_kind(table: Table, name: str, kind: Kind) -> Table:
    """`table` with `name` read as `kind`: codes become numbers or numbers codes, or a refusal."""
    old = table.variable(name)
    if old.kind is kind:
        return table
    if old.discrete:
        new, column = label_variable(name, old.categories, table[name], kind, old.unit)
    else:
        new, column = number_variable(name, table[name], kind, old.unit)

    def recode(value: float) -> float | None:
        text = old.categories[int(value)] if old.discrete else number_text(value)
        if new.discrete:
            return float(new.categories.index(text)) if text in new.categories else None
        return parse_number(text)

    return replace(
        table,
        variables=tuple(new if v.name == name else v for v in table.variables),
        columns={**table.columns, name: column},
        design=recoded(table.design, name, recode),
    )


def with_bounds(table: Table, name: str, lower: float | None, upper: float | None) -> Table:
    """`table` with the number `name` bounded, or a refusal; None: no bound on that side."""
    check_bounds(table, name, lower, upper)
    new = replace(table.variable(name), lower=lower, upper=upper)
    return replace(table, variables=tuple(new if v.name == name else v for v in table.variables))


def check_bounds(table: Table, name: str, lower: float | None, upper: float | None) -> None:
    """Refuse bounds of `name` that its kind, each other or the rows contradict."""
    if table.variable(name).discrete:
        raise DataError(
            f"{name} has categories and no bounds", where=name, remedy="leave its bounds out"
        )
    if lower is not None and upper is not None and not lower < upper:
        raise DataError(
            f"The bounds of {name} leave nothing between them",
            where=name,
            remedy="give the lower one first",
        )
    if table.withheld is not None:
        raise DataError(
            f"This copy was saved without rows, so the bounds of {name} cannot be checked",
            where=name,
            remedy="change them in the project that has the rows",
        )
    values = table[name][~np.isnan(table[name])]
    remedy = "widen the bounds, or mend the values"
    if lower is not None and (values < lower).any():
        least, end = number_text(values.min()), number_text(lower)
        text = f"{name} goes down to {least} in the table, below its lowest possible value {end}"
        raise DataError(text, where=name, remedy=remedy)
    if upper is not None and (values > upper).any():
        most, end = number_text(values.max()), number_text(upper)
        text = f"{name} goes up to {most} in the table, above its highest possible value {end}"
        raise DataError(text, where=name, remedy=remedy)


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number, whole numbers without a point."""
    value = float(value) + 0.0
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)


def parse_number(text: str) -> float | None:
    """The finite number that `text` writes in plain decimal or exponent form, else None."""
    if not _NUMBER.fullmatch(text.strip()):
        return None
    value = float(text)
    return value if np.isfinite(value) else None


def natural_key(label: str) -> tuple[tuple[bool, float, str], ...]:
    """Sort key under which item2 comes before item10, whatever the case."""
    parts = re.split(r"(\d+(?:\.\d+)?)", label)
    return tuple(
        (bool(i % 2), float(part) if i % 2 else 0.0, "" if i % 2 else part.casefold())
        for i, part in enumerate(parts)
    ) + ((False, 0.0, label),)


_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def _on_grid(values: Column, step: float) -> bool:
    cells = values / step
    off = np.abs(cells - np.round(cells))
    return bool(np.all(off <= 1e-9 + 1e-15 * np.abs(cells)))  # a few roundings of the division


def _check_labels(name: str, kind: Kind, labels: tuple[str, ...]) -> None:
    if kind is Kind.BINARY and len(labels) > 2:
        raise DataError(
            f"{name} cannot be binary: it has {len(labels)} different values",
            where=name,
            remedy="choose categorical, ordinal or a number",
        )
    if len(labels) > MOST_LABELS:
        raise DataError(
            f"{name} has {len(labels)} different values, more than {MOST_LABELS} categories",
            where=name,
            remedy="choose a number, or group the values",
        )

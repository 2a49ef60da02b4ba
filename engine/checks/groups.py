"""Which values of a treatment can be compared as two groups of rows."""

from functools import lru_cache

import numpy as np

from engine.data.rows import counted_rows
from engine.data.table import Table

FEWEST = 10  # rows on either side of a comparison
Group = tuple[float, int]  # a value and the rows that have it


@lru_cache(maxsize=32)
def groups(table: Table, treatment: str, fewest: int = 1) -> tuple[Group, ...]:
    """The values that at least `fewest` rows have, from low to high, with how many rows."""
    column = table[treatment][counted_rows(table)]
    values, counts = np.unique(column[~np.isnan(column)], return_counts=True)
    pairs = zip(values, counts, strict=True)
    return tuple((float(value), int(rows)) for value, rows in pairs if rows >= fewest)

"""One variable of a table: its kind, unit and categories, and how its values are written."""

import math
from dataclasses import dataclass, field, fields
from enum import StrEnum

from engine.errors import QueryError


class Kind(StrEnum):
    """What values a variable takes; decides the family of its mechanism and how it is drawn."""

    CONTINUOUS = "continuous"
    COUNT = "count"
    BINARY = "binary"
    CATEGORICAL = "categorical"
    ORDINAL = "ordinal"


DISCRETE = frozenset({Kind.BINARY, Kind.CATEGORICAL, Kind.ORDINAL})


@dataclass(frozen=True, slots=True)
class Variable:
    """A named column: numbers in the user's unit, or category codes 0 … k-1 into `categories`.

    `step` is the grid that values are rounded to (1 for a count), None for a true continuum. No
    value is possible below `lower` or above `upper`; None: there is no such bound.
    """

    name: str
    kind: Kind
    unit: str = ""
    categories: tuple[str, ...] = field(default=())
    step: float | None = None
    lower: float | None = None
    upper: float | None = None

    def __post_init__(self) -> None:
        """Refuse bounds that leave no room."""
        if self.lower is not None and self.upper is not None and not self.lower < self.upper:
            raise ValueError("the lower bound must be below the upper one")

    def __repr__(self) -> str:
        """Part of digests and fit keys: bounds that there are not are left out of it."""
        said = [f.name for f in fields(self) if f.name not in ("lower", "upper")]
        said += [name for name in ("lower", "upper") if getattr(self, name) is not None]
        return f"Variable({', '.join(f'{name}={getattr(self, name)!r}' for name in said)})"

    @property
    def discrete(self) -> bool:
        """True where values are category codes."""
        return self.kind in DISCRETE

    def show(self, value: float) -> str:
        """`value` as the user writes it: a label for a code, else a short number; '' if missing."""
        if math.isnan(value):
            return ""
        if self.discrete:
            return self.categories[int(value)]
        return f"{value:.6g}"

    def parse(self, text: str) -> float:
        """The value that the user wrote: the code of a label, else a number."""
        text = text.strip()
        if self.discrete:
            if text in self.categories:
                return float(self.categories.index(text))
            known = ", ".join(self.categories[:12]) + (" …" if len(self.categories) > 12 else "")
            raise QueryError(
                f"{self.name} has no category {text!r}",
                where=self.name,
                remedy=f"use one of {known}",
            )
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise QueryError(
                f"{text!r} is not a number", where=self.name, remedy="write it like 2.5"
            )
        return value

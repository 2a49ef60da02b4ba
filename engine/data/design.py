"""How the rows of a table came about: what they weigh, which belong together, what was set where.

Frozen values only; `engine.data.rows` says what they mean for the rows of a table.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class SetWhere:
    """An experimenter set `variable` in the rows where `column` takes one of `values`.

    Codes of a discrete column, else numbers in its unit.
    """

    variable: str
    column: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Design:
    """By default every row counts once, stands for itself, and nothing was set in it.

    `weights`: the column of row weights; `cluster`: the column whose equal values name rows that
    belong together; "" for neither. `impute`: gaps are to be filled before fitting. `copies`: in a
    table whose gaps were filled, the column that numbers the copies of each such row.
    """

    weights: str = ""
    cluster: str = ""
    experiments: tuple[SetWhere, ...] = ()
    impute: bool = False
    copies: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that say how the rows came about, each once."""
        markers = (item.column for item in self.experiments)
        return tuple(dict.fromkeys(filter(None, (self.weights, self.cluster, *markers))))

    @property
    def varied(self) -> frozenset[str]:
        """The variables that an experimenter set in some rows."""
        return frozenset(item.variable for item in self.experiments)

    def of(self, variable: str) -> tuple[SetWhere, ...]:
        """Where `variable` was set, in the order of the columns' names."""
        found = (item for item in self.experiments if item.variable == variable)
        return tuple(sorted(found, key=lambda item: item.column))


def with_experiment(design: Design, item: SetWhere) -> Design:
    """One more experiment; it takes the place of that variable's earlier one on the same column."""
    item = replace(item, values=tuple(sorted(set(item.values))))
    kept = without_experiment(design, item.variable, item.column)
    return replace(kept, experiments=(*kept.experiments, item))


def without_experiment(design: Design, variable: str, column: str) -> Design:
    """`variable` was not set where `column` says so, after all."""
    kept = (i for i in design.experiments if (i.variable, i.column) != (variable, column))
    return replace(design, experiments=tuple(kept))


def renamed(design: Design, old: str, new: str) -> Design:
    """The same rows, one column called otherwise."""

    def name(was: str) -> str:
        return new if was == old else was

    return replace(
        design,
        weights=name(design.weights),
        cluster=name(design.cluster),
        experiments=tuple(
            replace(item, variable=name(item.variable), column=name(item.column))
            for item in design.experiments
        ),
    )


def recoded(design: Design, column: str, recode: Callable[[float], float | None]) -> Design:
    """The same rows after the values of `column` were written otherwise; None: gone."""

    def item(was: SetWhere) -> SetWhere:
        if was.column != column:
            return was
        values = (recode(value) for value in was.values)
        return replace(was, values=tuple(sorted(v for v in values if v is not None)))

    items = tuple(item(was) for was in design.experiments)
    return replace(design, experiments=tuple(i for i in items if i.values))

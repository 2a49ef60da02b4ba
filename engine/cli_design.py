"""`--weights`, `--cluster`, `--experiment` and `--missing`: how a table's rows came about."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.data.design import Design, SetWhere, with_experiment
from engine.data.rows import designed, marking_values
from engine.data.table import Table
from engine.errors import DataError, QueryError

MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class DesignWords:
    """What was written on the command line; "" and () where nothing was."""

    weights: str = ""
    cluster: str = ""
    experiments: Sequence[str] = ()
    impute: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of weights and clusters that are named."""
        return tuple(filter(None, (self.weights, self.cluster)))


def with_design(table: Table, words: DesignWords) -> Table:
    """`table` with the design that these words describe; what does not fit it is a UserError."""
    design = Design(words.weights, words.cluster, impute=words.impute)
    for text in words.experiments:
        design = with_experiment(design, experiment(table, text))
    return designed(table, design)


def experiment(table: Table, text: str) -> SetWhere:
    """`VARIABLE=COLUMN[:VALUE,VALUE…]`; without values, every one but 0, no, false and empty."""
    place = f"--experiment {text}"
    variable, column, values = _parts(table, text)
    if not variable or not column:
        raise DataError(
            f"{text!r} is no experiment",
            where="--experiment",
            remedy="write it like VARIABLE=COLUMN or VARIABLE=COLUMN:VALUE,VALUE",
        )
    try:
        table.variable(variable)
        marker = table.variable(column)
        if not values:
            return SetWhere(variable, column, _marking(table, column))
        found = tuple(marker.parse(value.strip().strip('"')) for value in values.split(","))
    except (DataError, QueryError) as error:
        raise DataError(error.message, where=place, remedy=error.remedy) from error
    for value in found:
        if table.rows and not (table[column] == value).any():
            raise DataError(
                f"{column} is {marker.show(value)} in no row", where=place, remedy="check the value"
            )
    return SetWhere(variable, column, found)


def _parts(table: Table, text: str) -> tuple[str, str, str]:
    """Variable, column and values; names that hold = or : are known from the table."""
    cuts = [i for i, sign in enumerate(text) if sign == "="]
    cut = next((i for i in cuts if _bare(text[:i]) in table), cuts[0] if cuts else len(text))
    variable, rest = _bare(text[:cut]), text[cut + 1 :]
    if _bare(rest) in table or ":" not in rest:
        return variable, _bare(rest), ""
    ends = [i for i, sign in enumerate(rest) if sign == ":"]
    end = next((i for i in ends if _bare(rest[:i]) in table), ends[0])
    return variable, _bare(rest[:end]), rest[end + 1 :]


def _bare(name: str) -> str:
    return name.strip().strip('"')


def _marking(table: Table, column: str) -> tuple[float, ...]:
    """The values of a column that say "yes, here"."""
    marking = marking_values(table, column)
    if len(marking) > MOST_VALUES:
        raise DataError(
            f"{column} takes {len(marking)} different values",
            remedy=f"say which ones mark the rows: …={column}:VALUE,VALUE",
        )
    return marking

"""Bounds in the place of a number, where no formula gives one and all variables have few values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import QueryError, UserError
from engine.identify.bounded import bounds_of_table
from engine.identify.bounds import Term
from engine.interventions import Action, Condition, OneOf, Set
from engine.queries.answers import TableBounds
from engine.queries.model import Model


@dataclass(frozen=True, slots=True)
class Part:
    """coefficient · P(condition | do(action)), or of the mean of `outcome` without a condition."""

    coefficient: float
    outcome: str
    condition: Condition | None
    action: Action


def bounded(model: Model, parts: Sequence[Part]) -> Iterator[TableBounds | None]:
    """None after each resample, then the bounds on the sum of `parts`; nothing where none exist.

    That is for shifts, vectors, more than one outcome, and variables with many values; and where
    the linear programs would be too large.
    """
    outcomes = {part.outcome for part in parts}
    if len(outcomes) != 1 or model.vectors.names or not all(_sets(part.action) for part in parts):
        return
    (outcome,) = outcomes

    def ask(values: Mapping[str, tuple[float, ...]]) -> tuple[Term, ...]:
        return tuple(
            Term(part.coefficient, _codes(part.action, values), outcome, _scores(part, values))
            for part in parts
        )

    try:
        yield from bounds_of_table(model.nodes, model.table, outcome, ask, model.project.seed)
    except UserError:
        return


def _sets(action: Action) -> bool:
    return all(isinstance(item, Set) for item in action)


def _codes(action: Action, values: Mapping[str, tuple[float, ...]]) -> dict[str, int]:
    """Which of its values each treatment is set to; those that lead nowhere are left out."""
    found = {}
    for item in action:
        if isinstance(item, Set) and item.variable in values:
            if item.value not in values[item.variable]:
                raise QueryError(f"No row has this value of {item.variable}", where=item.variable)
            found[item.variable] = values[item.variable].index(item.value)
    return found


def _scores(part: Part, values: Mapping[str, tuple[float, ...]]) -> tuple[float, ...]:
    match part.condition:
        case None:
            return values[part.outcome]
        case OneOf(_, codes):
            return tuple(float(v in codes) for v in values[part.outcome])
        case condition:
            return tuple(float(condition.low <= v <= condition.high) for v in values[part.outcome])

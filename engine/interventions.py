"""What can be done to a variable, and what can be known of it: frozen values, no tensors."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SAME = 1e-12  # a relative difference that is rounding in the machine: the same value


@dataclass(frozen=True, slots=True)
class Set:
    """do(variable = value): arrows into it are cut. Values in user units, categories by code."""

    variable: str
    value: float


@dataclass(frozen=True, slots=True)
class Shift:
    """do(variable += amount): f(parents, noise) + amount, in user units; arrows into it stay."""

    variable: str
    amount: float


Intervention = Set | Shift
Action = tuple[Intervention, ...]


class Convention(StrEnum):
    """How a unit's luck is carried into another world: three answers that no data tell apart.

    A variable whose causes would be other than they were keeps its rank among all that the causes
    allow; or turns it round, the lowest becoming the highest; or has its luck drawn afresh. Each is
    a coupling of the same two laws, so that all three see and do alike and differ only for single
    units (Nasr-Esfahany, Kıcıman 2023, arXiv 2301.09031; de Lara 2025, arXiv 2507.16370).
    """

    RANK = "rank"
    REVERSAL = "reversal"
    REDRAW = "redraw"


@dataclass(frozen=True, slots=True)
class Range:
    """Evidence low ≤ variable ≤ high (user units; ±inf where open; low == high for one value)."""

    variable: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OneOf:
    """Evidence that a discrete variable has one of these category codes."""

    variable: str
    codes: tuple[int, ...]


Condition = Range | OneOf
Evidence = tuple[Condition, ...]


def variables_of(items: Iterable[Intervention | Condition]) -> tuple[str, ...]:
    """The variables named, in order, each once."""
    return tuple(dict.fromkeys(item.variable for item in items))


def replaced(action: Action, new: Intervention) -> Action:
    """`action` with the intervention on `new.variable` replaced in place, or `new` appended."""
    if any(item.variable == new.variable for item in action):
        return tuple(new if item.variable == new.variable else item for item in action)
    return (*action, new)


def released(action: Action, variable: str) -> Action:
    """`action` without its intervention on `variable`."""
    return tuple(item for item in action if item.variable != variable)

"""Interpretable concepts: what is asked and what is answered; frozen and torch-free.

Rajendran et al., arXiv 2402.09236: a concept is a linear functional of a representation that is
learnt, its valuation what it comes to in a row. It is found from a base set of rows and sets in
which some concepts are held near a value; that is conditioning (an eye), never an intervention.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import DataError

Floats = NDArray[np.float64]
FEWEST_IN_SET = 50.0  # rows' worth below which a set is not used
WIDTH = 0.5  # of a soft filter, in standard deviations of what it filters


class Encoder(StrEnum):
    """What maps a row's representation to valuations: a plane, or a network with two layers."""

    LINEAR = "linear"
    MLP = "mlp"


@dataclass(frozen=True, slots=True)
class ConceptSet:
    """A subset of rows: each (concept, value) of `filters` is held near that value.

    Where rows are filtered a concept is a column's name and `value` is in its unit; where rows are
    labelled, `name` is the category and concepts have the user's names: two different values of a
    concept tell its unit.
    """

    name: str
    filters: tuple[tuple[str, float], ...] = ()

    @property
    def concepts(self) -> tuple[str, ...]:
        """What is filtered, in order."""
        return tuple(name for name, _ in self.filters)


@dataclass(frozen=True, slots=True)
class Concepts:
    """What is learnt from: `columns` are the representation, `sets` the subsets beside a base set.

    `labels`: the column whose categories say which set a row belongs to, `base` its category of
    rows that nobody chose; "": every set is filtered softly out of all rows, `width` sds wide.
    `unknown`: how many concepts there are where nobody says which set filters which; 0: the sets
    say. `restarts`: how often learning begins afresh, from other random weights.
    """

    columns: tuple[str, ...] = ()
    sets: tuple[ConceptSet, ...] = ()
    labels: str = ""
    base: str = ""
    width: float = WIDTH
    unknown: int = 0
    encoder: Encoder = Encoder.LINEAR
    restarts: int = 5

    @property
    def names(self) -> tuple[str, ...]:
        """The concepts, in the order in which sets first name them."""
        if self.unknown:
            return tuple(f"concept {i + 1}" for i in range(self.unknown))
        return tuple(dict.fromkeys(name for one in self.sets for name in one.concepts))


@dataclass(frozen=True, slots=True)
class LearnConcepts:
    """Find the concepts: a standing question, answered ever better until all is learnt."""

    concepts: Concepts


@dataclass(frozen=True, slots=True)
class ConceptAxis:
    """One learnt concept. `agreement`: mean |correlation| of its valuations with those of the other
    restarts that fit as well, after matching, `least` the lowest; NaN where none does.

    `column` with `explained`: the share of that column's variance, 0 … 1, that the valuations
    explain in a straight line (R²), None where the concept is no column. `scaled`: valuations are
    in the unit of the values that sets name; else their mean is 0 and their sd 1.
    """

    name: str
    agreement: float
    least: float
    column: str = ""
    explained: float | None = None
    scaled: bool = False


@dataclass(frozen=True, slots=True)
class SetReport:
    """`rows` worth of a set, and by how many nats a row held out is told from the base set."""

    name: str
    rows: float
    gain: float


@dataclass(frozen=True, slots=True, eq=False)
class ConceptsAnswer:
    """Learnt concepts after `done` of `total` steps; `whole` once nothing will improve.

    `losses`: of each restart, nats per row on rows held out (log 2: nothing told); `alike` of them
    are within chance of the lowest, and `best` is the place of the one of these that bends least.
    Its `valuations` (rows, concepts) are shown, read-only, NaN in rows with gaps.
    """

    asked: Concepts
    done: int
    total: int
    losses: tuple[float, ...] = ()
    best: int = 0
    axes: tuple[ConceptAxis, ...] = ()
    valuations: Floats = field(default_factory=lambda: np.empty((0, 0)))
    sets: tuple[SetReport, ...] = ()
    notes: tuple[str, ...] = ()
    whole: bool = False
    alike: int = 1

    def __post_init__(self) -> None:
        """Freeze the valuations."""
        self.valuations.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class ConceptConditions:
    """Whether sets identify the concepts (theorem 1): every condition, and what is missing.

    `matrix` (sets, names): 1 / width² where a set filters a concept, else 0, `rank` its rank;
    `vector` v with v'matrix = 0, one number per set, () where there is none, and `tilts` v'B, one
    per concept, none of which may be 0 (assumption 4). `unseparated`: pairs (i, j) for which no set
    filters i without j (assumption 5). `rows`: what each set is worth, `base_rows` the base set.
    `missing`: one sentence that names the next set needed, "" where all is met; `proposal` that
    set, where adding one helps.
    """

    names: tuple[str, ...]
    sets: tuple[str, ...]
    matrix: Floats
    rank: int
    vector: tuple[float, ...] = ()
    tilts: tuple[float, ...] = ()
    unseparated: tuple[tuple[str, str], ...] = ()
    rows: tuple[float, ...] = ()
    base_rows: float = 0.0
    missing: str = ""
    proposal: ConceptSet | None = None

    @property
    def identified(self) -> bool:
        """True where assumptions 4 and 5 hold; there may still be too few rows."""
        full = self.rank == len(self.names) > 0
        return full and bool(self.vector) and not self.unseparated

    @property
    def met(self) -> bool:
        """True where nothing is missing."""
        return not self.missing


def conditioned(valuations: Floats, axis: int, at: float, width: float) -> Floats:
    """What each row counts (rows,) where concept `axis` is held near `at`; adds up to 1.

    The soft filter q = N(0, width²); rows without a valuation count nothing.
    """
    distance = np.abs(valuations[:, axis] - at)
    known = ~np.isnan(distance)
    weights = np.zeros(len(distance))
    if known.any():
        exponent = -0.5 * (distance[known] / width) ** 2
        weights[known] = np.exp(exponent - exponent.max())
        weights /= weights.sum()
    return weights


def effective(weights: Floats) -> float:
    """How many rows weights are worth, (Σw)² / Σw² (Kish 1965)."""
    square = float((weights**2).sum())
    return float(weights.sum()) ** 2 / square if square > 0 else 0.0


def nearest(valuations: Floats, axis: int, at: float, k: int) -> NDArray[np.int64]:
    """The numbers of the `k` rows whose valuation of `axis` is nearest to `at`, nearest first."""
    distance = np.abs(valuations[:, axis] - at)
    order = np.argsort(distance, kind="stable")  # NaN comes last
    return order[: min(k, int((~np.isnan(distance)).sum()))].astype(np.int64)


def with_valuations(table: Table, answer: ConceptsAnswer, names: tuple[str, ...] = ()) -> Table:
    """`table` with a new column for each concept, called by `names` (default: as the axes are).

    A name that the table has gets " (concept)"; a note says where the columns came from.
    """
    if len(answer.valuations) != table.rows:
        raise DataError("The concepts were learnt from other rows", remedy="learn them again")
    columns, variables = dict(table.columns), list(table.variables)
    added = []
    for place, wanted in enumerate(names or tuple(axis.name for axis in answer.axes)):
        name = _free(wanted, columns)
        values = np.array(answer.valuations[:, place], dtype=np.float64)
        axis = answer.axes[place]
        unit = table.variable(axis.column).unit if axis.scaled and axis.column in table else ""
        variables.append(Variable(name, Kind.CONTINUOUS, unit))
        columns[name] = values
        added.append(name)
    said = ", ".join(added)
    note = f"{said}: learnt as concepts from {len(answer.asked.columns)} columns, not measured"
    return replace(table, variables=tuple(variables), columns=columns, notes=(*table.notes, note))


def _free(wanted: str, taken: dict[str, Floats]) -> str:
    """A name that the table does not have."""
    if wanted not in taken:
        return wanted
    number, name = 1, f"{wanted} (concept)"
    while name in taken:
        number += 1
        name = f"{wanted} (concept {number})"
    return name

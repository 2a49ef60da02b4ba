"""What the bundled examples are made of: tables from counts, questions, and how they are listed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.data.table import Table
from engine.data.variable import Variable
from engine.interventions import Set
from engine.queries.questions import Question, Rung
from engine.seeds import numpy_generator

Counts = Mapping[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class Example:
    """What File ▸ Examples lists: a short identifier, a title and one sentence."""

    id: str
    title: str
    summary: str


def table_from_counts(
    variables: tuple[Variable, ...], counts: Counts, seed: int, source: str
) -> Table:
    """One row per counted unit, in an order shuffled by `seed`, so that row 0 is not special.

    `counts` maps labels, in the order of `variables`, to how many units have them.
    """
    codes = [[v.categories.index(label) for v, label in zip(variables, labels, strict=True)]
             for labels in counts]  # fmt: skip
    rows = np.repeat(np.array(codes, dtype=np.float64), list(counts.values()), axis=0)
    rows = numpy_generator(seed, "rows", source).permutation(rows)
    columns = {v.name: np.ascontiguousarray(rows[:, i]) for i, v in enumerate(variables)}
    return Table(variables, columns, source)


def versus(
    treatment: str, value: float, other: float, outcome: str, level: int | None = None
) -> Question:
    """What `treatment` at `value`, not `other`, does to `outcome` or to one category of it."""
    return Question(
        Rung.DO,
        outcome,
        level,
        action=(Set(treatment, value),),
        contrast=(Set(treatment, other),),
    )

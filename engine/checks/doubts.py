"""Everything that can be asked of one adjusted effect: estimators, refuters, hidden causes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.checks.estimators import Estimate, agreement, estimates
from engine.checks.refuters import Progress, Refutation, refute
from engine.checks.sensitivity import Sensitivity, sensitivity
from engine.checks.study import explained, slope, study
from engine.data.table import Table
from engine.seeds import numpy_generator

TIMES = (1.0, 2.0)  # as strong as a covariate, and twice


@dataclass(frozen=True, slots=True)
class Comparison:
    """`treatment` at `value` instead of `other`: its effect on `outcome` (or on one category)."""

    treatment: str
    value: float
    other: float
    outcome: str
    level: int | None
    adjusting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubts:
    """What has been found so far; () and None are still to come.

    `agreement`: how the estimators stand to one another, in words.
    """

    comparison: Comparison
    rows: int
    estimates: tuple[Estimate, ...] = ()
    agreement: str = ""
    sensitivity: Sensitivity | None = None
    refutations: tuple[Refutation, ...] = ()


def doubts(
    table: Table, asked: Comparison, seed: int, *, refuting: bool = True
) -> Iterator[Progress | Doubts]:
    """Estimators first, then hidden causes, then refuters, each as soon as it is there."""
    one = study(
        table,
        asked.treatment,
        asked.value,
        asked.other,
        asked.outcome,
        asked.adjusting,
        asked.level,
    )
    rng = numpy_generator(seed, "doubts", asked.treatment, asked.outcome)
    found: list[Estimate] = []
    for estimate in estimates(one, rng):
        found.append(estimate)
        yield Doubts(asked, one.rows, tuple(found))
    words = agreement(found)
    stands = sensitivity(slope(one), explained(one), TIMES)
    yield Doubts(asked, one.rows, tuple(found), words, stands)
    passed: list[Refutation] = []
    for step in refute(one, rng) if refuting else ():
        if isinstance(step, Progress):
            yield step
            continue
        passed.append(step)
        yield Doubts(asked, one.rows, tuple(found), words, stands, tuple(passed))


def comparison(
    table: Table,
    treatment: str,
    outcome: str,
    adjusting: Sequence[str],
    values: tuple[float, float] | None = None,
    level: int | None = None,
) -> Comparison:
    """The last category against the first, or one unit more of a number, where none are named."""
    if values is None:
        variable = table.variable(treatment)
        values = (float(len(variable.categories) - 1), 0.0) if variable.discrete else (1.0, 0.0)
    return Comparison(treatment, *values, outcome, level, tuple(adjusting))

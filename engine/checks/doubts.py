"""Everything that can be asked of one adjusted effect: estimators, refuters, hidden causes.

The one path behind the page of trust, `doscope query` and `doscope effect`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.checks.estimators import Estimate, agreement, estimates
from engine.checks.refuters import Progress, Refutation, refute
from engine.checks.sensitivity import Sensitivity, contours, curve, sensitivity, strongest
from engine.checks.study import Study, explained, slope, study
from engine.data.table import Table
from engine.errors import QueryError, UserError
from engine.graph.graph import CausalGraph, set_latent
from engine.graph.projection import project
from engine.identify.adjustment import adjustment_sets
from engine.queries.beside import Hidden
from engine.seeds import numpy_generator


@dataclass(frozen=True, slots=True)
class Comparison:
    """`treatment` at `value` instead of `other`: its effect on `outcome` (or on one category).

    `unset`: what nobody may have set in the rows (`causes_set`).
    """

    treatment: str
    value: float
    other: float
    outcome: str
    level: int | None
    adjusting: tuple[str, ...]
    unset: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Doubts:
    """What has been found so far; `refutations` may still be to come.

    `agreement`: how the estimators stand to one another, in words. Without `hidden` a straight line
    cannot tell what a hidden cause would take.
    """

    comparison: Comparison
    rows: int
    estimates: tuple[Estimate, ...] = ()
    agreement: str = ""
    sensitivity: Sensitivity | None = None
    hidden: Hidden | None = None
    refutations: tuple[Refutation, ...] = ()


def doubts(
    table: Table,
    asked: Comparison,
    seed: int,
    *,
    own: Sequence[Estimate] = (),
    refuting: bool = True,
) -> Iterator[Progress | Doubts]:
    """Estimators and hidden causes first, then one refuter after another; progress in between.

    `own`: what a model says, to agree with or not.
    """
    one = _studied(table, asked)
    told = Doubts(asked, one.rows)
    for estimate in estimates(one, numpy_generator(seed, "trust", "folds")):
        told = replace(told, estimates=(*told.estimates, estimate))
        yield Progress(estimate.method, 1, 1)
    stands, hidden = _hidden(one)
    words = agreement([*own, *told.estimates])
    told = replace(told, agreement=words, sensitivity=stands, hidden=hidden)
    yield told
    for step in refute(one, numpy_generator(seed, "trust", "refuters")) if refuting else ():
        if isinstance(step, Refutation):
            told = replace(told, refutations=(*told.refutations, step))
            yield told
        else:
            yield step


def estimated(table: Table, asked: Comparison, seed: int) -> tuple[Estimate, ...]:
    """The estimators alone."""
    rng = numpy_generator(seed, "trust", "folds")
    return tuple(estimates(_studied(table, asked), rng))


def comparison(
    table: Table,
    treatment: str,
    outcome: str,
    adjusting: Sequence[str],
    values: tuple[float, float] | None = None,
    graph: CausalGraph | None = None,
) -> Comparison:
    """The last category against the first, or one unit more of a number, where none are named.

    `graph` tells which experiments the rows must be free of.
    """
    if values is None:
        variable = table.variable(treatment)
        values = (float(len(variable.categories) - 1), 0.0) if variable.discrete else (1.0, 0.0)
    unset = frozenset() if graph is None else causes_set(graph, table, (outcome, *adjusting))
    return Comparison(treatment, *values, outcome, None, tuple(adjusting), unset)


def causes_set(graph: CausalGraph, table: Table, names: Sequence[str]) -> frozenset[str]:
    """Those of `names` and of their causes that an experimenter set in some rows."""
    known = set(names).intersection(graph.variables)
    return table.design.varied & ({*names} | graph.ancestors(known))


def adjusting_in(
    graph: CausalGraph, table: Table, treatment: str, outcome: str
) -> tuple[str, ...] | None:
    """The smallest set of columns that adjusts for the effect; None where there is none.

    Drawn variables without a column count as hidden.
    """
    for name in graph.observed:
        if name not in table:
            graph = set_latent(graph, name, latent=True)
    for name in (treatment, outcome):
        if name not in graph.observed:
            raise QueryError(f"The graph has no measured variable {name}")
    sets = adjustment_sets(project(graph), (treatment,), outcome)
    return sets[0] if sets else None


def _studied(table: Table, asked: Comparison) -> Study:
    ends = asked.value, asked.other
    return study(
        table, asked.treatment, *ends, asked.outcome, asked.adjusting, asked.level, asked.unset
    )


def _hidden(one: Study) -> tuple[Sensitivity | None, Hidden | None]:
    """How strong a hidden cause must be; None where a straight line cannot tell.

    As strong as each covariate, and twice as strong as the strongest.
    """
    try:
        line, shares = slope(one), explained(one)
    except UserError:
        return None, None
    found = sensitivity(line, shares)
    if (unit := strongest(found)) is not None:
        twice = sensitivity(line, {unit.covariate: shares[unit.covariate]}, (2.0,))
        found = replace(found, benchmarks=(*found.benchmarks, *twice.benchmarks))
    told = Hidden(
        found.robustness,
        found.robustness_of_interval,
        found.words,
        strengths=curve(found, shares),
        contours=contours(found),
    )
    return found, told

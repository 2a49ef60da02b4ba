"""Rung one: what is seen among the rows that meet a condition, and what the model says of them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.data.rows import cluster_codes, counted_rows, row_weights, standard_error
from engine.data.variable import Variable
from engine.errors import QueryError
from engine.interventions import Evidence, variables_of
from engine.queries.answers import SeeAnswer, Shape, Unanswerable
from engine.queries.doing import FULL, QUICK, Step
from engine.queries.draws import (
    Draws,
    column_holds,
    column_shape,
    column_value,
    reported_level,
    weights_among,
)
from engine.queries.model import Model
from engine.queries.questions import Question
from engine.queries.selecting import seeing_words
from engine.queries.worlds import ancestral, draw
from engine.scm.conditional import Conditional

LEAST_ESS = 100  # fewer effective draws give no number


def matching_rows(model: Model, evidence: Evidence) -> NDArray[np.bool_]:
    """Which rows of the table count and meet every condition, shape (rows,).

    The conditions are on what came about: not where an experimenter set it.
    """
    keep = model.untouched(variables_of(evidence)).copy()
    for condition in evidence:
        keep &= column_holds(condition, model.table[condition.variable])
    return keep


def seen_law(model: Model, outcome: str, evidence: Evidence) -> tuple[Conditional, ...]:
    """The conditionals behind P(outcome | evidence)."""
    return ancestral(model.law, (outcome, *(c.variable for c in evidence)))


def conditioned(model: Model, outcome: str, evidence: Evidence, count: int) -> Draws:
    """Draws of P(… | evidence) along the chain rule of the observational law."""
    scm = model.scm(seen_law(model, outcome, evidence))
    return draw(scm, model.noise(scm, count), evidence=evidence)


def answer_see(model: Model, question: Question) -> Iterator[Step]:
    """The data's own rows at once; the model's law beside them where it is fitted."""
    if question.outcome is None:
        yield Unanswerable("Choose an outcome."), True
        return
    model.rows_needed("what was seen is not in it")
    answer = _from_data(model, question)
    law = seen_law(model, question.outcome, question.evidence)
    if not question.evidence or model.missing(law):
        yield answer, True
        return
    yield answer, False
    answer = replace(answer, stage=model.stage(law))
    for count in (QUICK, FULL):
        draws = conditioned(model, question.outcome, question.evidence, count)
        answer = _with_model(model, question, answer, draws, count)
        yield answer, count == FULL


def _from_data(model: Model, question: Question) -> SeeAnswer:
    name = str(question.outcome)
    variable = model.variable(name)
    low, high = (0.0, 1.0) if variable.discrete else model.drawing_range(name)
    seen = model.untouched((name, *variables_of(question.evidence)))
    keep = matching_rows(model, question.evidence) & seen
    everything = _shape(model, variable, seen, low, high)
    if everything is None:
        left = "in which nobody set it or its causes" if model.unset((name,)) else "that counts"
        raise QueryError(f"No row has a value of {name} {left}", remedy="ask for another outcome")
    return SeeAnswer(
        outcome=name,
        level=question.level,
        evidence=question.evidence,
        matching=int(keep.sum()),
        rows=int(seen.sum()),
        before=everything,
        data=_shape(model, variable, keep, low, high) if question.evidence else None,
        model=None,
        before_value=_value(model, question, seen) or 0.0,
        data_value=_value(model, question, keep),
        model_value=None,
        ess=None,
        stage=None,
        warnings=_warnings(model, question),
        error=_error(model, question, keep),
    )


def _shape(
    model: Model, variable: Variable, keep: NDArray[np.bool_], low: float, high: float
) -> Shape | None:
    column, weights = model.table[variable.name][keep], weights_among(model.table, keep)
    return column_shape(variable, column, low, high, weights=weights)


def _value(model: Model, question: Question, keep: NDArray[np.bool_]) -> float | None:
    variable = model.variable(str(question.outcome))
    column, weights = model.table[variable.name][keep], weights_among(model.table, keep)
    return column_value(variable, column, question.level, weights)


def _error(model: Model, question: Question, keep: NDArray[np.bool_]) -> float | None:
    """Standard error of the matching rows' value; None where σ/√n of these rows says it."""
    table, variable = model.table, model.variable(str(question.outcome))
    if not (table.design.weights or table.design.cluster):
        return None
    keep = keep & table.complete((variable.name,))
    each = table[variable.name][keep]
    if variable.discrete:
        each = (each == reported_level(variable, question.level)).astype(np.float64)
    codes = cluster_codes(table)
    return standard_error(each, row_weights(table)[keep], None if codes is None else codes[keep])


def _warnings(model: Model, question: Question) -> tuple[str, ...]:
    """What the rows that are seen leave out, and whom they do not speak of."""
    elsewhere = seeing_words(model, question.evidence, str(question.outcome))
    return (*_left_out(model, question), *elsewhere)


def _left_out(model: Model, question: Question) -> tuple[str, ...]:
    """One sentence where an experimenter's rows are not among those seen."""
    names = (str(question.outcome), *variables_of(question.evidence))
    unset = model.unset(names)
    gone = int((counted_rows(model.table) & ~model.untouched(names)).sum())
    if not gone:
        return ()
    words = " or ".join(name for name in model.table.names if name in unset)
    number = f"{gone:,}".replace(",", "\u202f")
    return (f"Left out: {number} rows in which an experimenter set {words}.",)


def _with_model(
    model: Model, question: Question, answer: SeeAnswer, draws: Draws, count: int
) -> SeeAnswer:
    ess = draws.ess if draws.samples and len(draws.samples[answer.outcome]) >= count else None
    if ess is not None and ess < LEAST_ESS:
        words = f"Too few of the model's draws fit this condition ({ess:.0f} effective): widen it."
        said = (*_warnings(model, question), words)
        return replace(answer, ess=ess, model=None, model_value=None, warnings=said)
    variable = model.variable(answer.outcome)
    low, high = float(answer.before.x[0]), float(answer.before.x[-1])
    return replace(
        answer,
        ess=ess,
        model=draws.shape(variable, low, high),
        model_value=draws.value(variable, question.level),
        warnings=_warnings(model, question),
    )

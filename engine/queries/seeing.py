"""Rung one: what is seen among the rows that meet a condition, and what the model says of them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.interventions import Evidence
from engine.queries.answers import SeeAnswer, Unanswerable
from engine.queries.doing import FULL, QUICK, Step
from engine.queries.draws import Draws, column_holds, column_shape, reported_level
from engine.queries.model import Model
from engine.queries.questions import Question
from engine.queries.worlds import ancestral, draw
from engine.scm.conditional import Conditional

LEAST_ESS = 100  # fewer effective draws give no number


def matching_rows(model: Model, evidence: Evidence) -> NDArray[np.bool_]:
    """Which rows of the table meet every condition, shape (rows,)."""
    keep = np.ones(model.table.rows, dtype=bool)
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
    column = model.table[name]
    low, high = (0.0, 1.0) if variable.discrete else model.drawing_range(name)
    keep = matching_rows(model, question.evidence)
    everything = column_shape(variable, column, low, high)
    if everything is None:
        raise ValueError(f"column {name} has no value")
    return SeeAnswer(
        outcome=name,
        level=question.level,
        evidence=question.evidence,
        matching=int(keep.sum()),
        rows=model.table.rows,
        before=everything,
        data=column_shape(variable, column[keep], low, high) if question.evidence else None,
        model=None,
        before_value=_column_value(model, question, column) or 0.0,
        data_value=_column_value(model, question, column[keep]),
        model_value=None,
        ess=None,
        stage=None,
    )


def _column_value(model: Model, question: Question, column: NDArray[np.float64]) -> float | None:
    values = column[~np.isnan(column)]
    if not len(values):
        return None
    variable = model.variable(str(question.outcome))
    if not variable.discrete:
        return float(values.mean())
    return float((values == reported_level(variable, question.level)).mean())


def _with_model(
    model: Model, question: Question, answer: SeeAnswer, draws: Draws, count: int
) -> SeeAnswer:
    ess = draws.ess if draws.samples and len(draws.samples[answer.outcome]) >= count else None
    if ess is not None and ess < LEAST_ESS:
        words = f"Too few of the model's draws fit this condition ({ess:.0f} effective): widen it."
        return replace(answer, ess=ess, model=None, model_value=None, warnings=(words,))
    variable = model.variable(answer.outcome)
    low, high = float(answer.before.x[0]), float(answer.before.x[-1])
    return replace(
        answer,
        ess=ess,
        model=draws.shape(variable, low, high),
        model_value=draws.value(variable, question.level),
        warnings=(),
    )

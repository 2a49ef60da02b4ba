"""What speaks for and against one effect, beside the model's own number: the answer to `Trust`.

Other estimators of the same estimand, how strong a hidden cause would have to be, and refuters. All
of it adjusts for the same variables by the same graph; none of it can see a hidden cause.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from engine.checks.doubts import Comparison, Doubts, doubts, estimated
from engine.checks.estimators import QUANTILE, Estimate
from engine.checks.sensitivity import e_value, e_value_of_interval
from engine.data.rows import counted_rows, row_weights
from engine.errors import QueryError, UserError
from engine.identify.adjustment import adjustment_sets
from engine.interventions import Set
from engine.queries.answers import DoAnswer, TrustAnswer
from engine.queries.beside import Beside, Refuted
from engine.queries.doing import Step, answer_do
from engine.queries.model import Model
from engine.queries.questions import Question, Rung, Trust


def answer_trust(model: Model, asked: Trust) -> Iterator[Step | None]:
    """The estimators, then the hidden cause, then one refuter after another; None in between.

    A QueryError says why there is nothing to compare the model with.
    """
    question = contrasted(model, asked.question)
    compared = _comparison(model, question)
    own: DoAnswer | None = None
    for told in answer_do(model, question):
        if told is not None and isinstance(told[0], DoAnswer):
            own = told[0]
        yield None
    result: TrustAnswer | None = None
    seed = model.project.seed
    for found in doubts(model.table, compared, seed, own=_model(own)):
        if not isinstance(found, Doubts):
            yield None
            continue
        result = _result(model, compared, own, found)
        yield result, False
    assert result is not None
    yield result, True


def beside(model: Model, question: Question) -> tuple[Beside, ...]:
    """What other estimators find; none where they do not apply."""
    try:
        asked = _comparison(model, contrasted(model, question))
        found = estimated(model.table, asked, model.project.seed)
    except UserError:
        return ()
    return _told(found)


def _comparison(model: Model, question: Question) -> Comparison:
    """A question that is `contrasted`, as the estimators see it."""
    (action,), (other,) = question.action, question.contrast or ()
    assert isinstance(action, Set)
    assert isinstance(other, Set)
    outcome, adjusting = str(question.outcome), adjusting_for(model, question)
    return Comparison(
        action.variable,
        action.value,
        other.value,
        outcome,
        question.level,
        adjusting,
        model.unset((outcome, *adjusting)),
    )


def _result(model: Model, asked: Comparison, own: DoAnswer | None, found: Doubts) -> TrustAnswer:
    binary = model.variable(asked.outcome).discrete
    ratios = _ratios(own) if binary else None
    hidden = found.hidden
    if hidden is not None and ratios is not None:
        hidden = replace(hidden, e_value=ratios[0], e_value_of_interval=ratios[1])
    return TrustAnswer(
        outcome=asked.outcome,
        level=asked.level,
        action=Set(asked.treatment, asked.value),
        contrast=Set(asked.treatment, asked.other),
        adjusting=asked.adjusting,
        rows=found.rows,
        difference=None if own is None else own.difference,
        interval=None if own is None else own.interval,
        beside=_told(found.estimates),
        agreement=found.agreement,
        hidden=hidden,
        refuted=tuple(
            Refuted(one.refuter, one.words, one.surprising, one.p) for one in found.refutations
        ),
        stage=None if own is None else own.stage,
    )


def _told(found: Sequence[Estimate]) -> tuple[Beside, ...]:
    return tuple(Beside(e.method, e.value, e.interval, e.clipped) for e in found)


def _model(own: DoAnswer | None) -> list[Estimate]:
    """The model's own number among the estimates; none without an interval."""
    if own is None or own.difference is None or own.interval is None:
        return []
    low, high = own.interval
    return [Estimate("the model", own.difference, (high - low) / 2 / QUANTILE, 0)]


def contrasted(model: Model, question: Question) -> Question:
    """The question with two values of one treatment; compared with what was seen: another value.

    That is the other one of two categories, the commonest other one of more, a number's mean.
    """
    if question.rung is not Rung.DO or question.outcome is None:
        raise QueryError("Only the effect of setting a variable has other estimators")
    if len(question.action) != 1 or not isinstance(question.action[0], Set):
        raise QueryError("Other estimators compare two values of one variable", remedy="set one")
    model.rows_needed("other estimators need them")
    action = question.action[0]
    assert isinstance(action, Set)
    if question.contrast:
        same = len(question.contrast) == 1 and question.contrast[0].variable == action.variable
        if not same or not isinstance(question.contrast[0], Set):
            raise QueryError("Other estimators compare two values of one variable")
        return question
    variable = model.variable(action.variable)
    keep = counted_rows(model.table, frozenset())
    column, weights = model.table[action.variable][keep], row_weights(model.table)[keep]
    known = ~np.isnan(column)
    if not variable.discrete:
        mean = float(np.average(column[known], weights=weights[known]))
        return replace(question, contrast=(Set(action.variable, mean),))
    counts = np.bincount(
        column[known].astype(int), weights[known], minlength=len(variable.categories)
    )
    counts[int(action.value)] = -1
    return replace(question, contrast=(Set(action.variable, float(counts.argmax())),))


def adjusting_for(model: Model, question: Question) -> tuple[str, ...]:
    """The smallest set of variables that adjusts for the question; a QueryError without one."""
    treatment = question.action[0].variable
    if model.vectors.node(treatment) != treatment:
        raise QueryError("Other estimators compare two values of a single column")
    outcome = model.vectors.node(str(question.outcome))
    sets = adjustment_sets(model.nodes, (treatment,), outcome)
    if not sets:
        raise QueryError("No set of variables adjusts for this, which other estimators need")
    return model.vectors.spread(sets[0])


def _ratios(own: DoAnswer | None) -> tuple[float, float | None] | None:
    """The E-values of the model's risk ratio and of its interval; None without a ratio."""
    if own is None or not own.before_value or not own.after_value:
        return None
    before, after = own.before_value, own.after_value
    if own.interval is None:
        return e_value(after / before), None
    low, high = (max(before + end, 1e-12) / before for end in own.interval)
    return e_value(after / before), e_value_of_interval(low, high)

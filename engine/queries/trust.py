"""What speaks for and against one effect, beside the model's own number: the answer to `Trust`.

Other estimators of the same estimand, how strong a hidden cause would have to be, and refuters. All
of it adjusts for the same variables by the same graph; none of it can see a hidden cause.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.checks.estimators import QUANTILE, Estimate, agreement, estimates
from engine.checks.refuters import Refutation, refute
from engine.checks.sensitivity import e_value, e_value_of_interval, sensitivity
from engine.checks.study import Study, explained, slope, study
from engine.data.rows import counted_rows, row_weights
from engine.errors import QueryError, UserError
from engine.identify.adjustment import adjustment_sets
from engine.interventions import Set
from engine.queries.answers import DoAnswer, TrustAnswer
from engine.queries.beside import Beside, Hidden, Refuted
from engine.queries.doing import Step, answer_do
from engine.queries.model import Model
from engine.queries.questions import Question, Rung, Trust
from engine.seeds import numpy_generator


def answer_trust(model: Model, asked: Trust) -> Iterator[Step | None]:
    """The estimators, then the hidden cause, then one refuter after another; None in between.

    A QueryError says why there is nothing to compare the model with.
    """
    question = contrasted(model, asked.question)
    adjusting = adjusting_for(model, question)
    own: DoAnswer | None = None
    for told in answer_do(model, question):
        if told is not None and isinstance(told[0], DoAnswer):
            own = told[0]
        yield None
    seed, outcome = model.project.seed, str(question.outcome)
    action, other = _ends(question)
    rows = _study(model, question, adjusting)
    found: list[Estimate] = []
    for estimate in estimates(rows, numpy_generator(seed, "trust", "folds")):
        found.append(estimate)
        yield None
    result = TrustAnswer(
        outcome=outcome,
        level=question.level,
        action=action,
        contrast=other,
        adjusting=adjusting,
        rows=rows.rows,
        difference=None if own is None else own.difference,
        interval=None if own is None else own.interval,
        beside=_told(found),
        agreement=agreement([*_model(own), *found]),
        hidden=_hidden(rows, own, binary=model.variable(outcome).discrete),
        stage=None if own is None else own.stage,
    )
    yield result, False
    for step in refute(rows, numpy_generator(seed, "trust", "refuters")):
        if not isinstance(step, Refutation):
            yield None
            continue
        one = Refuted(step.refuter, step.words, step.surprising, step.p)
        result = replace(result, refuted=(*result.refuted, one))
        yield result, False
    yield result, True


def beside(model: Model, question: Question) -> tuple[Beside, ...]:
    """What other estimators find; none where they do not apply."""
    try:
        question = contrasted(model, question)
        rows = _study(model, question, adjusting_for(model, question))
        found = list(estimates(rows, numpy_generator(model.project.seed, "trust", "folds")))
    except UserError:
        return ()
    return _told(found)


def _ends(question: Question) -> tuple[Set, Set]:
    """Both sides of a question that is `contrasted`."""
    (action,), (other,) = question.action, question.contrast or ()
    assert isinstance(action, Set)
    assert isinstance(other, Set)
    return action, other


def _study(model: Model, question: Question, adjusting: tuple[str, ...]) -> Study:
    action, other = _ends(question)
    outcome, level = str(question.outcome), question.level
    ends = action.value, other.value
    unset = model.unset((outcome, *adjusting))
    return study(model.table, action.variable, *ends, outcome, adjusting, level, unset)


def _told(found: list[Estimate]) -> tuple[Beside, ...]:
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


def _hidden(rows: Study, own: DoAnswer | None, *, binary: bool) -> Hidden | None:
    """How strong a hidden cause must be; None where a straight line cannot tell."""
    try:
        found = sensitivity(slope(rows), explained(rows))
    except UserError:
        return None
    ratios = _ratios(own) if binary else None
    return Hidden(
        found.robustness,
        found.robustness_of_interval,
        found.words,
        None if ratios is None else ratios[0],
        None if ratios is None else ratios[1],
    )


def _ratios(own: DoAnswer | None) -> tuple[float, float | None] | None:
    """The E-values of the model's risk ratio and of its interval; None without a ratio."""
    if own is None or not own.before_value or not own.after_value:
        return None
    before, after = own.before_value, own.after_value
    if own.interval is None:
        return e_value(after / before), None
    low, high = (max(before + end, 1e-12) / before for end in own.interval)
    return e_value(after / before), e_value_of_interval(low, high)

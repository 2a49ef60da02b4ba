"""From answers to what the plots draw; every number comes from the sentence's own rounding."""

import numpy as np
from numpy.typing import NDArray

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.interventions import Action, Condition, Intervention, OneOf, Set, variables_of
from engine.queries.answers import DoAnswer, DoseAnswer, ImagineAnswer, Result, SeeAnswer, Stage
from gui.numerals import Gap, intervention_text
from gui.phrases import Sentence, Span, quiet, strong, tr
from gui.plots.curves import Axes, Curve
from gui.plots.picture import Layer, Line, Picture
from gui.sentences import do_gap, gap_text, model_text, number_text, quantity, see_gap, stage_words

_FADING, _STEPS = 0.05, 5  # the least share that is shown, and how many degrees there are


def fits(result: Result, table: Table | None) -> bool:
    """False for an answer to an older project, about variables or categories that are gone."""
    if table is None or not isinstance(result, SeeAnswer | DoAnswer | ImagineAnswer | DoseAnswer):
        return False
    items: list[Intervention | Condition] = []
    names = [result.outcome]
    if isinstance(result, SeeAnswer):
        items += result.evidence
    elif isinstance(result, DoseAnswer):
        names.append(result.treatment)
    else:
        items += result.action
        items += (result.contrast or ()) if isinstance(result, DoAnswer) else ()
    if any(name not in table for name in (*names, *variables_of(items))):
        return False
    return _shaped(result, table) and all(_coded(item, table) for item in items)


def do_picture(answer: DoAnswer, table: Table) -> Picture | None:
    """Before in grey, after in blue, both means and their gap; None without a number."""
    shown = do_gap(answer, table)
    if shown is None or answer.before is None or answer.after is None:
        return None
    outcome = table.variable(answer.outcome)
    before, after = _marks(shown, outcome)
    first_guess = answer.stage is Stage.FIRST_GUESS
    layers = (
        Layer(
            answer.before,
            "seen",
            Line.SOLID,
            _contrast_label(answer.contrast, table),
            before,
            number_text(shown.before, outcome),
            filled=True,
        ),
        Layer(
            answer.after,
            "do",
            Line.DASHED,
            action_label(answer.action, table),
            after,
            number_text(shown.after, outcome),
            hatched=first_guess,
        ),
    )
    return Picture(
        layers,
        outcome.unit,
        outcome.categories if outcome.discrete else (),
        _level(outcome, answer.level),
        gap_text(shown, outcome),
        stage_words(answer.stage),
        outcome.name,
        outcome.kind is not Kind.CATEGORICAL,
    )


def see_picture(answer: SeeAnswer, table: Table) -> Picture:
    """All rows, matching rows, and the model's law of the outcome as a thin line."""
    outcome = table.variable(answer.outcome)
    shown = see_gap(answer, table)
    before = shown.before if shown else None
    text = number_text(before, outcome) if before is not None else ""
    mark = _drawn(before, outcome) if before is not None else None
    layers = [Layer(answer.before, "seen", Line.SOLID, tr("all rows"), mark, text, filled=True)]
    if answer.evidence and shown is not None and answer.data is not None:
        layers.append(
            Layer(
                answer.data,
                "see",
                Line.SOLID,
                tr("matching rows"),
                _drawn(shown.after, outcome),
                number_text(shown.after, outcome),
                filled=outcome.discrete,
            )
        )
    if answer.evidence and answer.model is not None:
        text = model_text(answer, table)
        layers.append(Layer(answer.model, "see", Line.THIN, tr("model"), None, text))
    categories = outcome.categories if outcome.discrete else ()
    return Picture(
        tuple(layers),
        outcome.unit,
        categories,
        _level(outcome, answer.level),
        name=outcome.name,
        ordered=outcome.kind is not Kind.CATEGORICAL,
    )


def action_label(action: Action, table: Table) -> str:
    """do(dose = 2.0 mg, smoking = no)."""
    texts = [intervention_text(table.variable(item.variable), item) for item in action]
    return "do(" + ", ".join(text.removeprefix("do(")[:-1] for text in texts) + ")"


def dose_curves(answer: DoseAnswer, table: Table) -> tuple[list[Curve], Axes]:
    """The dose–response as a line with its band, or as points over categories."""
    treatment, outcome = table.variable(answer.treatment), table.variable(answer.outcome)
    scale = 100.0 if outcome.discrete else 1.0
    parts = [None if part is None else part * scale for part in (answer.y, answer.low, answer.high)]
    y, low, high = parts
    if y is None:
        return [], Axes()
    if answer.stage in (Stage.FIRST_GUESS, Stage.TRAINING):
        low = high = None
    line = "dashed" if answer.stage is Stage.FIRST_GUESS else "solid"
    curve = Curve(answer.x, y, "do", low=low, high=high, line=line, points=treatment.discrete)
    names = treatment.categories if treatment.discrete else ()
    ends = (-0.5, len(names) - 0.5) if names else None
    return [curve], Axes(
        x=ends,
        x_label=treatment.name,
        y_label=quantity(outcome, answer.level),
        names=names,
        x_unit=treatment.unit,
        y_unit="%" if outcome.discrete else outcome.unit,
    )


def dose_words(answer: DoseAnswer, table: Table) -> Sentence:
    """What the lower plot shows."""
    treatment, outcome = table.variable(answer.treatment), table.variable(answer.outcome)
    axes = tr("{y} if {x} were set").format(y=quantity(outcome, answer.level), x=treatment.name)
    return (*strong(tr("Dose–response")), Span("  "), *quiet(axes))


def unsupported(answer: DoseAnswer, treatment: Variable) -> list[tuple[float, float, float]]:
    """Ranges of the dose, each with the share of the answer that is extrapolated there.

    Shares below a twentieth are left out: some rows are always the farthest.
    """
    if answer.extrapolated is None or len(answer.x) == 0:
        return []
    x, shares = answer.x, np.asarray(answer.extrapolated, dtype=np.float64)
    edges = np.concatenate([[x[0]], (x[1:] + x[:-1]) / 2, [x[-1]]])
    if treatment.discrete:
        edges = np.concatenate([x - 0.5, [x[-1] + 0.5]])
    steps = np.where(shares < _FADING, 0.0, np.ceil(shares * _STEPS - 1e-9) / _STEPS)
    found = []
    for step in np.unique(steps[steps > 0]):
        for a, b in _runs(steps == step):
            found.append((float(edges[a]), float(edges[b]), float(shares[a:b].mean())))
    return sorted(found)


def present(action: Action | None, treatment: str) -> float | None:
    """The value the treatment is set to, if it is."""
    for item in action or ():
        if isinstance(item, Set) and item.variable == treatment:
            return item.value
    return None


def _shaped(result: Result, table: Table) -> bool:
    """True where the outcome is still of the kind that the answer is about."""
    if not isinstance(result, SeeAnswer | DoAnswer) or result.before is None:
        return True
    outcome, before = table.variable(result.outcome), result.before
    if before.bars != outcome.discrete:
        return False
    return not before.bars or len(before.y) == len(outcome.categories)


def _coded(item: Intervention | Condition, table: Table) -> bool:
    variable = table.variable(item.variable)
    if isinstance(item, OneOf):
        return variable.discrete and max(item.codes, default=0) < len(variable.categories)
    if isinstance(item, Set) and variable.discrete:
        return item.value in range(len(variable.categories))
    return isinstance(item, Set) or not variable.discrete


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    padded = np.concatenate([[False], flags, [False]]).astype(int)
    steps = np.diff(padded)
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _marks(shown: Gap, outcome: Variable) -> tuple[float, float]:
    return _drawn(shown.before, outcome), _drawn(shown.after, outcome)


def _drawn(value: object, outcome: Variable) -> float:
    """A rounded number where the plot draws it: probabilities as shares."""
    return float(str(value)) / (100 if outcome.discrete else 1)


def _level(outcome: Variable, level: int | None) -> int | None:
    if not outcome.discrete:
        return None
    return len(outcome.categories) - 1 if level is None else level


def _contrast_label(contrast: Action | None, table: Table) -> str:
    if contrast is None:
        return tr("seen")
    return action_label(contrast, table) if contrast else tr("no intervention")

"""Answers as sentences: the words that do not mislead, said in one place for every view.

Rounding is done by `gui.numerals.gap`, so that sentence, means and picture agree to the last digit.
"""

import math
from decimal import Decimal

from engine.data.table import Table
from engine.data.variable import Variable
from engine.interventions import Action, Condition, Intervention, Set
from engine.queries.answers import DoAnswer, Footing, SeeAnswer, Stage
from gui.bounding import bounds_sentence
from gui.numerals import (
    THIN,
    Gap,
    condition_text,
    count,
    gap,
    percent,
    value_text,
    written,
)
from gui.phrases import Sentence, capital, joined, listed, plain, quiet, say, strong, tr

_ALWAYS = 5  # per cent of draws that may lie beyond the rows anywhere
SEVERAL = 20  # rows from which on their own standard deviation is believed
LASTING = frozenset(
    {"ms", "s", "sec", "second", "seconds", "min", "minute", "minutes", "h", "hour", "hours"}
    | {"d", "day", "days", "week", "weeks", "month", "months"}
)


# ── Do ─────────────────────────────────────────────────────────────────────────────────────────


def do_gap(answer: DoAnswer, table: Table) -> Gap | None:
    """Both means and the difference as shown (probabilities in percent); None without a number."""
    if answer.before_value is None or answer.after_value is None:
        return None
    if table.variable(answer.outcome).discrete:
        return _percent_gap(answer.before_value, answer.after_value, answer.interval)
    spread = 0.0 if answer.before is None else answer.before.sd
    return gap(answer.before_value, answer.after_value, answer.interval, spread)


def do_sentence(answer: DoAnswer, table: Table) -> Sentence:
    """The effect in one sentence: what was set, what it does, compared with what, how surely."""
    shown = do_gap(answer, table)
    if shown is None:
        why = answer.footing.why_not or tr("the graph and these data do not give one.")
        bounds = bounds_sentence(answer, table)
        return (*say(tr("{no} {why}"), no=strong(tr("No number:")), why=why), *bounds)
    outcome = table.variable(answer.outcome)
    parts: dict[str, str | Sentence] = {
        "setting": capital(listed(tuple(_phrase(item, table) for item in answer.action))),
        "outcome": quantity_words(outcome, answer.level),
        "contrast": contrast_words(answer.contrast, table),
        "verb": effect_verb(shown, outcome),
        "size": strong(size_text(shown, outcome)),
        "change": strong(gap_text(shown, outcome)),
        "before": number_text(shown.before, outcome),
        "after": number_text(shown.after, outcome),
        "interval": quiet(interval_words(answer, shown)),
    }
    return say(_do_template(shown, outcome, unsure=may_be_nothing(answer)), **parts)


def contrast_words(contrast: Action | None, table: Table) -> str:
    """What the effect is measured against."""
    if contrast is None:
        return tr("what was seen")
    if not contrast:
        return tr("no intervention")
    return plain(listed(tuple(_phrase(item, table) for item in contrast)))


def quantity_words(outcome: Variable, level: int | None) -> Sentence:
    """The quantity an effect moves: the variable, or the probability of one of its categories."""
    if not outcome.discrete:
        return strong(outcome.name)
    return say(tr("the probability of {label}"), label=strong(quantity(outcome, level)))


def quantity(outcome: Variable, level: int | None) -> str:
    """recovery; recovered = yes (the last category unless one is chosen)."""
    if not outcome.discrete:
        return outcome.name
    return f"{outcome.name} = {outcome.categories[-1 if level is None else level]}"


def effect_verb(shown: Gap, outcome: Variable) -> str:
    """Raises or lowers; a stretch of time is lengthened or shortened."""
    up = shown.difference > 0
    if outcome.unit.lower() in LASTING and not outcome.discrete:
        return tr("lengthens") if up else tr("shortens")
    return tr("raises") if up else tr("lowers")


def size_text(shown: Gap, outcome: Variable) -> str:
    """The difference without its sign, with its unit: 1.3 days, 5.4 points."""
    return _with_unit(written(abs(shown.difference)), outcome)


def gap_text(shown: Gap, outcome: Variable) -> str:
    """The difference with its sign, for the arrow in the picture: −1.3 days, +5.4 points."""
    return _with_unit(written(shown.difference, signed=True), outcome)


def number_text(value: Decimal, outcome: Variable) -> str:
    """A rounded mean in its unit, or a rounded probability in percent."""
    text = written(value)
    return f"{text}{THIN}%" if outcome.discrete else f"{text} {outcome.unit}".rstrip()


def interval_words(answer: DoAnswer, shown: Gap) -> str:
    """The interval of the difference, turned the way the verb points; '' before convergence."""
    if shown.low is None or shown.high is None or stage_words(answer.stage):
        return ""
    up = shown.difference >= 0
    low, high = (shown.low, shown.high) if up else (-shown.high, -shown.low)
    if low >= 0:
        span = tr("{low} to {high}")
    elif high < 0:
        span = tr("{high} to {low} the other way")
    elif up:
        span = tr("{low} less to {high} more")
    else:
        span = tr("{high} less to {low} more")
    return tr(" ({level}: {span} from sampling alone; the graph is taken as given)").format(
        level=percent(answer.confidence),
        span=span.format(low=written(abs(low)), high=written(abs(high))),
    )


def may_be_nothing(answer: DoAnswer) -> bool:
    """True where the interval of the difference, once it is shown, holds 0."""
    if answer.interval is None or stage_words(answer.stage):
        return False
    return answer.interval[0] <= 0 <= answer.interval[1]


def stage_words(stage: Stage | None) -> str:
    """How far the mechanisms are, where that is not the end."""
    if stage is Stage.FIRST_GUESS:
        return tr("first guess, straight lines")
    return tr("still learning") if stage is Stage.TRAINING else ""


def turned_words(answer: DoAnswer, table: Table) -> str:
    """Said when the sign is no longer that of the first guess; '' else."""
    shown = do_gap(answer, table)
    if shown is None or answer.first_guess is None or answer.stage is Stage.FIRST_GUESS:
        return ""
    if answer.first_guess * float(shown.difference) >= 0:
        return ""
    return tr("The sign changed: the first guess, straight lines, pointed the other way.")


def support_words(answer: DoAnswer, table: Table) -> str:
    """How much of the answer stands on data; '' where unknown."""
    if answer.support is None:
        return ""
    share = min(100, max(0, round(100 * answer.support.share)))
    beyond = min(100, round(100 * answer.support.beyond))
    what = joined(tuple(_level_words(item, table) for item in answer.action))
    rest = max(100 - share, beyond if beyond > _ALWAYS else 0)
    if beyond > max(100 - share, _ALWAYS):
        text = tr(
            "{what} was plausible for {share} of such rows, but {rest} of this answer lies beyond"
            " the rows and is extrapolated."
        )
    elif share == 100:
        text = tr("{what} was plausible for all such rows; nothing is extrapolated.")
    else:
        text = tr(
            "{what} was plausible for {share} of such rows; {rest} of this answer is extrapolated."
        )
    return text.format(what=what, share=f"{share}{THIN}%", rest=f"{rest}{THIN}%")


def footing_sentence(footing: Footing) -> Sentence:
    """If your arrows are right: computable, adjusting for age and severity; () if not causal."""
    if not footing.identified:
        return ()
    if not footing.computable:
        return say(
            tr("If your arrows are right: the data determine it, but no number is there yet.")
        )
    if footing.method == "no causal path":
        return say(
            tr("If your arrows are right: no directed path leads there, so nothing changes.")
        )
    if footing.adjusting:
        names = listed(tuple(strong(name) for name in footing.adjusting))
        return say(tr("If your arrows are right: computable, adjusting for {names}."), names=names)
    if footing.method == "back-door adjustment":
        return say(tr("If your arrows are right: computable, with nothing to adjust for."))
    if footing.method == "front-door adjustment":
        return say(tr("If your arrows are right: computable through the front door."))
    if footing.method == "ID algorithm":
        return say(tr("If your arrows are right: computable, though by no adjustment alone."))
    return say(tr("If your arrows are right: computable."))


def rests_words(footing: Footing) -> str:
    """How many absences the answer rests on that no data can test; '' for none."""
    if footing.identified and not footing.listed:
        return tr(
            "Rests on absent arrows and hidden causes that no data can test"
            " (too many variables to list)."
        )
    arrows, hidden = len(footing.rests_on_arrows), len(footing.rests_on_hidden)
    parts = []
    if arrows:
        parts.append((tr("{n} absent arrow") if arrows == 1 else tr("{n} absent arrows"), arrows))
    if hidden:
        one = tr("{n} absent hidden cause")
        parts.append((one if hidden == 1 else tr("{n} absent hidden causes"), hidden))
    if not parts:
        return ""
    what = joined(tuple(text.format(n=count(number)) for text, number in parts))
    return tr("Rests on {what} that no data can test.").format(what=what)


def rests_list(footing: Footing) -> tuple[str, ...]:
    """Each absence by name: no arrow a → b, no hidden cause a ↔ b."""
    arrows = (tr("no arrow {a} → {b}").format(a=a, b=b) for a, b in footing.rests_on_arrows)
    hidden = (tr("no hidden cause {a} ↔ {b}").format(a=a, b=b) for a, b in footing.rests_on_hidden)
    return (*arrows, *hidden)


# ── See ────────────────────────────────────────────────────────────────────────────────────────


def see_gap(answer: SeeAnswer, table: Table) -> Gap | None:
    """All rows and matching rows as shown; None where no row matches."""
    if answer.data_value is None or math.isnan(answer.data_value):
        return None
    return _seen_gap(answer, answer.data_value, table)


def see_sentence(answer: SeeAnswer, table: Table) -> Sentence:
    """312 of 4 812 rows have dose 1.9–2.1. Among them recovery is 7.9 days on average …"""
    outcome = table.variable(answer.outcome)
    shown = see_gap(answer, table)
    given = joined(tuple(condition_words(item, table) for item in answer.evidence))
    parts: dict[str, str | Sentence] = {
        "matching": strong(count(answer.matching)),
        "rows": count(answer.rows),
        "evidence": strong(given),
        "outcome": strong(quantity(outcome, answer.level)),
    }
    if shown is None:
        return say(tr("None of {rows} rows has {evidence}."), **parts)
    value = shown.after if answer.evidence else shown.before
    parts["value"] = strong(number_text(value, outcome))
    parts["all"] = number_text(shown.before, outcome) if outcome.discrete else written(shown.before)
    return say(_see_template(bool(answer.evidence), outcome.discrete, answer.matching), **parts)


def model_sentence(answer: SeeAnswer, table: Table) -> Sentence:
    """The model's own mean or probability, apart from the data's; () if nothing is asked."""
    if not answer.evidence:
        return ()
    outcome = table.variable(answer.outcome)
    given = joined(tuple(condition_words(item, table) for item in answer.evidence))
    head = f"P({quantity(outcome, answer.level)} | {given})"
    if not outcome.discrete:
        head = tr("mean {outcome} where {given}").format(outcome=outcome.name, given=given)
    if answer.model_value is None:
        return say(tr("The model's {head}: no value yet."), head=head)
    value = strong(model_text(answer, table))
    if answer.ess is None:
        return say(tr("The model's {head}: {value}."), head=head, value=value)
    return say(
        tr("The model's {head}: {value}, by likelihood weighting; effective sample size {ess}."),
        head=head,
        value=value,
        ess=count(round(answer.ess)),
    )


def model_text(answer: SeeAnswer, table: Table) -> str:
    """The model's value alone, in its unit; '' for none."""
    if answer.model_value is None:
        return ""
    shown = _seen_gap(answer, answer.model_value, table)
    return number_text(shown.after, table.variable(answer.outcome))


def disagreement_words(answer: SeeAnswer, table: Table) -> str:
    """Said where the model's value is clearly not that of the matching rows; '' else."""
    shown = see_gap(answer, table)
    if shown is None or not answer.evidence or not _disagree(answer, table):
        return ""
    return tr("The model and the rows disagree here: {model} against {rows}.").format(
        model=model_text(answer, table),
        rows=number_text(shown.after, table.variable(answer.outcome)),
    )


def condition_words(condition: Condition, table: Table) -> str:
    """Like dose 1.9–2.1, or treatment = A."""
    variable = table.variable(condition.variable)
    return f"{variable.name} {condition_text(variable, condition, unit=False)}"


# ── private ────────────────────────────────────────────────────────────────────────────────────


def _do_template(shown: Gap, outcome: Variable, *, unsure: bool) -> str:
    if shown.difference == 0 and outcome.discrete:
        return tr("{setting} leaves {outcome} at {after}, compared with {contrast}{interval}.")
    if shown.difference == 0:
        return tr(
            "{setting} leaves {outcome} at {after} on average, compared with {contrast}{interval}."
        )
    if unsure and outcome.discrete:
        return tr(
            "{setting} changes {outcome} by {change}, from {before} to {after}, which may be "
            "nothing, compared with {contrast}{interval}."
        )
    if unsure:
        return tr(
            "{setting} changes {outcome} by {change} on average, which may be nothing, "
            "compared with {contrast}{interval}."
        )
    if outcome.discrete:
        return tr(
            "{setting} {verb} {outcome} by {size}, from {before} to {after}, "
            "compared with {contrast}{interval}."
        )
    return tr(
        "{setting} {verb} {outcome} by {size} on average, compared with {contrast}{interval}."
    )


def _disagree(answer: SeeAnswer, table: Table) -> bool:
    """|data − model| > 3 standard errors, and > .1 standard deviation of the outcome.

    The standard error is that of the rows' mean, σ/√n unless the answer knows better (rows of
    unequal weight, or that belong together), and of the model's draws, σ/√ess, together.
    """
    data, model = answer.data_value, answer.model_value
    if data is None or model is None or answer.stage is Stage.TRAINING or answer.matching < 2:
        return False
    if table.variable(answer.outcome).discrete:
        usual, sds = _sd_of_share(answer.before_value), [_sd_of_share(data), _sd_of_share(model)]
    else:
        usual = answer.before.sd
        sds = [shape.sd for shape in (answer.data, answer.model) if shape is not None]
    known = [sd for sd in sds if math.isfinite(sd)]
    if not known or not math.isfinite(usual):
        return False
    rows = known[0] if answer.matching >= SEVERAL else max(known)  # few rows: their sd says little
    drawn = 0.0 if not answer.ess else known[-1] / math.sqrt(answer.ess)
    own = rows / math.sqrt(answer.matching) if answer.error is None else answer.error
    error = math.hypot(own, drawn)
    return abs(data - model) > max(3 * error, 0.1 * usual)


def _sd_of_share(share: float) -> float:
    return math.sqrt(max(0.0, share * (1 - share)))


def _see_template(asked: bool, discrete: bool, matching: int) -> str:
    if not asked and discrete:
        return tr("{value} of all {rows} rows have {outcome}.")
    if not asked:
        return tr("In all {rows} rows {outcome} is {value} on average.")
    if matching == 1 and discrete:
        return tr("1 of {rows} rows has {evidence}; of it {value} have {outcome} (all: {all}).")
    if matching == 1:
        return tr("1 of {rows} rows has {evidence}. There {outcome} is {value} (all rows: {all}).")
    if discrete:
        return tr(
            "{matching} of {rows} rows have {evidence}. "
            "Among them {value} have {outcome} (all rows: {all})."
        )
    return tr(
        "{matching} of {rows} rows have {evidence}. "
        "Among them {outcome} is {value} on average (all rows: {all})."
    )


def _phrase(item: Intervention, table: Table) -> Sentence:
    variable = table.variable(item.variable)
    if isinstance(item, Set):
        text, size = tr("setting {name} to {value}"), item.value
    elif item.amount < 0:
        text, size = tr("lowering {name} by {value}"), -item.amount
    else:
        text, size = tr("raising {name} by {value}"), item.amount
    return say(text, name=strong(variable.name), value=value_text(variable, size))


def _level_words(item: Intervention, table: Table) -> str:
    """The value that had to be plausible: 2.0 mg; treatment = A; dose 0.5 mg higher."""
    variable = table.variable(item.variable)
    if isinstance(item, Set):
        value = value_text(variable, item.value)
        return f"{variable.name} = {value}" if variable.discrete or not variable.unit else value
    text = tr("{name} {value} lower") if item.amount < 0 else tr("{name} {value} higher")
    return text.format(name=variable.name, value=value_text(variable, abs(item.amount)))


def _seen_gap(answer: SeeAnswer, value: float, table: Table) -> Gap:
    if table.variable(answer.outcome).discrete:
        return _percent_gap(answer.before_value, value)
    return gap(answer.before_value, value, spread=answer.before.sd)


def _percent_gap(before: float, after: float, interval: tuple[float, float] | None = None) -> Gap:
    inside = None if interval is None else (100 * interval[0], 100 * interval[1])
    return gap(100 * before, 100 * after, inside, spread=10.0)


def _with_unit(text: str, outcome: Variable) -> str:
    return f"{text} {tr('points') if outcome.discrete else outcome.unit}".rstrip()

"""One row in two worlds, in words; its numbers have the same digits wherever they are shown."""

import math
from dataclasses import replace

from engine.data.table import Table
from engine.data.variable import Variable
from engine.interventions import Intervention, Set
from engine.queries.answers import ImagineAnswer, Imagined
from gui.numerals import Gap, count, gap, percent, rounded, value_text, written
from gui.phrases import Sentence, listed, quiet, say, strong, tr
from gui.sentences import number_text

DUST = 1e-9  # a relative difference that is rounding in the machine, not a change


def stays(unit: Imagined) -> bool:
    """True where the row keeps its own value."""
    if unit.status == "unchanged":
        return True
    return unit.imagined is not None and math.isclose(unit.imagined, unit.actual, rel_tol=DUST)


def already(answer: ImagineAnswer) -> tuple[str, ...]:
    """The variables of the action, if all of them had the very values they are given; else ()."""
    for item in answer.action:
        unit = answer.units.get(item.variable)
        value = item.value if isinstance(item, Set) else item.amount
        own = 0.0 if unit is None or not isinstance(item, Set) else unit.actual
        if unit is None or not math.isclose(value, own, rel_tol=DUST):
            return ()
    return tuple(item.variable for item in answer.action)


def unit_ends(variable: Variable, unit: Imagined) -> tuple[str, str]:
    """A number as it was and as it would be, in its unit: what the row has, as the table shows it;

    what changes, both ends to the digits that their difference needs.
    """
    was = value_text(variable, unit.actual)
    if unit.imagined is None:
        return was, "–"
    if stays(unit):
        return was, was
    shown = _unit_gap(unit)
    if shown is None or unit.status == "set":
        return was, value_text(variable, unit.imagined)
    return number_text(shown.before, variable), number_text(shown.after, variable)


def imagine_gap(answer: ImagineAnswer, table: Table) -> Gap | None:
    """The row's own outcome and the imagined one as shown; None for categories or no value.

    `low`, `high` here are the redraw range of the imagined value itself.
    """
    unit = answer.units.get(answer.outcome)
    if unit is None or unit.imagined is None or table.variable(answer.outcome).discrete:
        return None
    shown = _unit_gap(unit)
    if shown is None or unit.low is None or unit.high is None:
        return shown
    decimals = -int(shown.after.as_tuple().exponent)
    return replace(shown, low=rounded(unit.low, decimals), high=rounded(unit.high, decimals))


def imagine_sentence(answer: ImagineAnswer, table: Table) -> Sentence:
    """Row 12, had dose been 3.0 mg: recovery 4.2 days instead of 6.1, if …"""
    outcome = table.variable(answer.outcome)
    name = strong(outcome.name)
    unit = answer.units.get(answer.outcome)
    same = already(answer)
    if same:
        return _nothing_changes(answer, same, table)
    phrases = listed(tuple(_had(item, table) for item in answer.action))
    had = say(tr("Row {row}, had {phrases}"), row=strong(count(answer.row)), phrases=phrases)
    if unit is None or (unit.imagined is None and unit.probabilities is None):
        why = answer.footing.why_not or tr("this row gives no value for it.")
        return say(tr("{had}: {no} {why}"), had=had, no=strong(tr("no number:")), why=why)
    if outcome.discrete:
        return _imagined_category(answer, outcome, had)
    shown = imagine_gap(answer, table)
    if shown is None:
        return say(tr("{had}: {name} is missing in this row."), had=had, name=name)
    if stays(unit):
        value = strong(value_text(outcome, unit.actual))
        return say(tr("{had}: {name} stays {value}."), had=had, name=name, value=value)
    text = tr(
        "{had}: {name} {after} instead of {before}, if this row keeps the same rank{redrawn}."
    )
    return say(
        text,
        had=had,
        name=name,
        after=strong(number_text(shown.after, outcome)),
        before=written(shown.before),
        redrawn=quiet(_redrawn(shown)),
    )


def convention_words(answer: ImagineAnswer) -> str:
    """Which convention picked this world out of those that fit the data equally well."""
    if answer.convention == "gumbel":
        return tr("By the Gumbel-max convention; data cannot tell conventions apart.")
    if answer.convention == "rank":
        return tr("By the same-rank convention; data cannot tell conventions apart.")
    return ""


# ── private ────────────────────────────────────────────────────────────────────────────────────


def _unit_gap(unit: Imagined) -> Gap | None:
    if unit.imagined is None or math.isnan(unit.actual):
        return None
    if unit.low is None or unit.high is None:
        return gap(unit.actual, unit.imagined)
    return gap(unit.actual, unit.imagined, spread=(unit.high - unit.low) / 3.3)


def _nothing_changes(answer: ImagineAnswer, same: tuple[str, ...], table: Table) -> Sentence:
    phrases = tuple(
        say(
            tr("{name} was {value} already"),
            name=strong(name),
            value=value_text(table.variable(name), answer.units[name].actual),
        )
        for name in same
    )
    row = strong(count(answer.row))
    return say(tr("Row {row}: {what}: nothing changes."), row=row, what=listed(phrases))


def _had(item: Intervention, table: Table) -> Sentence:
    variable = table.variable(item.variable)
    if isinstance(item, Set):
        text, size = tr("{name} been {value}"), item.value
    elif item.amount < 0:
        text, size = tr("{name} been {value} lower"), -item.amount
    else:
        text, size = tr("{name} been {value} higher"), item.amount
    return say(text, name=strong(variable.name), value=value_text(variable, size))


def _imagined_category(answer: ImagineAnswer, outcome: Variable, had: Sentence) -> Sentence:
    unit = answer.units[answer.outcome]
    was = value_text(outcome, unit.actual)
    if unit.status == "unchanged":
        text = tr("{had}: {name} stays {was}.")
        return say(text, had=had, name=strong(outcome.name), was=strong(was))
    share: Sentence = ()
    if unit.probabilities is not None:
        level = len(outcome.categories) - 1 if answer.level is None else answer.level
        text = tr("{had}: {name} would be {label} with probability {share} (it was {was}).")
        share = strong(percent(float(unit.probabilities[level])))
    else:
        level = int(unit.imagined or 0)
        text = tr("{had}: {name} would be {label} (it was {was}).")
    label = strong(outcome.categories[level])
    return say(text, had=had, name=strong(outcome.name), label=label, share=share, was=was)


def _redrawn(shown: Gap) -> str:
    if shown.low is None or shown.high is None:
        return ""
    text = tr("; {low} to {high} if luck is redrawn")
    return text.format(low=written(shown.low), high=written(shown.high))

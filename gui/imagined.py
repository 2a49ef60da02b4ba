"""One row in two worlds, in words; its numbers have the same digits wherever they are shown."""

import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from engine.data.table import Table
from engine.data.variable import Variable
from engine.interventions import SAME, Convention, Intervention, Set
from engine.queries.answers import Alternative, ImagineAnswer, Imagined
from gui.numerals import Gap, count, gap, percent, rounded, value_text, written
from gui.phrases import Sentence, Span, listed, quiet, say, strong, tr
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
        if unit is None or not math.isclose(value, own, rel_tol=SAME):
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


def redrawn_ends(variable: Variable, unit: Imagined) -> tuple[str, str]:
    """A number as it was, in its unit, and in short the range that luck drawn again gives it."""
    shown = _redrawn_gap(unit)
    if shown is None or shown.low is None or shown.high is None:
        return unit_ends(variable, unit)
    dash = "–" if shown.low >= 0 else " … "
    would = f"{written(shown.low)}{dash}{written(shown.high)}"
    return number_text(shown.before, variable), would


def imagine_gap(answer: ImagineAnswer, table: Table) -> Gap | None:
    """The row's own outcome and the imagined one as shown; None for categories or no value.

    `low`, `high` here are the redraw range of the imagined value itself.
    """
    unit = answer.units.get(answer.outcome)
    if unit is None or unit.imagined is None or table.variable(answer.outcome).discrete:
        return None
    return _redrawn_gap(unit)


def imagine_sentence(answer: ImagineAnswer, table: Table) -> Sentence:
    """Row 12, had dose been 3.0 mg: recovery 4.2 days instead of 6.1, if …"""
    outcome = table.variable(answer.outcome)
    name = strong(outcome.name)
    unit = answer.units.get(answer.outcome)
    same = already(answer)
    if same:
        return _nothing_changes(answer, same, table)
    phrases = listed(tuple(had_words(item, table) for item in answer.action))
    had = say(tr("Row {row}, had {phrases}"), row=strong(count(answer.row)), phrases=phrases)
    if unit is None or (unit.imagined is None and unit.probabilities is None):
        why = answer.footing.why_not or tr("this row gives no value for it.")
        return say(tr("{had}: {no} {why}"), had=had, no=strong(tr("no number:")), why=why)
    if outcome.discrete:
        return _imagined_category(answer, outcome, had)
    shown = imagine_gap(answer, table)
    if shown is None:
        return say(tr("{had}: {name} is missing in this row."), had=had, name=name)
    told, chosen = _numbers(unit, shown), convention_of(answer)
    moves = quiet(_moves(told, chosen, outcome))
    if unit.status == "unchanged" or (stays(unit) and chosen is not Convention.REDRAW):
        value = strong(value_text(outcome, unit.actual))
        if set(told.values()) <= {written(shown.after)}:
            return say(tr("{had}: {name} stays {value}."), had=had, name=name, value=value)
        text = tr("{had}: {name} stays {value}, {condition}{moves}.")
    else:
        text = tr("{had}: {name} {value} instead of {before}, {condition}{moves}.")
        value = strong(f"{told.get(chosen, written(shown.after))} {outcome.unit}".rstrip())
    return say(
        text,
        had=had,
        name=name,
        value=value,
        before=written(shown.before),
        condition=_condition(chosen, outcome),
        moves=moves,
    )


def convention_of(answer: ImagineAnswer) -> Convention:
    """The convention that was asked for; of a category, keeping its luck has a name of its own."""
    return Convention.RANK if answer.convention == "gumbel" else Convention(answer.convention)


def convention_words(answer: ImagineAnswer, table: Table) -> str:
    """Which convention picked this world out of those that fit the data equally well.

    And how far the number goes over all of them, where that is further than luck drawn again.
    """
    known = {
        "gumbel": tr(
            "By the convention that each category keeps its luck (Gumbel-max);"
            " data cannot tell conventions apart{hull}."
        ),
        "rank": tr("By the same-rank convention; data cannot tell conventions apart{hull}."),
        "reversal": tr("By the turned-rank convention; data cannot tell conventions apart{hull}."),
        "redraw": tr("By the fresh-luck convention; data cannot tell conventions apart{hull}."),
    }
    text = known.get(answer.convention, "")
    return text.format(hull=_hull_words(answer, table)) if text else ""


def had_words(item: Intervention, table: Table) -> Sentence:
    """Dose been 3.0 mg; or higher, or lower, by so much."""
    variable = table.variable(item.variable)
    if isinstance(item, Set):
        text, size = tr("{name} been {value}"), item.value
    elif item.amount < 0:
        text, size = tr("{name} been {value} lower"), -item.amount
    else:
        text, size = tr("{name} been {value} higher"), item.amount
    return say(text, name=strong(variable.name), value=value_text(variable, size))


# ── private ────────────────────────────────────────────────────────────────────────────────────


def _unit_gap(unit: Imagined) -> Gap | None:
    if unit.imagined is None or math.isnan(unit.actual):
        return None
    if unit.low is None or unit.high is None:
        return gap(unit.actual, unit.imagined)
    return gap(unit.actual, unit.imagined, spread=(unit.high - unit.low) / 3.3)


def _redrawn_gap(unit: Imagined) -> Gap | None:
    shown = _unit_gap(unit)
    if shown is None or unit.low is None or unit.high is None:
        return shown
    decimals = -int(shown.after.as_tuple().exponent)
    return replace(shown, low=rounded(unit.low, decimals), high=rounded(unit.high, decimals))


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


def _imagined_category(answer: ImagineAnswer, outcome: Variable, had: Sentence) -> Sentence:
    unit, chosen = answer.units[answer.outcome], convention_of(answer)
    stay, certain = unit.status == "unchanged", unit.probabilities is None
    level = len(outcome.categories) - 1 if answer.level is None else answer.level
    level = int(unit.imagined or 0) if certain else level
    label, was = outcome.categories[level], value_text(outcome, unit.actual)
    told = {by: percent(_share(other, level)) for by, other in unit.under.items()}
    told = {by: share for by, share in told.items() if share != told.get(chosen)}
    moves: Sentence = ()
    if told:
        named = {by: f"{label} {share}" for by, share in told.items()} if stay else told
        moves = quiet(_moves(named, chosen, outcome))
        moves = (Span(f", {_condition(chosen, outcome)}"), *moves)
    if stay:
        text = tr("{had}: {name} stays {was}{moves}.")
    elif certain:
        text = tr("{had}: {name} would be {label} (it was {was}){moves}.")
    else:
        text = tr("{had}: {name} would be {label} with probability {share} (it was {was}){moves}.")
    return say(
        text,
        had=had,
        name=strong(outcome.name),
        label=strong(label),
        share=() if unit.probabilities is None else strong(percent(unit.probabilities[level])),
        was=strong(was) if stay else was,
        moves=moves,
    )


def _share(other: Alternative, level: int) -> float:
    if other.probabilities is None:
        return float(other.value == level)
    return float(other.probabilities[level])


def _numbers(unit: Imagined, shown: Gap) -> dict[Convention, str]:
    """The number by each convention, with the digits of `shown`; of a redraw its range."""
    decimals = -int(shown.after.as_tuple().exponent)
    told: dict[Convention, str] = {
        by: written(rounded(other.value, decimals))
        for by, other in unit.under.items()
        if by is not Convention.REDRAW
    }
    if shown.low is not None and shown.high is not None:
        told[Convention.REDRAW] = range_text(shown.low, shown.high)
    return told


def range_text(low: Decimal, high: Decimal) -> str:
    """0.4 to 6.0; a single number where both ends are the same."""
    if low == high:
        return written(low)
    return tr("{low} to {high}").format(low=written(low), high=written(high))


def _moves(told: Mapping[Convention, str], chosen: Convention, outcome: Variable) -> str:
    """; 2.0 if ranks turn round; 0.4 to 6.0 if luck is drawn again"""
    others = [by for by in Convention if by in told and by is not chosen]
    return "".join(f"; {told[by]} {_condition(by, outcome)}" for by in others)


def _condition(convention: Convention, outcome: Variable) -> str:
    if convention is Convention.REVERSAL:
        return tr("if ranks turn round")
    if convention is Convention.REDRAW:
        return tr("if luck is drawn again")
    kept = tr("if this row keeps its luck"), tr("if this row keeps the same rank")
    return kept[0] if outcome.discrete else kept[1]


def _hull_words(answer: ImagineAnswer, table: Table) -> str:
    unit, shown = answer.units[answer.outcome], imagine_gap(answer, table)
    if unit.hull is None or shown is None:
        return ""
    decimals = -int(shown.after.as_tuple().exponent)
    low, high = (rounded(end, decimals) for end in unit.hull)
    if (low, high) == (shown.low, shown.high):
        return ""
    text = tr(", and over all of them, ranks turned round one by one too, it goes from {range}")
    return text.format(range=range_text(low, high))

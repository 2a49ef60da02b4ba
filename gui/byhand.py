"""The sums behind a discrete answer, such that a pocket calculator comes to the same digits."""

import math
from decimal import Decimal

from engine.data.table import Table
from engine.interventions import Action, Set
from engine.queries.answers import DoAnswer, HandAnswer, HandArm, Stratum
from gui.numerals import THIN, Gap, count, intervention_text, rounded, value_text, written
from gui.phrases import Sentence, Span, joined, quiet, tr
from gui.plots.tabular import Rows

MOST_DIGITS = 8  # decimals of a percentage in a sum, at most


def hand_fits(answer: HandAnswer, table: Table) -> bool:
    """False for an answer about variables or categories that are gone."""
    names = [answer.outcome, *answer.adjusting]
    names += [item.variable for arm in answer.arms for item in arm.action or ()]
    if any(name not in table or not table.variable(name).discrete for name in names):
        return False
    if answer.level >= len(table.variable(answer.outcome).categories):
        return False
    return all(
        code < len(table.variable(name).categories)
        for stratum in answer.strata
        for name, code in zip(answer.adjusting, stratum.codes, strict=True)
    )


def same_numbers(hand: HandAnswer, answer: DoAnswer) -> bool:
    """True where both are of one question and of the same mechanisms."""
    if answer.before_value is None or answer.after_value is None:
        return False
    ends = zip(hand.arms, (answer.before_value, answer.after_value), strict=True)
    alike = all(math.isclose(arm.answered, value, abs_tol=1e-9) for arm, value in ends)
    sides = (hand.arms[0].action, hand.arms[1].action) == (answer.contrast, answer.action)
    return alike and sides and hand.outcome == answer.outcome


def hand_rows(answer: HandAnswer, table: Table) -> Rows:
    """One line per stratum and side: with the category, without it, the share, the answer's own."""
    outcome = table.variable(answer.outcome)
    label = outcome.categories[answer.level]
    other = outcome.categories[1 - answer.level] if len(outcome.categories) == 2 else tr("other")
    treated = ", ".join(item.variable for item in answer.arms[1].action or ())
    head = (*answer.adjusting, treated, label, other, tr("%"), tr("answer"))
    rows = [head]
    for stratum in answer.strata:
        names = _labels(answer, stratum, table)
        for arm, cell in zip(_sides(answer), stratum.cells, strict=True):
            share = written(rounded(100 * cell.hits / cell.rows, 2)) if cell.rows else "–"
            own = "–" if cell.rate is None else written(rounded(100 * cell.rate, 2))
            misses = count(cell.rows - cell.hits)
            values = _values(arm.action or (), table)
            rows.append((*names, values, count(cell.hits), misses, share, own))
    return rows


def hand_words(answer: HandAnswer, table: Table, shown: Gap) -> tuple[Sentence, ...]:
    """The weighted sums of both sides, and where counting and the answer part."""
    said: list[Sentence] = [(Span(_weights_words(answer, table)),)]
    for place, arm in enumerate(_sides(answer)):
        said.append((Span(_arm_words(arm, table), "strong"),))
        said.append((Span(_counted_sum(answer, place, arm)),))
        own = _answer_sum(answer, place, arm, _total(answer, arm, shown))
        said.append((Span(own),))
    if not answer.arms[0].action:
        hits, rows = answer.seen
        text = tr("What was seen: {hits} ÷ {rows} = {share}")
        share = _percent(hits / max(1, rows), 2)
        said.insert(1, (Span(text.format(hits=count(hits), rows=count(rows), share=share)),))
    if answer.left_out:
        text = tr("{n} rows that lack one of the values are left out here.")
        said.append(quiet(text.format(n=count(answer.left_out))))
    said.append(quiet(_apart_words(answer, shown)))
    return tuple(sentence for sentence in said if sentence)


def _sides(answer: HandAnswer) -> tuple[HandArm, ...]:
    return answer.arms if answer.arms[0].action else answer.arms[1:]


def _total(answer: HandAnswer, arm: HandArm, shown: Gap) -> Decimal:
    return shown.after if arm is answer.arms[1] else shown.before


def _labels(answer: HandAnswer, stratum: Stratum, table: Table) -> tuple[str, ...]:
    pairs = zip(answer.adjusting, stratum.codes, strict=True)
    return tuple(table.variable(name).categories[code] for name, code in pairs)


def _values(action: Action, table: Table) -> str:
    return ", ".join(
        value_text(table.variable(item.variable), item.value)
        for item in action
        if isinstance(item, Set)
    )


def _arm_words(arm: HandArm, table: Table) -> str:
    items = (intervention_text(table.variable(i.variable), i) for i in arm.action or ())
    return joined(tuple(items))


def _weights_words(answer: HandAnswer, table: Table) -> str:
    if not answer.adjusting:
        return tr("Nothing to adjust for: one table of {rows} rows.").format(
            rows=count(answer.rows)
        )
    parts = tuple(
        f"{', '.join(_labels(answer, stratum, table))} {count(stratum.rows)}"
        for stratum in answer.strata
    )
    text = tr("Each {names} counts as often as it occurs: {parts} of {rows} rows.")
    names = joined(answer.adjusting)
    return text.format(names=names, parts=joined(parts), rows=count(answer.rows))


def _counted_sum(answer: HandAnswer, place: int, arm: HandArm) -> str:
    """Counted: (357 × 81/87 + 343 × 192/263) ÷ 700 = 83.25 %"""
    if arm.counted is None:
        return tr("Counted: no number, because one table has no such row.")
    terms = [
        f"{count(s.rows)} × {count(s.cells[place].hits)}/{count(s.cells[place].rows)}"
        for s in answer.strata
        if s.rows
    ]
    share = _percent(arm.counted, 2)
    if len(terms) == 1:
        cell = next(s for s in answer.strata if s.rows).cells[place]
        return tr("Counted: {hits} ÷ {rows} = {share}").format(
            hits=count(cell.hits), rows=count(cell.rows), share=share
        )
    text = tr("Counted: ({terms}) ÷ {rows} = {share}")
    return text.format(terms=" + ".join(terms), rows=count(answer.rows), share=share)


def _answer_sum(answer: HandAnswer, place: int, arm: HandArm, total: Decimal) -> str:
    """In the answer: 0.5100 × 93.03 % + 0.4900 × 73.02 % = 83.2 %"""
    parts = [(s.weight, s.cells[place].rate) for s in answer.strata if s.weight]
    if not parts or any(weight is None or rate is None for weight, rate in parts):
        return tr("In the answer: {total}").format(total=_shown(total))
    decimals = max(0, -int(total.as_tuple().exponent))
    for digits in range(decimals + 1, MOST_DIGITS + 1):
        pairs = [
            (rounded(w or 0.0, digits + 2), rounded(100 * (r or 0.0), digits)) for w, r in parts
        ]
        moved = rounded(100 * arm.moved, digits)
        reached = sum((w * rate for w, rate in pairs), moved)
        if rounded(float(reached), decimals) == total:
            break
    terms = " + ".join(f"{written(w)} × {_shown(rate)}" for w, rate in pairs)
    if moved:
        terms += f" {'+' if moved > 0 else '−'} {_shown(abs(moved))}"
    return tr("In the answer: {terms} = {total}").format(terms=terms, total=_shown(total))


def _apart_words(answer: HandAnswer, shown: Gap) -> str:
    """Why counting and the answer differ at the digits shown, if they do."""
    apart = False
    for arm in answer.arms:
        total = _total(answer, arm, shown)
        decimals = max(0, -int(total.as_tuple().exponent))
        apart |= arm.counted is None or rounded(100 * arm.counted, decimals) != total
    if not apart:
        return tr("Counted by hand and answered: the same to the digits shown.")
    if answer.smoothed:
        return tr(
            "The answer adds half a row of the overall shares to each line of the table, so that "
            "an empty one has an answer, too; hence the difference."
        )
    return tr(
        "The answer's shares come from the mechanisms along the arrows drawn, not from each "
        "table alone; hence the difference."
    )


def _percent(share: float, decimals: int) -> str:
    return _shown(rounded(100 * share, decimals))


def _shown(value: Decimal) -> str:
    return f"{written(value)}{THIN}%"

"""Bounds as a sentence: how far hidden causes leave an effect open, or that rows refute them."""

import math

from engine.data.table import Table
from engine.queries.answers import CONFIDENCE, DoAnswer, TableBounds
from gui.numerals import percent, rounded, written
from gui.phrases import Sentence, say, strong, tr


def bounds_sentence(answer: DoAnswer, table: Table) -> Sentence:
    """What stands in the place of a number; () where nothing does."""
    found = answer.bounds
    if found is None:
        return ()
    if found.low is None or found.high is None or found.interval is None:
        return say(
            tr(" {verdict} No hidden causes could make them (p = {p})."),
            verdict=strong(tr("These rows contradict the graph.")),
            p=f"{found.p:.2g}",
        )
    outcome = table.variable(answer.outcome)
    unit = tr("points") if outcome.discrete else outcome.unit
    low, high, under, over = _figures(found, 100.0 if outcome.discrete else 1.0)
    span = tr("{low} to {high} {unit}").format(low=low, high=high, unit=unit).rstrip()
    template = (
        tr(" But if your arrows are right it is {span}, whatever the hidden causes do"
           " ({level}: {under} to {over} with sampling).")
    )  # fmt: skip
    return say(template, span=strong(span), level=percent(CONFIDENCE), under=under, over=over)


def _figures(found: TableBounds, scale: float) -> tuple[str, str, str, str]:
    """Both ends and the interval's, rounded alike: to a tenth of points, else to three digits."""
    ends = [scale * float(end) for end in (found.low or 0.0, found.high or 0.0)]
    ends += [scale * end for end in found.interval or (0.0, 0.0)]
    places = 1
    if scale == 1.0:
        largest = max(abs(end) for end in ends)
        places = max(0, 2 - math.floor(math.log10(largest))) if largest > 0 else 0
    shown = [written(rounded(end, places), signed=True) for end in ends]
    return shown[0], shown[1], shown[2], shown[3]

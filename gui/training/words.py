"""How well a mechanism was learnt, in words: short for a cell, whole for a sentence."""

import math

from PySide6.QtCore import QCoreApplication

from engine.families import OFFERS
from engine.queries.answers import Calibration, LikenessAnswer, Nearness
from engine.runtime.messages import FitReport
from gui.numerals import THIN, count, percent, short, shown

CLEAR = 2.0  # standard errors
FAR = 1.25  # times the distance of halves: what a variable must exceed to be named
MOST_NAMED = 8  # variables in a tooltip


def tr(text: str) -> str:
    """`text` in the user's language."""
    return QCoreApplication.translate("training", text)


def family_words(family: str) -> str:
    """A family as people call it."""
    return tr(OFFERS[family].words) if family in OFFERS else family


def gain_verdict(report: FitReport) -> str:
    """How the family compares with straight lines on held-out rows, in two words."""
    if report.family in OFFERS and OFFERS[report.family].straight:
        return tr("is the line")
    if report.calibration is not None and not report.calibration.enough:
        return tr("too few rows to say")
    if report.gain_error is None or not math.isfinite(report.gain):
        return ""
    if abs(report.gain) <= report.gain_error:
        return tr("no better")
    clear = abs(report.gain) > CLEAR * report.gain_error
    if report.gain > 0:
        return tr("clearly better") if clear else tr("probably better")
    return tr("clearly worse") if clear else tr("probably worse")


def gain_sentence(report: FitReport, *, causes: bool = True) -> str:
    """The same with its number: nats per held-out row, and its standard error."""
    verdict = gain_verdict(report)
    offer = OFFERS.get(report.family)
    if not verdict or report.gain_error is None or (offer is not None and offer.straight):
        return ""
    line = tr("a straight line") if causes else tr("a bell curve")
    if offer is not None and offer.discrete:
        line = tr("straight-line odds")
    few = report.calibration is not None and not report.calibration.enough
    words = tr("too few held-out rows to compare with {0}") if few else verdict + tr(" than {0}")
    gain, error = score(report.gain, signed=True), score(report.gain_error)
    return words.format(line) + tr(": {0} ± {1} nats per row").format(gain, error)


def calibration_verdict(found: Calibration | None) -> str:
    """Whether held-out rows came out as predicted, in a few words."""
    if found is None:
        return ""
    if not found.enough:
        return tr("too few rows ({0})").format(count(found.rows))
    if found.off:
        return tr("off by {0}").format(percent(found.misplaced))
    if found.drifts:
        return tr("changes with {0}").format(found.parent)
    return tr("as predicted")


def calibration_caption(found: Calibration | None) -> str:
    """The verdict with the size of the misfit, to stand over a picture."""
    if found is None:
        return ""
    if not found.enough:
        return calibration_verdict(found)
    if found.off:
        return tr("about {0} misplaced").format(percent(found.misplaced))
    if found.drifts:
        return tr("still changes with {0}").format(found.parent)
    return tr("as predicted, at most {0} misplaced").format(percent(found.at_most))


def calibration_sentence(found: Calibration | None) -> str:
    """The same as a sentence, the size of the misfit first."""
    if found is None:
        return ""
    if not found.enough:
        return tr("{0} held-out rows are too few to check the predictions.").format(
            count(found.rows)
        )
    if found.off:
        return tr(
            "Held-out rows do not fall as predicted: about {0} of them are misplaced."
        ).format(percent(found.misplaced))
    if found.drifts and found.chances:
        return tr("Predicted chances are off along {0}: for about {1} of the rows.").format(
            found.parent, percent(found.drift)
        )
    if found.drifts:
        words = (
            tr("The size of the noise still changes with {0} (rank correlation {1}).")
            if found.spread
            else tr("What is left over still changes with {0} (rank correlation {1}).")
        )
        return words.format(found.parent, score(found.drift, digits=2))
    words = (
        tr("Categories occur as often as predicted: at most {0} of the rows are misplaced.")
        if found.chances
        else tr("Held-out rows fall as predicted: at most {0} of them are misplaced.")
    )
    return words.format(percent(found.at_most))


def calibration_chance(found: Calibration) -> str:
    """The tests behind the sentence, for a tooltip."""
    words = tr("chance of so large a misfit if all is right: {0}").format(chance(found.p))
    if found.parent:
        words += tr(", of going so far with a cause: {0}").format(chance(found.p_parent))
    return words + tr(" ({0} held-out rows)").format(count(found.rows))


def told_name(report: FitReport | None, name: str) -> str:
    """What curve and held-out rows are about: earnings, or earnings other than 0."""
    if report is None or not report.atoms:
        return name
    return tr("{0} other than {1}").format(name, _listed(report.atoms))


def apart_sentence(report: FitReport) -> str:
    """That some values are learnt apart; "" where none are."""
    if not report.atoms:
        return ""
    text = tr("Only of values other than {0}: how often it is exactly {0} is learnt apart.")
    return text.format(_listed(report.atoms))


def fixed_sentence(report: FitReport) -> str:
    """That nothing is left to chance; "" where something is."""
    if not report.deterministic:
        return ""
    words = tr("{0} follows from its causes: what they leave open is under 0.5{1}% of its spread.")
    return words.format(report.variable, THIN)


def rows_sentence(report: FitReport) -> str:
    """Which rows the mechanism was learnt from, and what became of gaps."""
    said = [tr("learnt from {0} rows").format(count(report.rows))]
    if report.dropped:
        said.append(tr("{0} left out").format(count(report.dropped)))
    if report.imputed:
        text = tr("{0} of the values of {1} imputed")
        said.append(text.format(_some(report.imputed), report.variable))
    elif report.filled:
        said.append(tr("{0} of them with an imputed cause").format(_some(report.filled)))
    return ", ".join(said)


def likeness_sentence(found: LikenessAnswer) -> str:
    """How far generated rows are from the table's own, beside two halves of these."""
    if not found.differs:
        return tr("Drawn rows are as near to yours as two halves of yours are to each other.")
    words = tr("Drawn rows are {0} times as far from yours as two halves of yours").format(
        shown(f"{found.whole.ratio:.1f}")
    )
    name, near = max(found.variables.items(), key=lambda item: item[1].ratio)
    if near.ratio > FAR:
        return tr("{0}; most in {1}.").format(words, name)
    if found.pair is not None and found.correlation is not None and found.correlation.ratio > FAR:
        return tr("{0}; most in how {1} and {2} go together.").format(words, *found.pair)
    return f"{words}."


def likeness_details(found: LikenessAnswer) -> str:
    """Each variable's distance, largest ratio first, for a tooltip."""
    lines = [
        tr("{0} drawn rows against {0} of yours; in brackets: two halves of yours").format(
            count(found.rows)
        )
    ]
    far = sorted(found.variables.items(), key=lambda item: -item[1].ratio)
    lines += [f"{name}: {_apart(near)}" for name, near in far[:MOST_NAMED]]
    if found.pair is not None and found.correlation is not None:
        lines.append(
            tr("largest gap of a correlation ({0}, {1}): {2}").format(
                *found.pair, _apart(found.correlation)
            )
        )
    lines.append(
        tr("chance of so large a distance if nothing differs: {0}").format(chance(found.p))
    )
    return "\n".join(lines)


def score(value: float, *, signed: bool = False, digits: int = 3) -> str:
    """Nats per row, three digits after the point; "–" where there is none."""
    if not math.isfinite(value):
        return "–"
    return shown(f"{value:{'+' if signed else ''}.{digits}f}")


def chance(p: float) -> str:
    """A p value: two digits, or below what."""
    return shown("< .001" if p < 0.001 else f"{p:.2g}".replace("0.", ".", 1))


def _listed(values: tuple[float, ...]) -> str:
    return tr(" and ").join(map(short, values))


def _some(share: float) -> str:
    """A share that is not none."""
    return percent(share) if share >= 0.005 else tr("under 1 %")


def _apart(near: Nearness) -> str:
    return shown(f"{near.distance:.3f} ({near.halves:.3f})")

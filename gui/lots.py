"""In words: whether what was fixed before a lot goes with it by more than chance."""

from PySide6.QtCore import QCoreApplication

from engine.queries.lots import LOT_LEVEL, Lot, Unlike
from gui.marks import Line, Mark
from gui.numerals import count

ALMOST_NONE = 0.001
MOST_NAMED = 3  # columns named in a line


def lot_line(lot: Lot) -> Line:
    """One line of the list of tests."""
    name = _of(lot)
    if lot.p is None:
        words = _tr("{0}: how even the lot was").format(name)
        return Line(Mark.OPEN, words, _why_not(lot), lot_sentence(lot))
    if lot.uneven:
        words = _tr("{0}: what was fixed before differs more than chance allows").format(name)
    else:
        words = _tr("{0}: what was fixed before differs no more than chance allows").format(name)
    mark = Mark.WARNED if lot.uneven else Mark.PASSED
    return Line(mark, words, f"{_chance(lot.p)}; {_named(lot)}", lot_details(lot))


def lot_sentence(lot: Lot) -> str:
    """The same in a sentence, for the card."""
    if lot.p is None:
        return _tr("Set by lot. Whether the lot was even cannot be tested: {0}.").format(
            _why_not(lot)
        )
    if not lot.uneven:
        text = _tr(
            "Set by lot, and so it looks: what was fixed before it ({0}) differs no more than "
            "chance allows ({1})."
        )
        return text.format(_counted(lot), _chance(lot.p))
    text = _tr(
        "Set by lot, but what was fixed before it ({0}) differs more than chance allows ({1}): "
        "most of all {2}."
    )
    return text.format(_counted(lot), _chance(lot.p), _named(lot))


def lot_details(lot: Lot) -> str:
    """Every column, and what the test counts as chance."""
    lines = [lot_sentence(lot)]
    for one in sorted(lot.unlike, key=_likely):
        said = _tr("stands out") if one.stands_out else ""
        lines.append(" · ".join(filter(None, (_difference(one), _chance(one.p), said))))
    units = _tr("{0} clusters") if lot.clusters else _tr("{0} rows")
    lines.append(
        _tr(
            "One test of all together ({0}): of 20 fair lots, one fails it. A single column stands "
            "out where its own chance is small for so many columns (Holm)."
        ).format(units.format(count(lot.rows)))
    )
    return "\n".join(lines)


def _of(lot: Lot) -> str:
    return ", ".join(lot.columns)


def _counted(lot: Lot) -> str:
    many = len(lot.unlike)
    return _tr("1 variable") if many == 1 else _tr("{0} variables").format(many)


def _named(lot: Lot) -> str:
    """Those that stand out, else the one that differs most."""
    shown = [one for one in lot.unlike if one.stands_out] if lot.uneven else []
    first = sorted(shown or lot.unlike, key=_likely)[: MOST_NAMED if shown else 1]
    return ", ".join(map(_difference, first))


def _likely(one: Unlike) -> tuple[float, float]:
    """What chance explains least first."""
    return one.p, -one.difference


def _difference(one: Unlike) -> str:
    text = _tr("{0} by {1} sd") if one.groups else _tr("{0} (correlation {1})")
    size = "∞" if one.difference == float("inf") else f"{one.difference:.2f}"
    return text.format(one.name, size.removeprefix("0") if size.startswith("0.") else size)


def _chance(p: float) -> str:
    if p < ALMOST_NONE:
        return "p < .001"
    return (
        f"p = {p:.2f}".replace("0.", ".") if p >= LOT_LEVEL else f"p = {p:.3f}".replace("0.", ".")
    )


def _why_not(lot: Lot) -> str:
    words = {
        "nothing measured was fixed before it": _tr("nothing measured was fixed before it"),
        "too few rows are complete": _tr("too few rows are complete"),
    }
    return words.get(lot.why_not, lot.why_not)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Lots", text)

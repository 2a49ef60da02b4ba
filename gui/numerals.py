"""How numbers are written, and the one place where a difference and its two ends are rounded.

On the screen the decimal sign is the locale's, and groups are set apart by a narrow space, which
means the same everywhere. Files and copied tables never come from here: they have C's locale.
"""

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from PySide6.QtCore import QLocale

from engine.data.variable import Kind, Variable
from engine.interventions import Condition, Intervention, OneOf, Set

THIN = "\u202f"  # narrow no-break space: groups digits, stands before a unit's percent sign
MINUS = "\u2212"
EXACT = Context(prec=700, rounding=ROUND_HALF_EVEN)  # holds any float to any decimal shown
MOST_DIGITS = 9  # significant digits of the larger mean, at most


@dataclass(frozen=True, slots=True)
class Gap:
    """Two numbers and their difference, as shown: `after` − `before` = `difference`, exactly.

    Decimals of the units shown (percent for a probability). `low`, `high`: interval of the
    difference, to the same digits.
    """

    before: Decimal
    after: Decimal
    difference: Decimal
    low: Decimal | None = None
    high: Decimal | None = None


def gap(
    before: float,
    after: float,
    interval: tuple[float, float] | None = None,
    spread: float = 0.0,
) -> Gap:
    """Round both ends to the digits that their difference needs, then subtract.

    Two significant digits of the difference, or of the interval's half-width where that is larger;
    nothing finer than 1 % of `spread`, but one digit of the half-width always.
    """
    half = 0.0 if interval is None else abs(interval[1] - interval[0]) / 2
    scale, finest = max(abs(after - before), half), _decimals(0.01 * spread, 1)
    decimals = _decimals(scale, 2) if scale > 0 else finest
    if spread > 0:
        decimals = min(decimals, finest)
    decimals = max(decimals, _decimals(half, 1))
    size = max(abs(before), abs(after))
    if size > 0:
        decimals = min(decimals, max(0, MOST_DIGITS - 1 - math.floor(math.log10(size))))
    first, last = rounded(before, decimals), rounded(after, decimals)
    low = high = None
    if interval is not None:
        low, high = rounded(interval[0], decimals), rounded(interval[1], decimals)
    return Gap(first, last, EXACT.subtract(last, first), low, high)


def rounded(value: float, decimals: int) -> Decimal:
    """`value` to that many decimals, ties to even, without a negative zero."""
    step = Decimal(1).scaleb(-decimals, EXACT)
    return EXACT.plus(Decimal(repr(float(value))).quantize(step, context=EXACT))


def written(value: Decimal, *, signed: bool = False) -> str:
    """A rounded number with grouped digits and a true minus sign."""
    text = shown(f"{abs(value):,f}".replace(",", THIN))
    sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
    return sign + text


def short(value: float) -> str:
    """A number on its own, up to six significant digits."""
    if not math.isfinite(value):
        return "∞" if value > 0 else MINUS + "∞" if value < 0 else ""
    text = f"{abs(value):.6g}"
    if "e" not in text:
        text = f"{abs(Decimal(text)):,f}".replace(",", THIN)
    return (MINUS if value < 0 else "") + shown(text)


def point() -> str:
    """The decimal sign of the locale."""
    return QLocale().decimalPoint()


def shown(text: str) -> str:
    """The numbers in a text of C's locale (-1.5) as the screen writes them."""
    if "-" in text:
        text = re.sub(r"(?<!\w)-(?=\.?\d)", MINUS, text)
    return (
        text
        if "." not in text or point() == "."
        else re.sub(r"(?<![\w.])(\d*)\.(\d)", rf"\1{point()}\2", text)
    )


def read(text: str) -> float | None:
    """A number as people type it: either decimal sign, grouped or not; None if it is none.

    1,500 is 1500 where the locale groups by commas, and so is 1.500 where it groups by points.
    """
    body = text.strip().replace(MINUS, "-").replace(THIN, "").replace(" ", "")
    group = QLocale().groupSeparator()
    if group in ",." and re.fullmatch(rf"-?[1-9]\d{{0,2}}(\{group}\d{{3}})+(\D\d*)?", body):
        body = body.replace(group, "")
    if body.count(",") == 1 and "." not in body:
        body = body.replace(",", ".")
    try:
        value = float(body)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def count(value: int) -> str:
    """A whole number with grouped digits."""
    return f"{value:,}".replace(",", THIN)


def percent(share: float) -> str:
    """A share 0 … 1 in whole percent."""
    return f"{rounded(100 * share, 0)}{THIN}%"


def value_text(variable: Variable, value: float, *, unit: bool = True) -> str:
    """A value of `variable` in its unit; a label for a code; 2 of a continuum is written 2.0."""
    if variable.discrete:
        return variable.show(value) or "?"
    if math.isnan(value):
        return "?"
    text = short(value)
    if variable.kind is Kind.CONTINUOUS and variable.step is None and text.lstrip(MINUS).isdigit():
        text += f"{point()}0" if abs(value) < 100 else ""
    return f"{text} {variable.unit}" if unit and variable.unit else text


def condition_text(variable: Variable, condition: Condition, *, unit: bool = True) -> str:
    """Evidence in a few words, without the variable's name: 1.9–2.1 mg, ≥ 3, = low or mid."""
    if isinstance(condition, OneOf):
        labels = [value_text(variable, code) for code in condition.codes]
        return "= " + (" or ".join([", ".join(labels[:-1]), labels[-1]] if labels[1:] else labels))
    low, high = condition.low, condition.high
    if math.isinf(low) and math.isinf(high):
        return "known"
    if math.isinf(low):
        return "≤ " + value_text(variable, high, unit=unit)
    if math.isinf(high):
        return "≥ " + value_text(variable, low, unit=unit)
    if low == high:
        return "= " + value_text(variable, low, unit=unit)
    dash = "–" if low >= 0 else " … "
    return value_text(variable, low, unit=False) + dash + value_text(variable, high, unit=unit)


def intervention_text(variable: Variable, intervention: Intervention) -> str:
    """An intervention as it is written: do(dose = 2.0 mg), do(dose += 0.5 mg)."""
    if isinstance(intervention, Set):
        return f"do({variable.name} = {value_text(variable, intervention.value)})"
    sign = "−" if intervention.amount < 0 else "+"
    amount = value_text(variable, abs(intervention.amount))
    return f"do({variable.name} {sign}= {amount})"


def _decimals(scale: float, digits: int) -> int:
    """Decimals that show `digits` significant digits of `scale`; 0 for no scale."""
    if scale <= 0 or not math.isfinite(scale):
        return 0
    return max(0, digits - 1 - math.floor(math.log10(scale)))

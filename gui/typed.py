"""What is typed on a card: 2, +0.5, = −2, a category; 1.9–2.1, ≥ 3, low or mid. No Qt."""

import math
import re
from collections.abc import Sequence

from engine.data.variable import Kind, Variable
from engine.errors import DataError
from engine.interventions import Condition, Intervention, OneOf, Range, Set, Shift
from gui.numerals import MINUS, read, short, value_text

LARGEST = 1e15
SIGNS = ("+", "-", MINUS)
BETWEEN = re.compile(r"(?<=[\w.,%])\s*(?:–|…|\.\.+|\bto\b|-(?=\s*[\d.,-]))\s*")
LEAST, MOST = re.compile(r"(?:>=?|≥)\s*(.+)"), re.compile(r"(?:<=?|≤)\s*(.+)")


def typed_action(variable: Variable, text: str) -> Intervention:
    """do(…) as it is typed: 2 or = −2 sets, +0.5 and −0.5 shift; a category by its name.

    The unit may stand behind. A text that means nothing is a DataError of one sentence.
    """
    text = text.strip()
    if variable.discrete:
        return Set(variable.name, float(_code(variable, text.removeprefix("=").strip())))
    if text.startswith(SIGNS):
        return Shift(variable.name, _number(variable, text))
    value = _number(variable, text.removeprefix("="))
    return Set(variable.name, _possible(variable, value))


def typed_actions(variables: Sequence[Variable], text: str) -> tuple[Intervention, ...]:
    """The same for the components of a vector: (1, 2) or 1; 2."""
    if len(variables) == 1:
        return (typed_action(variables[0], text),)
    inner = text.strip().removeprefix("=").strip().removeprefix("(").removesuffix(")")
    parts = inner.split(";" if ";" in inner else ",")
    if len(parts) != len(variables):
        names = ", ".join(v.name for v in variables)
        raise DataError(
            f"There are {len(variables)} values to set: {names}",
            remedy="separate them by semicolons, like 1; 2",
        )
    made = tuple(typed_action(v, part) for v, part in zip(variables, parts, strict=True))
    if len({type(item) for item in made}) > 1:
        raise DataError(
            "Some of these are set and some shifted", remedy="set all of them, or shift all"
        )
    return made


def typed_condition(variable: Variable, text: str) -> Condition:
    """Rows to look at, as they are typed: 2, 1.9–2.1, ≥ 3, < 5; categories, several by commas."""
    text = text.strip().removeprefix("=").strip()
    if variable.discrete:
        known = text in variable.categories
        words = [text] if known else re.split(r"\s*[,;|]\s*|\s+or\s+", text)
        return OneOf(variable.name, tuple(sorted({_code(variable, word) for word in words})))
    if found := LEAST.fullmatch(text):
        return Range(variable.name, _number(variable, found[1]), math.inf)
    if found := MOST.fullmatch(text):
        return Range(variable.name, -math.inf, _number(variable, found[1]))
    ends = BETWEEN.split(text)
    if len(ends) == 2 and read(text) is None:
        low, high = sorted(_number(variable, end) for end in ends)
        return Range(variable.name, low, high)
    value = _number(variable, text)
    return Range(variable.name, value, value)


def action_text(variable: Variable, item: Intervention | None) -> str:
    """What stands in the field before anything is typed."""
    if item is None:
        return ""
    if isinstance(item, Shift):
        sign = MINUS if item.amount < 0 else "+"
        return sign + value_text(variable, abs(item.amount), unit=False)
    text = value_text(variable, item.value, unit=False)
    return f"= {text}" if text.startswith(MINUS) and not variable.discrete else text


def condition_typed(variable: Variable, item: Condition | None) -> str:
    """The same of rows to look at."""
    if item is None:
        return ""
    if isinstance(item, OneOf):
        there = [code for code in item.codes if code < len(variable.categories)]
        return ", ".join(variable.categories[code] for code in there)
    if item.low == item.high:
        return short(item.low)
    if math.isinf(item.low) or math.isinf(item.high):
        known = math.isinf(item.low) and math.isinf(item.high)
        least = f"≥ {short(item.low)}"
        return "" if known else f"≤ {short(item.high)}" if math.isinf(item.low) else least
    return f"{short(item.low)} … {short(item.high)}"


def _number(variable: Variable, text: str) -> float:
    text = text.strip()
    bare = text.removesuffix(variable.unit).strip() if variable.unit else text
    value = read(bare)
    if value is None or abs(value) > LARGEST:
        said = f"{text!r} is not a number" if text else "Nothing was typed"
        raise DataError(f"{said} for {variable.name}", remedy="type one like 2.5, or +0.5 to shift")
    return value


def _possible(variable: Variable, value: float) -> float:
    low, high = variable.lower, variable.upper
    if (low is not None and value < low) or (high is not None and value > high):
        ends = [f"from {short(low)}" if low is not None else ""]
        ends.append(f"up to {short(high)}" if high is not None else "")
        raise DataError(
            f"{variable.name} cannot be {short(value)}",
            remedy=f"type a value {' '.join(filter(None, ends))}",
        )
    if variable.kind is Kind.COUNT and (value < 0 or value != round(value)):
        raise DataError(
            f"{variable.name} is a count and cannot be {short(value)}",
            remedy="type a whole number, 0 or more",
        )
    return value


def _code(variable: Variable, text: str) -> int:
    """The category of this name, whatever its case; or the only one that begins like this."""
    labels = variable.categories
    if text in labels:
        return labels.index(text)
    folded = [label.casefold() for label in labels]
    for fits in (str.__eq__, str.startswith):
        found = [i for i, label in enumerate(folded) if text and fits(label, text.casefold())]
        if len(found) == 1:
            return found[0]
    known = ", ".join(labels[:8]) + (" …" if len(labels) > 8 else "")
    said = f"{variable.name} has no category {text!r}" if text else "Nothing was typed"
    raise DataError(said, remedy=f"type one of {known}")

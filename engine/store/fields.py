"""Strict JSON: text → checked values; every doubt is a ProjectFileError that names its place."""

import json
import math
from collections.abc import Callable, Iterable
from typing import TypeVar

from engine.errors import ProjectFileError

T = TypeVar("T")
PREVIOUS = "open its previous version, the file with ~ at the end of its name"


def damaged(what: str) -> ProjectFileError:
    """The refusal of a file whose content is not what was written."""
    return ProjectFileError(
        f"The project file is damaged: {what}",
        remedy=PREVIOUS,
    )


def dump(value: object) -> str:
    """ASCII JSON without NaN or infinities."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def load(text: str) -> dict[str, object]:
    """The JSON object in `text`: no NaN, no key twice."""
    try:
        value = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise damaged("its description is not readable") from error
    return mapping(value, "its description")


def mapping(value: object, what: str) -> dict[str, object]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise damaged(f"{what} is not an object")
    return value


def get(fields: dict[str, object], key: str, read: Callable[[object, str], T]) -> T:
    """Field `key`, read by `read`."""
    if key not in fields:
        raise damaged(f"{key} is missing")
    return read(fields[key], key)


def string(value: object, what: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise damaged(f"{what} is not a text")
    return value


def integer(value: object, what: str) -> int:
    """A whole number of 64 bits."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
        raise damaged(f"{what} is not a whole number")
    return value


def natural(value: object, what: str) -> int:
    """A whole number from 0 up."""
    number = integer(value, what)
    if number < 0:
        raise damaged(f"{what} is below 0")
    return number


def truth(value: object, what: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise damaged(f"{what} is neither true nor false")
    return value


def number(value: object, what: str) -> float:
    """A finite number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise damaged(f"{what} is not a number")
    try:
        finite = float(value)
    except OverflowError as error:
        raise damaged(f"{what} is not a number") from error
    if not math.isfinite(finite):
        raise damaged(f"{what} is not a finite number")
    return finite


def spelled(value: object, what: str) -> float:
    """A finite number, 1 and 1.0 kept apart, because a hash was taken of how it is written."""
    finite = number(value, what)
    return value if isinstance(value, int) else finite


def anything(value: object, what: str) -> object:
    """The value as it is; `what` is for the other readers."""
    return value


def bound(value: object, what: str) -> float:
    """A finite number, or "inf" or "-inf" for an open end."""
    if value == "inf":
        return math.inf
    return -math.inf if value == "-inf" else number(value, what)


def bound_json(value: float) -> float | str:
    """What `bound` reads back."""
    return value if math.isfinite(value) else str(value)


def optional(read: Callable[[object, str], T]) -> Callable[[object, str], T | None]:
    """`read`, or None for null."""
    return lambda value, what: None if value is None else read(value, what)


def many(read: Callable[[object, str], T]) -> Callable[[object, str], tuple[T, ...]]:
    """A list of what `read` reads."""

    def read_many(value: object, what: str) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise damaged(f"{what} is not a list")
        return tuple(read(item, what) for item in value)

    return read_many


def by_name(read: Callable[[object, str], T]) -> Callable[[object, str], dict[str, T]]:
    """An object whose values `read` reads."""

    def read_all(value: object, what: str) -> dict[str, T]:
        return {key: read(item, what) for key, item in mapping(value, what).items()}

    return read_all


def two(read: Callable[[object, str], T]) -> Callable[[object, str], tuple[T, T]]:
    """A list of exactly two."""

    def read_two(value: object, what: str) -> tuple[T, T]:
        found = many(read)(value, what)
        if len(found) != 2:
            raise damaged(f"{what} is not a pair")
        return found[0], found[1]

    return read_two


def distinct(names: Iterable[str], what: str) -> tuple[str, ...]:
    """Names, each once and none empty."""
    found = tuple(names)
    if len(set(found)) != len(found) or not all(name.strip() for name in found):
        raise damaged(f"{what} has a name twice or an empty one")
    return found


def _no_constant(text: str) -> float:
    raise ValueError(text)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found

"""What a project compares by balance alone, as JSON and back."""

from engine.queries.balanced import PENALTY, Estimand, Instant
from engine.store.fields import (
    damaged,
    distinct,
    get,
    many,
    mapping,
    natural,
    number,
    optional,
    truth,
)
from engine.store.fields import string as text

Json = dict[str, object]


def instant_json(asked: Instant) -> Json:
    """What is compared, and what was ticked."""
    fields: Json = {
        "treatment": asked.treatment,
        "outcome": asked.outcome,
        "value": asked.value,
        "other": asked.other,
        "level": asked.level,
        "estimand": asked.estimand.value,
        "fixed": list(asked.fixed),
    }
    if asked.penalty != PENALTY:
        fields["penalty"] = asked.penalty
    if asked.bootstrap:
        fields["bootstrap"] = True
    return fields


def instant_from(value: object, what: str) -> Instant:
    """What `instant_json` wrote; None for a project without."""
    if value is None:
        return Instant()
    fields = {"penalty": PENALTY, "bootstrap": False} | mapping(value, what)
    return Instant(
        get(fields, "treatment", optional(text)),
        get(fields, "outcome", optional(text)),
        get(fields, "value", optional(number)),
        get(fields, "other", optional(number)),
        get(fields, "level", optional(natural)),
        get(fields, "estimand", _estimand),
        distinct(get(fields, "fixed", many(text)), "fixed"),
        get(fields, "penalty", _penalty),
        get(fields, "bootstrap", truth),
    )


def _penalty(value: object, what: str) -> float:
    found = number(value, what)
    if not found > 0:
        raise damaged(f"{what} is not above 0")
    return found


def _estimand(value: object, what: str) -> Estimand:
    if value not in {one.value for one in Estimand}:
        raise damaged(f"{what} holds an unknown word")
    return Estimand(text(value, what))

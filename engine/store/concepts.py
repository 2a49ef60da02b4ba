"""What concepts are learnt from, as JSON and back."""

from engine.queries.concepts import WIDTH, Concepts, ConceptSet, Encoder
from engine.store.fields import damaged, distinct, get, many, mapping, natural, number
from engine.store.fields import string as text

Json = dict[str, object]
MOST_RESTARTS = 50


def concepts_json(concepts: Concepts) -> Json:
    """Everything that was chosen."""
    return {
        "columns": list(concepts.columns),
        "sets": [
            {"name": one.name, "filters": [[name, value] for name, value in one.filters]}
            for one in concepts.sets
        ],
        "labels": concepts.labels,
        "base": concepts.base,
        "width": concepts.width,
        "unknown": concepts.unknown,
        "encoder": concepts.encoder.value,
        "restarts": concepts.restarts,
    }


def concepts_from(value: object, what: str) -> Concepts:
    """What `concepts_json` wrote; nothing chosen for a project without."""
    if value is None:
        return Concepts()
    fields = mapping(value, what)
    return Concepts(
        distinct(get(fields, "columns", many(text)), "columns"),
        get(fields, "sets", many(_set)),
        get(fields, "labels", text),
        get(fields, "base", text),
        get({"width": WIDTH} | fields, "width", _width),
        get(fields, "unknown", natural),
        get(fields, "encoder", _encoder),
        get(fields, "restarts", _restarts),
    )


def _set(value: object, what: str) -> ConceptSet:
    fields = mapping(value, what)
    filters = get(fields, "filters", many(_filter))
    distinct((name for name, _ in filters), "filters")
    return ConceptSet(get(fields, "name", text), filters)


def _filter(value: object, what: str) -> tuple[str, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise damaged(f"{what} is not a concept with a value")
    return text(value[0], what), number(value[1], what)


def _width(value: object, what: str) -> float:
    found = number(value, what)
    if not found > 0:
        raise damaged(f"{what} is not above 0")
    return found


def _restarts(value: object, what: str) -> int:
    found = natural(value, what)
    if not 1 <= found <= MOST_RESTARTS:
        raise damaged(f"{what} is not a number from 1 to {MOST_RESTARTS}")
    return found


def _encoder(value: object, what: str) -> Encoder:
    if value not in {one.value for one in Encoder}:
        raise damaged(f"{what} holds an unknown word")
    return Encoder(text(value, what))

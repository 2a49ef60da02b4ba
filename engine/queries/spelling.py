"""Queries that name a vector, spelled out over its components: do(V=(1, 2)) sets both columns."""

from dataclasses import replace

from engine.errors import QueryError
from engine.graph.vectors import Vectors
from engine.queries.language import Chance, Clause, Doing, Event, Law, Mean, Query, Sum, Unit, place


def spelled_out(query: Query, vectors: Vectors) -> Query:
    """`query` about columns alone; what cannot be asked of a whole vector is refused."""
    if not vectors:
        return query
    match query:
        case Mean() | Chance():
            return _term(query, vectors)
        case Law(outcome, given, at):
            _one_column(outcome, at, vectors)
            return replace(query, given=_clause(given, vectors))
        case Unit(outcome, doing, _, at):
            _one_column(outcome, at, vectors)
            return replace(query, doing=_doing(doing, vectors))
        case Sum(terms, _):
            return replace(query, terms=tuple((f, _term(t, vectors)) for f, t in terms))


def _term(term: Mean | Chance, vectors: Vectors) -> Mean | Chance:
    if isinstance(term, Mean):
        _one_column(term.outcome, term.at, vectors)
        return replace(term, given=_clause(term.given, vectors))
    _one_column(term.event.variable, term.event.at, vectors)
    return replace(term, given=_clause(term.given, vectors))


def _clause(given: Clause, vectors: Vectors) -> Clause:
    evidence = (part for event in given.evidence for part in _event(event, vectors))
    natural = _doing(given.natural, vectors)
    return Clause(_doing(given.doing, vectors), tuple(evidence), given.through, natural)


def _doing(doing: tuple[Doing, ...], vectors: Vectors) -> tuple[Doing, ...]:
    found: list[Doing] = []
    for item in doing:
        if item.variable not in vectors:
            found.append(item)
            continue
        columns = vectors.columns(item.variable)
        values = _values(item.value, item.variable, item.at, vectors, f"do({item.variable}=…)")
        found += (
            replace(item, variable=column, value=value)
            for column, value in zip(columns, values, strict=True)
        )
    return tuple(found)


def _event(event: Event, vectors: Vectors) -> tuple[Event, ...]:
    if event.variable not in vectors:
        return (event,)
    columns = vectors.columns(event.variable)
    if event.op != "=":
        raise QueryError(
            vectors.words(event.variable),
            where=place(event.at),
            remedy=f"say it of {' or '.join(columns)}, as {columns[0]} {event.op} 1",
        )
    values = _values(event.value, event.variable, event.at, vectors, f"{event.variable}=…")
    return tuple(
        replace(event, variable=column, value=value)
        for column, value in zip(columns, values, strict=True)
    )


def _values(
    value: str | tuple[str, ...] | None, name: str, at: int, vectors: Vectors, example: str
) -> tuple[str, ...]:
    """One value per component of the vector `name`; `example` holds … where they stand."""
    columns = vectors.columns(name)
    if isinstance(value, tuple) and len(value) == len(columns):
        return value
    ones = f"({', '.join('1' for _ in columns)})"
    raise QueryError(
        vectors.words(name),
        where=place(at),
        remedy=f"give a value for each, as {example.replace('…', ones)}",
    )


def _one_column(outcome: str, at: int, vectors: Vectors) -> None:
    if outcome in vectors:
        raise QueryError(
            vectors.words(outcome),
            where=place(at),
            remedy=f"ask for {' or '.join(vectors.columns(outcome))}",
        )

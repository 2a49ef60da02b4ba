"""User verbs for concepts learnt from a representation: pure functions Project → Project. No Qt."""

from dataclasses import replace

import numpy as np

from engine.checks.concepts import conditions
from engine.data.table import Table
from engine.errors import DataError
from engine.project import Position, Project
from engine.queries.concepts import (
    Concepts,
    ConceptsAnswer,
    ConceptSet,
    Encoder,
    with_valuations,
)
from gui.edits import CARD_STEP, add_columns, use_table

RESTARTS = (1, 3, 5, 10)
MOST_UNKNOWN = 6  # concepts of which nobody says which set holds which


def usable(table: Table | None) -> tuple[str, ...]:
    """Columns that can be part of a representation: numbers."""
    return () if table is None else tuple(v.name for v in table.variables if not v.discrete)


def labelling(table: Table | None) -> tuple[str, ...]:
    """Columns whose categories can say which set a row belongs to."""
    variables = () if table is None else table.variables
    return tuple(v.name for v in variables if v.discrete and len(v.categories) > 1)


def resolved(project: Project) -> Concepts:
    """What is learnt: the sets in which something is held; all where nobody says which holds which.

    Columns that the table has no more are left out.
    """
    concepts, table = project.concepts, project.table
    if table is None:
        return concepts
    columns = tuple(name for name in concepts.columns if name in table)
    told = concepts.sets if concepts.unknown else tuple(s for s in concepts.sets if s.filters)
    return replace(concepts, columns=columns, sets=told)


def tick_column(project: Project, name: str) -> Project:
    """A column is part of the representation, or no longer."""
    columns, table = project.concepts.columns, project.table
    chosen = set(columns) ^ {name}
    order = usable(table)
    return _changed(project, columns=tuple(n for n in order if n in chosen))


def take_columns(project: Project, *, all_of_them: bool) -> Project:
    """Every column of numbers that is not drawn is the representation, or none is."""
    drawn = set(project.columns) | set(project.graph.variables)
    free = tuple(n for n in usable(project.table) if n not in drawn)
    return _changed(project, columns=free if all_of_them else ())


def choose_labels(project: Project, name: str) -> Project:
    """A column says which set a row belongs to; "": sets are rows near values instead."""
    if name == project.concepts.labels:
        return project
    table = project.table
    if not name or table is None:
        return _changed(project, labels="", base="", sets=(), unknown=0)
    categories = table.variable(name).categories
    codes = table[name]
    sizes = [int((codes == code).sum()) for code in range(len(categories))]
    return _labelled(project, name, categories[int(np.argmax(sizes))])


def choose_base(project: Project, base: str) -> Project:
    """The category of rows that nobody chose."""
    return _labelled(project, project.concepts.labels, base)


def choose_encoder(project: Project, encoder: Encoder) -> Project:
    """A plane or a curved surface."""
    return _changed(project, encoder=encoder)


def choose_restarts(project: Project, restarts: int) -> Project:
    """How often learning begins afresh."""
    return _changed(project, restarts=restarts)


def choose_width(project: Project, width: float) -> Project:
    """How wide filters are, in standard deviations of what they filter."""
    return _changed(project, width=width)


def choose_unknown(project: Project, count: int) -> Project:
    """The sets say which concepts they hold (0), or only how many concepts there are is known."""
    return _changed(project, unknown=count)


def add_set(project: Project, one: ConceptSet) -> Project:
    """One set more, or what it holds in the set that has its category and holds nothing yet."""
    concepts = project.concepts
    if concepts.labels:
        free = next((i for i, s in enumerate(concepts.sets) if not s.filters), None)
        if free is None:
            raise DataError(
                f"Every category of {concepts.labels} is a set already",
                remedy="give one of the sets other values, or add rows of another category",
            )
        return _set_at(project, free, replace(one, name=concepts.sets[free].name))
    taken = {s.name for s in concepts.sets}
    name, number = one.name, 1
    while name in taken:
        number += 1
        name = f"{one.name} {number}"
    return _changed(project, sets=(*concepts.sets, replace(one, name=name)))


def add_concept(project: Project, name: str, place: int) -> Project:
    """A new concept, held in the set at `place`; filtered by a column in a set of its own."""
    concepts, name = project.concepts, name.strip()
    if not name:
        return project
    if name in concepts.names:
        raise DataError(f"There is already a concept named {name}", remedy="choose another name")
    value = default_value(project, name)
    if not concepts.labels:
        return add_set(project, ConceptSet(name, ((name, value),)))
    if not concepts.sets:
        raise DataError("There is no set beside the base set", remedy="choose another column")
    place = min(max(place, 0), len(concepts.sets) - 1)
    one = concepts.sets[place]
    return _set_at(project, place, replace(one, filters=(*one.filters, (name, value))))


def rename_concept(project: Project, old: str, new: str) -> Project:
    """A concept of labelled sets has another name."""
    concepts, new = project.concepts, new.strip()
    if not new or new == old:
        return project
    if new in concepts.names:
        raise DataError(f"There is already a concept named {new}", remedy="choose another name")
    sets = tuple(
        replace(one, filters=tuple((new if n == old else n, v) for n, v in one.filters))
        for one in concepts.sets
    )
    return _changed(project, sets=sets)


def remove_concept(project: Project, name: str) -> Project:
    """No set holds a concept any more; sets that were only about it go."""
    sets = []
    for one in project.concepts.sets:
        kept = tuple((n, v) for n, v in one.filters if n != name)
        if kept or project.concepts.labels or not one.filters:
            sets.append(replace(one, filters=kept))
    return _changed(project, sets=tuple(sets))


def remove_set(project: Project, place: int) -> Project:
    """A set goes; one that a label names holds nothing any more."""
    sets = project.concepts.sets
    if not 0 <= place < len(sets):
        return project
    if project.concepts.labels:
        return _set_at(project, place, replace(sets[place], filters=()))
    return _changed(project, sets=sets[:place] + sets[place + 1 :])


def hold(project: Project, place: int, name: str, value: float | None) -> Project:
    """The set at `place` holds a concept near `value`; None: it does not hold it."""
    one = project.concepts.sets[place]
    held = dict(one.filters)
    if value is None:
        held.pop(name, None)
    else:
        held[name] = value
    order = project.concepts.names
    filters = tuple((n, held[n]) for n in order if n in held)
    return _set_at(project, place, replace(one, filters=filters))


def default_value(project: Project, name: str) -> float:
    """Where a concept is held unless something else is said: a column's upper quartile, else 1."""
    table = project.table
    used = [v for one in project.concepts.sets for n, v in one.filters if n == name]
    if table is None or project.concepts.labels or name not in table:
        return max(used, default=0.0) + 1.0
    return float(f"{np.nanquantile(table[name], 0.75):.3g}")


def add_proposed(project: Project) -> Project:
    """The set that is missing."""
    proposal = conditions(resolved(project), project.table).proposal
    return project if proposal is None else add_set(project, proposal)


def used(table: Table | None, answer: ConceptsAnswer) -> bool:
    """True where the valuations are columns of the table already."""
    if table is None or len(answer.valuations) != table.rows:
        return False
    likely = [n for n in table.names if any(n.startswith(axis.name) for axis in answer.axes)]
    return all(
        any(np.array_equal(table[name], column, equal_nan=True) for name in likely)
        for column in answer.valuations.T
    )


def use_as_variables(project: Project, answer: ConceptsAnswer) -> Project:
    """The valuations become columns of the table, and the columns nodes right of what is drawn."""
    if project.table is None:
        return project
    old = project.table.names
    table = with_valuations(project.table, answer)
    changed = replace(use_table(project, table), question=project.question)
    added = [name for name in table.names if name not in old]
    return add_columns(changed, _places(project, added))


def _labelled(project: Project, labels: str, base: str) -> Project:
    """A set for each category but the base; those that were there keep what they hold."""
    table = project.table
    if table is None or not labels:
        return project
    known = {one.name: one for one in project.concepts.sets}
    names = (name for name in table.variable(labels).categories if name != base)
    sets = tuple(known.get(name, ConceptSet(name)) for name in names)
    columns = tuple(name for name in project.concepts.columns if name != labels)
    return _changed(project, labels=labels, base=base, sets=sets, columns=columns)


def _places(project: Project, names: list[str]) -> dict[str, Position]:
    """Below what is drawn, side by side."""
    drawn = [project.positions[n] for n in project.graph.variables if n in project.positions]
    left = min((x for x, _ in drawn), default=0.0)
    below = max((y for _, y in drawn), default=-CARD_STEP[1]) + CARD_STEP[1]
    return {name: (left + i * CARD_STEP[0], below) for i, name in enumerate(names)}


def _set_at(project: Project, place: int, one: ConceptSet) -> Project:
    sets = list(project.concepts.sets)
    sets[place] = one
    return _changed(project, sets=tuple(sets))


def _changed(project: Project, **changes: object) -> Project:
    return replace(project, concepts=replace(project.concepts, **changes))  # type: ignore[arg-type]

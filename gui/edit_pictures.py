"""User verbs about pictures: read for a column, and what cannot be drawn from one. No Qt."""

from collections.abc import Iterable
from dataclasses import replace

from engine.data.pictures import Pictures
from engine.data.table import Table
from engine.errors import DataError, GraphError
from engine.project import Project


def use_pictures(
    project: Project, name: str, pictures: Pictures, notes: Iterable[str] = ()
) -> Project:
    """The column `name` holds pictures: they take the place of the names of their files."""
    table = project.table
    if table is None or table.rows != pictures.rows:
        raise DataError(
            f"These are pictures of {pictures.rows} rows, which the table does not have",
            remedy="open the table again, then read its pictures",
        )
    variables = tuple(v for v in table.variables if v.name != name)
    if not variables:
        raise DataError(
            f"{name} is the only column", remedy="give the table a column of values, too"
        )
    left_out = f"{name} was left out"  # as the reading of the table said
    kept = tuple(note for note in table.notes if not note.startswith(left_out))
    changed = replace(
        table,
        variables=variables,
        columns={v.name: table[v.name] for v in variables},
        pictures={**table.pictures, name: pictures},
        notes=(*kept, *notes),
    )
    return with_leaves(replace(project, table=changed))


def check_effect(project: Project, cause: str, effect: str) -> None:
    """Refuse an arrow out of a picture."""
    if cause in project.pictures:
        raise GraphError(
            f"{cause} is a picture, and here a picture causes nothing",
            where=f"{cause} → {effect}",
            remedy="turn the arrow round",
        )


def with_leaves(project: Project) -> Project:
    """`project`, refused where a picture causes something or shares a hidden cause."""
    for name in project.pictures:
        effects, others = project.graph.children(name), project.graph.siblings(name)
        for effect in effects:
            check_effect(project, name, effect)
        if others:
            raise GraphError(
                f"{name} is a picture, and here a picture shares no hidden cause",
                where=f"{name} ↔ {others[0]}",
                remedy="draw an arrow to it",
            )
    return project


def renamed_pictures(table: Table | None, old: str, new: str) -> Table | None:
    """The table with pictures called otherwise; a name in use is refused."""
    if table is None or old not in table.pictures:
        return table
    if new in table or new in table.pictures:
        raise DataError(f"There is already a variable named {new}", remedy="choose another name")
    named = {new if name == old else name: found for name, found in table.pictures.items()}
    return replace(table, pictures=named)


def carried_pictures(table: Table, old: Table) -> Table:
    """`table` (the same file read again) with the pictures of `old`, if it has as many rows."""
    if table.pictures or table.rows != old.rows:
        return table
    names = [name for name in old.pictures if name in table]
    if names:
        kept = tuple(v for v in table.variables if v.name not in names)
        table = replace(table, variables=kept, columns={v.name: table[v.name] for v in kept})
    return replace(table, pictures=dict(old.pictures))

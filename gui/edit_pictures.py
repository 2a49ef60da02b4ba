"""User verbs about pictures: read for a column, and what cannot be drawn from one. No Qt."""

from collections.abc import Iterable
from dataclasses import replace

from engine.data.picture_files import with_pictures
from engine.data.pictures import Pictures
from engine.data.table import Table
from engine.errors import DataError
from engine.graph.leaves import check_leaves
from engine.project import Project


def use_pictures(
    project: Project, name: str, pictures: Pictures, notes: Iterable[str] = ()
) -> Project:
    """The column `name` holds pictures: they take the place of the names of their files."""
    if project.table is None:
        return project
    table = with_pictures(project.table, name, pictures, notes)
    return with_leaves(replace(project, table=table))


def with_leaves(project: Project) -> Project:
    """`project`, refused where a picture causes something or shares a hidden cause."""
    check_leaves(project.graph, project.pictures)
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
    for name, pictures in old.pictures.items():
        table = with_pictures(table, name, pictures)
    return table

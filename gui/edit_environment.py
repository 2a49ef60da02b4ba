"""User verbs for environments: pure functions Project → Project. No Qt."""

from dataclasses import replace

from engine.data.table import Table
from engine.data.variable import Kind
from engine.project import Project

SPLITS = frozenset({Kind.BINARY, Kind.CATEGORICAL, Kind.ORDINAL})


def choose_environment(project: Project, column: str) -> Project:
    """The categories of `column` are the environments; "": nothing is compared."""
    return replace(project, environment=column)


def environments(table: Table | None) -> tuple[str, ...]:
    """The columns that could name environments."""
    if table is None:
        return ()
    return tuple(v.name for v in table.variables if v.kind in SPLITS)


def environment(project: Project) -> str:
    """The chosen column while the table has it as one that could be, or ""."""
    return project.environment if project.environment in environments(project.table) else ""

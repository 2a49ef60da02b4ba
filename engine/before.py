"""What was fixed before a variable got its value: derived from time tiers and arrows."""

from engine.data.table import Table
from engine.graph.tiers import Tiers
from engine.project import Project


def fixed_before(project: Project, name: str) -> tuple[str, ...]:
    """The columns that the variable `name` cannot have changed, in the table's order.

    Columns in an earlier tier, drawn or not; and drawn variables that no arrows lead to from
    `name`, unless their tier is later. Columns that only say how rows count are left out.
    """
    table = project.table
    if table is None:
        return ()
    graph, tiers = project.graph, project.tiers
    reached = graph.descendants((name,)) if name in graph.variables else frozenset((name,))
    drawn = {c: v for v in graph.variables for c in project.vectors.columns(v)}
    own = project.vectors.columns(name)

    def before(column: str) -> bool:
        node = drawn.get(column, column)
        if column in own or node in reached or node in graph.latent:
            return False
        if node in tiers and name in tiers and tiers[node] != tiers[name]:
            return tiers[node] < tiers[name]
        return node in graph.variables

    return tuple(c for c in table.names if c not in table.design.columns and before(c))


def earlier_columns(table: Table, tiers: Tiers, name: str) -> frozenset[str]:
    """Columns whose tier is before that of `name`; none where it has no tier."""
    if name not in tiers:
        return frozenset()
    return frozenset(v for v in table.names if v in tiers and tiers[v] < tiers[name])


def later_columns(table: Table, tiers: Tiers, name: str) -> frozenset[str]:
    """Columns whose tier is after that of `name`; none where it has no tier."""
    if name not in tiers:
        return frozenset()
    return frozenset(v for v in table.names if v in tiers and tiers[v] > tiers[name])


def lots(project: Project) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Of each measured variable that a lot set: its columns, and what was fixed before it."""
    return tuple(
        (project.vectors.columns(v), fixed_before(project, v))
        for v in project.graph.variables
        if v in project.randomised and project.measured(v)
    )

"""The components of a vector are set together, or shifted together. No Qt."""

import numpy as np

from engine.data.table import Table
from engine.interventions import Action, Intervention, Set, Shift
from engine.project import Project


def alike(project: Project, action: Action, item: Intervention) -> Action:
    """`action` with the other components of a vector set where `item` sets one, or shifted."""
    beside = project.vectors.beside(item.variable)
    return tuple(
        _like(project.table, item, other) if other.variable in beside else other for other in action
    )


def _like(table: Table | None, item: Intervention, other: Intervention) -> Intervention:
    if isinstance(other, type(item)):
        return other
    if isinstance(item, Shift):
        return Shift(other.variable, 0.0)
    return Set(other.variable, middle(table, other.variable))


def middle(table: Table | None, name: str) -> float:
    """The first category, or the median; 0 where every value is missing."""
    if table is None or table.variable(name).discrete:
        return 0.0
    values = table[name][np.isfinite(table[name])]
    return float(np.median(values)) if len(values) else 0.0

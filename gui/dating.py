"""Time tiers in the menu of a column, drawn or not; those of a vector are told of its columns."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu

from engine.project import Project
from gui import edit_tiers
from gui.held_rows import TIERS

Change = Callable[[str, Callable[[Project], Project]], None]  # label of the step, and the verb


def column_tiers(project: Project) -> dict[str, int]:
    """Time tiers by column."""
    found = dict(project.tiers)
    for vector, columns in project.vectors.parts:
        if vector in found:
            found |= dict.fromkeys(columns, found[vector])
    return found


def add_tiers(menu: QMenu, project: Project, name: str, change: Change) -> None:
    """Entries that say when the column `name` (or the vector it is part of) comes about."""
    tiers, node = menu.addMenu(_tr("Time tier")), project.vectors.node(name)
    label = _tr("Time tier of {0}").format(node)
    for tier in (*TIERS, None):
        action = tiers.addAction(_tr("None") if tier is None else str(tier))
        action.setCheckable(True)
        action.setChecked(project.tiers.get(node) == tier)
        verb = partial(edit_tiers.set_tier, names=(node,), tier=tier)
        action.triggered.connect(lambda _=False, verb=verb: change(label, verb))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dating", text)

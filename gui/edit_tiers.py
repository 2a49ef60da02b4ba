"""User verbs for time tiers: pure functions Project → Project. No Qt."""

from collections.abc import Iterable
from dataclasses import replace

from engine.errors import GraphError
from engine.graph.tiers import LAST, check_tiers
from engine.project import Project


def set_tier(project: Project, names: Iterable[str], tier: int | None) -> Project:
    """These variables or columns come about in this tier; None: when is not said.

    Refused where an arrow would then lead back in time.
    """
    names = tuple(names)
    if tier is not None and not 0 <= tier <= LAST:
        raise GraphError(f"There is no time tier {tier}", remedy=f"use a number from 0 to {LAST}")
    tiers = {v: t for v, t in project.tiers.items() if v not in names}
    if tier is not None:
        tiers |= dict.fromkeys(names, tier)
    check_tiers(project.graph, tiers)
    return replace(project, tiers=tiers)


def shift_tier(project: Project, names: Iterable[str], step: int) -> Project:
    """A later tier, or an earlier one; what has none begins in tier 0."""
    tiers = dict(project.tiers)
    for name in names:
        tiers[name] = min(LAST, max(0, tiers[name] + step)) if name in tiers else 0
    check_tiers(project.graph, tiers)
    return replace(project, tiers=tiers)

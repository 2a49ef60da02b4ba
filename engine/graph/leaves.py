"""Pictures are leaves of a graph: effects of what is measured, and causes of nothing."""

from collections.abc import Iterable

from engine.errors import GraphError
from engine.graph.graph import CausalGraph


def check_effect(pictures: Iterable[str], cause: str, effect: str) -> None:
    """Refuse an arrow out of a picture."""
    if cause in pictures:
        raise GraphError(
            f"{cause} is a picture, and here a picture causes nothing",
            where=f"{cause} → {effect}",
            remedy="turn the arrow round",
        )


def check_leaves(graph: CausalGraph, pictures: Iterable[str]) -> None:
    """Refuse a graph in which a picture causes something or shares a hidden cause."""
    for name in pictures:
        if name not in graph.variables:
            continue
        for effect in graph.children(name):
            check_effect((name,), name, effect)
        for other in graph.siblings(name):
            raise GraphError(
                f"{name} is a picture, and here a picture shares no hidden cause",
                where=f"{name} ↔ {other}",
                remedy="draw an arrow to it",
            )

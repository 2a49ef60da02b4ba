"""Time tiers: when variables come about, 0 before 1 before 2 …; nothing works back in time.

Tetrad's knowledge (Scheines et al., The TETRAD Project, Multivariate Behavioral Research 1998).
Within a tier, and to and from variables without one, arrows may run either way, as long as no path
leads from a later tier into an earlier one. A hidden cause a ↔ b says nothing of time.
"""

from collections.abc import Iterable, Mapping

from engine.errors import GraphError
from engine.graph.graph import CausalGraph

Tiers = Mapping[str, int]
LAST = 99  # the highest tier


def backward(graph: CausalGraph, tiers: Tiers) -> tuple[str, ...]:
    """A directed path from a later tier into an earlier one, both ends included; () for none."""
    if not tiers:
        return ()
    latest: dict[str, str] = {}  # of what leads to a variable, itself included: the latest
    for name in graph.order():
        came = [latest[cause] for cause in graph.parents(name) if cause in latest]
        source = max(came, key=tiers.__getitem__, default=None)
        if name in tiers and source is not None and tiers[source] > tiers[name]:
            return graph.path(source, name)
        if name in tiers:
            latest[name] = name
        elif source is not None:
            latest[name] = source
    return ()


def check_arrow(graph: CausalGraph, tiers: Tiers, cause: str, effect: str) -> None:
    """Refuse cause → effect where it would lead from a later tier into an earlier one."""
    if not tiers:
        return
    before = graph.ancestors((cause,)) & tiers.keys()
    after = graph.descendants((effect,)) & tiers.keys()
    if not before or not after:
        return
    source = max(sorted(before), key=tiers.__getitem__)
    end = min(sorted(after), key=tiers.__getitem__)
    if tiers[source] > tiers[end]:
        way = (*graph.path(source, cause), *graph.path(effect, end))
        raise backward_error(tiers, way)


def check_tiers(graph: CausalGraph, tiers: Tiers) -> None:
    """Refuse tiers that the arrows contradict."""
    way = backward(graph, tiers)
    if way:
        raise backward_error(tiers, way)


def backward_error(tiers: Tiers, way: tuple[str, ...]) -> GraphError:
    """The refusal that names what is later, what is earlier, and the way between them."""
    late, early = way[0], way[-1]
    return GraphError(
        f"{late} comes later than {early} (time tiers {tiers[late]} and {tiers[early]}), and "
        "nothing causes what was before it",
        where=" → ".join(way) if len(way) > 2 else "",
        remedy="turn the arrow round, or change a time tier",
    )


def spread(tiers: Tiers, names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Those of `names` that have a tier, tier by tier from 0 on, empty ones included."""
    known = [name for name in names if name in tiers]
    last = max((tiers[name] for name in known), default=-1)
    return tuple(tuple(v for v in known if tiers[v] == tier) for tier in range(last + 1))

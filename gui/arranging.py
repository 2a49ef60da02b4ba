"""Where selected cards go when they are aligned or spread evenly: places in, places out. No Qt."""

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from engine.project import Position

Places = Mapping[str, Position]
ALIGN: dict[str, tuple[int, Callable[[Sequence[float]], float]]] = {
    "left": (0, min),
    "centre": (0, fmean),
    "right": (0, max),
    "top": (1, min),
    "middle": (1, fmean),
    "bottom": (1, max),
}


def aligned(places: Places, how: str) -> dict[str, Position]:
    """All on one line: "left", "centre", "right" share x; "top", "middle", "bottom" share y.

    Cards are equally large, so that their centres are aligned as their sides are.
    """
    axis, choose = ALIGN[how]
    line = float(round(choose([at[axis] for at in places.values()])))
    return {v: (line, y) if axis == 0 else (x, line) for v, (x, y) in places.items()}


def spread(places: Places, axis: int) -> dict[str, Position]:
    """Equal gaps along an axis (0: x, 1: y); the first and the last stay, the order stays."""
    if len(places) < 3:
        return dict(places)
    order = sorted(places, key=lambda v: (places[v][axis], places[v][1 - axis], v))
    first, last = places[order[0]][axis], places[order[-1]][axis]
    step = (last - first) / (len(order) - 1)
    moved = {}
    for i, name in enumerate(order):
        at, (x, y) = float(round(first + i * step)), places[name]
        moved[name] = (at, y) if axis == 0 else (x, at)
    return moved

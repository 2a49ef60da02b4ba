"""Moving the keyboard's focus over the cards: Tab in causal order, arrows to the nearest. No Qt."""

from collections.abc import Mapping, Sequence

from engine.project import Position

Direction = tuple[int, int]


def following(order: Sequence[str], current: str | None, step: int) -> str | None:
    """The card `step` (±1) further in `order`; None past either end. Without current: an end."""
    if not order:
        return None
    if current is None or current not in order:
        return order[0 if step > 0 else -1]
    index = order.index(current) + step
    return order[index] if 0 <= index < len(order) else None


def nearest(places: Mapping[str, Position], current: str | None, way: Direction) -> str | None:
    """The closest card in direction `way` (x right, y down); sideways distance counts double."""
    if current is None or current not in places:
        return min(places, key=lambda v: (places[v][0] + places[v][1], v), default=None)
    x, y = places[current]

    def cost(name: str) -> tuple[float, str]:
        dx, dy = places[name][0] - x, places[name][1] - y
        ahead, aside = dx * way[0] + dy * way[1], abs(dx * way[1]) + abs(dy * way[0])
        return (ahead + 2 * aside if ahead > 0 and aside <= 2 * ahead else float("inf"), name)

    best = min((v for v in places if v != current), key=cost, default=None)
    return None if best is None or cost(best)[0] == float("inf") else best

"""The way of an arrow: straight, or one bend where a card is in the way. No Qt."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import hypot

import numpy as np
from numpy.typing import NDArray

from engine.project import Position

CARD_WIDTH, CARD_HEIGHT = 190.0, 112.0
HALF = (CARD_WIDTH / 2, CARD_HEIGHT / 2)
GAP = 3.0  # between an arrow's tip and the card
CLEARANCE = 6.0  # between a passing arrow and a card
BENDS = (90.0, 150.0, 220.0, 300.0, 420.0, 560.0)
FIRST = 4  # bends tried together before all the others
LONGEST_BEND = 3000.0  # further apart no bend gets round everything: straight

Centres = NDArray[np.float64]  # (cards, 2)


@dataclass(frozen=True, slots=True)
class Route:
    """From border to border, canvas units; `control` of a quadratic Bézier, None if straight."""

    start: Position
    end: Position
    control: Position | None = None

    def at(self, t: float) -> Position:
        """The point at 0 ≤ t ≤ 1."""
        (x0, y0), (x1, y1) = self.start, self.end
        if self.control is None:
            return (x0 + t * (x1 - x0), y0 + t * (y1 - y0))
        cx, cy = self.control
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        return (a * x0 + b * cx + c * x1, a * y0 + b * cy + c * y1)

    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a box that holds the whole way."""
        xs, ys = zip(self.start, self.end, self.control or self.start, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def length(self) -> float:
        """Of the chord."""
        return hypot(self.end[0] - self.start[0], self.end[1] - self.start[1])

    def near_end(self, point: Position, reach: float) -> int:
        """1 within `reach` of the end, −1 of the start, 0 between; the closer one where both."""
        tail, head = (hypot(point[0] - x, point[1] - y) for x, y in (self.start, self.end))
        reach = min(reach, self.length / 3)
        return 0 if min(tail, head) > reach else 1 if head <= tail else -1

    def distance(self, point: Position) -> float:
        """From `point` to the way, to a sixteenth of a bend."""
        steps = 1 if self.control is None else 16
        marks = [self.at(i / steps) for i in range(steps + 1)]
        return min(_to_segment(point, a, b) for a, b in zip(marks, marks[1:], strict=False))


def route(source: Position, target: Position, others: Centres, *, bent: bool = False) -> Route:
    """From card `source` to card `target`; `bent` for ↔, which never lies on a straight arrow.

    `others` are the centres of the remaining cards, shape (cards, 2). The first way that passes no
    card is taken, in the order straight, slight bend up, down, stronger …; else the one that passes
    fewest.
    """
    near = _between(source, target, others)
    best, fewest = Route(source, source), len(near) + 1
    ways = _ways(source, target, bent=bent)
    if not bent:
        best = next(ways)
        fewest = _passed(best, near)
    if fewest:
        bends = list(ways)
        for few in (bends[:FIRST], bends[FIRST:]):
            for way, passed in zip(few, _passed_by(few, near), strict=True):
                if passed < fewest:
                    best, fewest = way, passed
                if not passed:
                    return best
    return best


def straight(source: Position, target: Position) -> Route:
    """From card to card without a bend, whatever lies between."""
    if overlap(source, target):
        return Route(source, source)
    return Route(border(source, target), border(target, source, GAP))


def bent_route(source: Position, target: Position, off: Position, *, both: bool = False) -> Route:
    """The way whose middle is `off` away from the middle between the cards; `both`: two heads."""
    x, y = (source[0] + target[0]) / 2, (source[1] + target[1]) / 2
    middle = (x + off[0], y + off[1])
    control = (x + 2 * off[0], y + 2 * off[1])
    start, end = source, target
    for _ in range(3):  # the ends depend on the control point, and it on the ends
        start, end = border(source, control, GAP * both), border(target, control, GAP)
        control = (
            2 * middle[0] - (start[0] + end[0]) / 2,
            2 * middle[1] - (start[1] + end[1]) / 2,
        )
    return Route(start, end, control)


def border(centre: Position, toward: Position, gap: float = 0.0) -> Position:
    """Where the line from a card's centre `toward` a point leaves the card, `gap` further out."""
    dx, dy = toward[0] - centre[0], toward[1] - centre[1]
    far = hypot(dx, dy)
    if far == 0:
        return centre
    share = min(HALF[0] / abs(dx) if dx else np.inf, HALF[1] / abs(dy) if dy else np.inf)
    share = share + gap / far
    return (centre[0] + share * dx, centre[1] + share * dy)


def overlap(a: Position, b: Position) -> bool:
    """True where two cards lie on each other, so that no arrow fits between."""
    return abs(a[0] - b[0]) < 2 * HALF[0] + 2 * GAP and abs(a[1] - b[1]) < 2 * HALF[1] + 2 * GAP


def _ways(source: Position, target: Position, *, bent: bool) -> Iterator[Route]:
    straight = Route(border(source, target), border(target, source, GAP))
    if not bent:
        yield straight
    dx, dy = target[0] - source[0], target[1] - source[1]
    far = hypot(dx, dy) or 1.0
    normal = (dy / far, -dx / far) if dx >= 0 else (-dy / far, dx / far)  # up on the screen
    found = False
    for bend in BENDS:
        for side in (bend, -bend):
            control = (
                (source[0] + target[0]) / 2 + side * normal[0],
                (source[1] + target[1]) / 2 + side * normal[1],
            )
            if bend < 1.2 * far < 1.2 * LONGEST_BEND and not (
                _inside(control, source) or _inside(control, target)
            ):
                found = True
                ends = border(source, control, GAP * bent), border(target, control, GAP)
                yield Route(*ends, control)
    if bent and not found:
        yield straight


def _between(source: Position, target: Position, others: Centres) -> Centres:
    """The cards that a way from source to target could meet at all."""
    ends = np.array([source, target])
    reach = BENDS[-1] / 2 + np.array(HALF) + CLEARANCE
    inside = (others > ends.min(0) - reach) & (others < ends.max(0) + reach)
    return others[inside[:, 0] & inside[:, 1]]


def _passed(way: Route, others: Centres) -> int:
    """How many cards lie in the way."""
    return _passed_by([way], others)[0]


def _passed_by(ways: list[Route], cards: Centres) -> list[int]:
    """How many cards lie in each of the ways: all bends at once."""
    reach, others = np.array(HALF) + CLEARANCE, cards
    bends = [way for way in ways if way.control is not None]
    if not len(others) or not ways:
        return [0] * len(ways)
    if not bends:
        return [_crossed(np.array(w.start), np.array(w.end), others, reach) for w in ways]
    longest = max(way.length for way in bends)
    t = _shares(int(min(64, 8 + longest / 25)))
    ends = np.array([(w.start, w.control or w.start, w.end) for w in bends])  # (ways, 3, 2)
    near = (others > ends.min((0, 1)) - reach) & (others < ends.max((0, 1)) + reach)
    others = others[near[:, 0] & near[:, 1]]  # a bend stays within its three points
    points = np.einsum("tk,wkd->wtd", t, ends)[:, :, None]  # (ways, marks, 1, 2)
    inside = (np.abs(points - others) < reach).all(-1)  # (ways, marks, cards)
    counts = iter(inside.any(1).sum(-1).tolist())
    return [
        next(counts)
        if way.control is not None
        else _crossed(np.array(way.start), np.array(way.end), cards, reach)
        for way in ways
    ]


@lru_cache(maxsize=64)
def _shares(count: int) -> Centres:
    """What start, control point and end weigh at `count` marks along a quadratic Bézier."""
    t = np.linspace(0, 1, count)
    return np.stack([(1 - t) ** 2, 2 * t * (1 - t), t**2], 1)


def _crossed(a: Centres, b: Centres, centres: Centres, reach: Centres) -> int:
    """How many boxes centre ± reach the segment a b meets (slab test)."""
    step = np.where(np.abs(b - a) < 1e-9, 1e-9, b - a)
    near, far = (centres - reach - a) / step, (centres + reach - a) / step
    enter = np.minimum(near, far).max(-1)
    leave = np.maximum(near, far).min(-1)
    return int(((enter < leave) & (leave > 0) & (enter < 1)).sum())


def _inside(point: Position, centre: Position) -> bool:
    return abs(point[0] - centre[0]) <= HALF[0] and abs(point[1] - centre[1]) <= HALF[1]


def _to_segment(point: Position, a: Position, b: Position) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / square if square else 0.0
    t = min(1.0, max(0.0, along))
    return hypot(point[0] - a[0] - t * dx, point[1] - a[1] - t * dy)

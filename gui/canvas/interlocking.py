"""Layers that interlock like bricks: neighbouring columns overlap, so a long graph stays compact.

Even layers stand in even lanes, odd ones in odd lanes. Which lane is chosen card by card, downhill:
few arrows behind cards, few crossings, short arrows, few lanes. No Qt.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.graph.graph import Edge
from engine.project import Position
from gui.canvas.routing import CLEARANCE, HALF

COLUMN, LANE = 130.0, 165.0  # from layer to layer, from lane to lane
SHAPE = 1.35  # width by height of the canvas in a small window
SWEEPS = 4
MOST_CARDS = 16  # with more, the first lanes stay: choosing would take too long
BEHIND, CROSSING, LENGTH, LANES = 6.0, 2.0, 0.4, 1.5  # what each costs

Lanes = dict[str, int]
Points = NDArray[np.float64]  # (arrows or cards, 2)


def interlocked(layers: Sequence[Sequence[str]], edges: Sequence[Edge]) -> dict[str, Position]:
    """Centres of the cards of each layer (top to bottom), joined by `edges`."""
    layer = {card: i for i, row in enumerate(layers) for card in row}
    lanes = {
        card: 2 * j - len(row) + 1 + (len(row) + 1 + i) % 2
        for i, row in enumerate(layers)
        for j, card in enumerate(row)
    }
    if edges and len(layer) <= MOST_CARDS:
        place = {card: i for i, card in enumerate(layer)}
        ends = np.array([(place[a], place[b]) for a, b in edges])
        lanes = _settled(lanes, layers, layer, ends)
    return {card: (layer[card] * COLUMN, lanes[card] * LANE) for card in lanes}


def _settled(
    lanes: Lanes, layers: Sequence[Sequence[str]], layer: Lanes, ends: NDArray[np.int64]
) -> Lanes:
    """Move one card, or swap two of a layer, as long as that lowers the cost."""
    best = _cost(lanes, layer, ends)
    room = max(2, int(len(layers) * COLUMN / SHAPE / LANE) - 1)
    for _ in range(SWEEPS):
        before = best
        for row in layers:
            for card in row:
                for lane in _open(lanes, card, room):
                    moved = _moved(lanes, row, card, lane)
                    cost = _cost(moved, layer, ends)
                    if cost < best - 1e-9:
                        lanes, best = moved, cost
        if best == before:
            break
    return lanes


def _open(lanes: Lanes, card: str, room: int) -> list[int]:
    """Other lanes for a card: not more than `room` apart from the rest, or no worse than now."""
    low, high = min(lanes.values()), max(lanes.values())
    room = max(room, high - low)
    every = range(lanes[card] % 2 + 2 * ((high - room) // 2), low + room + 1, 2)
    return [lane for lane in every if lane != lanes[card] and lane >= high - room]


def _moved(lanes: Lanes, row: Sequence[str], card: str, lane: int) -> Lanes:
    """`card` in another lane; who stands there takes its old one."""
    there = next((other for other in row if lanes[other] == lane), card)
    return {**lanes, there: lanes[card], card: lane}


def _cost(lanes: Lanes, layer: Lanes, ends: NDArray[np.int64]) -> float:
    cards = np.array([(layer[card] * COLUMN, lanes[card] * LANE) for card in layer])
    a, b = cards[ends[:, 0]], cards[ends[:, 1]]
    length = np.abs(a[:, 1] - b[:, 1]).sum() / LANE
    spread = max(lanes.values()) - min(lanes.values())
    return float(
        BEHIND * _behind(a, b, cards, ends) + CROSSING * _crossings(a, b, ends)
        + LENGTH * length + LANES * spread
    )  # fmt: skip


def _behind(a: Points, b: Points, cards: Points, ends: NDArray[np.int64]) -> int:
    """How often a straight arrow a → b would run behind a card (slab test)."""
    reach = np.array(HALF) + CLEARANCE
    step = np.where(np.abs(b - a) < 1e-9, 1e-9, b - a)[:, None]
    near = (cards[None] - reach - a[:, None]) / step
    far = (cards[None] + reach - a[:, None]) / step
    enter, leave = np.minimum(near, far).max(-1), np.maximum(near, far).min(-1)
    meets = (enter < leave) & (leave > 0) & (enter < 1)
    rows = np.arange(len(ends))
    meets[rows, ends[:, 0]] = meets[rows, ends[:, 1]] = False
    return int(meets.sum())


def _crossings(a: Points, b: Points, ends: NDArray[np.int64]) -> int:
    """How many pairs of arrows without a common end cross."""
    side_a = _side(a[:, None], b[:, None], a[None])
    side_b = _side(a[:, None], b[:, None], b[None])
    split = side_a * side_b < 0
    apart = (ends[:, None, :, None] != ends[None, :, None, :]).all((-1, -2))
    return int((split & split.T & apart).sum()) // 2


def _side(a: Points, b: Points, point: Points) -> Points:
    """On which side of the line a b a point lies: the sign of the cross product."""
    along, off = b - a, point - a
    turn: Points = along[..., 0] * off[..., 1] - along[..., 1] * off[..., 0]
    return turn

"""A layout by forces: arrows pull, cards push (Fruchterman, Reingold 1991). No Qt."""

from collections.abc import Generator, Mapping

import numpy as np
from numpy.typing import NDArray

from engine.graph.graph import CausalGraph
from engine.project import Position
from gui.edits import CARD_STEP
from gui.steps import through

LENGTH = 1.35  # of an arrow at rest, in steps from card to card
WORK = 2_000_000  # pairs of cards looked at, so that nobody waits long
PART = 60_000  # pairs of one step: a few milliseconds
ROUNDS = 80  # at most, of pushing cards off each other

Points = NDArray[np.float64]  # (cards, 2), in steps from card to card
Ids = NDArray[np.int64]
Forced = Generator[float, None, dict[str, Position]]  # yields the share done


def by_force(graph: CausalGraph, shown: Mapping[str, Position]) -> dict[str, Position]:
    """`forced`, at once."""
    return through(forced(graph, shown))


def forced(graph: CausalGraph, shown: Mapping[str, Position]) -> Forced:
    """Centres of all cards, starting where they are shown; always the same from the same start."""
    names = graph.variables
    count = len(names)
    if count < 2:
        return dict(shown)
    step = np.array(CARD_STEP)
    points = np.array([shown[v] for v in names]) / step
    points += 1e-3 * np.stack([np.cos(np.arange(count)), np.sin(np.arange(count))], 1)
    index = {v: i for i, v in enumerate(names)}
    edges = sorted(graph.edges | graph.bidirected)
    ends = np.array([(index[a], index[b]) for a, b in edges], dtype=np.int64).reshape(-1, 2)
    points = yield from _settled(points, ends)
    points = yield from _apart(points)
    points = (points - points.min(0)) * step
    return {v: (float(round(x)), float(round(y))) for v, (x, y) in zip(names, points, strict=True)}


def _settled(points: Points, ends: Ids) -> Generator[float, None, Points]:
    """Steps along the forces, shorter and shorter."""
    count = len(points)
    rounds = int(np.clip(WORK / count**2, 12, 150))
    heats = np.linspace(0.25 * np.sqrt(count), 0.02, rounds)
    for done, heat in enumerate(heats):
        force = np.zeros_like(points)
        size = max(1, PART // count)
        for first in range(0, count, size):
            rows = slice(first, first + size)
            force[rows] = _pushed(points[rows], points)
            yield done / rounds
        if len(ends):
            along = points[ends[:, 1]] - points[ends[:, 0]]
            pull = along * np.linalg.norm(along, axis=1, keepdims=True) / LENGTH
            np.add.at(force, ends[:, 0], pull)
            np.add.at(force, ends[:, 1], -pull)
        force -= 0.05 * (points - points.mean(0))  # parts without arrows between stay in sight
        length = np.linalg.norm(force, axis=1, keepdims=True)
        points = points + force / np.maximum(length, 1e-9) * np.minimum(length, heat)
    return points


def _pushed(some: Points, points: Points) -> Points:
    """How all cards push some of them; one does not push itself."""
    x, y = (some[:, None, axis] - points[None, :, axis] for axis in (0, 1))
    share = LENGTH**2 / np.maximum(x * x + y * y, 1e-3)
    return np.stack([(x * share).sum(1), (y * share).sum(1)], 1)


def _apart(points: Points) -> Generator[float, None, Points]:
    """Push cards that overlap off each other, along the way that is shorter."""
    points = points.copy()
    for _ in range(ROUNDS):
        pairs = _overlapping(points)
        if not len(pairs):
            break
        for done, (i, j) in enumerate(pairs.tolist()):
            gap = points[i] - points[j]
            axis = int(np.argmin(1.0 - np.abs(gap)))
            need = 1.0 - abs(gap[axis])
            if need > 0 and 1.0 - abs(gap[1 - axis]) > 0:
                shift = np.copysign((need + 1e-3) / 2, gap[axis] or 1.0)
                points[i, axis] += shift
                points[j, axis] -= shift
            if done % 200 == 0:
                yield 1.0
    return points


def _overlapping(points: Points) -> Ids:
    """Pairs of cards, the smaller number first, that are less than a step apart both ways.

    Each looks only at the cards in its own square of the canvas and in the eight around it.
    """
    cells = np.floor(points).astype(np.int64)
    cells -= cells.min(0) - 1
    wide = int(cells[:, 1].max()) + 2
    place = cells[:, 0] * wide + cells[:, 1]
    order = np.argsort(place, kind="stable")
    sorted_place = place[order]
    found = [np.empty((0, 2), dtype=np.int64)]
    for across in (-1, 0, 1):
        for down in (-1, 0, 1):
            there = place + across * wide + down
            first = np.searchsorted(sorted_place, there, "left")
            many = np.searchsorted(sorted_place, there, "right") - first
            one = np.repeat(np.arange(len(points)), many)
            within = np.arange(len(one)) - np.repeat(np.cumsum(many) - many, many)
            other = order[np.repeat(first, many) + within]
            found.append(np.stack([one, other], 1)[one < other])
    pairs = np.concatenate(found)
    room = 1.0 - np.abs(points[pairs[:, 0]] - points[pairs[:, 1]])
    pairs = pairs[(room > 1e-3).all(1)]
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]

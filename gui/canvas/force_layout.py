"""A layout by forces: arrows pull, cards push (Fruchterman, Reingold 1991). No Qt."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.graph.graph import CausalGraph
from engine.project import Position
from gui.edits import CARD_STEP

LENGTH = 1.35  # of an arrow at rest, in steps from card to card
WORK = 2_000_000  # pairs of cards looked at, so that the window does not wait
ROUNDS = 80  # at most, of pushing cards off each other

Points = NDArray[np.float64]  # (cards, 2), in steps from card to card


def by_force(graph: CausalGraph, shown: Mapping[str, Position]) -> dict[str, Position]:
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
    points = _apart(_settled(points, ends))
    points = (points - points.min(0)) * step
    return {v: (float(round(x)), float(round(y))) for v, (x, y) in zip(names, points, strict=True)}


def _settled(points: Points, ends: NDArray[np.int64]) -> Points:
    """Steps along the forces, shorter and shorter."""
    count = len(points)
    rounds = int(np.clip(WORK / count**2, 12, 150))
    for heat in np.linspace(0.25 * np.sqrt(count), 0.02, rounds):
        off = points[:, None] - points[None]
        square = (off**2).sum(-1) + np.eye(count)
        force = (off * (LENGTH**2 / np.maximum(square, 1e-3))[..., None]).sum(1)
        if len(ends):
            along = points[ends[:, 1]] - points[ends[:, 0]]
            pull = along * np.linalg.norm(along, axis=1, keepdims=True) / LENGTH
            np.add.at(force, ends[:, 0], pull)
            np.add.at(force, ends[:, 1], -pull)
        force -= 0.05 * (points - points.mean(0))  # parts without arrows between stay in sight
        size = np.linalg.norm(force, axis=1, keepdims=True)
        points = points + force / np.maximum(size, 1e-9) * np.minimum(size, heat)
    return points


def _apart(points: Points) -> Points:
    """Push cards that overlap off each other, along the way that is shorter."""
    points = points.copy()
    for _ in range(ROUNDS):
        off = points[:, None] - points[None]
        room = 1.0 - np.abs(off)
        over = (room > 1e-3).all(-1) & ~np.eye(len(points), dtype=bool)
        if not over.any():
            break
        for i, j in zip(*np.nonzero(np.triu(over)), strict=True):
            gap = points[i] - points[j]
            axis = int(np.argmin(1.0 - np.abs(gap)))
            need = 1.0 - abs(gap[axis])
            if need > 0 and 1.0 - abs(gap[1 - axis]) > 0:
                shift = np.copysign((need + 1e-3) / 2, gap[axis] or 1.0)
                points[i, axis] += shift
                points[j, axis] -= shift
    return points

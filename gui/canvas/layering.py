"""The cards of one connected graph in layers: in which order, and how high (Sugiyama 1981). No Qt.

Each arrow that passes a layer has a bend there, so that every link joins two neighbouring layers.
What is near is found with arrays, a layer at a time: 2 000 cards take a part of a second,
and a step of the generators a few milliseconds.
"""

from collections.abc import Generator, Mapping

import numpy as np
from numpy.typing import NDArray

from engine.graph.graph import CausalGraph

SWEEPS = 4
ROWS = 8  # of a step
EDGES = 50  # of a step: those of every fiftieth card end it
MOST_KNOWN = 64  # graphs kept

Ids = NDArray[np.int64]
Numbers = NDArray[np.float64]


class Layered:
    """Layers, rows in order, and heights of cards; `card` and `bend` are the room they take.

    Whole once `sort` has been gone through.
    """

    def __init__(
        self, names: tuple[str, ...], layers: dict[str, int], layer: Ids, ends: Ids
    ) -> None:
        """`layer` of each spot, the cards first, then the bends; `ends` of each link, from left."""
        self.layers, self._names, self._layer = layers, names, layer
        last = int(layer.max(initial=-1))
        self._rows = _grouped(np.arange(len(layer)), layer, last + 1)
        self._links = [part.T for part in _grouped(ends, layer[ends[:, 0]], max(last, 0))]
        self._index = np.zeros(len(layer), dtype=np.int64)  # place in its row
        for row in self._rows:
            self._index[row] = np.arange(len(row))

    def sort(self) -> Generator[None, None, None]:
        """Put every row in the order of its neighbours; a step is a few rows."""
        forth = list(enumerate(self._links))
        for _ in range(SWEEPS):
            for i, (near, far) in forth:
                self._sort(i + 1, i, far, near)
                yield from _every(i)
            for i, (near, far) in reversed(forth):
                self._sort(i, i + 1, near, far)
                yield from _every(i)

    def rows(self) -> list[list[str]]:
        """The cards of each layer, in order, without bends."""
        count = len(self._names)
        return [[self._names[i] for i in row.tolist() if i < count] for row in self._rows]

    def heights(self, card: float, bend: float) -> Generator[None, None, dict[str, float]]:
        """The y of each card: near its neighbours, in order, with room for each."""
        half = np.where(np.arange(len(self._layer)) < len(self._names), card, bend) / 2
        heights = np.zeros(len(self._layer))
        for row in self._rows:
            heights[row] = _spread(heights[row], half[row])
        for _ in range(2 * SWEEPS):
            for i, row in enumerate(self._rows):
                heights[row] = _spread(self._wanted(i, heights), half[row])
                yield from _every(i)
        return dict(zip(self._names, heights.tolist(), strict=False))

    def _sort(self, row: int, by: int, own: Ids, other: Ids) -> None:
        """A row by the mean rank of its neighbours in the row beside it."""
        spots = self._rows[row]
        size = len(spots)
        place = self._index[own]
        rank = self._index[other] / max(1, len(self._rows[by]))
        count = np.bincount(place, minlength=size)
        total = np.bincount(place, weights=rank, minlength=size)
        key = np.where(count > 0, total / np.maximum(count, 1), np.arange(size) / max(1, size))
        self._rows[row] = spots = spots[np.argsort(key, kind="stable")]
        self._index[spots] = np.arange(size)

    def _wanted(self, row: int, heights: Numbers) -> Numbers:
        """The mean height of the neighbours on both sides; its own where there are none."""
        spots = self._rows[row]
        count, total = np.zeros(len(spots)), np.zeros(len(spots))
        sides = [self._links[row - 1][::-1]] if row else []
        sides += [self._links[row]] if row < len(self._links) else []
        for own, other in sides:
            place = self._index[own]
            count += np.bincount(place, minlength=len(spots))
            total += np.bincount(place, weights=heights[other], minlength=len(spots))
        wanted: Numbers = np.where(count > 0, total / np.maximum(count, 1), heights[spots])
        return wanted


_known: dict[CausalGraph, Layered] = {}


def layering(graph: CausalGraph) -> Generator[None, None, Layered]:
    """The layers of a graph, worked out once for all that is asked of them."""
    if graph not in _known:
        while len(_known) >= MOST_KNOWN:
            del _known[next(iter(_known))]
        layers = layers_of(graph)
        yield
        layer, ends = yield from _with_bends(graph, layers)
        made = Layered(graph.variables, layers, layer, ends)
        yield
        yield from made.sort()
        _known[graph] = made
    return _known[graph]


def layers_of(graph: CausalGraph) -> dict[str, int]:
    """Longest path from a root; a root moves right, next to its first effect."""
    parents, children = neighbours(graph)
    layers: dict[str, int] = {}
    for variable in graph.order():
        layers[variable] = max((layers[p] + 1 for p in parents[variable]), default=0)
    for variable in layers:
        if not parents[variable] and children[variable]:
            layers[variable] = min(layers[c] for c in children[variable]) - 1
    return layers


def neighbours(graph: CausalGraph) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Causes and effects of each variable, by name."""
    parents: dict[str, list[str]] = {v: [] for v in graph.variables}
    children: dict[str, list[str]] = {v: [] for v in graph.variables}
    for cause, effect in sorted(graph.edges):
        parents[effect].append(cause)
        children[cause].append(effect)
    return parents, children


def _with_bends(
    graph: CausalGraph, layers: Mapping[str, int]
) -> Generator[None, None, tuple[Ids, Ids]]:
    """The layer of each spot (first the cards, then the bends), and who touches whom."""
    number = {variable: i for i, variable in enumerate(graph.variables)}
    layer = [layers[variable] for variable in graph.variables]
    left: list[int] = []
    right: list[int] = []
    for cause, effect in sorted(graph.edges):
        passed = range(layers[cause] + 1, layers[effect])
        bends = range(len(layer), len(layer) + len(passed))
        layer += passed
        left += (number[cause], *bends)
        right += (*bends, number[effect])
        if number[cause] % EDGES == 0:
            yield
    return np.array(layer, dtype=np.int64), np.array([left, right], dtype=np.int64).T


def _grouped(things: Ids, group: Ids, count: int) -> list[Ids]:
    """The things of each group 0 … `count` - 1, in their order."""
    order = np.argsort(group, kind="stable")
    return np.split(things[order], np.searchsorted(group[order], np.arange(1, count)))[:count]


def _spread(wanted: Numbers, half: Numbers) -> Numbers:
    """Heights close to `wanted`, in order: the mean of pushing down and pushing up."""
    room = np.concatenate([[0.0], np.cumsum(half[:-1] + half[1:])])
    loose = wanted - room
    down = np.maximum.accumulate(loose)
    up = np.minimum.accumulate(loose[::-1])[::-1]
    spread: Numbers = (down + up) / 2 + room
    return spread


def _every(row: int) -> tuple[None, ...]:
    """One stop after a few rows."""
    return () if row % ROWS else (None,)

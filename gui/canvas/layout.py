"""Where cards go when nobody placed them: layered, left to right (Sugiyama 1981). No Qt."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from math import ceil, sqrt

from engine.graph.graph import CausalGraph
from engine.project import Position
from gui.canvas.interlocking import interlocked
from gui.canvas.layering import Layered, layering, neighbours
from gui.edits import CARD_STEP
from gui.steps import through

STEP_X, STEP_Y = CARD_STEP
LAYER_STEP = STEP_X + 30.0  # room for the arrows between two layers
WINDOW_SHAPE = 1.6  # width by height
BEND_GAP = 40.0  # room for an arrow that passes a layer
TALLEST = 12  # cards above each other before isolated ones start another column
VIEW = (700.0, 510.0)  # pixels of the canvas in a small window
SMALL = 0.6  # zoom below which a layout is worth folding closer together
MOST_BESIDE = 100  # new cards that look for a place one by one
MOST_FOUND = 4  # layouts kept

Places = dict[str, Position]
Placing = Generator[None, None, Places]  # each step takes a few milliseconds
Lay = Callable[[CausalGraph, set[str]], Placing]


def place(graph: CausalGraph, positions: Mapping[str, Position]) -> Places:
    """`placing`, at once."""
    return through(placing(graph, positions))


def top_down(graph: CausalGraph) -> Places:
    """`upright`, at once."""
    return through(upright(graph))


def placing(graph: CausalGraph, positions: Mapping[str, Position]) -> Placing:
    """Centres of all cards, canvas units: those given, and a place for each that has none.

    Causes stand left of their effects. With nothing given the whole graph is laid out in layers;
    else a new card goes beside its placed neighbours, or below everything, and many new ones in
    layers of their own below everything.
    """
    placed = {v: positions[v] for v in graph.variables if v in positions}
    missing = [v for v in graph.variables if v not in placed]
    if not missing:
        return placed
    if not placed:
        return dict((yield from _closest(graph)))
    if len(missing) <= MOST_BESIDE:
        return {**placed, **_beside(graph, placed, missing)}
    fresh = yield from _closest(_within(graph, set(missing)))
    return {**placed, **_below(fresh, placed)}


def upright(graph: CausalGraph) -> Placing:
    """Centres of all cards in layers, causes above their effects."""
    return (yield from _whole(graph, _upright))


def known(graph: CausalGraph, positions: Mapping[str, Position]) -> bool:
    """Whether `place` only has to look up, or the graph is small."""
    missing = sum(v not in positions for v in graph.variables)
    return missing <= MOST_BESIDE or (missing == len(graph.variables) and graph in _found)


def free_spot(taken: Iterable[Position], near: Position) -> Position:
    """The free place closest to `near`: no card there overlaps a taken one."""
    cards = list(taken)
    return next(spot for spot in _spiral(near) if _is_free(spot, cards))


def grid(count: int, start: Position) -> tuple[Position, ...]:
    """`count` places in rows, about as wide as high, the first at `start`."""
    across = max(1, ceil(sqrt(count)))
    return tuple(
        (start[0] + (i % across) * STEP_X, start[1] + (i // across) * STEP_Y) for i in range(count)
    )


def _closest(graph: CausalGraph) -> Placing:
    """In straight layers, or in interlocking ones where a small window then shows more of it."""
    if graph not in _found:
        straight = yield from _whole(graph, _part)
        if _zoom(straight) < SMALL:
            straight = max(straight, (yield from _whole(graph, _bricks)), key=_zoom)
        while len(_found) >= MOST_FOUND:
            del _found[next(iter(_found))]
        _found[graph] = straight
    return _found[graph]


_found: dict[CausalGraph, Places] = {}


def _zoom(places: Mapping[str, Position]) -> float:
    """At which a small window shows all of it."""
    width, height = _size(places)
    return min(VIEW[0] / width, VIEW[1] / height) if places else 1.0


def _whole(graph: CausalGraph, lay: Lay) -> Placing:
    """Connected parts one by one, packed in rows; cards without any arrow in a block at the end."""
    parts: list[Places] = []
    alone: list[str] = []
    found = _components(graph)
    yield
    for names in found:
        if len(names) > 1:
            parts.append((yield from lay(graph, names)))
        else:
            alone += names
    parts.sort(key=len, reverse=True)
    if alone:
        parts.append(dict(zip(alone, _block(len(alone)), strict=True)))
    yield
    return _packed(parts)


def _components(graph: CausalGraph) -> list[set[str]]:
    """Cards joined by arrows or ↔, in the order of the graph."""
    near: dict[str, list[str]] = {v: [] for v in graph.variables}
    for a, b in sorted(graph.edges | graph.bidirected):
        near[a].append(b)
        near[b].append(a)
    found: list[set[str]] = []
    seen: set[str] = set()
    for variable in graph.variables:
        if variable not in seen:
            part, fresh = {variable}, [variable]
            while fresh:
                new = [v for v in near[fresh.pop()] if v not in part]
                part.update(new)
                fresh.extend(new)
            seen |= part
            found.append(part)
    return found


def _part(graph: CausalGraph, names: set[str]) -> Placing:
    """Each layer a column of its own."""
    part = yield from _layered(graph, names)
    heights = yield from part.heights(STEP_Y, BEND_GAP)
    return {v: (part.layers[v] * LAYER_STEP, float(round(y))) for v, y in heights.items()}


def _upright(graph: CausalGraph, names: set[str]) -> Placing:
    """Each layer a row of its own."""
    part = yield from _layered(graph, names)
    aside, down = STEP_X / STEP_Y, STEP_Y + 40.0
    heights = yield from part.heights(STEP_Y, BEND_GAP)
    return {v: (float(round(y * aside)), part.layers[v] * down) for v, y in heights.items()}


def _bricks(graph: CausalGraph, names: set[str]) -> Placing:
    """The layers interlock."""
    part = yield from _layered(graph, names)
    return interlocked(part.rows(), sorted(e for e in graph.edges if e[0] in names))


def _layered(graph: CausalGraph, names: set[str]) -> Generator[None, None, Layered]:
    part = _within(graph, names)
    yield
    return (yield from layering(part))


def _within(graph: CausalGraph, names: set[str]) -> CausalGraph:
    """One connected part of the graph, with its arrows."""
    inside = frozenset(edge for edge in graph.edges if edge[0] in names and edge[1] in names)
    return CausalGraph(tuple(v for v in graph.variables if v in names), inside)


def _packed(parts: list[dict[str, Position]]) -> dict[str, Position]:
    """Parts side by side in rows, the whole about as wide as a window."""
    sizes = [_size(part) for part in parts]
    area = sum(width * height for width, height in sizes)
    widest = max([sqrt(area * WINDOW_SHAPE), *(width for width, _ in sizes)])
    places: dict[str, Position] = {}
    x = y = tall = 0.0
    for part, (width, height) in zip(parts, sizes, strict=True):
        if x + width / 2 > widest:
            x, y, tall = 0.0, y + tall, 0.0
        left, top = min(at[0] for at in part.values()), min(at[1] for at in part.values())
        places |= {v: (x + a - left, y + b - top) for v, (a, b) in part.items()}
        x, tall = x + width, max(tall, height)
    return places


def _size(part: Mapping[str, Position]) -> tuple[float, float]:
    xs, ys = [x for x, _ in part.values()], [y for _, y in part.values()]
    return max(xs) - min(xs) + LAYER_STEP, max(ys) - min(ys) + STEP_Y


def _block(count: int) -> tuple[Position, ...]:
    across = max(ceil(sqrt(count)), ceil(count / TALLEST), 1)
    return tuple((i % across * STEP_X, i // across * STEP_Y) for i in range(count))


def _beside(
    graph: CausalGraph, placed: Mapping[str, Position], missing: list[str]
) -> dict[str, Position]:
    parents, children = neighbours(graph)
    known = dict(placed)
    left = min(x for x, _ in placed.values())
    below = max(y for _, y in placed.values()) + STEP_Y
    for variable in missing:
        near = [(known[p][0] + STEP_X, known[p][1]) for p in parents[variable] if p in known]
        near += [(known[c][0] - STEP_X, known[c][1]) for c in children[variable] if c in known]
        wish = (_mean([x for x, _ in near], left), _mean([y for _, y in near], below))
        known[variable] = free_spot(known.values(), wish)
    return {v: known[v] for v in missing}


def _below(fresh: Places, placed: Mapping[str, Position]) -> Places:
    """The new ones as they are to each other, under all others."""
    left, low = min(x for x, _ in placed.values()), max(y for _, y in placed.values())
    x = left - min(x for x, _ in fresh.values())
    y = low + 2 * STEP_Y - min(y for _, y in fresh.values())
    return {v: (a + x, b + y) for v, (a, b) in fresh.items()}


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _is_free(spot: Position, cards: list[Position]) -> bool:
    return all(abs(spot[0] - x) >= STEP_X - 20 or abs(spot[1] - y) >= STEP_Y - 20 for x, y in cards)


def _spiral(near: Position) -> Iterator[Position]:
    """Places around `near`, half a card step apart, closest ring first."""
    yield near
    ring = 0
    while True:
        ring += 1
        around = [(i, j) for i in range(-ring, ring + 1) for j in range(-ring, ring + 1)]
        edge = [p for p in around if max(abs(p[0]), abs(p[1])) == ring]
        for i, j in sorted(edge, key=lambda p: (abs(p[0]) + abs(p[1]), -p[1], -p[0])):
            yield (near[0] + i * STEP_X / 2, near[1] + j * STEP_Y / 2)

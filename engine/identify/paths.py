"""The paths between exposures and outcomes one by one: what each variable on them does, and why.

d-separation along a path (Pearl, Causality, 2009, 1.2.3): a chain or a fork passes unless it is
held fixed; a collider stops unless it, or something it causes, is held fixed.
"""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.graph.graph import CausalGraph
from engine.graph.separation import Step, steps
from engine.identify.influence import Path, biasing_paths

MOST_TRIED = 1_000  # beginnings of paths looked at one by one
MOST_OPENED = 250  # … for what closing one path opens
MOST_LISTED = 12  # paths of each sort


class Meet(StrEnum):
    """How the two edges of a path meet in a variable."""

    CHAIN = "chain"
    FORK = "fork"
    COLLIDER = "collider"


@dataclass(frozen=True, slots=True)
class Stop:
    """A variable between the ends of a path.

    `by`: what is held fixed and therefore stops a chain or a fork (the variable itself), or opens a
    collider (itself, or else its descendants).
    """

    name: str
    meet: Meet
    by: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether dependence goes on here."""
        return bool(self.by) == (self.meet is Meet.COLLIDER)


@dataclass(frozen=True, slots=True)
class JoinedPath:
    """A path, and what happens at each variable on it. `causal`: directed from end to end."""

    path: Path
    stops: tuple[Stop, ...]
    causal: bool

    @property
    def open(self) -> bool:
        """Whether dependence goes all the way."""
        return all(stop.passes for stop in self.stops)

    @property
    def biasing(self) -> bool:
        """Open, and not by cause."""
        return self.open and not self.causal


@dataclass(frozen=True, slots=True)
class Closing:
    """Holding `name` fixed closes a path; or, with `let_go`, no longer holding it fixed.

    `reacts`: the exposure works on it, so that holding it fixed compares different people. `opens`:
    another path that it opens, the shortest.
    """

    name: str
    let_go: bool = False
    reacts: bool = False
    opens: Path = ()

    @property
    def clean(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reacts and not self.opens


def joined_paths(
    graph: CausalGraph,
    exposures: Collection[str],
    outcomes: Collection[str],
    held: Collection[str] = (),
) -> tuple[tuple[JoinedPath, ...], bool]:
    """Open paths that bias, then closed ones that would, then causal ones; each sort by length.

    At most 12 of a sort; and whether these are all.
    """
    xs, ys = set(exposures), set(outcomes) - set(exposures)
    given = frozenset(held) - xs - ys
    if not xs or not ys:
        return (), True
    opened, whole = biasing_paths(graph, xs, ys, given, MOST_LISTED, MOST_TRIED)
    closed: list[JoinedPath] = []
    causal: list[JoinedPath] = []
    tried = _Tried()
    for path in _paths(graph, xs, ys, tried):
        one = judged(graph, path, given)
        if not one.biasing:
            (causal if one.causal else closed).append(one)
        if min(len(closed), len(causal)) > MOST_LISTED:
            break
    whole &= tried.complete and max(len(closed), len(causal)) <= MOST_LISTED
    found = [judged(graph, path, given) for path in opened]
    return (*found, *closed[:MOST_LISTED], *causal[:MOST_LISTED]), whole


def judged(graph: CausalGraph, path: Path, held: Collection[str]) -> JoinedPath:
    """What each variable between the ends of a path does."""
    stops = []
    for before, after in zip(path[1:-1], path[2:], strict=True):
        collider = before.head_there and after.head_here
        fork = not before.head_there and not after.head_here
        meet = Meet.COLLIDER if collider else Meet.FORK if fork else Meet.CHAIN
        by: tuple[str, ...] = (before.to,) if before.to in held else ()
        if collider and not by:
            below = graph.descendants((before.to,))
            by = tuple(v for v in graph.variables if v in held and v in below)
        stops.append(Stop(before.to, meet, by))
    directed = all(step.head_there and not step.head_here for step in path[1:])
    return JoinedPath(path, tuple(stops), directed)


def closings(
    graph: CausalGraph,
    joined: JoinedPath,
    exposures: Collection[str],
    outcomes: Collection[str],
    held: Collection[str] = (),
) -> tuple[Closing, ...]:
    """What closes an open path: measured variables to hold fixed, or fewer of those that are.

    The ones without a drawback first, else in the order of the path.
    """
    after = graph.descendants(exposures)
    found = []
    for stop in joined.stops:
        if stop.meet is Meet.COLLIDER:
            if len(stop.by) == 1:
                fewer = set(held) - set(stop.by)
                opens = _opened(graph, exposures, outcomes, fewer, held)
                found.append(Closing(stop.by[0], let_go=True, opens=opens))
        elif stop.name not in graph.latent and stop.name not in held:
            more = {*held, stop.name}
            opens = _opened(graph, exposures, outcomes, more, held)
            found.append(Closing(stop.name, reacts=stop.name in after, opens=opens))
    return tuple(sorted(dict.fromkeys(found), key=lambda one: not one.clean))


def _opened(
    graph: CausalGraph,
    exposures: Collection[str],
    outcomes: Collection[str],
    held: Collection[str],
    before: Collection[str],
) -> Path:
    """A short path that is open with `held` and was not with `before`; () where none is found."""
    now, _ = biasing_paths(graph, exposures, outcomes, held, MOST_OPENED, MOST_OPENED)
    return next((path for path in now if not judged(graph, path, before).open), ())


@dataclass(slots=True)
class _Tried:
    """Whether all paths were looked at."""

    complete: bool = True


def _paths(graph: CausalGraph, xs: set[str], ys: set[str], tried: _Tried) -> Iterator[Path]:
    """Every path that leaves the exposures for good and ends at its first outcome."""
    around, leads = steps(graph), _leading(graph, xs, ys)
    waiting: deque[tuple[Path, frozenset[str]]] = deque(
        ((Step(x, False, False),), frozenset(xs)) for x in graph.variables if x in xs
    )
    looked = 0
    while waiting:
        path, seen = waiting.popleft()
        for step in around[path[-1].to]:
            if step.to in seen or step.to not in leads:
                continue
            looked += 1
            if looked > MOST_TRIED:
                tried.complete = False
                return
            if step.to in ys:
                yield (*path, step)
            else:
                waiting.append(((*path, step), seen | {step.to}))


def _leading(graph: CausalGraph, xs: set[str], ys: set[str]) -> set[str]:
    """Variables from which some path comes to an outcome past the exposures."""
    around, found = steps(graph), set(ys)
    waiting = list(ys)
    for name in waiting:
        for step in around[name]:
            if step.to not in found and step.to not in xs:
                found.add(step.to)
                if step.to not in ys:
                    waiting.append(step.to)
    return found

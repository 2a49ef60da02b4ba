"""How exposure and outcome are joined: by causal paths, and by open paths that are not causal.

What DAGitty colours (Textor et al., Int. J. Epidemiology 2016): an arrow on a directed path from
an exposure to an outcome is causal; an edge on any other path between them that is open, given what
is adjusted for, is biasing. A path leaves the exposures for good at its first step.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from engine.graph.graph import CausalGraph, Edge, pair
from engine.graph.separation import Step, onward, steps

MOST_TRIED = 4_000  # beginnings of paths that are listed one by one
MOST_LIVE = 1_500  # … that are looked at for their edges; then walks stand for paths

Path = tuple[Step, ...]  # the first one stands still on its start
State = tuple[str, bool | None, bool]  # variable, came in at an arrowhead, went against an arrow
Onward = tuple[State, int, int]  # where an edge leads, its bit, and that of the variable there
Joint = tuple[str, str, bool]  # cause, effect, False; or two names in order, True, for a ↔


@dataclass(frozen=True, slots=True)
class Influence:
    """What joins exposures and outcomes; each edge as (a, b, whether it is a ↔).

    `causal`: on a directed path that is open; `closed`: only on directed paths with an adjusted
    variable on them; `biasing`: on an open path that is not directed. `complete` is False where
    there were too many paths to look at: then `biasing` holds all edges of open walks, a few of
    which may be on no path; none is missed.
    `above_exposures` and `above_outcomes`: variables without a part in the question from which
    arrows lead there, past the exposures and past what is adjusted for.
    """

    causal: frozenset[Joint] = frozenset()
    closed: frozenset[Joint] = frozenset()
    biasing: frozenset[Joint] = frozenset()
    complete: bool = True
    above_exposures: frozenset[str] = frozenset()
    above_outcomes: frozenset[str] = frozenset()


def influence(
    graph: CausalGraph,
    exposures: Collection[str],
    outcomes: Collection[str],
    adjusted: Collection[str] = (),
) -> Influence:
    """The edges of each kind; nothing where there is no exposure or no outcome."""
    xs, ys = set(exposures), set(outcomes) - set(exposures)
    given = frozenset(adjusted) - xs - ys
    if not xs or not ys:
        return Influence()
    open_causal = _directed(graph, xs, ys, given)
    search = _Search(graph, xs, ys, given)
    biasing = search.on_paths(MOST_LIVE)
    return Influence(
        open_causal,
        _directed(graph, xs, ys, frozenset()) - open_causal,
        biasing,
        search.complete,
        _above(graph, xs, xs | ys | given),
        _above(graph, ys, xs | ys | given),
    )


def biasing_paths(
    graph: CausalGraph,
    exposures: Collection[str],
    outcomes: Collection[str],
    adjusted: Collection[str] = (),
    most: int = 20,
    tried: int = MOST_TRIED,
) -> tuple[tuple[Path, ...], bool]:
    """The shortest open paths that are not causal, and whether these are all.

    Not more than `tried` beginnings are looked at.
    """
    xs, ys = set(exposures), set(outcomes) - set(exposures)
    search = _Search(graph, xs, ys, frozenset(adjusted) - xs - ys)
    found: list[Path] = []
    for path in search.paths(tried):
        if len(found) == most:
            return tuple(found), False
        found.append(path)
    return tuple(found), search.complete


def in_words(path: Path) -> str:
    """A path as people write it: "dose ← age → recovery"."""
    return "".join(f" {step.arrow} {step.to}" if i else step.to for i, step in enumerate(path))


def joints(path: Path) -> Iterator[Joint]:
    """The edges of a path."""
    for here, step in zip(path[:-1], path[1:], strict=True):
        if step.head_here and step.head_there:
            yield (*pair(here.to, step.to), True)
        elif step.head_there:
            yield here.to, step.to, False
        else:
            yield step.to, here.to, False


def _directed(
    graph: CausalGraph, xs: set[str], ys: set[str], given: frozenset[str]
) -> frozenset[Joint]:
    """Arrows on directed paths that leave the exposures at once and meet nothing of `given`."""
    free = frozenset(e for e in graph.edges if e[1] not in xs | given and e[0] not in ys | given)
    down = _reached(xs, free, forward=True)
    up = _reached(ys, free, forward=False)
    return frozenset((a, b, False) for a, b in free if a in down and b in up)


def _above(graph: CausalGraph, names: set[str], parts: set[str]) -> frozenset[str]:
    """Ancestors of `names` by arrows that lead into nothing else of `parts`; none of `parts`."""
    free = frozenset(e for e in graph.edges if e[1] in names or e[1] not in parts)
    return frozenset(_reached(names, free, forward=False) - parts)


def _reached(names: set[str], edges: frozenset[Edge], *, forward: bool) -> set[str]:
    after: dict[str, list[str]] = {}
    for a, b in edges:
        after.setdefault(a if forward else b, []).append(b if forward else a)
    found, waiting = set(names), list(names)
    for name in waiting:
        for other in after.get(name, ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _ahead(onwards: Mapping[State, Collection[Onward]]) -> dict[State, int]:
    """The bits of all edges that walks from each state come to."""
    before: dict[State, list[tuple[State, int]]] = {}
    for state, steps_on in onwards.items():
        for after, bit, _ in steps_on:
            before.setdefault(after, []).append((state, bit))
    ahead = dict.fromkeys(onwards, 0)
    waiting, due = deque(onwards), set(onwards)
    while waiting:
        state = waiting.popleft()
        due.discard(state)
        here = ahead[state]
        for earlier, bit in before.get(state, ()):
            more = ahead[earlier] | here | bit
            if more != ahead[earlier]:
                ahead[earlier] = more
                if earlier not in due:
                    due.add(earlier)
                    waiting.append(earlier)
    return ahead


class _Search:
    """Open paths from exposures to outcomes that are not directed, shortest first.

    `complete` is False once the search gave up.
    """

    def __init__(
        self, graph: CausalGraph, xs: set[str], ys: set[str], given: frozenset[str]
    ) -> None:
        self._around, self._opened = steps(graph), graph.ancestors(given)
        self._order = graph.variables
        self._xs, self._ys, self._given = xs, ys, given
        self.complete = True
        self._after = self._walks()
        self._leads = self._leading()

    def paths(self, most: int) -> Iterator[Path]:
        """One after another; at most `most` beginnings are looked at."""
        waiting: deque[tuple[State, Path, frozenset[str]]] = deque(
            ((x, None, False), (Step(x, False, False),), frozenset((x,)))
            for x in self._order
            if x in self._xs and (x, None, False) in self._leads
        )
        tried = 0
        while waiting:
            state, path, seen = waiting.popleft()
            for step, after in self._after[state]:
                if step.to in seen or after not in self._leads:
                    continue
                tried += 1
                if tried > most:
                    self.complete = False
                    return
                if step.to in self._ys:
                    if after[2]:
                        yield (*path, step)
                    continue
                waiting.append((after, (*path, step), seen | {step.to}))

    def on_paths(self, most: int) -> frozenset[Joint]:
        """The edges of these paths; of walks where more than `most` beginnings were looked at.

        Each edge of a walk is a bit. A beginning is followed only while it, or what walks meet
        from there on, has an edge that no path has shown yet.
        """
        bits: dict[Joint, int] = {}
        marks = {name: 1 << number for number, name in enumerate(self._order)}
        onwards: dict[State, list[Onward]] = {state: [] for state in self._leads}
        for state in self._leads:
            for step, after in self._after[state]:
                if after in self._leads:
                    (edge,) = joints((Step(state[0], False, False), step))
                    bit = bits.setdefault(edge, 1 << len(bits))
                    onwards[state].append((after, bit, marks[step.to]))
        found = self._found(onwards, marks, most)
        if not self.complete:
            return frozenset(bits)
        return frozenset(edge for edge, bit in bits.items() if bit & found)

    def _found(
        self, onwards: Mapping[State, Collection[Onward]], marks: Mapping[str, int], most: int
    ) -> int:
        """The bits of the edges that are on paths."""
        ahead, found, tried = _ahead(onwards), 0, 0
        waiting: list[tuple[State, int, int]] = [
            ((x, None, False), 0, marks[x])
            for x in self._order
            if x in self._xs and (x, None, False) in onwards
        ]
        while waiting:
            state, taken, seen = waiting.pop()
            if not (taken | ahead[state]) & ~found:
                continue
            for after, bit, mark in onwards[state]:
                if seen & mark:
                    continue
                tried += 1
                if after[0] in self._ys:
                    found |= taken | bit if after[2] else 0
                elif (taken | bit | ahead[after]) & ~found:
                    waiting.append((after, taken | bit, seen | mark))
            if tried > most:
                self.complete = False
                break
        return found

    def _walks(self) -> dict[State, list[tuple[Step, State]]]:
        """Every state that an open walk can come to, and how it can go on from there."""
        found: dict[State, list[tuple[Step, State]]] = {}
        waiting: list[State] = [(x, None, False) for x in self._order if x in self._xs]
        for state in waiting:
            if state in found:
                continue
            found[state] = []
            if state[0] in self._ys:
                continue
            for step in onward(self._around, state[:2], self._opened, self._given):
                if step.to in self._xs:
                    continue
                against = state[2] or step.head_here
                after = step.to, step.head_there, against
                found[state].append((step, after))
                waiting.append(after)
        return found

    def _leading(self) -> set[State]:
        """The states from which such a walk comes to an outcome, not directed by then."""
        before: dict[State, list[State]] = {}
        for state, onwards in self._after.items():
            for _, after in onwards:
                before.setdefault(after, []).append(state)
        waiting = [state for state in self._after if state[0] in self._ys and state[2]]
        found = set(waiting)
        for state in waiting:
            for earlier in before.get(state, ()):
                if earlier not in found:
                    found.add(earlier)
                    waiting.append(earlier)
        return found

"""How exposure and outcome are joined: by causal paths, and by open paths that are not causal.

What DAGitty colours (Textor et al., Int. J. Epidemiology 2016): an arrow on a directed path from
an exposure to an outcome is causal; an edge on any other path between them that is open, given what
is adjusted for, is biasing. A path leaves the exposures for good at its first step.
"""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from engine.graph.graph import CausalGraph, Edge, pair
from engine.graph.separation import Step, onward, steps

MOST_TRIED = 4_000  # beginnings of paths that are looked at one by one; then walks stand for paths

Path = tuple[Step, ...]  # the first one stands still on its start
Joint = tuple[str, str, bool]  # cause, effect, False; or two names in order, True, for a ↔


@dataclass(frozen=True, slots=True)
class Influence:
    """What joins exposures and outcomes; each edge as (a, b, whether it is a ↔).

    `causal`: on a directed path that is open; `closed`: only on directed paths with an adjusted
    variable on them; `biasing`: on an open path that is not directed. `complete` is False where
    there were too many paths to look at: then `biasing` may hold edges of open walks.
    """

    causal: frozenset[Joint] = frozenset()
    closed: frozenset[Joint] = frozenset()
    biasing: frozenset[Joint] = frozenset()
    complete: bool = True


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
    biasing = set[Joint]()
    search = _Search(graph, xs, ys, given)
    for path in search.paths(MOST_TRIED):
        biasing.update(joints(path))
    if not search.complete:
        biasing = set(search.on_walks())
    return Influence(
        open_causal,
        _directed(graph, xs, ys, frozenset()) - open_causal,
        frozenset(biasing),
        search.complete,
    )


def biasing_paths(
    graph: CausalGraph,
    exposures: Collection[str],
    outcomes: Collection[str],
    adjusted: Collection[str] = (),
    most: int = 20,
) -> tuple[tuple[Path, ...], bool]:
    """The shortest open paths that are not causal, and whether these are all."""
    xs, ys = set(exposures), set(outcomes) - set(exposures)
    search = _Search(graph, xs, ys, frozenset(adjusted) - xs - ys)
    found: list[Path] = []
    for path in search.paths(MOST_TRIED):
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


State = tuple[str, bool | None, bool]  # variable, came in at an arrowhead, went against an arrow


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

    def on_walks(self) -> Iterator[Joint]:
        """The edges of open walks that are not directed."""
        for state, onwards in self._after.items():
            for step, after in onwards:
                if state in self._leads and after in self._leads:
                    yield from joints((Step(state[0], False, False), step))

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

"""m-separation: what a graph makes independent, and the path that keeps two dependent."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from engine.errors import GraphError
from engine.graph.graph import CausalGraph

State = tuple[str, bool | None]  # a variable, and whether the walk came in at an arrowhead


@dataclass(frozen=True, slots=True)
class Step:
    """One edge walked from a variable to `to`; True where the edge has an arrowhead at that end."""

    to: str
    head_here: bool
    head_there: bool

    @property
    def arrow(self) -> str:
        """The edge as drawn from left to right."""
        return "↔" if self.head_here and self.head_there else "→" if self.head_there else "←"


def separated(
    graph: CausalGraph, xs: Collection[str], ys: Collection[str], given: Collection[str] = ()
) -> bool:
    """True where every path between `xs` and `ys` is blocked by `given`: xs ⫫ ys | given.

    m-separation (Richardson, Scand. J. Statist. 2003): a path is open when each collider on it is
    in `given` or has a descendant there, and no other variable on it is in `given`. On a graph
    without ↔ this is d-separation. Latent variables are ordinary ones that cannot be in `given`.
    """
    return not _open_walk(graph, xs, ys, given)


def open_path(
    graph: CausalGraph, xs: Collection[str], ys: Collection[str], given: Collection[str] = ()
) -> tuple[str, ...]:
    """A shortest path between `xs` and `ys` that `given` leaves open, ends included; () if none."""
    return tuple(step.to for step in _open_walk(graph, xs, ys, given))


def open_path_in_words(
    graph: CausalGraph, xs: Collection[str], ys: Collection[str], given: Collection[str] = ()
) -> str:
    """`open_path` as people write it: "dose ← age → recovery"; "" if there is none."""
    walk = _open_walk(graph, xs, ys, given)
    return "".join(f" {step.arrow} {step.to}" if i else step.to for i, step in enumerate(walk))


def connected(
    graph: CausalGraph, xs: Collection[str], given: Collection[str] = ()
) -> frozenset[str]:
    """Every variable beside `xs` and `given` that some path leads to which `given` leaves open."""
    xs, _, given = _checked(graph, xs, (), given)
    around, opened = steps(graph), graph.ancestors(given)
    waiting: list[State] = [(x, None) for x in xs]
    seen = set(waiting)
    for state in waiting:
        for step in onward(around, state, opened, given):
            after = (step.to, step.head_there)
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return frozenset(variable for variable, _ in seen) - xs - given


def steps(graph: CausalGraph) -> dict[str, tuple[Step, ...]]:
    """Every edge that leaves each variable, in the order of `variables`; → before ← before ↔."""
    place = {v: i for i, v in enumerate(graph.variables)}
    found: dict[str, list[tuple[int, int, Step]]] = {v: [] for v in graph.variables}
    for cause, effect in graph.edges:
        found[cause].append((place[effect], 0, Step(effect, False, True)))
        found[effect].append((place[cause], 1, Step(cause, True, False)))
    for a, b in graph.bidirected:
        found[a].append((place[b], 2, Step(b, True, True)))
        found[b].append((place[a], 2, Step(a, True, True)))
    return {
        v: tuple(step for *_, step in sorted(edges, key=lambda edge: edge[:2]))
        for v, edges in found.items()
    }


def _open_walk(
    graph: CausalGraph, xs: Collection[str], ys: Collection[str], given: Collection[str]
) -> tuple[Step, ...]:
    """The steps of `open_path`, after a first one that stands still on the start.

    Breadth first over (variable, came in at an arrowhead). A shortest open walk visits no variable
    twice, because cutting out a loop leaves it open: so it is a path.
    """
    xs, ys, given = _checked(graph, xs, ys, given)
    around, opened = steps(graph), graph.ancestors(given)
    came: dict[State, tuple[State | None, Step]] = {
        (x, None): (None, Step(x, False, False)) for x in graph.variables if x in xs
    }
    waiting = list(came)
    for state in waiting:
        for step in onward(around, state, opened, given):
            after = (step.to, step.head_there)
            if after in came:
                continue
            came[after] = (state, step)
            if step.to in ys:
                return _walked(came, after)
            waiting.append(after)
    return ()


def onward(
    around: dict[str, tuple[Step, ...]],
    state: State,
    opened: frozenset[str],
    given: frozenset[str],
) -> Iterator[Step]:
    """The edges along which an open walk that reached `state` can go on."""
    variable, head = state
    for step in around[variable]:
        collider = head is True and step.head_here
        if head is None or (variable in opened if collider else variable not in given):
            yield step


def _walked(came: dict[State, tuple[State | None, Step]], end: State) -> tuple[Step, ...]:
    walk: list[Step] = []
    state: State | None = end
    while state is not None:
        state, step = came[state]
        walk.append(step)
    return tuple(reversed(walk))


def _checked(graph: CausalGraph, *sides: Collection[str]) -> tuple[frozenset[str], ...]:
    """The two sides and what is given, as sets; unknown, doubled and latent names are refused."""
    xs, ys, given = (frozenset(names) for names in sides)
    if unknown := sorted((xs | ys | given) - set(graph.variables)):
        raise GraphError(f"The graph has no variable {unknown[0]}", remedy="add it first")
    if hidden := sorted(given & graph.latent):
        raise GraphError(f"{hidden[0]} is never measured", remedy="condition on measured variables")
    if doubled := sorted((xs & ys) | ((xs | ys) & given)):
        raise GraphError(
            f"{doubled[0]} is named twice", remedy="name each variable on one side of the question"
        )
    return xs, ys, given

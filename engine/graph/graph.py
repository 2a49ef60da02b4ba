"""The causal graph: a frozen value with directed and bidirected edges and latent variables."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from engine.errors import CycleError, GraphError

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CausalGraph:
    """An acyclic directed mixed graph (ADMG) with named latent variables.

    `edges` holds (cause, effect). `bidirected` holds pairs (a, b) with a < b: an unmeasured common
    cause a ↔ b. `latent` variables are drawn but never measured. Both a → b and a ↔ b may hold.
    """

    variables: tuple[str, ...] = ()
    edges: frozenset[Edge] = frozenset()
    bidirected: frozenset[Edge] = frozenset()
    latent: frozenset[str] = frozenset()

    @property
    def observed(self) -> tuple[str, ...]:
        """Variables that are not latent, in order."""
        return tuple(v for v in self.variables if v not in self.latent)

    def parents(self, effect: str) -> tuple[str, ...]:
        """Causes of `effect`, in the order of `variables`."""
        return tuple(v for v in self.variables if (v, effect) in self.edges)

    def children(self, cause: str) -> tuple[str, ...]:
        """Direct effects of `cause`, in the order of `variables`."""
        return tuple(v for v in self.variables if (cause, v) in self.edges)

    def siblings(self, variable: str) -> tuple[str, ...]:
        """Variables that share a bidirected edge with `variable`, in order."""
        return tuple(v for v in self.variables if pair(v, variable) in self.bidirected)

    def ancestors(self, of: Iterable[str]) -> frozenset[str]:
        """`of` and everything with a directed path into it."""
        return _closure(of, self.edges, backwards=True)

    def descendants(self, of: Iterable[str]) -> frozenset[str]:
        """`of` and everything reached from it along arrows."""
        return _closure(of, self.edges, backwards=False)

    def order(self) -> tuple[str, ...]:
        """A topological order (causes first; ties in the order of `variables`)."""
        place = {variable: i for i, variable in enumerate(self.variables)}
        waiting = dict.fromkeys(self.variables, 0)  # causes that are still to come
        effects: dict[str, list[str]] = {variable: [] for variable in self.variables}
        for cause, effect in self.edges:
            waiting[effect] += 1
            effects[cause].append(effect)
        ready = [place[v] for v, causes in waiting.items() if not causes]  # a heap: sorted
        done: list[str] = []
        while ready:
            done.append(self.variables[heappop(ready)])
            for effect in effects[done[-1]]:
                waiting[effect] -= 1
                if not waiting[effect]:
                    heappush(ready, place[effect])
        if len(done) < len(self.variables):
            raise cycle_error(self, ())
        return tuple(done)

    def districts(self) -> tuple[frozenset[str], ...]:
        """Classes of variables connected by ↔ edges (c-components), in the order of `variables`."""
        found: list[frozenset[str]] = []
        seen: set[str] = set()
        both = frozenset(self.bidirected | {(b, a) for a, b in self.bidirected})
        for variable in self.variables:
            if variable not in seen:
                found.append(_closure((variable,), both, backwards=False))
                seen |= found[-1]
        return tuple(found)

    def district(self, variable: str) -> frozenset[str]:
        """The district that holds `variable`."""
        return next(district for district in self.districts() if variable in district)

    def path(self, start: str, end: str) -> tuple[str, ...]:
        """A shortest directed path from `start` to `end`, both included; empty if there is none."""
        trails: list[tuple[str, ...]] = [(start,)]
        seen = {start}
        while trails:
            trail = trails.pop(0)
            if trail[-1] == end:
                return trail
            for child in self.children(trail[-1]):
                if child not in seen:
                    seen.add(child)
                    trails.append((*trail, child))
        return ()


def pair(a: str, b: str) -> Edge:
    """The name of the bidirected edge between `a` and `b`: sorted, so that a ↔ b is b ↔ a."""
    return (a, b) if a < b else (b, a)


def graph_of(
    variables: Iterable[str] = (),
    edges: Iterable[Edge] = (),
    bidirected: Iterable[Edge] = (),
    latent: Iterable[str] = (),
) -> CausalGraph:
    """A checked graph: variables in order of first mention, cycles and unknown latents refused."""
    edges, bidirected = list(edges), [pair(*both) for both in bidirected]
    mentioned = [*variables, *(v for edge in [*edges, *bidirected] for v in edge)]
    graph = CausalGraph(tuple(dict.fromkeys(mentioned)))
    for cause, effect in edges:
        graph = add_edge(graph, cause, effect)
    for a, b in bidirected:
        graph = add_bidirected(graph, a, b)
    for variable in latent:
        graph = set_latent(graph, variable, latent=True)
    return graph


def add_variable(graph: CausalGraph, name: str) -> CausalGraph:
    """`graph` with one more variable; a name in use or an empty name is refused."""
    if not name.strip():
        raise GraphError("A variable needs a name", remedy="type at least one letter")
    if name in graph.variables:
        raise GraphError(f"There is already a variable named {name}", remedy="choose another name")
    return replace(graph, variables=(*graph.variables, name))


def add_edge(graph: CausalGraph, cause: str, effect: str) -> CausalGraph:
    """`graph` with `cause → effect`, refused if it would close a cycle (which is named)."""
    _known(graph, cause, effect)
    back = graph.path(effect, cause)
    if back:
        raise cycle_error(graph, (*back, effect))
    return replace(graph, edges=graph.edges | {(cause, effect)})


def add_bidirected(graph: CausalGraph, a: str, b: str) -> CausalGraph:
    """`graph` with a hidden common cause a ↔ b."""
    _known(graph, a, b)
    if a == b:
        raise GraphError(f"{a} ↔ {a} says nothing", remedy="join two different variables")
    return replace(graph, bidirected=graph.bidirected | {pair(a, b)})


def remove_edge(graph: CausalGraph, cause: str, effect: str) -> CausalGraph:
    """`graph` without `cause → effect`."""
    return replace(graph, edges=graph.edges - {(cause, effect)})


def remove_bidirected(graph: CausalGraph, a: str, b: str) -> CausalGraph:
    """`graph` without a ↔ b."""
    return replace(graph, bidirected=graph.bidirected - {pair(a, b)})


def remove_variable(graph: CausalGraph, name: str) -> CausalGraph:
    """`graph` without `name` and without every edge that touches it."""
    _known(graph, name)
    return CausalGraph(
        tuple(v for v in graph.variables if v != name),
        frozenset(edge for edge in graph.edges if name not in edge),
        frozenset(edge for edge in graph.bidirected if name not in edge),
        graph.latent - {name},
    )


def rename_variable(graph: CausalGraph, old: str, new: str) -> CausalGraph:
    """`graph` with `old` called `new` everywhere."""
    _known(graph, old)
    if new == old:
        return graph
    add_variable(graph, new)
    named = {v: v for v in graph.variables} | {old: new}
    return CausalGraph(
        tuple(named[v] for v in graph.variables),
        frozenset((named[a], named[b]) for a, b in graph.edges),
        frozenset(pair(named[a], named[b]) for a, b in graph.bidirected),
        frozenset(named[v] for v in graph.latent),
    )


def set_latent(graph: CausalGraph, name: str, *, latent: bool) -> CausalGraph:
    """`graph` with `name` marked as never measured, or measured again."""
    _known(graph, name)
    return replace(graph, latent=graph.latent | {name} if latent else graph.latent - {name})


def cycle_error(graph: CausalGraph, cycle: tuple[str, ...]) -> CycleError:
    """The refusal that names the cycle; without one given, the first found is named."""
    cycle = cycle or _find_cycle(graph)
    return CycleError(
        "The arrow would make a variable its own cause",
        where=" → ".join(cycle),
        remedy="remove or reverse an arrow on that path",
    )


def _find_cycle(graph: CausalGraph) -> tuple[str, ...]:
    return next(
        (*graph.path(effect, cause), effect)
        for cause, effect in sorted(graph.edges)
        if graph.path(effect, cause)
    )


def _known(graph: CausalGraph, *names: str) -> None:
    for name in names:
        if name not in graph.variables:
            raise GraphError(f"The graph has no variable {name}", remedy="add it first")


def _closure(start: Iterable[str], edges: frozenset[Edge], *, backwards: bool) -> frozenset[str]:
    step: dict[str, list[str]] = {}
    for cause, effect in edges:
        step.setdefault(effect if backwards else cause, []).append(cause if backwards else effect)
    found = set(start)
    fresh = list(found)
    while fresh:
        near = [v for v in step.get(fresh.pop(), ()) if v not in found]
        found.update(near)
        fresh.extend(near)
    return frozenset(found)

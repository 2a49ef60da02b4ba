"""What a graph file holds: the graph, where its variables are drawn, their roles, and the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from engine.errors import GraphError
from engine.graph.graph import CausalGraph, Edge, pair
from engine.graph.tiers import spread
from engine.project import Position, Project, Role
from engine.sketch import Drawn

Link = tuple[str, str, str]  # (a, "->", b), or (a, "<->", b) with a < b
Attributes = Mapping[str, str]
Chances = Mapping[tuple[str, ...], tuple[float, ...]]
MOST_NAMED = 4  # things that a sentence lists before it counts the others


class Part(StrEnum):
    """What a format may hold beside variables and arrows."""

    HIDDEN = "hidden causes (↔)"
    LATENT = "what is not measured"
    ROLES = "roles"
    PLACES = "places"
    BENDS = "bends"
    TITLE = "title"
    ASSUMED = "assumed arrows"
    TABLES = "categories and probabilities"
    TIERS = "time tiers"
    FORBIDDEN = "forbidden arrows"
    EXTRAS = "other attributes"


PROJECT = frozenset(Part) - {Part.TABLES, Part.FORBIDDEN, Part.EXTRAS}


@dataclass(frozen=True, slots=True)
class Tier:
    """Variables of one time. `closed`: no arrows among them; `near`: only into the next tier."""

    names: tuple[str, ...]
    closed: bool = False
    near: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known before any data: tiers from early to late, arrows that cannot be."""

    tiers: tuple[Tier, ...] = ()
    forbidden: frozenset[Edge] = frozenset()

    @property
    def forbids(self) -> bool:
        """Whether more is known than tiers: arrows that cannot be, closed or near tiers."""
        return bool(self.forbidden) or any(tier.closed or tier.near for tier in self.tiers)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph as drawn. Positions are centres in canvas units, y down; `name` is the graph's title.

    `bends`: the point that an edge is drawn towards. `categories` and `chances`: labels of a
    variable, and P(each label | labels of its parents), keyed by the labels of those parents that
    have some, in the graph's order. `extras`: attributes of variables (by name) and edges that mean
    nothing here. `warnings`: one sentence for each thing that was dropped or ignored on reading.
    """

    graph: CausalGraph = field(default_factory=CausalGraph)
    positions: Mapping[str, Position] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    name: str = ""
    warnings: tuple[str, ...] = ()
    bends: Mapping[Link, Position] = field(default_factory=dict)
    assumed: frozenset[Edge] = frozenset()
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chances: Mapping[str, Chances] = field(default_factory=dict)
    knowledge: Knowledge | None = None
    extras: Mapping[str | Link, Attributes] = field(default_factory=dict)


def drawing_of(project: Project) -> Drawing:
    """What a graph file can say of a project."""
    table = project.table
    labels = {} if table is None else {v.name: v.categories for v in table.variables if v.discrete}
    return Drawing(
        project.graph,
        project.positions,
        project.roles,
        project.title,
        bends=drawn_towards(project.sketch.bends, project.positions),
        assumed=project.assumed & project.graph.edges,
        knowledge=_known(project),
        categories={v: labels[v] for v in project.graph.observed if v in labels},
    )


def tiers_of(drawing: Drawing) -> dict[str, int]:
    """The time tier of each variable that has one, 0 first."""
    tiers = drawing.knowledge.tiers if drawing.knowledge else ()
    return {v: number for number, tier in enumerate(tiers) for v in tier.names}


def part_of(drawing: Drawing, names: Iterable[str]) -> Drawing:
    """The drawing of these variables, with the edges among them."""
    chosen, graph = set(names), drawing.graph

    def both(edge: Edge) -> bool:
        return edge[0] in chosen and edge[1] in chosen

    kept = CausalGraph(
        tuple(v for v in graph.variables if v in chosen),
        frozenset(filter(both, graph.edges)),
        frozenset(filter(both, graph.bidirected)),
        graph.latent & chosen,
    )
    return replace(
        drawing,
        graph=kept,
        positions={v: at for v, at in drawing.positions.items() if v in chosen},
        roles={v: role for v, role in drawing.roles.items() if v in chosen},
        bends={link: at for link, at in drawing.bends.items() if both((link[0], link[2]))},
        assumed=frozenset(filter(both, drawing.assumed)),
        categories={v: labels for v, labels in drawing.categories.items() if v in chosen},
        chances={},
        knowledge=None,
        extras={key: words for key, words in drawing.extras.items()
                if (key in chosen if isinstance(key, str) else both((key[0], key[2])))},
        warnings=(),
    )  # fmt: skip


def drawn_towards(
    bends: Mapping[Drawn, Position], places: Mapping[str, Position]
) -> dict[Link, Position]:
    """Bends as graph files have them: the control point between the middles of two nodes."""
    return {
        (a, "<->" if hidden else "->", b): (
            (places[a][0] + places[b][0]) / 2 + 2 * off[0],
            (places[a][1] + places[b][1]) / 2 + 2 * off[1],
        )
        for (a, b, hidden), off in bends.items()
        if a in places and b in places
    }


def left_out(drawing: Drawing, keeps: Iterable[Part]) -> tuple[str, ...]:
    """A sentence for each part of the drawing that has no place where only `keeps` have one."""
    graph, kept = drawing.graph, set(keeps)
    extras = {key for words in drawing.extras.values() for key in words}
    known = drawing.knowledge or Knowledge()
    said = {
        Part.HIDDEN: _named("hidden causes are left out", _pairs(graph)),
        Part.LATENT: _named("marks of what is not measured are left out", sorted(graph.latent)),
        Part.ROLES: _named(
            "roles are left out", [f"{v} ({r.value})" for v, r in sorted(drawing.roles.items())]
        ),
        Part.PLACES: "places are left out" if drawing.positions else "",
        Part.BENDS: "bends of edges are left out" if drawing.bends else "",
        Part.TITLE: f"the title {drawing.name!r} is left out" if drawing.name else "",
        Part.ASSUMED: "marks of assumed arrows are left out" if drawing.assumed else "",
        Part.TABLES: "categories and probabilities are left out" if drawing.chances else "",
        Part.TIERS: "time tiers are left out" if known.tiers else "",
        Part.FORBIDDEN: "forbidden arrows are left out" if known.forbids else "",
        Part.EXTRAS: _named("attributes are left out", sorted(extras)),
    }
    return tuple(words for part, words in said.items() if words and part not in kept)


def renamed(drawing: Drawing, names: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each variable that is written under another name."""
    return tuple(f"{v} is written as {names[v]}" for v in drawing.graph.variables if names[v] != v)


def distinct(plain: Mapping[str, str]) -> dict[str, str]:
    """The same names, numbered where two would be one; a name that needs no change keeps it."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for v, word in plain.items():
        name, count = word, 2
        while name in taken or (name != v and name in plain):
            name, count = f"{word}_{count}", count + 1
        names[v] = name
        taken.add(name)
    return names


def checked_graph(
    names: Iterable[str],
    edges: Iterable[Edge],
    bidirected: Iterable[Edge],
    latent: Iterable[str] = (),
) -> CausalGraph:
    """A graph from a file, variables in order of mention; a cycle is refused and named."""
    edges, bidirected = list(edges), list(bidirected)
    mentioned = dict.fromkeys([*names, *(v for edge in [*edges, *bidirected] for v in edge)])
    if any(not name.strip() for name in mentioned):
        raise GraphError("A variable has an empty name", remedy="name it")
    for a, b in bidirected:
        if a == b:
            raise GraphError(f"{a} ↔ {a} says nothing", remedy="join two different variables")
    graph = CausalGraph(
        tuple(mentioned),
        frozenset(edges),
        frozenset(pair(a, b) for a, b in bidirected),
        frozenset(latent),
    )
    graph.order()
    return graph


def arrow(a: str, b: str) -> Link:
    """The name of a → b."""
    return (a, "->", b)


def hidden(a: str, b: str) -> Link:
    """The name of a ↔ b."""
    first, second = pair(a, b)
    return (first, "<->", second)


def links(graph: CausalGraph) -> list[Link]:
    """All edges in the order in which they are written."""
    return [
        *(arrow(a, b) for a, b in sorted(graph.edges)),
        *(hidden(a, b) for a, b in sorted(graph.bidirected)),
    ]


def place(line: int, column: int = 0) -> str:
    """Where in a text, counted from 1: "line 3, column 7"."""
    return f"line {line}, column {column}" if column else f"line {line}"


def _known(project: Project) -> Knowledge | None:
    tiers = spread(project.tiers, project.graph.variables)
    return Knowledge(tuple(Tier(names) for names in tiers)) if tiers else None


def _pairs(graph: CausalGraph) -> list[str]:
    return [f"{a} ↔ {b}" for a, b in sorted(graph.bidirected)]


def _named(words: str, things: list[str]) -> str:
    """The words with the things: "roles are left out: x (exposure)"; "" without things."""
    more = len(things) - MOST_NAMED
    if more <= 1:
        return f"{words}: {', '.join(things)}" if things else ""
    return f"{words}: {', '.join(things[:MOST_NAMED])} and {more} more"

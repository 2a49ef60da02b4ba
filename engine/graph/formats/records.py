"""What GML and JSON share: variables and edges as records of words, read and written.

A variable is hidden by `latent` (true, 1, yes) or by DoWhy's `observed` (no); its role is `role`,
or a word of its own (`exposure` true). A hidden common cause is `type` "bidirected": written as two
records, one each way, so that no program takes it for a cause; one of them is enough on reading.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.errors import GraphError
from engine.graph.formats.dagitty import NO, ROLES, assumed_of, extras_of, roles_of
from engine.graph.formats.drawing import (
    Attributes,
    Drawing,
    Link,
    arrow,
    checked_graph,
    hidden,
    links,
)
from engine.project import Position, Role

BOTH = frozenset({"bidirected", "<->", "↔", "bidirectional", "hidden", "latent", "confounder"})
HIDING = frozenset({"latent", "unobserved", "hidden"})
SHOWING = frozenset({"observed", "measured"})
OF_ROLE = frozenset(role.value for role in Role)
KNOWN = frozenset({*OF_ROLE, *HIDING, *SHOWING, "role"})


@dataclass(frozen=True, slots=True)
class Node:
    """One variable as written, with its centre in canvas units."""

    name: str
    words: Attributes = field(default_factory=dict)
    at: Position | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One edge record as written; `place` is where, for people."""

    source: str
    target: str
    words: Attributes = field(default_factory=dict)
    place: str = ""


def drawing_from(nodes: Iterable[Node], sides: Iterable[Side], title: str = "") -> Drawing:
    """The drawing that the records describe."""
    named: dict[str, Node] = {}
    for node in nodes:
        if node.name in named:
            raise GraphError(f"{node.name} is named twice", where=node.name, remedy="name it once")
        named[node.name] = node
    edges: dict[Link, Attributes] = {}
    for side in sides:
        edges.setdefault(_link(side), side.words)
    words = {name: _plain(node.words) for name, node in named.items()}
    roles, warnings = roles_of(words)
    return Drawing(
        checked_graph(
            named,
            [(a, b) for a, sign, b in edges if sign == "->"],
            [(a, b) for a, sign, b in edges if sign == "<->"],
            [name for name, node in named.items() if _hidden(node.words)],
        ),
        {name: node.at for name, node in named.items() if node.at is not None},
        roles,
        title,
        tuple(warnings),
        assumed=assumed_of(edges),
        extras=extras_of(
            {name: node.words for name, node in named.items()}, KNOWN, edges, {"type", "assumed"}
        ),
    )


def words_of(drawing: Drawing, name: str) -> dict[str, str]:
    """What is said of a variable beside its name and place."""
    words = {"latent": "true"} if name in drawing.graph.latent else {}
    words |= {"role": drawing.roles[name].value} if name in drawing.roles else {}
    return {**words, **drawing.extras.get(name, {})}


def sides_of(drawing: Drawing) -> Iterator[Side]:
    """The edge records in order; a ↔ b both ways."""
    for link in links(drawing.graph):
        a, sign, b = link
        extras = drawing.extras.get(link, {})
        if sign == "<->":
            yield Side(a, b, {"type": "bidirected", **extras})
            yield Side(b, a, {"type": "bidirected", **extras})
        else:
            assumed = {"assumed": "true"} if (a, b) in drawing.assumed else {}
            yield Side(a, b, {**assumed, **extras})


def parallel(drawing: Drawing) -> bool:
    """Whether two edge records join one variable to another in the same direction."""
    pairs = [(side.source, side.target) for side in sides_of(drawing)]
    return len(set(pairs)) < len(pairs)


def _link(side: Side) -> Link:
    kind = side.words.get("type", "").lower()
    if kind in BOTH:
        return hidden(side.source, side.target)
    if kind in ("undirected", "--", "---", "none"):
        raise GraphError(
            f"The edge of {side.source} and {side.target} leaves its direction open",
            where=side.place,
            remedy='give it the type "directed" or "bidirected"',
        )
    return arrow(side.source, side.target)


def _plain(words: Attributes) -> dict[str, str]:
    """The role words that hold; `role` first."""
    said = words.get("role", "").lower()
    role = {said: "1"} if said in ROLES else {}
    kept = {
        key: value for key, value in words.items() if key in OF_ROLE and value.lower() not in NO
    }
    return {**role, **kept}


def _hidden(words: Mapping[str, str]) -> bool:
    hiding = any(words[key].lower() not in NO for key in HIDING & set(words))
    return hiding or any(words[key].lower() in NO for key in SHOWING & set(words))

"""DAGitty text, read and written (dagitty.net; Textor et al., Int. J. Epidemiology 2016).

The older form, a list of variables and a list or matrix of arrows, is in `legacy`.

Coordinates: one DAGitty unit is 160 canvas units, y down in both. Texts whose nearest neighbours
are typically more than 20 units apart are taken to be in pixels already; texts drawn so tightly
that the cards would cover each other are spread until neighbours are typically 240 canvas units
apart.
"""

import math
import re
from collections.abc import Collection, Mapping
from statistics import median
from typing import TypeVar

from engine.errors import GraphError
from engine.graph.formats.drawing import (
    Attributes,
    Drawing,
    Link,
    Part,
    arrow,
    checked_graph,
    distinct,
    hidden,
    left_out,
    links,
    renamed,
)
from engine.graph.formats.statements import Dialect, Join, in_quotes, parse
from engine.graph.graph import Edge
from engine.project import Position, Role

T = TypeVar("T")

UNIT = 160.0  # canvas units per DAGitty unit
PIXELS = 20.0  # typical distance of neighbours, in file units, from which the file is in pixels
TIGHT, SPREAD = 60.0, 240.0  # canvas units

DIALECT = Dialect(
    kinds=frozenset({"graph", "digraph", "dag", "mag", "pdag", "pag"}),
    bareword=r"[0-9A-Za-z_.]+|(?<==)-[0-9A-Za-z_.]+",
    quoted=r'"(?:\\"|[^"])*"',
    skipped=r"\s+",
    defaults=False,
    remedy='put names that hold more than letters A–Z, digits, "_" and "." in double quotes',
)
KEEPS = frozenset(Part) - {Part.TABLES, Part.TIERS, Part.FORBIDDEN}
SAFE = re.compile(r"[0-9A-Za-z_.]+")
TITLE = re.compile(r"[0-9A-Za-z_]+")  # a quoted title would become a variable in DAGitty
RESERVED = frozenset({"strict", "graph", "digraph", "dag", "mag", "pdag", "pag", "node", "edge"})
FORBIDDEN = frozenset({"graph", "node"})  # DAGitty knows no variable of that name, even in quotes
ROLES = {
    "exposure": Role.EXPOSURE, "e": Role.EXPOSURE, "source": Role.EXPOSURE,
    "outcome": Role.OUTCOME, "o": Role.OUTCOME, "target": Role.OUTCOME,
    "adjusted": Role.ADJUSTED, "a": Role.ADJUSTED,
    "selected": Role.SELECTED, "s": Role.SELECTED,
}  # fmt: skip
LATENT = frozenset({"latent", "l", "unobserved", "u"})
NO = frozenset({"", "0", "false", "no", "none"})


def read(text: str) -> Drawing:
    """The drawing that a DAGitty text describes; PAGs, MAGs and undirected edges are refused."""
    found = parse(text, DIALECT)
    if found.kind in ("mag", "pag"):
        raise GraphError(
            f"A {found.kind.upper()} stands for many causal graphs",
            remedy="choose one of them and write it as dag { … }",
        )
    if not found.kind and not found.joins:
        raise GraphError("This is no DAGitty text", remedy="begin with dag { and end with }")
    edges, bidirected = directions(found.joins)
    latent = [name for name, attributes in found.nodes.items() if LATENT & set(attributes)]
    roles, warnings = roles_of(found.nodes)
    of_edges = {link_of(join): join.attributes for join in found.joins}
    ends = {n: p for n, words in found.nodes.items() if (p := point_of(words.get("pos", "")))}
    bends = {n: p for n, words in of_edges.items() if (p := point_of(words.get("pos", "")))}
    scale = scale_of(list(ends.values()))
    settings = sorted(set(found.settings) - {"bb"})
    ignored = [f"settings of the graph ignored: {', '.join(settings)}"] if settings else []
    return Drawing(
        checked_graph(found.nodes, edges, bidirected, latent),
        scaled(ends, scale),
        roles,
        found.name,
        (*warnings, *ignored),
        bends=scaled(bends, scale),
        assumed=assumed_of(of_edges),
        extras=extras_of(found.nodes, {*ROLES, *LATENT, "pos"}, of_edges, {"pos", "assumed"}),
    )


def write(drawing: Drawing) -> tuple[str, tuple[str, ...]]:
    """The drawing as DAGitty text, variables and edges sorted, and what had to be left out."""
    graph, lines = drawing.graph, []
    names = distinct({v: f"{v}_" if v in FORBIDDEN else v for v in graph.variables})
    title = f"{drawing.name} " if TITLE.fullmatch(drawing.name) else ""
    at = {v: (x / UNIT, y / UNIT) for v, (x, y) in drawing.positions.items()}
    if at:
        xs, ys = zip(*at.values(), strict=True)
        box = (min(xs) - 1, min(ys) - 1, max(xs) + 1, max(ys) + 1)
        lines.append(f'bb="{",".join(f"{number:.3f}" for number in box)}"')
    for v in sorted(graph.variables):
        words = ["latent"] if v in graph.latent else []
        words += [drawing.roles[v].value] if v in drawing.roles else []
        words += [_at(at[v])] if v in at else []
        words += _extras(drawing.extras.get(v, {}))
        lines.append(_with(quoted(names[v]), words))
    for link in links(graph):
        a, sign, b = link
        words = ["assumed"] if sign == "->" and (a, b) in drawing.assumed else []
        if link in drawing.bends:
            x, y = drawing.bends[link]
            words.append(_at((x / UNIT, y / UNIT)))
        words += _extras(drawing.extras.get(link, {}))
        lines.append(_with(f"{quoted(names[a])} {sign} {quoted(names[b])}", words))
    keeps = KEEPS if title else KEEPS - {Part.TITLE}
    dropped = (*renamed(drawing, names), *left_out(drawing, keeps))
    return "\n".join([f"dag {title}{{", *lines, "}"]) + "\n", dropped


def quoted(name: str) -> str:
    """A name as the format writes it: quotes around all but plain words."""
    if SAFE.fullmatch(name) and name.lower() not in RESERVED:
        return name
    return in_quotes(name)


def directions(joins: list[Join]) -> tuple[list[Edge], list[Edge]]:
    """Directed and bidirected edges; circles and undirected edges are refused where they stand."""
    edges: list[Edge] = []
    bidirected: list[Edge] = []
    for join in joins:
        if join.edge == "->":
            edges.append((join.left, join.right))
        elif join.edge == "<-":
            edges.append((join.right, join.left))
        elif join.edge == "<->":
            bidirected.append((join.left, join.right))
        else:
            raise undecided(join)
    return edges, bidirected


def undecided(join: Join) -> GraphError:
    """The refusal of an edge whose direction is left open."""
    return GraphError(
        f"The edge {join.left} {join.edge} {join.right} leaves its direction open",
        where=join.place,
        remedy="write -> for a cause or <-> for a hidden common cause",
    )


def roles_of(nodes: Mapping[str, Attributes]) -> tuple[dict[str, Role], list[str]]:
    """The first role of each variable, and a sentence for each further one."""
    roles: dict[str, Role] = {}
    warnings: list[str] = []
    for name, attributes in nodes.items():
        found = list(dict.fromkeys(ROLES[key] for key in attributes if key in ROLES))
        if found:
            roles[name] = found[0]
        warnings += [f"{name} is also marked {role.value}: ignored" for role in found[1:]]
    return roles, warnings


def point_of(text: str) -> Position | None:
    """The point written as "1.5,-2" or "1.5,-2!"; None where it is no point."""
    try:
        x, y = (float(number) for number in text.rstrip("!").split(","))
    except ValueError:
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) else None


def scale_of(points: list[Position]) -> float:
    """Canvas units per unit of the file, from the typical distance to the nearest neighbour."""
    if len(points) < 2:
        return UNIT
    near = (
        min(math.dist(a, b) for j, b in enumerate(points) if i != j) for i, a in enumerate(points)
    )
    typical = median(near)
    if typical > PIXELS:
        return 1.0
    return SPREAD / typical if 0 < typical * UNIT < TIGHT else UNIT


def scaled(points: Mapping[T, Position], scale: float) -> dict[T, Position]:
    """Points of the file in canvas units."""
    return {name: (x * scale, y * scale) for name, (x, y) in points.items()}


def link_of(join: Join) -> Link:
    """The name of an edge whose direction is known."""
    if join.edge == "<->":
        return hidden(join.left, join.right)
    return arrow(join.right, join.left) if join.edge == "<-" else arrow(join.left, join.right)


def assumed_of(edges: Mapping[Link, Attributes]) -> frozenset[Edge]:
    """Arrows that are marked as merely assumed."""
    marked = (link for link, words in edges.items() if words.get("assumed", "0") not in NO)
    return frozenset((a, b) for a, sign, b in marked if sign == "->")


def rest_of(things: Mapping[T, Attributes], known: Collection[str]) -> dict[T, Attributes]:
    """What is said of variables or edges that means nothing here."""
    rest = {
        thing: {key: value for key, value in words.items() if key not in known}
        for thing, words in things.items()
    }
    return {thing: words for thing, words in rest.items() if words}


def extras_of(
    nodes: Mapping[str, Attributes],
    known: Collection[str],
    edges: Mapping[tuple[str, str, str], Attributes],
    known_of_edges: Collection[str],
) -> dict[str | tuple[str, str, str], Attributes]:
    """What is said of variables, and of edges, that means nothing here."""
    found: dict[str | tuple[str, str, str], Attributes] = {}
    found.update(rest_of(nodes, known).items())
    found.update(rest_of(edges, known_of_edges).items())
    return found


def _at(point: Position) -> str:
    return f'pos="{point[0]:.3f},{point[1]:.3f}"'


def _with(what: str, words: list[str]) -> str:
    return f"{what} [{','.join(words)}]" if words else what


def _extras(attributes: Attributes) -> list[str]:
    return [
        quoted(key) if value == "1" else f"{quoted(key)}={in_quotes(value)}"
        for key, value in attributes.items()
    ]

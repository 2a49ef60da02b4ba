"""DAGitty text, read and written (dagitty.net; Textor et al., Int. J. Epidemiology 2016).

Coordinates: one DAGitty unit is 160 canvas units, y down in both. Texts whose nearest neighbours
are typically more than 20 units apart are taken to be in pixels already; texts drawn so tightly
that the cards would cover each other are spread until neighbours are typically 240 canvas units
apart.
"""

import math
import re
from collections.abc import Mapping
from statistics import median

from engine.errors import GraphError
from engine.graph.formats.drawing import Drawing, checked_graph
from engine.graph.formats.statements import Attributes, Dialect, Join, Statements, in_quotes, parse
from engine.graph.graph import Edge
from engine.project import Position, Role

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
SAFE = re.compile(r"[0-9A-Za-z_.]+")
RESERVED = frozenset({"strict", "graph", "digraph", "dag", "mag", "pdag", "pag", "node", "edge"})
ROLES = {
    "exposure": Role.EXPOSURE, "e": Role.EXPOSURE, "source": Role.EXPOSURE,
    "outcome": Role.OUTCOME, "o": Role.OUTCOME, "target": Role.OUTCOME,
    "adjusted": Role.ADJUSTED, "a": Role.ADJUSTED,
    "selected": Role.SELECTED, "s": Role.SELECTED,
}  # fmt: skip
LATENT = frozenset({"latent", "l", "unobserved", "u"})


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
    return Drawing(
        checked_graph(found.nodes, edges, bidirected, latent),
        _positions(found.nodes),
        roles,
        found.name,
        (*warnings, *_ignored(found)),
    )


def write(drawing: Drawing) -> tuple[str, tuple[str, ...]]:
    """The drawing as DAGitty text, variables and edges sorted, and what had to be left out."""
    graph, lines = drawing.graph, []
    title = f"{drawing.name} " if SAFE.fullmatch(drawing.name) else ""
    dropped = () if title or not drawing.name else (f"the title {drawing.name!r} is left out",)
    at = {v: (x / UNIT, y / UNIT) for v, (x, y) in drawing.positions.items()}
    if at:
        xs, ys = zip(*at.values(), strict=True)
        box = (min(xs) - 1, min(ys) - 1, max(xs) + 1, max(ys) + 1)
        lines.append(f'bb="{",".join(f"{number:.3f}" for number in box)}"')
    for v in sorted(graph.variables):
        words = ["latent"] if v in graph.latent else []
        words += [drawing.roles[v].value] if v in drawing.roles else []
        words += [f'pos="{at[v][0]:.3f},{at[v][1]:.3f}"'] if v in at else []
        lines.append(f"{quoted(v)} [{','.join(words)}]" if words else quoted(v))
    lines += [f"{quoted(a)} -> {quoted(b)}" for a, b in sorted(graph.edges)]
    lines += [f"{quoted(a)} <-> {quoted(b)}" for a, b in sorted(graph.bidirected)]
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


def _positions(nodes: Mapping[str, Attributes]) -> dict[str, Position]:
    raw = {
        name: point
        for name, attributes in nodes.items()
        if (point := point_of(attributes.get("pos", "")))
    }
    scale = _scale(list(raw.values()))
    return {name: (x * scale, y * scale) for name, (x, y) in raw.items()}


def point_of(text: str) -> Position | None:
    """The point written as "1.5,-2" or "1.5,-2!"; None where it is no point."""
    try:
        x, y = (float(number) for number in text.rstrip("!").split(","))
    except ValueError:
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) else None


def _scale(points: list[Position]) -> float:
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


def _ignored(found: Statements) -> list[str]:
    """A sentence for each kind of thing that the drawing has no place for."""
    known = {*ROLES, *LATENT, "pos"}
    of_nodes = {key for attributes in found.nodes.values() for key in attributes} - known
    of_edges = {key for join in found.joins for key in join.attributes}
    settings = set(found.settings) - {"bb"}
    return [
        f"{what} ignored: {', '.join(sorted(keys))}"
        for what, keys in (
            ("attributes of variables", of_nodes),
            ("attributes of edges", of_edges),
            ("settings of the graph", settings),
        )
        if keys
    ]

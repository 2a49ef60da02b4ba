"""Graphviz DOT, written as other tools expect it and read tolerantly (graphviz.org, DOT language).

Graphviz places variables in points, 72 to the unit, with y up; one unit is 160 canvas units. Hidden
variables are `latent=true`, roles `exposure=true` and so on: attributes that Graphviz passes over.
"""

import html
import re
from collections.abc import Mapping

from engine.graph.formats.dagitty import (
    LATENT,
    NO,
    ROLES,
    UNIT,
    assumed_of,
    extras_of,
    point_of,
    roles_of,
    undecided,
)
from engine.graph.formats.drawing import (
    Attributes,
    Drawing,
    Link,
    Part,
    arrow,
    checked_graph,
    hidden,
    left_out,
    links,
)
from engine.graph.formats.statements import Dialect, Join, Statements, in_quotes, parse
from engine.project import Position

POINTS = 72.0 / UNIT  # Graphviz points per canvas unit

DIALECT = Dialect(
    kinds=frozenset({"graph", "digraph"}),
    bareword=r"-?(?:\d+\.\d*|\.\d+|\d+)(?![\w.])|[\w.]+",
    quoted=r'"(?:\\.|[^"\\])*"|<(?!-)(?:[^<>]|<[^<>]*>)*>',
    skipped=r"\s+|//[^\n]*|/\*.*?\*/|(?:(?<=\n)|\A)#[^\n]*",
    defaults=True,
    remedy="put the name in double quotes",
)
KEEPS = frozenset(Part) - {Part.BENDS, Part.TABLES, Part.TIERS, Part.FORBIDDEN}
CIRCLES = frozenset({"odot", "dot", "odiamond", "diamond"})
DRAWN = frozenset({
    "shape", "style", "color", "fillcolor", "fontcolor", "fontname", "fontsize", "width", "height",
    "penwidth", "label", "pos", "dir", "arrowhead", "arrowtail", "arrowsize", "constraint",
    "fixedsize", "margin", "xlabel", "tooltip", "lp", "bb", "minlen", "len", "rank", "group",
    "headport", "tailport", "headlabel", "taillabel", "lwidth", "lheight", "rects", "image",
    "labelloc", "labeljust", "splines", "decorate", "URL", "href", "peripheries",
})  # fmt: skip
KEY = re.compile(r"[A-Za-z_]\w*")


def read(text: str) -> Drawing:
    """The drawing that a DOT text describes; undirected edges and circles are refused."""
    found = _with_labels(parse(text, DIALECT))
    edges = {_link(join): join.attributes for join in found.joins}
    nodes = {
        name: {key: value for key, value in attributes.items() if value.lower() not in NO}
        for name, attributes in found.nodes.items()
    }
    latent = [v for v, words in nodes.items() if LATENT & set(words) or _unseen(found.nodes[v])]
    roles, warnings = roles_of(nodes)
    return Drawing(
        checked_graph(
            nodes,
            [(a, b) for a, sign, b in edges if sign == "->"],
            [(a, b) for a, sign, b in edges if sign == "<->"],
            latent,
        ),
        _positions(nodes),
        roles,
        found.name,
        tuple(warnings),
        assumed=assumed_of(edges),
        extras=extras_of(nodes, {*ROLES, *LATENT, *DRAWN, "observed"}, edges, {*DRAWN, "assumed"}),
    )


def write(drawing: Drawing) -> tuple[str, tuple[str, ...]]:
    """The drawing as DOT text; bends are left out, because Graphviz finds its own ways."""
    graph = drawing.graph
    title = f"{in_quotes(drawing.name)} " if drawing.name else ""
    lines = [f"digraph {title}{{", "  node [shape=ellipse];"]
    for v in graph.variables:
        words = ["style=dashed", "latent=true"] if v in graph.latent else []
        words += [f"{drawing.roles[v].value}=true"] if v in drawing.roles else []
        if v in drawing.positions:
            x, y = drawing.positions[v]
            words.append(f'pos="{_number(x * POINTS)},{_number(-y * POINTS)}!"')
        lines.append(_with(in_quotes(v), words + _extras(drawing.extras.get(v, {}))))
    for link in links(graph):
        a, sign, b = link
        words = ["dir=both", "style=dashed"] if sign == "<->" else []
        words += ["assumed=true"] if sign == "->" and (a, b) in drawing.assumed else []
        words += _extras(drawing.extras.get(link, {}))
        lines.append(_with(f"{in_quotes(a)} -> {in_quotes(b)}", words))
    lost = {key for words in drawing.extras.values() for key in words if not _kept(key)}
    dropped = [f"attributes are left out: {', '.join(sorted(lost))}"] if lost else []
    return "\n".join([*lines, "}"]) + "\n", (*left_out(drawing, KEEPS), *dropped)


def _link(join: Join) -> Link:
    """Which edge it is, from the marks at its two ends."""
    turned = join.edge == "<-"
    a, b = (join.right, join.left) if turned else (join.left, join.right)
    usual = {"->": "forward", "<-": "forward", "<->": "both", "--": "none"}.get(join.edge)
    direction = join.attributes.get("dir", usual)
    if usual is None:
        raise undecided(join)
    tail = _mark(join.attributes.get("arrowtail")) if direction in ("back", "both") else "none"
    head = _mark(join.attributes.get("arrowhead")) if direction in ("forward", "both") else "none"
    match tail, head:
        case "arrow", "arrow":
            return hidden(a, b)
        case "none", "arrow":
            return arrow(a, b)
        case "arrow", "none":
            return arrow(b, a)
    raise undecided(join)


def _mark(name: str | None) -> str:
    if name in CIRCLES:
        return "circle"
    return "none" if name == "none" else "arrow"


def _unseen(attributes: Attributes) -> bool:
    """DoWhy's way of saying that a variable is not measured."""
    return "observed" in attributes and attributes["observed"].lower() in NO


def _with_labels(found: Statements) -> Statements:
    """Variables called by their labels, where every one has its own; else by their names."""
    names = {name: _label(attributes) or name for name, attributes in found.nodes.items()}
    if len(set(names.values())) < len(names):
        return found
    return Statements(
        found.kind,
        found.name,
        {names[name]: attributes for name, attributes in found.nodes.items()},
        [
            Join(names[join.left], join.edge, names[join.right], join.attributes, join.place)
            for join in found.joins
        ],
        found.settings,
    )


def _label(attributes: Attributes) -> str:
    """The label as one line of words; "" where there is none, or where it says "the name"."""
    label = attributes.get("label", "")
    words = " ".join(re.sub(r"\\[nlr]", " ", label).split())
    return "" if "\\N" in label else html.unescape(words)


def _positions(nodes: Mapping[str, Attributes]) -> dict[str, Position]:
    raw = {name: point_of(attributes.get("pos", "")) for name, attributes in nodes.items()}
    return {name: (at[0] / POINTS, -at[1] / POINTS) for name, at in raw.items() if at}


def _kept(key: str) -> bool:
    """Whether an attribute can be written without another meaning in Graphviz."""
    return bool(KEY.fullmatch(key)) and key not in DRAWN


def _extras(attributes: Attributes) -> list[str]:
    return [f"{key}={in_quotes(value)}" for key, value in attributes.items() if _kept(key)]


def _with(what: str, words: list[str]) -> str:
    return f"  {what} [{', '.join(words)}];" if words else f"  {what};"


def _number(value: float) -> str:
    return f"{value + 0.0:.3f}".rstrip("0").rstrip(".")

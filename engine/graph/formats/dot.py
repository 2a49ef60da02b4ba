"""Graphviz DOT, written as other tools expect it and read tolerantly (graphviz.org, DOT language).

Graphviz places variables in points, 72 to the unit, with y up; one unit is 160 canvas units. Hidden
variables are `latent=true`, roles `exposure=true` and so on: attributes that Graphviz passes over.
"""

from engine.graph.formats.dagitty import LATENT, ROLES, UNIT, point_of, roles_of, undecided
from engine.graph.formats.drawing import Drawing, checked_graph
from engine.graph.formats.statements import Attributes, Dialect, Join, Statements, in_quotes, parse
from engine.graph.graph import Edge
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
NO = frozenset({"false", "no", "0", "False"})
CIRCLES = frozenset({"odot", "dot", "odiamond"})
DRAWN = frozenset({
    "shape", "style", "color", "fillcolor", "fontcolor", "fontname", "fontsize", "width", "height",
    "penwidth", "label", "pos", "dir", "arrowhead", "arrowtail", "arrowsize", "constraint",
    "fixedsize", "margin", "xlabel", "tooltip", "lp", "bb", "minlen",
})  # fmt: skip


def read(text: str) -> Drawing:
    """The drawing that a DOT text describes; undirected edges and circles are refused."""
    found = _with_labels(parse(text, DIALECT))
    edges: list[Edge] = []
    bidirected: list[Edge] = []
    for join in found.joins:
        a, b, both = _direction(join)
        (bidirected if both else edges).append((a, b))
    nodes = {
        name: {key: value for key, value in attributes.items() if value not in NO}
        for name, attributes in found.nodes.items()
    }
    latent = [name for name, attributes in nodes.items() if LATENT & set(attributes)]
    roles, warnings = roles_of(nodes)
    return Drawing(
        checked_graph(nodes, edges, bidirected, latent),
        _positions(nodes),
        roles,
        found.name,
        (*warnings, *_ignored(found)),
    )


def write(drawing: Drawing) -> tuple[str, tuple[str, ...]]:
    """The drawing as DOT text; nothing is left out."""
    graph = drawing.graph
    title = f"{in_quotes(drawing.name)} " if drawing.name else ""
    lines = [f"digraph {title}{{", "  node [shape=ellipse];"]
    for v in graph.variables:
        words = ["style=dashed", "latent=true"] if v in graph.latent else []
        words += [f"{drawing.roles[v].value}=true"] if v in drawing.roles else []
        if v in drawing.positions:
            x, y = drawing.positions[v]
            words.append(f'pos="{_number(x * POINTS)},{_number(-y * POINTS)}!"')
        lines.append(f"  {in_quotes(v)} [{', '.join(words)}];" if words else f"  {in_quotes(v)};")
    lines += [f"  {in_quotes(a)} -> {in_quotes(b)};" for a, b in sorted(graph.edges)]
    lines += [
        f"  {in_quotes(a)} -> {in_quotes(b)} [dir=both, style=dashed];"
        for a, b in sorted(graph.bidirected)
    ]
    return "\n".join([*lines, "}"]) + "\n", ()


def _direction(join: Join) -> tuple[str, str, bool]:
    """Cause, effect, and whether both are effects of a hidden cause."""
    ends = {join.attributes.get("arrowhead", ""), join.attributes.get("arrowtail", "")}
    direction = join.attributes.get("dir", "")
    if ends & CIRCLES or direction == "none" or join.edge not in ("->", "<-", "<->"):
        if join.edge == "--" and direction in ("forward", "back", "both"):
            return _turned(join.left, join.right, direction)
        raise undecided(join)
    a, b = (join.right, join.left) if join.edge == "<-" else (join.left, join.right)
    return (a, b, True) if join.edge == "<->" else _turned(a, b, direction)


def _turned(a: str, b: str, direction: str) -> tuple[str, str, bool]:
    return (b, a, False) if direction == "back" else (a, b, direction == "both")


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
    return "" if "\\N" in label else " ".join(label.replace("\\n", " ").split())


def _positions(nodes: dict[str, Attributes]) -> dict[str, Position]:
    raw = {name: point_of(attributes.get("pos", "")) for name, attributes in nodes.items()}
    return {name: (at[0] / POINTS, -at[1] / POINTS) for name, at in raw.items() if at}


def _ignored(found: Statements) -> list[str]:
    known = {*ROLES, *LATENT, *DRAWN}
    keys = {key for attributes in found.nodes.values() for key in attributes} - known
    keys |= {key for join in found.joins for key in join.attributes} - DRAWN
    return [f"attributes ignored: {', '.join(sorted(keys))}"] if keys else []


def _number(value: float) -> str:
    return f"{value + 0.0:.3f}".rstrip("0").rstrip(".")

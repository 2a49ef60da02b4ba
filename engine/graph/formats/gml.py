"""GML (Himsolt 1997) as networkx, igraph, yEd, Cytoscape and DoWhy write it, read and written.

Lists of keys with values; places are `graphics [ x … y … ]` in pixels, y down. What is not ASCII
is written as in HTML. What GML cannot say by itself is said as in `records`.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import GraphError
from engine.graph.formats.drawing import Attributes, Drawing, Part, left_out, place
from engine.graph.formats.records import Node, Side, drawing_from, parallel, sides_of, words_of
from engine.project import Position

KEEPS = frozenset(Part) - {Part.BENDS, Part.TABLES, Part.TIERS, Part.FORBIDDEN}
TOKEN = re.compile(
    r'(?P<skip>\s+|#[^\n]*)|"(?P<text>[^"]*)"|(?P<open>\[)|(?P<close>\])'
    r"|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))|(?P<key>[A-Za-z_][\w.:-]*)"
)
START = re.compile(
    r'(?:\s|#[^\n]*\n|(?:Creator|Version|comment|label)\s+(?:"[^"]*"|[\w.]+)\s)*graph\s*\[',
    re.IGNORECASE,
)
KEY = re.compile(r"[A-Za-z][0-9A-Za-z]*")
DRAWN = frozenset({"id", "label", "name", "graphics", "LabelGraphics", "root_index"})
OF_EDGES = frozenset({"source", "target", "label", "key", "graphics", "LabelGraphics", "id"})
DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value: text, or the entries of a list; `line` from 1."""

    key: str
    value: "str | tuple[Entry, ...]"
    line: int


def read(text: str) -> Drawing:
    """The drawing that a GML text describes; a graph without directions is refused."""
    entries = _entries(iter(_tokens(text.lstrip("\ufeff"))), 0)
    graphs = [entry.value for entry in entries if entry.key.lower() == "graph"]
    if len(graphs) != 1 or isinstance(graphs[0], str):
        raise GraphError("This is no GML graph", remedy="it should hold one graph [ … ]")
    inside = graphs[0]
    nodes = [entry for entry in inside if entry.key == "node"]
    edges = [entry for entry in inside if entry.key == "edge"]
    if edges and _word(inside, "directed") not in ("1", "true"):
        raise GraphError(
            "This GML graph has no directions",
            where=place(edges[0].line),
            remedy='write "directed 1" after "graph ["',
        )
    names = _names(nodes)
    title = _word(inside, "label") or _word(inside, "name") or ""
    return drawing_from(
        [Node(names[_id(node)], _words(node, DRAWN), _point(node)) for node in nodes],
        [_side(edge, names) for edge in edges],
        title,
    )


def write(drawing: Drawing) -> tuple[str, tuple[str, ...]]:
    """The drawing as GML text; bends are left out."""
    number = {v: str(i) for i, v in enumerate(drawing.graph.variables)}
    many = parallel(drawing)
    lines = ["graph [", "  directed 1", *(["  multigraph 1"] if many else [])]
    lines += [f"  name {_quoted(drawing.name)}"] if drawing.name else []
    for v in drawing.graph.variables:
        lines += ["  node [", f"    id {number[v]}", f"    label {_quoted(v)}"]
        lines += _lines(words_of(drawing, v), DRAWN)
        if v in drawing.positions:
            x, y = drawing.positions[v]
            lines.append(f"    graphics [ x {x + 0.0:.3f} y {y + 0.0:.3f} ]")
        lines.append("  ]")
    seen: dict[tuple[str, str], int] = {}
    for side in sides_of(drawing):
        ends = (number[side.source], number[side.target])
        lines += ["  edge [", f"    source {ends[0]}", f"    target {ends[1]}"]
        seen[ends] = seen.get(ends, -1) + 1
        lines += [f"    key {seen[ends]}"] if many else []
        lines += [*_lines(side.words, OF_EDGES), "  ]"]
    said = {key for words in drawing.extras.values() for key in words}
    lost = sorted(key for key in said if not _kept(key, DRAWN | OF_EDGES))
    dropped = [f"attributes are left out: {', '.join(lost)}"] if lost else []
    return "\n".join([*lines, "]"]) + "\n", (*left_out(drawing, KEEPS), *dropped)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and line of each token."""
    at, line = 0, 1
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            quote = text[at] == '"'
            raise GraphError(
                "A text does not end" if quote else f"{text[at]} cannot stand here",
                where=place(line),
                remedy='add the closing "' if quote else "write a key and its value",
            )
        kind = str(found.lastgroup)
        if kind != "skip":
            yield kind, found.group(kind), line
        line += found.group().count("\n")
        at = found.end()
    yield "end", "", line


def _entries(tokens: Iterator[tuple[str, str, int]], depth: int) -> tuple[Entry, ...]:
    """The entries up to the end of a list, or of the text where depth is 0."""
    found: list[Entry] = []
    if depth > DEEPEST:
        raise GraphError("The lists are nested too deeply", remedy="write them flat")
    for kind, text, line in tokens:
        if kind == ("close" if depth else "end"):
            return tuple(found)
        if kind != "key":
            what = "the text ends" if kind == "end" else f"{text!r} stands there"
            raise GraphError(
                f"A key is missing: {what}", where=place(line), remedy="check the brackets"
            )
        inner, value, at = next(tokens)
        if inner == "open":
            found.append(Entry(text, _entries(tokens, depth + 1), line))
        elif inner in ("text", "number", "key"):
            found.append(Entry(text, html.unescape(value), line))
        else:
            raise GraphError(
                f"{text} has no value", where=place(at), remedy="write a number or a text after it"
            )
    return tuple(found)


def _names(nodes: list[Entry]) -> dict[str, str]:
    """What each id is called: labels (or names) where every variable has its own, else the id."""
    ids = [_id(node) for node in nodes]
    for key in ("label", "name"):
        called = [_word(node.value, key) or "" for node in nodes]
        if all(called) and len(set(called)) == len(nodes):
            return dict(zip(ids, called, strict=True))
    return {id: id for id in ids}


def _id(node: Entry) -> str:
    found = _word(node.value, "id") or _word(node.value, "label")
    if found is None:
        raise GraphError("A node has no id", where=place(node.line), remedy="write one like: id 1")
    return found


def _side(edge: Entry, names: dict[str, str]) -> Side:
    ends = []
    for key in ("source", "target"):
        end = _word(edge.value, key)
        if end not in names and end not in names.values():
            raise GraphError(
                f"The {key} {end} of an edge is not among the nodes",
                where=place(edge.line),
                remedy="add a node with this id",
            )
        ends.append(names.get(str(end), str(end)))
    words = _words(edge, OF_EDGES)
    heads = [_word(_list(edge, "graphics"), f"{end}Arrow") for end in ("source", "target")]
    if all(head not in (None, "none") for head in heads):  # yEd: a head at both ends
        words.setdefault("type", "bidirected")
    return Side(ends[0], ends[1], words, place(edge.line))


def _words(entry: Entry, known: frozenset[str]) -> dict[str, str]:
    """Values that are texts, by key."""
    inside = () if isinstance(entry.value, str) else entry.value
    return {e.key: e.value for e in inside if isinstance(e.value, str) and e.key not in known}


def _word(value: "str | tuple[Entry, ...]", key: str) -> str | None:
    inside = () if isinstance(value, str) else value
    return next((e.value for e in inside if e.key == key and isinstance(e.value, str)), None)


def _list(entry: Entry, key: str) -> "str | tuple[Entry, ...]":
    inside = () if isinstance(entry.value, str) else entry.value
    return next((e.value for e in inside if e.key == key), ())


def _point(node: Entry) -> Position | None:
    graphics = _list(node, "graphics")
    try:
        return float(_word(graphics, "x") or ""), float(_word(graphics, "y") or "")
    except ValueError:
        return None


def _lines(words: Attributes, known: frozenset[str]) -> list[str]:
    return [f"    {key} {_quoted(value)}" for key, value in words.items() if _kept(key, known)]


def _kept(key: str, known: frozenset[str]) -> bool:
    return bool(KEY.fullmatch(key)) and key not in known


def _quoted(text: str) -> str:
    """Between quotes; & " and all that is not plain ASCII as in HTML."""
    said = "".join(c if " " <= c <= "~" and c not in '&"' else f"&#{ord(c)};" for c in text)
    return f'"{said}"'

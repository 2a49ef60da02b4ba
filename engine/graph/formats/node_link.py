"""JSON as networkx writes it (node-link, old and new), and as CausalFusion and Cytoscape do.

    {"directed": true, "multigraph": false, "graph": {"name": "lung"},
     "nodes": [{"id": "age", "x": 0, "y": 0}, …], "edges": [{"source": "age", "target": "tar"}, …]}

Places are `x` and `y` in pixels, y down. The rest is said as in `records`.
"""

import json
import math
from collections.abc import Mapping

from engine.errors import GraphError
from engine.graph.formats.drawing import Drawing, Part, left_out, place
from engine.graph.formats.records import Node, Side, drawing_from, parallel, sides_of, words_of
from engine.project import Position

KEEPS = frozenset(Part) - {Part.BENDS, Part.TABLES, Part.TIERS, Part.FORBIDDEN}
NAMES = ("id", "name", "label", "key")
SOURCES, TARGETS = ("source", "from", "tail"), ("target", "to", "head")
OF_NODES = frozenset({*NAMES, "x", "y", "pos", "position"})
OF_EDGES = frozenset({*SOURCES, *TARGETS, "key", "id"})

Json = Mapping[str, object]


def read(text: str) -> Drawing:
    """The drawing that a JSON text describes; a graph without directions is refused."""
    try:
        whole = json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise GraphError(
            f"The JSON text is broken: {error.msg}",
            where=place(error.lineno, error.colno),
            remedy="mend it, or save the graph again",
        ) from error
    except RecursionError as error:
        raise GraphError("The JSON text is nested too deeply", remedy="write it flat") from error
    if isinstance(whole, dict) and isinstance(whole.get("elements"), dict):
        whole = {**whole, **whole["elements"]}  # Cytoscape
    nodes, sides = _records(whole, "nodes"), _records(whole, "edges", "links")
    if nodes is None or sides is None or not isinstance(whole, dict):
        raise GraphError(
            "This JSON holds no graph", remedy='it should have "nodes" and "edges" (or "links")'
        )
    if whole.get("directed") is False and sides:
        raise GraphError(
            "This graph has no directions", where='"directed"', remedy="save a directed graph"
        )
    key = _naming(nodes)
    made = [_node(node, key, number) for number, node in enumerate(nodes, 1)]
    known = [{str(node[k]) for k in NAMES if k in node} for node in nodes]
    names = [node.name for node in made]
    graph = whole.get("graph")
    title = graph.get("name") if isinstance(graph, dict) else whole.get("name")
    return drawing_from(
        made,
        [_side(side, number, names, known) for number, side in enumerate(sides, 1)],
        title if isinstance(title, str) else "",
    )


def write(drawing: Drawing) -> tuple[str, tuple[str, ...]]:
    """The drawing as node-link JSON, for `networkx.node_link_graph`; bends are left out."""
    many = parallel(drawing)
    nodes: list[Json] = []
    for v in drawing.graph.variables:
        words = {k: w for k, w in words_of(drawing, v).items() if k not in OF_NODES}
        x, y = drawing.positions.get(v, (math.nan, math.nan))
        at = {"x": round(x, 3), "y": round(y, 3)} if math.isfinite(x) else {}
        nodes.append({"id": v, **at, **_typed(words)})
    seen: dict[tuple[str, str], int] = {}
    edges: list[Json] = []
    for side in sides_of(drawing):
        ends = (side.source, side.target)
        seen[ends] = seen.get(ends, -1) + 1
        key = {"key": seen[ends]} if many else {}
        words = {k: w for k, w in side.words.items() if k not in OF_EDGES}
        edges.append({"source": ends[0], "target": ends[1], **key, **_typed(words)})
    whole = {
        "directed": True,
        "multigraph": many,
        "graph": {"name": drawing.name} if drawing.name else {},
        "nodes": nodes,
        "edges": edges,
    }
    lost = {k for words in drawing.extras.values() for k in words if k in OF_NODES | OF_EDGES}
    dropped = [f"attributes are left out: {', '.join(sorted(lost))}"] if lost else []
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    return text + "\n", (*left_out(drawing, KEEPS), *dropped)


def _records(whole: object, *keys: str) -> list[Json] | None:
    """The list of records under one of the keys; None where there is none."""
    if not isinstance(whole, dict):
        return None
    found = next((whole[key] for key in keys if isinstance(whole.get(key), list)), None)
    if found is None or not all(isinstance(record, dict) for record in found):
        return None
    return [_flat(record) for record in found]


def _flat(record: Json) -> Json:
    """A Cytoscape record keeps its words under "data"."""
    data = record.get("data")
    return {**record, **data} if isinstance(data, dict) else record


def _naming(nodes: list[Json]) -> str:
    """The key whose words are the names: one that people write, where each node has its own."""
    for key in ("name", "label"):
        called = [node.get(key) for node in nodes]
        words = {word for word in called if isinstance(word, str) and word.strip()}
        if called and len(words) == len(called):
            return key
    return "id"


def _node(record: Json, key: str, number: int) -> Node:
    keys = (key, *NAMES)
    name = next((record[key] for key in keys if record.get(key) is not None), None)
    if not isinstance(name, str | int | float):
        raise GraphError(
            "A node has no name", where=f"node {number}", remedy='write one like "id": "age"'
        )
    return Node(str(name), _words(record, OF_NODES), _point(record))


def _side(record: Json, number: int, names: list[str], known: list[set[str]]) -> Side:
    """An edge; its ends are named by any word of a node, or counted (networkx 1)."""
    ends = []
    for keys in (SOURCES, TARGETS):
        end = next((record[key] for key in keys if record.get(key) is not None), None)
        if isinstance(end, dict):
            end = end.get("id")
        found = [i for i, words in enumerate(known) if str(end) in words]
        if not found and isinstance(end, int) and 0 <= end < len(names):
            found = [end]
        if not found:
            raise GraphError(
                f"The {keys[0]} {end} of an edge is not among the nodes",
                where=f"edge {number}",
                remedy="add a node of this name",
            )
        ends.append(names[found[0]])
    return Side(ends[0], ends[1], _words(record, OF_EDGES), f"edge {number}")


def _words(record: Json, known: frozenset[str]) -> dict[str, str]:
    """Values that are one word, number or truth, as text."""
    return {
        str(key): json.dumps(value) if isinstance(value, bool) else str(value)
        for key, value in record.items()
        if key not in known and isinstance(value, str | int | float)
    }


def _typed(words: Mapping[str, str]) -> dict[str, object]:
    """Truths as JSON has them."""
    return {key: {"true": True, "false": False}.get(word, word) for key, word in words.items()}


def _point(record: Json) -> Position | None:
    at = record.get("position", record.get("pos"))
    pair = (at.get("x"), at.get("y")) if isinstance(at, dict) else at
    x, y = pair if isinstance(pair, list | tuple) and len(pair) == 2 else (None, None)
    x, y = record.get("x", x), record.get("y", y)
    try:
        point = (float(str(x)), float(str(y)))
    except ValueError:
        return None
    return point if all(map(math.isfinite, point)) else None

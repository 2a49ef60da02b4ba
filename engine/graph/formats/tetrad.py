"""Tetrad's graph text, read and written: names and edges, not where they are drawn."""

import re
from dataclasses import replace

from engine.errors import GraphError
from engine.graph.formats.drawing import (
    Drawing,
    Part,
    checked_graph,
    distinct,
    left_out,
    place,
    renamed,
)
from engine.graph.graph import Edge
from engine.project import Role

KEEPS = frozenset({Part.HIDDEN, Part.LATENT})  # of roles, Tetrad knows selected alone
NODES, EDGES = "Graph Nodes:", "Graph Edges:"
EDGE = re.compile(r"(?:\d+\.\s*)?(\S+)\s+([-<o.][-.][->o.])\s+(\S+)\s*(.*)")
UNSAFE = re.compile(r"[\s;,()\[\]\"]+")


def read(text: str) -> Drawing:
    """The drawing that a Tetrad text describes; undirected edges and circles are refused."""
    lines = text.replace("\r\n", "\n").split("\n")
    names, latent, roles = _nodes(lines)
    edges: list[Edge] = []
    bidirected: list[Edge] = []
    marked = False
    for number, line in _section(lines, EDGES):
        a, edge, b, marks = _edge(line, number)
        for name in (a, b):
            if name not in names:
                raise GraphError(
                    f"{name} is not among the nodes",
                    where=place(number),
                    remedy=f"add it to the line under {NODES}",
                )
        marked |= bool(marks)
        if edge == "<->":
            bidirected.append((a, b))
        else:
            edges.append((a, b) if edge == "-->" else (b, a))
    graph = checked_graph(names, edges, bidirected, latent)
    warnings = ("marks after the edges ignored (dd, nl, resampling shares …)",) if marked else ()
    return Drawing(graph, {}, roles, "", warnings)


def write(drawing: Drawing) -> tuple[str, tuple[str, ...]]:
    """The drawing as Tetrad text, and what had to be left out or renamed."""
    graph = drawing.graph
    names = plain_names(graph.variables)
    nodes = [_marked(names[v], v in graph.latent, drawing.roles.get(v)) for v in graph.variables]
    edges = [f"{names[a]} --> {names[b]}" for a, b in sorted(graph.edges)]
    edges += [f"{names[a]} <-> {names[b]}" for a, b in sorted(graph.bidirected)]
    numbered = [f"{number}. {edge}" for number, edge in enumerate(edges, 1)]
    kept = {v for v, role in drawing.roles.items() if role == Role.SELECTED} - graph.latent
    lost = {v: role for v, role in drawing.roles.items() if v not in kept}
    dropped = (*renamed(drawing, names), *left_out(replace(drawing, roles=lost), KEEPS))
    return "\n".join([NODES, ";".join(nodes), "", EDGES, *numbered, "", ""]), dropped


def _nodes(lines: list[str]) -> tuple[list[str], list[str], dict[str, Role]]:
    """Names in order, the latent ones, and the selected ones."""
    names: list[str] = []
    latent: list[str] = []
    roles: dict[str, Role] = {}
    for number, line in _section(lines, NODES):
        for word in filter(None, (word.strip() for word in re.split("[;,]", line))):
            found = re.fullmatch(r"\((.+)\)|\[(.+)\]|(.+)", word)
            name = next(filter(None, found.groups())) if found else word
            if name in names:
                raise GraphError(
                    f"{name} is named twice", where=place(number), remedy="name it once"
                )
            names.append(name)
            latent += [name] if word.startswith("(") else []
            roles |= {name: Role.SELECTED} if word.startswith("[") else {}
    return names, latent, roles


def _section(lines: list[str], title: str) -> list[tuple[int, str]]:
    """The lines (with their numbers, from 1) between `title` and the next blank line or title."""
    starts = [i for i, line in enumerate(lines) if line.strip().startswith(title)]
    if not starts:
        raise GraphError(f'There is no line "{title}"', remedy="Tetrad text has one")
    rest = lines[starts[0]].strip().removeprefix(title).strip()
    found = [(starts[0] + 1, rest)] if rest else []
    for number, line in enumerate(lines[starts[0] + 1 :], starts[0] + 2):
        if not line.strip() or line.strip().startswith((NODES, EDGES)):
            break
        found.append((number, line.strip()))
    return found


def _edge(line: str, number: int) -> tuple[str, str, str, str]:
    """Left, edge, right and marks of one line."""
    found = EDGE.fullmatch(line)
    if not found:
        raise GraphError(
            f"{line!r} is no edge", where=place(number), remedy='write it like "1. age --> dose"'
        )
    a, edge, b, marks = found.groups()
    if edge not in ("-->", "<--", "<->"):
        raise GraphError(
            f"The edge {a} {edge} {b} leaves its direction open",
            where=place(number),
            remedy="write --> for a cause or <-> for a hidden common cause",
        )
    return a, edge, b, marks


def _marked(name: str, latent: bool, role: Role | None) -> str:
    if latent:
        return f"({name})"
    return f"[{name}]" if role == Role.SELECTED else name


def plain_names(variables: tuple[str, ...]) -> dict[str, str]:
    """Names without spaces and separators, not beginning with a digit, each different."""
    plain = {v: UNSAFE.sub("_", v) for v in variables}
    return distinct({v: f"v{word}" if word[0].isdigit() else word for v, word in plain.items()})

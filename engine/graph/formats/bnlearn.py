"""bnlearn's model string (R; also deal's): `[age][smoking|age][cancer|age:tar][tar|smoking]`.

Every variable in brackets, its parents after a bar, colons between them. Nothing else is held.
"""

import re
from collections.abc import Iterator

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

KEEPS: frozenset[Part] = frozenset()
START = re.compile(r"\s*(?:model2network\s*\(\s*)?[\"']?\s*\[[^\[\]|]+(?:\||\])")
UNSAFE = re.compile(r"[\[\]|:\s]+")  # R breaks a long string at white space


def read(text: str) -> Drawing:
    """The graph of a model string, alone or as R prints and reads it."""
    parents: dict[str, list[str]] = {}
    places: dict[str, int] = {}
    for node, line in _nodes(text):
        name, bar, causes = node.partition("|")
        name = _word(name)
        if name in parents:
            raise GraphError(f"{name} is named twice", where=place(line), remedy="name it once")
        parents[name] = [_word(cause) for cause in causes.split(":")] if bar else []
        places[name] = line
        if "" in (name, *parents[name]):
            raise GraphError(
                f"A name is missing in [{node}]", where=place(line), remedy="write it like [y|x:z]"
            )
    for name, its_causes in parents.items():
        for cause in its_causes:
            if cause not in parents:
                raise GraphError(
                    f"{cause} has no brackets of its own",
                    where=place(places[name]),
                    remedy=f"add [{cause}]",
                )
    edges = [(cause, name) for name, its in parents.items() for cause in its]
    return Drawing(checked_graph(parents, edges, ()))


def write(drawing: Drawing) -> tuple[str, tuple[str, ...]]:
    """The graph as a model string, causes first, and what had to be left out or renamed."""
    graph = drawing.graph
    names = distinct({v: UNSAFE.sub("_", v) for v in graph.variables})
    pieces = []
    for v in graph.order():
        causes = ":".join(names[cause] for cause in graph.parents(v))
        pieces.append(f"[{names[v]}|{causes}]" if causes else f"[{names[v]}]")
    return "".join(pieces) + "\n", (*renamed(drawing, names), *left_out(drawing, KEEPS))


def _nodes(text: str) -> Iterator[tuple[str, int]]:
    """What stands in each pair of brackets, with its line; other text between them is refused."""
    stripped = re.sub(r"^\s*model2network\s*\(\s*|[\"')\s;]+$", "", text.lstrip("\ufeff"))
    line, at = 1 + text[: len(text) - len(text.lstrip())].count("\n"), 0
    pattern = re.compile(r"[\s\"']*\[([^\[\]]*)\]")
    while at < len(stripped):
        found = pattern.match(stripped, at)
        if found is None:
            rest = stripped[at:].strip().split("\n")[0]
            raise GraphError(
                f"{rest[:20]!r} cannot stand here",
                where=place(line),
                remedy="write every variable in brackets, like [x][y|x]",
            )
        line += found.group().count("\n")
        yield found[1], line
        at = found.end()


def _word(text: str) -> str:
    """A name as R would read it, its line broken anywhere."""
    return " ".join(text.split())

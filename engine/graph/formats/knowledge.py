"""Tetrad's knowledge: time tiers, forbidden arrows and required arrows, read and written.

    /knowledge
    addtemporal

    1  age sex
    2* smoking tar
    3- cancer

    forbiddirect
    cancer smoking

    requiredirect
    smoking tar

A star after the number of a tier: no arrows within it; a hyphen: arrows into the next tier only.
Required arrows are the graph; tiers are drawn as columns.
"""

import re
from collections.abc import Iterable

from engine.errors import GraphError
from engine.graph.formats.drawing import (
    Drawing,
    Knowledge,
    Part,
    Tier,
    checked_graph,
    left_out,
    place,
    renamed,
)
from engine.graph.formats.tetrad import plain_names
from engine.graph.graph import Edge
from engine.project import Position

START = "/knowledge"
KEEPS = frozenset({Part.TIERS, Part.FORBIDDEN})
SECTIONS = {
    "addtemporal": "tiers",
    "forbiddirect": "forbidden",
    "requiredirect": "required",
    "requiredirected": "required",
}
TIER = re.compile(r"(\d+)\s*([*-]*)(?:\s+(.*))?")
COLUMN, ROW = 280.0, 150.0  # canvas units between tiers, and within one


def read(text: str) -> Drawing:
    """The knowledge, its required arrows as the graph; a variable is named once at least."""
    tiers: dict[int, Tier] = {}
    arrows: dict[str, list[Edge]] = {"forbidden": [], "required": []}
    section = ""
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        words = line.strip()
        if not words or words.startswith("//") or words == START:
            continue
        if words.lower() in SECTIONS:
            section = SECTIONS[words.lower()]
        elif section == "tiers":
            index, tier = _tier(words, number)
            tiers[index] = tier
        elif section:
            arrows[section].append(_edge(words, number))
        else:
            raise GraphError(
                f"{words!r} cannot stand here",
                where=place(number),
                remedy=f"begin a section: {', '.join(list(SECTIONS)[:3])}",
            )
    ordered = tuple(tiers[index] for index in sorted(tiers))
    named = [name for tier in ordered for name in tier.names]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise GraphError(f"{twice} is in two tiers", where=twice, remedy="name it in one of them")
    named += [v for edge in arrows["forbidden"] for v in edge]
    return Drawing(
        checked_graph(named, arrows["required"], ()),
        _columns(ordered),
        warnings=_against(ordered, arrows["required"]),
        knowledge=Knowledge(ordered, frozenset(arrows["forbidden"])),
    )


def write(drawing: Drawing) -> tuple[str, tuple[str, ...]]:
    """Tiers and forbidden arrows as they were read; the drawn arrows are the required ones."""
    graph, known = drawing.graph, drawing.knowledge or Knowledge()
    names = plain_names(graph.variables)
    lines = [START, "addtemporal", ""]
    for number, tier in enumerate(known.tiers, 1):
        marks = "*" * tier.closed + "-" * tier.near
        lines.append(" ".join([f"{number}{marks}", "", *(names[v] for v in tier.names)]).rstrip())
    lines += ["", "forbiddirect"]
    lines += [f"{names[a]} {names[b]}" for a, b in sorted(known.forbidden)]
    lines += ["", "requiredirect"]
    lines += [f"{names[a]} {names[b]}" for a, b in sorted(graph.edges)]
    mentioned = {v for tier in known.tiers for v in tier.names}
    mentioned |= {v for edge in graph.edges | known.forbidden for v in edge}
    alone = [v for v in graph.variables if v not in mentioned]
    lost = [f"variables without arrows are left out: {', '.join(alone)}"] if alone else []
    dropped = (*renamed(drawing, names), *left_out(drawing, KEEPS), *lost)
    return "\n".join([*lines, ""]), dropped


def _tier(words: str, number: int) -> tuple[int, Tier]:
    found = TIER.fullmatch(words)
    if found is None:
        raise GraphError(
            f"{words!r} is no tier", where=place(number), remedy='write it like "1 age sex"'
        )
    index, marks, rest = found.groups()
    names = tuple((rest or "").split())
    pattern = next((name for name in names if "*" in name), None)
    if pattern is not None:
        raise GraphError(
            f"{pattern} stands for many names", where=place(number), remedy="write each name"
        )
    return int(index), Tier(names, "*" in marks, "-" in marks)


def _edge(words: str, number: int) -> Edge:
    found = re.fullmatch(r"(\S+)\s+(?:(?:==>|-->|->)\s+)?(\S+)", words)
    if found is None:
        raise GraphError(
            f"{words!r} is no arrow",
            where=place(number),
            remedy="write a cause and its effect, with a space between them",
        )
    return found[1], found[2]


def _columns(tiers: tuple[Tier, ...]) -> dict[str, Position]:
    """Tiers from left to right, each centred on one height."""
    return {
        name: (column * COLUMN, (row - (len(tier.names) - 1) / 2) * ROW)
        for column, tier in enumerate(tiers)
        for row, name in enumerate(tier.names)
    }


def _against(tiers: tuple[Tier, ...], required: Iterable[Edge]) -> tuple[str, ...]:
    """A sentence for each required arrow that runs back in time."""
    when = {name: number for number, tier in enumerate(tiers) for name in tier.names}
    return tuple(
        f"{a} → {b} is required, though {a} comes later than {b}"
        for a, b in required
        if a in when and b in when and when[a] > when[b]
    )

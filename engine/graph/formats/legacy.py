"""DAGitty's older form: a list of variables, a blank line, and a list or matrix of arrows.

    tar%20level 1 @0.1,0.2
    smoking E @0.3,0.4

    smoking tar%20level @0.2,0.3 cancer

A variable has flags (E exposure, O outcome, A adjusted, U not measured, 1 none of these) and a
place; names may hold spaces, or be written as in a web address. An arrow may have the point that it
bends towards. Arrows both ways stand for a hidden common cause.
"""

import re
from urllib.parse import unquote

from engine.errors import GraphError
from engine.graph.formats.dagitty import point_of, scale_of, scaled
from engine.graph.formats.drawing import Drawing, arrow, checked_graph, hidden, place
from engine.graph.graph import Edge
from engine.project import Position, Role

VARIABLE = re.compile(r"(\S.*?)\s+([EOAU]+|\d+)(?:\s+@\s*(\S+))?")
ROLES = {"E": Role.EXPOSURE, "O": Role.OUTCOME, "A": Role.ADJUSTED}
Line = tuple[int, str]  # its number, from 1


def is_legacy(text: str) -> bool:
    """Whether lines with variables and their flags come before a blank line and arrows."""
    if re.search(r"->|<-|[{}]", text):
        return False
    head, body = _halves(_lines(text))
    flags = [VARIABLE.fullmatch(line) for _, line in head]
    plain = all(found or " " not in line for found, (_, line) in zip(flags, head, strict=True))
    return bool(head and body) and any(flags) and plain


def read(text: str) -> Drawing:
    """The drawing that a text of the older form describes."""
    head, body = _halves(_lines(text))
    names: dict[str, str] = {}
    ends: dict[str, Position] = {}
    for number, line in head:
        found = VARIABLE.fullmatch(line) or re.fullmatch(r"(\S+)()()", line)
        if found is None:
            raise GraphError(
                f"{line!r} is no variable", where=place(number), remedy='write it like "age E @1,2"'
            )
        name = unquote(found[1])
        if name in names:
            raise GraphError(f"{name} is named twice", where=place(number), remedy="name it once")
        names[name] = found[2]
        point = point_of(found[3] or "")
        ends |= {name: point} if point else {}
    bends: dict[Edge, Position] = {}
    if body and all(re.fullmatch(r"[01\s]+", line) for _, line in body):
        arrows = _matrix(body, list(names))
    else:
        arrows, bends = _arrows(body, list(names))
    both = {edge for edge in arrows if edge[::-1] in arrows and edge[0] != edge[1]}
    scale = scale_of(list(ends.values()))
    return Drawing(
        checked_graph(
            names, [e for e in arrows if e not in both], both, [v for v in names if "U" in names[v]]
        ),
        scaled(ends, scale),
        {v: role for v, flags in names.items() for flag, role in ROLES.items() if flag in flags},
        bends=scaled(
            {hidden(a, b) if (a, b) in both else arrow(a, b): at for (a, b), at in bends.items()},
            scale,
        ),
    )


def _lines(text: str) -> list[Line]:
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]


def _halves(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The variables and the arrows, without blank lines."""
    starts = next((i for i, (_, line) in enumerate(lines) if line), 0)
    blank = next((i for i in range(starts, len(lines)) if not lines[i][1]), len(lines))
    return lines[starts:blank], [line for line in lines[blank:] if line[1]]


def _arrows(lines: list[Line], names: list[str]) -> tuple[list[Edge], dict[Edge, Position]]:
    """Each line: a cause and its effects, of which each may have a point after it."""
    arrows: list[Edge] = []
    bends: dict[Edge, Position] = {}
    for number, line in lines:
        found: list[str] = []
        words = line.split()
        while words:
            if words[0].startswith("@") and arrows and len(found) > 1:
                point = point_of(words.pop(0)[1:])
                bends |= {arrows[-1]: point} if point else {}
                continue
            found.append(_taken(words, names, number))
            arrows += [(found[0], found[-1])] if len(found) > 1 else []
    return arrows, bends


def _taken(words: list[str], names: list[str], number: int) -> str:
    """The shortest name that the words begin with; its words are taken away."""
    for count in range(1, len(words) + 1):
        name = unquote(" ".join(words[:count]))
        if name in names:
            del words[:count]
            return name
    raise GraphError(
        f"{words[0]} is not among the variables",
        where=place(number),
        remedy="name it above the blank line",
    )


def _matrix(lines: list[Line], names: list[str]) -> list[Edge]:
    """Row causes column where there is a 1."""
    cells = [cell for _, line in lines for cell in line.split()]
    size = len(names)
    if len(cells) != size * size:
        raise GraphError(
            f"The matrix has {len(cells)} numbers instead of {size} times {size}",
            where=place(lines[0][0]),
            remedy="write a row and a column for each variable",
        )
    return [(names[i // size], names[i % size]) for i, cell in enumerate(cells) if cell == "1"]

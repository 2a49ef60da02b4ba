"""BIF, the interchange format of discrete Bayesian networks, read and written (Cozman 1998).

Read as Tetrad, aGrUM, bnlearn, pgmpy and JavaBayes write it; written as the subset that they all
read: plain names, one row per combination of the parents' categories. Places, hidden variables and
roles are properties, which other programs pass over. ↔ has no place.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from engine.errors import GraphError
from engine.graph.formats.bif_text import Block, Piece, blocks, cut_row
from engine.graph.formats.dagitty import LATENT, ROLES, point_of
from engine.graph.formats.drawing import (
    Chances,
    Drawing,
    Part,
    checked_graph,
    distinct,
    left_out,
    part_of,
    place,
    renamed,
)
from engine.graph.graph import Edge
from engine.project import Position

KEEPS = frozenset({Part.LATENT, Part.ROLES, Part.PLACES, Part.TITLE, Part.TABLES})
UNSAFE = re.compile(r"[^0-9A-Za-z_]+")
SIGNS = {"<=": "le", "≤": "le", ">=": "ge", "≥": "ge", "<": "lt", ">": "gt", "+": "plus"}
TOLERANCE = 0.02  # how far from 1 rounded probabilities may add up
MOST_ROWS = 100_000  # combinations of parents' categories that are written for one variable


def read(text: str) -> Drawing:
    """Variables, categories, arrows and probabilities of a BIF text."""
    title, found = blocks(text)
    variables = {block.names[0]: block for block in found if block.kind == "variable"}
    categories = {name: _categories(block) for name, block in variables.items()}
    tables = _tables([block for block in found if block.kind == "probability"], categories)
    edges: list[Edge] = [(a, name) for name, block in tables.items() for a in block.names[1:]]
    properties = {name: _properties(block) for name, block in variables.items()}
    latent = [name for name, words in properties.items() if LATENT & set(words)]
    graph = checked_graph(variables, edges, (), latent)
    chances: dict[str, Chances] = {}
    warnings: list[str] = []
    for name, block in tables.items():
        rows, doubt = _chances(block, categories)
        order = [block.names[1:].index(v) for v in graph.parents(name)]
        if rows:
            chances[name] = {tuple(key[i] for i in order): row for key, row in rows.items()}
        warnings += [doubt] if doubt else []
    return Drawing(
        graph,
        {v: at for v, words in properties.items() if (at := _point(words.get("position", "")))},
        {v: ROLES[words["role"]] for v, words in properties.items() if words.get("role") in ROLES},
        title if title != "unknown" else "",
        tuple(warnings),
        categories=categories,
        chances=chances,
    )


def write(drawing: Drawing) -> tuple[str, tuple[str, ...]]:
    """The drawing as BIF; refused where a measured variable has no categories.

    A hidden variable without categories is left out with its arrows. Where a probability is not
    known, all categories are given the same.
    """
    drawing, gone = _discrete(drawing)
    names = distinct({v: _name(v) for v in drawing.graph.variables})
    labels = {v: _labels(words) for v, words in drawing.categories.items()}
    title = _name(drawing.name) if drawing.name else "unknown"
    lines = [f"network {title} {{", "}"]
    for v in drawing.graph.variables:
        lines += _variable(drawing, v, names[v], labels[v])
    equal = []
    for v in drawing.graph.variables:
        known = drawing.chances.get(v, {})
        equal += [] if known else [v]
        lines += _table(drawing, v, names, labels, known)
    dropped = [*gone, *renamed(drawing, names)]
    dropped += [
        f"categories of {v} are written as {', '.join(labels[v])}"
        for v in drawing.graph.variables
        if labels[v] != drawing.categories[v]
    ]
    if equal:
        which = "of every variable" if len(equal) == len(names) else f"of {', '.join(equal)}"
        dropped.append(f"the probabilities {which} are not known: all categories get the same")
    if title not in ("unknown", drawing.name):
        dropped.append(f"the title {drawing.name!r} is written as {title}")
    return "\n".join(lines) + "\n", (*dropped, *left_out(drawing, KEEPS))


# ── reading ────────────────────────────────────────────────────────────────────────────────────


def _categories(block: Block) -> tuple[str, ...]:
    """The labels of a variable; a continuous one is refused."""
    name = block.names[0]
    said = next((s for s in block.statements if s[0].text == "type"), ())
    words = [piece.text for piece in said if piece.kind in ("word", "quoted")]
    if words[1:2] != ["discrete"]:
        raise GraphError(
            f"{name} has no list of categories",
            where=place(block.line),
            remedy="write its type like: type discrete [ 2 ] { no, yes };",
        )
    labels = tuple(words[3:])
    if str(len(labels)) != words[2] or len(set(labels)) < len(labels):
        raise GraphError(
            f"{name} should have {words[2]} different categories and has {', '.join(labels)}",
            where=place(block.line),
            remedy="mend the number or the list",
        )
    return labels


def _tables(found: list[Block], categories: Mapping[str, tuple[str, ...]]) -> dict[str, Block]:
    tables: dict[str, Block] = {}
    for block in found:
        stranger = next((name for name in block.names if name not in categories), None)
        if stranger is not None:
            raise GraphError(
                f"{stranger} is not among the variables",
                where=place(block.line),
                remedy=f"add a block: variable {stranger} {{ … }}",
            )
        if block.names[0] in tables:
            raise GraphError(
                f"{block.names[0]} has two blocks of probabilities",
                where=place(block.line),
                remedy="keep one of them",
            )
        tables[block.names[0]] = block
    return tables


def _chances(block: Block, categories: Mapping[str, tuple[str, ...]]) -> tuple[Chances, str]:
    """Probabilities by the labels of the parents as listed, and a doubt about their order."""
    child, parents = block.names[0], block.names[1:]
    keys = list(product(*(categories[parent] for parent in parents)))
    count, doubt = len(categories[child]), ""
    rows: dict[tuple[str, ...], tuple[float, ...]] = {}
    default: tuple[float, ...] | None = None
    for statement in block.statements:
        labels, rest = cut_row(statement)
        key = tuple(piece.text for piece in labels)
        if labels and not all(k in categories[v] for k, v in zip(key, parents, strict=False)):
            raise _bad(statement[0], f"{', '.join(key)} are no categories of the parents")
        if labels and len(key) != len(parents):
            raise _bad(statement[0], f"{child} has {len(parents)} parents, not {len(key)}")
        if rest and rest[0].text == "table" and not labels:
            whole = _numbers(statement[0], rest[1:], count * len(keys))
            columns, doubt = _unfolded(whole, count, child if parents[1:] else "")
            rows |= dict(zip(keys, columns, strict=True))
        elif rest and rest[0].text == "default" and not labels:
            default = _numbers(statement[0], rest[1:], count)
        else:
            rows[key] = _numbers(statement[0], rest, count)
    if default is not None:
        rows |= {key: default for key in keys if key not in rows}
    for key in keys if rows else ():
        if key not in rows:
            given = f" given {', '.join(key)}" if key else ""
            raise GraphError(f"{child} has no probabilities{given}", where=place(block.line),
                             remedy="add the row")  # fmt: skip
        if abs(sum(rows[key]) - 1) > TOLERANCE or min(rows[key]) < 0:
            raise GraphError(
                f"The probabilities of {' given '.join([child, *key])} do not add up to 1",
                where=place(block.line),
                remedy="mend the row",
            )
    return rows, doubt


def _unfolded(
    whole: tuple[float, ...], count: int, child: str
) -> tuple[list[tuple[float, ...]], str]:
    """A row for each combination of parents, from a table whose order nothing states.

    The child's categories change slowest (JavaBayes, pgmpy) or fastest; where the sums do not tell,
    slowest is taken, and `child` (if given) is named in a doubt.
    """
    size = len(whole) // count
    slow = [tuple(whole[i::size]) for i in range(size)]
    fast = [tuple(whole[i * count : (i + 1) * count]) for i in range(size)]
    fits = [all(abs(sum(row) - 1) <= TOLERANCE for row in way) for way in (slow, fast)]
    doubt = (
        f"the table of {child} was read with the categories of {child} changing slowest; "
        "programs differ in this"
        if child and all(fits)
        else ""
    )
    return (fast if fits == [False, True] else slow), doubt


def _numbers(first: Piece, pieces: tuple[Piece, ...], count: int) -> tuple[float, ...]:
    try:
        numbers = tuple(float(piece.text) for piece in pieces)
    except ValueError:
        numbers = ()
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise _bad(first, f"{count} numbers should stand here")
    return numbers


def _bad(piece: Piece, what: str) -> GraphError:
    return GraphError(what, where=piece.at(), remedy="mend this line")


def _properties(block: Block) -> dict[str, str]:
    """position = (1, 2) → position: 1, 2; a word alone counts as 1."""
    found: dict[str, str] = {}
    for words in block.properties:
        key, sign, value = words.partition("=")
        found[key.strip().strip('"')] = value.strip(' ()"') if sign else "1"
    return found


# ── writing ────────────────────────────────────────────────────────────────────────────────────


def _discrete(drawing: Drawing) -> tuple[Drawing, list[str]]:
    """The part of the drawing that has categories, and what that leaves out."""
    graph = drawing.graph
    bare = [v for v in graph.variables if not drawing.categories.get(v)]
    open_ended = [v for v in bare if v not in graph.latent]
    if open_ended:
        raise GraphError(
            f"BIF holds categories only, and {open_ended[0]} has none",
            remedy="treat it as categories in a table, or choose another format",
        )
    kept = part_of(drawing, set(graph.variables) - set(bare))
    gone = [f"{v} is not measured and has no categories: left out with its arrows" for v in bare]
    return replace(kept, chances=drawing.chances, knowledge=drawing.knowledge), gone


def _variable(drawing: Drawing, v: str, name: str, labels: tuple[str, ...]) -> list[str]:
    lines = [f"variable {name} {{", f"  type discrete [ {len(labels)} ] {{ {', '.join(labels)} }};"]
    if v in drawing.positions:
        x, y = drawing.positions[v]
        lines.append(f"  property position = ({x + 0.0:.3f}, {y + 0.0:.3f}) ;")
    lines += ["  property latent = true ;"] if v in drawing.graph.latent else []
    lines += [f"  property role = {drawing.roles[v].value} ;"] if v in drawing.roles else []
    return [*lines, "}"]


def _table(
    drawing: Drawing,
    v: str,
    names: Mapping[str, str],
    labels: Mapping[str, tuple[str, ...]],
    known: Chances,
) -> list[str]:
    """The block of one variable's probabilities."""
    parents, categories = drawing.graph.parents(v), drawing.categories
    size = math.prod(len(categories[parent]) for parent in parents)
    if size > MOST_ROWS:
        raise GraphError(
            f"The causes of {v} have {size} combinations of categories",
            where=v,
            remedy="choose a format without probabilities",
        )
    equal = tuple(1 / len(categories[v]) for _ in categories[v])
    if not parents:
        numbers = known.get((), equal)
        return [f"probability ( {names[v]} ) {{", f"  table {_list(numbers)};", "}"]
    head = f"probability ( {names[v]} | {', '.join(names[parent] for parent in parents)} ) {{"
    written = product(*(labels[parent] for parent in parents))
    keys = product(*(categories[parent] for parent in parents))
    rows = [
        f"  ({', '.join(words)}) {_list(known.get(key, equal))};"
        for words, key in zip(written, keys, strict=True)
    ]
    return [head, *rows, "}"]


def _list(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:.10g}" for number in numbers)


def _labels(words: tuple[str, ...]) -> tuple[str, ...]:
    """Labels as identifiers, or whole numbers: "<50" is lt50, "50-70" is v50_70."""
    plain = {word: _plain(word) for word in words}
    return tuple(distinct(plain).values())


def _plain(word: str) -> str:
    """The word as every program reads it: letters A to Z, digits and "_", no digit first."""
    said = word
    for sign, letters in SIGNS.items():
        said = said.replace(sign, letters)
    said = UNSAFE.sub("_", said)
    return f"v{said}" if said[:1].isdigit() and not word.isdecimal() else said


def _name(word: str) -> str:
    said = _plain(word)
    return f"v{said}" if said[:1].isdigit() else said


def _point(text: str) -> Position | None:
    return point_of(text.replace(" ", ""))

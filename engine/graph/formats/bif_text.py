"""The grammar of BIF: words, and the blocks that they form.

    file  := [network [name] { properties }] block*
    block := "variable" name { "type" "discrete" "[" k "]" { labels } ; … }
           | "probability" ( child ["|"] parents ) { row* }
    row   := ["table" | "default" | ( labels )] numbers ;

Commas between words are optional, quotes around them too; comments are // and /* */.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import GraphError
from engine.graph.formats.drawing import place

TOKEN = re.compile(
    r"(?P<skip>[\s,]+|//[^\n]*|/\*.*?\*/)|(?P<property>property\b[^;]*;)"
    r'|"(?P<quoted>[^"]*)"|(?P<mark>[{}()\[\];|])|(?P<word>[^\s,{}()\[\];|"]+)',
    re.DOTALL,
)
START = re.compile(
    r"(?:\s|//[^\n]*\n|/\*.*?\*/)*(?:network\s+[^{\s]*\s*(?:/\*.*?\*/\s*)?\{"
    r"|variable\s+\S+\s*\{)",
    re.DOTALL,
)
KINDS = ("network", "variable", "probability")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a mark or a property; `line` from 1."""

    kind: str
    text: str
    line: int

    def at(self) -> str:
        """Where it stands, for people."""
        return place(self.line)


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its kind, the names in its head, its properties, and its statements."""

    kind: str
    names: tuple[str, ...]
    properties: tuple[str, ...]
    statements: tuple[tuple[Piece, ...], ...]
    line: int


def blocks(text: str) -> tuple[str, list[Block]]:
    """The name of the network, and the blocks of variables and probabilities."""
    pieces = list(_pieces(text.lstrip("\ufeff")))
    found: list[Block] = []
    title, at = "", 0
    while pieces[at].kind != "end":
        if pieces[at].text not in KINDS:
            raise _wrong(pieces[at], "a block should begin with network, variable or probability")
        block, at = _block(pieces, at)
        if block.kind == "network":
            title = " ".join(block.names)
        else:
            found.append(block)
    return title, found


def cut_row(statement: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The labels between parentheses, if any, and what follows them."""
    if not statement or statement[0].text != "(" or statement[0].kind != "mark":
        return (), statement
    end = next((i for i, piece in enumerate(statement) if piece.text == ")"), None)
    if end is None:
        raise _wrong(statement[-1], "a parenthesis is not closed")
    return statement[1:end], statement[end + 1 :]


def _block(pieces: list[Piece], at: int) -> tuple[Block, int]:
    """The block that begins at `at`, and where the next one does."""
    first, head = pieces[at], []
    at += 1
    while pieces[at].text != "{" or pieces[at].kind != "mark":
        if pieces[at].kind == "end" or pieces[at].text in ("}", ";", "["):
            raise _wrong(pieces[at], f'a "{{" is missing after {first.text}')
        head += [pieces[at].text] if pieces[at].kind in ("word", "quoted") else []
        at += 1
    if first.text != "network" and not head:
        raise _wrong(first, f"{first.text} has no name")
    statements, properties, at = _inside(pieces, at + 1)
    return Block(first.text, tuple(head), properties, statements, first.line), at


def _inside(
    pieces: list[Piece], at: int
) -> tuple[tuple[tuple[Piece, ...], ...], tuple[str, ...], int]:
    """Statements and properties up to the closing brace; labels of a type stand in braces."""
    statements: list[tuple[Piece, ...]] = []
    properties: list[str] = []
    said: list[Piece] = []
    depth = 1
    while depth:
        piece = pieces[at]
        at += 1
        if piece.kind == "end":
            raise _wrong(piece, 'a "}" is missing')
        if piece.kind == "property":
            properties.append(piece.text)
        elif piece.kind == "mark" and piece.text == ";":
            statements += [tuple(said)] if said else []
            said = []
        else:
            depth += (piece.text == "{") - (piece.text == "}") if piece.kind == "mark" else 0
            said += [piece] if depth else []
    return (*statements, *([tuple(said)] if said else [])), tuple(properties), at


def _pieces(text: str) -> Iterator[Piece]:
    at, line = 0, 1
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise GraphError(
                f"{text[at]} cannot stand here",
                where=place(line),
                remedy='close the quotes with "' if text[at] == '"' else "delete it",
            )
        kind = str(found.lastgroup)
        if kind == "property":
            yield Piece(kind, found.group()[len("property") : -1].strip(" \t\r\n\"'"), line)
        elif kind != "skip":
            yield Piece(kind, found.group(kind), line)
        line += found.group().count("\n")
        at = found.end()
    yield Piece("end", "", line)


def _wrong(piece: Piece, what: str) -> GraphError:
    return GraphError(
        f"The BIF text cannot be read: {what}", where=piece.at(), remedy="mend this line"
    )

"""The grammar that DAGitty text and Graphviz DOT share: chained edges with attributes.

    graph  := ["strict"] [KIND [name]] "{" body "}"  |  body
    body   := (statement [";" | ","])*
    statement := key "=" value | ("node" | "edge" | "graph") attributes
               | ends (edge ends)* [attributes]
    ends   := name | ["subgraph" [name]] "{" body "}"

An edge between groups joins every member of the one with every member of the other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise, product

from engine.errors import GraphError
from engine.graph.formats.drawing import place

Attributes = dict[str, str]

EDGES = ("@->", "<-@", "@--", "--@", "@-@", "<->", "->", "<-", "--")
DEEPEST = 50  # groups within groups
DEFAULTS = frozenset({"node", "edge", "graph"})


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text and where it stands; `kind`: "name", "quoted", "edge", "mark" or "end"."""

    kind: str
    text: str
    line: int
    column: int

    @property
    def place(self) -> str:
        """For people, counted from 1."""
        return place(self.line, self.column)


@dataclass(frozen=True, slots=True)
class Join:
    """One edge as written."""

    left: str
    edge: str
    right: str
    attributes: Attributes
    place: str


@dataclass(slots=True)
class Statements:
    """All that a text says, in its order; `kind` is "" where the braces are left out."""

    kind: str = ""
    name: str = ""
    nodes: dict[str, Attributes] = field(default_factory=dict)
    joins: list[Join] = field(default_factory=list)
    settings: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where DAGitty and DOT differ.

    `bareword` matches a name without quotes, `skipped` what separates tokens. `defaults`:
    "node […]" and subgraphs are part of the language.
    """

    kinds: frozenset[str]
    bareword: str
    quoted: str
    skipped: str
    defaults: bool
    remedy: str


def parse(text: str, dialect: Dialect) -> Statements:
    """The statements of `text`; what cannot be read is refused with its line and column."""
    return _Parser(list(_tokens(text, dialect)), dialect).graph()


def in_quotes(name: str) -> str:
    """A name between double quotes, as both languages read it."""
    if name.endswith("\\") or '\\"' in name:
        raise GraphError(
            f"{name} cannot be written in this format",
            where=name,
            remedy="rename it without a backslash",
        )
    return '"' + name.replace('"', '\\"') + '"'


def _tokens(text: str, dialect: Dialect) -> Iterator[Token]:
    pattern = re.compile(
        f"(?P<skip>{dialect.skipped})|(?P<quoted>{dialect.quoted})"
        f"|(?P<edge>{'|'.join(map(re.escape, EDGES))})"
        f"|(?P<name>{dialect.bareword})|(?P<mark>[][{{}}=;,:+])",
        re.DOTALL,
    )
    at, line, start = 0, 1, 0
    while at < len(text):
        found = pattern.match(text, at)
        if not found:
            raise _unreadable(text, at, place(line, at - start + 1), dialect)
        if found.lastgroup and found.lastgroup != "skip":
            yield Token(found.lastgroup, found.group(), line, at - start + 1)
        piece = found.group()
        line += piece.count("\n")
        start = at + piece.rindex("\n") + 1 if "\n" in piece else start
        at = found.end()
    yield Token("end", "", line, at - start + 1)


def _unreadable(text: str, at: int, where: str, dialect: Dialect) -> GraphError:
    if text.startswith(("//", "/*"), at) or text[at] == "#":
        return GraphError("DAGitty text has no comments", where=where, remedy="delete the comment")
    if text[at] == '"':
        return GraphError("A quoted name does not end", where=where, remedy='add the closing "')
    if text[at] == "-":
        word = re.search(r"[\w.]*$", text[:at])
        rest = re.match(r"(?:-(?![->])[\w.]*)+", text[at:])
        name = f"{word.group() if word else ''}{rest.group() if rest else '-'}"
        return GraphError("A hyphen needs quotes", where=where, remedy=f'write "{name}"')
    return GraphError(f"{text[at]} cannot stand here", where=where, remedy=dialect.remedy)


class _Parser:
    """Recursive descent over the tokens; `at` is the next one."""

    def __init__(self, tokens: list[Token], dialect: Dialect) -> None:
        self.tokens, self.dialect, self.at, self.depth = tokens, dialect, 0, 0
        self.found = Statements()

    def graph(self) -> Statements:
        if self.next.text.lower() == "strict" and self.peek(1).text.lower() in self.dialect.kinds:
            self.at += 1
        ahead = 2 if self.peek(1).kind in ("name", "quoted") else 1
        if self.next.text.lower() in self.dialect.kinds and self.peek(ahead).text == "{":
            self.found.kind = self.take().text.lower()
            self.found.name = self.identifier() if ahead == 2 else ""
            self.take()
            self.body("}")
            self.expect("}")
        else:
            self.body("")
        if self.next.kind != "end":
            raise GraphError(
                f"{self.next.text} stands after the end of the graph",
                where=self.next.place,
                remedy="write one graph only",
            )
        return self.found

    def body(self, closing: str) -> list[str]:
        """Statements up to `closing` (not taken); the names they mention, each once."""
        names: dict[str, None] = {}
        while self.next.kind != "end" and self.next.text != closing:
            if self.next.text in (";", ","):
                self.at += 1
            else:
                names |= dict.fromkeys(self.statement())
        return list(names)

    def statement(self) -> list[str]:
        """One statement; the names it mentions."""
        if self.keyword in DEFAULTS and self.peek(1).text == "[":
            self.default()
            return []
        if self.next.kind in ("name", "quoted") and self.peek(1).text == "=":
            key = self.identifier()
            self.at += 1
            self.found.settings[key] = self.identifier()
            return []
        ends, links = [self.ends()], []
        while self.next.kind == "edge":
            links.append(self.take())
            ends.append(self.ends())
        attributes = self.attributes()
        if links:
            for link, (left, right) in zip(links, pairwise(ends), strict=True):
                for a, b in product(left, right):
                    self.found.joins.append(Join(a, link.text, b, attributes, link.place))
        else:
            for name in ends[0]:
                self.found.nodes[name] |= attributes
        return [name for group in ends for name in group]

    def default(self) -> None:
        """`node […]`: drawn defaults, which say nothing of causes."""
        token = self.take()
        if not self.dialect.defaults:
            raise GraphError(
                f'A variable cannot be named "{token.text}"',
                where=token.place,
                remedy="if this is a Graphviz file, name it .dot",
            )
        self.attributes()

    def ends(self) -> list[str]:
        """A name, or the names in a group."""
        if self.dialect.defaults and self.keyword == "subgraph":
            self.at += 1
            if self.next.text != "{":
                self.identifier()
        if self.next.text == "{":
            return self.group()
        name = self.identifier()
        while self.dialect.defaults and self.next.text == ":":
            self.at += 1
            self.identifier()
        self.found.nodes.setdefault(name, {})
        return [name]

    def group(self) -> list[str]:
        """The names between braces."""
        opening = self.take()
        self.depth += 1
        if self.depth > DEEPEST:
            raise GraphError(
                "The groups are nested too deeply", where=opening.place, remedy="write them flat"
            )
        names = self.body("}")
        self.expect("}")
        self.depth -= 1
        return names

    def attributes(self) -> Attributes:
        """`[key=value, key]…`; a key alone counts as 1."""
        found: Attributes = {}
        while self.next.text == "[":
            self.at += 1
            while self.next.text != "]":
                if self.next.text in (";", ","):
                    self.at += 1
                    continue
                key = self.identifier()
                found[key] = "1"
                if self.next.text == "=":
                    self.at += 1
                    found[key] = self.identifier()
            self.expect("]")
        return found

    def identifier(self) -> str:
        """A bareword, or quoted pieces joined by "+"."""
        token = self.take()
        if token.kind not in ("name", "quoted"):
            what = f'"{token.text}"' if token.text else "the end of the text"
            raise GraphError(f"A name should stand before {what}", where=token.place,
                             remedy="check the line for a missing name or bracket")  # fmt: skip
        text = self.plain(token)
        while self.next.text == "+" and self.peek(1).kind == "quoted":
            self.at += 1
            text += self.plain(self.take())
        return text

    def plain(self, token: Token) -> str:
        """The name that a token stands for."""
        if token.kind == "name":
            return token.text
        if token.text.startswith("<"):
            return " ".join(re.sub(r"<[^>]*>", " ", token.text[1:-1]).split())
        return token.text[1:-1].replace("\\\n", "").replace('\\"', '"')

    @property
    def keyword(self) -> str:
        """The next word, in small letters where the language does not tell them apart."""
        word = self.next.text if self.next.kind == "name" else ""
        return word.lower() if self.dialect.defaults else word

    @property
    def next(self) -> Token:
        return self.peek(0)

    def peek(self, ahead: int) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.next
        self.at += 1
        return token

    def expect(self, text: str) -> None:
        token = self.take()
        if token.text != text:
            what = f'"{token.text}"' if token.text else "the text ends"
            raise GraphError(f'A "{text}" is missing: {what} stands there', where=token.place,
                             remedy=f'add "{text}"')  # fmt: skip

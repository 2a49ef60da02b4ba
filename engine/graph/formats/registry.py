"""Graph files by format: which one a text is in, reading and writing it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import CycleError, GraphError
from engine.graph.formats import (
    bif,
    bif_text,
    bnlearn,
    dagitty,
    dot,
    gml,
    knowledge,
    legacy,
    node_link,
    tetrad,
)
from engine.graph.formats.drawing import Drawing, Part, part_of

LARGEST = 16_000_000  # bytes; far beyond any drawn graph
SHARED = frozenset({".txt", ".text"})  # endings that several formats have
COMMENTS = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/|#[^\n]*)*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Format:
    """How one format is read and written, its file extensions, and what it has a place for."""

    read: Callable[[str], Drawing]
    write: Callable[[Drawing], tuple[str, tuple[str, ...]]]
    extensions: tuple[str, ...]
    keeps: frozenset[Part]


def read_dagitty(text: str) -> Drawing:
    """DAGitty text of today, or of the older form."""
    return legacy.read(text) if legacy.is_legacy(text) else dagitty.read(text)


FORMATS: dict[str, Format] = {
    "dagitty": Format(read_dagitty, dagitty.write, (".dag", ".dagitty", ".txt"), dagitty.KEEPS),
    "dot": Format(dot.read, dot.write, (".dot", ".gv"), dot.KEEPS),
    "tetrad": Format(tetrad.read, tetrad.write, (".tetrad",), tetrad.KEEPS),
    "knowledge": Format(knowledge.read, knowledge.write, (".knowledge",), knowledge.KEEPS),
    "gml": Format(gml.read, gml.write, (".gml",), gml.KEEPS),
    "json": Format(node_link.read, node_link.write, (".json", ".cyjs"), node_link.KEEPS),
    "bnlearn": Format(bnlearn.read, bnlearn.write, (".bnlearn",), bnlearn.KEEPS),
    "bif": Format(bif.read, bif.write, (".bif",), bif.KEEPS),
}


def parse_graph(text: str, format: str | None = None) -> Drawing:
    """The drawing in `text`; without a `format`, its first words tell which one it is in."""
    return _format(format or sniffed(text)).read(text)


def written(drawing: Drawing, format: str) -> tuple[str, tuple[str, ...]]:
    """`drawing` as text in `format`, and a sentence for each thing that this leaves out."""
    return _format(format).write(drawing)


def graph_text(drawing: Drawing, format: str = "dagitty") -> str:
    """`drawing` as text in `format`."""
    return written(drawing, format)[0]


def text_of(drawing: Drawing, names: tuple[str, ...]) -> str:
    """These variables and the edges among them as DAGitty text, for the clipboard."""
    return graph_text(replace(part_of(drawing, names), name=""))


def graph_of_text(text: str) -> Drawing | None:
    """The drawing in a pasted text of any format; None where the text is no graph at all.

    A text that begins like a graph and is broken is a GraphError, which says where.
    """
    if not looks_like_graph(text):
        return None
    drawing = parse_graph(text)
    return drawing if drawing.graph.variables else None


def looks_like_graph(text: str) -> bool:
    """Whether a text says by itself that it is a graph: by its first words, or by an arrow."""
    format = sniffed(text)
    if format not in ("dagitty", "dot"):
        return True
    comments = COMMENTS.match(text)
    whole = text[comments.end() :] if comments else text
    start = re.match(r"(?:strict\s+)?(?:dag|pdag|mag|pag|(?:di)?graph)\b[^{\n]*\{", whole, re.I)
    arrow = re.fullmatch(r"\s*[^\n]*\S\s*(?:->|<-|<->)\s*[^\n]*\S.*", text, re.DOTALL)
    return bool(start or arrow) or legacy.is_legacy(text)


def read_graph_file(path: Path | str) -> Drawing:
    """The drawing in the file at `path`, in the format of its extension or its first words."""
    path = Path(path)
    text = _text(path)
    known = format_of(path)
    format = known if known and path.suffix.lower() not in SHARED else sniffed(text)
    try:
        return parse_graph(text, format)
    except (GraphError, CycleError) as error:
        where = ", ".join(filter(None, (path.name, error.where)))
        raise type(error)(error.message, where=where, remedy=error.remedy) from error


def write_graph_file(drawing: Drawing, path: Path | str, to: str | None = None) -> tuple[str, ...]:
    """Write `drawing` to `path`, by `to` or the extension; a sentence for each thing left out."""
    path = Path(path)
    text, dropped = written(drawing, to or known_format(path))
    write_text(text, path)
    return dropped


def known_format(path: Path) -> str:
    """The format of an extension; one that names none is refused."""
    format = format_of(path)
    if format is None:
        known = ", ".join(e for one in FORMATS.values() for e in one.extensions)
        raise GraphError(
            f"The extension {path.suffix or '(none)'} names no graph format",
            where=str(path),
            remedy=f"use one of {known}, or name the format",
        )
    return format


def write_text(text: str, path: Path) -> None:
    """A graph's text as a file."""
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise GraphError(
            f"The file cannot be written: {error.strerror}",
            where=str(path),
            remedy="choose another place",
        ) from error


def without_warnings(drawing: Drawing) -> Drawing:
    """`drawing` once its warnings have been told."""
    return replace(drawing, warnings=())


def sniffed(text: str) -> str:
    """The format that `text` seems to be in; "dagitty" where nothing speaks for another."""
    whole = text.lstrip("\ufeff \t\r\n")
    comments = COMMENTS.match(whole)
    start = whole[comments.end() :] if comments else whole
    if start.startswith(tetrad.NODES):
        return "tetrad"
    if whole.startswith(knowledge.START):
        return "knowledge"
    if gml.START.match(start):
        return "gml"
    if bif_text.START.match(start):
        return "bif"
    if re.match(r'[{]\s*(?:"|\})', start):
        return "json"
    if bnlearn.START.match(start):
        return "bnlearn"
    words = start.replace("{", " { ").lower().split(maxsplit=2)
    first = words[1:] if words[:1] == ["strict"] else words
    if first[:1] in (["digraph"], ["graph"]) or start != whole:
        return "dot"
    return "dagitty"


def format_of(path: Path) -> str | None:
    """The format of an extension, if any has it."""
    suffix = path.suffix.lower()
    return next((name for name, one in FORMATS.items() if suffix in one.extensions), None)


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise GraphError(
            f"There is no graph format {name}", remedy=f"use one of {', '.join(FORMATS)}"
        )
    return FORMATS[name]


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()[: LARGEST + 1]
        if len(content) > LARGEST:
            raise GraphError("The file is too large for a graph", where=str(path),
                             remedy="choose a graph file")  # fmt: skip
        return content.decode("utf-8-sig")
    except OSError as error:
        raise GraphError(
            f"The file cannot be read: {error.strerror}", where=str(path), remedy="check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise GraphError(
            "The file is not UTF-8 text", where=str(path), remedy="save it as UTF-8"
        ) from error

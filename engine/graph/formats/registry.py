"""Graph files by format: which one a text is in, reading and writing it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import CycleError, GraphError
from engine.graph.formats import dagitty, dot, tetrad
from engine.graph.formats.drawing import Drawing

LARGEST = 16_000_000  # bytes; far beyond any drawn graph


@dataclass(frozen=True, slots=True)
class Format:
    """How one format is read and written, and its file extensions."""

    read: Callable[[str], Drawing]
    write: Callable[[Drawing], tuple[str, tuple[str, ...]]]
    extensions: tuple[str, ...]


FORMATS: dict[str, Format] = {
    "dagitty": Format(dagitty.read, dagitty.write, (".dag", ".dagitty", ".txt")),
    "dot": Format(dot.read, dot.write, (".dot", ".gv")),
    "tetrad": Format(tetrad.read, tetrad.write, (".tetrad",)),
}


def parse_graph(text: str, format: str | None = None) -> Drawing:
    """The drawing in `text`; without a `format`, its first words tell which one it is in."""
    return _format(format or sniffed(text)).read(text)


def graph_text(drawing: Drawing, format: str = "dagitty") -> str:
    """`drawing` as text in `format`."""
    return _format(format).write(drawing)[0]


def read_graph_file(path: Path | str) -> Drawing:
    """The drawing in the file at `path`, in the format of its extension or its first words."""
    path = Path(path)
    text = _text(path)
    known = _by_extension(path)
    format = known if known and path.suffix.lower() != ".txt" else sniffed(text)
    try:
        return parse_graph(text, format)
    except (GraphError, CycleError) as error:
        where = ", ".join(filter(None, (path.name, error.where)))
        raise type(error)(error.message, where=where, remedy=error.remedy) from error


def write_graph_file(drawing: Drawing, path: Path | str, to: str | None = None) -> tuple[str, ...]:
    """Write `drawing` to `path`, by `to` or the extension; a sentence for each thing left out."""
    path = Path(path)
    format = to or _by_extension(path)
    if format is None:
        known = ", ".join(e for one in FORMATS.values() for e in one.extensions)
        raise GraphError(
            f"The extension {path.suffix or '(none)'} names no graph format",
            where=str(path),
            remedy=f"use one of {known}, or name the format",
        )
    text, dropped = _format(format).write(drawing)
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise GraphError(
            f"The file cannot be written: {error.strerror}",
            where=str(path),
            remedy="choose another place",
        ) from error
    return dropped


def without_warnings(drawing: Drawing) -> Drawing:
    """`drawing` once its warnings have been told."""
    return replace(drawing, warnings=())


def sniffed(text: str) -> str:
    """The format that `text` seems to be in: "tetrad", "dot" or "dagitty"."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(tetrad.NODES):
        return "tetrad"
    words = start.replace("{", " { ").lower().split(maxsplit=2)
    first = words[1:] if words[:1] == ["strict"] else words
    if first[:1] in (["digraph"], ["graph"]) or start.startswith(("//", "/*", "#")):
        return "dot"
    return "dagitty"


def _by_extension(path: Path) -> str | None:
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

"""Graph formats as people know them: names, who reads them, and filters for file dialogs."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

TITLES = {
    "dagitty": QT_TRANSLATE_NOOP("Formats", "DAGitty text"),
    "dot": QT_TRANSLATE_NOOP("Formats", "Graphviz DOT"),
    "gml": QT_TRANSLATE_NOOP("Formats", "GML"),
    "json": QT_TRANSLATE_NOOP("Formats", "JSON, nodes and edges"),
    "tetrad": QT_TRANSLATE_NOOP("Formats", "Tetrad graph"),
    "knowledge": QT_TRANSLATE_NOOP("Formats", "Tetrad knowledge"),
    "bnlearn": QT_TRANSLATE_NOOP("Formats", "bnlearn model string"),
    "bif": QT_TRANSLATE_NOOP("Formats", "BIF network"),
}
READERS = {
    "dagitty": QT_TRANSLATE_NOOP("Formats", "For dagitty.net, dagitty in R, and Doscope."),
    "dot": QT_TRANSLATE_NOOP("Formats", "For Graphviz, DoWhy and most drawing programs."),
    "gml": QT_TRANSLATE_NOOP("Formats", "For networkx, igraph, yEd, Cytoscape and DoWhy."),
    "json": QT_TRANSLATE_NOOP("Formats", "For networkx (node-link) and web pages."),
    "tetrad": QT_TRANSLATE_NOOP("Formats", "For Tetrad, py-tetrad and causal-learn."),
    "knowledge": QT_TRANSLATE_NOOP(
        "Formats", "For a search in Tetrad: your arrows as arrows that it must draw."
    ),
    "bnlearn": QT_TRANSLATE_NOOP("Formats", "For bnlearn in R: one line of text."),
    "bif": QT_TRANSLATE_NOOP(
        "Formats", "For pgmpy, aGrUM and bnlearn: categories, and probabilities from your table."
    ),
}


def title_of(format: str) -> str:
    """What people call the format."""
    return QCoreApplication.translate("Formats", TITLES[format])


def readers_of(format: str) -> str:
    """Which programs read it, in a sentence."""
    return QCoreApplication.translate("Formats", READERS[format])


def endings_of(format: str) -> tuple[str, ...]:
    """The endings of its files, the usual one first."""
    from engine.graph.formats.registry import FORMATS

    return FORMATS[format].extensions


def filter_of(format: str) -> str:
    """The format for a file dialog: "GML (*.gml)"."""
    return f"{title_of(format)} ({_stars(endings_of(format))})"


def filter_of_all() -> str:
    """Every graph file, for a file dialog."""
    endings = dict.fromkeys(ending for format in TITLES for ending in endings_of(format))
    words = QCoreApplication.translate("Formats", "Graphs")
    return f"{words} ({_stars(tuple(endings))})"


def all_endings() -> str:
    """Endings that only graphs have, as a file dialog writes them."""
    return _stars(tuple(e for format in TITLES for e in endings_of(format) if e != ".txt"))


def _stars(endings: tuple[str, ...]) -> str:
    return " ".join(f"*{ending}" for ending in endings)

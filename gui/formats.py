"""Graph formats as people know them: names, who reads them, and filters for file dialogs."""

from PySide6.QtCore import QCoreApplication

TITLES: dict[str, str] = {
    "dagitty": "DAGitty text",
    "dot": "Graphviz DOT",
    "gml": "GML",
    "json": "JSON, nodes and edges",
    "tetrad": "Tetrad graph",
    "knowledge": "Tetrad knowledge",
    "bnlearn": "bnlearn model string",
    "bif": "BIF network",
}
READERS: dict[str, str] = {
    "dagitty": "For dagitty.net, dagitty in R, and Doscope.",
    "dot": "For Graphviz, DoWhy and most drawing programs.",
    "gml": "For networkx, igraph, yEd, Cytoscape and DoWhy.",
    "json": "For networkx (node-link) and web pages.",
    "tetrad": "For Tetrad, py-tetrad and causal-learn.",
    "knowledge": "For a search in Tetrad: your arrows as arrows that it must draw.",
    "bnlearn": "For bnlearn in R: one line of text.",
    "bif": "For pgmpy, aGrUM and bnlearn: categories, and probabilities from your table.",
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

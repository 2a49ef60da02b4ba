"""One graph in the dialects of many programs: each file is read to the same arrows.

age → smoking, age → cancer, smoking → tar, tar → cancer, and U, not measured, → smoking, cancer.
Formats of discrete networks hold no U; CausalFusion draws smoking ↔ cancer instead.
"""

from pathlib import Path

import pytest

from engine.errors import UserError
from engine.graph.formats.drawing import Drawing
from engine.graph.formats.registry import parse_graph, read_graph_file, sniffed
from engine.project import Role

FIXTURES = Path(__file__).parent / "fixtures"
DRAWN = {("age", "smoking"), ("age", "cancer"), ("smoking", "tar"), ("tar", "cancer")}
HIDDEN = {("U", "smoking"), ("U", "cancer")}
FORMATS = {
    "dagitty": ["dagitty-site.dag", "dagitty-r.dag", "dagitty-old-list.txt"]
    + ["dagitty-old-matrix.txt"],
    "tetrad": ["tetrad.txt", "tetrad-older.txt"],
    "knowledge": ["tetrad.knowledge"],
    "dot": ["graphviz-layout.dot", "pydot.dot", "tetrad.dot", "by-hand.gv"],
    "gml": ["networkx.gml", "igraph.gml", "yed.gml", "dowhy.gml"],
    "json": ["networkx-1.json", "networkx-2.json", "networkx-3.json", "causalfusion.json"]
    + ["cytoscape.cyjs"],
    "bnlearn": ["bnlearn.bnlearn", "bnlearn-r.txt"],
    "bif": ["bnlearn.bif", "agrum.bif", "pgmpy.bif", "javabayes.bif"],
}
FILES = [(format, name) for format, names in FORMATS.items() for name in names]
WITHOUT_U = {"bnlearn", "bif"}


def text_of(name: str) -> str:
    return (FIXTURES / name).read_text("utf-8")


def test_every_fixture_is_read_here() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == {name for _, name in FILES}


@pytest.mark.parametrize(("format", "name"), FILES)
def test_each_dialect_says_the_same(format: str, name: str) -> None:
    graph = read_graph_file(FIXTURES / name).graph
    fused = name == "causalfusion.json"
    without = format in WITHOUT_U or fused
    assert {*graph.variables, "U"} == {"age", "smoking", "tar", "cancer", "U"}
    assert graph.edges == DRAWN | (set() if without else HIDDEN)
    assert graph.latent == (set() if without or format == "knowledge" else {"U"})
    assert graph.bidirected == ({("cancer", "smoking")} if fused else set())


@pytest.mark.parametrize(("format", "name"), FILES)
def test_the_content_alone_tells_the_format(format: str, name: str, tmp_path: Path) -> None:
    assert sniffed(text_of(name)) == format
    copy = tmp_path / "graph.txt"
    copy.write_text(text_of(name), "utf-8-sig")  # as some editors save, with a mark in front
    assert read_graph_file(copy).graph == read_graph_file(FIXTURES / name).graph


@pytest.mark.parametrize(("format", "name"), FILES)
def test_a_text_cut_anywhere_is_read_or_refused(format: str, name: str) -> None:
    """Never a crash, and never a variable of an empty name."""
    text = text_of(name)
    for end in range(0, len(text), max(1, len(text) // 40)):
        outcome = read_or_refusal(text[:end], format)
        if isinstance(outcome, UserError):
            assert outcome.remedy
        else:
            assert all(map(str.strip, outcome.graph.variables))


def read_or_refusal(text: str, format: str) -> Drawing | UserError:
    try:
        return parse_graph(text, format)
    except UserError as error:
        return error


def test_places_of_the_dialects() -> None:
    """Pixels of yEd and Cytoscape stay; DAGitty's units and Graphviz' points are scaled."""
    for name in ("yed.gml", "cytoscape.cyjs"):
        positions = read_graph_file(FIXTURES / name).positions
        assert (positions["U"], positions["cancer"]) == ((300.0, -50.0), (600.0, 100.0))
    site = read_graph_file(FIXTURES / "dagitty-site.dag")
    assert site.positions["smoking"] == (-320.0, 0.0)
    assert site.bends == {("age", "->", "cancer"): (80.0, 192.0)}
    laid = read_graph_file(FIXTURES / "graphviz-layout.dot").positions
    assert laid["tar"][1] - laid["smoking"][1] == pytest.approx(160.0)  # 72 points, y down


def test_roles_of_the_dialects() -> None:
    for name in ("dagitty-r.dag", "dagitty-old-list.txt"):
        roles = read_graph_file(FIXTURES / name).roles
        assert (roles["smoking"], roles["cancer"]) == (Role.EXPOSURE, Role.OUTCOME)


@pytest.mark.parametrize("name", ["agrum.bif", "pgmpy.bif", "javabayes.bif"])
def test_probabilities_of_the_dialects(name: str) -> None:
    """By the names of the categories, whichever parent varies fastest in the file."""
    drawing = read_graph_file(FIXTURES / name)
    parents = drawing.graph.parents("cancer")
    given = {"age": "old", "tar": "low"}
    assert drawing.chances["cancer"][tuple(given[v] for v in parents)] == (0.95, 0.05)
    assert drawing.chances["tar"] == {("no",): (0.95, 0.05), ("yes",): (0.2, 0.8)}
    assert drawing.chances["age"] == {(): (0.75, 0.25)}
    assert drawing.categories["tar"] == ("low", "high")

"""Tetrad's graph text, and the published consensus network of Sachs et al. 2005 in it."""

from pathlib import Path

import pytest

from engine.errors import CycleError, GraphError
from engine.graph.formats.drawing import Drawing
from engine.graph.formats.registry import read_graph_file
from engine.graph.formats.tetrad import read, write
from engine.graph.graph import graph_of
from engine.project import Role

SAMPLE = """Graph Nodes:
age;smoking;tar;cancer;(U);[ill]

Graph Edges:
1. U --> cancer
2. U --> smoking
3. age --> cancer
4. smoking <-- age
5. smoking --> tar dd nl
6. tar <-> cancer

Graph Attributes:
BIC: -12.5
"""
SACHS = Path(__file__).parents[5] / "shared" / "data" / "sachs"


def text(*edges: str, nodes: str = "a;b;c") -> str:
    return "\n".join(["Graph Nodes:", nodes, "", "Graph Edges:", *edges, ""])


def test_the_running_sample() -> None:
    drawing = read(SAMPLE)
    assert drawing.graph == graph_of(
        ["age", "smoking", "tar", "cancer", "U", "ill"],
        [
            ("U", "cancer"),
            ("U", "smoking"),
            ("age", "cancer"),
            ("age", "smoking"),
            ("smoking", "tar"),
        ],
        [("cancer", "tar")],
        ["U"],
    )
    assert drawing.roles == {"ill": Role.SELECTED}
    assert drawing.warnings == ("marks after the edges ignored (dd, nl, resampling shares …)",)


def test_written_text_and_what_it_drops() -> None:
    drawing = Drawing(
        graph_of(["tar level", "5HT", "u"], [("u", "5HT"), ("5HT", "tar level")], latent=["u"]),
        {"u": (0.0, 0.0)},
        {"5HT": Role.EXPOSURE},
    )
    assert write(drawing) == (
        "Graph Nodes:\ntar_level;v5HT;(u)\n\n"
        "Graph Edges:\n1. v5HT --> tar_level\n2. u --> v5HT\n\n",
        (
            "tar level is written as tar_level",
            "5HT is written as v5HT",
            "roles are left out: 5HT (exposure)",
            "places are left out",
        ),
    )


def test_safe_names_stay_different() -> None:
    drawing = Drawing(graph_of(["a b", "a_b", "a,b"], [("a b", "a_b"), ("a_b", "a,b")]))
    assert len(read(write(drawing)[0]).graph.variables) == 3


def test_unnumbered_lines_keep_their_digits() -> None:
    assert read(text("5HT --> Y", nodes="5HT;Y")).graph.edges == {("5HT", "Y")}
    assert read(text("1. 5HT --> Y", nodes="5HT,Y")).graph.edges == {("5HT", "Y")}


@pytest.mark.parametrize("edge", ["---", "o->", "<-o", "o-o", "o--"])
def test_open_directions_are_refused(edge: str) -> None:
    with pytest.raises(GraphError, match="leaves its direction open") as caught:
        read(text(f"1. a {edge} b"))
    assert caught.value.where == "line 5"


@pytest.mark.parametrize(
    ("lines", "nodes", "words"),
    [
        (["1. a --> z"], "a;b", "z is not among the nodes"),
        (["1. a => b"], "a;b", "is no edge"),
        ([], "a;a", "a is named twice"),
    ],
)
def test_broken_text_is_one_sentence(lines: list[str], nodes: str, words: str) -> None:
    with pytest.raises(GraphError, match=words):
        read(text(*lines, nodes=nodes))


def test_missing_sections_and_cycles() -> None:
    with pytest.raises(GraphError, match="Graph Edges:"):
        read("Graph Nodes:\na;b\n")
    with pytest.raises(CycleError, match="a → b → a|b → a → b"):
        read(text("1. a --> b", "2. b --> a"))


def test_the_sachs_network() -> None:
    """Sachs et al., Science 2005: 11 proteins, 20 arrows."""
    path = SACHS / "sachs.2005.ground.truth.graph.txt"
    if not path.exists():
        pytest.skip("the shared data folder is not here")
    graph = read_graph_file(path).graph
    assert len(graph.variables) == 11
    assert len(graph.edges) == 20
    assert ("raf", "mek") in graph.edges

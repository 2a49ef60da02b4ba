"""Graphviz DOT: written the common way, read tolerantly."""

import networkx
import pytest

from engine.errors import GraphError
from engine.graph.formats.dot import read, write
from engine.graph.formats.drawing import Drawing
from engine.graph.graph import graph_of
from engine.project import Role

SAMPLE = """/* two lines
of words */
digraph lung {
  rankdir=LR; node [shape=ellipse]; edge [color="#333333"];
  "U" [style=dashed, latent=true, pos="0,-108!"]; // hidden
# a preprocessor line
  "tar level" [pos="0,72!"];
  "smoking" -> "tar level";
  "U" -> "smoking"; "U" -> "cancer":n;
  "income" -> "smoking" [dir=both, style=dashed];
}
"""


def test_the_running_sample() -> None:
    drawing = read(SAMPLE)
    assert drawing.graph == graph_of(
        ["U", "tar level", "smoking", "cancer", "income"],
        [("smoking", "tar level"), ("U", "smoking"), ("U", "cancer")],
        [("income", "smoking")],
        ["U"],
    )
    assert drawing.positions == {"U": (0.0, 240.0), "tar level": (0.0, -160.0)}
    assert drawing.warnings == ()


def test_written_text() -> None:
    drawing = Drawing(
        graph_of(["U", "tar level", "x"], [("U", "x")], [("tar level", "x")], ["U"]),
        {"U": (0.0, 240.0)},
        {"x": Role.EXPOSURE},
    )
    assert write(drawing) == (
        "digraph {\n"
        "  node [shape=ellipse];\n"
        '  "U" [style=dashed, latent=true, pos="0,-108!"];\n'
        '  "tar level";\n'
        '  "x" [exposure=true];\n'
        '  "U" -> "x";\n'
        '  "tar level" -> "x" [dir=both, style=dashed];\n'
        "}\n",
        (),
    )


def test_directions_as_written() -> None:
    graph = read("digraph { a -> b [dir=back]; c <- d; e <-> f; g -> h -> i }").graph
    assert graph.edges == {("b", "a"), ("d", "c"), ("g", "h"), ("h", "i")}
    assert graph.bidirected == {("e", "f")}


@pytest.mark.parametrize(
    "text",
    [
        "graph { a -- b }",
        "digraph { a -> b [dir=none] }",
        "digraph { a -> b [dir=both, arrowtail=odot, arrowhead=normal] }",
    ],
)
def test_open_directions_are_refused(text: str) -> None:
    with pytest.raises(GraphError, match="leaves its direction open"):
        read(text)


def test_clusters_flatten_and_labels_name() -> None:
    text = """digraph { subgraph cluster_0 { label="people"; n0 [label="age"]; n1 }
              n0 -> {n1 n2}; n2 [label=<<b>tar</b> level>] }"""
    assert read(text).graph.edges == {("age", "n1"), ("age", "tar level")}
    same = read('digraph { n0 [label="x"]; n1 [label="x"]; n0 -> n1 }')
    assert same.graph.edges == {("n0", "n1")}


def test_a_hidden_variable_may_be_marked_false() -> None:
    assert not read("digraph { a [latent=false]; a -> b }").graph.latent


def test_what_other_software_writes_is_read() -> None:
    """A DOT text as networkx and pydot lay it out: quoted ids, weights, trailing semicolons."""
    dag = networkx.gn_graph(6, seed=1).reverse()
    lines = [f'"{a}" -> "{b}"  [weight=1.0, key=0];' for a, b in dag.edges]
    drawing = read("strict digraph  {\n" + "\n".join(lines) + "\n}\n")
    assert drawing.graph.edges == {(str(a), str(b)) for a, b in dag.edges}
    assert drawing.warnings == ()
    assert {tuple(w.items()) for w in drawing.extras.values()} == {
        (("weight", "1.0"), ("key", "0"))
    }

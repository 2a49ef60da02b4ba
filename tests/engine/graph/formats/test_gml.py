"""GML, with networkx as the other program."""

import networkx as nx
import pytest

from engine.errors import GraphError
from engine.graph.formats.drawing import Drawing
from engine.graph.formats.gml import read, write
from engine.graph.graph import graph_of
from engine.project import Role

NAMES = ["tar level", 'say "x"', "größe & co", "a_1"]
DRAWING = Drawing(
    graph_of(NAMES, [(NAMES[0], NAMES[1]), (NAMES[1], NAMES[2])], [(NAMES[0], NAMES[3])],
             [NAMES[3]]),
    {NAMES[0]: (160.0, -80.0)},
    {NAMES[1]: Role.EXPOSURE},
    "lung",
)  # fmt: skip


def test_networkx_reads_what_we_write() -> None:
    """The same names and arrows; ↔ as two records, so that it is no cause to anybody."""
    found = nx.parse_gml(write(DRAWING)[0])
    both = {frozenset(e) for e in found.edges if found.edges[e].get("type") == "bidirected"}
    assert set(found) == set(NAMES)
    assert {e for e in found.edges if "type" not in found.edges[e]} == DRAWING.graph.edges
    assert both == {frozenset((NAMES[0], NAMES[3]))}
    assert not nx.is_directed_acyclic_graph(found)
    assert found.nodes[NAMES[0]]["graphics"] == {"x": 160.0, "y": -80.0}
    assert found.nodes[NAMES[3]]["latent"] == "true"
    assert found.nodes[NAMES[1]]["role"] == "exposure"
    assert found.graph["name"] == "lung"


def test_an_arrow_beside_a_hidden_cause_makes_a_multigraph() -> None:
    drawing = Drawing(graph_of("ab", [("a", "b")], [("a", "b")]))
    found = nx.parse_gml(write(drawing)[0])
    assert found.is_multigraph()
    assert sorted(found.edges()) == [("a", "b"), ("a", "b"), ("b", "a")]
    assert read(write(drawing)[0]).graph == drawing.graph


def test_we_read_what_networkx_writes() -> None:
    graph = nx.DiGraph([("a b", "ü"), ("ü", "z")], name="g")
    graph.nodes["z"]["observed"] = "no"
    graph.nodes["ü"]["graphics"] = {"x": 1.5, "y": 2.0}
    drawing = read("\n".join(nx.generate_gml(graph)))
    assert drawing.graph.edges == set(graph.edges)
    assert drawing.graph.latent == {"z"}
    assert drawing.positions == {"ü": (1.5, 2.0)}


def test_heads_at_both_ends_are_a_hidden_cause() -> None:
    """As yEd draws it."""
    text = """graph [ directed 1 node [ id 0 label "a" ] node [ id 1 label "b" ]
      edge [ source 0 target 1 graphics [ sourceArrow "standard" targetArrow "standard" ] ] ]"""
    assert read(text).graph.bidirected == {("a", "b")}


def test_labels_that_two_variables_share_give_way_to_ids() -> None:
    nodes = 'node [ id 0 label "x" ] node [ id 7 label "x" ]'
    text = f"graph [ directed 1 {nodes} edge [ source 0 target 7 ] ]"
    assert read(text).graph.edges == {("0", "7")}


@pytest.mark.parametrize(
    ("text", "words", "where"),
    [
        ("graph [\n node [ id 1 ]\n edge [ source 1 target 1 ] ]", "no directions", "line 3"),
        ("graph [ directed 1\n edge [ source 1 target 2 ] ]", "not among the nodes", "line 2"),
        ("graph [ directed 1\n node [ label ", "label has no value", "line 2"),
        ('graph [ node [\n id 1 label "x ] ]', "does not end", "line 2"),
        ("graph [ directed 1\n node [ ] ]", "has no id", "line 2"),
        ("graph [ directed 1\n\n 5 ]", "A key is missing", "line 3"),
        ("graph [ directed 1\n ? ]", "cannot stand here", "line 2"),
        ("node [ id 1 ]", "no GML graph", ""),
        ("graph [ " + "a [ " * 60, "nested too deeply", ""),
        ("graph [ directed 1 node [ id 1 ]\nnode [ id 2 ]\nedge [ source 1 target 2\n"
         "type undirected ] ]", "leaves its direction open", "line 3"),
    ],
)  # fmt: skip
def test_broken_text_is_one_sentence(text: str, words: str, where: str) -> None:
    with pytest.raises(GraphError, match=words) as caught:
        read(text)
    assert caught.value.where == where
    assert caught.value.remedy

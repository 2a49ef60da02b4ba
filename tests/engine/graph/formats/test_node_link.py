"""JSON, with networkx as the other program."""

import json

import networkx as nx
import pytest

from engine.errors import CycleError, GraphError
from engine.graph.formats.drawing import Drawing
from engine.graph.formats.node_link import read, write
from engine.graph.graph import graph_of
from engine.project import Role

DRAWING = Drawing(
    graph_of(["tar level", "ü", "z"], [("tar level", "ü"), ("ü", "z")], [("tar level", "z")],
             ["z"]),
    {"ü": (160.0, -80.0)},
    {"ü": Role.OUTCOME},
    "lung",
    assumed=frozenset({("ü", "z")}),
)  # fmt: skip


def test_networkx_reads_what_we_write() -> None:
    found = nx.node_link_graph(json.loads(write(DRAWING)[0]), edges="edges")
    plain = {e for e in found.edges if found.edges[e].get("type") != "bidirected"}
    assert plain == DRAWING.graph.edges
    assert found.edges["ü", "z"]["assumed"] is True
    assert not nx.is_directed_acyclic_graph(found)  # ↔ both ways is no cause to anybody
    assert (found.nodes["ü"]["x"], found.nodes["ü"]["y"]) == (160.0, -80.0)
    assert found.nodes["z"]["latent"] is True
    assert found.graph["name"] == "lung"


@pytest.mark.parametrize("key", ["edges", "links"])
def test_we_read_what_networkx_writes(key: str) -> None:
    graph = nx.MultiDiGraph([("a b", "ü"), (3, "z"), ("a b", "z")])
    graph.nodes["z"]["observed"] = False
    drawing = read(json.dumps(nx.node_link_data(graph, edges=key)))
    assert drawing.graph.edges == {(str(a), str(b)) for a, b in graph.edges()}
    assert drawing.graph.latent == {"z"}


def test_opposite_arrows_without_a_type_are_a_cycle() -> None:
    both = [{"source": "a", "target": "b"}, {"source": "b", "target": "a"}]
    with pytest.raises(CycleError, match="(a → b → a|b → a → b)"):
        read(json.dumps({"nodes": [{"id": "a"}, {"id": "b"}], "edges": both}))


@pytest.mark.parametrize(
    ("text", "words", "where"),
    [
        ('{"nodes": [\n{"id": "a"},,', "broken", "line 2, column 13"),
        ('{"a": 1}', "holds no graph", ""),
        ("[]", "holds no graph", ""),
        ('{"nodes": [{}], "edges": []}', "has no name", "node 1"),
        ('{"nodes": [{"id": "a"}], "links": [{"source": "a", "target": "q"}]}',
         "target q of an edge", "edge 1"),
        ('{"nodes": [{"id": "a"}, {"id": "a"}], "links": []}', "named twice", "a"),
        ('{"directed": false, "nodes": [{"id": "a"}], "links": [{"source": "a", "target": "a"}]}',
         "no directions", '"directed"'),
        ('{"nodes": ' * 20_000, "nested too deeply|broken", None),
    ],
)  # fmt: skip
def test_broken_text_is_one_sentence(text: str, words: str, where: str | None) -> None:
    with pytest.raises(GraphError, match=words) as caught:
        read(text)
    assert where is None or caught.value.where == where
    assert caught.value.remedy

"""Files by extension and by first words; every format keeps what it can hold."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import GraphError, UserError
from engine.graph.formats.drawing import Drawing
from engine.graph.formats.registry import (
    FORMATS,
    graph_text,
    parse_graph,
    read_graph_file,
    sniffed,
    write_graph_file,
)
from engine.graph.graph import CausalGraph, graph_of
from engine.project import Role

PLAIN = st.text("abcXYZ_é.", min_size=1, max_size=6)
ANY = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\\"), min_size=1, max_size=8
).filter(str.strip)


@st.composite
def drawings(draw: st.DrawFn, names: st.SearchStrategy[str]) -> Drawing:
    variables = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    pairs = [(a, b) for i, a in enumerate(variables) for b in variables[i + 1 :]]
    some = st.lists(st.sampled_from(pairs), unique=True) if pairs else st.just([])
    far = st.integers(-2000, 2000)
    graph = graph_of(variables, draw(some), draw(some), draw(st.sets(st.sampled_from(variables))))
    positions = {v: (float(300 * i), float(draw(far))) for i, v in enumerate(variables)}
    roles = draw(st.dictionaries(st.sampled_from(variables), st.sampled_from(list(Role))))
    return Drawing(graph, positions, roles)


def contents(graph: CausalGraph) -> tuple[frozenset[str], ...]:
    return (frozenset(graph.variables), graph.edges, graph.bidirected, graph.latent)


@pytest.mark.parametrize("format", ["dagitty", "dot"])
@settings(max_examples=80, deadline=None)
@given(drawing=drawings(ANY))
def test_any_names_edges_hidden_variables_and_roles_survive(format: str, drawing: Drawing) -> None:
    again = parse_graph(graph_text(drawing, format), format)
    assert contents(again.graph) == contents(drawing.graph)
    assert again.roles == drawing.roles
    assert again.warnings == ()


@pytest.mark.parametrize("format", ["dagitty", "dot"])
@settings(max_examples=30, deadline=None)
@given(drawing=drawings(PLAIN))
def test_places_survive(format: str, drawing: Drawing) -> None:
    again = parse_graph(graph_text(drawing, format), format)
    for name, (x, y) in drawing.positions.items():
        assert again.positions[name] == pytest.approx((x, y), abs=0.1)


@settings(max_examples=80, deadline=None)
@given(drawing=drawings(PLAIN))
def test_tetrad_keeps_names_edges_and_hidden_variables(drawing: Drawing) -> None:
    again = parse_graph(graph_text(drawing, "tetrad"))
    assert contents(again.graph) == contents(drawing.graph)
    kept = {v: r for v, r in drawing.roles.items() if r is Role.SELECTED}
    assert again.roles == {v: r for v, r in kept.items() if v not in drawing.graph.latent}


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("dag { a -> b }", "dagitty"),
        ("a -> b", "dagitty"),
        ("\ufeffGraph Nodes:\na", "tetrad"),
        ("digraph{a->b}", "dot"),
        ("strict  digraph g {", "dot"),
        ("// by hand\ndigraph {}", "dot"),
    ],
)
def test_the_first_words_tell_the_format(text: str, format: str) -> None:
    assert sniffed(text) == format


def test_files_by_extension(tmp_path: Path) -> None:
    drawing = Drawing(graph_of(edges=[("a", "b")]), {"a": (0.0, 0.0)})
    for name in ("g.dag", "g.dagitty", "g.txt", "g.dot", "g.gv"):
        assert write_graph_file(drawing, tmp_path / name) == ()
        assert read_graph_file(tmp_path / name).graph == drawing.graph
    dropped = write_graph_file(drawing, tmp_path / "t.txt", to="tetrad")
    assert dropped == ("places are left out",)
    assert (tmp_path / "t.txt").read_text().startswith("Graph Nodes:")
    assert read_graph_file(str(tmp_path / "t.txt")).graph == drawing.graph


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="cannot be read"):
        read_graph_file(tmp_path / "none.dag")
    (tmp_path / "latin.dag").write_bytes(b"dag { \xe9 -> b }")
    with pytest.raises(GraphError, match="not UTF-8"):
        read_graph_file(tmp_path / "latin.dag")
    (tmp_path / "bad.dag").write_text("dag {\n a --> b }")
    with pytest.raises(GraphError) as caught:
        read_graph_file(tmp_path / "bad.dag")
    assert caught.value.where == "bad.dag, line 2, column 6"
    with pytest.raises(GraphError, match="names no graph format"):
        write_graph_file(Drawing(), tmp_path / "g.png")
    with pytest.raises(GraphError, match="cannot be written"):
        write_graph_file(Drawing(), tmp_path / "no" / "g.dag")
    with pytest.raises(GraphError, match="no graph format xdsl"):
        graph_text(Drawing(), "xdsl")


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(
        st.sampled_from(
            ["dag", "digraph", "{", "}", "[", "]", "->", "<->", "--", "a", "b", '"c', '"', "=", ";"]
            + ["pos", "latent", "subgraph", "node", "+", ":", "<", ">", "\\", "/*", "Graph Nodes:"]
            + ["Graph Edges:", "\n", "\n\n", "1.", "-->", "o->", "(U)", ",", "/knowledge", "1*"]
            + ["addtemporal", "requiredirect", "graph", "node", "edge", "id", "source", "target"]
            + ["network", "variable", "probability", "type", "discrete", "(", ")", "|", "table"]
            + ['"nodes"', '"edges"', '"id"', "[a|b]", "A E @0,0"]
        )
    )
)
def test_no_text_crashes_a_reader(format: str, words: list[str]) -> None:
    try:
        drawing = parse_graph(" ".join(words), format)
    except UserError:
        return
    assert drawing.graph.latent <= set(drawing.graph.variables)

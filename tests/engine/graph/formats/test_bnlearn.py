"""Model strings of bnlearn, and what they cannot say."""

import pytest

from engine.errors import CycleError, GraphError
from engine.graph.formats.bnlearn import read, write
from engine.graph.formats.drawing import Drawing
from engine.graph.graph import graph_of


def test_written_with_causes_first() -> None:
    graph = graph_of(["y", "z:2", "x|1", "[w]"], [("x|1", "y"), ("z:2", "y"), ("x|1", "z:2")])
    text, dropped = write(Drawing(graph))
    assert text == "[x_1][z_2|x_1][y|z_2:x_1][_w_]\n"
    assert dropped == (
        "z:2 is written as z_2", "x|1 is written as x_1", "[w] is written as _w_",
    )  # fmt: skip


def test_names_may_hold_spaces_and_lines_may_break() -> None:
    graph = read("[tar level]\n [lung\n cancer|tar level]").graph
    assert graph.edges == {("tar level", "lung cancer")}


@pytest.mark.parametrize(
    ("text", "words", "where"),
    [
        ("[a][b|a\n", "cannot stand here", "line 1"),
        ("[a]\n[b|c]", "c has no brackets", "line 2"),
        ("[a][a]", "named twice", "line 1"),
        ("[a]\n[b|a:]", "A name is missing", "line 2"),
        ("[a] -> [b]", "cannot stand here", "line 1"),
    ],
)
def test_broken_text_is_one_sentence(text: str, words: str, where: str) -> None:
    with pytest.raises(GraphError, match=words) as caught:
        read(text)
    assert (caught.value.where, bool(caught.value.remedy)) == (where, True)


def test_cycles_are_named() -> None:
    with pytest.raises(CycleError, match="(a → b → a|b → a → b)"):
        read("[a|b][b|a]")

"""DAGitty's older form, by hand from its rules: flags, points, lists and matrices."""

import pytest

from engine.errors import CycleError, GraphError
from engine.graph.formats.legacy import is_legacy, read
from engine.graph.formats.registry import looks_like_graph, parse_graph, sniffed
from engine.graph.graph import graph_of
from engine.project import Role

LIST = """tar%20level 1 @0,0
big city E @2,0
y OU
w

big city tar%20level @1,-1 y
tar level w
w tar level
"""


def test_flags_points_and_names_with_spaces() -> None:
    drawing = read(LIST)
    assert drawing.graph == graph_of(
        ["tar level", "big city", "y", "w"],
        [("big city", "tar level"), ("big city", "y")],
        [("tar level", "w")],  # arrows both ways
        ["y"],
    )
    assert drawing.roles == {"big city": Role.EXPOSURE, "y": Role.OUTCOME}
    assert drawing.positions == {"tar level": (0.0, 0.0), "big city": (320.0, 0.0)}
    assert drawing.bends == {("big city", "->", "tar level"): (160.0, -160.0)}


def test_a_matrix_says_row_causes_column() -> None:
    assert read("a E\nb O\nc 1\n\n0 1 0\n0 0 0\n1 1 0\n").graph.edges == {
        ("a", "b"), ("c", "a"), ("c", "b"),
    }  # fmt: skip


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "id group 1\n5 6 7\n", "x E\ny O", "A B C", ""])
def test_tables_and_words_are_not_taken_for_it(text: str) -> None:
    assert not is_legacy(text)
    assert not looks_like_graph(text)


def test_it_is_known_by_its_content() -> None:
    assert sniffed(LIST) == "dagitty"
    assert looks_like_graph(LIST)
    assert parse_graph(LIST).graph == read(LIST).graph


@pytest.mark.parametrize(
    ("text", "words", "where"),
    [
        ("a E\nb O\n\na c", "c is not among the variables", "line 4"),
        ("a E\na O\n\na a", "named twice", "line 2"),
        ("a E\nb O\n\n0 1 0", "has 3 numbers instead of 2 times 2", "line 4"),
        ("a E\nb what now\n\na b", "is no variable", "line 2"),
    ],
)
def test_broken_text_is_one_sentence(text: str, words: str, where: str) -> None:
    with pytest.raises(GraphError, match=words) as caught:
        read(text)
    assert (caught.value.where, bool(caught.value.remedy)) == (where, True)


def test_a_variable_that_causes_itself() -> None:
    with pytest.raises(CycleError, match="a → a"):
        read("a E\n\na a")

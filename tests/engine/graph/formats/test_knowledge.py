"""Tetrad's knowledge files, and those that come with published data."""

from pathlib import Path

import pytest

from engine.errors import GraphError
from engine.graph.formats.drawing import PROJECT, Drawing, Tier, left_out
from engine.graph.formats.knowledge import read, write
from engine.graph.formats.registry import read_graph_file
from engine.graph.graph import graph_of

DATA = Path(__file__).parents[5] / "shared" / "data"
FIXTURE = Path(__file__).parent / "fixtures" / "tetrad.knowledge"


def test_tiers_and_arrows() -> None:
    drawing = read_graph_file(FIXTURE)
    assert drawing.knowledge is not None
    assert drawing.knowledge.tiers == (
        Tier(("age", "U"), closed=True),
        Tier(("smoking", "tar")),
        Tier(("cancer",), near=True),
    )
    assert drawing.knowledge.forbidden == {("cancer", "smoking")}
    assert drawing.warnings == ()
    columns = {name: x for name, (x, _) in drawing.positions.items()}
    assert columns["age"] == columns["U"] < columns["tar"] < columns["cancer"]


def test_a_project_is_told_what_it_cannot_hold() -> None:
    assert left_out(read_graph_file(FIXTURE), PROJECT) == ("forbidden arrows are left out",)


def test_a_required_arrow_back_in_time_is_told() -> None:
    drawing = read("/knowledge\naddtemporal\n1 a\n2 b\nrequiredirect\nb ==> a\n")
    assert drawing.warnings == ("b → a is required, though b comes later than a",)


def test_a_graph_is_written_as_required_arrows() -> None:
    drawing = Drawing(graph_of(["x", "y", "tar level"], [("x", "y")]))
    text, dropped = write(drawing)
    assert text.endswith("requiredirect\nx y\n")
    assert dropped == (
        "tar level is written as tar_level", "variables without arrows are left out: tar level",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "words", "where"),
    [
        ("x y", "cannot stand here", "line 2"),
        ("addtemporal\nage sex", "is no tier", "line 3"),
        ("addtemporal\n1 X*", "stands for many names", "line 3"),
        ("addtemporal\n1 a\n2 a", "a is in two tiers", "a"),
        ("forbiddirect\n\nx", "is no arrow", "line 4"),
    ],
)
def test_broken_text_is_one_sentence(body: str, words: str, where: str) -> None:
    with pytest.raises(GraphError, match=words) as caught:
        read(f"/knowledge\n{body}\n")
    assert (caught.value.where, bool(caught.value.remedy)) == (where, True)


def test_published_files_are_read() -> None:
    """Sachs et al. 2005: 20 required arrows; the reagents come before the proteins."""
    folder = DATA / "sachs"
    if not folder.exists():
        pytest.skip("the shared data folder is not here")
    assert len(read_graph_file(folder / "sachs.2005.knowledge.txt").graph.edges) == 20
    tiers = read_graph_file(folder / "tiers.knowledge.txt").knowledge
    assert tiers is not None
    assert [len(tier.names) for tier in tiers.tiers] == [9, 11]
    for path in (DATA / "cmu_real").rglob("*.knowledge.txt"):
        assert read_graph_file(path).knowledge is not None

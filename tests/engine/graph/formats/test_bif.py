"""BIF: categories and probabilities, and what is said where a graph has none."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import GraphError
from engine.graph.formats.bif import read, write
from engine.graph.formats.drawing import Drawing
from engine.graph.formats.exporting import SHARES, exported
from engine.graph.graph import graph_of
from engine.project import Project, Role

TEXT = """network lung {
}
variable x {
  type discrete [ 2 ] { no, yes };
}
variable y {
  type discrete [ 2 ] { a, b };
}
probability ( x ) {
  table 0.7, 0.3;
}
probability ( y | x ) {
  (no) 0.9, 0.1;
  (yes) 0.2, 0.8;
}
"""


def test_written_as_every_program_reads_it() -> None:
    """Plain names, one row per combination, a line break after every closing brace."""
    drawing = read(TEXT)
    assert write(drawing) == (TEXT, ())
    placed = replace(drawing, positions={"x": (80.0, 200.0)}, roles={"x": Role.EXPOSURE})
    text, _ = write(placed)
    assert "  property position = (80.000, 200.000) ;\n  property role = exposure ;\n" in text
    again = read(text)
    assert (again.positions, again.roles) == (placed.positions, placed.roles)


def test_names_and_categories_that_not_every_program_reads_are_written_otherwise() -> None:
    graph = graph_of(["age group", "5HT"])
    labels = {"age group": ("<50", "50-70", ">=70", "n/a"), "5HT": ("0", "1")}
    text, dropped = write(Drawing(graph, categories=labels))
    assert "variable age_group {\n  type discrete [ 4 ] { lt50, v50_70, ge70, n_a };" in text
    assert "variable v5HT {\n  type discrete [ 2 ] { 0, 1 };" in text
    assert dropped == (
        "age group is written as age_group",
        "5HT is written as v5HT",
        "categories of age group are written as lt50, v50_70, ge70, n_a",
        "the probabilities of every variable are not known: all categories get the same",
    )


def test_numbers_are_refused_and_bare_hidden_variables_left_out() -> None:
    graph = graph_of(["U", "x"], [("U", "x")], latent=["U"])
    with pytest.raises(GraphError, match="x has none: treat it as categories"):
        write(Drawing(graph))
    text, dropped = write(Drawing(graph, categories={"x": ("a", "b")}))
    assert dropped[0] == "U is not measured and has no categories: left out with its arrows"
    assert read(text).graph == graph_of(["x"])


def test_probabilities_are_the_shares_of_the_rows() -> None:
    """Counted by collections.Counter, with half a row in each cell; a gap leaves its row out."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 2, 60).astype(float), rng.integers(0, 3, 60).astype(float)
    x[3] = np.nan
    variables = (
        Variable("x", Kind.BINARY, categories=("no", "yes")),
        Variable("y", Kind.CATEGORICAL, categories=("a", "b", "c")),
    )
    table = Table(variables, {"x": x, "y": y}, "t.csv")
    text, dropped = exported(Project(graph_of(edges=[("x", "y")]), table=table), "bif")
    rows = [(a, b) for a, b in zip(x, y, strict=True) if not np.isnan(a)]
    cells = Counter(rows)
    of_no = [cells[0.0, float(k)] + 0.5 for k in range(3)]
    found = read(text).chances
    assert found["y"]["no",] == pytest.approx([n / sum(of_no) for n in of_no], abs=1e-9)
    yes = sum(a for a, _ in rows)
    assert found["x"][()] == pytest.approx([1 - (yes + 0.5) / 60, (yes + 0.5) / 60], abs=1e-9)
    assert dropped == (SHARES,)


def test_a_table_of_several_parents_is_read_by_its_sums_or_with_a_warning() -> None:
    head = TEXT.split("probability ( y")[0] + "variable z { type discrete [ 2 ] { p, q }; }\n"
    slow = head + "probability ( z | x, y ) { table 0.9 0.8 0.7 0.6 0.1 0.2 0.3 0.4; }"
    fast = head + "probability ( z | x, y ) { table 0.9 0.1 0.8 0.2 0.7 0.3 0.6 0.4; }"
    assert read(slow).chances["z"] == read(fast).chances["z"]
    assert read(slow).chances["z"]["no", "b"] == (0.8, 0.2)
    assert read(slow).warnings == ()
    equal = read(head + "probability ( z | x, y ) { table " + "0.5 " * 8 + "; }")
    assert equal.warnings == (
        "the table of z was read with the categories of z changing slowest; "
        "programs differ in this",
    )


def test_default_rows_and_comments() -> None:
    text = TEXT.replace("  (no) 0.9, 0.1;\n", "  default 0.9, 0.1; // else\n  /* two\nlines */\n")
    assert read(text).chances["y"] == read(TEXT).chances["y"]


@pytest.mark.parametrize(
    ("old", "new", "words", "where"),
    [
        ("(no) 0.9, 0.1", "(no) 0.9", "2 numbers should stand here", "line 13"),
        ("(no) 0.9, 0.1", "(no) 0.9, x", "2 numbers should stand here", "line 13"),
        ("(no) 0.9, 0.1", "(never) 0.9, 0.1", "are no categories", "line 13"),
        ("(no) 0.9, 0.1", "(no, a) 0.9, 0.1", "has 1 parents, not 2", "line 13"),
        ("(no) 0.9, 0.1", "(no) 0.9, 0.4", "do not add up to 1", "line 12"),
        ("  (no) 0.9, 0.1;\n", "", "y has no probabilities given no", "line 12"),
        ("( y | x )", "( y | w )", "w is not among the variables", "line 12"),
        ("( y | x )", "( x | y )", "two blocks", "line 12"),
        ("[ 2 ] { a, b }", "[ 3 ] { a, b }", "should have 3 different categories", "line 6"),
        ("discrete [ 2 ] { a, b }", "continuous", "has no list of categories", "line 6"),
        ("variable y {", "variable y", '"{" is missing', "line 7"),
        ("  (yes) 0.2, 0.8;\n}\n", "  (yes) 0.2, 0.8;\n", 'a "}" is missing', "line 15"),
        ("network lung", "net lung", "should begin with network", "line 1"),
    ],
)
def test_broken_text_is_one_sentence(old: str, new: str, words: str, where: str) -> None:
    assert old in TEXT
    with pytest.raises(GraphError, match=words) as caught:
        read(TEXT.replace(old, new, 1))
    assert (caught.value.where, bool(caught.value.remedy)) == (where, True)

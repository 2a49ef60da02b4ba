"""DAGitty text: the samples and traps of the format, as its own parser treats them."""

import pytest

from engine.errors import CycleError, GraphError
from engine.graph.formats.dagitty import UNIT, read, write
from engine.graph.formats.drawing import Drawing
from engine.graph.graph import graph_of
from engine.project import Role

SAMPLE = """dag lung {
bb="-3,-3,3,3"
U [latent,pos="0.000,1.500"]
age [adjusted,pos="-2.000,1.000"]
cancer [outcome,pos="2.000,0.000"]
smoking [exposure,pos="-2.000,0.000"]
"tar level" [pos="0.000,-1.000"]
U -> {smoking cancer}
age -> {smoking cancer}
smoking -> "tar level" -> cancer
income <-> smoking [pos="-2.500,-1.200"]
}
"""


def edges(text: str) -> set[tuple[str, str]]:
    return set(read(text).graph.edges)


def refused(text: str, *words: str) -> GraphError:
    with pytest.raises(GraphError) as caught:
        read(text)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    return caught.value


def test_the_running_sample() -> None:
    drawing = read(SAMPLE)
    assert drawing.graph == graph_of(
        ["U", "age", "cancer", "smoking", "tar level", "income"],
        [
            ("U", "smoking"),
            ("U", "cancer"),
            ("age", "smoking"),
            ("age", "cancer"),
            ("smoking", "tar level"),
            ("tar level", "cancer"),
        ],
        [("income", "smoking")],
        ["U"],
    )
    assert drawing.name == "lung"
    assert drawing.roles == {
        "age": Role.ADJUSTED,
        "cancer": Role.OUTCOME,
        "smoking": Role.EXPOSURE,
    }
    assert drawing.positions["U"] == (0.0, 1.5 * UNIT)
    assert "income" not in drawing.positions
    assert drawing.bends == {("income", "<->", "smoking"): (-2.5 * UNIT, -1.2 * UNIT)}
    assert drawing.warnings == ()


def test_written_as_the_format_writes_it() -> None:
    drawing = Drawing(
        graph_of(["x", "tar level", "u"], [("x", "tar level"), ("u", "x")], [("u", "x")], ["u"]),
        {"x": (UNIT, -UNIT / 2)},
        {"x": Role.EXPOSURE},
        "lung",
    )
    assert write(drawing) == (
        "dag lung {\n"
        'bb="0.000,-1.500,2.000,0.500"\n'
        '"tar level"\n'
        "u [latent]\n"
        'x [exposure,pos="1.000,-0.500"]\n'
        "u -> x\n"
        'x -> "tar level"\n'
        "u <-> x\n"
        "}\n",
        (),
    )


def test_a_quoted_graph_name_is_no_variable() -> None:
    drawing = read('dag "lung cancer" { a -> b }')
    assert drawing.graph.variables == ("a", "b")
    assert drawing.name == "lung cancer"
    text, dropped = write(drawing)
    assert text.startswith("dag {")
    assert dropped == ("the title 'lung cancer' is left out",)


def test_a_variable_may_be_called_dag() -> None:
    assert edges("dag -> x") == {("dag", "x")}
    assert read(write(read('dag { "dag" -> x }'))[0]).graph.variables == ("dag", "x")


def test_an_unquoted_hyphen_is_refused_not_split() -> None:
    error = refused("dag {\n  a-b -> c\n}", "hyphen", 'write "a-b"')
    assert error.where == "line 2, column 4"
    assert edges('dag { "a-b" -> c }') == {("a-b", "c")}


def test_letters_beyond_a_to_z_need_quotes() -> None:
    assert refused("dag { é -> y }", "double quotes").where == "line 1, column 7"
    assert edges('dag { "é" -> y }') == {("é", "y")}


@pytest.mark.parametrize("comment", ["// why", "/* why */", "# why"])
def test_comments_are_refused_where_they_stand(comment: str) -> None:
    assert refused(f"dag {{\na -> b\n {comment}\n}}", "no comments").where == "line 3, column 2"


def test_a_pasted_graphviz_file_is_told_apart() -> None:
    refused("dag { node [shape=box]; a -> b }", 'cannot be named "node"', ".dot")
    drawing = read('dag { rankdir=LR; a [pos="1,2!"]; a -> b }')
    assert drawing.positions == {"a": (UNIT, 2 * UNIT)}
    assert drawing.warnings == ("settings of the graph ignored: rankdir",)


def test_groups_chains_and_nesting() -> None:
    assert edges("dag{ {a b} -> {c {d e}} }") == {(x, y) for x in "ab" for y in "cde"}
    assert edges("dag{a->b<-c;d->a}") == {("a", "b"), ("c", "b"), ("d", "a")}
    assert edges("dag{ a -> { b -> c } }") == {("a", "b"), ("a", "c"), ("b", "c")}
    assert read("strict DAG g { a <-> {b c} }").graph.bidirected == {("a", "b"), ("a", "c")}


def test_the_wrapper_may_be_left_out_where_there_is_an_arrow() -> None:
    assert edges("A -> B") == {("A", "B")}
    refused("A B C", "no DAGitty text")


def test_joined_and_escaped_names() -> None:
    assert edges(r'dag { "a" + "b" -> "say \"x\"" }') == {("ab", 'say "x"')}


def test_an_arrow_and_a_hidden_cause_on_one_pair() -> None:
    graph = read("dag { A -> B A <-> B }").graph
    assert graph.edges == {("A", "B")}
    assert graph.bidirected == {("A", "B")}


def test_cycles_are_named() -> None:
    with pytest.raises(CycleError) as caught:
        read("dag { a -> b -> c -> a }")
    assert sorted(caught.value.where.split(" → ")[:-1]) == ["a", "b", "c"]
    with pytest.raises(CycleError, match="a → a"):
        read("dag { a -> a }")
    refused("dag { a <-> a }", "says nothing")


@pytest.mark.parametrize(
    "text", ["pdag { A -- B }", "dag { A @-> B }", "dag { A @-@ B }", "pdag { A --@ B }"]
)
def test_open_directions_are_refused(text: str) -> None:
    assert (
        refused(text, "leaves its direction open").where == f"line 1, column {text.index('A') + 3}"
    )


def test_classes_of_graphs_are_refused() -> None:
    refused("pag { A -> B }", "PAG stands for many")
    refused("mag { A -> B }", "MAG stands for many")
    assert edges("pdag { A -> B }") == {("A", "B")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dag { a -> ", "end of the text"),
        ("dag { a -> }", 'before "}"'),
        ("dag { a -> b", '"}" is missing'),
        ("dag { a [latent -> b }", 'before "->"'),
        ('dag { "a -> b }', "does not end"),
        ("dag { a -> b } dag { c -> d }", "after the end"),
        ("dag { " + "{" * 200, "nested too deeply"),
        ('dag { "" -> b }', "empty name"),
    ],
)
def test_broken_text_is_one_sentence(text: str, words: str) -> None:
    refused(text, words)


def test_further_roles_are_told_and_unknown_attributes_written_again() -> None:
    drawing = read('dag { a [exposure, selected, beta="0.5"] a -> b [label="x%20y", assumed] }')
    assert drawing.roles == {"a": Role.EXPOSURE}
    assert drawing.warnings == ("a is also marked selected: ignored",)
    assert drawing.assumed == {("a", "b")}
    text, dropped = write(drawing)
    assert text == 'dag {\na [exposure,beta="0.5"]\nb\na -> b [assumed,label="x%20y"]\n}\n'
    assert dropped == ()


@pytest.mark.parametrize("name", ["graph", "node"])
def test_names_that_dagitty_does_not_know_even_in_quotes_are_written_otherwise(name: str) -> None:
    text, dropped = write(Drawing(graph_of(edges=[(name, "y"), ("y", f"{name}_")])))
    assert f"{name}__2 -> y" in text
    assert dropped == (f"{name} is written as {name}__2",)


def test_a_title_with_a_dot_is_left_out() -> None:
    """DAGitty takes "dag a.b {" for text without braces."""
    assert write(Drawing(name="a.b"))[0] == "dag {\n}\n"


def test_pixels_stay_and_tight_drawings_spread() -> None:
    pixels = read('dag { a [pos="100,100"] b [pos="300,100"] a -> b }').positions
    assert pixels == {"a": (100.0, 100.0), "b": (300.0, 100.0)}
    tight = read('dag { a [pos="0.1,0.5"] b [pos="0.2,0.5"] a -> b }').positions
    assert tight["b"][0] - tight["a"][0] == pytest.approx(240.0)
    negative = read('dag { a [pos=-1] b [pos="-1,-2"] a -> b }').positions
    assert negative == {"b": (-UNIT, -2 * UNIT)}

"""Each format on 200 random graphs: what it has a place for comes back, what it has not is told."""

import random
from collections.abc import Hashable, Mapping
from itertools import combinations, product
from pathlib import Path

import pytest

from engine.graph.formats.drawing import (
    Drawing,
    Knowledge,
    Part,
    Tier,
    arrow,
    drawing_of,
    hidden,
    left_out,
    tiers_of,
)
from engine.graph.formats.registry import FORMATS, graph_of_text, parse_graph, text_of, written
from engine.graph.graph import CausalGraph, graph_of
from engine.project import Project, Role

GRAPHS = 200
ORDINARY = (
    "age",
    "tar level",
    "5HT",
    "größe",
    "x_1",
    "a.b",
    "dag",
    "Größe (cm)",
    "y",
    "z2",
    "subgraph",
)
PLAIN = ("age", "tar", "X1", "X_2", "cancer", "y", "z", "smoking", "U")
POINTS = (-480.0, -160.0, 0.0, 200.0, 320.0, 1600.0)


def names_of(format: str) -> tuple[str, ...]:
    """Names that the format holds unchanged; others are renamed, which has its own test."""
    return ORDINARY if format in ("dagitty", "dot", "gml", "json") else PLAIN


def random_graph(rng: random.Random, names: tuple[str, ...], most_causes: int) -> CausalGraph:
    variables = rng.sample(names, rng.randint(1, len(names)))
    pairs = list(combinations(variables, 2))
    density = rng.random()
    edges: list[tuple[str, str]] = []
    for cause, effect in pairs:
        room = sum(b == effect for _, b in edges) < most_causes
        edges += [(cause, effect)] if room and rng.random() < density else []
    both = [pair for pair in pairs if rng.random() < density / 3]
    return graph_of(rng.sample(variables, len(variables)), edges, both,
                    [v for v in variables if rng.random() < 0.2])  # fmt: skip


def random_drawing(rng: random.Random, names: tuple[str, ...], most_causes: int) -> Drawing:
    graph = random_graph(rng, names, most_causes)
    all_links = [arrow(*e) for e in graph.edges] + [hidden(*e) for e in graph.bidirected]
    labels = {v: ("no", "yes", "maybe")[: rng.randint(2, 3)] for v in graph.variables}
    tiers = tuple(
        Tier(tuple(v for v in graph.variables if hash_of(v) % 3 == k), closed=k == 0, near=k == 1)
        for k in range(3)
    )
    return Drawing(
        graph,
        {v: (300.0 * i, rng.choice(POINTS)) for i, v in enumerate(graph.variables)},
        {v: rng.choice(list(Role)) for v in graph.variables if rng.random() < 0.3},
        rng.choice(("", "lung", "study_2")),
        bends={link: (rng.choice(POINTS), 40.0) for link in all_links if rng.random() < 0.2},
        assumed=frozenset(edge for edge in sorted(graph.edges) if rng.random() < 0.2),
        categories=labels,
        chances={v: random_chances(rng, graph, v, labels) for v in graph.variables},
        knowledge=Knowledge(tiers, frozenset((b, a) for a, b in graph.edges)),
        extras={v: {"beta": "0.5"} for v in graph.variables[:2]},
    )


def hash_of(word: str) -> int:
    return sum(map(ord, word))


def random_chances(
    rng: random.Random, graph: CausalGraph, v: str, labels: dict[str, tuple[str, ...]]
) -> dict[tuple[str, ...], tuple[float, ...]]:
    def row() -> tuple[float, ...]:
        weights = [rng.random() + 0.01 for _ in labels[v]]
        return tuple(weight / sum(weights) for weight in weights)

    return {key: row() for key in product(*(labels[cause] for cause in graph.parents(v)))}


def contents(drawing: Drawing, part: Part) -> object:
    """What a drawing says of one part, comparable."""
    match part:
        case Part.HIDDEN:
            return drawing.graph.bidirected
        case Part.LATENT:
            return drawing.graph.latent
        case Part.ROLES:
            return dict(drawing.roles)
        case Part.PLACES:
            return rounded(drawing.positions, 1)
        case Part.BENDS:
            return rounded(drawing.bends, 1)
        case Part.TITLE:
            return drawing.name
        case Part.ASSUMED:
            return drawing.assumed
        case Part.TABLES:
            return tables(drawing)
        case Part.TIERS:
            return tiers_of(drawing)
        case Part.FORBIDDEN:
            return drawing.knowledge
        case Part.EXTRAS:
            return {key: dict(words) for key, words in drawing.extras.items()}


def rounded(
    numbers: Mapping[Hashable, tuple[float, ...]], digits: int
) -> dict[Hashable, tuple[float, ...]]:
    return {key: tuple(round(x, digits) + 0.0 for x in row) for key, row in numbers.items()}


def tables(drawing: Drawing) -> object:
    """Probabilities by name of parent, because files may list parents in another order."""
    return {
        (v, *sorted(zip(drawing.graph.parents(v), key, strict=True))): row
        for v, rows in drawing.chances.items()
        for key, row in rounded(rows, 6).items()
    }


@pytest.mark.parametrize("format", FORMATS)
def test_200_random_graphs(format: str) -> None:
    rng = random.Random(format)
    keeps = FORMATS[format].keeps
    for _ in range(GRAPHS):
        drawing = random_drawing(rng, names_of(format), most_causes=3 if format == "bif" else 9)
        text, dropped = written(drawing, format)
        again = parse_graph(text)  # by its first words
        assert set(again.graph.variables) == set(drawing.graph.variables)
        assert again.graph.edges == drawing.graph.edges
        for part in keeps:
            assert contents(again, part) == contents(drawing, part), (part, text)
        tetrad = {Part.ROLES} if format == "tetrad" else set()  # it knows one of the four roles
        assert set(left_out(drawing, keeps | tetrad)) <= set(dropped)


def test_the_page_on_formats_is_true() -> None:
    """Its table names every format with its endings and a sign for each part it keeps."""
    page = Path(__file__).parents[4] / "resources" / "docs" / "formats.md"
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| `")]
    said = {}
    for row in rows:
        name, endings, *signs = (cell.strip() for cell in row.strip("|").split("|"))
        kept = {part for part, sign in zip(Part, signs, strict=True) if sign == "✓"}
        said[name.strip("`")] = (tuple(endings.split()), kept)
    assert said == {name: (one.extensions, one.keeps) for name, one in FORMATS.items()}


def test_nothing_that_a_drawing_lacks_is_said_to_be_left_out() -> None:
    plain = Drawing(graph_of(["x", "y"], [("x", "y")]))
    for format in FORMATS.keys() - {"bif"}:
        assert written(plain, format)[1] == ()


def test_a_long_list_is_counted() -> None:
    names = [f"v{i}" for i in range(9)]
    drawing = Drawing(graph_of(names, latent=names))
    (words,) = left_out(drawing, ())
    assert words == "marks of what is not measured are left out: v0, v1, v2, v3 and 5 more"


def test_a_part_goes_through_the_clipboard() -> None:
    """The edges among the chosen variables, with places, roles and hidden causes."""
    graph = graph_of("abcd", [("a", "b"), ("b", "c"), ("c", "d")], [("a", "b")], ["a"])
    drawing = Drawing(graph, {v: (300.0 * i, 0.0) for i, v in enumerate("abcd")},
                      {"b": Role.EXPOSURE, "d": Role.OUTCOME}, "whole")  # fmt: skip
    pasted = graph_of_text(text_of(drawing, ("c", "a", "b")))
    assert pasted is not None
    assert pasted.graph == graph_of("abc", [("a", "b"), ("b", "c")], [("a", "b")], ["a"])
    assert pasted.positions["c"][0] - pasted.positions["a"][0] == pytest.approx(600.0)
    assert pasted.roles == {"b": Role.EXPOSURE}
    assert pasted.name == ""
    assert graph_of_text("Just some words\nof a letter") is None
    assert graph_of_text("x -> y") is not None
    assert graph_of_text("") is None


def test_the_drawing_of_a_project() -> None:
    graph = graph_of(["x", "y"], [("x", "y")])
    project = Project(graph, {"x": (1.0, 2.0)}, {"x": Role.EXPOSURE}, title="trial",
                      assumed=frozenset({("x", "y")}))  # fmt: skip
    drawing = drawing_of(project)
    assert (drawing.graph, drawing.positions, drawing.roles) == (
        graph, project.positions, project.roles,
    )  # fmt: skip
    assert (drawing.name, drawing.assumed, drawing.categories) == ("trial", {("x", "y")}, {})

"""Where layouts and alignment put cards: facts that can be counted, not pictures."""

from itertools import combinations

import numpy as np
import pytest

from engine.errors import GraphError
from engine.graph.formats.registry import graph_text, parse_graph
from engine.graph.graph import CausalGraph, graph_of
from engine.project import Position, Project, Role
from gui import arranging, edit_edges, edits, subgraphs
from gui.canvas.arranger import reimported
from gui.canvas.force_layout import by_force
from gui.canvas.layout import place, top_down
from gui.canvas.role_layout import by_role
from gui.canvas.routing import CARD_HEIGHT, CARD_WIDTH
from tests.gui.canvas.conftest import Hands, study

TRIAL = graph_of(
    ["lot", "dose", "blood", "days", "age", "sex", "ward", "cost"],
    [
        ("lot", "dose"), ("dose", "blood"), ("blood", "days"), ("age", "dose"), ("age", "days"),
        ("sex", "age"), ("ward", "days"), ("days", "cost"),
    ],
)  # fmt: skip
ROLES = {"dose": Role.EXPOSURE, "days": Role.OUTCOME}


def random_graph(count: int, seed: int) -> CausalGraph:
    rng = np.random.default_rng(seed)
    names = [f"v{i}" for i in range(count)]
    pairs = [(a, b) for a, b in combinations(names, 2) if rng.random() < 2 / count]
    return graph_of(names, pairs)


def overlapping(places: dict[str, Position]) -> list[tuple[str, str]]:
    """Pairs of cards that cover each other."""
    return [
        (v, w)
        for (v, a), (w, b) in combinations(places.items(), 2)
        if abs(a[0] - b[0]) < CARD_WIDTH and abs(a[1] - b[1]) < CARD_HEIGHT
    ]


def test_layers_go_down() -> None:
    for seed in range(4):
        graph = random_graph(25, seed)
        places = top_down(graph)
        assert all(places[a][1] < places[b][1] for a, b in graph.edges)
        assert overlapping(places) == []


def test_by_role_everything_stands_where_textbooks_draw_it() -> None:
    at = by_role(Project(graph=TRIAL, roles=ROLES))
    assert at["lot"][0] < at["dose"][0] < at["blood"][0] < at["days"][0]
    assert at["dose"][1] == at["days"][1]
    for confounder in ("age", "sex"):
        assert at[confounder][1] < at["dose"][1]
    assert at["ward"][1] > at["days"][1]
    assert at["cost"][1] > at["ward"][1]
    assert overlapping(at) == []


def test_by_role_without_roles_says_what_is_missing() -> None:
    with pytest.raises(GraphError, match="needs to know"):
        by_role(Project(graph=TRIAL))


@pytest.mark.parametrize("count", [2, 12, 40])
def test_forces_leave_no_card_on_another_and_joined_ones_near(count: int) -> None:
    graph = random_graph(count, 1)
    rng = np.random.default_rng(0)
    start = {v: (float(x), float(y)) for v, (x, y) in zip(
        graph.variables, rng.uniform(0, 300, (count, 2)), strict=True)}  # fmt: skip
    places = by_force(graph, start)
    assert overlapping(places) == []
    assert places == by_force(graph, start)
    if count > 2:
        every = [np.hypot(*np.subtract(places[a], places[b])) for a, b in combinations(places, 2)]
        joined = [np.hypot(*np.subtract(places[a], places[b])) for a, b in graph.edges]
        assert np.mean(joined) < 0.8 * np.mean(every)


def test_spreading_makes_equal_gaps_in_the_same_order() -> None:
    places = {"a": (0.0, 5.0), "b": (90.0, 1.0), "c": (10.0, 2.0), "d": (300.0, 9.0)}
    moved = arranging.spread(places, 0)
    assert sorted(moved, key=lambda v: moved[v][0]) == ["a", "c", "b", "d"]
    assert np.diff(sorted(x for x, _ in moved.values())) == pytest.approx([100.0] * 3)
    assert {v: y for v, (_, y) in moved.items()} == {v: y for v, (_, y) in places.items()}


def test_the_same_graph_read_again_stays_where_it_was_put() -> None:
    project = study()
    file = dict.fromkeys((*project.positions, "new"), (7.0, 7.0))
    names = (*project.graph.variables, "new")
    assert reimported(project, names, file) == dict(project.positions)
    empty = edits.remove(project, project.graph.variables)
    assert reimported(empty, names, file) == file


def test_bends_go_through_text_and_back() -> None:
    """DAGitty's pos of an edge is the control point: twice the bend from between the nodes."""
    project = study()
    bent = edit_edges.bend(project, ("dose", "days", False), (30.0, 80.0))
    part = subgraphs.part_of(bent, {"dose", "days"}, bent.positions)
    drawing = part.drawing()
    assert drawing.bends == {("dose", "->", "days"): (360.0, 347.5)}  # (300, 187.5) + 2 · (30, 80)
    read = parse_graph(graph_text(drawing))
    used = subgraphs.use_drawing(Project(), read, read.positions)
    assert used.sketch.bends["dose", "days", False] == pytest.approx((30.0, 80.0), abs=0.2)


def test_cards_glide_and_the_project_is_there_at_once(hands: Hands) -> None:
    before = hands.view.stage.places()
    hands.view.verbs.by_id()["lay-out-down"]()
    goal = hands.project.positions
    assert goal == top_down(hands.project.graph)
    glide = hands.view.verbs.glide
    if glide.running:  # where the style allows animations
        assert hands.view.stage.places() != dict(goal)
        hands.click((900.0, 900.0))
    assert not glide.running
    assert hands.view.stage.places() == dict(goal)
    hands.undo()
    assert hands.view.stage.places() == before
    glide.still = True
    hands.view.verbs.by_id()["lay-out"]()
    assert not glide.running
    assert hands.view.stage.places() == place(hands.project.graph, {})


def test_a_glide_ends_in_time_and_where_it_should(hands: Hands) -> None:
    glide = hands.view.verbs.glide
    hands.view.verbs.by_id()["lay-out-by-force"]()
    assert glide._clock.duration() <= 300
    glide._show(0.5)
    glide._show(1.0)
    assert hands.view.stage.places() == dict(hands.project.positions)

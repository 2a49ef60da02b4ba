"""Many cards find places, contents and edges beside whatever the user does."""

from itertools import combinations
from pathlib import Path

import networkx
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.graph.formats.drawing import Drawing
from engine.graph.formats.registry import graph_text
from engine.graph.graph import CausalGraph
from engine.project import Project
from gui.canvas.force_layout import _overlapping
from gui.canvas.layout import place, top_down
from gui.canvas.role_layout import _toward
from gui.canvas.routing import CARD_HEIGHT, CARD_WIDTH
from gui.document import Document
from gui.graph_reading import GraphReader
from tests.gui.canvas.conftest import Hands, study


def random_graph(count: int, seed: int = 0) -> CausalGraph:
    """About one arrow and a half for each variable."""
    rng = np.random.default_rng(seed)
    names = tuple(f"v{i}" for i in range(count))
    starts, steps = rng.integers(0, count, 3 * count // 2), rng.integers(1, 6, 3 * count // 2)
    pairs = zip(starts.tolist(), (starts + steps).tolist(), strict=True)
    edges = {(names[a], names[b]) for a, b in pairs if b < count}
    return CausalGraph(names, frozenset(edges))


def apart(places: dict[str, tuple[float, float]]) -> bool:
    xy = np.array(list(places.values()))
    off = np.abs(xy[:, None] - xy[None])
    over = (off[..., 0] < CARD_WIDTH) & (off[..., 1] < CARD_HEIGHT)
    return bool(over.sum() == len(xy))


def test_many_cards_stand_in_rows_until_their_places_are_found(hands: Hands, qtbot: QtBot) -> None:
    graph = random_graph(130)
    hands.document.replace(Project(graph=graph))
    stage = hands.view.stage
    assert apart(stage.places())
    with qtbot.waitSignal(stage.placed):
        pass
    assert stage.places() == place(graph, {})
    assert hands.project.positions == {}
    shown = hands.view.mapToScene(hands.view.viewport().rect()).boundingRect()
    assert shown.contains(stage.extent())


def test_many_new_cards_leave_the_others_where_they_are(hands: Hands, qtbot: QtBot) -> None:
    graph = random_graph(150)
    placed = {"v0": (40.0, -60.0), "v1": (900.0, 77.0)}
    hands.document.replace(Project(graph=graph, positions=placed))
    with qtbot.waitSignal(hands.view.stage.placed):
        pass
    places = hands.view.stage.places()
    assert {v: places[v] for v in placed} == placed
    assert apart(places)
    assert all(places[a][0] < places[b][0] for a, b in graph.edges if not {a, b} & placed.keys())


def test_places_for_a_project_that_is_gone_are_dropped(hands: Hands, qtbot: QtBot) -> None:
    hands.document.replace(Project(graph=random_graph(130)))
    hands.document.replace(study())
    assert not hands.view.stage.placer.slices.running
    assert hands.view.stage.places() == study().positions


def test_every_card_says_what_the_project_says_in_the_end(hands: Hands, qtbot: QtBot) -> None:
    graph = random_graph(200)
    hands.document.replace(Project(graph=graph, question=study().question))
    stage = hands.view.stage
    qtbot.waitUntil(lambda: not stage.dealer.slices.running)
    hands.document.apply("", lambda p: Project(graph=CausalGraph(graph.variables, graph.edges,
                                                latent=frozenset(graph.variables))))  # fmt: skip
    qtbot.waitUntil(lambda: not stage.dealer.slices.running)
    assert all("not measured" in node.tip() for node in stage.nodes.values())


@pytest.fixture
def large(hands: Hands, qtbot: QtBot) -> Hands:
    graph = random_graph(70)
    hands.document.replace(Project(graph=graph, positions=place(graph, {})))
    return hands


def test_a_large_layout_is_one_step_once_it_is_found(large: Hands, qtbot: QtBot) -> None:
    before = large.project
    verbs = large.view.verbs
    verbs.by_id()["lay-out-down"]()
    assert large.project == before
    assert "70 cards" in large.said[-1]
    with qtbot.waitSignal(verbs.arranger.slices.ended):
        pass
    assert large.project.positions == top_down(before.graph)
    large.undo()
    assert large.project == before


def test_esc_and_another_graph_end_a_layout(large: Hands, qtbot: QtBot) -> None:
    before, arranger = large.project, large.view.verbs.arranger
    large.view.stage.select({"v0"})
    arranger.by_force()
    large.key(Qt.Key.Key_Escape)
    assert not arranger.slices.running
    assert large.view.stage.selected == {"v0"}  # Esc ended the layout alone
    arranger.by_force()
    large.key(Qt.Key.Key_Delete)
    assert not arranger.slices.running
    large.undo()
    assert large.project == before


def test_a_large_graph_file_is_one_step_too(tmp_path: Path, qtbot: QtBot) -> None:
    graph, document = random_graph(130), Document()
    path = tmp_path / "large.dag"
    path.write_text(graph_text(Drawing(graph)), encoding="utf-8")
    reader = GraphReader(document)
    reader.read(path)
    assert document.project == Project()
    with qtbot.waitSignal(reader.placed):
        pass
    assert document.project.graph.edges == graph.edges
    assert document.project.positions == place(document.project.graph, {})
    document.undo_stack.undo()
    assert document.project == Project()


def test_a_file_read_for_another_document_is_dropped(tmp_path: Path, qtbot: QtBot) -> None:
    document = Document()
    path = tmp_path / "large.dag"
    path.write_text(graph_text(Drawing(random_graph(130))), encoding="utf-8")
    reader = GraphReader(document)
    reader.read(path)
    document.replace(study())
    assert not reader.slices.running
    assert document.project == study()


@pytest.mark.parametrize("seed", range(4))
def test_neighbours_by_squares_are_those_of_all_pairs(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(-4, 6, (60, 2))
    near = np.abs(points[:, None] - points[None]).max(-1) < 0.999
    every = {pair for pair in combinations(range(60), 2) if near[pair]}
    assert {tuple(pair) for pair in _overlapping(points).tolist()} == every


@pytest.mark.parametrize("seed", range(4))
def test_causes_around_an_exposure_are_those_with_a_path_around_it(seed: int) -> None:
    graph = random_graph(30, seed)
    exposed, outcome = graph.variables[20], graph.variables[-1]
    around = networkx.DiGraph(list(graph.edges))
    around.add_nodes_from(graph.variables)
    around.remove_node(exposed)
    assert _toward(graph, {outcome}, around={exposed}) == networkx.ancestors(around, outcome)

"""Causal and biasing paths on the canvas: as DAGitty's users know them, never by colour alone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.graph.graph import add_bidirected, graph_of
from engine.interventions import Set
from engine.project import Project, Role
from engine.queries.questions import Rung
from gui import edits
from gui.canvas.edge_item import EdgeKey, edge_color, edge_path
from gui.canvas.edge_ways import Way
from gui.canvas.joining import Joining
from gui.legend import entries
from gui.theme import DARK, LIGHT
from tests.gui.canvas.conftest import Hands, table

SMOKE = ("age", "dose"), ("age", "days"), ("dose", "severity"), ("severity", "days")
AT = {"age": (0.0, 0.0), "dose": (0.0, 250.0), "severity": (300.0, 250.0), "days": (600.0, 100.0)}


@pytest.fixture
def joined(hands: Hands) -> Joining:
    """age causes dose and days; dose works on days by severity; no roles yet."""
    hands.document.replace(Project(graph=graph_of(AT, SMOKE), positions=AT))
    return hands.view.stage.joining


def ways(hands: Hands) -> dict[str, Way]:
    return {str(key): item.look.way for key, item in hands.view.stage.edges.items()}


def give(hands: Hands, **roles: Role | None) -> None:
    for name, role in roles.items():
        hands.document.apply("Role", lambda p, v=name, r=role: edits.set_role(p, v, r))  # type: ignore[misc]


def test_roles_by_keys_colour_the_paths_at_once(hands: Hands, joined: Joining) -> None:
    """age is a confounder: its two arrows bias, the arrows by severity are causal."""
    assert set(ways(hands).values()) == {Way.NONE}
    hands.click("dose")
    QTest.keyClick(hands.view, Qt.Key.Key_E)
    hands.click("days")
    QTest.keyClick(hands.view, Qt.Key.Key_O)
    assert ways(hands) == {
        "age → dose": Way.BIASING,
        "age → days": Way.BIASING,
        "dose → severity": Way.CAUSAL,
        "severity → days": Way.CAUSAL,
    }
    hands.click("age")
    QTest.keyClick(hands.view, Qt.Key.Key_A)
    assert ways(hands)["age → dose"] is Way.NONE
    hands.document.undo_stack.undo()
    assert ways(hands)["age → dose"] is Way.BIASING


def test_adjusting_for_a_mediator_closes_the_causal_path(hands: Hands, joined: Joining) -> None:
    give(hands, dose=Role.EXPOSURE, days=Role.OUTCOME, severity=Role.ADJUSTED)
    assert ways(hands)["dose → severity"] is Way.CLOSED
    tip = hands.view.stage.edges[EdgeKey("dose", "severity")].tip()
    assert "closed, because what lies on it is adjusted" in tip


def test_an_edge_may_be_causal_and_biasing(hands: Hands, joined: Joining) -> None:
    """age → severity: dose ← age → severity → days runs through the last causal arrow."""
    hands.document.apply("Draw", lambda p: edits.connect(p, "age", "severity"))
    give(hands, dose=Role.EXPOSURE, days=Role.OUTCOME)
    assert ways(hands)["severity → days"] is Way.BOTH


def test_a_drawn_arrow_recolours_and_a_hidden_cause_too(hands: Hands, joined: Joining) -> None:
    give(hands, dose=Role.EXPOSURE, days=Role.OUTCOME, age=Role.ADJUSTED)
    hands.document.apply("Draw", lambda p: edits.connect_hidden(p, "dose", "days"))
    assert ways(hands)["days ↔ dose"] is Way.BIASING


def test_every_way_differs_in_shape_and_words_not_only_colour(
    hands: Hands, joined: Joining
) -> None:
    item = next(iter(hands.view.stage.edges.values()))
    shapes, words, colours = set(), set(), set()
    for way in Way:
        item.show_way(way)
        outline = edge_path(item.route, item.key, item.look)
        shapes.add((outline.elementCount(), round(outline.length())))
        words.add(item.tip())
        colours.add(edge_color(item.look, LIGHT).name())
    assert len(shapes) == len(words) == len(Way)
    assert LIGHT.outcome not in colours  # green is for tests passed


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_colours_are_told_apart_by_who_sees_no_red_or_green(theme: object) -> None:
    """Blue against vermilion (Okabe, Ito 2008): far apart in the blue channel alone."""
    blue, warm = theme.color("do"), theme.color("warn")  # type: ignore[attr-defined]
    assert blue.blue() - warm.blue() > 120


def test_ancestors_are_marked_and_said(hands: Hands, joined: Joining) -> None:
    give(hands, dose=Role.EXPOSURE, days=Role.OUTCOME)
    stage = hands.view.stage
    assert (
        stage.nodes["age"].notes.get("kin", "")
        == "leads to the exposure and, on another way, to the outcome"
    )
    assert stage.nodes["severity"].notes.get("kin", "") == "leads to the outcome (ancestor)"
    assert stage.nodes["dose"].notes.get("kin", "") == ""
    stage.focus("age")
    assert "leads to the exposure" in hands.view.accessibleDescription()
    assert "leads to the exposure" in stage.nodes["age"].tip()


def test_a_screen_reader_hears_of_the_edge_and_of_the_whole(hands: Hands, joined: Joining) -> None:
    give(hands, dose=Role.EXPOSURE, days=Role.OUTCOME)
    hands.view.stage.select((), {EdgeKey("age", "dose")})
    assert "on an open path that biases" in hands.view.accessibleDescription()
    hands.view.stage.select(())
    hands.view.stage.focus(None)
    said = hands.view.accessibleDescription()
    assert "causal paths: 2" in said
    assert "bias: 2" in said


def test_switched_off_nothing_is_coloured(hands: Hands, joined: Joining) -> None:
    give(hands, dose=Role.EXPOSURE, days=Role.OUTCOME)
    joined.switch(on=False)
    assert set(ways(hands).values()) == {Way.NONE}
    assert hands.view.stage.nodes["age"].notes.get("kin", "") == ""
    joined.switch(on=True)
    assert ways(hands)["age → dose"] is Way.BIASING


def test_moving_a_card_looks_for_no_path(
    hands: Hands, joined: Joining, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(hands, dose=Role.EXPOSURE, days=Role.OUTCOME)
    monkeypatch.setattr("gui.canvas.joining.influence", lambda *_: pytest.fail("looked again"))
    hands.document.apply("Move", lambda p: edits.move(p, {"age": (0.0, 50.0)}))
    assert ways(hands)["age → dose"] is Way.BIASING


def test_the_question_names_the_outcome_where_no_role_does(hands: Hands, joined: Joining) -> None:
    give(hands, dose=Role.EXPOSURE)
    assert set(ways(hands).values()) == {Way.NONE}
    hands.document.apply("Ask", lambda p: edits.set_outcome(p, "days"))
    assert ways(hands)["dose → severity"] is Way.CAUSAL


def test_the_legend_explains_what_is_there(hands: Hands, joined: Joining) -> None:
    give(hands, dose=Role.EXPOSURE, days=Role.OUTCOME)
    stage = hands.view.stage
    kin = [k for n in stage.nodes.values() if (k := stage.joining.layer.kin_of(n)) is not None]
    words = [e.words for e in entries([], stage.edges.values(), absent=False, kin=kin)]
    assert words == [
        "on a causal path from exposure to outcome",
        "on an open path that biases",
        "leads to the outcome",
        "leads to both",
    ]


def test_a_selected_collider_biases_as_an_adjusted_one(hands: Hands, joined: Joining) -> None:
    """Rows chosen by a common effect: dose → severity ← days."""
    edges = [("dose", "severity"), ("days", "severity")]
    hands.document.replace(Project(graph=graph_of(AT, edges), positions=AT))
    give(hands, dose=Role.EXPOSURE, days=Role.OUTCOME)
    assert set(ways(hands).values()) == {Way.NONE}
    give(hands, severity=Role.SELECTED)
    assert set(ways(hands).values()) == {Way.BIASING}


def test_an_edge_into_what_is_never_measured_is_coloured_too(hands: Hands, joined: Joining) -> None:
    graph = add_bidirected(graph_of(AT, SMOKE), "age", "dose")
    hands.document.replace(Project(graph=graph, positions=AT))
    hands.document.apply("Latent", lambda p: edits.set_latent(p, "age", latent=True))
    give(hands, dose=Role.EXPOSURE, days=Role.OUTCOME, age=Role.ADJUSTED)
    assert ways(hands)["age → dose"] is Way.BIASING  # never measured: nobody can adjust for it


def test_do_cuts_the_back_door_and_with_it_the_bias(hands: Hands, joined: Joining) -> None:
    """Seeing is confounded by age; once dose is set, only its effect is left."""
    hands.document.replace(replace(hands.project, table=table()))
    give(hands, dose=Role.EXPOSURE, days=Role.OUTCOME)
    assert ways(hands)["age → days"] is Way.BIASING
    hands.document.apply("Set", lambda p: edits.ask_do(p, Set("dose", 2.0)))
    assert ways(hands) == {
        "age → dose": Way.NONE,
        "age → days": Way.NONE,
        "dose → severity": Way.CAUSAL,
        "severity → days": Way.CAUSAL,
    }
    hands.document.apply("See", lambda p: edits.set_rung(p, Rung.SEE))
    assert ways(hands)["age → days"] is Way.BIASING

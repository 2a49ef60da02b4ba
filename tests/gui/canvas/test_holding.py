"""Do and see on the card itself, by mouse and by keys; every verb one undo step."""

from math import inf

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.interventions import OneOf, Range, Set, Shift
from engine.project import Project
from engine.queries.answers import CardsAnswer, Shape
from engine.queries.questions import Rung
from gui import edits
from gui.canvas.card_painter import FOOT_ROW, RELEASE, RESET, SLIDER, signs
from gui.canvas.drawing import BARS, SLIDER_LEFT, SLIDER_RIGHT, drawing_of, knob_at, value_at
from gui.vectors import make_vector
from tests.gui.canvas.conftest import PLACES, Hands

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def before(hands: Hands) -> Project:
    """The first three rows know what dose is where the mean of the rows is 2.5 mg."""
    x = np.linspace(0.0, 5.0, 51)
    bars = Shape(True, np.arange(3.0), np.array([0.25, 0.5, 0.25]), float("nan"))
    dose = Shape(False, x, np.ones(51), 2.5)
    hands.view.show_cards(CardsAnswer({"dose": dose, "severity": bars}))
    return hands.project


def at(name: str, x: float, y: float) -> tuple[float, float]:
    return PLACES[name][0] + x, PLACES[name][1] + y


def spot(hands: Hands, name: str, sign: str) -> tuple[float, float]:
    place = dict(signs(hands.view.stage.nodes[name].card))[sign]
    return at(name, place.x(), place.y())


def type_in(hands: Hands, text: str, end: Key = Key.Key_Return) -> None:
    editor = hands.view.verbs.holding.editor
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, end)


def action(hands: Hands) -> tuple[Set | Shift, ...]:
    return hands.project.question.action


def undone(hands: Hands, project: Project) -> bool:
    hands.undo()
    return hands.project == project


# ── do ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_typed_value_sets_and_a_signed_one_shifts(hands: Hands, before: Project) -> None:
    hands.click("dose")
    hands.key(Key.Key_F4)
    type_in(hands, "2,5 mg")
    assert action(hands) == (Set("dose", 2.5),)
    assert hands.view.verbs.holding.editor is None
    assert hands.view.hasFocus()
    assert undone(hands, before)
    hands.key(Key.Key_Equal)
    type_in(hands, "+2")
    assert action(hands) == (Shift("dose", 2.0),)
    hands.key(Key.Key_F4)
    type_in(hands, "-0.5")
    assert action(hands) == (Shift("dose", -0.5),)
    hands.key(Key.Key_F4)
    type_in(hands, "= -1")
    assert action(hands) == (Set("dose", -1.0),)


def test_a_double_click_on_the_value_types_it_elsewhere_it_opens(
    hands: Hands, before: Project
) -> None:
    opened: list[str] = []
    hands.view.opened.connect(opened.append)
    hands.document.apply("do", lambda p: edits.intervene(p, Set("dose", 2.0)))
    held = hands.project
    hands.double_click(at("dose", FOOT_ROW.right() - 10, FOOT_ROW.center().y()))
    type_in(hands, "3")
    assert action(hands) == (Set("dose", 3.0),)
    assert undone(hands, held)
    assert opened == []
    hands.double_click("dose")
    assert opened == ["dose"]


def test_a_bad_value_gets_one_sentence_and_stays_in_the_field(
    hands: Hands, before: Project
) -> None:
    hands.click("severity")
    hands.key(Key.Key_F4)
    type_in(hands, "awful")
    editor = hands.view.verbs.holding.editor
    assert editor is not None
    assert editor.text() == "awful"
    assert hands.said == ["severity has no category 'awful': type one of low, mid, high."]
    assert hands.project == before
    type_in(hands, "hi")
    assert action(hands) == (Set("severity", 2.0),)
    hands.key(Key.Key_F4)
    type_in(hands, "worse", Key.Key_Escape)
    assert action(hands) == (Set("severity", 2.0),)


def test_clicking_elsewhere_keeps_what_was_typed(hands: Hands, before: Project) -> None:
    hands.click("dose")
    hands.key(Key.Key_F4)
    editor = hands.view.verbs.holding.editor
    assert editor is not None
    QTest.keyClicks(editor, "3")
    hands.click((300.0, 400.0))
    assert action(hands) == (Set("dose", 3.0),)


def test_a_value_never_seen_is_taken_and_marked(hands: Hands, before: Project) -> None:
    hands.click("dose")
    hands.key(Key.Key_F4)
    type_in(hands, "9")
    assert action(hands) == (Set("dose", 9.0),)
    card = hands.view.stage.nodes["dose"].card
    assert (card.stamp, card.doubtful) == ("extrapolated", True)
    assert hands.said[-1] == (
        "dose = 9.0 mg was never seen: what follows is extrapolated (the rows go from 1.0 to 4.0)"
    )
    assert "no data here" in hands.view.accessibleDescription()
    hands.key(Key.Key_F4)
    type_in(hands, "4")  # the largest of all rows
    assert hands.view.stage.nodes["dose"].card.stamp == ""


def test_the_slider_runs_between_robust_quantiles(hands: Hands, before: Project) -> None:
    hands.document.apply("do", lambda p: edits.intervene(p, Set("dose", 2.0)))
    card = hands.view.stage.nodes["dose"].card
    low, high = np.quantile([1.0, 2.0, 3.0, 4.0], (0.005, 0.995))
    step = card.reach.step if card.reach else 0.0
    assert value_at(card, SLIDER_LEFT) == pytest.approx(low, abs=step)
    assert value_at(card, SLIDER_RIGHT) == pytest.approx(high, abs=step)
    assert knob_at(card, 2.0) == drawing_of(card).knobs[0]


def test_a_shift_is_slid_around_zero(hands: Hands, before: Project) -> None:
    hands.document.apply("do", lambda p: edits.intervene(p, Shift("dose", 0.5)))
    held = hands.project
    half = hands.view.stage.nodes["dose"].card.reach.half
    middle = SLIDER.center().y()
    hands.drag(
        at("dose", drawing_of(hands.view.stage.nodes["dose"].card).knobs[0], middle),
        at("dose", SLIDER_LEFT, middle),
    )
    assert action(hands) == (Shift("dose", -half),)
    assert undone(hands, held)


def test_steps_by_key_and_a_reset_to_the_mean_or_the_commonest(
    hands: Hands, before: Project
) -> None:
    hands.click("dose")
    hands.key(Key.Key_Plus)
    assert action(hands) == (Set("dose", 2.5),)  # the mean of 1, 2, 3, 4
    hands.key(Key.Key_Plus)
    (item,) = action(hands)
    assert isinstance(item, Set)
    assert item.value > 2.5
    hands.key(Key.Key_Minus)
    hands.key(Key.Key_Minus)
    (item,) = action(hands)
    assert isinstance(item, Set)
    assert item.value < 2.5
    stepped = hands.project
    hands.key(Key.Key_F4, Mod.ShiftModifier)
    assert action(hands) == (Set("dose", 2.5),)
    assert undone(hands, stepped)
    hands.document.apply("do", lambda p: edits.intervene(p, Set("severity", 2.0)))
    hands.click("age")
    hands.click("severity")
    hands.key(Key.Key_F4, Mod.ShiftModifier)
    assert Set("severity", 1.0) in action(hands)  # two of four rows are mid
    hands.key(Key.Key_Plus)
    hands.key(Key.Key_Plus)
    assert Set("severity", 2.0) in action(hands)  # no further than the last


def test_a_held_key_is_one_step(hands: Hands, before: Project) -> None:
    hands.click("dose")
    hands.key(Key.Key_Plus)
    held = hands.project
    for _ in range(5):
        QTest.keyPress(hands.view, Key.Key_Plus)
    QTest.keyRelease(hands.view, Key.Key_Plus)
    assert action(hands) != held.question.action
    assert undone(hands, held)


def test_a_shift_is_reset_to_none(hands: Hands, before: Project) -> None:
    hands.document.apply("do", lambda p: edits.intervene(p, Shift("dose", 0.5)))
    hands.click(spot(hands, "dose", RESET))
    assert action(hands) == (Shift("dose", 0.0),)


def test_one_click_releases_one_and_escape_at_last_all(hands: Hands, before: Project) -> None:
    for item in (Set("dose", 2.0), Set("severity", 1.0), Shift("age", 1.0)):
        hands.document.apply("do", lambda p, item=item: edits.intervene(p, item))
    hands.click(spot(hands, "dose", RELEASE))
    assert [item.variable for item in action(hands)] == ["severity", "age"]
    hands.click("age")
    hands.key(Key.Key_X)
    assert [item.variable for item in action(hands)] == ["severity"]
    hands.key(Key.Key_X)
    assert hands.said[-1] == "Nothing is set or looked at here"
    hands.undo()
    assert len(action(hands)) == 2
    hands.key(Key.Key_Escape)  # the selection
    assert len(action(hands)) == 2
    hands.key(Key.Key_Escape)
    assert action(hands) == ()


def test_several_at_once_are_one_step_all_or_none(hands: Hands, before: Project) -> None:
    hands.click("age")
    hands.click("dose", Mod.ShiftModifier)
    hands.key(Key.Key_F4)
    type_in(hands, "+1")
    assert action(hands) == (Shift("age", 1.0), Shift("dose", 1.0))
    assert undone(hands, before)
    hands.click("severity", Mod.ShiftModifier)
    hands.key(Key.Key_F4)
    type_in(hands, "+1")  # not for categories
    assert hands.project == before
    type_in(hands, "", Key.Key_Escape)
    hands.key(Key.Key_F4, Mod.ShiftModifier)
    assert action(hands) == (Set("age", 60.0), Set("dose", 2.5), Set("severity", 1.0))
    hands.key(Key.Key_X)
    assert action(hands) == ()


def test_an_emptied_field_releases(hands: Hands, before: Project) -> None:
    hands.document.apply("do", lambda p: edits.intervene(p, Set("dose", 2.0)))
    hands.click("dose")
    hands.key(Key.Key_F4)
    editor = hands.view.verbs.holding.editor
    assert editor is not None
    assert editor.text() == "2.0"
    editor.selectAll()
    QTest.keyClick(editor, Key.Key_Delete)
    QTest.keyClick(editor, Key.Key_Return)
    assert action(hands) == ()


def test_what_has_no_data_cannot_be_set(hands: Hands, before: Project) -> None:
    hands.document.apply("hide", lambda p: edits.set_latent(p, "age", latent=True))
    hands.click("age")
    hands.key(Key.Key_F4)
    assert hands.view.verbs.holding.editor is None
    assert hands.said == ["age has no data, so nothing can be set or looked at"]


def test_a_vector_is_typed_stepped_and_released_whole(hands: Hands, before: Project) -> None:
    hands.document.apply("join", lambda p: make_vector(p, "both", ("age", "dose")))
    hands.view.stage.select({"both"})
    hands.key(Key.Key_F4)
    type_in(hands, "55; 2")
    assert action(hands) == (Set("age", 55.0), Set("dose", 2.0))
    hands.key(Key.Key_F4, Mod.ShiftModifier)
    assert action(hands) == (Set("age", 60.0), Set("dose", 2.5))
    hands.key(Key.Key_X)
    assert action(hands) == ()


def test_the_menu_of_a_node_does_all_of_it(hands: Hands, before: Project) -> None:
    def choose(words: str) -> None:
        menu = hands.view.menu_at(hands.view.stage.nodes["dose"].pos())
        next(a for a in menu.actions() if a.text().split("\t")[0] == words).trigger()
        menu.deleteLater()

    choose("do(…)")
    assert action(hands) == (Set("dose", 2.5),)
    choose("Type a value…")
    type_in(hands, "3")
    choose("Back to the mean")
    assert action(hands) == (Set("dose", 2.5),)
    choose("Release do(…)")
    assert action(hands) == ()
    choose("See only such rows")
    assert hands.project.question.rung is Rung.SEE
    choose("Type the rows…")
    type_in(hands, "1-2")
    assert hands.project.question.evidence == (Range("dose", 1.0, 2.0),)
    choose("Look at all rows again")
    assert hands.project.question.evidence == ()


# ── see ────────────────────────────────────────────────────────────────────────────────────────


def seeing(hands: Hands) -> tuple[Range | OneOf, ...]:
    return hands.project.question.evidence


def test_a_click_on_a_bar_filters_a_second_one_ends_it(hands: Hands, before: Project) -> None:
    hands.document.apply("see", lambda p: edits.set_rung(p, Rung.SEE))
    looking = hands.project
    high = at("severity", BARS.right() - 10, BARS.bottom() - 5)
    low = at("severity", BARS.left() + 10, BARS.bottom() - 5)
    hands.click(high)
    assert seeing(hands) == (OneOf("severity", (2,)),)
    assert hands.view.stage.nodes["severity"].card.note == "seen = high"
    hands.click(low)
    assert seeing(hands) == (OneOf("severity", (0, 2)),)
    assert len(drawing_of(hands.view.stage.nodes["severity"].card).chosen) == 2
    hands.click(low)
    hands.click(high)
    assert seeing(hands) == ()
    for _ in range(4):
        hands.undo()
    assert hands.project == looking
    hands.drag(high, (high[0], high[1] + 200.0))  # a drag moves the card
    assert seeing(hands) == ()
    assert hands.project.positions["severity"] == (300.0, 200.0)


def test_w_looks_only_at_usual_rows_and_at_all_again(hands: Hands, before: Project) -> None:
    hands.click("dose")
    hands.key(Key.Key_W)
    (rows,) = seeing(hands)
    assert isinstance(rows, Range)
    assert 1.0 <= rows.low <= 2.5 <= rows.high <= 4.0
    assert hands.project.question.rung is Rung.SEE
    hands.key(Key.Key_Plus)
    (moved,) = seeing(hands)
    assert isinstance(moved, Range)
    assert moved.low > rows.low
    assert moved.high > rows.high
    hands.key(Key.Key_W)
    assert seeing(hands) == ()
    hands.undo()
    hands.key(Key.Key_X)
    assert seeing(hands) == ()


def test_rows_are_typed_and_slid_on_the_card(hands: Hands, before: Project) -> None:
    hands.click("dose")
    hands.key(Key.Key_W)
    hands.key(Key.Key_F4)
    type_in(hands, "2 .. 3 mg")
    assert seeing(hands) == (Range("dose", 2.0, 3.0),)
    typed = hands.project
    card = hands.view.stage.nodes["dose"].card
    low, high = drawing_of(card).knobs
    middle = SLIDER.center().y()
    hands.drag(at("dose", high, middle), at("dose", SLIDER_RIGHT, middle))
    assert seeing(hands) == (Range("dose", 2.0, inf),)  # at its end it is open
    hands.drag(at("dose", low, middle), at("dose", knob_at(card, 1.5) or 0.0, middle))
    (rows,) = seeing(hands)
    assert isinstance(rows, Range)
    assert (rows.low, rows.high) == (pytest.approx(1.5, abs=0.03), inf)
    hands.undo()
    assert undone(hands, typed)
    hands.click(spot(hands, "dose", RELEASE))
    assert seeing(hands) == ()


def test_a_filtered_card_counts_its_rows_beside_the_cross(hands: Hands, before: Project) -> None:
    hands.click("dose")
    hands.key(Key.Key_W)
    status = {"dose": "filtered"}
    hands.view.show_cards(CardsAnswer({}, {}, status, matching=2, rows=4))
    card = hands.view.stage.nodes["dose"].card
    assert (card.stamp, [name for name, _ in signs(card)]) == ("2 of 4 rows", [RELEASE])
    assert "2 of 4 rows" in hands.view.accessibleDescription()


def test_rows_are_not_chosen_by_what_is_asked_about(hands: Hands, before: Project) -> None:
    hands.document.apply("ask", lambda p: edits.set_outcome(p, "dose"))
    asked = hands.project
    hands.click("dose")
    hands.key(Key.Key_W)
    assert hands.project == asked
    assert "dose is what is asked about" in hands.said[-1]

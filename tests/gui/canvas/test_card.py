"""What the cards say."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF, QImage

from engine.graph.graph import set_latent
from engine.interventions import Range, Set, Shift
from engine.project import Project, Role
from engine.queries.answers import CardsAnswer, Shape
from engine.queries.questions import Question, Rung
from engine.runtime.messages import FitProgress, FitState, FitStates
from gui.canvas.card import Heard, card_of, spoken, tooltip
from gui.canvas.card_painter import NAME_POINTS, RECT, SLIDER, held_place
from gui.canvas.drawing import BARS, PLOT, category_at, drawing_of, value_at
from gui.canvas.node_item import NodeItem
from gui.theme import LIGHT
from tests.gui.answers import trial
from tests.gui.canvas.conftest import study


def states(**each: FitState) -> FitStates:
    return FitStates(0, each, {}, running=True, paused=False, done=0, total=1)


def normal(mean: float, sd: float) -> Shape:
    x = np.linspace(mean - 4 * sd, mean + 4 * sd, 101)
    return Shape(False, x, np.exp(-0.5 * ((x - mean) / sd) ** 2) / sd, mean, sd)


def asking(project: Project, *action: Set | Shift, rung: Rung = Rung.DO) -> Project:
    return replace(project, question=Question(rung=rung, action=action, outcome="days"))


def test_unit_and_kind() -> None:
    assert card_of(study(), "dose", Heard()).kind_words == "mg · continuous"
    assert card_of(study(), "severity", Heard()).kind_words == "ordinal"


def test_missing_share() -> None:
    assert card_of(study(), "age", Heard(), 0.25).missing == "25 % missing"
    assert card_of(study(), "age", Heard(), 0.001).missing == "< 1 % missing"
    assert card_of(study(), "dose", Heard(), 0.0).missing == ""


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (FitState.UNFITTED, "○ unfitted"),
        (FitState.FIRST_GUESS, "◌ first guess"),
        (FitState.TRAINING, "◔ learning"),
        (FitState.FITTED, "✓ fitted"),
    ],
)
def test_chip(state: FitState, words: str) -> None:
    assert card_of(study(), "dose", Heard(states=states(dose=state))).chip == words


def test_chip_tells_how_far_learning_is() -> None:
    heard = Heard(states=states(dose=FitState.TRAINING))
    heard.progress["dose"] = FitProgress("dose", 5, 6, 0.0, 0.0)
    assert card_of(study(), "dose", heard).chip == "◔ learning 83 %"


def test_a_latent_node_is_not_measured_and_has_no_density() -> None:
    project = replace(study(), graph=set_latent(study().graph, "dose", latent=True))
    card = card_of(project, "dose", Heard(cards=CardsAnswer({"dose": normal(2, 1)})))
    assert (card.latent, card.chip, card.seen) == (True, "not measured", None)


def test_a_node_without_a_column_has_no_data() -> None:
    card = card_of(replace(study(), table=None), "dose", Heard())
    assert (card.no_data, card.chip) == (True, "no data")


def test_a_set_variable_shows_its_value_at_once() -> None:
    """Before any answer: the needle follows the question, not the engine."""
    card = card_of(asking(study(), Set("dose", 2.0)), "dose", Heard())
    assert (card.set_value, card.set_words) == (2.0, "2.0 mg")
    labelled = card_of(asking(study(), Set("severity", 1.0)), "severity", Heard())
    assert labelled.set_words == "mid"


def test_stamps() -> None:
    status = {"age": "unchanged", "days": "not identified", "severity": "changed"}
    heard = Heard(cards=CardsAnswer({}, {}, status))
    project = asking(study(), Set("dose", 2.0))
    assert card_of(project, "age", heard).stamp == "unchanged"
    doubt = card_of(project, "days", heard)
    assert (doubt.stamp, doubt.doubtful, doubt.outcome) == ("not identified", True, True)
    assert card_of(project, "severity", heard).stamp == ""
    later = card_of(project, "days", Heard(cards=CardsAnswer({}, {}, {"days": "not computed"})))
    assert (later.stamp, later.doubtful) == ("no number yet", False)


def test_an_old_answer_does_not_outlive_its_question() -> None:
    heard = Heard(cards=CardsAnswer({}, {"days": normal(8, 1)}, {"age": "unchanged"}))
    assert card_of(asking(study(), Set("dose", 2.0)), "days", heard).after is not None
    assert card_of(asking(study()), "days", heard).after is None
    assert card_of(asking(study()), "age", heard).stamp == ""


def test_seeing_does_not_show_what_doing_has_set() -> None:
    card = card_of(asking(study(), Set("dose", 2.0), rung=Rung.SEE), "dose", Heard())
    assert card.set_value is None


def test_evidence_and_shifts_are_written_on_the_card() -> None:
    seeing = Question(rung=Rung.SEE, evidence=(Range("dose", 1.0, 2.0),))
    assert "1.0–2.0 mg" in card_of(replace(study(), question=seeing), "dose", Heard()).note
    doing = Question(action=(Shift("dose", -0.5),))
    assert card_of(replace(study(), question=doing), "dose", Heard()).note == "− 0.5 mg"


def test_a_filtered_card_counts_its_rows() -> None:
    seeing = Question(rung=Rung.SEE, evidence=(Range("dose", 1.0, 2.0),))
    cards = CardsAnswer({}, {}, {"dose": "filtered", "age": "changed"}, matching=312, rows=4812)
    project = replace(study(), question=seeing)
    assert card_of(project, "dose", Heard(cards=cards)).stamp == "312 of 4\u202f812 rows"
    assert card_of(project, "age", Heard(cards=cards)).stamp == ""


def test_the_support_on_the_slider_is_the_central_95_percent() -> None:
    project = trial()
    assert project.table is not None
    column = project.table["age"]
    low, high = card_of(project, "age", Heard()).usual or (0.0, 0.0)
    assert ((column >= low) & (column <= high)).mean() == pytest.approx(0.95, abs=0.001)
    assert (low, high) == pytest.approx((48 - 1.96 * 11, 48 + 1.96 * 11), abs=1.0)
    assert card_of(project, "severity", Heard()).usual is None


def test_a_shape_of_another_kind_is_not_drawn() -> None:
    heard = Heard(cards=CardsAnswer({"severity": normal(1, 1)}))
    assert card_of(study(), "severity", heard).seen is None


def test_all_words_are_in_the_tooltip_and_spoken() -> None:
    project = replace(asking(study(), Set("dose", 2.0)), roles={"dose": Role.EXPOSURE})
    card = card_of(project, "dose", Heard(), 0.25)
    said = spoken(card, project, selected=True)
    for words in ("dose", "mg · continuous", "set to 2.0 mg", "25 % missing", "exposure"):
        assert words in tooltip(card)
        assert words in said
    assert "causes days" in said
    assert "caused by age" in spoken(card_of(project, "severity", Heard()), project, selected=False)


def test_the_needle_stands_at_its_value() -> None:
    heard = Heard(cards=CardsAnswer({"dose": normal(2.0, 0.5)}))
    drawing = drawing_of(card_of(asking(study(), Set("dose", 2.0)), "dose", heard))
    assert drawing.needle == pytest.approx(PLOT.center().x())


def test_slider_and_needle_agree() -> None:
    heard = Heard(cards=CardsAnswer({"dose": normal(2.0, 0.5)}))
    card = card_of(asking(study(), Set("dose", 3.1)), "dose", heard)
    (knob,) = drawing_of(card).knobs
    assert value_at(card, knob) == pytest.approx(3.1)


def test_bars_are_as_high_as_probabilities() -> None:
    shape = Shape(True, np.arange(3.0), np.array([0.5, 0.25, 0.25]), float("nan"))
    card = card_of(study(), "severity", Heard(cards=CardsAnswer({"severity": shape})))
    bars = drawing_of(card).seen.toSubpathPolygons()
    heights = [bar.boundingRect().height() for bar in bars]
    assert [h / heights[0] for h in heights] == pytest.approx([1.0, 0.5, 0.5])
    assert [label for _, label in drawing_of(card).labels] == ["low", "mid", "high"]
    assert category_at(card, BARS.left() + 0.5 * BARS.width()) == 1


@pytest.mark.parametrize("larger", [1.0, 1.25, 1.875])  # at 75 % and more, at 60 % and at 40 %
@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Set("days", 2.0), "2"),
        (Set("days", 123456.7), "123"),
        (Set("days", -0.0012345), "0.001"),
        (Shift("days", -12.75), "12.75"),
    ],
)
@pytest.mark.usefixtures("qapp")
def test_a_set_value_is_whole_at_every_zoom(action: Set, words: str, larger: float) -> None:
    card = card_of(asking(study(), action), "days", Heard())
    written, row, letters = held_place(card, NAME_POINTS * larger, slider=True)
    assert words in written
    assert "…" not in written
    assert QFontMetricsF(letters).horizontalAdvance(written) <= row.width()
    assert letters.pointSizeF() > 0.6 * NAME_POINTS * larger
    assert RECT.contains(row)
    assert not row.intersects(SLIDER)


@pytest.mark.parametrize("name", ["days", "severity"])
@pytest.mark.usefixtures("qapp")
def test_a_set_value_is_written_from_afar(name: str) -> None:
    """Its colour is nowhere on the card while nothing is set but on the rim."""
    project = study()
    cards = [card_of(asking(project, *a), name, Heard()) for a in ((), (Set(name, 1.0),))]
    counts = [_inside(NodeItem(card).painted(2.0, 0.35, LIGHT).pixmap.toImage()) for card in cards]
    assert counts[0] == 0
    assert counts[1] > 20


def _inside(picture: QImage) -> int:
    """How many pixels below the middle, well within the rim, have the colour of do."""
    do, across, down = LIGHT.color("do"), picture.width(), picture.height()
    return sum(
        picture.pixelColor(x, y) == do
        for x in range(across // 6, across * 5 // 6)
        for y in range(down // 2, down * 5 // 6)
    )

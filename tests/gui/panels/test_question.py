"""The question panel: what it asks, what it says and draws, and that every verb can be undone."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from engine.interventions import OneOf, Range, Set, Shift
from engine.project import Project
from engine.queries.answers import (
    Cell,
    DoAnswer,
    DoseAnswer,
    Footing,
    HandAnswer,
    HandArm,
    Result,
    SeeAnswer,
    Stage,
    Stratum,
    Unanswerable,
)
from engine.queries.questions import Ask, ByHand, DoseResponse, Rung
from engine.runtime import messages as m
from gui import edits
from gui.question.do import NOTHING, OTHER, SEEN
from gui.question.see import SeePage
from tests.gui.answers import answer_to, trial
from tests.gui.panels.conftest import Scene


def press(scene: Scene, index: int) -> None:
    QTest.mouseClick(scene.panel.rungs.segments[index], Qt.MouseButton.LeftButton)


# ── asking ─────────────────────────────────────────────────────────────────────────────────────


def test_asks_for_the_active_question_and_its_dose_response(scene: Callable[..., Scene]) -> None:
    made = scene(evidence=(Range("age", 40, 50),), row=3)
    assert made.engine.asked("answer") == [made.question.active]
    assert made.engine.asked("dose") == [DoseResponse("recovery", "dose")]


def test_what_was_missing_is_not_said_of_a_whole_question(scene: Callable[..., Scene]) -> None:
    made = scene()
    whole = made.document.project
    made.document.apply("Forget", lambda p: replace(p, table=None))
    made.wait(lambda: made.hinted() == "Load a table to ask about it.")
    made.engine.answer = lambda question: None
    made.document.apply("Read", lambda p: replace(p, table=whole.table))
    made.wait(lambda: made.hinted() == "")


def test_dragging_does_not_ask_for_the_same_curve_again(scene: Callable[..., Scene]) -> None:
    made = scene()
    slider = made.panel.do.rows.rows["dose"].slider
    assert slider is not None
    slider.setValue(slider.value() + 5)
    made.wait(lambda: len(made.engine.asked("answer")) == 2)
    assert len(made.engine.asked("dose")) == 1


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"outcome": None}, "Choose an outcome."),
        ({"action": ()}, "Add a variable to set."),
        ({"outcome": "dose"}, "Choose another outcome: dose is what is set."),
        ({"rung": Rung.IMAGINE}, "Choose a row, here or in the table."),
        ({"rung": Rung.IMAGINE, "row": 2, "action": ()}, "Add a variable that had been otherwise."),
    ],
)
def test_says_what_is_missing_and_asks_nothing(
    scene: Callable[..., Scene], changes: dict[str, object], hint: str
) -> None:
    made = scene(**changes)
    assert made.hinted() == hint
    assert made.said() == ""
    assert made.engine.asked("answer") == []


def test_without_a_table_or_a_graph(scene: Callable[..., Scene]) -> None:
    assert scene(Project()).hinted() == "Load a table to ask about it."
    bare = Project(table=trial().table)
    assert scene(bare).hinted().startswith("Draw variables that the table has")


def test_an_incomplete_question_is_forgotten(scene: Callable[..., Scene]) -> None:
    made = scene()
    made.document.apply("x", edits.release_all)
    made.wait(lambda: made.hinted() == "Add a variable to set.")
    forgotten = [r.view for r in made.engine.requests if isinstance(r, m.Forget)]
    assert sorted(forgotten) == ["answer", "dose"]
    assert not made.panel.do.plot.isVisible()


def test_the_engines_reason_is_shown_plainly(scene: Callable[..., Scene]) -> None:
    made = scene()
    made.engine.reply("answer", Unanswerable("Press Fit to learn from the data."))
    made.wait(lambda: made.hinted() == "Press Fit to learn from the data.")
    assert made.said() == ""
    assert not made.panel.do.plot.isVisible()
    assert not made.panel.do.note.isVisible()


# ── Do ─────────────────────────────────────────────────────────────────────────────────────────


def test_do_sentence_plot_and_description_agree(scene: Callable[..., Scene]) -> None:
    made = scene()
    page = made.panel.do
    assert made.said().startswith("Setting dose to 2.0 mg shortens recovery by 1.3 days")
    assert page.plot.picture is not None
    assert page.plot.picture.gap == "−1.3 days"
    assert [layer.text for layer in page.plot.picture.layers] == ["8.7 days", "7.4 days"]
    assert page.plot.accessibleDescription().startswith(made.said())
    assert page.dose_plot.marks == ((2.0, "do"),)
    assert page.dose_plot.hatched


def test_one_drag_is_one_undo_step(scene: Callable[..., Scene]) -> None:
    made = scene()
    slider = made.panel.do.rows.rows["dose"].slider
    assert slider is not None
    start = made.question.action
    for _ in range(2):
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(60, 30))
        for x in (80, 100, 140):
            QTest.mouseMove(slider, QPoint(x, 30))
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(140, 30))
        QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(200, 30))
    assert made.steps() == 4
    while made.document.undo_stack.canUndo():
        made.document.undo_stack.undo()
    assert made.question.action == start
    assert slider.span.value(slider.value()) == pytest.approx(2.0, abs=slider.span.step)


def test_keys_move_the_slider_and_the_field_types_numbers(scene: Callable[..., Scene]) -> None:
    made = scene()
    row = made.panel.do.rows.rows["dose"]
    assert row.slider is not None
    assert row.field is not None
    row.slider.setFocus()
    QTest.keyClick(row.slider, Qt.Key.Key_Right)
    assert made.question.action == (Set("dose", pytest.approx(2.0 + row.slider.span.step)),)
    row.field.setFocus()
    row.field.selectAll()
    QTest.keyClicks(row.field, "2,75")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert made.question.action == (Set("dose", 2.75),)
    assert row.field.text() == "2.75 mg"
    made.wait(lambda: "Setting dose to 2.75 mg" in made.said())


def test_set_becomes_shift_and_back(scene: Callable[..., Scene]) -> None:
    made = scene()
    QTest.mouseClick(made.panel.do.rows.rows["dose"].mode.segments[1], Qt.MouseButton.LeftButton)
    (item,) = made.question.action
    assert isinstance(item, Shift)
    assert made.panel.do.chips.chips["dose"].text().startswith("do(dose += ")
    made.wait(lambda: made.said().startswith("Raising dose by"))
    made.document.undo_stack.undo()
    assert made.question.action == (Set("dose", 2.0),)
    assert made.panel.do.chips.chips["dose"].text() == "do(dose = 2.0 mg)"


def test_add_and_remove_interventions(scene: Callable[..., Scene]) -> None:
    made = scene(evidence=(OneOf("smoker", (1,)),))
    page = made.panel.do
    offered = [choice.key for choice in page.chips.plus.choices]
    assert offered == ["age", "severity", "smoker", "adherence", "recovered"]
    page.chips.plus.picked.emit("smoker")
    assert made.question.action == (Set("dose", 2.0), Set("smoker", 1.0))
    chips = page.rows.rows["smoker"].chips
    assert chips is not None
    QTest.mouseClick(chips.chips[0], Qt.MouseButton.LeftButton)
    assert made.question.action == (Set("dose", 2.0), Set("smoker", 0.0))
    QTest.keyClick(page.chips.chips["smoker"], Qt.Key.Key_Delete)
    assert made.question.action == (Set("dose", 2.0),)
    assert made.question.evidence == (OneOf("smoker", (1,)),)
    assert made.steps() == 3


def test_the_cross_of_a_chip_removes_and_its_text_does_not(scene: Callable[..., Scene]) -> None:
    made = scene()
    chip = made.panel.do.chips.chips["dose"]
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(20, chip.height() // 2))
    assert made.steps() == 0
    at = QPoint(chip.width() - 14, chip.height() // 2)
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=at)
    assert made.question.action == ()


def test_every_effect_names_its_contrast(scene: Callable[..., Scene]) -> None:
    made = scene()
    page = made.panel.do
    assert [choice.key for choice in page.compared.choices] == [SEEN, OTHER, NOTHING]
    page.compared.picked.emit(NOTHING)
    assert made.question.contrast == ()
    made.wait(lambda: "compared with no intervention" in made.said())
    page.compared.picked.emit(OTHER)
    assert [item.variable for item in made.question.contrast or ()] == ["dose"]
    assert page.others.isVisible()
    field = page.others.rows["dose"].field
    assert field is not None
    field.setValue(1.0)
    assert made.question.contrast == (Set("dose", 1.0),)
    made.wait(lambda: "compared with setting dose to 1.0 mg" in made.said())
    assert page.dose_plot.marks == ((1.0, "seen"), (2.0, "do"))
    page.chips.plus.picked.emit("smoker")
    assert made.question.contrast == (Set("dose", 1.0), Set("smoker", 1.0))
    page.compared.picked.emit(SEEN)
    made.wait(lambda: "compared with what was seen" in made.said())
    assert not page.others.isVisible()


def test_outcome_and_category_are_chosen(scene: Callable[..., Scene]) -> None:
    made = scene()
    outcome = made.panel.do.outcome
    assert "dose" not in [choice.key for choice in outcome.outcome.choices]
    assert not outcome.level.isVisible()
    outcome.outcome.picked.emit("recovered")
    made.wait(lambda: "the probability of recovered = yes by" in made.said())
    assert outcome.level.isVisible()
    outcome.level.picked.emit(0)
    made.wait(lambda: "the probability of recovered = no by" in made.said())
    picture = made.panel.do.plot.picture
    assert picture is not None
    assert picture.categories == ("no", "yes")
    assert picture.level == 0
    assert made.steps() == 2


def test_first_guess_is_hatched_and_has_no_interval(scene: Callable[..., Scene]) -> None:
    made = scene()
    answer = answer_to(made.question.active)
    assert isinstance(answer, DoAnswer)
    made.engine.reply("answer", replace(answer, stage=Stage.FIRST_GUESS))
    made.wait(lambda: "from sampling" not in made.said())
    page = made.panel.do
    assert page.stage.accessibleName() == "First guess, straight lines."
    assert page.plot.picture is not None
    assert page.plot.picture.layers[1].hatched
    later = replace(answer, stage=Stage.TRAINING, first_guess=0.5)
    made.engine.reply("answer", later)
    made.wait(lambda: page.stage.accessibleName().startswith("Still learning. The sign changed"))
    assert not page.plot.picture.layers[1].hatched


def test_not_identified_draws_nothing_and_says_why(scene: Callable[..., Scene]) -> None:
    made = scene()
    footing = Footing(False, why_not="dose and recovery share a hidden cause.")
    refused = DoAnswer("recovery", None, made.question.action, None, footing)
    made.engine.reply("answer", refused)
    made.wait(lambda: made.said() == "No number: dose and recovery share a hidden cause.")
    page = made.panel.do
    assert page.plot.picture is None
    assert "no number" in page.plot.empty
    assert not page.dose_plot.isVisible()
    assert not page.note.isVisible()


def test_show_lists_the_assumptions_and_tells_the_canvas(scene: Callable[..., Scene]) -> None:
    made = scene()
    note = made.panel.do.note
    heard: list[object] = []
    made.panel.show_assumptions.connect(heard.append)
    QTest.keyClick(note.toggle, Qt.Key.Key_Space)
    footing = note.footing
    assert heard == [(footing.rests_on_arrows, footing.rests_on_hidden)]
    assert note.list.accessibleName().splitlines()[0] == "no arrow age → adherence"
    QTest.keyClick(note.toggle, Qt.Key.Key_Space)
    assert heard[-1] == ((), ())
    assert not note.list.isVisible()


def test_absences_are_shown_only_beside_the_answer_that_rests_on_them(
    scene: Callable[..., Scene],
) -> None:
    made = scene()
    made.panel.do.note.toggle.click()
    heard: list[object] = []
    made.panel.show_assumptions.connect(heard.append)
    made.document.apply("Do", lambda p: edits.intervene(p, Set("dose", 2.5)))
    made.wait(lambda: made.engine.asked("answer")[-1] == made.question.active)
    assert heard == []  # a moving slider leaves them where they are
    made.document.apply("See", lambda p: edits.set_rung(p, Rung.SEE))
    made.wait(lambda: heard == [((), ())])
    made.document.apply("Do", lambda p: edits.set_rung(p, Rung.DO))
    footing = made.panel.do.note.footing
    made.wait(lambda: heard[1:] == [(footing.rests_on_arrows, footing.rests_on_hidden)])


def test_dose_response_of_the_chosen_treatment(scene: Callable[..., Scene]) -> None:
    made = scene(action=(Set("dose", 2.0), Set("severity", 1.0)))
    page = made.panel.do
    page.dose_pick.picked.emit("severity")
    made.wait(lambda: len(made.engine.asked("dose")) == 2)
    assert made.engine.asked("dose")[-1] == DoseResponse(
        "recovery", "severity", None, (Set("dose", 2.0),)
    )
    made.wait(lambda: page.dose_plot.axes.names == ("low", "mid", "high"))
    assert page.dose_plot.curves[0].points


# ── See ────────────────────────────────────────────────────────────────────────────────────────


def test_see_states_conditions(scene: Callable[..., Scene]) -> None:
    made = scene(rung=Rung.SEE)
    page = made.panel.page
    assert made.said() == "In all 4\u202f812 rows recovery is 8.41 days on average."
    page.chips.plus.picked.emit("dose")  # type: ignore[attr-defined]
    (item,) = made.question.evidence
    assert isinstance(item, Range)
    assert item.low < 2.1 < item.high + 1
    row = page.rows.rows["dose"]  # type: ignore[attr-defined]
    row.low.setValue(1.9)
    row.high.setValue(2.1)
    assert made.question.evidence == (Range("dose", 1.9, 2.1),)
    made.wait(lambda: "rows have dose 1.9–2.1" in made.said())
    picture = page.plot.picture  # type: ignore[attr-defined]
    assert [layer.role for layer in picture.layers] == ["seen", "see", "see"]
    assert made.question.action == (Set("dose", 2.0),)
    assert "effective sample size 214" in page.model.accessibleName()  # type: ignore[attr-defined]


def test_see_says_in_amber_where_model_and_rows_disagree(scene: Callable[..., Scene]) -> None:
    made = scene(rung=Rung.SEE, evidence=(Range("dose", 1.9, 2.1),))
    page, answer = made.panel.page, answer_to(made.question.active)
    assert isinstance(page, SeePage)
    assert isinstance(answer, SeeAnswer)
    assert not page.disagreement.isVisible()
    made.engine.reply("answer", replace(answer, model_value=12.0))
    made.wait(page.disagreement.isVisible)
    (span,) = page.disagreement.sentence
    assert span.style == "warn"
    assert span.text.startswith("The model and the rows disagree here: 12")


def test_see_ticks_categories_and_never_none(scene: Callable[..., Scene]) -> None:
    made = scene(rung=Rung.SEE, evidence=(OneOf("severity", (2,)),))
    chips = made.panel.page.rows.rows["severity"].chips  # type: ignore[attr-defined]
    QTest.mouseClick(chips.chips[0], Qt.MouseButton.LeftButton)
    assert made.question.evidence == (OneOf("severity", (0, 2)),)
    QTest.mouseClick(chips.chips[0], Qt.MouseButton.LeftButton)
    QTest.mouseClick(chips.chips[2], Qt.MouseButton.LeftButton)
    assert made.question.evidence == (OneOf("severity", (2,)),)


def test_see_range_slider_by_mouse_and_keys(scene: Callable[..., Scene]) -> None:
    made = scene(rung=Rung.SEE, evidence=(Range("dose", 1.5, 2.5),))
    slider = made.panel.page.rows.rows["dose"].slider  # type: ignore[attr-defined]
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Left)
    (item,) = made.question.evidence
    assert isinstance(item, Range)
    assert item.low == pytest.approx(1.5 - slider.span.step)
    assert item.high == 2.5
    QTest.keyClick(slider, Qt.Key.Key_Space)
    QTest.keyClick(slider, Qt.Key.Key_End)
    (item,) = made.question.evidence
    assert isinstance(item, Range)
    assert item.high == float("inf")
    assert made.steps() == 2


# ── the whole ──────────────────────────────────────────────────────────────────────────────────


def test_rungs_by_mouse_keys_and_undo(scene: Callable[..., Scene]) -> None:
    made = scene()
    press(made, 0)
    assert made.question.rung is Rung.SEE
    made.wait(lambda: "4\u202f812 rows" in made.said())
    made.panel.rungs.segments[0].setFocus()
    QTest.keyClick(made.panel.rungs.segments[0], Qt.Key.Key_Right)
    assert made.question.rung is Rung.DO
    made.document.undo_stack.undo()
    assert made.question.rung is Rung.SEE
    assert made.panel.rungs.segments[0].isChecked()


def test_copies_sentence_picture_and_table(scene: Callable[..., Scene]) -> None:
    made = scene()
    page, clipboard = made.panel.do, QGuiApplication.clipboard()
    page.tools.copy.picked.emit("sentence")
    assert clipboard.text() == made.said()
    page.tools.copy.picked.emit("table")
    lines = clipboard.text().splitlines()
    assert lines[0].split("\t") == [
        "recovery (days)",
        "seen",
        "recovery (days)",
        "do(dose = 2.0 mg)",
    ]
    assert len(lines) == 162
    page.tools.copy.picked.emit("picture")
    assert clipboard.pixmap().width() >= page.plot.width()


def test_everything_that_takes_the_focus_has_a_name(scene: Callable[..., Scene]) -> None:
    for rung in Rung:
        made = scene(rung=rung, row=3, evidence=(Range("dose", 1.9, 2.1),))
        for widget in made.panel.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                own = widget.accessibleName() or widget.parentWidget().accessibleName()
                assert own, f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"


def test_follows_another_theme_table_and_names(scene: Callable[..., Scene]) -> None:
    made = scene()
    made.appearance.choose("dark")
    made.panel.grab()
    made.document.apply(
        "x", lambda project: edits.rename(project, "dose", "a <b>long</b> name " * 6)
    )
    made.wait(lambda: "<b>long</b>" in made.said())
    made.panel.grab()
    assert made.panel.area.widget().width() <= made.panel.width()
    made.document.replace(Project())
    made.wait(lambda: made.hinted() == "Load a table to ask about it.")


def test_answers_about_what_is_gone_are_not_drawn(scene: Callable[..., Scene]) -> None:
    made = scene()
    made.engine.answer = lambda question: None
    stale = answer_to(made.question.active)
    assert stale is not None
    made.document.apply("x", lambda p: edits.rename(p, "recovery", "healing"))
    made.wait(lambda: len(made.engine.asked("answer")) == 2)
    made.engine.reply("answer", stale)
    made.qtbot.wait(20)
    assert made.question.outcome == "healing"


def test_dose_answer_without_numbers_hides_the_curve(scene: Callable[..., Scene]) -> None:
    def answer(question: Ask) -> Result | None:
        result = answer_to(question)
        return replace(result, y=None) if isinstance(result, DoseAnswer) else result

    made = scene()
    made.engine.answer = answer
    made.engine.reply("dose", answer(DoseResponse("recovery", "dose")))  # type: ignore[arg-type]
    made.wait(lambda: not made.panel.do.dose_plot.isVisible())


def test_by_hand_is_asked_once_opened_and_says_why_not(scene: Callable[..., Scene]) -> None:
    made = scene()
    page = made.panel.do
    assert not page.hand.isVisible()  # days are no category
    page.outcome.outcome.picked.emit("recovered")
    made.wait(page.hand.isVisible)
    assert made.engine.asked("hand") == []
    page.hand.head.setFocus()
    QTest.keyClick(page.hand.head, Qt.Key.Key_Space)
    made.wait(lambda: made.engine.asked("hand") == [ByHand(made.question.active)])
    made.engine.reply("hand", Unanswerable("age is a number."))
    made.wait(lambda: page.hand.words.accessibleName() == "age is a number.")
    QTest.keyClick(page.hand.head, Qt.Key.Key_Space)
    made.wait(
        lambda: any(isinstance(r, m.Forget) and r.view == "hand" for r in made.engine.requests)
    )
    assert not page.hand.words.isVisible()


def test_by_hand_shows_sums_only_beside_the_answer_they_belong_to(
    scene: Callable[..., Scene],
) -> None:
    made = scene(outcome="recovered", action=(Set("smoker", 1.0),))
    page = made.panel.do
    made.wait(page.hand.isVisible)
    page.hand.head.click()
    answer = page._answer
    assert answer is not None
    assert answer.before_value is not None
    assert answer.after_value is not None
    strata = (Stratum((), 100, (Cell(73, 100, answer.after_value),), 1.0),)
    arms = (
        HandArm(None, answer.before_value, answer.before_value),
        HandArm(answer.action, 0.73, answer.after_value),
    )
    hand = HandAnswer("recovered", 1, (), arms, strata, 100, 0, (80, 100), smoothed=False)
    made.wait(lambda: len(made.engine.asked("hand")) == 1)
    made.engine.reply("hand", hand)
    made.wait(page.hand.sheet.isVisible)
    assert "Counted: 73 ÷ 100 = 73.00" in page.hand.words.accessibleName()
    other = replace(answer, after_value=answer.after_value - 0.01)
    made.engine.reply("answer", other)
    made.wait(lambda: not page.hand.sheet.isVisible())

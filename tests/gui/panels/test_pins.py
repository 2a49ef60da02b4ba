"""Pinned answers: kept as they were shown, named, asked again, all of it undoable."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.interventions import OneOf, Set
from engine.project import Project
from engine.queries.questions import Question, Rung
from gui import edits
from gui.panels.pins import PinsPanel
from gui.pins import verbs
from gui.pins.making import pin_of
from tests.gui.answers import answer_to, trial
from tests.gui.conftest import Shell
from tests.gui.panels.conftest import Scene


class Pinboard:
    """The question panel and the pins beside it."""

    def __init__(self, made: Scene) -> None:
        self.scene, self.document = made, made.document
        self.panel = PinsPanel(made.document, made.appearance)
        made.qtbot.addWidget(self.panel)
        made.panel.pin_wanted.connect(self.panel.pin)
        made.panel.settled.connect(self.panel.renew)
        self.panel.resize(700, 150)
        self.panel.show()

    def pin(self, **question: object) -> None:
        self.ask(**question)
        QTest.mouseClick(self.scene.panel.page.tools.pin, Qt.MouseButton.LeftButton)

    def ask(self, **question: object) -> None:
        before = self.scene.panel.result
        self.document.apply("ask", lambda p: replace(p, question=replace(p.question, **question)))
        self.scene.wait(lambda: self.scene.panel.result not in (None, before))

    @property
    def names(self) -> list[str]:
        return [pin.name for pin in self.document.project.pins]


@pytest.fixture
def board(scene: Callable[..., Scene]) -> Iterator[Pinboard]:
    made = Pinboard(scene())
    made.scene.wait(lambda: made.scene.panel.result is not None)
    yield made
    made.document.undo_stack.clear()


def test_a_pin_says_what_the_sentence_said(board: Pinboard) -> None:
    QTest.mouseClick(board.scene.panel.page.tools.pin, Qt.MouseButton.LeftButton)
    (pin,) = board.document.project.pins
    assert pin.name == "do(dose = 2.0 mg)"
    assert pin.said == board.scene.said()
    picture = board.scene.panel.do.plot.picture
    assert picture is not None
    assert pin.number == picture.gap == "−1.3 days"
    assert (pin.value, pin.low, pin.high) == (-1.3, -1.7, -0.9)
    assert "1.3 days" in board.panel.tiles[0].accessibleName()
    board.document.undo_stack.undo()
    assert board.panel.tiles == []
    assert board.panel.hint.isVisible()


def test_each_rung_can_be_kept(board: Pinboard) -> None:
    board.pin(action=(Set("dose", 3.0),))
    board.pin(rung=Rung.SEE, evidence=(OneOf("severity", (2,)),))
    board.pin(rung=Rung.IMAGINE, row=12, action=(Set("dose", 3.0),))
    assert board.names == ["do(dose = 3.0 mg)", "severity = high", "row 12, dose = 3.0 mg"]
    assert [pin.number for pin in board.document.project.pins][1:] == ["7.93 days", "4.2 days"]
    assert all(pin.number in pin.said for pin in board.document.project.pins[1:])


def test_pressing_a_tile_asks_again(board: Pinboard) -> None:
    board.pin(action=(Set("dose", 3.0),))
    board.ask(action=(Set("dose", 1.0),))
    assert not board.panel.tiles[0].asked
    QTest.mouseClick(board.panel.tiles[0], Qt.MouseButton.LeftButton)
    assert board.document.project.question.action == (Set("dose", 3.0),)
    assert board.panel.tiles[0].asked
    board.document.undo_stack.undo()
    assert board.document.project.question.action == (Set("dose", 1.0),)


def test_a_changed_graph_marks_pins_and_asking_again_renews_them(board: Pinboard) -> None:
    board.pin(action=(Set("dose", 3.0),))
    tile, old = board.panel.tiles[0], board.document.project.pins[0]
    board.document.apply("draw", lambda p: edits.connect(p, "smoker", "dose"))
    assert tile.stale
    assert "changed since" in tile.accessibleName()
    assert not board.scene.panel.answered
    board.ask(action=(Set("dose", 1.0),))
    tile.setFocus()
    QTest.keyClick(tile, Qt.Key.Key_Return)
    board.scene.wait(lambda: not tile.stale)
    new = board.document.project.pins[0]
    assert (new.name, new.question) == (old.name, old.question)
    assert new.basis != old.basis
    board.document.undo_stack.undo()
    assert tile.stale
    assert board.document.project.question.action == (Set("dose", 1.0),)


def test_pinning_the_same_question_again_keeps_one(board: Pinboard) -> None:
    for _ in range(2):
        QTest.mouseClick(board.scene.panel.page.tools.pin, Qt.MouseButton.LeftButton)
    assert board.names == ["do(dose = 2.0 mg)"]
    assert board.scene.steps() == 1


def test_names_order_and_removal_by_keys(board: Pinboard) -> None:
    board.pin(action=(Set("dose", 3.0),))
    board.pin(action=(Set("dose", 1.0),))
    first, second = board.panel.tiles
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_F2)
    editor = board.panel.editor
    assert editor is not None
    QTest.keyClicks(editor, "high dose")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert board.names == ["high dose", "do(dose = 1.0 mg)"]
    QTest.keyClick(first, Qt.Key.Key_F2)
    assert board.panel.editor is not None
    QTest.keyClicks(board.panel.editor, "never")
    QTest.keyClick(board.panel.editor, Qt.Key.Key_Escape)
    assert board.names[0] == "high dose"
    QTest.keyClick(first, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert board.names == ["do(dose = 1.0 mg)", "high dose"]
    QTest.keyClick(second, Qt.Key.Key_Delete)
    assert board.names == ["do(dose = 1.0 mg)"]
    while board.names[0] != "do(dose = 3.0 mg)":
        board.document.undo_stack.undo()
    assert board.names == ["do(dose = 3.0 mg)", "do(dose = 1.0 mg)"]


def test_like_pins_share_a_scale_that_reaches_zero(board: Pinboard) -> None:
    board.pin(action=(Set("dose", 3.0),))
    board.pin(action=(Set("dose", 1.0),))
    scales = [tile.scale for tile in board.panel.tiles]
    ends = [v for pin in board.document.project.pins for v in (pin.low, pin.high)]
    assert scales[0] == scales[1]
    assert scales[0] is not None
    assert (scales[0].low, scales[0].high) == (min([*ends, 0.0]), max([*ends, 0.0]))  # type: ignore[type-var]
    board.panel.copy_all()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[1].split("\t")[:2] == ["do(dose = 3.0 mg)", "−2.3 days"]


def test_a_pin_about_what_is_gone_is_refused_and_keeps_its_words(board: Pinboard) -> None:
    board.pin(action=(Set("dose", 3.0),))
    board.document.apply("remove", lambda p: edits.remove(p, ["dose"]))
    heard: list[UserError] = []
    board.panel.refused.connect(heard.append)
    before = board.document.project
    QTest.mouseClick(board.panel.tiles[0], Qt.MouseButton.LeftButton)
    assert "dose, which is not there any more" in str(heard[0])
    assert board.document.project is before


def project_with_pin() -> Project:
    project = trial()
    pin = pin_of(project, answer_to(project.question.active))
    assert pin is not None
    return verbs.keep(project, pin)


def test_pins_follow_a_renamed_variable() -> None:
    project = edits.rename(project_with_pin(), "dose", "amount")
    assert project.pins[0].question.action == (Set("amount", 2.0),)
    assert verbs.ask(project, project.pins[0].name).question == project.pins[0].question


def test_an_answer_to_another_question_is_not_kept() -> None:
    project = trial()
    other = Question(Rung.DO, "recovery", action=(Set("dose", 1.0),))
    assert pin_of(project, answer_to(other)) is None
    assert pin_of(project, None) is None


def test_categories_that_are_gone_are_refused() -> None:
    project = project_with_pin()
    odd = replace(
        project.pins[0], question=Question(outcome="recovery", action=(Set("smoker", 7),))
    )
    with pytest.raises(UserError, match="not there any more"):
        verbs.ask(replace(project, pins=(odd,)), odd.name)


def test_pins_have_a_tab_and_a_key(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(project_with_pin())
    shell.app.actions["tab-pins"].trigger()
    assert shell.window.tabs.shown == "pins"
    assert shell.app.panels.pins.tiles[0].isVisible()
    assert not shell.app.actions["pin"].isEnabled()

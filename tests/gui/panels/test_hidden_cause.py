"""The page of trust: a hidden cause moved by keys, its plots read, and how a cause would be set."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.checks.sensitivity import Slope, contours, curve, sensitivity
from engine.interventions import Set
from engine.queries.answers import Stage, TrustAnswer
from engine.queries.beside import Hidden
from engine.queries.questions import Question, Rung
from engine.runtime.messages import Answer
from gui import edits
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.edit_how import say_how
from gui.panels.trust import TrustPanel
from tests.gui.fakes import trial
from tests.gui.panels.conftest import Scene

HIGH, LOW = Set("dose", 60.0), Set("dose", 20.0)
QUESTION = Question(Rung.DO, "recovery", action=(HIGH,), contrast=(LOW,))
DARFUR = Slope(0.09731582, 0.02325654, 783)  # the published example, as if it were of days
FEMALE = {"age": (0.0090811, 0.10903)}
STANDS = sensitivity(DARFUR, FEMALE)


def found(covariates: dict[str, tuple[float, float]] = FEMALE) -> Answer:
    stands = sensitivity(DARFUR, covariates)
    hidden = Hidden(0.139, 0.07, (), strengths=curve(stands, covariates), contours=contours(stands))
    told = TrustAnswer(
        "recovery", None, HIGH, LOW, tuple(covariates), 800, 0.0973, (0.05, 0.14), (), "",
        hidden, (), Stage.FITTED,
    )  # fmt: skip
    return Answer("trust", 1, told, final=True)


@pytest.fixture
def panel(qtbot: QtBot, document: Document, bridge: Bridge, appearance: Appearance) -> TrustPanel:
    document.replace(replace(trial(), question=QUESTION))
    made = TrustPanel(document, bridge, appearance)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_slider_says_what_the_published_table_says(panel: TrustPanel) -> None:
    """Darfur, Cinelli and Hazlett 2020: as strong as female .075 is left, thrice .030."""
    panel.receive(found())
    cause = panel.cause
    assert cause.isVisible()
    assert cause.words.text().startswith(
        "A hidden cause 1.0 times as strong as age would at worst leave +0.075 of +0.097 days"
    )
    cause.slider.setFocus()
    QTest.keyClick(cause.slider, Qt.Key.Key_End)
    assert "3.0 times as strong as age would at worst leave +0.030" in cause.words.text()
    assert cause.slider.accessibleDescription() == cause.words.text()
    assert cause.curve.marks == ((3.0, "do"),)
    assert cause.contours.here == pytest.approx((0.0275, 0.3742), abs=3e-4)
    QTest.keyClick(cause.slider, Qt.Key.Key_Home)
    assert cause.curve.marks == ((0.0, "do"),)


def test_a_later_answer_leaves_the_slider_where_it_is(panel: TrustPanel) -> None:
    first = found()
    panel.receive(first)
    panel.cause.slider.setFocus()
    QTest.keyClick(panel.cause.slider, Qt.Key.Key_Right)
    assert isinstance(first.result, TrustAnswer)
    panel.receive(replace(first, result=replace(first.result, rows=900)))
    assert panel.cause.curve.marks == ((1.05, "do"),)


def test_without_covariates_the_strength_is_a_share(panel: TrustPanel) -> None:
    panel.receive(found({}))
    words = panel.cause.words.text()
    assert words.startswith("A hidden cause that explains 10\u202f% of both would at worst leave")
    QTest.keyClick(panel.cause.slider, Qt.Key.Key_End)
    assert "no sign is sure any more" in panel.cause.words.text()


def test_contours_are_read_by_keys_and_as_a_table(panel: TrustPanel) -> None:
    panel.receive(found())
    plot = panel.cause.contours
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.accessibleDescription() == (
        "as strong as age: 1\u202f% of dose, 12\u202f% of recovery: at worst 0.0752 days"
    )
    head, first, *grid = plot.table()
    assert head == ("hidden cause", "share of dose", "share of recovery", "estimate at worst")
    assert first == ("as strong as age", "0.009164", "0.1246", "0.07522")
    for _, d, y, value in grid:
        bias = DARFUR.error * np.sqrt(783 * float(y) * float(d) / (1 - float(d)))
        assert float(value) == pytest.approx(DARFUR.value - bias, abs=1e-4)
    plot.copy_table()
    assert QGuiApplication.clipboard().text().startswith("hidden cause\tshare of dose")


def test_tab_goes_as_the_eye_does(panel: TrustPanel) -> None:
    panel.receive(found())
    panel.activateWindow()
    field, cause = panel.how.fields["dose"], panel.cause
    field.setFocus()
    met = [panel.focusWidget()]
    for _ in range(5):
        QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
        met.append(panel.focusWidget())
    assert met == [
        field, panel.beside, cause.slider, cause.curve, cause.contours, panel.paths.pick,
    ]  # fmt: skip


def test_how_it_would_be_set_is_written_kept_and_undone(
    panel: TrustPanel, document: Document
) -> None:
    field = panel.how.fields["dose"]
    assert field.accessibleName() == "How would you set dose?"
    assert panel.how.why.isVisible()
    field.setFocus()
    QTest.keyClicks(field, "a pill every  morning ")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert document.project.how == {"dose": "a pill every morning"}
    assert not panel.how.why.isVisible()
    assert document.undo_stack.undoText() == "Say how to set dose"
    document.undo_stack.undo()
    assert (field.text(), document.project.how) == ("", {})


def test_what_is_said_follows_a_new_name_and_goes_with_the_copied_sentence(
    scene: Callable[..., Scene],
) -> None:
    project = say_how(trial(), "dose", "a pill every morning.")
    assert edits.rename(project, "dose", "amount").how == {"amount": "a pill every morning."}
    assert say_how(project, "dose", " ").how == {}
    shown = scene(project, action=(HIGH,), contrast=(LOW,))
    shown.wait(lambda: bool(shown.said()))
    shown.panel.use_answer("sentence")
    said = QGuiApplication.clipboard().text()
    assert said == f"{shown.said()} dose would be set so: a pill every morning."

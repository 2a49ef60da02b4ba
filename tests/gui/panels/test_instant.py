"""The instant panel: what it asks and when, its words, ticks, values, and the model beside it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph
from engine.interventions import Set
from engine.project import Project
from engine.queries.answering import answer
from engine.queries.answers import DoAnswer, Footing, Stage, Unanswerable
from engine.queries.balanced import Basis, Estimand, Instant, InstantAnswer
from engine.queries.model import Model
from engine.queries.questions import Rung
from engine.runtime.messages import Answer, Ask, Forget
from engine.simulate.examples import example
from gui import edit_instant as verbs
from gui import edits
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.instant.words import lines
from gui.marks import Mark
from gui.panels.instant import InstantPanel
from tests.gui.fakes import FakeEngine

STONES = example("kidney-stones")
BARE = replace(
    STONES, graph=CausalGraph(), positions={}, roles={}, question=type(STONES.question)()
)
ASKED = Instant("treatment", "recovered", 0.0, 1.0, level=1)


@pytest.fixture
def panel(qtbot: QtBot, document: Document, bridge: Bridge, appearance: Appearance) -> InstantPanel:
    document.replace(STONES)
    made = InstantPanel(document, bridge, appearance)
    qtbot.addWidget(made)
    made.resize(940, 170)
    return made


def show(panel: InstantPanel, qtbot: QtBot) -> None:
    panel.show()
    qtbot.waitExposed(panel)


def asked(engines: list[FakeEngine]) -> list[Instant]:
    sent = (r for r in engines[0].sent(Ask) if isinstance(r, Ask))
    return [r.question for r in sent if isinstance(r.question, Instant)]


def found(project: Project, question: Instant = ASKED) -> InstantAnswer:
    steps = [step for step in answer(Model(project), question) if step is not None]
    told = steps[-1][0]
    assert isinstance(told, InstantAnswer)
    return told


def texts(panel: InstantPanel) -> str:
    return "\n".join(line.text for line in panel.words.lines())


def test_it_asks_what_the_canvas_asks_while_it_is_seen(
    panel: InstantPanel, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    assert asked(engines) == []
    show(panel, qtbot)
    assert asked(engines) == [ASKED]
    panel.hide()
    assert any(isinstance(r, Forget) and r.view == "instant" for r in engines[0].requests)


def test_the_number_by_the_graph_in_words_and_pictures(panel: InstantPanel, qtbot: QtBot) -> None:
    """5.3 points: strata by their rows (5.33); of all ways balancing stands first."""
    show(panel, qtbot)
    told = found(STONES)
    panel.receive(Answer("instant", 1, told, final=True))
    first = panel.words.lines()[0]
    size = 100 * told.value
    assert size == pytest.approx(5.33, abs=0.2)
    assert first.text.startswith("For everybody, treatment = A instead of B moves the probability")
    assert f"+{size:.1f} points" in first.text
    assert "If your arrows are right: computable, holding size." in texts(panel)
    assert "Effective sample size:" in texts(panel)
    assert [row[0] for row in panel.forest.table()] == [
        "estimator", "balancing", "doubly robust", "weighting", "nothing held",
    ]  # fmt: skip
    assert [row[0] for row in panel.love.table()] == ["column", "size = large"]
    assert not panel.fixed.isVisible()
    assert panel.model.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")  # a popup, offscreen
def test_nothing_ticked_is_no_effect_and_ticks_are_undone(
    panel: InstantPanel, document: Document, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    document.replace(replace(BARE, instant=ASKED))
    show(panel, qtbot)
    panel.receive(Answer("instant", 1, found(BARE), final=True))
    assert panel.words.lines()[0].text.startswith("Balanced difference, not an effect:")
    assert panel.fixed.isVisible()
    QTest.keyClick(panel.fixed, Qt.Key.Key_Down)
    ticks = QApplication.activePopupWidget()
    assert ticks is not None
    QTest.keyClick(ticks.list, Qt.Key.Key_Space)  # type: ignore[attr-defined]
    assert document.project.instant.fixed == ("size",)
    assert asked(engines)[-1].fixed == ("size",)
    assert ticks.isVisible()
    QTest.keyClick(ticks.list, Qt.Key.Key_Escape)  # type: ignore[attr-defined]
    told = found(BARE, replace(ASKED, fixed=("size",)))
    panel.receive(Answer("instant", 2, told, final=True))
    assert told.basis is Basis.TICKED
    assert panel.words.lines()[0].text.startswith("For everybody,")
    assert "no data can test" in texts(panel)
    document.undo_stack.undo()
    assert document.project.instant.fixed == ()
    assert asked(engines)[-1].fixed == ()


@pytest.mark.qt_log_ignore("This plugin does not support")  # a popup, offscreen
def test_whose_effect_is_picked_by_keys(
    panel: InstantPanel, document: Document, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    show(panel, qtbot)
    QTest.keyClick(panel.estimand, Qt.Key.Key_Down)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    QTest.keyClick(popup.list, Qt.Key.Key_Down)  # type: ignore[attr-defined]
    QTest.keyClick(popup.list, Qt.Key.Key_Return)  # type: ignore[attr-defined]
    assert document.project.instant.estimand is Estimand.ATT
    assert asked(engines)[-1].estimand is Estimand.ATT
    assert panel.estimand.text() == "the treated (ATT)"


def test_the_models_answer_stands_beside_it(
    panel: InstantPanel, document: Document, qtbot: QtBot
) -> None:
    show(panel, qtbot)
    panel.receive(Answer("instant", 1, found(STONES), final=True))
    model = DoAnswer(
        "recovered", None, (Set("treatment", 0.0),), (Set("treatment", 1.0),),
        Footing(True, "back-door adjustment"), difference=0.05, interval=(0.01, 0.09),
        stage=Stage.FITTED,
    )  # fmt: skip
    panel.receive(Answer("answer", 1, model, final=True))
    assert ["the model", "5", "1", "9"] in [list(row) for row in panel.forest.table()]
    assert not panel.model.isVisible()
    panel.receive(Answer("answer", 1, replace(model, outcome="size"), final=True))
    assert "the model" not in [row[0] for row in panel.forest.table()]


def test_the_model_is_asked_the_same(panel: InstantPanel, document: Document, qtbot: QtBot) -> None:
    document.apply("See", lambda p: edits.set_rung(p, Rung.SEE))
    document.apply("Choose", lambda p: verbs.choose_value(p, 1.0))
    show(panel, qtbot)
    question = verbs.resolved(document.project)
    assert (question.value, question.other) == (1.0, 0.0)  # the sides changed places
    panel.receive(Answer("instant", 1, found(STONES, question), final=True))
    qtbot.mouseClick(panel.model, Qt.MouseButton.LeftButton)
    told = document.project.question
    assert told.rung is Rung.DO
    assert (told.action, told.contrast) == (
        (Set("treatment", 1.0),), (Set("treatment", 0.0),)
    )  # fmt: skip
    document.undo_stack.undo()
    assert document.project.question.rung is Rung.SEE


def numbers(rows: int = 60) -> Table:
    columns = {
        "dose": np.repeat([0.0, 1.0, 2.0], rows // 3),
        "age": np.arange(rows) + 0.5,
        "y": np.arange(rows) % 7.0,
    }
    return Table(tuple(Variable(name, Kind.CONTINUOUS) for name in columns), columns)


def test_two_values_are_to_be_chosen(
    panel: InstantPanel, document: Document, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    show(panel, qtbot)
    document.replace(Project(table=numbers()))
    assert texts(panel) == "Choose a treatment and an outcome."
    document.apply("Outcome", lambda p: verbs.choose_outcome(p, "y"))
    document.apply("Treatment", lambda p: verbs.choose_treatment(p, "age"))
    assert "has no two values with 10 rows each" in texts(panel)
    document.apply("Treatment", lambda p: verbs.choose_treatment(p, "dose"))
    assert "dose has 3 values that occur often: choose two" in texts(panel)
    before = len(asked(engines))
    document.apply("Value", lambda p: verbs.choose_value(p, 2.0))
    document.apply("Value", lambda p: verbs.choose_other(p, 1.0))
    assert asked(engines)[before:] == [Instant("dose", "y", 2.0, 1.0)]


def test_what_stands_in_the_way_is_said(panel: InstantPanel, qtbot: QtBot) -> None:
    show(panel, qtbot)
    panel.receive(Answer("instant", 1, found(STONES), final=True))
    panel.receive(Answer("instant", 1, Unanswerable("y is the same in all rows."), final=True))
    assert texts(panel) == "y is the same in all rows."
    assert panel.forest.table() == ()


def test_thin_and_unlike_groups_warn(panel: InstantPanel, qtbot: QtBot) -> None:
    show(panel, qtbot)
    told = replace(found(STONES), effective=(200.0, 12.0))
    moved = (replace(told.moved[0], after=0.6),)
    panel.receive(Answer("instant", 1, replace(told, moved=moved), final=True))
    lines = panel.words.lines()
    assert lines[0].mark is Mark.WARNED
    assert "Only 12 rows' worth" in lines[1].text
    assert "size = large differs by 0.60 sd" in lines[2].text
    assert lines[3].mark is Mark.WAY_OUT


def test_a_narrow_panel_shows_the_chosen_picture(panel: InstantPanel, qtbot: QtBot) -> None:
    show(panel, qtbot)
    panel.resize(520, 170)
    seen = [plot.isVisible() for plot in panel.plots]
    assert seen == [True, False, False, False]
    panel.chooser.segments[2].click()
    assert panel.weights.isVisible()
    panel.resize(1700, 170)
    assert all(plot.isVisible() for plot in panel.plots)


def test_a_renamed_column_keeps_its_part(document: Document) -> None:
    project = replace(BARE, instant=replace(ASKED, fixed=("size",)))
    renamed = edits.rename_column(edits.rename_column(project, "size", "s"), "treatment", "t")
    assert renamed.instant == Instant("t", "recovered", 0.0, 1.0, 1, fixed=("s",))


@pytest.mark.qt_log_ignore("This plugin does not support")  # a popup, offscreen
def test_how_much_balance_is_traded_is_picked_by_keys(
    panel: InstantPanel, document: Document, engines: list[FakeEngine], qtbot: QtBot
) -> None:
    """The list: λ = .1, 1, 10, then the interval by formula or by resampling."""
    show(panel, qtbot)
    assert panel.how.text() == "λ = 1"

    def pick(downs: int) -> None:
        QTest.keyClick(panel.how, Qt.Key.Key_Down)
        popup = QApplication.activePopupWidget()
        assert popup is not None
        QTest.keyClick(popup.list, Qt.Key.Key_Home)  # type: ignore[attr-defined]
        for _ in range(downs):
            QTest.keyClick(popup.list, Qt.Key.Key_Down)  # type: ignore[attr-defined]
        QTest.keyClick(popup.list, Qt.Key.Key_Return)  # type: ignore[attr-defined]

    pick(0)
    assert document.project.instant.penalty == 0.1
    pick(4)
    assert (asked(engines)[-1].penalty, asked(engines)[-1].bootstrap) == (0.1, True)
    assert panel.how.text() == "λ = 0.1, resampled"
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.project.instant.penalty == 1.0
    assert panel.how.text() == "λ = 1"


def test_rule_models_and_resamples_are_in_words(panel: InstantPanel, qtbot: QtBot) -> None:
    show(panel, qtbot)
    told = found(STONES)
    panel.receive(Answer("instant", 1, told, final=False))
    assert "Balance is traded for rows by rule" in texts(panel)
    assert "mended by ridge regression for treatment = A and ridge regression" in texts(panel)
    assert "from sampling alone" in texts(panel)
    document_asked = replace(told.asked, bootstrap=True, penalty=10.0)
    panel._asked = document_asked
    waiting = replace(told, asked=document_asked)
    panel.receive(Answer("instant", 1, waiting, final=False))
    assert "by formula until the rows are resampled" in texts(panel)
    assert "More rows are kept than by rule" in texts(panel)
    drawn = replace(waiting, drawn=200, kernel_of_draws="linear")
    panel.receive(Answer("instant", 1, drawn, final=True))
    assert "90 % interval from 200 resamples of the rows, weights solved anew by means" in (
        texts(panel)
    )


@pytest.mark.parametrize(("told", "mark"), [(1.0, Mark.NONE), (0.996, Mark.NONE), (0.9, Mark.OPEN)])
def test_rows_that_stand_for_all_are_doubtful_only_where_they_leave_something_out(
    told: float, mark: Mark
) -> None:
    answer = replace(found(STONES), landmarks=512, told=told)
    (line,) = (line for line in lines(answer, STONES.table) if "512" in line.text)
    assert line.mark is mark

"""The concepts panel: sets edited by key and mouse, what is missing, learning, looking, using."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.project import Project
from engine.queries.answers import Unanswerable
from engine.queries.concepts import (
    ConceptAxis,
    Concepts,
    ConceptsAnswer,
    ConceptSet,
    Encoder,
    LearnConcepts,
)
from engine.runtime.messages import Answer, Ask, Forget
from gui import edit_concepts as verbs
from gui import edits
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.marks import Mark
from gui.panels.concepts import ConceptsPanel
from tests.gui.fakes import FakeEngine

ROWS = 600
RNG = np.random.default_rng(8)
HEAT, DAMP = RNG.standard_normal((2, ROWS))
LEFT = Qt.MouseButton.LeftButton


def oven() -> Project:
    """Three columns of two factors, 200 rows each of base, warm and wet; minutes = 3 heat."""
    columns = {
        "s1": HEAT + DAMP,
        "s2": HEAT - DAMP,
        "s3": 2 * HEAT,
        "batch": np.repeat([0.0, 1.0, 2.0], ROWS // 3),
        "minutes": 3 * HEAT,
    }
    variables = tuple(
        Variable(name, Kind.CATEGORICAL, categories=("any", "warm", "wet"))
        if name == "batch"
        else Variable(name, Kind.CONTINUOUS)
        for name in columns
    )
    sets = (ConceptSet("warm", (("heat", 1.0),)), ConceptSet("wet", (("damp", 1.0),)))
    return Project(
        graph=graph_of(("minutes",), []),
        positions={"minutes": (0.0, 0.0)},
        table=Table(variables, columns, "oven.csv"),
        concepts=Concepts(("s1", "s2", "s3"), sets, "batch", "any"),
    )


def answer(concepts: Concepts, *, whole: bool = True, least: float = 0.95) -> ConceptsAnswer:
    axes = (ConceptAxis("heat", 0.97, least), ConceptAxis("damp", 0.98, 0.96))
    return ConceptsAnswer(
        concepts, 800 if whole else 200, 800, (0.5, 0.51, 0.52), 0, axes,
        np.column_stack([HEAT, DAMP]), whole=whole, alike=2,
    )  # fmt: skip


@pytest.fixture
def panel(
    qtbot: QtBot, document: Document, bridge: Bridge, appearance: Appearance
) -> ConceptsPanel:
    document.replace(oven())
    made = ConceptsPanel(document, bridge, appearance)
    qtbot.addWidget(made)
    qtbot.addWidget(made.corner)
    made.resize(1400, 240)
    made.corner.show()
    made.show()
    qtbot.waitExposed(made)
    return made


def texts(panel: ConceptsPanel) -> str:
    return "\n".join(line.text for line in panel.words.lines())


def learn(panel: ConceptsPanel, document: Document, **told: object) -> ConceptsAnswer:
    QTest.mouseClick(panel.choices.learn, LEFT)
    found = answer(verbs.resolved(document.project), **told)  # type: ignore[arg-type]
    panel.receive(Answer("concepts", 1, found, final=True))
    return found


def test_the_sets_are_a_table_of_ticks_with_values(panel: ConceptsPanel) -> None:
    sets = panel.sets
    heads = [sets.horizontalHeaderItem(i).text() for i in range(3)]
    assert heads == ["heat", "damp", "rows"]
    assert [sets.held(0, 0), sets.held(0, 1), sets.held(1, 1)] == [True, False, True]
    assert [sets.item(0, i).text() for i in range(3)] == ["1", "", "200"]
    role = Qt.ItemDataRole.AccessibleTextRole
    assert sets.item(0, 0).data(role) == "warm holds heat near 1"
    assert sets.item(0, 1).data(role) == "warm does not hold damp"


def test_the_missing_set_is_named(panel: ConceptsPanel) -> None:
    first = panel.words.lines()[0]
    assert first.mark is Mark.WARNED
    assert "heat and damp" in first.text
    assert panel.choices.propose.isHidden()  # labels name all the sets there are


def test_space_ticks_and_digits_write_a_value_each_one_undo_step(
    panel: ConceptsPanel, document: Document, qtbot: QtBot
) -> None:
    panel.sets.setFocus()
    panel.sets.setCurrentCell(0, 1)
    QTest.keyClick(panel.sets, Qt.Key.Key_Space)
    assert dict(document.project.concepts.sets[0].filters) == {"heat": 1.0, "damp": 2.0}
    assert "are enough" not in texts(panel)
    document.undo_stack.undo()
    assert document.project == oven()
    panel.sets.setCurrentCell(1, 1)
    QTest.keyClicks(panel.sets, "7")
    editor = panel.sets.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wanted = (("damp", 7.0),)
    qtbot.waitUntil(lambda: document.project.concepts.sets[1].filters == wanted)
    assert document.undo_stack.count() == 1
    QTest.keyClick(panel.sets, Qt.Key.Key_Delete)
    assert document.project.concepts.sets[1].filters == ()


def test_filters_are_added_as_proposed_until_they_are_enough(
    panel: ConceptsPanel, document: Document
) -> None:
    document.edit("Filters", verbs.choose_labels(document.project, ""))
    panel.choices.concept_named.emit("s1")
    panel.choices.concept_named.emit("minutes")
    clicks = 0
    while panel.choices.propose.isVisible() and clicks < 6:
        QTest.mouseClick(panel.choices.propose, LEFT)
        clicks += 1
    assert clicks == 1
    assert document.project.concepts.sets[2].concepts == ("s1", "minutes")
    assert panel.words.lines()[0].mark is Mark.PASSED
    steps = [document.undo_stack.text(i) for i in range(document.undo_stack.count())]
    assert steps == ["Filters", "Concept s1", "Concept minutes", "Add a set"]


def test_learning_is_asked_told_and_stopped(
    panel: ConceptsPanel, document: Document, engines: list[FakeEngine]
) -> None:
    QTest.mouseClick(panel.choices.learn, LEFT)
    sent = [r.question for r in engines[0].sent(Ask) if isinstance(r, Ask)]
    assert sent[-1] == LearnConcepts(document.project.concepts)


@pytest.fixture(autouse=True)
def slow(engines: list[FakeEngine], monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine does not answer what is learnt by itself."""
    known = FakeEngine.send

    def send(self: FakeEngine, request: object) -> None:
        if isinstance(request, Ask) and isinstance(request.question, LearnConcepts):
            self.requests.append(request)
        else:
            known(self, request)  # type: ignore[arg-type]

    monkeypatch.setattr(FakeEngine, "send", send)


def test_progress_then_agreement_in_words(panel: ConceptsPanel, document: Document) -> None:
    learn(panel, document, whole=False)
    assert "25" in panel.words.lines()[0].text
    assert panel.choices.learn.text() == "Stop learning"
    assert panel.choices.use.isHidden()
    panel.receive(Answer("concepts", 1, answer(document.project.concepts, least=0.4), final=True))
    lines = panel.words.lines()
    assert (lines[0].mark, lines[1].mark) == (Mark.WARNED, Mark.PASSED)
    assert "2 trainings that fit alike agree to 0.97 of 1, the least to 0.40" in lines[0].text
    assert (
        "found the same in 2 of 3 trainings (agreement 0.98 of 1); the others fit worse"
        in lines[1].text
    )
    assert not panel.choices.use.isHidden()
    assert panel.choices.learn.text() == "Learn"


def test_stopping_and_another_set_forget(
    panel: ConceptsPanel, document: Document, engines: list[FakeEngine]
) -> None:
    learn(panel, document, whole=False)
    QTest.mouseClick(panel.choices.learn, LEFT)
    assert not panel.running
    assert any(isinstance(r, Forget) and r.view == "concepts" for r in engines[0].requests)
    learn(panel, document)
    assert panel.found is not None
    document.apply("x", lambda p: verbs.choose_encoder(p, Encoder.MLP))
    assert panel.found is None
    assert panel.looking.isHidden()


def test_why_nothing_can_be_learnt_is_said(panel: ConceptsPanel) -> None:
    QTest.mouseClick(panel.choices.learn, LEFT)
    panel.receive(Answer("concepts", 1, Unanswerable("Too few rows."), final=True))
    assert panel.words.lines()[0].text == "Too few rows."
    assert not panel.running


def test_looking_is_conditioning_by_the_weights_of_a_bell(
    panel: ConceptsPanel, document: Document
) -> None:
    learn(panel, document)
    looking = panel.looking
    assert looking.beside.text() == "shows minutes"
    looking.slider.setFocus()
    QTest.keyClick(looking.slider, Qt.Key.Key_PageUp)
    at = looking.slider.span.value(looking.slider.value())
    weights = np.exp(-0.5 * ((HEAT - at) / (0.25 * HEAT.std())) ** 2)
    picture = looking.plot.picture
    assert picture is not None
    minutes = np.clip(3 * HEAT, picture.edges[0], picture.edges[-1])
    expected, _ = np.histogram(minutes, picture.edges, weights=weights)
    assert picture.below == pytest.approx(expected / expected.sum(), abs=1e-9)
    words = looking.lines.lines()
    worth = round(float(weights.sum() ** 2 / (weights**2).sum()))
    assert words[0].text.startswith(f"About {worth} rows happen to be like this; it is not what")
    closest = int(np.argmin(np.abs(HEAT - at)))
    assert words[1].text.startswith(f"row {closest}:")


def test_valuations_become_columns_and_nodes_in_one_undo_step(
    panel: ConceptsPanel, document: Document
) -> None:
    learn(panel, document)
    before = document.project
    QTest.mouseClick(panel.choices.use, LEFT)
    table = document.project.table
    assert table is not None
    assert np.array_equal(table["heat"], HEAT)
    assert document.project.graph.variables == ("minutes", "heat", "damp")
    assert document.project.question == before.question
    assert panel.found is not None
    assert panel.choices.use.isHidden()
    document.undo_stack.undo()
    assert document.project == before
    assert not panel.choices.use.isHidden()


def test_renamed_columns_are_followed(document: Document) -> None:
    project = edits.rename_column(edits.rename_column(oven(), "s1", "one"), "batch", "lot")
    assert project.concepts.columns == ("one", "s2", "s3")
    assert project.concepts.labels == "lot"
    assert project.concepts.sets == oven().concepts.sets


def test_choosing_labels_makes_a_set_of_each_category_but_the_largest() -> None:
    bare = replace(oven(), concepts=Concepts())
    chosen = verbs.choose_labels(bare, "batch").concepts
    assert (chosen.base, [one.name for one in chosen.sets]) == ("any", ["warm", "wet"])
    every = verbs.take_columns(bare, all_of_them=True).concepts
    assert every.columns == ("s1", "s2", "s3")  # minutes is drawn
    assert math.isclose(
        verbs.default_value(bare, "minutes"), np.quantile(3 * HEAT, 0.75), rel_tol=0.01
    )


def test_a_narrow_panel_shows_sets_or_rows(panel: ConceptsPanel, document: Document) -> None:
    panel.resize(900, 240)
    learn(panel, document)
    assert (panel.sets.isVisible(), panel.looking.isVisible()) == (False, True)
    panel.corner.adjustSize()
    QTest.mouseClick(panel.chooser.segments[0], LEFT)
    assert (panel.sets.isVisible(), panel.looking.isVisible()) == (True, False)

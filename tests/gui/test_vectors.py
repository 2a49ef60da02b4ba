"""Several columns as one variable: made, asked about, taken apart, undone; by mouse and keys."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import CycleError, UserError
from engine.graph.graph import graph_of
from engine.graph.vectors import PLAIN, expanded
from engine.interventions import Range, Set, Shift
from engine.project import Project, Role
from engine.queries.answers import CardsAnswer
from engine.queries.pins import Pin
from engine.queries.questions import Question, Rung
from engine.runtime import messages as m
from gui import edits
from gui.canvas.card import Heard, spoken, tooltip
from gui.canvas.drawing import PLOT
from gui.canvas.vector_card import card_for, drawing_for
from gui.pins import verbs
from gui.training.model import TrainingModel
from gui.vectors import joinable, make_vector, proposed_name, settable, start_doing, take_apart
from tests.gui.conftest import Shell
from tests.gui.fakes import bell

NAMES = ("x", "pos_x", "pos_y", "y")
PLACES = {"x": (0.0, 0.0), "pos_x": (250.0, -80.0), "pos_y": (250.0, 80.0), "y": (500.0, 0.0)}
EDGES = [("x", "pos_x"), ("pos_x", "pos_y"), ("pos_x", "y"), ("pos_y", "y")]
LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
Verb = Callable[[Project], Project]


def drawn() -> Project:
    columns = {name: np.arange(5.0) + i for i, name in enumerate((*NAMES, "depth"))}
    variables = tuple(Variable(name, Kind.CONTINUOUS) for name in columns)
    graph = graph_of(NAMES, EDGES, [("pos_y", "x")])
    return Project(graph=graph, positions=PLACES, table=Table(variables, columns))


def whole() -> Project:
    return make_vector(drawn(), "pos", ("pos_x", "pos_y"))


# ── the verbs ──────────────────────────────────────────────────────────────────────────────────


def test_the_node_has_the_edges_of_all_its_columns() -> None:
    made = whole()
    assert made.graph == graph_of(("x", "pos", "y"), [("x", "pos"), ("pos", "y")], [("pos", "x")])
    assert made.vectors.parts == (("pos", ("pos_x", "pos_y")),)
    assert made.positions == {"x": (0.0, 0.0), "pos": (250.0, 0.0), "y": (500.0, 0.0)}
    assert made.measured("pos")
    assert made.questionable == NAMES


def test_taken_apart_the_law_is_what_it_was() -> None:
    made = whole()
    apart = take_apart(made, "pos")
    assert apart.graph == expanded(made.graph, made.vectors)
    assert apart.vectors == PLAIN
    assert apart.assumed == {("pos_x", "pos_y")}
    assert apart.positions["pos_x"][1] < apart.positions["pos_y"][1]


def test_columns_that_are_not_drawn_join_in() -> None:
    made = make_vector(drawn(), "V", ("depth", "pos_x"))
    assert made.vectors.columns("V") == ("depth", "pos_x")
    assert "depth" not in made.graph.variables
    alone = make_vector(replace(drawn(), graph=graph_of()), "V", ("x", "depth"), (7.0, 8.0))
    assert alone.graph.variables == ("V",)
    assert alone.positions["V"] == (7.0, 8.0)


def test_assumed_arrows_stay_assumed_unless_one_of_them_is_meant() -> None:
    project = replace(drawn(), assumed=frozenset({("pos_x", "y"), ("x", "pos_x")}))
    made = make_vector(project, "pos", ("pos_x", "pos_y"))
    assert made.assumed == {("x", "pos")}
    assert ("x", "pos_y") in take_apart(made, "pos").assumed


def test_roles_and_questions_follow() -> None:
    asked = Question(
        Rung.DO,
        "y",
        action=(Set("pos_x", 1.0), Set("x", 2.0)),
        evidence=(Range("pos_y", 0.0, 1.0),),
        contrast=(Set("pos_x", 0.0),),
    )
    project = replace(drawn(), question=asked, roles={"pos_y": Role.EXPOSURE})
    made = make_vector(project, "pos", ("pos_x", "pos_y"))
    assert made.roles == {"pos": Role.EXPOSURE}
    assert made.question == replace(asked, action=(Set("x", 2.0),), contrast=None)
    assert take_apart(made, "pos").roles == dict.fromkeys(("pos_x", "pos_y"), Role.EXPOSURE)


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (lambda p: make_vector(p, "pos", ("pos_x",)), "two columns or more"),
        (lambda p: make_vector(p, "y", ("pos_x", "pos_y")), "already a variable named y"),
        (lambda p: make_vector(p, "depth", ("pos_x", "pos_y")), "already a variable named depth"),
        (lambda p: make_vector(p, " ", ("pos_x", "pos_y")), "needs a name"),
        (lambda p: make_vector(edits.set_latent(p, "x", latent=True), "V", "xy"), "x is not one"),
        (lambda p: make_vector(whole(), "V", ("pos_x", "x")), "pos_x is not one"),
        (lambda p: edits.add_variable(whole(), "pos_x", (0.0, 0.0)), "pos_x is part of pos"),
        (lambda p: edits.rename(whole(), "y", "pos_x"), "pos_x is part of pos"),
        (lambda p: edits.rename(whole(), "pos", "depth"), "depth is a column"),
        (lambda p: edits.rename_column(whole(), "pos_x", "pos"), "already a variable named pos"),
    ],
)
def test_what_cannot_be_is_refused(verb: Verb, words: str) -> None:
    with pytest.raises(UserError, match=words):
        verb(drawn())


def test_a_vector_is_not_its_own_cause() -> None:
    """x → pos_x → y: one variable of x and y would cause pos_x and be caused by it."""
    with pytest.raises(CycleError):
        make_vector(drawn(), "V", ("x", "y"))


def test_renaming_a_column_or_the_vector_keeps_them_together() -> None:
    made = edits.set_family(edits.set_outcome(whole(), "pos_y"), "pos_y", "linear")
    other = edits.rename_column(edits.rename(made, "pos", "place"), "pos_y", "north")
    assert other.vectors.parts == (("place", ("pos_x", "north")),)
    assert (other.question.outcome, other.families) == ("north", {"north": "linear"})
    assert other.measured("place")


def test_removing_or_hiding_a_vector_forgets_its_columns() -> None:
    asked = edits.set_family(edits.set_outcome(whole(), "pos_y"), "pos_y", "linear")
    gone = edits.remove(asked, ["pos"])
    assert (gone.vectors, gone.question.outcome, gone.families) == (PLAIN, None, {})
    hidden = edits.toggle_latent(asked, ["pos"])
    assert hidden.question.outcome is None
    assert hidden.vectors == asked.vectors


def test_another_graph_keeps_the_vectors_it_draws() -> None:
    kept = edits.use_graph(whole(), graph_of(("pos", "z")), {}, {})
    assert kept.vectors == whole().vectors
    apart = edits.use_graph(whole(), graph_of(("pos", "pos_x")), {}, {})
    assert apart.vectors == PLAIN


def test_doing_is_of_all_columns() -> None:
    done = start_doing(edits.set_outcome(whole(), "y"), "pos", lambda column: Set(column, 1.0))
    assert done.question.action == (Set("pos_x", 1.0), Set("pos_y", 1.0))
    assert settable(done) == ("x",)
    one = edits.intervene(done, Set("pos_y", 3.0))
    assert one.question.action == (Set("pos_x", 1.0), Set("pos_y", 3.0))
    shifted = edits.intervene(one, Shift("pos_y", 0.5))
    assert shifted.question.action == (Shift("pos_x", 0.0), Shift("pos_y", 0.5))
    back = edits.intervene(shifted, Set("pos_x", 9.0))
    assert back.question.action == (Set("pos_x", 9.0), Set("pos_y", 4.0))  # pos_y: its median
    assert edits.stop_doing(back, "pos_x").question.action == ()
    assert edits.release(back, "pos").question.action == ()


def test_a_pin_is_asked_again_of_whole_vectors_only() -> None:
    both = Question(Rung.DO, "y", action=(Set("pos_x", 1.0), Set("pos_y", 0.0)))
    half = replace(both, action=both.action[:1])
    pins = (Pin("both", both, ""), Pin("half", half, ""))
    made = replace(whole(), pins=pins)
    assert verbs.ask(made, "both").question == both
    with pytest.raises(UserError, match="pos is one variable of pos_x, pos_y"):
        verbs.ask(made, "half")
    assert verbs.ask(replace(drawn(), pins=pins), "half").question == half


def test_names_are_proposed_from_what_the_columns_share() -> None:
    assert proposed_name(drawn(), ("pos_x", "pos_y")) == "pos"
    assert proposed_name(whole(), ("pos_x", "pos_y")) == "pos1"
    assert proposed_name(drawn(), ("x", "depth")) == "V1"
    assert joinable(whole(), ("pos_x", "x", "y", "gone")) == ("x", "y")


# ── its card ───────────────────────────────────────────────────────────────────────────────────


def test_the_card_shows_every_column_beside_the_other() -> None:
    project = whole()
    shapes = {name: bell(0.0, 1.0) for name in NAMES}
    card = card_for(project, "pos", Heard(CardsAnswer(shapes)))
    drawing = drawing_for(card)
    assert [text for _, text in drawing.labels] == ["pos_x", "pos_y"]
    boxes = [rect for rect, _ in drawing.labels]
    assert boxes[0].right() < boxes[1].left()
    assert PLOT.contains(drawing.seen.boundingRect())
    assert drawing.seen.boundingRect().width() > 0.8 * PLOT.width()
    assert card.kind_words == "2 columns"
    assert "pos_x, pos_y" in tooltip(card)
    assert "pos, 2 columns, pos_x, pos_y" in spoken(card, project, selected=False)


def test_the_card_says_what_is_set() -> None:
    project = edits.set_rung(whole(), Rung.DO)
    project = start_doing(project, "pos", lambda column: Set(column, 1.5))
    heard = Heard(CardsAnswer({name: bell(0.0, 1.0) for name in NAMES}))
    card = card_for(project, "pos", heard)
    assert card.set_words == "(1.5, 1.5)"
    assert not drawing_for(card).marks.isEmpty()


def test_of_many_columns_the_rest_is_counted() -> None:
    project = make_vector(drawn(), "V", ("x", "pos_x", "pos_y", "y", "depth"))
    heard = Heard(CardsAnswer({name: bell(0.0, 1.0) for name in (*NAMES, "depth")}))
    labels = [text for _, text in drawing_for(card_for(project, "V", heard)).labels]
    assert labels == ["x", "pos_x", "pos_y +2"]


# ── in the window ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shown(shell: Shell) -> Shell:
    shell.document.apply("Draw", lambda project: drawn())
    shell.app.canvas.fit()
    shell.dialogs.words = "pos"
    return shell


def click(
    shell: Shell, name: str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    canvas = shell.app.canvas
    at = canvas.mapFromScene(canvas.stage.nodes[name].pos())
    QTest.mouseClick(canvas.viewport(), LEFT, held, at)


def test_made_by_keys_taken_apart_and_undone(shown: Shell, qtbot: QtBot) -> None:
    canvas, before = shown.app.canvas, shown.document.project
    click(shown, "pos_x")
    assert not shown.app.actions["make-vector"].isEnabled()
    click(shown, "pos_y", CTRL)
    assert shown.app.actions["make-vector"].isEnabled()
    QTest.keyClick(canvas, Qt.Key.Key_J)
    assert "pos_x, pos_y, in this order" in shown.dialogs.asked[-1]
    assert shown.document.project.vectors.columns("pos") == ("pos_x", "pos_y")
    assert canvas.stage.selected == {"pos"}
    assert canvas.stage.nodes["pos"].card.kind_words == "2 columns"
    QTest.keyClick(canvas, Qt.Key.Key_J, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.stage.nodes.keys() == set(NAMES)
    assert canvas.stage.selected == {"pos_x", "pos_y"}
    shown.document.undo_stack.undo()
    assert canvas.stage.nodes.keys() == {"x", "pos", "y"}
    shown.document.undo_stack.undo()
    assert shown.document.project == before
    assert canvas.stage.nodes.keys() == set(NAMES)


def test_thinking_better_of_it_changes_nothing(shown: Shell) -> None:
    shown.dialogs.words, before = None, shown.document.project
    shown.app.commands.vectors.make(("pos_x", "pos_y"))
    assert shown.document.project is before
    shown.dialogs.words = "y"  # taken: refused in a sentence
    shown.app.commands.vectors.make(("pos_x", "pos_y"))
    assert shown.document.project is before


def test_a_node_offers_what_it_can_become(shown: Shell) -> None:
    canvas = shown.app.canvas
    canvas.stage.select({"pos_x", "pos_y"})
    menu = canvas.menus.for_node(shown.document.project, "pos_x")
    join = next(a for a in menu.actions() if a.text().startswith("Make one variable"))
    join.trigger()
    assert "pos" in shown.document.project.vectors
    menu = canvas.menus.for_node(shown.document.project, "pos")
    next(a for a in menu.actions() if a.text().startswith("Take apart")).trigger()
    assert not shown.document.project.vectors


def test_made_in_the_data_panel(shown: Shell) -> None:
    data = shown.app.panels.data
    rows = data.list.selectionModel()
    for name in ("depth", "pos_x"):
        at = data.model.index(data.model.row_of(name))
        rows.select(at, QItemSelectionModel.SelectionFlag.Select)
    menu = data.menu_for("depth")
    next(a for a in menu.actions() if a.text().startswith("Make one variable")).trigger()
    assert shown.document.project.vectors.columns("pos") == ("pos_x", "depth")
    draw = next(a for a in data.menu_for("depth").actions() if a.text().startswith("Draw on"))
    assert not draw.isEnabled()


def test_do_on_the_card_gives_a_slider_per_column(shown: Shell, qtbot: QtBot) -> None:
    shown.document.apply("Make", lambda project: whole())
    shown.app.canvas.commands.intervene("pos")
    assert [i.variable for i in shown.document.project.question.action] == ["pos_x", "pos_y"]
    rows = shown.app.panels.question.pages[Rung.DO].rows.rows
    assert list(rows) == ["pos_x", "pos_y"]
    assert all(row.slider is not None for row in rows.values())
    arrow = next(item for key, item in shown.app.canvas.stage.edges.items() if key.b == "pos")
    assert arrow.look.cut
    shown.app.canvas.verbs.holding.release("pos")
    assert shown.document.project.question.action == ()


def test_training_lists_the_columns(shown: Shell) -> None:
    shown.document.apply("Make", lambda project: whole())
    model = TrainingModel(shown.document)
    model.show_project(shown.document.project)
    assert model.names == NAMES
    tip = model.data(model.index(1, 0), Qt.ItemDataRole.ToolTipRole)
    assert tip == "pos_x of pos"


def test_the_chip_of_a_vector_is_of_the_column_that_is_behind() -> None:
    project = whole()
    states = {"pos_x": m.FitState.FITTED, "pos_y": m.FitState.TRAINING}
    told = m.FitStates(1, {**states, "pos": m.FitState.TRAINING}, {}, True, False, 1, 2)
    card = card_for(project, "pos", Heard(CardsAnswer({}), told))
    assert card.chip.startswith("◔")

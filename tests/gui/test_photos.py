"""Pictures in the window: on the page, on the card, in the lists; read from files when asked."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.data.pictures import Pictures
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import DataError, GraphError
from engine.interventions import Set
from engine.queries.pictured import PictureAnswer
from engine.queries.questions import PictureAsked, Rung
from engine.queries.stage import Stage
from engine.runtime import messages as m
from engine.simulate import pendulum
from engine.simulate.pictured import pendulum_pictures, shape_pictures
from gui import edits
from gui.canvas.card import spoken
from gui.canvas.picture_card import paint_thumbs
from gui.edit_pictures import use_pictures
from gui.numerals import count
from gui.outline.lines import lines_of
from gui.phrases import plain
from gui.question.photo_words import photo_notes
from tests.gui.conftest import Shell

ROWS = 40
TRUE = pendulum.rows(ROWS, 4)


def truth(asked: PictureAsked) -> PictureAnswer:
    """What a perfect mechanism would answer: the generator's own counterfactual."""
    question = asked.question
    if question.rung is Rung.SEE:
        return PictureAnswer(
            asked, TRUE.pictures[:4], rows=(0, 1, 2, 3), matching=4, total=ROWS, approximate=False
        )
    rows = slice(question.row, (question.row or 0) + 1) if question.row is not None else slice(3)
    noises = {name: values[rows] for name, values in TRUE.noises.items()}
    do = {item.variable: item.value for item in question.action if isinstance(item, Set)}
    would = pendulum.counterfactual(noises, do)
    return PictureAnswer(
        asked, would.pictures, TRUE.pictures[rows], causes=would.columns, stage=Stage.TRAINING
    )


@pytest.fixture
def pictured(shell: Shell, qtbot: QtBot) -> Iterator[Shell]:
    """The window with 40 pendulums, an engine that answers the truth, and row 0 imagined."""
    usual = shell.engine._answer
    shell.engine._answer = lambda asked: (  # type: ignore[method-assign]
        truth(asked) if isinstance(asked, PictureAsked) else usual(asked)
    )
    shell.document.replace(edits.pick_row(pendulum_pictures(ROWS), 0))
    page = shell.app.panels.question.imagine
    qtbot.waitUntil(lambda: page.photos.plot.rows != ())
    yield shell
    del shell.engine._answer


def test_an_imagined_picture_stands_beside_the_row_s_own(pictured: Shell) -> None:
    page = pictured.app.panels.question.imagine
    (was, would), *rest = page.photos.plot.rows
    assert rest == []
    np.testing.assert_array_equal(was.pixels, TRUE.pictures[0])
    expected = pendulum.counterfactual(
        {name: values[:1] for name, values in TRUE.noises.items()}, {"light": 62.0}
    )
    np.testing.assert_array_equal(would.pixels, expected.pictures[0])
    said = page.sentence.accessibleName()
    assert said == "Row 0, had light been 62.0 °: picture as it was and as it would be."
    light = f"{TRUE.columns['light'][0]:.3g}"
    assert f"light {light} → 62 °" in page.photos.changed.accessibleName()
    assert "Still learning. Approximate" in page.photos.notes.accessibleName()
    alone = page.photos.plot.accessibleDescription()
    assert f"would be: pendulum {TRUE.columns['pendulum'][0]:.3g}".replace("-", "−") in alone
    assert f"mean grey {TRUE.pictures[0].mean():.0f}" in alone


@pytest.mark.parametrize("larger", [False, True])
def test_pictures_are_shown_whole_at_every_width(
    pictured: Shell, qtbot: QtBot, larger: bool
) -> None:
    plot = pictured.app.panels.question.imagine.photos.plot
    if larger:
        pictured.app.actions["ui-larger"].trigger()
        pictured.app.actions["ui-larger"].trigger()
    for width in (1000, 1920, 1280):
        pictured.window.resize(width, 900)
        qtbot.waitUntil(lambda: plot.height() == plot.heightForWidth(plot.width()))
        places = [rect for rect, _ in plot._placed()]
        assert all(plot.rect().contains(rect.toAlignedRect()) for rect in places)
        assert not places[0].intersects(places[1])


def test_a_slider_repaints_the_picture(pictured: Shell, qtbot: QtBot) -> None:
    """The right arrow key on the slider of light: another picture, of the new value."""
    page = pictured.app.panels.question.imagine
    slider = page.rows.findChildren(type(page.rows.rows["light"].slider))[0]
    before = page.photos.plot.rows[0][1].pixels
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    light = next(i.value for i in pictured.document.project.question.action)
    assert light > 62.0
    qtbot.waitUntil(lambda: not np.array_equal(page.photos.plot.rows[0][1].pixels, before))
    noises = {name: values[:1] for name, values in TRUE.noises.items()}
    expected = pendulum.counterfactual(noises, {"light": light}).pictures[0]
    np.testing.assert_array_equal(page.photos.plot.rows[0][1].pixels, expected)
    pictured.document.undo_stack.undo()
    qtbot.waitUntil(lambda: np.array_equal(page.photos.plot.rows[0][1].pixels, before))


def test_the_difference_is_a_key_a_chip_and_a_picture(pictured: Shell, qtbot: QtBot) -> None:
    page, action = pictured.app.panels.question.imagine, pictured.app.actions["picture-difference"]
    assert action.isEnabled()
    qtbot.keyClick(pictured.window, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    ((was, would), (apart,)) = page.photos.plot.rows
    moved = would.pixels.astype(int) - was.pixels
    np.testing.assert_array_equal(apart.pixels, np.clip(128 + moved // 2, 0, 255))
    assert page.photos.apart.isChecked()
    qtbot.mouseClick(page.photos.apart, Qt.MouseButton.LeftButton)
    assert not action.isChecked()
    assert len(page.photos.plot.rows) == 1


def test_do_draws_the_same_units_with_and_without(pictured: Shell, qtbot: QtBot) -> None:
    pictured.app.actions["do"].trigger()
    page = pictured.app.panels.question.do
    qtbot.waitUntil(lambda: page.photos.plot.rows != ())
    without, drawn = page.photos.plot.rows
    assert [p.title for p in without] == ["without it"] * 3
    np.testing.assert_array_equal(without[1].pixels, TRUE.pictures[1])
    assert all(p.title == "do" for p in drawn)
    assert page.sentence.accessibleName().startswith("If do(light = 62.0 °): picture would look")
    assert not page.plot.isVisible()
    other = (Set("light", 90.0),)
    pictured.document.apply("x", lambda p: edits.compare_with(p, other))
    qtbot.waitUntil(lambda: page.photos.plot.rows[0][0].title == "do(light = 90.0 °)")


def test_seeing_shows_rows_and_nothing_approximate(pictured: Shell, qtbot: QtBot) -> None:
    pictured.app.actions["see"].trigger()
    page = pictured.app.panels.question.pages[Rung.SEE]
    qtbot.waitUntil(lambda: page.photos.plot.rows != ())
    shown = [photo for row in page.photos.plot.rows for photo in row]
    assert [photo.title for photo in shown] == ["row 0", "row 1", "row 2", "row 3"]
    assert page.sentence.accessibleName() == f"picture of 4 of {count(ROWS)} rows."
    assert "Approximate" not in page.photos.plot.accessibleDescription()
    assert not pictured.app.actions["pin"].isEnabled()


def test_another_outcome_puts_the_pictures_away(pictured: Shell, qtbot: QtBot) -> None:
    page = pictured.app.panels.question.imagine
    page.outcome.outcome.picked.emit("shadow length")
    qtbot.waitUntil(lambda: not page.photos.isVisible())
    assert page.tools.plot is not page.photos.plot
    assert "picture" in {str(choice.key) for choice in page.outcome.outcome.choices}


def test_before_anything_is_learnt_the_row_s_own_picture_is_there(
    shell: Shell, qtbot: QtBot
) -> None:
    """The stand-in engine knows no answer: the page says so, beside the picture of the row."""
    shell.document.replace(edits.pick_row(pendulum_pictures(ROWS), 0))
    page = shell.app.panels.question.imagine
    qtbot.waitUntil(lambda: page.hint.accessibleName() == "Fit the mechanisms first.")
    ((own,),) = page.photos.plot.rows
    np.testing.assert_array_equal(own.pixels, TRUE.pictures[0])
    assert own.title == "row 0, as it was"
    qtbot.mouseClick(page.row.next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.photos.plot.rows[0][0].title == "row 1, as it was")
    np.testing.assert_array_equal(page.photos.plot.rows[0][0].pixels, TRUE.pictures[1])
    assert not shell.app.actions["picture-difference"].isEnabled()


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.04, ""),
        (0.31, "For 31\u202f% of such pictures the causes lie outside the rows: extrapolated."),
        (1.0, "The causes lie outside the rows: extrapolated."),
    ],
)
def test_what_is_extrapolated_is_told(share: float, said: str) -> None:
    asked = PictureAsked("picture", pendulum_pictures(3).question)
    answer = replace(truth(asked), extrapolated=share, stage=Stage.FITTED, notes=("Mind this",))
    words = plain(photo_notes(answer))
    tail = "Mind this. Approximate: drawn by what was learnt, not photographed."
    assert words == f"{said} {tail}".lstrip()


def test_pictures_are_read_by_keys_and_copied(pictured: Shell, qtbot: QtBot) -> None:
    plot = pictured.app.panels.question.imagine.photos.plot
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_End)
    reading = plot.cursor_layer.reading
    assert reading is not None
    assert reading.words.startswith("would be: ")
    assert "light 62 °" in reading.words
    pictured.app.panels.question.use_answer("picture")
    assert not QGuiApplication.clipboard().image().isNull()
    header, was, would = plot.table()
    assert header == ("picture", *pendulum.CAUSES, "mean grey")
    assert (was[0], would[0], would[2]) == ("was", "would be", "62 °")


# ── the card ───────────────────────────────────────────────────────────────────────────────────


def test_the_card_shows_what_was_beside_what_would_be(pictured: Shell) -> None:
    card = pictured.app.canvas.stage.nodes["picture"].card
    was, would = card.thumbs
    np.testing.assert_array_equal(was.pixels, TRUE.pictures[0])
    assert (was.role, would.role, card.stamp) == ("seen", "imagine", "approximate")
    assert card.kind_words == "picture · 64 × 64"
    words = spoken(card, pictured.document.project, selected=False)
    assert "picture · 64 × 64, was, would be" in words
    assert "caused by pendulum, light, shadow length, shadow middle" in words


def test_thumbnails_are_the_pictures_themselves(pictured: Shell) -> None:
    """Without a question: the mean and two rows; where they fit, painted pixel by pixel."""
    pictured.document.apply("x", lambda p: edits.set_rung(edits.release_all(p), Rung.SEE))
    card = pictured.app.canvas.stage.nodes["picture"].card
    assert [t.words for t in card.thumbs] == ["mean of all rows", "row 0", "row 1"]
    painted = QImage(3 * 64 + 2 * 12, 64, QImage.Format.Format_RGB32)
    painter = QPainter(painted)
    box = QRectF(painted.rect())
    paint_thumbs(painter, card, pictured.app.appearance.theme, box)
    painter.end()
    for row, left in ((0, 76), (1, 152)):
        shown = [[painted.pixelColor(left + x, y).red() for x in range(64)] for y in range(64)]
        inner = (slice(1, -1), slice(1, -1))  # the frame is drawn over the rim
        np.testing.assert_array_equal(np.array(shown)[inner], TRUE.pictures[row][inner])


@pytest.mark.parametrize("detail", [1.0, 0.3])
def test_a_card_has_its_pictures_near_and_far(pictured: Shell, detail: float) -> None:
    node, theme = pictured.app.canvas.stage.nodes["picture"], pictured.app.appearance.theme
    painted = node.painted(1.0, detail, theme).pixmap.toImage()
    node.show_card(replace(node.card, thumbs=()))
    assert node.painted(1.0, detail, theme).pixmap.toImage() != painted


def test_the_mean_is_that_of_the_rows(pictured: Shell) -> None:
    pictured.document.apply("x", lambda p: edits.set_rung(edits.release_all(p), Rung.SEE))
    mean = pictured.app.canvas.stage.nodes["picture"].card.thumbs[0].pixels
    assert np.abs(mean - TRUE.pictures.mean(0)).max() <= 0.51


# ── what cannot be drawn, what follows ─────────────────────────────────────────────────────────


def test_an_arrow_out_of_a_picture_is_refused_in_one_sentence(pictured: Shell) -> None:
    project = pictured.document.project
    with pytest.raises(GraphError, match="here a picture causes nothing .picture → light"):
        edits.connect(edits.disconnect(project, "light", "picture"), "picture", "light")
    with pytest.raises(GraphError, match="shares no hidden cause"):
        edits.connect_hidden(project, "picture", "light")
    bare = edits.add_variable(project, "wind", (0.0, 0.0))
    pictured.document.apply("x", lambda _: bare)
    pictured.app.canvas.commands.connect_nodes("picture", "wind", hidden=False)
    assert ("picture", "wind") not in pictured.document.project.graph.edges
    assert edits.connect(bare, "wind", "picture").graph.parents("picture")[-1] == "wind"


def test_a_renamed_picture_keeps_its_pictures_and_its_question(pictured: Shell) -> None:
    renamed = edits.rename(pictured.document.project, "picture", "photo")
    assert renamed.pictures == ("photo",)
    assert renamed.question.outcome == "photo"
    with pytest.raises((DataError, GraphError)):
        edits.rename(pictured.document.project, "picture", "light")


def test_lists_tell_of_pictures(pictured: Shell) -> None:
    panels = pictured.app.panels
    model = panels.table.model
    place = model.index(2, model.columnCount() - 1)
    assert model.headerData(4, Qt.Orientation.Horizontal) == "picture"
    assert model.data(place) is None
    image = model.data(place, Qt.ItemDataRole.DecorationRole)
    assert (image.width(), image.height()) == (32, 32)
    words = model.data(place, Qt.ItemDataRole.AccessibleTextRole)
    assert words == f"picture, mean grey {TRUE.pictures[2].mean():.0f}"
    data = panels.data.model
    assert data.data(data.index(4)) == "picture"
    assert data.facts("picture") == "picture"
    menu = panels.data.menu_for("picture")
    assert [action.text() for action in menu.actions()] == ["Draw on the canvas", "Rename"]
    menu.deleteLater()
    assert panels.training.model.names[-1] == "picture"
    assert not (
        panels.training.model.flags(panels.training.model.index(4, 2)) & Qt.ItemFlag.ItemIsEditable
    )


def test_graph_formats_and_outline_take_a_picture_as_a_node(pictured: Shell) -> None:
    from engine.graph.formats.exporting import exported
    from engine.graph.formats.registry import FORMATS

    for format in FORMATS.keys() - {"bif"}:  # which holds categories only
        text, _ = exported(pictured.document.project, format)
        assert "picture" in text
    (line,) = (line for line in lines_of(pictured.document.project) if line.words == "picture")
    assert [inside.words for inside in line.inside][0] == "caused by pendulum"


# ── files ──────────────────────────────────────────────────────────────────────────────────────


def read_table(shell: Shell, folder: Path) -> Table:
    """As if the engine had read a table of four rows that names pictures."""
    x = Variable("x", Kind.CONTINUOUS)
    notes = ("file was left out: its 4 different texts name the rows",)
    table = Table((x,), {"x": np.arange(4.0)}, str(folder / "rows.csv"), notes)
    shell.app.files.read_table(folder / "rows.csv")
    (request,) = shell.engine.sent(m.ReadTable)
    shell.engine.emit(m.TableRead(request.ticket, table, ("file",)))
    return table


def test_files_of_pictures_are_offered_and_read_when_pressed(
    shell: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    action, line = shell.app.actions["read-pictures"], shell.app.photos.line
    assert not action.isEnabled()
    read_table(shell, tmp_path)
    qtbot.waitUntil(line.isVisible)
    assert "file names image files" in line.words.text()
    assert action.isEnabled()
    assert shell.engine.sent(m.ReadPictures) == []  # never silently
    qtbot.mouseClick(line.first, Qt.MouseButton.LeftButton)
    (request,) = shell.engine.sent(m.ReadPictures)
    assert (request.column, request.rows, request.path) == ("file", 4, tmp_path / "rows.csv")
    pictures = Pictures(np.full((4, 6, 5), 9, np.uint8))
    told = "file was read as 4 pictures of 5 × 6 pixels, grey"
    shell.engine.emit(m.PicturesRead(request.ticket, "file", pictures, (told,)))
    qtbot.waitUntil(lambda: bool(shell.document.project.table and _pictures(shell)))
    table = shell.document.project.table
    assert table is not None
    assert table.notes == (told,)
    assert not line.isVisible()
    assert not action.isEnabled()
    shell.document.undo_stack.undo()
    assert not _pictures(shell)
    assert action.isEnabled()


def test_a_refused_picture_says_so_above_the_canvas(
    shell: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    read_table(shell, tmp_path)
    qtbot.waitUntil(shell.app.photos.line.isVisible)
    shell.app.actions["read-pictures"].trigger()
    (request,) = shell.engine.sent(m.ReadPictures)
    shell.engine.emit(m.Refused(request, DataError("The picture b.png is not there")))
    qtbot.waitUntil(shell.app.notices.bar.isVisible)
    assert not _pictures(shell)


def test_pictures_of_other_rows_are_refused() -> None:
    with pytest.raises(DataError, match="4 rows, which the table does not have"):
        use_pictures(pendulum_pictures(3), "more", Pictures(np.zeros((4, 2, 2), np.uint8)))


def test_a_column_that_causes_something_cannot_become_pictures() -> None:
    project = pendulum_pictures(4)
    with pytest.raises(GraphError, match="light is a picture"):
        use_pictures(project, "light", Pictures(np.zeros((4, 2, 2), np.uint8)))


def test_the_same_file_read_again_keeps_its_pictures() -> None:
    project = pendulum_pictures(4)
    assert project.table is not None
    again = replace(project.table, pictures={}, notes=("read again",))
    kept = edits.use_table(project, again).table
    assert kept is not None
    assert kept.pictures == project.table.pictures


# ── examples ───────────────────────────────────────────────────────────────────────────────────


def test_an_example_of_pictures_is_made_by_the_engine(shell: Shell, qtbot: QtBot) -> None:
    shell.app.files.open_example("flow")
    shell.app.files.open_example("coloured-shapes")
    first, second = shell.engine.sent(m.MakeExample)
    shell.engine.emit(m.ExampleMade(first.ticket, pendulum_pictures(4)))
    shell.engine.emit(m.ExampleMade(second.ticket, shape_pictures(4)))
    qtbot.waitUntil(lambda: shell.document.project.title == "Coloured shapes")
    shell.engine.emit(m.ExampleMade(second.ticket, pendulum_pictures(4)))
    shell.app.files.open_example("kidney-stones")
    assert shell.document.project.title == "Kidney stones"
    QTest.mouseMove(shell.window, QPoint(5, 5))


def test_all_cards_of_other_pictures_are_asked_for(pictured: Shell, qtbot: QtBot) -> None:
    """The outcome is a number: the picture's card asks for itself, and shows the answer."""
    pictured.document.apply("x", lambda p: edits.set_outcome(p, "shadow length"))
    node = pictured.app.canvas.stage.nodes["picture"]
    qtbot.waitUntil(lambda: node.card.stamp == "approximate")
    asked = [r.question for r in pictured.engine.sent(m.Ask) if r.view == "picture picture"]
    assert [type(q) for q in asked] == [PictureAsked]
    pictured.document.apply("x", lambda p: edits.release_all(p))
    forgotten = [r.view for r in pictured.engine.sent(m.Forget)]
    assert "picture picture" in forgotten


def _pictures(shell: Shell) -> dict[str, Pictures]:
    table = shell.document.project.table
    return {} if table is None else dict(table.pictures)

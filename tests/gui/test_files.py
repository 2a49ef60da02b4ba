"""Files: whatever happens, nothing that the user made is lost."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.data.variable import Kind
from engine.errors import DataError, MixedColumnError, ProjectFileError, UserError
from engine.project import Project
from engine.runtime import messages as m
from gui import edits
from gui.dialogs import Choice
from tests.gui.conftest import Shell
from tests.gui.fakes import states, table, trial

LEFT = Qt.MouseButton.LeftButton


def touch(shell: Shell) -> Project:
    """One unsaved step."""
    shell.document.apply("Add x", lambda p: edits.add_variable(p, "x", (0.0, 0.0)))
    return shell.document.project


def process(qtbot: QtBot) -> None:
    qtbot.wait(1)


@pytest.fixture
def saved(shell: Shell, tmp_path: Path, qtbot: QtBot) -> Path:
    """A document that lives in a file and has one unsaved step."""
    path = tmp_path / "trial.doscope"
    shell.document.replace(trial(), path)
    touch(shell)
    return path


def test_new_on_a_clean_project_asks_nothing(shell: Shell) -> None:
    shell.app.files.new()
    assert shell.dialogs.asked == []


def test_cancel_keeps_everything(shell: Shell) -> None:
    project = touch(shell)
    shell.app.files.new()
    assert shell.dialogs.asked == ["unsaved Untitled"]
    assert shell.document.project == project


def test_discard_starts_anew(shell: Shell) -> None:
    touch(shell)
    shell.dialogs.choice = Choice.DISCARD
    shell.app.files.new()
    assert shell.document.project == Project()
    assert not shell.document.undo_stack.canUndo()


def test_save_first_then_new(shell: Shell, saved: Path, qtbot: QtBot) -> None:
    shell.dialogs.choice = Choice.SAVE
    project = shell.document.project
    shell.app.files.new()
    assert shell.document.project == project  # not before the file is safe
    process(qtbot)
    request = shell.engine.sent(m.Save)[-1]
    assert isinstance(request, m.Save)
    assert (request.path, request.project) == (saved, project)
    assert shell.document.project == Project()


def test_a_refused_save_keeps_the_window_open(shell: Shell, saved: Path, qtbot: QtBot) -> None:
    shell.dialogs.choice = Choice.SAVE
    project = shell.document.project

    def refuse(request: m.Request) -> None:
        shell.engine.requests.append(request)
        if isinstance(request, m.Save):
            error = ProjectFileError("The disk is full", where=str(request.path))
            shell.engine.emit(m.Refused(request, error))

    shell.engine.send = refuse  # type: ignore[method-assign]
    shell.app.files.new()
    process(qtbot)
    assert shell.document.project == project
    assert not shell.document.clean
    assert "The disk is full" in shell.app.notices.bar.words.text()


def test_closing_asks_once_and_cancel_keeps_the_window(shell: Shell, saved: Path) -> None:
    assert not shell.window.close()
    assert shell.window.isVisible()
    assert shell.dialogs.asked == ["unsaved trial.doscope"]


def test_closing_with_discard_closes(shell: Shell, saved: Path) -> None:
    shell.dialogs.choice = Choice.DISCARD
    assert shell.window.close()
    assert shell.dialogs.asked == ["unsaved trial.doscope"]


def test_closing_with_save_closes_when_the_file_is_safe(
    shell: Shell, saved: Path, qtbot: QtBot
) -> None:
    shell.dialogs.choice = Choice.SAVE
    assert not shell.window.close()
    qtbot.waitUntil(lambda: not shell.window.isVisible(), timeout=2000)
    assert len(shell.engine.sent(m.Save)) == 1
    assert len(shell.dialogs.asked) == 1


def test_an_edit_during_the_save_stays_unsaved(shell: Shell, saved: Path, qtbot: QtBot) -> None:
    shell.app.files.save()
    shell.document.apply("Add y", lambda p: edits.add_variable(p, "y", (0.0, 0.0)))
    process(qtbot)
    assert not shell.document.clean
    assert shell.app.files.state == "edited"


def test_save_as_remembers_and_names_the_file(shell: Shell, tmp_path: Path, qtbot: QtBot) -> None:
    touch(shell)
    shell.dialogs.path = tmp_path / "mine.doscope"
    shell.app.files.save()
    process(qtbot)
    assert shell.document.clean
    assert shell.window.filename.text() == "mine.doscope · saved"
    assert shell.app.files.recent.paths()[0].name == "mine.doscope"
    touch_again = shell.document.project
    shell.document.apply("Move", lambda p: edits.move(touch_again, {"x": (5.0, 5.0)}))
    assert shell.window.filename.text() == "mine.doscope · edited"


def test_a_copy_without_rows_is_asked_for_and_leaves_the_document_alone(
    shell: Shell, saved: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    shell.dialogs.path = tmp_path / "copy.doscope"
    shell.app.files.save_without_rows()
    process(qtbot)
    request = shell.engine.sent(m.Save)[-1]
    assert isinstance(request, m.Save)
    assert request.project == shell.document.project
    assert not request.rows
    assert shell.document.path == saved
    assert not shell.document.clean
    assert "reveal" in shell.app.notices.toast.words.text()


def test_an_opened_project_replaces_the_document(
    shell: Shell, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "other.doscope"
    path.touch()
    shell.app.files.open_path(path)
    process(qtbot)
    assert shell.document.project == trial()
    assert shell.document.path == path
    assert [p.name for p in shell.app.files.recent.paths()] == ["other.doscope"]


def test_a_file_that_is_gone_is_named_and_forgotten(
    shell: Shell, tmp_path: Path, qtbot: QtBot
) -> None:
    gone = tmp_path / "gone.doscope"
    shell.app.files.recent.remember(gone)
    shell.app.files.open_path(gone)
    assert "gone.doscope is not there" in shell.app.notices.bar.words.text()
    assert shell.app.files.recent.paths() == ()


def test_recent_files_are_newest_first_each_once_and_at_most_ten(
    shell: Shell, tmp_path: Path
) -> None:
    for number in [*range(12), 5]:
        shell.app.files.recent.remember(tmp_path / f"{number}.doscope")
    assert [path.stem for path in shell.app.files.recent.paths()] == [
        "5", "11", "10", "9", "8", "7", "6", "4", "3", "2",
    ]  # fmt: skip
    assert len(shell.window.submenus["recent"].actions()) == 10


def test_a_read_table_is_one_undo_step_and_is_announced(
    shell: Shell, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "small.csv"
    path.write_text("age,dose\n1,2\n")
    shell.app.files.open_path(path)
    request = shell.engine.sent(m.ReadTable)[-1]
    assert isinstance(request, m.ReadTable)
    assert request.path == path
    shell.engine.emit(m.TableRead(request.ticket, table(rows=4812)))
    process(qtbot)
    assert shell.document.project.table == table(rows=4812)
    assert shell.app.notices.toast.words.text() == "Read 4\u202f812 rows, 2 variables"
    shell.document.undo_stack.undo()
    assert shell.document.project.table is None


def test_columns_left_out_are_counted(shell: Shell, qtbot: QtBot) -> None:
    gone = tuple(f"{name} was left out: its 50 different texts name the rows" for name in "abcd")
    for notes, words in ((gone, "4 columns left out"), (gone[:1], "1 column left out")):
        shell.app.files.read_table(Path("small.csv"))
        request = shell.engine.sent(m.ReadTable)[-1]
        assert isinstance(request, m.ReadTable)
        assert shell.app.panels.data.left_out.isVisible() == (len(notes) == 1)
        read = replace(table(rows=50 + len(notes)), notes=(*notes, "x was read with commas"))
        shell.engine.emit(m.TableRead(request.ticket, read))
        process(qtbot)
        assert shell.app.notices.toast.words.text().endswith(f" rows, 2 variables, {words}")


def test_only_the_newest_table_counts(shell: Shell, tmp_path: Path, qtbot: QtBot) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("x\n1\n")
        shell.app.files.open_path(tmp_path / name)
    first = shell.engine.sent(m.ReadTable)[0]
    assert isinstance(first, m.ReadTable)
    shell.engine.emit(m.TableRead(first.ticket, table()))
    process(qtbot)
    assert shell.document.project.table is None


def test_an_example_opens_clean(shell: Shell) -> None:
    shell.app.files.open_example("kidney-stones")
    assert shell.document.project.title == "Kidney stones"
    assert shell.document.clean
    assert shell.window.filename.text() == "Kidney stones"


def test_a_graph_goes_out_and_comes_back(shell: Shell, tmp_path: Path) -> None:
    shell.document.replace(trial())
    graph = shell.document.project.graph
    path = tmp_path / "trial.dag"
    shell.app.files.write_graph(path)
    shell.app.files.new()
    shell.app.files.open_path(path)
    read = shell.document.project.graph
    assert (set(read.variables), read.edges) == (set(graph.variables), graph.edges)
    assert shell.document.undo_stack.undoText() == "Import trial.dag"


def test_a_tetrad_text_is_known_from_a_table(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "graph.txt"
    path.write_text("Graph Nodes:\na;b\n\nGraph Edges:\n1. a --> b\n")
    shell.app.files.open_path(path)
    assert shell.document.project.graph.edges == {("a", "b")}
    assert shell.engine.sent(m.ReadTable) == []


def test_a_broken_graph_changes_nothing(shell: Shell, tmp_path: Path, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    path = tmp_path / "loop.dag"
    path.write_text("dag { a -> b b -> a }")
    with qtbot.waitSignal(shell.app.files.refused) as heard:
        shell.app.files.open_path(path)
    assert isinstance(heard.args[0], UserError)
    assert shell.document.project == trial()


def test_the_bar_of_a_failed_import_goes_when_the_next_succeeds(
    shell: Shell, tmp_path: Path, qtbot: QtBot
) -> None:
    loop, chain, bar = tmp_path / "loop.dag", tmp_path / "chain.dag", shell.app.notices.bar
    loop.write_text("dag { a -> b b -> a }")
    chain.write_text("dag { a -> b }")
    shell.app.files.open_path(loop)
    assert bar.isVisible()
    assert bar.words.text().endswith("(loop.dag, b → a → b)")
    shell.app.files.open_path(chain)
    assert not bar.isVisible()
    shell.app.files.read_table(Path("heights.csv"))
    (request,) = shell.engine.sent(m.ReadTable)
    assert isinstance(request, m.ReadTable)
    shell.engine.emit(m.Refused(request, DataError("Line 7 cannot be read")))
    qtbot.waitUntil(bar.isVisible, timeout=1000)
    shell.engine.emit(m.TableRead(request.ticket, table()))
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=1000)


def test_another_refusal_stays_when_an_import_succeeds(shell: Shell, tmp_path: Path) -> None:
    chain, bar = tmp_path / "chain.dag", shell.app.notices.bar
    chain.write_text("dag { a -> b }")
    shell.app.files.open_path(tmp_path / "gone.dag")
    shell.app.notices.refuse(ProjectFileError("The disk is full"))
    shell.app.files.open_path(chain)
    assert bar.isVisible()
    assert bar.words.text() == "The disk is full"


def test_a_column_with_a_stray_word_can_be_read_as_categories(shell: Shell, qtbot: QtBot) -> None:
    path, bar = Path("heights.csv"), shell.app.notices.bar
    shell.app.files.read_table(path)
    for column in ("family", "ward"):
        (*_, request) = shell.engine.sent(m.ReadTable)
        error = MixedColumnError(column, f"{column} holds '136A' where most cells are numbers")
        shell.engine.emit(m.Refused(request, error))
        qtbot.waitUntil(bar.isVisible, timeout=1000)
        assert bar.mend.text() == f"Read {column} as categories"
        qtbot.mouseClick(bar.mend, LEFT)
        assert not bar.isVisible()
    (*_, again) = shell.engine.sent(m.ReadTable)
    assert again.path == path
    assert again.kinds == {"family": Kind.CATEGORICAL, "ward": Kind.CATEGORICAL}


def test_other_refusals_offer_no_such_button(shell: Shell, qtbot: QtBot) -> None:
    shell.app.files.read_table(Path("heights.csv"))
    (request,) = shell.engine.sent(m.ReadTable)
    error = MixedColumnError("family", "family holds '136A' where most cells are numbers")
    shell.engine.emit(m.Refused(request, error))
    shell.engine.emit(m.Refused(request, DataError("Line 7 cannot be read")))
    bar = shell.app.notices.bar
    qtbot.waitUntil(lambda: bar.words.text() == "Line 7 cannot be read", timeout=1000)
    assert not bar.mend.isVisible()


def learn(shell: Shell, qtbot: QtBot, variable: str = "dose") -> None:
    """The engine has learnt one mechanism."""
    project = shell.engine.project
    reports = states(project, shell.engine.revision, m.FitState.FITTED).reports
    with qtbot.waitSignal(shell.app.bridge.fitted):
        shell.engine.emit(m.Fitted(variable, "key", reports[variable]))


def test_what_was_learnt_is_unsaved_work_but_no_step(
    shell: Shell, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "trial.doscope"
    shell.document.replace(trial(), path)
    process(qtbot)
    assert shell.window.filename.text() == "trial.doscope · saved"
    learn(shell, qtbot)
    assert shell.window.filename.text() == "trial.doscope · edited"
    assert not shell.document.undo_stack.canUndo()
    assert not shell.window.close()
    assert shell.dialogs.asked == ["unsaved trial.doscope"]
    shell.app.files.save()
    process(qtbot)
    assert shell.window.filename.text() == "trial.doscope · saved"


def test_an_example_that_was_fitted_is_asked_about_and_one_that_was_not_is_not(
    shell: Shell, qtbot: QtBot
) -> None:
    shell.document.replace(trial())
    process(qtbot)
    shell.app.files.when_safe(lambda: None)
    assert shell.dialogs.asked == []
    learn(shell, qtbot)
    shell.app.files.when_safe(lambda: None)
    assert len(shell.dialogs.asked) == 1


def test_what_is_learnt_during_the_save_stays_unsaved(
    shell: Shell, saved: Path, qtbot: QtBot
) -> None:
    process(qtbot)
    closed: list[bool] = []
    shell.app.files.save(lambda: closed.append(True))
    (request,) = shell.engine.sent(m.Save)
    shell.document.learn()
    process(qtbot)
    assert isinstance(request, m.Save)
    assert not shell.document.clean
    assert closed == [True]  # the user's own work is safe: what was to follow does


def test_a_fit_of_the_document_before_is_not_work_on_this_one(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    process(qtbot)
    report = states(trial(), 1, m.FitState.FITTED).reports["dose"]
    shell.engine.emit(m.Fitted("dose", "key", report))  # on its way when the next one opens
    shell.app.files.open_example("kidney-stones")
    process(qtbot)
    assert shell.document.clean

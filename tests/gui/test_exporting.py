"""Before a file is written: the dialogs that say what it will hold, by keys."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.errors import GraphError
from engine.graph.formats.exporting import exported
from engine.graph.formats.registry import FORMATS
from engine.graph.graph import graph_of
from engine.project import Project, Role
from gui.edit_edges import toggle_randomised
from gui.exporting import ExportGraph
from gui.formats import TITLES, filter_of, filter_of_all
from gui.pictures import PDF, PNG, Style
from gui.picturing import ExportPicture
from tests.gui.conftest import Shell
from tests.gui.fakes import trial

LOSSES = {"gml": (), "tetrad": ("roles are left out: x (exposure)", "places are left out")}


def told(format: str) -> tuple[str, ...]:
    if format == "bif":
        raise GraphError("BIF holds categories only, and x has none", remedy="choose another")
    return LOSSES.get(format, ())


@pytest.fixture
def dialog(qtbot: QtBot) -> ExportGraph:
    made = ExportGraph(None, "gml", told)
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_format_has_its_name_and_its_endings() -> None:
    assert TITLES.keys() == FORMATS.keys()
    assert filter_of("gml") == "GML (*.gml)"
    assert all(
        f"*{ending}" in filter_of_all() for one in FORMATS.values() for ending in one.extensions
    )


def test_the_list_begins_where_the_last_export_ended(dialog: ExportGraph) -> None:
    assert dialog.chosen == "gml"
    assert dialog.losses.text() == "It keeps everything that is drawn."
    assert not dialog.heading.isVisible()


def test_keys_walk_through_the_formats_and_say_what_each_leaves_out(dialog: ExportGraph) -> None:
    while dialog.chosen != "tetrad":
        QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.losses.text() == ("• Roles are left out: x (exposure)\n• Places are left out")
    assert dialog.heading.isVisible()
    assert "Roles are left out" in dialog.list.accessibleDescription()
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.result() == ExportGraph.DialogCode.Accepted


def test_what_cannot_be_written_says_why_and_cannot_be_chosen(dialog: ExportGraph) -> None:
    QTest.keyClick(dialog.list, Qt.Key.Key_End)
    assert dialog.chosen == "bif"
    assert "x has none" in dialog.losses.text()
    assert not dialog.go.isEnabled()
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.isVisible()
    QTest.keyClick(dialog.list, Qt.Key.Key_Escape)
    assert dialog.result() == ExportGraph.DialogCode.Rejected


def test_the_window_exports_every_format_and_says_what_was_left_out(
    shell: Shell, tmp_path: Path
) -> None:
    graph = graph_of(["x", "y"], [("x", "y")], [("x", "y")])
    shell.document.replace(
        Project(graph, {"x": (0.0, 0.0), "y": (300.0, 0.0)}, {"x": Role.EXPOSURE})
    )
    for format in FORMATS.keys() - {"bif", "bnlearn", "knowledge"}:
        shell.dialogs.format = format
        shell.dialogs.path = tmp_path / f"g{FORMATS[format].extensions[0]}"
        shell.app.actions["export-graph"].trigger()
        shell.app.files.open_path(shell.dialogs.path)
        assert shell.document.project.graph == graph
    assert shell.dialogs.losses["tetrad"] == (
        "roles are left out: x (exposure)",
        "places are left out",
    )
    assert "left out" not in " ".join(shell.dialogs.losses["dagitty"])


def test_assumed_arrows_go_out_and_come_back(shell: Shell, tmp_path: Path) -> None:
    graph = graph_of(["x", "y"], [("x", "y")])
    shell.document.replace(Project(graph, assumed=frozenset(graph.edges)))
    shell.app.files.write_graph(tmp_path / "g.dag")
    shell.app.files.new()
    shell.app.files.open_path(tmp_path / "g.dag")
    assert shell.document.project.assumed == graph.edges


def test_an_import_says_what_a_project_has_no_place_for(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "k.txt"
    path.write_text("/knowledge\naddtemporal\n1 a\n2 b\nforbiddirect\nb a\nrequiredirect\na b\n")
    shell.app.files.open_path(path)
    assert shell.document.project.graph.edges == {("a", "b")}
    said = shell.app.notices.toast.words.text()
    assert shell.document.project.tiers == {"a": 0, "b": 1}
    assert "time tiers" not in said
    assert said.endswith("forbidden arrows are left out")


def test_an_import_against_the_tiers_says_that_they_go(shell: Shell, tmp_path: Path) -> None:
    shell.document.replace(Project(graph_of(["a", "b"]), tiers={"a": 0, "b": 1}))
    path = tmp_path / "g.dag"
    path.write_text("dag { b -> a }")
    shell.app.files.open_path(path)
    assert shell.document.project.tiers == {}
    assert "time tiers that its arrows contradict" in shell.app.notices.toast.words.text()
    shell.document.undo_stack.undo()
    assert shell.document.project.tiers == {"a": 0, "b": 1}


def test_a_cut_edge_is_said_to_be_left_out() -> None:
    lot = toggle_randomised(Project(graph_of(["a", "b"], [("a", "b")])), ("b",))
    text, dropped = exported(lot, "dagitty")
    assert "->" not in text
    assert dropped == ("edges that a lot cut are left out: a → b",)


def test_a_table_in_a_txt_file_stays_a_table(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("# measured in May\nage\tdose\n1\t2\n")
    shell.app.files.open_path(path)
    assert shell.document.project.graph.variables == ()
    assert len(shell.engine.requests) > 0


def test_the_picture_dialog_by_keys(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    dialog = ExportPicture(None, shell.app.canvas.stage, Style(kind=PDF))
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.style_chosen == Style(kind=PDF)
    assert dialog.size_words.text().endswith("mm, sharp at any size")
    assert not dialog.resolution.isEnabled()
    QTest.keyClick(dialog.kind, Qt.Key.Key_Down)
    assert dialog.resolution.isEnabled()
    QTest.keyClick(dialog.resolution, Qt.Key.Key_End)
    with_legend = dialog.size_words.text()
    QTest.keyClick(dialog.legend, Qt.Key.Key_Space)
    assert dialog.style_chosen == Style(PNG, legend=False, dpi=600)
    assert dialog.size_words.text() != with_legend
    with qtbot.waitSignal(dialog.slices.ended):
        pass
    assert not dialog.preview.pixmap().isNull()


def test_every_control_has_a_name(shell: Shell, qtbot: QtBot, dialog: ExportGraph) -> None:
    picture = ExportPicture(None, shell.app.canvas.stage, Style())
    qtbot.addWidget(picture)
    for widget in (*dialog.findChildren(QWidget), *picture.findChildren(QWidget)):
        if widget.window() in (dialog, picture) and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            named = widget.accessibleName() or getattr(widget, "text", lambda: "")()
            assert named, widget

"""The data panel: what it lists, says, drags and changes."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.project import Project
from gui import edits
from gui.appearance import Appearance
from gui.document import Document
from gui.panels.data import FILTER_FROM, DataPanel
from gui.variables import COLUMNS_MIME, glimpse
from tests.gui.fakes import cards, table, trial


@pytest.fixture
def panel(qtbot: QtBot, document: Document, appearance: Appearance) -> DataPanel:
    made = DataPanel(document, appearance)
    qtbot.addWidget(made)
    made.show()
    return made


def mixed() -> Table:
    variables = (
        Variable("age", Kind.CONTINUOUS, "years"),
        Variable("ward", Kind.CATEGORICAL, categories=("A", "B", "C")),
        Variable("bmi", Kind.CONTINUOUS, "kg"),
        Variable("visits", Kind.COUNT, step=1.0),
    )
    n = np.nan
    columns = {
        "age": np.array([30.0, 40.0, 50.0, 60.0]),
        "ward": np.array([0.0, 1.0, 1.0, 1.0]),
        "bmi": np.array([20.0, n, 22.0, 23.0]),
        "visits": np.array([1.0, 2.0, 2.0, 3.0]),
    }
    return Table(variables, columns, "/home/me/wards.csv")


def test_the_right_side_says_the_most_telling_fact(panel: DataPanel, document: Document) -> None:
    document.replace(Project(table=mixed()))
    facts = [panel.model.facts(name) for name in ("age", "ward", "bmi", "visits")]
    assert facts == ["years", "3 levels", "25\u202f% missing", "count"]
    assert panel.heading.text() == "Data · wards.csv · 4 rows"
    assert panel.heading.toolTip() == "wards.csv · 4 rows\n/home/me/wards.csv"


def test_a_long_title_gives_way(panel: DataPanel, document: Document) -> None:
    narrow = panel.minimumSizeHint().width()
    title = "A trial with a title as long as an afternoon"
    document.replace(Project(table=replace(mixed(), source=title)))
    assert panel.minimumSizeHint().width() <= max(narrow, 240)
    assert panel.heading.toolTip() == f"{title} · 4 rows"


def test_notes_fold_out_as_plain_text(panel: DataPanel, document: Document) -> None:
    assert not panel.about.isVisible()
    document.replace(Project(table=mixed(), notes="Look at <b>age</b> first."))
    assert panel.about.isVisible()
    assert not panel.about.words.isVisible()
    panel.about.head.click()
    assert panel.about.words.isVisible()
    assert panel.about.words.toPlainText() == "Look at <b>age</b> first."
    document.replace(Project(table=mixed()))
    assert not panel.about.isVisible()


def test_columns_left_out_are_listed_by_sentence(panel: DataPanel, document: Document) -> None:
    gone = tuple(f"v{i} was left out: its 4 different texts name the rows" for i in range(8))
    document.replace(Project(table=replace(mixed(), notes=(*gone[:2], "bmi has commas"))))
    assert panel.left_out.isVisible()
    assert panel.left_out.words.text().splitlines() == list(gone[:2])
    assert panel.assumed.words.text() == "bmi has commas"
    document.apply("Rename", lambda p: edits.rename_column(p, "bmi", "mass"))
    assert panel.left_out.words.text().splitlines() == list(gone[:2])
    document.replace(Project(table=replace(mixed(), notes=gone, source="other.csv")))
    assert panel.left_out.words.text().splitlines() == [*gone[:6], "and 2 more"]
    document.replace(Project(table=trial().table))
    assert not panel.left_out.isVisible()
    assert not panel.assumed.isVisible()


def test_variables_not_drawn_are_named(panel: DataPanel, document: Document) -> None:
    project = trial()
    wider = mixed()
    both = Table(
        (*project.table.variables, wider.variables[1]),
        {**project.table.columns, "ward": np.zeros(project.table.rows)},
    )
    document.replace(replace(project, table=both))
    assert panel.absent.isVisible()
    assert panel.absent.text() == "ward: assumed irrelevant until drawn"
    document.replace(project)
    assert not panel.absent.isVisible()


def test_an_empty_panel_says_what_to_do(panel: DataPanel, document: Document) -> None:
    assert panel.empty.isVisible()
    document.replace(trial())
    assert not panel.empty.isVisible()


def test_a_drag_carries_names(panel: DataPanel, document: Document) -> None:
    document.replace(trial())
    indexes = [panel.model.index(row) for row in (0, 2)]
    data = panel.model.mimeData(indexes)
    assert bytes(data.data(COLUMNS_MIME).data()).decode() == "age\ndose"


def test_return_draws_what_is_not_drawn(panel: DataPanel, document: Document, qtbot: QtBot) -> None:
    document.replace(Project(table=mixed()))
    panel.list.setCurrentIndex(panel.model.index(1))
    with qtbot.waitSignal(panel.add_wanted) as heard:
        qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert heard.args == [("ward",)]


def test_many_columns_can_be_filtered(panel: DataPanel, document: Document, qtbot: QtBot) -> None:
    document.replace(Project(table=table([f"v{i}" for i in range(FILTER_FROM)])))
    assert panel.filter.isVisible()
    qtbot.keyClicks(panel.filter, "V1")
    assert panel.model.rowCount() == 7  # v1, v10 … v15
    document.replace(Project(table=table(("a",))))
    assert not panel.filter.isVisible()
    assert panel.model.rowCount() == 1


def test_kind_unit_and_name_are_one_undo_step_each(panel: DataPanel, document: Document) -> None:
    document.replace(Project(table=mixed()))
    panel.set_kind("visits", Kind.CATEGORICAL)
    panel.set_unit("age", "months")
    panel.model.setData(panel.model.index(1), "unit")
    changed = document.project.table
    assert changed is not None
    assert changed.variable("visits").kind is Kind.CATEGORICAL
    assert changed.variable("age").unit == "months"
    assert changed.names == ("age", "unit", "bmi", "visits")
    for _ in range(3):
        document.undo_stack.undo()
    assert document.project.table == mixed()


def test_an_impossible_kind_is_refused(panel: DataPanel, document: Document, qtbot: QtBot) -> None:
    document.replace(Project(table=mixed()))
    with qtbot.waitSignal(panel.refused):
        panel.set_kind("ward", Kind.CONTINUOUS)
    assert document.project.table == mixed()


def test_the_menu_marks_the_present_kind(panel: DataPanel, document: Document) -> None:
    document.replace(Project(table=mixed()))
    menu = panel.menu_for("visits")
    kinds = next(action.menu() for action in menu.actions() if action.menu() is not None)
    assert [a.text() for a in kinds.actions() if a.isChecked()] == ["count"]


def test_the_engine_s_shapes_replace_the_quick_ones(panel: DataPanel, document: Document) -> None:
    document.replace(trial())
    answer = cards(trial())
    panel.show_cards(answer)
    assert panel.model.shape("dose") is answer.seen["dose"]


def test_a_quick_shape_has_the_right_shares() -> None:
    shape = glimpse(mixed(), "ward")
    assert shape.bars
    assert shape.y.tolist() == [0.25, 0.75, 0.0]


def test_a_quick_shape_peaks_where_the_data_do() -> None:
    values = np.random.default_rng(1).normal(10.0, 2.0, 9000)
    shape = glimpse(Table((Variable("x", Kind.CONTINUOUS),), {"x": values}), "x")
    assert shape.x[np.argmax(shape.y)] == pytest.approx(10.0, abs=1.0)
    assert shape.y.max() == 1.0


@pytest.mark.parametrize("values", [[np.nan, np.nan], [3.0, 3.0], []])
def test_odd_columns_have_a_quick_shape_too(values: list[float]) -> None:
    shape = glimpse(Table((Variable("x", Kind.CONTINUOUS),), {"x": np.array(values)}), "x")
    assert len(shape.x) == len(shape.y)
    assert np.isfinite(shape.y).all()


def test_a_change_that_takes_long_shows_a_busy_pointer(
    panel: DataPanel, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    document.replace(Project(table=mixed()))
    seen: list[bool] = []
    document.changed.connect(lambda: seen.append(QGuiApplication.overrideCursor() is not None))
    panel.set_unit("age", "months")
    monkeypatch.setattr("gui.busy.MANY_CELLS", 10)
    panel.set_unit("age", "years")
    panel.set_kind("bmi", Kind.BINARY)  # refused
    assert seen == [False, True]
    assert QGuiApplication.overrideCursor() is None


def test_a_time_tier_is_given_to_a_column_that_is_not_drawn(
    panel: DataPanel, document: Document
) -> None:
    document.replace(Project(table=mixed()))
    menu = panel.menu_for("age")
    tiers = next(a.menu() for a in menu.actions() if a.text() == "Time tier")
    next(a for a in tiers.actions() if a.text() == "1").trigger()
    assert document.project.tiers == {"age": 1}
    assert "tier 1" in panel.model.badges("age")
    document.undo_stack.undo()
    assert document.project.tiers == {}
    assert "tier 1" not in panel.model.badges("age")
    menu.deleteLater()

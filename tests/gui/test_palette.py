"""Ctrl+K finds everything by a few letters, and needs no mouse."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.actions import ACTIONS
from gui.palette import Entry, Palette, matches, spread
from tests.gui.conftest import Shell
from tests.gui.fakes import trial


def entries(*names: str, unusable: str = "") -> list[Entry]:
    return [Entry(name, "", lambda: None, name != unusable) for name in names]


def found(text: str, *names: str, unusable: str = "") -> list[str]:
    return [entry.text for entry in matches(text, entries(*names, unusable=unusable))]


@pytest.mark.parametrize(
    ("text", "first"),
    [("und", "Undo"), ("lay out", "Lay out again"), ("xpg", "Export graph"),
     ("thda", "Theme: Dark"), ("GRAPH", "Export graph"), ("", "Redo")],
)  # fmt: skip
def test_the_closest_comes_first(text: str, first: str) -> None:
    names = ("Redo", "Undo", "Lay out again", "Export picture", "Export graph", "Theme: Dark")
    assert found(text, *names)[0] == first


def test_a_begin_beats_a_middle_and_a_middle_beats_spread_letters() -> None:
    assert found("age", "Packaged", "A big lane", "mean age", "age") == [
        "age", "mean age", "Packaged", "A big lane",
    ]  # fmt: skip


def test_what_is_not_there_is_not_found() -> None:
    assert found("zzz", "Undo", "Redo") == []
    assert found("undo x", "Undo") == []


def test_what_cannot_be_used_comes_last() -> None:
    assert found("o", "Only", "Undo", "Redo", unusable="Only") == ["Undo", "Redo", "Only"]


@given(st.text("abc", min_size=1, max_size=4), st.text("abc", max_size=8))
def test_spread_is_the_shortest_stretch_that_holds_the_letters(word: str, text: str) -> None:
    """By enumeration of all places where the letters stand in order."""
    places = [
        p for p in itertools.combinations(range(len(text)), len(word))
        if all(text[i] == letter for i, letter in zip(p, word, strict=True))
    ]  # fmt: skip
    assert spread(word, text) == min((p[-1] - p[0] + 1 for p in places), default=None)


# ── in the window ──────────────────────────────────────────────────────────────────────────────


def open_palette(shell: Shell) -> Palette:
    shell.app.canvas.setFocus()
    QTest.keyClick(shell.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = shell.window.findChild(Palette)
    assert palette is not None
    assert QApplication.focusWidget() is palette.field
    return palette


def test_every_action_example_and_variable_is_in_it(shell: Shell) -> None:
    shell.document.replace(trial())
    listed = {line.text for line in open_palette(shell).list.lines()}
    names = {shell.app.actions[spec.id].text() for spec in ACTIONS}
    plain = {name.replace("&", "").removesuffix("…") for name in names}
    assert {name for name in plain if not any(line.endswith(name) for line in listed)} == set()
    assert set(trial().graph.variables) <= listed
    assert {"Kidney stones", "Berkeley admissions 1973"} <= listed


def test_an_example_is_opened_by_keys(shell: Shell) -> None:
    palette = open_palette(shell)
    QTest.keyClicks(palette.field, "kidney")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert "treatment" in shell.document.project.graph.variables
    assert not palette.isVisible()


def test_what_cannot_be_done_now_is_shown_but_does_nothing(shell: Shell) -> None:
    palette = open_palette(shell)
    QTest.keyClicks(palette.field, "pause")
    line = palette.list.lines()[palette.list.currentIndex().row()]
    assert (line.text, line.quiet) == ("Pause", "not now")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_up_from_the_first_is_the_last_and_escape_gives_the_keyboard_back(shell: Shell) -> None:
    palette = open_palette(shell)
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == len(palette.list.lines()) - 1
    QTest.keyClick(palette.field, Qt.Key.Key_PageDown)
    assert palette.list.currentIndex().row() == len(palette.list.lines()) - 1
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert QApplication.focusWidget() is shell.app.canvas

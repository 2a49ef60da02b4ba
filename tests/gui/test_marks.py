"""Marked lines: spoken in words, painted without fonts for rare signs."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.appearance import Appearance
from gui.marks import Line, Lines, Mark, folded
from gui.theme import LIGHT


@pytest.fixture
def view(qtbot: QtBot) -> Lines:
    made = Lines("Tests", Appearance("light"))
    qtbot.addWidget(made)
    made.resize(400, 80)
    return made


def test_a_screen_reader_hears_the_mark_and_the_sign(view: Lines) -> None:
    view.show_lines((Line(Mark.PASSED, "a ⫫ b | c", "partial r .01"),))
    index = view.model().index(0, 0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "passed, a independent of b | c, partial r .01"


@pytest.mark.parametrize(
    ("mark", "role"), [(Mark.PASSED, "outcome"), (Mark.WARNED, "warn"), (Mark.OPEN, "quiet")]
)
def test_a_mark_has_its_colour(view: Lines, mark: Mark, role: str) -> None:
    view.show_lines((Line(mark, ""),))
    image = view.grab().toImage()
    spots = [image.pixelColor(x, y) for x in range(20) for y in range(30)]

    def nearest(role: str) -> int:  # a thin sign is mixed with the paper, whatever the font
        wanted = LIGHT.color(role)
        return min(abs(s.red() - wanted.red()) + abs(s.green() - wanted.green()) for s in spots)

    assert nearest(role) <= 20
    assert nearest(role) == min(map(nearest, ("outcome", "warn", "quiet")))


def test_the_same_lines_do_not_reset_the_list(view: Lines, qtbot: QtBot) -> None:
    lines = (Line(Mark.NONE, "one"), Line(Mark.NONE, "two"))
    view.show_lines(lines)
    view.setCurrentIndex(view.model().index(1, 0))
    view.show_lines(tuple(lines))
    assert view.currentIndex().row() == 1


@pytest.mark.parametrize("room", [60, 120, 200, 1000])
def test_folding_keeps_every_word_in_order_and_in_the_room(view: Lines, room: int) -> None:
    line = Line(Mark.PASSED, "severity ⫫ adherence | dose", "partial r −.03 (−.07 to .01)")
    metrics = view.fontMetrics()
    rows = folded(line, metrics, room)
    assert " ".join(filter(None, (row.text for row in rows))) == line.text
    assert " ".join(filter(None, (row.quiet for row in rows))) == line.quiet
    for row in rows:
        words = f"{row.text} {row.quiet}".split()
        assert metrics.horizontalAdvance(row.text + row.quiet) <= room or len(words) == 1
    assert (len(rows) == 1) == (room == 1000)

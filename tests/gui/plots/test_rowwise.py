"""Forest, love and mirrored plots: read by pointer and keys, as a table, as a picture."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.appearance import Appearance
from gui.plots.mirrored import Mirror, MirrorPlot
from gui.plots.rowwise import Point, Row, RowPicture, RowPlot, Shape

LOVE = RowPicture(
    tuple(
        Row(name, (Point(a, Shape.RING, "seen", "before"), Point(b, Shape.DISC, "do", "after")))
        for name, a, b in (("age", 0.8, 0.02), ("sex", 0.3, 0.15), ("bp", 0.1, 0.01))
    ),
    "sd",
    (0.0, 0.1),
    ("column", "before", "after"),
    (("0.8", "0.02"), ("-0.3", "0.15"), ("0.1", "0.01")),
    least=(0.0, 0.2),
    more="{0} more",
    legend=True,
)
MIRROR = Mirror(
    np.linspace(0, 1, 5),
    np.array([0.1, 0.2, 0.3, 0.4]),
    np.array([0.4, 0.3, 0.2, 0.1]),
    ("t = yes", "t = no"),
    "chance",
    (np.full(4, 0.25), np.array([0.2, 0.2, 0.3, 0.3])),
)


@pytest.fixture
def love(qtbot: QtBot) -> RowPlot:
    made = RowPlot(Appearance("light"), "How alike the groups are")
    qtbot.addWidget(made)
    made.draw(LOVE)
    made.describe("Said.")
    made.resize(320, 160)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def mirror(qtbot: QtBot) -> MirrorPlot:
    made = MirrorPlot(Appearance("dark"), "Overlap")
    qtbot.addWidget(made)
    made.draw(MIRROR)
    made.resize(300, 160)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_arrows_read_row_after_row(love: RowPlot) -> None:
    QTest.keyClick(love, Qt.Key.Key_Home)
    assert love.accessibleDescription() == "age: before: 0.80; after: 0.02"
    QTest.keyClick(love, Qt.Key.Key_Down)
    assert love.accessibleDescription() == "sex: before: 0.30; after: 0.15"
    QTest.keyClick(love, Qt.Key.Key_Escape)
    assert love.accessibleDescription() == "Said."


def test_the_pointer_reads_the_row_under_it(love: RowPlot) -> None:
    at = love.stops()[2]
    QTest.mouseMove(love, QPoint(round(at.x()), round(at.y())))
    reading = love.cursor_layer.reading
    assert reading is not None
    assert reading.head == "bp"
    gap = reading.dots[0][0].x() - reading.dots[1][0].x()
    first = love.reading_at(love.stops()[0])
    assert first is not None
    wide = first.dots[0][0].x() - first.dots[1][0].x()
    assert wide / gap == pytest.approx((0.8 - 0.02) / (0.1 - 0.01), rel=0.01)


def test_the_table_has_all_rows_and_the_picture_as_many_as_fit(love: RowPlot) -> None:
    assert len(love.stops()) == 3
    love.resize(320, 70)
    assert len(love.stops()) < 3
    love.copy_table()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines == ["column\tbefore\tafter", "age\t0.8\t0.02", "sex\t-0.3\t0.15", "bp\t0.1\t0.01"]


def test_bins_are_read_with_and_without_weights(mirror: MirrorPlot) -> None:
    QTest.keyClick(mirror, Qt.Key.Key_End)
    words = mirror.accessibleDescription()
    assert words == "0.75 – 1: t = yes: 40.0 %, weighted 25.0 %; t = no: 10.0 %, weighted 30.0 %"
    assert mirror.table()[0][2:] == ["t = yes", "t = no", "t = yes, weighted", "t = no, weighted"]
    assert mirror.table()[4] == ["0.75", "1", "0.4", "0.1", "0.25", "0.3"]


def test_above_and_below_are_drawn_there(mirror: MirrorPlot) -> None:
    """The last bin's bar is four times as high above the line as below it."""
    picture = mirror.grab().toImage()
    ground = picture.pixelColor(1, 80)
    box = mirror._plot()
    x = round(box.right() - box.width() / 8)
    column = [picture.pixelColor(x, y) != ground for y in range(picture.height())]
    middle = round(box.center().y())
    above = sum(column[round(box.top()) + 1 : middle - 1])
    below = next(i for i in range(4, 60) if not column[middle + i])
    assert above > 2.5 * below


def test_nothing_to_draw_says_so(love: RowPlot) -> None:
    love.draw(None, "Nothing is held.")
    assert (love.table(), love.stops()) == ((), ())
    QTest.keyClick(love, Qt.Key.Key_Down)
    assert love.cursor_layer.reading is None

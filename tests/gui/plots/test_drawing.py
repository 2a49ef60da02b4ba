"""Axes, views that hold still, and plots that draw every kind of picture."""

import numpy as np
import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from gui.appearance import Appearance
from gui.plots import densities
from gui.plots.compare import ComparePlot
from gui.plots.curves import Axes, Curve, CurvePlot
from gui.plots.drawing import held, tick_text, ticks
from gui.plots.picture import Layer, Line, Picture
from gui.plots.unit import UnitPicture, UnitPlot
from tests.gui.answers import bars, normal


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 8))
def test_ticks_are_round_inside_and_not_many(low: float, width: float, about: int) -> None:
    found = ticks(low, low + width, about)
    slack = 1e-6 * (abs(low) + width)
    assert all(low - slack <= value <= low + width + slack for value in found)
    assert len(found) <= 2.6 * about + 2
    steps = np.diff(found)
    if len(steps) > 1:
        assert steps == pytest.approx(np.full(len(steps), steps[0]), abs=slack)


def test_ticks_known() -> None:
    assert ticks(0.0, 10.0, 5) == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    assert ticks(-0.31, 0.29, 3) == [-0.2, 0.0, 0.2]
    assert ticks(1.0, 1.0) == []
    assert ticks(0.0, float("inf")) == []
    assert [tick_text(v) for v in (0.5, -3.0, 250_000.0, 2e9)] == ["0.5", "−3", "250k", "2G"]


def test_a_view_holds_still_until_it_must_move() -> None:
    assert held(None, (0.0, 1.0)) == (0.0, 1.0)
    assert held((0.0, 1.0), (0.1, 0.9)) == (0.0, 1.0)
    assert held((0.0, 1.0), (0.2, 1.1)) == (0.0, 1.1)
    assert held((0.0, 1.0), (0.4, 0.6)) == (0.4, 0.6)
    assert held((0.0, 1.0), (5.0, 6.0)) == (5.0, 6.0)


def test_a_spike_does_not_flatten_what_was_seen() -> None:
    layers = (
        Layer(normal(0, 1), "seen", Line.SOLID, "seen", 0.0, "0", filled=True),
        Layer(normal(0, 1e-3), "do", Line.DASHED, "do", 0.0, "0"),
    )
    view = densities.view(densities.View(), Picture(layers), "y")
    assert view.y is not None
    assert view.y[1] == pytest.approx(2.5 * normal(0, 1).y.max())


def layers(first: object, last: object) -> tuple[Layer, ...]:
    return (
        Layer(first, "seen", Line.SOLID, "seen", 0.7, "70 %", filled=True),  # type: ignore[arg-type]
        Layer(last, "do", Line.DASHED, "do(x = 1)", 0.8, "80 %", hatched=True),  # type: ignore[arg-type]
    )


def colours(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(image.height())}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_before_and_after_are_drawn_in_their_colours(qtbot: QtBot, theme: str) -> None:
    appearance = Appearance(theme)
    plot = ComparePlot(appearance, "before and after")
    qtbot.addWidget(plot)
    plot.resize(300, 300)
    plot.draw(Picture(layers(normal(0.7, 1), normal(0.8, 1)), "days", gap="+0.1 days"), "", "y")
    plot.resize(plot.sizeHint())
    drawn = colours(plot.grab().toImage())
    assert appearance.theme.color("seen").rgb() in drawn
    assert appearance.theme.color("do").rgb() in drawn


def test_bars_grow_with_the_categories(qtbot: QtBot) -> None:
    plot = ComparePlot(Appearance("light"), "before and after")
    qtbot.addWidget(plot)
    sizes = []
    for count in (2, 20):
        share = bars(*([1 / count] * count))
        names = tuple(f"a rather long category name {code}" for code in range(count))
        plot.draw(Picture(layers(share, share), "", names, count - 1, "0.0 points"), "", "y")
        plot.resize(300, plot.sizeHint().height())
        plot.grab()
        sizes.append(plot.height())
    assert sizes[1] > 5 * sizes[0]
    assert plot.table()[1][0] == "a rather long category name 0"
    assert len(plot.table()) == 21


def test_empty_plots_say_why(qtbot: QtBot) -> None:
    plot = ComparePlot(Appearance("light"), "before and after")
    qtbot.addWidget(plot)
    plot.draw(None, "Nothing to draw.")
    plot.resize(300, plot.sizeHint().height())
    assert plot.table() == ()
    assert len(colours(plot.grab().toImage())) > 2


@pytest.mark.parametrize("hatched", [(0.0, 1.2), (2.8, 4.0), (1.0, 3.0)])
def test_what_is_said_of_the_hatching_stays_in_the_plot(
    qtbot: QtBot, hatched: tuple[float, float]
) -> None:
    plot = CurvePlot(Appearance("light"), "dose–response")
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.show()
    x = np.linspace(0, 4, 50)
    plot.replace([Curve(x, 9 - x)], Axes(x_label="mg", y_label="days"), [(*hatched, 1.0)])
    box = plot.item.getViewBox().sceneBoundingRect()
    (said,) = (item for item in plot.item.items if isinstance(item, pg.TextItem))
    words = said.mapRectToScene(said.boundingRect())
    assert "100" in said.toPlainText()
    assert box.left() - 1 <= words.left() < words.right() <= box.right() + 1


def test_curves_bands_marks_and_hatching_are_replaced(qtbot: QtBot) -> None:
    appearance = Appearance("light")
    plot = CurvePlot(appearance, "dose–response")
    qtbot.addWidget(plot)
    plot.resize(300, 150)
    plot.show()
    x = np.linspace(0, 4, 50)
    line = Curve(x, 9 - x, low=8 - x, high=10 - x)
    plot.replace([line], Axes(x_label="mg", y_label="days"), [(3.0, 4.0, 1.0)])
    plot.set_marks([(1.0, "seen"), (2.0, "do")])
    count = len(plot.item.items)
    for _ in range(3):
        plot.replace([line], Axes(x_label="mg", y_label="days"), [(3.0, 4.0, 1.0)])
        plot.set_marks([(2.5, "do")])
        plot.set_marks([(1.0, "seen"), (2.0, "do")])
    assert len(plot.item.items) == count
    assert plot.item.viewRange()[0] == [0, 4]
    low, high = plot.item.viewRange()[1]
    assert low < 4 < 10 < high
    assert plot.table()[0] == ["mg", "days", "5 %", "95 %"]
    assert plot.table()[1] == ["0", "9", "8", "10"]
    points = Curve(np.arange(3.0), np.ones(3), points=True, low=np.zeros(3), high=np.ones(3) * 2)
    plot.replace([points], Axes((-0.5, 2.5), names=("a", "b", "c")), [])
    appearance.choose("dark")
    plot.grab()
    plot.set_curves([])
    assert plot.table() == []


def test_the_imagined_row_is_copied_as_it_is_shown(qtbot: QtBot) -> None:
    plot = UnitPlot(Appearance("light"), "row")
    qtbot.addWidget(plot)
    picture = UnitPicture(
        6.1, 4.2, "was 6.1", "would be 4.2", (0.4, 6.0), "0.4 to 6.0", (4.0, 12.0), np.ones(9)
    )
    plot.draw(picture)
    plot.resize(300, plot.sizeHint().height())
    plot.grab()
    plot.copy_table()
    assert QGuiApplication.clipboard().text().splitlines()[1] == "6.1\t4.2\t0.4\t6"
    plot.draw(None)
    assert plot.table() == ()

"""Values read off a plot, by pointer and by keys; shares at or below; files and tables."""

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from scipy import stats

from engine.errors import UserError
from engine.queries.draws import density
from gui.appearance import Appearance
from gui.plots.compare import ComparePlot
from gui.plots.cumulative import cumulative, quantile, share_at, shares
from gui.plots.curves import Axes, Curve, CurvePlot
from gui.plots.files import plot_bytes, write_plot
from gui.plots.picture import Kind, Layer, Line, Picture
from gui.plots.tabular import TableDialog
from gui.summaries import curve_words, picture_words
from tests.gui.answers import bars, normal


def numbers() -> Picture:
    layers = (
        Layer(normal(8, 2), "seen", Line.SOLID, "seen", 8.0, "8.0 days", filled=True),
        Layer(normal(6, 1), "do", Line.DASHED, "do(x = 1)", 6.0, "6.0 days"),
    )
    return Picture(layers, "days", gap="−2.0 days", name="recovery")


def ranks() -> Picture:
    layers = (
        Layer(bars(0.2, 0.5, 0.3), "seen", Line.SOLID, "seen", 0.3, "30.0 %"),
        Layer(bars(0.1, 0.4, 0.5), "do", Line.DASHED, "do(x = 1)", 0.5, "50.0 %"),
    )
    return Picture(layers, "", ("low", "mid", "high"), 2, "+20.0 points", "", "pain", True)


@pytest.fixture
def plot(qtbot: QtBot) -> ComparePlot:
    made = ComparePlot(Appearance("light"), "Before and after")
    qtbot.addWidget(made)
    made.draw(numbers(), "", "y")
    made.describe("Said.")
    made.resize(320, made.sizeHint().height())
    made.show()
    qtbot.waitExposed(made)
    return made


def dose(qtbot: QtBot) -> CurvePlot:
    x = np.linspace(0.0, 4.0, 17)
    made = CurvePlot(Appearance("light"), "Dose–response")
    qtbot.addWidget(made)
    axes = Axes(x_label="dose", y_label="recovery", x_unit="mg", y_unit="days")
    made.replace([Curve(x, 10 - x, low=9 - x, high=11 - x)], axes, [(3.0, 4.0, 1.0)])
    made.resize(320, 180)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_shares_of_a_normal_are_its_distribution_function() -> None:
    shape, law = normal(8.0, 2.0), stats.norm(8.0, 2.0)
    assert shares(shape) == pytest.approx(law.cdf(shape.x), abs=2e-4)
    assert share_at(shape, 9.1) == pytest.approx(law.cdf(9.1), abs=2e-4)
    assert quantile(shape, 0.25) == pytest.approx(law.ppf(0.25), abs=2e-3)


def test_shares_count_the_rows_left_of_the_grid() -> None:
    """Of skewed values, a third of them below where drawing begins."""
    values = np.random.default_rng(3).exponential(1.0, 4_000)
    low = float(np.quantile(values, 1 / 3))
    shape = density(values, low, 6.0)
    for at in (low, 1.0, 2.0, 4.0):
        assert share_at(shape, at) == pytest.approx((values <= at).mean(), abs=0.03)


def test_ordered_categories_add_up() -> None:
    added = cumulative(ranks())
    assert added.categories == ("≤ low", "≤ mid", "≤ high")
    assert added.layers[0].shape.y.tolist() == pytest.approx([0.2, 0.7, 1.0])
    assert added.gap == ""


def test_the_pointer_reads_a_value_and_its_shares(plot: ComparePlot) -> None:
    plot.choose(Kind.CUMULATIVE)
    stop = plot.stops()[25].toPoint()
    QTest.mouseMove(plot, stop)
    reading = plot.reading_at(QPointF(stop))
    assert reading is not None
    low, high = plot.view.x or (0.0, 0.0)
    value = float(reading.head.split()[2])
    assert value == pytest.approx((low + high) / 2, abs=(high - low) / 100)
    assert reading.head.endswith("days")
    for (_, words), law in zip(reading.rows, (stats.norm(8, 2), stats.norm(6, 1)), strict=True):
        said = int(words.split(": ")[1].split("\u202f")[0])
        assert said == pytest.approx(100 * law.cdf(value), abs=1.0)


def test_keys_read_from_place_to_place_and_esc_ends_it(plot: ComparePlot, qtbot: QtBot) -> None:
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Home)
    first = plot.accessibleDescription()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert first.startswith("recovery ≤ ")
    assert plot.accessibleDescription() not in (first, "Said.")
    assert plot.cursor_layer.isVisible()
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.accessibleDescription() == "Said."
    assert not plot.cursor_layer.isVisible()


def test_bars_are_read_one_by_one_to_the_digits_written(plot: ComparePlot) -> None:
    plot.draw(ranks())
    plot.resize(320, plot.sizeHint().height())
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert plot.accessibleDescription() == "pain high: seen: 30.0 %; do(x = 1): 50.0 %"
    QTest.keyClick(plot, Qt.Key.Key_Up)
    assert plot.accessibleDescription() == "pain mid: seen: 50\u202f%; do(x = 1): 40\u202f%"


def test_what_is_read_follows_a_new_answer(plot: ComparePlot) -> None:
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    before = plot.accessibleDescription()
    plot.draw(ranks())
    assert plot.accessibleDescription() != before
    assert "pain" in plot.accessibleDescription()


def test_a_curve_is_read_with_its_band_and_where_nobody_was(qtbot: QtBot) -> None:
    plot = dose(qtbot)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Home)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    said = plot.accessibleDescription()
    assert said.startswith("dose 0.25 mg: recovery 9.75 days; 90 %: 8.75 to 10.75")
    assert "extrapolated" not in said
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert "extrapolated: no rows here" in plot.accessibleDescription()
    QTest.mouseMove(plot, plot.stops()[8].toPoint())
    assert plot.accessibleDescription().startswith("dose 2.0")


def test_axes_carry_names_and_units(qtbot: QtBot) -> None:
    plot = dose(qtbot)
    assert plot.item.getAxis("bottom").labelText == "dose (mg)"
    assert plot.item.getAxis("left").labelText == "recovery (days)"
    assert numbers().axis == "recovery (days)"


def test_plots_in_words(qtbot: QtBot) -> None:
    said = picture_words(numbers(), "A sentence.")
    assert said.startswith("A sentence. seen: the middle half lies from 6.7 to 9.3 days.")
    assert "do(x = 1): the middle half lies from 5.33 to 6.67 days." in said
    assert picture_words(ranks(), "").endswith(
        "do(x = 1): low 10\u202f%, mid 40\u202f%, high 50.0 %."
    )
    words = curve_words(dose(qtbot))
    assert words == (
        "recovery (days) over dose (mg): 10.00 at 0.00 and 6.00 at 4.00. "
        "Extrapolated, few rows or none there: 3.00 to 4.00 (up to 100\u202f%)."
    )


def test_enter_shows_means_and_quantiles_as_a_table(plot: ComparePlot, qtbot: QtBot) -> None:
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Return)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, TableDialog))
    sheet = dialog.sheet
    assert dialog.words.text() == "Said."
    rows = [[sheet.item(r, c).text() for c in range(3)] for r in range(sheet.rowCount())]
    assert rows[0] == ["mean", "8.0 days", "6.0 days"]
    law = stats.norm(8, 2)
    for row, share in zip(rows[1:], (0.05, 0.25, 0.5, 0.75, 0.95), strict=True):
        assert float(row[1]) == pytest.approx(law.ppf(share), abs=0.06)
    qtbot.waitUntil(sheet.hasFocus)
    QTest.keyClick(sheet, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[1] == "mean\t8.0 days\t6.0 days"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_svg_holds_lines_and_words_not_pixels(plot: ComparePlot) -> None:
    plot.copy_svg()
    mime = QGuiApplication.clipboard().mimeData()
    root = ElementTree.fromstring(mime.data("image/svg+xml").data())
    texts = {"".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")}
    assert {"recovery (days)", "do(x = 1)", "density"} <= texts
    assert len([node for node in root.iter() if node.tag.endswith(("path", "polyline"))]) > 3
    assert not [node for node in root.iter() if node.tag.endswith("}image")]


def test_files_by_their_ending(plot: ComparePlot, tmp_path: Path) -> None:
    write_plot(plot, tmp_path / "a.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text())))
    assert rows[0] == ["recovery (days)", "seen", "recovery (days)", "do(x = 1)"]
    assert float(rows[80][1]) == pytest.approx(stats.norm(8, 2).pdf(float(rows[80][0])), rel=1e-4)
    write_plot(plot, tmp_path / "a.png")
    picture = QImage(str(tmp_path / "a.png"))
    assert picture.width() == 2 * plot.width()
    assert plot_bytes(plot, ".tsv").count(b"\t") == 3 * len(rows)
    with pytest.raises(UserError, match="choose another place"):
        write_plot(plot, tmp_path / "missing" / "a.svg")


def test_a_pointer_outside_reads_nothing(plot: ComparePlot) -> None:
    assert plot.reading_at(QPointF(QPoint(-30, -30))) is None

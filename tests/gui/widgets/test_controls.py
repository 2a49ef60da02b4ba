"""Small controls: sliders over a column, number fields, choice lists, wrapped sentences."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from gui.appearance import Appearance
from gui.phrases import Span
from gui.spans import span_of
from gui.widgets.flow import FlowLayout
from gui.widgets.number import NumberField
from gui.widgets.picker import Choice, Picker
from gui.widgets.sentence import SentenceLabel
from gui.widgets.slider import DoseSlider


def column(values: np.ndarray, kind: Kind = Kind.CONTINUOUS, step: float | None = None) -> Table:
    return Table((Variable("x", kind, "", step=step),), {"x": values.astype(float)})


# ── spans ──────────────────────────────────────────────────────────────────────────────────────


def test_a_span_holds_the_usual_range_on_round_steps() -> None:
    values = np.random.default_rng(0).normal(50, 10, 100_000)
    span = span_of(column(values), "x")
    low, high = np.quantile(values, (0.025, 0.975))
    assert span.step == 0.2
    assert span.low == pytest.approx(low, abs=0.7)  # columns above 20 000 rows are thinned
    assert span.high == pytest.approx(high, abs=0.7)
    assert span.step_of(span.value(17)) == 17
    assert span.median == pytest.approx(50, abs=0.3)


def test_a_span_of_counts_steps_by_one() -> None:
    span = span_of(column(np.arange(41), Kind.COUNT, 1.0), "x")
    assert span.step == 1.0
    assert span.value(3) == span.low + 3


@pytest.mark.parametrize("values", [np.full(9, 3.0), np.full(4, np.nan), np.array([0.0])])
def test_spans_of_poor_columns(values: np.ndarray) -> None:
    span = span_of(column(values), "x")
    assert span.steps >= 1
    assert span.low < span.high
    assert np.isfinite(span.density).all()


def test_a_span_of_shifts_is_centred_on_nothing() -> None:
    span = span_of(column(np.linspace(0, 100, 1001)), "x", around_zero=True)
    assert span.low == -span.high
    assert span.value(span.step_of(0.0)) == 0.0


# ── controls ───────────────────────────────────────────────────────────────────────────────────


def wheel(widget: QWidget) -> bool:
    """Turn the wheel over a widget; True where it was taken."""
    at = QPointF(widget.width() / 2, widget.height() / 2)
    where = QPointF(widget.mapToGlobal(at.toPoint()))
    event = QWheelEvent(
        at, where, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_the_wheel_belongs_to_the_page_until_a_field_has_the_focus(qtbot: QtBot) -> None:
    field = NumberField("x", "mg")
    slider = DoseSlider(Appearance("light"), span_of(column(np.arange(100.0)), "x"), "do")
    for widget in (field, slider):
        qtbot.addWidget(widget)
        before = widget.value()
        assert not wheel(widget)
        assert widget.value() == before


def test_showing_a_value_is_not_editing(qtbot: QtBot) -> None:
    field = NumberField("x", "mg")
    slider = DoseSlider(Appearance("light"), span_of(column(np.arange(100.0)), "x"), "do")
    heard: list[float] = []
    for widget, signal in ((field, field.edited), (slider, slider.moved)):
        qtbot.addWidget(widget)
        signal.connect(heard.append)
        widget.show_value(42.0)
    assert heard == []
    assert field.text() == "42.0 mg"
    assert slider.span.value(slider.value()) == 42.0


@pytest.mark.parametrize(
    ("typed", "value"),
    [("3", 3.0), ("-2.5", -2.5), ("−2,5 mg", -2.5), ("1e3", 1000.0), ("1\u202f234.5", 1234.5)],
)
def test_numbers_are_read_as_people_write_them(qtbot: QtBot, typed: str, value: float) -> None:
    field = NumberField("x", "mg")
    qtbot.addWidget(field)
    heard: list[float] = []
    field.edited.connect(heard.append)
    field.lineEdit().setText(typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard == [value]


def test_what_is_no_number_changes_nothing(qtbot: QtBot) -> None:
    field = NumberField("x", "mg")
    qtbot.addWidget(field)
    field.show_value(2.0)
    for typed in ("", "abc", "nan", "1e999"):
        field.lineEdit().setText(typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert field.value() == 2.0


@pytest.mark.qt_log_ignore("This plugin does not support")  # a popup, offscreen
def test_a_long_list_is_filtered_and_chosen_by_keys(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    picker = Picker(Appearance("light"), "Outcome", parent=holder)
    holder.show()
    picker.offer([Choice(n, f"variable {n}") for n in range(40)], "variable 3")
    assert picker.accessibleName() == "Outcome: variable 3"
    QTest.keyClick(picker, Qt.Key.Key_Down)
    opened = picker._list
    assert opened is not None
    assert opened.list.currentItem().text() == "variable 3"
    QTest.keyClicks(opened.filter, "le 2")
    QTest.keyClick(opened.filter, Qt.Key.Key_Down)
    with qtbot.waitSignal(picker.picked) as heard:
        QTest.keyClick(opened.filter, Qt.Key.Key_Return)
    assert heard.args == [20]
    assert not opened.isVisible()


def test_a_sentence_wraps_and_shows_names_as_they_are(qtbot: QtBot) -> None:
    label = SentenceLabel(Appearance("light"))
    qtbot.addWidget(label)
    assert label.heightForWidth(200) == 0
    label.say((Span("Setting "), Span("<b>a&b</b>" * 12, "strong"), Span(" to 2", "quiet")))
    assert label.accessibleName() == "Setting " + "<b>a&b</b>" * 12 + " to 2"
    assert label.heightForWidth(120) > 2 * label.heightForWidth(600) > 0
    label.resize(120, label.heightForWidth(120))
    label.grab()
    label.say(())
    assert not label.isVisible()


def test_a_flow_wraps_and_never_overlaps(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = FlowLayout(holder, gap=6)
    boxes = [QWidget() for _ in range(7)]
    for box in boxes:
        box.setFixedSize(80, 20)
        flow.addWidget(box)
    holder.resize(200, 300)
    holder.show()
    assert flow.heightForWidth(200) == 4 * 20 + 3 * 6
    places = [box.geometry() for box in boxes]
    assert all(place.right() < 200 for place in places)
    assert not any(a.intersects(b) for a in places for b in places if a is not b)

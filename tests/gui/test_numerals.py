"""Numbers as they are written, and the rounding that sentence, means and picture share."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from engine.data.variable import Kind, Variable
from engine.interventions import OneOf, Range, Set, Shift
from gui import numerals
from gui.numerals import (
    MINUS,
    THIN,
    condition_text,
    gap,
    intervention_text,
    percent,
    short,
    value_text,
    written,
)
from gui.plots.tabular import Sheet

ROUNDING = Decimal("1e-9")  # a float is not the decimal that it is written as
DOSE = Variable("dose", Kind.CONTINUOUS, "mg")
COUNT = Variable("visits", Kind.COUNT, "", step=1.0)
LEVEL = Variable("severity", Kind.ORDINAL, "", ("low", "mid", "high"))
finite = st.floats(-1e12, 1e12, allow_nan=False)


def read(text: str) -> Decimal:
    """The number in a written text."""
    return Decimal(re.sub(f"[{THIN}+]", "", text).replace(MINUS, "-"))


@given(finite, finite, st.floats(0, 1e9), st.floats(0, 1e9))
def test_the_shown_difference_is_that_of_the_shown_ends(
    before: float, after: float, half: float, spread: float
) -> None:
    interval = (after - before - half, after - before + half)
    for shown in (gap(before, after, spread=spread), gap(before, after, interval, spread)):
        first, last = read(written(shown.before)), read(written(shown.after))
        assert last - first == read(written(shown.difference, signed=True))
        assert abs(last - first) == read(written(abs(shown.difference)))


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_shown_numbers_are_near_the_true_ones(before: float, after: float) -> None:
    shown = gap(before, after)
    unit = Decimal(1).scaleb(int(shown.after.as_tuple().exponent))
    assert abs(Decimal(after) - shown.after) <= unit / 2 + ROUNDING
    assert abs(Decimal(before) - shown.before) <= unit / 2 + ROUNDING


@pytest.mark.parametrize(
    ("before", "after", "interval", "spread", "expected"),
    [
        (8.73, 7.43, (-1.7, -0.9), 1.9, ("8.7", "7.4", "−1.3")),
        (77.91, 83.29, (-0.1, 10.9), 10.0, ("77.9", "83.3", "+5.4")),
        (8.0, 8.0000001, None, 2.0, ("8.00", "8.00", "0.00")),
        (0.0012, 0.0031, None, 0.0, ("0.0012", "0.0031", "+0.0019")),
        (1200.0, 3450.0, None, 0.0, (f"1{THIN}200", f"3{THIN}450", f"+2{THIN}250")),
        (5.0, 5.0, None, 0.0, ("5", "5", "0")),
    ],
)
def test_digits_are_those_the_difference_needs(
    before: float,
    after: float,
    interval: tuple[float, float] | None,
    spread: float,
    expected: tuple[str, str, str],
) -> None:
    shown = gap(before, after, interval, spread)
    texts = (written(shown.before), written(shown.after), written(shown.difference, signed=True))
    assert texts == expected


def test_a_wide_interval_hides_digits_that_mean_nothing() -> None:
    shown = gap(8.0, 8.0012, (-0.55, 0.55), 2.0)
    assert written(shown.difference) == "0.00"
    assert (written(shown.low or Decimal(1)), written(shown.high or Decimal(1))) == (
        "−0.55",
        "0.55",
    )


def test_values_in_their_unit() -> None:
    assert value_text(DOSE, 2.0) == "2.0 mg"
    assert value_text(DOSE, 2.06) == "2.06 mg"
    assert value_text(DOSE, -2.0, unit=False) == "−2.0"
    assert value_text(COUNT, 2.0) == "2"
    assert value_text(LEVEL, 2.0) == "high"
    assert value_text(DOSE, float("nan")) == "?"
    assert short(25000.0) == f"25{THIN}000"
    assert percent(0.7149) == f"71{THIN}%"


def test_conditions_in_words() -> None:
    inf = float("inf")
    assert condition_text(DOSE, Range("dose", 1.9, 2.1)) == "1.9–2.1 mg"
    assert condition_text(DOSE, Range("dose", -1.0, 2.1)) == "−1.0 … 2.1 mg"
    assert condition_text(DOSE, Range("dose", 3.0, inf)) == "≥ 3.0 mg"
    assert condition_text(DOSE, Range("dose", -inf, 3.0)) == "≤ 3.0 mg"
    assert condition_text(DOSE, Range("dose", 3.0, 3.0)) == "= 3.0 mg"
    assert condition_text(LEVEL, OneOf("severity", (0,))) == "= low"
    assert condition_text(LEVEL, OneOf("severity", (0, 1, 2))) == "= low, mid or high"


def test_interventions_as_written() -> None:
    assert intervention_text(DOSE, Set("dose", 2.0)) == "do(dose = 2.0 mg)"
    assert intervention_text(DOSE, Shift("dose", 0.5)) == "do(dose += 0.5 mg)"
    assert intervention_text(DOSE, Shift("dose", -0.5)) == "do(dose −= 0.5 mg)"
    assert intervention_text(LEVEL, Set("severity", 1.0)) == "do(severity = mid)"


@pytest.fixture
def german() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    yield
    QLocale.setDefault(before)


@pytest.mark.usefixtures("german")
def test_the_screen_has_the_sign_of_the_locale() -> None:
    assert short(-1234.5) == f"−1{THIN}234,5"
    assert written(Decimal("7.40"), signed=True) == "+7,40"
    assert value_text(DOSE, 2.0) == "2,0 mg"
    assert intervention_text(DOSE, Set("dose", 2.5)) == "do(dose = 2,5 mg)"
    assert condition_text(DOSE, Range("dose", 1.9, 2.1)) == "1,9–2,1 mg"
    assert numerals.shown("-3.953 against .5, x1.5 and 1.5e-07") == (
        "−3,953 against ,5, x1.5 and 1,5e-07"
    )


@pytest.mark.usefixtures("german")
def test_what_is_copied_has_the_sign_of_c(qtbot: QtBot) -> None:
    sheet = Sheet("numbers", (("x", "y"), ("-1.5", "2")))
    qtbot.addWidget(sheet)
    assert sheet.item(0, 0).text() == "−1,5"
    qtbot.keyClick(sheet, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "x\ty\n-1.5\t2"


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        ("2.5", 2.5, 2.5),
        ("2,5", 2.5, 2.5),
        ("1,500", 1500.0, 1.5),
        ("1.500", 1.5, 1500.0),
        ("0,125", 0.125, 0.125),
        ("0.125", 0.125, 0.125),
        ("1,234,567.5", 1234567.5, None),
        ("1.234.567,5", None, 1234567.5),
        (f"−1{THIN}234.5", -1234.5, -1234.5),
    ],
)
def test_numbers_are_read_as_they_are_typed_where_one_lives(
    text: str, english: float | None, german: float | None
) -> None:
    before = QLocale()
    for language, value in ((QLocale.Language.English, english), (QLocale.Language.German, german)):
        QLocale.setDefault(QLocale(language))
        assert numerals.read(text) == value
    QLocale.setDefault(before)


@given(finite)
def test_what_is_written_reads_back(value: float) -> None:
    before = QLocale()
    for language in (QLocale.Language.English, QLocale.Language.German, QLocale.Language.French):
        QLocale.setDefault(QLocale(language))
        assert numerals.read(short(value)) == pytest.approx(value, rel=1e-5)
    QLocale.setDefault(before)

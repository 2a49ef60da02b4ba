"""Kinds are guessed by the stated rules and changed without losing a value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.kinds import (
    bounds_of,
    guess_number,
    natural_key,
    number_text,
    number_variable,
    parse_number,
    step_of,
    with_kind,
)
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import DataError


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0, 1, 1, 0], Kind.BINARY),
        ([7.5, -2, 7.5], Kind.BINARY),
        ([1, 2, 3, 4, 5] * 3, Kind.ORDINAL),
        ([3, 4, 5, 6, 8] * 3, Kind.ORDINAL),
        ([0, 50, 100] * 5, Kind.CONTINUOUS),
        (list(range(11)) * 2, Kind.COUNT),
        ([*range(11), 1001], Kind.CONTINUOUS),
        ([-1, *range(11)], Kind.CONTINUOUS),
        ([1, 2, 2.5] * 4, Kind.CONTINUOUS),
        ([4, 4, 4], Kind.CONTINUOUS),
        ([1, 2, 3, np.nan, 1, 2, 3], Kind.ORDINAL),
    ],
)
def test_guess(values: list[float], kind: Kind) -> None:
    assert guess_number(np.array(values, dtype=float)) is kind


@pytest.mark.parametrize("step", [1.0, 0.5, 0.1, 0.01, 5.0])
def test_step_is_the_widest_grid(step: float) -> None:
    cells = np.random.default_rng(0).integers(-30, 30, 2_000)
    values = np.array([float(f"{cell * step:.6g}") for cell in cells])
    assert step_of(values) == step
    assert step_of(values + 1e-5) is None
    assert step_of(1e9 + np.arange(100).repeat(20) * 0.123456) is None
    assert step_of(np.arange(10) * step) is None  # too few rows per value to speak of a grid


@pytest.mark.parametrize(
    ("values", "bounds"),
    [
        (np.arange(100) / 7, (0.0, None)),
        (np.linspace(0.01, 0.97, 90), (0.0, 1.0)),
        (np.linspace(0.01, 0.5, 90), (0.0, None)),
        (np.linspace(5.0, 6.0, 90), (None, None)),
        (np.linspace(-0.1, 6.0, 90), (None, None)),
        (np.zeros(9), (None, None)),
        (np.array([0.0, 1.0, 1e200, np.nan]), (0.0, None)),
    ],
)
def test_amounts_and_shares_are_bounded(
    values: np.ndarray, bounds: tuple[float | None, float | None]
) -> None:
    assert bounds_of(values) == bounds
    assert number_variable("x", values, Kind.CONTINUOUS)[0].lower == bounds[0]


def test_there_and_back_keeps_every_value() -> None:
    values = np.array([3.0, 1.0, np.nan, 2.0, 1.0])
    table = Table((Variable("x", Kind.COUNT, "m", step=1.0),), {"x": values})
    for kind in (Kind.ORDINAL, Kind.CATEGORICAL, Kind.CONTINUOUS, Kind.COUNT):
        table = with_kind(table, "x", kind)
        assert table.variable("x").kind is kind
        assert table.variable("x").unit == "m"
    np.testing.assert_array_equal(table["x"], values)
    codes = with_kind(table, "x", Kind.ORDINAL)
    assert codes.variable("x").categories == ("1", "2", "3")
    np.testing.assert_array_equal(codes["x"], [2, 0, np.nan, 1, 0])


@pytest.mark.parametrize(
    ("kind", "words"),
    [(Kind.COUNT, "cannot be a count: it holds -1"), (Kind.BINARY, "it has 3 different values")],
)
def test_impossible_kinds_are_refused(kind: Kind, words: str) -> None:
    table = Table((Variable("x", Kind.CONTINUOUS),), {"x": np.array([-1.0, 2.0, 3.5])})
    with pytest.raises(DataError, match=words):
        with_kind(table, "x", kind)


def test_words_cannot_become_numbers() -> None:
    table = Table(
        (Variable("x", Kind.BINARY, categories=("no", "yes")),), {"x": np.array([0.0, 1.0])}
    )
    with pytest.raises(DataError, match="'no' is not a number"):
        with_kind(table, "x", Kind.CONTINUOUS)
    assert with_kind(table, "x", Kind.CATEGORICAL).variable("x").categories == ("no", "yes")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_text_reads_back(value: float) -> None:
    assert float(number_text(value)) == value
    assert parse_number(number_text(value)) == value


@pytest.mark.parametrize("text", ["", "inf", "nan", "1_000", "0x10", "1,5", "1e999", "--1", "1 2"])
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None


def test_natural_order() -> None:
    labels = ["b", "item10", "item2", "A", "10", "9", "2.5"]
    assert sorted(labels, key=natural_key) == ["2.5", "9", "10", "A", "b", "item2", "item10"]


def test_codes_of_numbers_ascend() -> None:
    variable, codes = number_variable("x", np.array([10.0, 2.5, 10.0]))
    assert variable.categories == ("2.5", "10")
    assert codes.tolist() == [1.0, 0.0, 1.0]

"""The sums by hand as they are written: worked out again from the text alone."""

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.interventions import Set
from engine.queries.answers import Cell, HandAnswer, HandArm, Stratum
from gui.byhand import hand_rows, hand_words
from gui.numerals import gap, rounded
from gui.phrases import plain

A, B = (Set("treatment", 0.0),), (Set("treatment", 1.0),)
TABLE = Table(
    (
        Variable("size", Kind.BINARY, categories=("small", "large")),
        Variable("treatment", Kind.BINARY, categories=("A", "B")),
        Variable("recovered", Kind.BINARY, categories=("no", "yes")),
    ),
    {name: np.array([0.0, 1.0]) for name in ("size", "treatment", "recovered")},
)


def stones() -> HandAnswer:
    """Charig et al. 1986; rates with half a row of the overall share 562.25/700.5."""
    share = 562.25 / 700.5

    def cell(hits: int, rows: int) -> Cell:
        return Cell(hits, rows, (hits + 0.5 * share) / (rows + 0.5))

    strata = (
        Stratum((0,), 357, (cell(234, 270), cell(81, 87)), 0.51),
        Stratum((1,), 343, (cell(55, 80), cell(192, 263)), 0.49),
    )
    sums = [sum((s.weight or 0) * (s.cells[i].rate or 0) for s in strata) for i in (0, 1)]
    raw = [sum(s.rows / 700 * s.cells[i].hits / s.cells[i].rows for s in strata) for i in (0, 1)]
    arms = (HandArm(B, raw[0], sums[0]), HandArm(A, raw[1], sums[1]))
    return HandAnswer("recovered", 1, ("size",), arms, strata, 700, 0, (562, 700), smoothed=True)


def shown(answer: HandAnswer):  # noqa: ANN201
    before, after = (100 * arm.answered for arm in answer.arms)
    return gap(before, after, spread=10.0)


def numbers(text: str) -> list[Decimal]:
    clean = text.replace("\u202f", "").replace("%", "")
    return [Decimal(word) for word in re.findall(r"\d+(?:\.\d+)?", clean)]


def test_the_table_holds_the_published_counts() -> None:
    rows = hand_rows(stones(), TABLE)
    assert rows[0] == ("size", "treatment", "yes", "no", "%", "answer")
    assert [row[:4] for row in rows[1:]] == [
        ("small", "B", "234", "36"),
        ("small", "A", "81", "6"),
        ("large", "B", "55", "25"),
        ("large", "A", "192", "71"),
    ]
    assert rows[2][4] == "93.10"


def test_counts_by_pocket_calculator() -> None:
    """(357 × 81/87 + 343 × 192/263) ÷ 700, from the words alone."""
    said = [plain(sentence) for sentence in hand_words(stones(), TABLE, shown(stones()))]
    counted = [line for line in said if line.startswith("Counted: (")]
    for line, truth in zip(counted, ("77.89", "83.25"), strict=True):
        a, hits, rows, b, more, others, total, told = numbers(line)
        first = Fraction(a) * Fraction(hits) / Fraction(rows)
        value = first + Fraction(b) * Fraction(more) / Fraction(others)
        share = float(100 * value / Fraction(total))
        assert rounded(share, 2) == told == Decimal(truth)


def reached(line: str) -> tuple[Decimal, Decimal]:
    """What a calculator makes of "In the answer: w × r % + … = total %"; and the total written."""
    left, total = line.removeprefix("In the answer: ").split(" = ")
    value = Decimal(0)
    for sign, term in re.findall(r"(^|[+−] )([^+−]+)", left):
        factors = numbers(term)
        product = factors[0] * factors[1] if len(factors) == 2 else factors[0]
        value += -product if sign.startswith("−") else product
    return value, numbers(total)[0]


def test_the_answers_sum_comes_to_the_shown_digits() -> None:
    said = [plain(sentence) for sentence in hand_words(stones(), TABLE, shown(stones()))]
    sums = [line for line in said if line.startswith("In the answer")]
    assert len(sums) == 2
    for line, total in zip(sums, (shown(stones()).before, shown(stones()).after), strict=True):
        value, told = reached(line)
        assert told == total
        assert rounded(float(value), -int(total.as_tuple().exponent)) == total
    assert "half a row" in said[-1]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(1, 400), st.integers(0, 400), st.floats(0.01, 0.99)),
        min_size=2,
        max_size=6,
    ),
    st.floats(-0.004, 0.004),
)
def test_any_sum_comes_to_the_shown_digits(
    cells: list[tuple[int, int, float]], moved: float
) -> None:
    total = sum(rows for rows, _, _ in cells)
    strata = tuple(
        Stratum((place % 2,), rows, (Cell(min(hits, rows), rows, rate),), rows / total)
        for place, (rows, hits, rate) in enumerate(cells)
    )
    value = sum((s.weight or 0) * (s.cells[0].rate or 0) for s in strata) + moved
    value = min(1.0, max(0.0, value))
    arms = (HandArm(None, 0.5, 0.5), HandArm(A, 0.4, value, moved))
    answer = HandAnswer("recovered", 1, ("size",), arms, strata, total, 0, (1, 2), smoothed=False)
    said = [plain(sentence) for sentence in hand_words(answer, TABLE, shown(answer))]
    (line,) = (line for line in said if line.startswith("In the answer"))
    after = shown(answer).after
    worked, told = reached(line)
    assert told == abs(after)
    assert rounded(float(worked), -int(after.as_tuple().exponent)) == after


def test_an_empty_table_has_no_number_by_counting() -> None:
    full = stones()
    strata = (
        full.strata[0],
        replace(full.strata[1], cells=(Cell(0, 0, 0.8), full.strata[1].cells[1])),
    )
    arms = (replace(full.arms[0], counted=None), full.arms[1])
    said = hand_words(replace(full, strata=strata, arms=arms), TABLE, shown(full))
    assert any("no number, because one table has no such row" in plain(s) for s in said)


def test_what_was_seen_is_one_division() -> None:
    full = stones()
    strata = tuple(replace(s, cells=s.cells[1:]) for s in full.strata)
    arms = (HandArm(None, 562 / 700, 562 / 700), full.arms[1])
    said = [
        plain(s)
        for s in hand_words(replace(full, strata=strata, arms=arms), TABLE, gap(80.3, 83.2))
    ]
    assert "What was seen: 562 ÷ 700 = 80.29\u202f%" in said


@pytest.mark.parametrize("level", [0, 1])
def test_labels_follow_the_asked_category(level: int) -> None:
    rows = hand_rows(replace(stones(), level=level), TABLE)
    assert rows[0][2:4] == (("no", "yes"), ("yes", "no"))[level]

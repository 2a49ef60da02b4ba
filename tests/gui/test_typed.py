"""What is typed on a card, and what it is refused for."""

from math import inf

import pytest

from engine.data.variable import Kind, Variable
from engine.errors import DataError
from engine.interventions import OneOf, Range, Set, Shift
from gui.typed import action_text, condition_typed, typed_action, typed_actions, typed_condition

DOSE = Variable("dose", Kind.CONTINUOUS, "mg")
SHARE = Variable("share", Kind.CONTINUOUS, lower=0.0, upper=1.0)
VISITS = Variable("visits", Kind.COUNT, step=1.0)
PAIN = Variable("pain", Kind.ORDINAL, categories=("low", "mid", "Middling", "high", "-1"))


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("2", Set("dose", 2.0)),
        (" 2,5 mg ", Set("dose", 2.5)),
        ("1e-3", Set("dose", 0.001)),
        ("= -2", Set("dose", -2.0)),
        ("=−2 mg", Set("dose", -2.0)),
        ("+2", Shift("dose", 2.0)),
        ("-0.5", Shift("dose", -0.5)),
        ("−0,5mg", Shift("dose", -0.5)),
        ("1 000", Set("dose", 1000.0)),
    ],
)
def test_a_number_sets_a_signed_one_shifts(text: str, item: Set | Shift) -> None:
    assert typed_action(DOSE, text) == item


@pytest.mark.parametrize(
    ("text", "code"), [("low", 0), ("HIGH", 3), ("hi", 3), ("mid", 1), ("midd", 2), ("-1", 4)]
)
def test_a_category_by_name_or_unique_beginning(text: str, code: int) -> None:
    assert typed_action(PAIN, text) == Set("pain", float(code))


@pytest.mark.parametrize(
    ("variable", "text", "words"),
    [
        (DOSE, "much", "'much' is not a number"),
        (DOSE, "", "Nothing was typed"),
        (DOSE, "1e99", "not a number"),
        (DOSE, "nan", "not a number"),
        (SHARE, "1.2", "share cannot be 1.2: type a value from 0 up to 1"),
        (VISITS, "2.5", "whole number"),
        (PAIN, "mi", "no category 'mi': type one of low, mid"),
        (PAIN, "+1", "no category"),
        (PAIN, "", "Nothing was typed"),
    ],
)
def test_what_means_nothing_is_refused_in_a_sentence(
    variable: Variable, text: str, words: str
) -> None:
    with pytest.raises(DataError, match=words) as caught:
        typed_action(variable, text)
    assert str(caught.value).count(". ") == 0


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2", 2, 2),
        ("1.9–2.1", 1.9, 2.1),
        ("1.9-2.1 mg", 1.9, 2.1),
        ("3 .. 1", 1, 3),
        ("-2 … -1", -2, -1),
        ("-2 - -1", -2, -1),
        ("1 to 2", 1, 2),
        (">= 3", 3, inf),
        ("≤3 mg", -inf, 3),
        ("-2", -2, -2),
        ("1e-3", 0.001, 0.001),
    ],
)
def test_rows_to_look_at(text: str, low: float, high: float) -> None:
    assert typed_condition(DOSE, text) == Range("dose", low, high)


def test_several_categories() -> None:
    assert typed_condition(PAIN, "high, low") == OneOf("pain", (0, 3))
    assert typed_condition(PAIN, "mid or high") == OneOf("pain", (1, 3))


@pytest.mark.parametrize("item", [Set("dose", 2.0), Set("dose", -2.0), Shift("dose", -0.5)])
def test_what_stands_in_the_field_means_what_it_says(item: Set | Shift) -> None:
    assert typed_action(DOSE, action_text(DOSE, item)) == item


@pytest.mark.parametrize(
    "item", [Range("dose", -2, -1), Range("dose", 3, inf), Range("dose", -inf, 3.5)]
)
def test_so_do_rows(item: Range) -> None:
    assert typed_condition(DOSE, condition_typed(DOSE, item)) == item


def test_a_vector_is_typed_component_by_component() -> None:
    both = (DOSE, SHARE)
    assert typed_actions(both, "(2, 0.5)") == (Set("dose", 2.0), Set("share", 0.5))
    assert typed_actions(both, "2,5; 0,5") == (Set("dose", 2.5), Set("share", 0.5))
    with pytest.raises(DataError, match="2 values to set: dose, share"):
        typed_actions(both, "2")
    with pytest.raises(DataError, match="some shifted"):
        typed_actions(both, "+2; 0.5")

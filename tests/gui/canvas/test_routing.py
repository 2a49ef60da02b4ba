"""Arrows end at the borders of cards and go round other cards."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.project import Position
from gui.canvas.routing import (
    CARD_HEIGHT,
    CARD_WIDTH,
    GAP,
    LONGEST_BEND,
    Route,
    border,
    overlap,
    route,
)

NOBODY = np.empty((0, 2))
numbers = st.floats(-2000, 2000)
points = st.tuples(numbers, numbers)


def inside(point: Position, card: Position) -> bool:
    return abs(point[0] - card[0]) < CARD_WIDTH / 2 and abs(point[1] - card[1]) < CARD_HEIGHT / 2


@pytest.mark.parametrize(
    ("toward", "expected"),
    [
        ((500.0, 0.0), (95.0, 0.0)),
        ((-500.0, 0.0), (-95.0, 0.0)),
        ((0.0, 300.0), (0.0, 56.0)),
        ((950.0, 560.0), (95.0, 56.0)),
        ((112.0, 112.0), (56.0, 56.0)),
    ],
)
def test_border_of_a_card(toward: Position, expected: Position) -> None:
    assert border((0.0, 0.0), toward) == pytest.approx(expected)


def test_straight_where_nothing_is_in_the_way() -> None:
    way = route((0.0, 0.0), (400.0, 0.0), NOBODY)
    assert way.control is None
    assert way.start == pytest.approx((95.0, 0.0))
    assert way.end == pytest.approx((400 - 95 - GAP, 0.0))


def test_a_card_in_the_way_bends_the_arrow_round_it() -> None:
    between = np.array([[400.0, 0.0]])
    way = route((0.0, 0.0), (800.0, 0.0), between)
    assert way.control is not None
    assert not any(inside(way.at(t), (400.0, 0.0)) for t in np.linspace(0, 1, 400))


@settings(max_examples=80)
@given(points, points, st.lists(points, max_size=4))
def test_no_arrow_crosses_more_cards_than_the_straight_one(
    source: Position, target: Position, cards: list[Position]
) -> None:
    """Densely sampled points are the oracle of the slab test and of the chosen bend."""
    if overlap(source, target):
        return
    way = route(source, target, np.array(cards).reshape(-1, 2))
    straight = Route(border(source, target), border(target, source))
    assert crossed(way, cards) <= widely_crossed(straight, cards)


@settings(max_examples=80)
@given(points, points)
def test_a_lone_card_on_the_way_is_gone_round(source: Position, target: Position) -> None:
    middle = ((source[0] + target[0]) / 2, (source[1] + target[1]) / 2)
    if not 700 < np.hypot(target[0] - source[0], target[1] - source[1]) < LONGEST_BEND:
        return
    assert crossed(route(source, target, np.array([middle])), [middle]) == 0


def crossed(way: Route, cards: list[Position]) -> int:
    return sum(any(inside(way.at(t), c) for t in np.linspace(0, 1, 300)) for c in cards)


def widely_crossed(way: Route, cards: list[Position]) -> int:
    return sum(any(near(way.at(t), c) for t in np.linspace(0, 1, 300)) for c in cards)


def near(point: Position, card: Position) -> bool:
    return (
        abs(point[0] - card[0]) < CARD_WIDTH / 2 + 8
        and abs(point[1] - card[1]) < CARD_HEIGHT / 2 + 8
    )


def test_a_hidden_cause_never_lies_on_the_straight_arrow() -> None:
    assert route((0.0, 0.0), (400.0, 0.0), NOBODY, bent=True).control is not None


def test_distance_to_a_straight_way() -> None:
    way = Route((0.0, 0.0), (100.0, 0.0))
    assert way.distance((50.0, 7.0)) == pytest.approx(7.0)
    assert way.distance((103.0, 4.0)) == pytest.approx(5.0)


def test_the_middle_of_a_bend_is_halfway_to_its_control() -> None:
    assert Route((0.0, 0.0), (100.0, 0.0), (50.0, 80.0)).at(0.5) == pytest.approx((50.0, 40.0))

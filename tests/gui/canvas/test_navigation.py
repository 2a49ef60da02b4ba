"""The keyboard reaches every card."""

from gui.canvas.navigation import following, nearest

CROSS = {
    "mid": (0.0, 0.0),
    "left": (-200.0, 10.0),
    "right": (200.0, -10.0),
    "up": (5.0, -200.0),
    "down": (-5.0, 200.0),
    "far": (600.0, 0.0),
}


def test_arrows_go_to_the_nearest_that_way() -> None:
    assert nearest(CROSS, "mid", (-1, 0)) == "left"
    assert nearest(CROSS, "mid", (1, 0)) == "right"
    assert nearest(CROSS, "mid", (0, -1)) == "up"
    assert nearest(CROSS, "mid", (0, 1)) == "down"
    assert nearest(CROSS, "right", (1, 0)) == "far"


def test_nothing_further_that_way() -> None:
    assert nearest(CROSS, "far", (1, 0)) is None


def test_the_first_arrow_goes_to_the_upper_left() -> None:
    assert nearest({"b": (500.0, 500.0), "a": (0.0, 0.0)}, None, (1, 0)) == "a"
    assert nearest({}, None, (1, 0)) is None


def test_tab_walks_the_order_and_leaves_at_its_ends() -> None:
    assert following("abc", None, 1) == "a"
    assert following("abc", None, -1) == "c"
    assert following("abc", "b", 1) == "c"
    assert following("abc", "c", 1) is None
    assert following("abc", "a", -1) is None
    assert following("", None, 1) is None

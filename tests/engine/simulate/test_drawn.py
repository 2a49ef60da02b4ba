"""The drawn pictures against geometry: ray casting, areas in closed form, points in shapes."""

import colorsys

import numpy as np
import pytest

from engine.simulate import flow, pendulum, shapes
from engine.simulate.painting import SIDE, SPECKLE, Paper, disc, triangle


def test_shadow_is_where_parallel_light_meets_the_ground() -> None:
    """The pivot and the tip of the rod, cast along the light's direction onto the height -.5."""
    rng = np.random.default_rng(0)
    theta, phi = rng.uniform(-36, 39.6, 500), rng.uniform(56, 124, 500)
    length, middle = pendulum.shadow(theta, phi)
    light = np.stack([np.cos(np.radians(phi)), np.sin(np.radians(phi))], 1)
    swing = np.stack([np.sin(np.radians(theta)), -np.cos(np.radians(theta))], 1)
    ends = []
    for point in (np.array([[10, 10.5]]), np.array([10, 10.5]) + 9.5 * swing):
        steps = (point[:, 1] - pendulum.GROUND) / light[:, 1]
        ends.append(point[:, 0] - steps * light[:, 0])
    np.testing.assert_allclose(middle, (ends[0] + ends[1]) / 2, atol=1e-12)
    np.testing.assert_allclose(length, np.maximum(3, np.abs(ends[0] - ends[1])), atol=1e-12)


def test_a_drawn_shadow_is_read_back_to_less_than_a_hundredth_of_its_range() -> None:
    drawn = pendulum.rows(200, 3)
    read = np.array([pendulum.read_shadow(picture) for picture in drawn.pictures])
    for name, values in zip(("shadow middle", "shadow length"), read.T, strict=True):
        low, high = pendulum.RANGES[name]
        assert np.abs(values - drawn.columns[name]).max() < 0.01 * (high - low)
    assert drawn.columns["shadow length"].min() < 3  # the noise is in the picture, too


def test_the_pendulum_is_where_its_angle_says() -> None:
    """The middle of the darkest pixels above the shadow, by sampling points of the ball's disc."""
    drawn = pendulum.rows(50, 4)
    theta = np.radians(drawn.columns["pendulum"])
    above = pendulum.PAPER.up[0, :, 0] > 1
    dark = (drawn.pictures[:, above] < 70).astype(float)
    x = (dark.sum(1) * pendulum.PAPER.across[0, 0]).sum(1) / dark.sum((1, 2))
    y = (dark.sum(2) * pendulum.PAPER.up[0, above, 0]).sum(1) / dark.sum((1, 2))
    assert np.abs(x - (10 + 8 * np.sin(theta))).max() < 0.1
    assert np.abs(y - (10.5 - 8 * np.cos(theta))).max() < 0.1


def test_what_a_shape_covers_has_its_area() -> None:
    paper = Paper(0, 0, 64)
    x, y = paper.across - np.float32(31.3), paper.up - np.float32(30.8)
    assert paper.cover(disc(x, y, 9.7)).sum() == pytest.approx(np.pi * 9.7**2, rel=2e-3)
    side = np.sqrt(3) * 12
    area = np.sqrt(3) / 4 * side**2
    assert paper.cover(triangle(x, y, 12.0)).sum() == pytest.approx(area, rel=5e-3)
    corner = paper.strip(x, 7.3) * paper.strip(y, 5.2)
    assert corner.sum() == pytest.approx(4 * 7.3 * 5.2, rel=1e-5)


def test_the_jet_leaves_the_hole_and_meets_the_floor_as_far_as_the_flow() -> None:
    """At the floor the parabola has fallen hole - floor: the water's last column says the reach."""
    drawn = flow.rows(40, 5)
    low = np.abs(flow.PAPER.up[0, :, 0] - 0.85) < 0.1  # just above the floor
    x = flow.PAPER.across[0, 0]
    wet = (drawn.pictures[:, low] < 190) & (x > flow.RIGHT + 0.6)
    last = np.where(wet.any(1), x, 0).max(1)
    hole, reach = drawn.columns["hole"], drawn.columns["flow"]
    fallen = np.sqrt((hole - 0.85) / (hole - flow.FLOOR))
    assert np.abs(last - (flow.RIGHT + reach * fallen)).max() < 0.45  # the jet is .32 thick
    truth = np.sqrt(2 * 0.98 * drawn.columns["water height"] * (hole - 0.5))
    assert (reach - truth).std() == pytest.approx(0.1, abs=0.03)


def test_flow_pictures_are_drawn_to_the_measured_level() -> None:
    drawn = flow.rows(40, 6)
    column = drawn.pictures[:, :, int(1.1 / flow.PAPER.pixel)].astype(float)  # left of the ball
    depth = ((flow.AIR - column) / (flow.AIR - flow.WATER)).clip(0, 1)
    above = flow.PAPER.up[0, :, 0] > 1.5
    level = 1.5 + depth[:, above].sum(1) * flow.PAPER.pixel
    truth = drawn.columns["hole"] + drawn.columns["water height"]
    assert np.abs(level - truth).max() < 2.5 * flow.PAPER.pixel


def test_hues_are_those_of_the_standard_library() -> None:
    hues = np.linspace(0, 359, 50)
    ours = (shapes.colour(hues) - shapes.PALE) / (shapes.BRIGHT - shapes.PALE)
    theirs = np.array([colorsys.hsv_to_rgb(hue / 360, 1, 1) for hue in hues])
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_the_form_decides_how_much_is_inked_and_how_wide() -> None:
    drawn = shapes.rows(60, 7)
    inked = (np.ptp(drawn.pictures.astype(float), axis=3) > 82).sum((1, 2))
    size, form = drawn.columns["size"], drawn.columns["form"].astype(int)
    share = np.array([np.pi, (2 * 0.85) ** 2, 3 * np.sqrt(3) / 4 * 1.2**2])
    np.testing.assert_allclose(inked, share[form] * size**2, rtol=0.12)
    assert set(form) == {0, 1, 2}


@pytest.mark.parametrize(
    ("model", "do", "follow"),
    [
        (pendulum, {"light": 70.0}, {"shadow length", "shadow middle"}),
        (flow, {"ball": 0.3}, {"water height", "flow"}),
        (shapes, {"form": 2.0}, {"hue", "size", "place"}),
        (shapes, {"hue": 10.0}, set()),
    ],
)
def test_a_counterfactual_moves_what_follows_and_keeps_every_noise(
    model: object, do: dict[str, float], follow: set[str]
) -> None:
    assert hasattr(model, "rows")
    assert hasattr(model, "counterfactual")
    drawn = model.rows(12, 8)
    other = model.counterfactual(drawn.noises, do)
    moved = {n for n in drawn.columns if not np.array_equal(drawn.columns[n], other.columns[n])}
    assert moved == follow | set(do)
    same = model.counterfactual(drawn.noises, {})
    np.testing.assert_array_equal(same.pictures, drawn.pictures)
    corner = (slice(None), 0, slice(20, 40))  # nothing is drawn at the top of flow and shapes
    if model is not pendulum:
        np.testing.assert_array_equal(other.pictures[corner], drawn.pictures[corner])


@pytest.mark.parametrize("model", [pendulum, flow, shapes])
def test_no_level_is_clipped_and_a_seed_says_all(model: object) -> None:
    assert hasattr(model, "rows")
    drawn = model.rows(80, 9)
    assert drawn.pictures.dtype == np.uint8
    assert drawn.pictures.shape[1:3] == (SIDE, SIDE)
    assert drawn.pictures.min() > 0
    assert drawn.pictures.max() < 255
    assert drawn.noises[SPECKLE].std() == pytest.approx(3, abs=0.05)
    np.testing.assert_array_equal(model.rows(80, 9).pictures, drawn.pictures)

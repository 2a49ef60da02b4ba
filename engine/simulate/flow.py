"""Water from a hole in a tank, as pictures with known truth.

The factors and the two equations are those of Flow in CausalVAE (Yang et al., CVPR 2021;
huawei-noah/trustworthyAI): a ball lifts the water, and how far the jet reaches follows Torricelli.
Ours differ in this: values have no grid, the jet is measured and drawn with noise, the water's
height is counted from the hole, and there are 64 × 64 grey pixels with noise of their own.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from engine.seeds import numpy_generator
from engine.simulate.painting import (
    SIDE,
    SPECKLE,
    Columns,
    Floats,
    Noises,
    Paper,
    Setting,
    Simulated,
    box,
    disc,
    each,
    over,
    painted,
    speckled,
    unless_set,
)

UNITS = {"ball": "cm", "hole": "cm", "water height": "cm", "flow": "cm"}
PICTURE = "picture"
CAUSES = tuple(UNITS)
EDGES = (
    ("ball", "water height"),
    ("water height", "flow"),
    ("hole", "flow"),
    *((cause, PICTURE) for cause in CAUSES),
)
BALL, HOLE, FILLED = (0.17, 1.13), (2.0, 4.67), (1.0, 3.9)  # cm: radius, height, water poured in
NOISE = 0.1  # cm, sd of the noise of how far the jet reaches
PIXEL_NOISE = 3.0  # grey levels of 255, sd
AIR, WALL, WATER, SOLID = 215.0, 60.0, 140.0, 40.0
FLOOR, LEFT, RIGHT, TOP = 0.5, 0.7, 4.2, 11.0  # the inside of the tank, cm
WALL_HALF, JET = 0.12, 0.16  # half of their thickness, cm
PAPER = Paper(0.0, 0.0, 12.0)


def rows(count: int, seed: int) -> Simulated:
    """`count` rows in cm, from even numbers and independent normal noise n.

    ball ~ even on [.17, 1.13] (radius)       hole ~ even on [2, 4.67] (height)
    water height = ball³ + w, w ~ even on [1, 3.9]                 (above the hole)
    flow = √(2 · .98 · water height · (hole - .5)) + .1 n          (reach of the jet)
    picture = the drawing of all four, plus whole levels of noise, sd 3    (of 255)
    """
    rng = numpy_generator(seed, "flow")
    noises: dict[str, NDArray[np.float64] | NDArray[np.int8]] = {
        "ball": rng.uniform(*BALL, count),
        "hole": rng.uniform(*HOLE, count),
        "water height": rng.uniform(*FILLED, count),
        "flow": NOISE * rng.standard_normal(count),
    }
    noises[SPECKLE] = speckled(rng, count, PIXEL_NOISE, (SIDE, SIDE))
    return counterfactual(noises, {})


def counterfactual(noises: Noises, do: Setting) -> Simulated:
    """The same rows, had the causes in `do` been so: the noises stay, of the pixels too."""
    made = partial(unless_set, do)
    ball = made("ball", noises["ball"].astype(np.float64))
    hole = made("hole", noises["hole"].astype(np.float64))
    height = made("water height", ball**3 + noises["water height"])
    flow = made("flow", reach(height, hole) + noises["flow"])
    columns = {"ball": ball, "hole": hole, "water height": height, "flow": flow}
    return Simulated(columns, noises, painted(columns, noises[SPECKLE].astype(np.int8), paint))


def reach(height: NDArray[np.float64], hole: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the jet reaches without noise, in cm; no further than nothing without water."""
    return np.sqrt(2 * 0.98 * np.maximum(height, 0) * np.maximum(hole - FLOOR, 0))


def paint(columns: Columns) -> Floats:
    """Grey levels before noise, shape (rows, 64, 64)."""
    x, y = PAPER.across, PAPER.up
    hole, flow = each(columns["hole"]), np.maximum(each(columns["flow"]), 0.05)
    level, ball = hole + each(columns["water height"]), each(columns["ball"])
    picture: Floats = np.full((len(hole), SIDE, SIDE), AIR, np.float32)
    half = (RIGHT - LEFT) / 2
    inside = x - np.float32(LEFT + half)
    depth = (level - FLOOR) / 2
    water = box(inside, y - np.float32(FLOOR) - depth, half, depth)
    picture = over(picture, PAPER.cover(water), WATER)
    fallen = (x - np.float32(RIGHT)) / flow  # 0 at the hole, 1 where the jet meets the floor
    bow = y - hole + (hole - FLOOR) * fallen**2
    steep = np.sqrt(1 + (2 * (hole - FLOOR) * fallen / flow) ** 2)
    jet = np.maximum(np.abs(bow) / steep - JET, np.maximum(-fallen * flow, FLOOR - y))
    picture = over(picture, PAPER.cover(jet), WATER)
    round_ball = disc(inside, y - np.float32(FLOOR) - ball, ball)
    picture = over(picture, PAPER.cover(round_ball), SOLID)
    return over(picture, _walls(x, y, hole), WALL)


def _walls(x: Floats, y: Floats, hole: Floats) -> Floats:
    """What the floor and the two sides of the tank cover; the hole is left open."""
    tall = (TOP - FLOOR) / 2
    up = y - np.float32(FLOOR + tall)
    left = box(x - np.float32(LEFT - WALL_HALF), up, WALL_HALF, tall)
    right = box(x - np.float32(RIGHT + WALL_HALF), up, WALL_HALF, tall)
    right = np.maximum(right, 1.5 * JET - np.abs(y - hole))
    floor = box(x - np.float32(6), y - np.float32(FLOOR - WALL_HALF), 6.0, WALL_HALF)
    return PAPER.cover(np.minimum(np.minimum(left, right), floor))

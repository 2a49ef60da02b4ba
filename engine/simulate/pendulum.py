"""A pendulum, a light and the pendulum's shadow, as pictures with known truth.

The scene and the shadow's two equations are those of Pendulum in CausalVAE (Yang et al., CVPR 2021;
huawei-noah/trustworthyAI), with measurement noise as in CDG-VAE (An, Song, Jeon 2023). Ours differ
in this: the light keeps within 34° of upright and is drawn whole, angles have no grid, there
are 64 × 64 grey pixels, and the pictures are drawn from the noisy shadow, plus noise of the pixels.
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
    Pixels,
    Setting,
    Simulated,
    disc,
    each,
    over,
    painted,
    rod,
    speckled,
    unless_set,
)

UNITS = {"pendulum": "°", "light": "°", "shadow length": "cm", "shadow middle": "cm"}
PICTURE = "picture"
CAUSES = tuple(UNITS)
EDGES = (
    ("pendulum", "shadow length"),
    ("pendulum", "shadow middle"),
    ("light", "shadow length"),
    ("light", "shadow middle"),
    *((cause, PICTURE) for cause in CAUSES),
)
RANGES = {  # of what is drawn without noise; the angles are even within theirs
    "pendulum": (-36.0, 39.6),
    "light": (56.0, 124.0),
    "shadow length": (3.0, 11.0),
    "shadow middle": (2.4, 18.0),
}
SHORTEST = 3.0  # cm; a shadow that would be shorter is drawn this long
NOISE = 0.25  # cm, sd of the noise of the shadow's length and middle
PIXEL_NOISE = 3.0  # grey levels of 255, sd
SKY, BALL, ROD, LIGHT, SHADOW = 205.0, 45.0, 100.0, 238.0, 30.0  # no level gets clipped
GROUND = -0.5  # height of the shadow, cm
HALF_SHADOW = 0.5  # half of its thickness, cm
PAPER = Paper(-1.0, -1.5, 21.0)


def rows(count: int, seed: int) -> Simulated:
    """`count` rows, from even angles and independent normal noise n; angles in degrees.

    pendulum θ ~ even on [-36, 39.6]          light φ ~ even on [56, 124]
    reach = sin θ + cos θ · cot φ
    shadow length = max(3, 9.5 · |reach|) + .25 n                          (cm)
    shadow middle = 10 - 11 cot φ + 4.75 · reach + .25 n                   (cm)
    picture = the drawing of all four, plus whole levels of noise, sd 3    (of 255)
    """
    rng = numpy_generator(seed, "pendulum")
    noises: dict[str, NDArray[np.float64] | NDArray[np.int8]] = {
        name: rng.uniform(*RANGES[name], count) for name in ("pendulum", "light")
    }
    for name in ("shadow length", "shadow middle"):
        noises[name] = NOISE * rng.standard_normal(count)
    noises[SPECKLE] = speckled(rng, count, PIXEL_NOISE, (SIDE, SIDE))
    return counterfactual(noises, {})


def counterfactual(noises: Noises, do: Setting) -> Simulated:
    """The same rows, had the causes in `do` been so: the noises stay, of the pixels too."""
    columns = factors(noises, do)
    speckle = noises[SPECKLE].astype(np.int8)
    return Simulated(columns, noises, painted(columns, speckle, paint))


def factors(noises: Noises, do: Setting) -> Columns:
    """The four measured causes of the picture, from their noises and what is set."""
    made = partial(unless_set, do)
    theta = made("pendulum", noises["pendulum"].astype(np.float64))
    phi = made("light", noises["light"].astype(np.float64))
    length, middle = shadow(theta, phi)
    return {
        "pendulum": theta,
        "light": phi,
        "shadow length": made("shadow length", length + noises["shadow length"]),
        "shadow middle": made("shadow middle", middle + noises["shadow middle"]),
    }


def shadow(
    pendulum: NDArray[np.float64], light: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Length and middle of the shadow without noise, in cm, from the two angles in degrees."""
    theta, cot = np.radians(pendulum), 1 / np.tan(np.radians(light))
    reach = np.sin(theta) + np.cos(theta) * cot
    return np.maximum(SHORTEST, 9.5 * np.abs(reach)), 10 - 11 * cot + 4.75 * reach


def paint(columns: Columns) -> Floats:
    """Grey levels before noise, shape (rows, 64, 64)."""
    theta = np.radians(columns["pendulum"])
    cot = each(1 / np.tan(np.radians(columns["light"])))
    x, y = PAPER.across, PAPER.up
    sway, drop = each(8 * np.sin(theta)), each(-8 * np.cos(theta))
    picture: Floats = np.full((len(theta), SIDE, SIDE), SKY, np.float32)
    light = PAPER.cover(disc(x - (10 + 8 * cot), y - np.float32(18.5), 2.0))
    picture = over(picture, light, LIGHT)
    rope = PAPER.cover(rod(x - np.float32(10), y - np.float32(10.5), sway, drop, 0.25))
    picture = over(picture, rope, ROD)
    ball = PAPER.cover(disc(x - (10 + sway), y - (np.float32(10.5) + drop), 1.5))
    picture = over(picture, ball, BALL)
    length, middle = each(columns["shadow length"]), each(columns["shadow middle"])
    wide = PAPER.strip(x - middle, length / 2)
    return over(picture, wide * PAPER.strip(y - np.float32(GROUND), HALF_SHADOW), SHADOW)


def read_shadow(picture: Pixels | Floats) -> tuple[float, float]:
    """Middle and length of the shadow, in cm, read back from one picture (64, 64).

    The darkness of each column along the ground (least squares against the drawn thickness), added
    up where the shadow is: its sum is the length and its centre of mass the middle.
    """
    level = np.asarray(picture, np.float64)
    heights = PAPER.up[0, :, 0]
    thick = PAPER.strip(heights - np.float32(GROUND), HALF_SHADOW)
    dark = thick @ (SKY - level) / ((SKY - SHADOW) * (thick**2).sum())
    shaded = np.flatnonzero(np.convolve(dark, np.ones(3) / 3, "same") > 0.5)
    if not len(shaded):
        return float("nan"), 0.0
    near = slice(max(0, shaded[0] - 2), shaded[-1] + 3)
    dark, x = dark[near], PAPER.across[0, 0, near].astype(np.float64)
    return float((dark * x).sum() / dark.sum()), float(dark.sum() * PAPER.pixel)

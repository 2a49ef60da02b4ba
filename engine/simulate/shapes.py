"""Coloured shapes as pictures with known truth: form, size, hue and place go together.

Among the rows a hue is a clue to the form, because the form decides which hues are likely; in the
world it is not, because to set the hue leaves the form as it was.
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
    painted,
    speckled,
    triangle,
    unless_set,
)

FORMS = ("circle", "square", "triangle")
SHARES = (0.4, 0.35, 0.25)
HUES = np.array([60.0, 150.0, 240.0])  # the middle of each form's hues, degrees of the colour wheel
UNITS = {"form": "", "size": "px", "hue": "°", "place": "px"}
PICTURE = "picture"
CAUSES = tuple(UNITS)
EDGES = (
    ("form", "hue"),
    ("form", "size"),
    ("size", "place"),
    *((cause, PICTURE) for cause in CAUSES),
)
PIXEL_NOISE = 3.0  # levels of 255, sd, the same for red, green and blue
PAPER_LEVEL = 228.0
BRIGHT, PALE = 205.0, 40.0  # the strongest and the weakest of a shape's three colours
PAPER = Paper(0.0, 0.0, 64.0)  # in pixels


def rows(count: int, seed: int) -> Simulated:
    """`count` rows, from an even number u and independent normal noise n.

    form = circle, square or triangle with shares .4, .35, .25 (from u)
    size = 10 + form + 1.5 n, form counted 0, 1, 2     (radius, pixels; squares and triangles alike)
    hue = 60, 150 or 240 by form, + 28 n               (degrees of the colour wheel)
    place = 32 + 2 (size - 11) + 4 n                   (of the middle, pixels from the left)
    picture = the drawing of all four, plus whole levels of noise, sd 3    (of 255)
    """
    rng = numpy_generator(seed, "shapes")
    noises: dict[str, NDArray[np.float64] | NDArray[np.int8]] = {
        "form": np.searchsorted(np.cumsum(SHARES)[:-1], rng.random(count), "right").astype(float),
        "size": 1.5 * rng.standard_normal(count),
        "hue": 28 * rng.standard_normal(count),
        "place": 4 * rng.standard_normal(count),
    }
    noises[SPECKLE] = speckled(rng, count, PIXEL_NOISE, (SIDE, SIDE, 1))
    return counterfactual(noises, {})


def counterfactual(noises: Noises, do: Setting) -> Simulated:
    """The same rows, had the causes in `do` been so: the noises stay, of the pixels too."""
    made = partial(unless_set, do)
    form = made("form", noises["form"].astype(np.float64))
    size = made("size", 10 + form + noises["size"])
    hue = made("hue", HUES[form.astype(np.intp)] + noises["hue"])
    place = made("place", 32 + 2 * (size - 11) + noises["place"])
    columns = {"form": form, "size": size, "hue": hue, "place": place}
    return Simulated(columns, noises, painted(columns, noises[SPECKLE].astype(np.int8), paint))


def paint(columns: Columns) -> Floats:
    """Levels of red, green and blue before noise, shape (rows, 64, 64, 3)."""
    x, y = PAPER.across - each(columns["place"]), PAPER.up - np.float32(32)
    size, form = np.maximum(each(columns["size"]), 0.5), each(columns["form"])
    shapes = (disc(x, y, size), box(x, y, 0.85 * size, 0.85 * size), triangle(x, y, 1.2 * size))
    distance = np.where(form == 0, shapes[0], np.where(form == 1, shapes[1], shapes[2]))
    cover = PAPER.cover(distance)[..., None]
    ink = np.asarray(colour(columns["hue"]), np.float32)[:, None, None, :]
    return np.float32(PAPER_LEVEL) + cover * (ink - np.float32(PAPER_LEVEL))


def colour(hue: NDArray[np.float64]) -> NDArray[np.float64]:
    """Levels of red, green and blue, shape (rows, 3), of hues in degrees; 0 is red, 120 green."""
    apart = np.abs((hue[:, None] - np.array([0.0, 120.0, 240.0]) + 180) % 360 - 180)
    strength: NDArray[np.float64] = np.clip(2 - apart / 60, 0, 1)
    return PALE + (BRIGHT - PALE) * strength

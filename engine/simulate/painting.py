"""Pictures drawn by numpy: shapes by signed distance, edges smoothed over one pixel.

A shape is the distance of every pixel's centre to its edge, negative inside; what a shape covers of
a pixel is ½ - distance / width of a pixel, between 0 and 1. For an upright edge this is exact.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32] | NDArray[np.float64]
Pixels = NDArray[np.uint8]
Columns = Mapping[str, NDArray[np.float64]]
Noises = Mapping[str, NDArray[np.float64] | NDArray[np.int8]]
Setting = Mapping[str, float | NDArray[np.float64]]  # what is set, by name
SIDE = 64  # pixels of a picture across and down
AT_ONCE = 64  # pictures painted together: what stays within a processor's cache
SPECKLE = "speckle"  # the name of the pixels' own noise among the noises


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """Rows with known truth: the measured columns, the noises behind them, and the pictures.

    `noises` has one array per column, in the model's own units, and int8 levels per pixel, the same
    for all colours, called `speckle`. `pictures`: uint8 (rows, 64, 64), in colour (…, 64, 64, 3).
    """

    columns: Columns
    noises: Noises
    pictures: Pixels


def unless_set(do: Setting, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What `name` comes to in each row: what it is set to, else `values` (rows,)."""
    return np.broadcast_to(np.float64(do[name]), values.shape).copy() if name in do else values


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """A square sheet of 64 × 64 pixels: where in the scene its left, bottom and right edges are."""

    left: float
    bottom: float
    right: float

    @property
    def pixel(self) -> float:
        """Width of a pixel in the scene's unit."""
        return (self.right - self.left) / SIDE

    @property
    def across(self) -> Floats:
        """x of the pixels' centres, shape (1, 1, 64)."""
        return np.asarray(self.left + self.pixel * (np.arange(SIDE) + 0.5), np.float32)[None, None]

    @property
    def up(self) -> Floats:
        """y of the pixels' centres, the top row first, shape (1, 64, 1)."""
        heights = self.bottom + self.pixel * (np.arange(SIDE)[::-1] + 0.5)
        return np.asarray(heights, np.float32)[None, :, None]

    def cover(self, distance: Floats) -> Floats:
        """How much of each pixel, 0 … 1, a shape covers."""
        return np.clip(0.5 - distance / np.float32(self.pixel), 0, 1)

    def strip(self, x: Floats, half_width: Floats | float) -> Floats:
        """How much of each pixel, 0 … 1, lies within `half_width` of 0 along one axis; exact."""
        half = np.float32(self.pixel / 2)
        within = np.minimum(x + half, half_width) - np.maximum(x - half, -half_width)
        return np.clip(within / np.float32(self.pixel), 0, 1)


def each(values: NDArray[np.float64]) -> Floats:
    """One number per picture, ready to meet pixels: shape (pictures, 1, 1)."""
    return np.asarray(values, np.float32)[:, None, None]


def disc(x: Floats, y: Floats, radius: Floats | float) -> Floats:
    """Distance to a disc round (0, 0)."""
    return np.sqrt(x * x + y * y) - radius


def box(x: Floats, y: Floats, half_width: Floats | float, half_height: Floats | float) -> Floats:
    """Distance to an upright box round (0, 0), measured along the axes."""
    return np.maximum(np.abs(x) - half_width, np.abs(y) - half_height)


def rod(x: Floats, y: Floats, to_x: Floats, to_y: Floats, half_width: float) -> Floats:
    """Distance to a rod with round ends, from (0, 0) to (`to_x`, `to_y`)."""
    along = np.clip((x * to_x + y * to_y) / (to_x**2 + to_y**2), 0, 1)
    return disc(x - along * to_x, y - along * to_y, half_width)


def triangle(x: Floats, y: Floats, radius: Floats | float) -> Floats:
    """Distance to an even-sided triangle, point up, whose corners are `radius` from (0, 0)."""
    slant = np.float32(np.sqrt(3) / 2)
    sides = np.maximum(-y, np.maximum(slant * x + y / 2, y / 2 - slant * x))
    return sides - radius / 2


def over(picture: Floats, cover: Floats, ink: Floats | float) -> Floats:
    """`picture` (… , 64, 64) with grey `ink` laid on where a shape covers it."""
    return picture + cover * (ink - picture)


def painted(
    columns: Columns, speckle: NDArray[np.int8], paint: Callable[[Columns], Floats]
) -> Pixels:
    """`paint` for each row of `columns`, plus `speckle`, rounded to whole levels."""
    parts = [
        np.clip(np.rint(paint({n: c[some] for n, c in columns.items()})) + speckle[some], 0, 255)
        for some in _parts(len(speckle))
    ]
    return np.concatenate([part.astype(np.uint8) for part in parts])


def speckled(
    rng: np.random.Generator, rows: int, sd: float, shape: tuple[int, ...]
) -> NDArray[np.int8]:
    """The pixels' own noise: whole grey levels of standard deviation `sd`, at most 5 sd."""
    drawn = rng.standard_normal((rows, *shape), dtype=np.float32) * np.float32(sd)
    levels: NDArray[np.int8] = np.rint(np.clip(drawn, -5 * sd, 5 * sd)).astype(np.int8)
    return levels


def _parts(rows: int) -> Iterator[slice]:
    return (slice(start, start + AT_ONCE) for start in range(0, rows, AT_ONCE))

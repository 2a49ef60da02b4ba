"""Shares at or below: what a density, or bars of ordered categories, add up to from the left."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.queries.answers import Shape
from gui.plots.picture import Layer, Picture

Array = NDArray[np.float64]
QUARTERS = (0.05, 0.25, 0.5, 0.75, 0.95)


def shares(shape: Shape) -> Array:
    """P(value ≤ x) at the grid of a density, by trapezoids from the share below the grid."""
    x, y = np.asarray(shape.x), np.asarray(shape.y)
    if len(x) < 2:
        return np.full(len(x), shape.below)
    pieces = (y[1:] + y[:-1]) / 2 * np.diff(x)
    return np.clip(shape.below + np.concatenate([[0.0], pieces.cumsum()]), 0.0, 1.0)


def share_at(shape: Shape, value: float) -> float:
    """P(value ≤ `value`) of a density."""
    return float(np.interp(value, shape.x, shares(shape)))


def quantile(shape: Shape, share: float) -> float:
    """The value that `share` of the rows do not exceed, or the end of the grid."""
    return float(np.interp(share, shares(shape), shape.x))


def cumulative(picture: Picture) -> Picture:
    """The same picture, added up from the left."""
    if picture.categories:
        names = tuple(f"≤ {name}" for name in picture.categories)
        layers = tuple(_added(layer) for layer in picture.layers)
        return replace(picture, layers=layers, categories=names, level=None, gap="")
    return replace(picture, layers=tuple(_risen(layer) for layer in picture.layers))


def _added(layer: Layer) -> Layer:
    shape = replace(layer.shape, y=np.minimum(np.asarray(layer.shape.y).cumsum(), 1.0))
    return replace(layer, shape=shape, value=None, text="")


def _risen(layer: Layer) -> Layer:
    return replace(layer, shape=replace(layer.shape, y=shares(layer.shape)), filled=False)

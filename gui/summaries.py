"""Plots in words, for those who hear them: where the middle of each law lies, how a curve runs."""

import numpy as np

from gui.numerals import percent
from gui.phrases import joined, tr
from gui.plots.cumulative import quantile
from gui.plots.curves import CurvePlot, joined_ranges
from gui.plots.drawing import place_text
from gui.plots.picture import Layer, Picture


def picture_words(picture: Picture | None, sentence: str) -> str:
    """The sentence, and what the eye adds to it."""
    if picture is None:
        return sentence
    if picture.categories:
        parts = [_bars_words(layer, picture) for layer in picture.layers]
    else:
        parts = [_half_words(layer, picture) for layer in picture.layers]
    return f"{sentence} {' '.join(parts)}".strip()


def curve_words(plot: CurvePlot) -> str:
    """Where the first curve starts, ends, and is lowest and highest; where no data stand."""
    if not plot.curves:
        return ""
    curve, axes = plot.curves[0], plot.axes
    y_ends = (float(np.min(curve.y)), float(np.max(curve.y)))
    x_ends = (float(curve.x[0]), float(curve.x[-1]))

    def at(place: int) -> str:
        x, y = float(curve.x[place]), float(curve.y[place])
        where = axes.names[int(x)] if axes.names else place_text(x, *x_ends)
        return tr("{y} at {x}").format(y=place_text(y, *y_ends), x=where)

    if axes.names:
        run = joined(tuple(at(place) for place in range(len(curve.x))))
        words = tr("{up} by {across}: {run}.")
    else:
        low, high = int(np.argmin(curve.y)), int(np.argmax(curve.y))
        inner = sorted({low, high} - {0, len(curve.x) - 1})
        run = joined(tuple(at(place) for place in (0, *inner, len(curve.x) - 1)))
        words = tr("{up} over {across}: {run}.")
    said = words.format(up=axes.up, across=axes.across, run=run)
    ranges = [
        tr("{low} to {high} (up to {share})").format(
            low=place_text(a, *x_ends), high=place_text(b, *x_ends), share=percent(share)
        )
        for a, b, share in joined_ranges(plot.hatched)
        if not axes.names
    ]
    if ranges:
        said += " " + tr("Extrapolated, few rows or none there: {ranges}.").format(
            ranges=joined(tuple(ranges))
        )
    return said


def _half_words(layer: Layer, picture: Picture) -> str:
    low, high = quantile(layer.shape, 0.25), quantile(layer.shape, 0.75)
    ends = (float(layer.shape.x[0]), float(layer.shape.x[-1]))
    text = tr("{label}: the middle half lies from {low} to {high}{unit}.")
    return text.format(
        label=layer.label,
        low=place_text(low, *ends),
        high=place_text(high, *ends),
        unit=f" {picture.unit}" if picture.unit else "",
    )


def _bars_words(layer: Layer, picture: Picture) -> str:
    each = (
        f"{name} {layer.text if code == picture.level and layer.text else percent(float(share))}"
        for code, (name, share) in enumerate(
            zip(picture.categories, layer.shape.y.tolist(), strict=True)
        )
    )
    return f"{layer.label}: {', '.join(each)}."

"""The plot of a card as painter paths, in card coordinates; built once per card, painted often."""

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from engine.queries.answers import Array, Shape
from gui.canvas.card import Card
from gui.canvas.routing import CARD_HEIGHT, CARD_WIDTH

PLOT = QRectF(-CARD_WIDTH / 2 + 12, -CARD_HEIGHT / 2 + 40, CARD_WIDTH - 24, 48)
LABEL_HEIGHT = 11.0
BARS = QRectF(PLOT.left(), PLOT.top(), PLOT.width(), PLOT.height() - LABEL_HEIGHT)
SLIDER_LEFT, SLIDER_RIGHT = PLOT.left() + 6, PLOT.left() + 86
MOST_LABELS = 6


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths of the seen and the other distribution; `needle` is x of the set value.

    `knobs`: x of the slider's handles: one of a set value or a shift, two of a range that is seen.
    """

    seen_fill: QPainterPath = field(default_factory=QPainterPath)
    seen: QPainterPath = field(default_factory=QPainterPath)
    after: QPainterPath = field(default_factory=QPainterPath)
    needle: float | None = None
    knobs: tuple[float, ...] = ()
    chosen: tuple[QRectF, ...] = ()
    labels: tuple[tuple[QRectF, str], ...] = ()
    base: float = PLOT.bottom()
    marks: QPainterPath = field(default_factory=QPainterPath)  # set values of a vector


def drawing_of(card: Card) -> Drawing:
    """Densities share one axis; bars stand side by side."""
    if card.categories:
        return _bars(card)
    return _densities(card)


def value_range(card: Card) -> tuple[float, float] | None:
    """The plot's axis in user units; None without a density."""
    shapes = [s for s in (card.seen, card.after) if s is not None and not s.bars and len(s.x) > 1]
    if not shapes:
        return None
    low, high = min(float(s.x[0]) for s in shapes), max(float(s.x[-1]) for s in shapes)
    return (low, high) if high > low else None


def slider_range(card: Card) -> tuple[float, float] | None:
    """What the slider runs over, user units: robust quantiles; of a shift as far down as up."""
    if card.shift is not None:
        return None if card.reach is None else (-card.reach.half, card.reach.half)
    return value_range(card) if card.reach is None else (card.reach.low, card.reach.high)


def value_at(card: Card, x: float) -> float | None:
    """The value that a knob at `x` (card coordinates) means; None where none can be set."""
    span = slider_range(card)
    if span is None:
        return None
    share = min(1.0, max(0.0, (x - SLIDER_LEFT) / (SLIDER_RIGHT - SLIDER_LEFT)))
    value = span[0] + share * (span[1] - span[0])
    return float(f"{value:.3g}") if card.reach is None else card.reach.on_grid(value)


def knob_at(card: Card, value: float) -> float | None:
    """Where on the slider a value is (card coordinates), inside its ends."""
    span = slider_range(card)
    if span is None or span[1] <= span[0]:
        return None
    share = min(1.0, max(0.0, (value - span[0]) / (span[1] - span[0])))
    return SLIDER_LEFT + share * (SLIDER_RIGHT - SLIDER_LEFT)


def category_at(card: Card, x: float) -> int | None:
    """The category whose bar stands at `x` (card coordinates)."""
    if not card.categories:
        return None
    slot = int((x - BARS.left()) / BARS.width() * len(card.categories))
    return min(max(slot, 0), len(card.categories) - 1)


def _densities(card: Card) -> Drawing:
    span, knobs = value_range(card), _knobs(card)
    if span is None:
        return Drawing(knobs=knobs)
    top = _top(card)
    needle = None
    if card.set_value is not None:
        share = min(1.0, max(0.0, (card.set_value - span[0]) / (span[1] - span[0])))
        needle = PLOT.left() + share * PLOT.width()
    seen = QPainterPath() if card.seen is None else _curve(card.seen, span, top)
    after = QPainterPath() if card.after is None else _curve(card.after, span, top)
    fill = QPainterPath(seen)
    if not fill.isEmpty():
        fill.lineTo(fill.currentPosition().x(), PLOT.bottom())
        fill.lineTo(seen.elementAt(0).x, PLOT.bottom())
        fill.closeSubpath()
    return Drawing(fill, seen, after, needle, knobs)


def _knobs(card: Card) -> tuple[float, ...]:
    values = [v for v in (card.set_value, card.shift, *(card.within or ())) if v is not None]
    places = (knob_at(card, value) for value in values)
    return tuple(x for x in places if x is not None)


def _top(card: Card) -> float:
    """Height of the axis: the seen peak, and up to twice that for a sharper `after`."""
    seen = 0.0 if card.seen is None else float(np.max(card.seen.y))
    after = 0.0 if card.after is None else float(np.max(card.after.y))
    return max(seen, min(after, 2 * seen) if seen else after) or 1.0


def _curve(shape: Shape, span: tuple[float, float], top: float) -> QPainterPath:
    x = PLOT.left() + (np.asarray(shape.x) - span[0]) / (span[1] - span[0]) * PLOT.width()
    y = PLOT.bottom() - np.clip(np.asarray(shape.y) / top, 0, 1) * (PLOT.height() - 3)
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]))
    return path


def _bars(card: Card) -> Drawing:
    count = len(card.categories)
    slot = BARS.width() / count
    width = min(16.0, slot * (0.42 if card.after is not None else 0.6))
    shares = [s.y for s in (card.seen, card.after) if s is not None]
    top = max((float(np.max(y)) for y in shares if len(y)), default=1.0) or 1.0
    shift = 0.0 if card.after is None else width / 2 + 1
    seen, after = QPainterPath(), QPainterPath()
    for path, shape, aside in ((seen, card.seen, -shift), (after, card.after, shift)):
        for rect in [] if shape is None else _columns(shape.x, shape.y / top, slot, width, aside):
            path.addRect(rect)
    codes = np.array(card.codes if card.set_value is None else [card.set_value], dtype=float)
    wide = width if card.after is None else min(slot - 2, 2 * width + 14)  # round both bars
    chosen = tuple(_columns(codes, np.ones(len(codes)), slot, wide, 0.0))
    fill = QPainterPath(seen)
    return Drawing(
        fill, seen, after, None, (), chosen, _labels(card.categories, slot), BARS.bottom()
    )


def _columns(codes: Array, heights: Array, slot: float, width: float, aside: float) -> list[QRectF]:
    rects = []
    for code, height in zip(codes.tolist(), heights.tolist(), strict=True):
        middle = BARS.left() + (code + 0.5) * slot + aside
        tall = height * (BARS.height() - 2)
        rects.append(QRectF(middle - width / 2, BARS.bottom() - tall, width, tall))
    return rects


def _labels(categories: tuple[str, ...], slot: float) -> tuple[tuple[QRectF, str], ...]:
    if len(categories) > MOST_LABELS:
        return ()
    row = [
        QRectF(BARS.left() + i * slot, BARS.bottom() + 1, slot - 2, LABEL_HEIGHT)
        for i in range(len(categories))
    ]
    return tuple(zip(row, categories, strict=True))

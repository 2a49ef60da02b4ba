"""One item that paints many: what lies in sight is chosen by arrays, without a call per item."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsItem

FARTHEST = 1e7  # canvas units from the origin

Box = tuple[float, float, float, float]  # left, top, right, bottom; canvas units


class Layer(QGraphicsItem):
    """Paints what others hold; never under the pointer, and as large as the canvas."""

    def __init__(self, height: float) -> None:
        super().__init__()
        self.exposed: list[QRectF] = []  # what the view is painting, where it says so
        self.setZValue(height)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # exposed rect

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The whole canvas."""
        return QRectF(-FARTHEST, -FARTHEST, 2 * FARTHEST, 2 * FARTHEST)

    def shape(self) -> QPainterPath:
        """Nothing is caught here: what is painted has items of its own."""
        return QPainterPath()


class Boxes:
    """The boxes of things in a row, kept as one array, so that looking is quick."""

    def __init__(self) -> None:
        self._array: NDArray[np.float64] = np.empty((0, 4))

    def fill(self, boxes: Sequence[Box]) -> None:
        """All of them anew."""
        self._array = np.array(boxes, dtype=np.float64).reshape(-1, 4)

    def put(self, row: int, box: Box) -> None:
        """One of them elsewhere."""
        self._array[row] = box

    def within(self, rects: Iterable[QRectF], reach: float) -> list[int]:
        """Rows of the boxes that come within `reach` of one of the rectangles."""
        boxes = self._array
        found = np.zeros(len(boxes), dtype=bool)
        for rect in rects:
            hit = (boxes[:, 0] < rect.right() + reach) & (boxes[:, 2] > rect.left() - reach)
            hit &= (boxes[:, 1] < rect.bottom() + reach) & (boxes[:, 3] > rect.top() - reach)
            found |= hit
        return list(np.flatnonzero(found).tolist())

    def extent(self) -> QRectF:
        """The rectangle that holds all of them; null without any."""
        if not len(self._array):
            return QRectF()
        left, top = self._array[:, :2].min(0).tolist()
        right, bottom = self._array[:, 2:].max(0).tolist()
        return QRectF(left, top, right - left, bottom - top)


def rect_of(box: Box, reach: float = 0.0) -> QRectF:
    """A box as Qt has it, with room around."""
    left, top, right, bottom = box
    return QRectF(left - reach, top - reach, right - left + 2 * reach, bottom - top + 2 * reach)

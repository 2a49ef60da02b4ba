"""Pictures of the table as images of Qt: means, differences, how light they are."""

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from engine.data.pictures import Pictures, Pixels

LOOKED_AT = 1_000  # pictures of which a mean is taken
CRISP = 1.5  # enlarged more than this, pixels are drawn as squares


def image_of(pixels: Pixels) -> QImage:
    """One picture (height, width), or (height, width, 3) in colour."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    if pixels.ndim == 3:
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    else:
        image = QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8)
    return image.copy()  # the array may go


def draw_pixels(painter: QPainter, rect: QRectF, pixels: Pixels) -> None:
    """A picture in a place: squares where it is enlarged, means where it is made smaller."""
    image = image_of(pixels)
    ratio = painter.device().devicePixelRatioF() * painter.worldTransform().m11()
    larger = rect.width() * ratio / image.width()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, larger < CRISP)
    if larger < 1:
        size = (rect.size() * ratio).toSize()
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    painter.drawImage(rect, image)
    painter.restore()


@lru_cache(maxsize=8)
def mean_picture(pictures: Pictures) -> Pixels:
    """The mean of all pictures, or of a thousand spread over them."""
    some = pictures.pixels[:: max(1, pictures.rows // LOOKED_AT)]
    mean: Pixels = np.rint(some.mean(0, dtype=np.float32)).astype(np.uint8)
    return mean


def difference(before: Pixels, after: Pixels) -> Pixels:
    """Middle grey where two pictures are alike, lighter where the second is lighter."""
    apart = after.astype(np.int16) - before.astype(np.int16)
    shown: Pixels = np.clip(128 + apart // 2, 0, 255).astype(np.uint8)
    return shown


def mean_grey(pixels: Pixels) -> float:
    """How light a picture is, 0 … 255."""
    return float(pixels.mean())

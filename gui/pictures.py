"""The canvas as a picture, for a slide or a paper."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsScene

from gui.theme import Theme

SCALE, MARGIN, MOST_PIXELS = 2.0, 24.0, 12_000


def canvas_picture(scene: QGraphicsScene, theme: Theme) -> QImage:
    """Everything drawn, at twice its natural size (less where it would be huge)."""
    area = scene.itemsBoundingRect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    scale = min(SCALE, MOST_PIXELS / max(area.width(), area.height()))
    image = QImage(
        round(area.width() * scale), round(area.height() * scale), QImage.Format.Format_RGB32
    )
    image.fill(theme.color("surface"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scene.render(painter, QRectF(image.rect()), area, Qt.AspectRatioMode.KeepAspectRatio)
    painter.end()
    return image

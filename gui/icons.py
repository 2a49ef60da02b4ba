"""Icons: our own small SVGs, painted in the colour of a theme's role."""

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 24, 32, 48)  # device pixels; Qt picks the nearest that is large enough


@cache
def icon(name: str, color: str, disabled: str = "", checked: str = "") -> QIcon:
    """The icon called `name` in `color` (#rrggbb); in other colours where disabled or checked."""
    made = QIcon()
    for size in SIZES:
        made.addPixmap(pixmap(name, color, size), QIcon.Mode.Normal)
        made.addPixmap(pixmap(name, disabled or color, size), QIcon.Mode.Disabled)
        on = pixmap(name, checked or color, size)
        made.addPixmap(on, QIcon.Mode.Normal, QIcon.State.On)
    return made


@cache
def pixmap(name: str, color: str, size: int) -> QPixmap:
    """The icon as a square of `size` device pixels."""
    source = files("resources").joinpath("icons", f"{name}.svg").read_text("utf-8")
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", color).encode()))
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def application_icon() -> QIcon:
    """Doscope's own icon, for the task bar."""
    made = QIcon()
    for size in (16, 32, 48, 64, 128, 256):
        made.addPixmap(pixmap("doscope", "", size))
    return made

"""The canvas as a picture, for a slide or a paper: SVG, PDF or PNG, with or without a legend.

One canvas unit is a pixel of a screen with 96 to the inch, in all three; nothing is stretched. The
picture holds what is drawn and a margin, without selection, focus or hover, in a theme of its own.
"""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QImageWriter,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from engine.errors import UserError
from engine.files import replace_file
from gui.canvas.absences import AbsentEdge
from gui.canvas.card_painter import RECT, Look
from gui.canvas.edge_item import EdgeItem, EdgeLook
from gui.canvas.node_item import NodeItem
from gui.canvas.regions import RegionItem
from gui.canvas.scene import CanvasScene
from gui.legend import Entry, entries, height_of, paint_legend, width_of
from gui.theme import LIGHT, Theme

MARGIN = 24.0  # canvas units round the graph
INCH = 96.0  # canvas units
MOST_PIXELS, MOST_AREA = 12_000, 36e6  # of a PNG's longer side, and in all
RESOLUTIONS = (96, 192, 300, 600)  # dots per inch of a PNG
SVG, PDF, PNG = ".svg", ".pdf", ".png"
KINDS = {SVG: "SVG (*.svg)", PDF: "PDF (*.pdf)", PNG: "PNG (*.png)"}  # for file dialogs
FALLBACKS = "Inter, 'DejaVu Sans', 'Segoe UI', Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Style:
    """How the picture looks. `dpi` counts for PNG alone; without `ground` it is transparent."""

    kind: str = SVG
    legend: bool = True
    dpi: int = 192
    theme: Theme = LIGHT
    ground: bool = True


class Page:
    """What goes into the picture, measured once; `paint` puts its top left at (0, 0)."""

    def __init__(self, scene: CanvasScene, style: Style) -> None:
        self._scene, self.style = scene, style
        with _plainly(scene, style.theme):
            graph = _extent(scene)
        self.entries: list[Entry] = _entries(scene) if style.legend else []
        width = max([graph.width(), *map(width_of, self.entries)])
        wide = (width - graph.width()) / 2
        self._graph = graph.adjusted(-wide, 0, wide, 0)
        below = height_of(self.entries, width)
        self._legend = QRectF(
            self._graph.left(), graph.bottom() + MARGIN * bool(below), width, below
        )
        whole = self._graph.united(self._legend) if below else self._graph
        self.area = whole.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    @property
    def size(self) -> QSizeF:
        """Width and height in canvas units, in steps of 4: a PDF page has whole points."""
        across, down = self.area.width(), self.area.height()
        return QSizeF(4 * math.ceil(across / 4), 4 * math.ceil(down / 4))

    def paint(self, painter: QPainter) -> None:
        """Ground, graph and legend."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        theme = self.style.theme
        if self.style.ground:
            painter.fillRect(QRectF(0, 0, *self.size.toTuple()), theme.color("surface"))
        painter.translate(-self.area.topLeft())
        with _plainly(self._scene, theme):
            for item in _shown(self._scene):
                painter.save()
                painter.setTransform(item.sceneTransform(), combine=True)
                painter.setOpacity(item.effectiveOpacity())
                item.paint(painter, QStyleOptionGraphicsItem())
                painter.restore()
        if self.entries:
            paint_legend(painter, self.entries, self._legend, theme)


def picture_bytes(scene: CanvasScene, style: Style) -> bytes:
    """The picture as the content of a file of its kind."""
    page = Page(scene, style)
    return {SVG: _svg, PDF: _pdf, PNG: _png}[style.kind](page)


def write_picture(scene: CanvasScene, path: Path, style: Style) -> None:
    """The whole file or none; a UserError says why not."""
    try:
        replace_file(path, (picture_bytes(scene, style),))
    except OSError as error:
        raise UserError(
            f"The picture could not be saved: {error.strerror or error}",
            where=str(path),
            remedy="choose another place",
        ) from error


def pixels(page: Page, dpi: float) -> tuple[int, int]:
    """Width and height of a PNG; less than asked for where it would be huge."""
    width, height = page.size.toTuple()
    fits = min(MOST_PIXELS / max(width, height), math.sqrt(MOST_AREA / (width * height)))
    scale = min(dpi / INCH, fits)
    return round(width * scale), round(height * scale)


def image_of(page: Page, dpi: float) -> QImage:
    """The picture in pixels."""
    across, down = pixels(page, dpi)
    image = QImage(across, down, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    scale = across / page.size.width()
    painter = QPainter(image)
    painter.scale(scale, down / page.size.height())  # the same but for half a pixel at the rim
    page.paint(painter)
    painter.end()
    image.setDotsPerMeterX(round(scale * INCH / 0.0254))
    image.setDotsPerMeterY(round(scale * INCH / 0.0254))
    return image


# ── private ────────────────────────────────────────────────────────────────────────────────────


def _png(page: Page) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(30)  # of 100: a tenth larger, several times faster
    writer.write(image_of(page, page.style.dpi))
    return bytes(content.data())


def _svg(page: Page) -> bytes:
    """Words stay words, in the first font of a list that the reader's machine has."""
    from PySide6.QtSvg import QSvgGenerator

    content = QByteArray()
    buffer = QBuffer(content)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(_screen_dpi())
    generator.setSize(page.size.toSize())
    generator.setViewBox(QRectF(0, 0, *page.size.toTuple()))
    generator.setTitle("Doscope")
    painter = QPainter(generator)
    page.paint(painter)
    painter.end()
    text = bytes(content.data()).decode()
    text = re.sub(r'font-family="[^"]*"', f'font-family="{FALLBACKS}"', text)
    text = re.sub(r'<path [^>]*\bd=""/>\n?', "", text)  # some viewers take these for damage
    across, down = page.size.toSize().toTuple()
    said = f'width="{across}px" height="{down}px"'
    return re.sub(r'width="[^"]*mm" height="[^"]*mm"', said, text, count=1).encode()


def _pdf(page: Page) -> bytes:
    """One page of exactly the picture's size, words as words."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle("Doscope")
    dots = _screen_dpi()
    writer.setResolution(dots)
    points = page.size * 72 / INCH
    match = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point, "graph", match))
    writer.setPageMargins(QMarginsF())
    painter = QPainter(writer)
    painter.scale(dots / INCH, dots / INCH)
    page.paint(painter)
    painter.end()
    return bytes(content.data())


def _screen_dpi() -> int:
    """Dots per inch at which letters have the size that the cards were laid out for."""
    return round(QGuiApplication.primaryScreen().logicalDotsPerInchX())


def _extent(scene: CanvasScene) -> QRectF:
    """What the cards and edges cover, without the room that is kept for the focus ring."""
    rect = QRectF()
    for item in _shown(scene):
        cover = RECT.translated(item.pos()) if isinstance(item, NodeItem) else None
        rect = rect.united(item.sceneBoundingRect() if cover is None else cover)
    return rect


def _shown(scene: CanvasScene) -> list[QGraphicsItem]:
    """Items from back to front."""
    return [item for item in scene.items(Qt.SortOrder.AscendingOrder) if item.isVisible()]


def _entries(scene: CanvasScene) -> list[Entry]:
    items = _shown(scene)
    absent = any(isinstance(item, AbsentEdge) for item in items)
    drawn = [item for item in items if isinstance(item, EdgeItem)]
    edges = [item for item in drawn if not isinstance(item, AbsentEdge)]
    return entries([i.card for i in items if isinstance(i, NodeItem)], edges, absent)


@contextmanager
def _plainly(scene: CanvasScene, theme: Theme) -> Iterator[None]:
    """The scene as nobody holds it, in another theme; as it was afterwards, before any repaint."""
    before: list[tuple[QGraphicsItem, object]] = []
    own, thickness = scene.theme, scene.thickness
    for item in _shown(scene):
        before.append((item, _held(item)))
        _hold(item, _let_go(_held(item)))
    if theme != own:
        scene.show_theme(theme)
    if thickness != 1.0:  # as seen from afar
        scene.show_thickness(1.0)
    try:
        yield
    finally:
        if theme != own:
            scene.show_theme(own)
        if thickness != 1.0:
            scene.show_thickness(thickness)
        for item, held in before:
            _hold(item, held)


def _held(item: QGraphicsItem) -> object:
    """How the user holds an item: its look, or whether at all."""
    match item:
        case NodeItem() | EdgeItem():
            return item.look
        case RegionItem():
            return item.held
    return None


def _let_go(held: object) -> object:
    """The same of what nobody holds."""
    match held:
        case Look():
            return Look()
        case EdgeLook(cut=cut, assumed=assumed):
            return EdgeLook(cut=cut, assumed=assumed)
    return False


def _hold(item: QGraphicsItem, held: object) -> None:
    match item, held:
        case NodeItem(), Look():
            item.show_look(held)
        case EdgeItem(), EdgeLook():
            item.show_look(held)
        case RegionItem(), bool():
            item.show_region(item.region, held=held)

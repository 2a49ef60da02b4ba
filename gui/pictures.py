"""The canvas as a picture, for a slide or a paper: SVG, PDF or PNG, with or without a legend.

One canvas unit is a pixel of a screen with 96 to the inch, in all three; nothing is stretched. The
picture holds what is drawn and a margin, without selection, focus or hover, in a theme of its own.
"""

import math
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSizeF
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QImageWriter,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPdfWriter,
)
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from engine.errors import UserError
from engine.files import replace_file
from engine.sketch import Region
from gui.canvas.absences import FAINT, THIN, AbsentEdge
from gui.canvas.badges import CLOCK_PLACE, PLACE, paint_clock, paint_die
from gui.canvas.card import Card
from gui.canvas.card_painter import RECT, Look, paint_card
from gui.canvas.edge_item import (
    Brush,
    EdgeItem,
    EdgeLook,
    EdgeParts,
    brush_of,
    edge_parts,
    paint_edge,
    route_path,
)
from gui.canvas.hedge_marks import MARKED, TIE, paint_marks, paint_tie
from gui.canvas.kin_layer import Kin, paint_kin
from gui.canvas.regions import paint_region
from gui.canvas.routing import Route
from gui.canvas.scene import CanvasScene
from gui.canvas.vector_card import drawing_for
from gui.legend import Entry, entries, height_of, paint_legend, width_of
from gui.steps import Steps, through
from gui.theme import LIGHT, Theme

MARGIN = 24.0  # canvas units round the graph
INCH = 96.0  # canvas units
MOST_PIXELS, MOST_AREA = 12_000, 36e6  # of a PNG's longer side, and in all
STRIP = 256  # pixels of the ground painted at once
RESOLUTIONS = (96, 192, 300, 600)  # dots per inch of a PNG
SVG, PDF, PNG = ".svg", ".pdf", ".png"
KINDS = {SVG: "SVG (*.svg)", PDF: "PDF (*.pdf)", PNG: "PNG (*.png)"}  # for file dialogs
EMPTY = ' d=""/>'  # how a path ends that goes nowhere
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
    """What goes into the picture, as it is now; `paint` puts its top left at (0, 0).

    It holds values and no items, so that it can be painted in slices while the user goes on.
    """

    def __init__(self, scene: CanvasScene, style: Style) -> None:
        self.style = style
        scene.growth.finish()
        self._parts = tuple(_parts(scene, style.theme))
        graph = QRectF()
        for part in self._parts:
            graph = graph.united(part.area)
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

    def paint(self, painter: QPainter, *, grounded: bool = False) -> Steps:
        """Ground, graph and legend, a part at each step; yields the share that is done.

        `grounded`: the ground is painted already.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        theme = self.style.theme
        if self.style.ground and not grounded:
            painter.fillRect(QRectF(0, 0, *self.size.toTuple()), theme.color("surface"))
        painter.translate(-self.area.topLeft())
        for number, part in enumerate(self._parts):
            painter.save()
            part.draw(painter)
            painter.restore()
            yield number / len(self._parts)
        if self.entries:
            paint_legend(painter, self.entries, self._legend, theme)


def picture_bytes(scene: CanvasScene, style: Style) -> bytes:
    """The picture as the content of a file of its kind, at once."""
    return through(encoded(Page(scene, style)))


def encoded(page: Page) -> Generator[float | None, None, bytes]:
    """The picture as the content of a file of its kind, in steps."""
    kinds = {SVG: _svg, PDF: _pdf, PNG: _png}
    return (yield from kinds[page.style.kind](page))


def written(page: Page, path: Path) -> Steps:
    """The whole file or none, in steps; a UserError says why not."""
    content = yield from encoded(page)
    try:
        replace_file(path, (content,))
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


def image_of(page: Page, dpi: float) -> Generator[float | None, None, QImage]:
    """The picture in pixels, in steps."""
    across, down = pixels(page, dpi)
    image = QImage(across, down, QImage.Format.Format_ARGB32_Premultiplied)
    scale = across / page.size.width()
    with _on(image) as painter:
        yield from _grounded(painter, page.style, across, down)
        painter.scale(scale, down / page.size.height())  # the same but for half a pixel at the rim
        yield from page.paint(painter, grounded=True)
    image.setDotsPerMeterX(round(scale * INCH / 0.0254))
    image.setDotsPerMeterY(round(scale * INCH / 0.0254))
    return image


# ── private ────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _on(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter that ends before its device does, also where the picture is given up."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()


def _grounded(painter: QPainter, style: Style, across: int, down: int) -> Steps:
    """Ground or glass, in strips: 36 million pixels at once would take a tenth of a second."""
    color = style.theme.color("surface") if style.ground else QColor(0, 0, 0, 0)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    for top in range(0, down, STRIP):
        painter.fillRect(0, top, across, STRIP, color)
        yield 0.0
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)


def _png(page: Page) -> Generator[float | None, None, bytes]:
    """Pixels in the window's thread, in slices; packed in another, which takes seconds."""
    image = yield from image_of(page, page.style.dpi)
    packed: list[bytes] = []
    thread = Thread(target=lambda: packed.append(_packed(image)), daemon=True, name="picture")
    thread.start()
    while thread.is_alive():
        yield None
    return packed[0]


def _packed(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(30)  # of 100: a tenth larger, several times faster
    writer.write(image)
    return bytes(content.data())


def _svg(page: Page) -> Generator[float | None, None, bytes]:
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
    with _on(generator) as painter:
        yield from page.paint(painter)
    text = bytes(content.data()).decode()
    yield None
    text = re.sub(r'font-family="[^"]*"', f'font-family="{FALLBACKS}"', text)
    yield None
    text = _without_empty_paths(text)
    yield None
    across, down = page.size.toSize().toTuple()
    said = f'width="{across}px" height="{down}px"'
    return re.sub(r'width="[^"]*mm" height="[^"]*mm"', said, text, count=1).encode()


def _without_empty_paths(svg: str) -> str:
    """Some viewers take these for damage."""
    kept, start = [], 0
    while (found := svg.find(EMPTY, start)) >= 0:
        kept.append(svg[start : svg.rfind("<path ", start, found)])
        start = found + len(EMPTY)
    return "".join([*kept, svg[start:]])


def _pdf(page: Page) -> Generator[float | None, None, bytes]:
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
    with _on(writer) as painter:
        painter.scale(dots / INCH, dots / INCH)
        yield from page.paint(painter)
    return bytes(content.data())


def _screen_dpi() -> int:
    """Dots per inch at which letters have the size that the cards were laid out for."""
    return round(QGuiApplication.primaryScreen().logicalDotsPerInchX())


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing of the picture: what it covers, canvas units, and how it is painted."""

    area: QRectF
    draw: Callable[[QPainter], None]


def _parts(scene: CanvasScene, theme: Theme) -> Iterator[_Part]:
    """From back to front, as nobody holds them."""
    for region in scene.regions.items:
        yield _Part(region.boundingRect(), partial(_region, region.region, theme))
    for route in scene.hedge.ties():
        area = route_path(route).boundingRect().adjusted(-TIE, -TIE, TIE, TIE)
        yield _Part(area, partial(_tie, route, theme))
    for at, inner in scene.hedge.marked():
        yield _Part(MARKED.translated(at), partial(_marks, at, theme, inner))
    for absent in scene.absent.shown():
        yield _edge(absent, theme, FAINT)
    for edge in scene.edges.values():
        yield _edge(edge, theme, 1.0)
    for name, node in scene.nodes.items():
        die = name in scene.badges.items
        clock = scene.badges.clocks.get(name)
        tier = None if clock is None else clock[1].tier
        kin = scene.joining.layer.kin_of(node)
        draw = partial(_card, node.pos(), node.card, theme, die, tier, kin)
        yield _Part(RECT.translated(node.pos()), draw)


def _edge(item: EdgeItem, theme: Theme, opacity: float) -> _Part:
    look = EdgeLook(cut=item.look.cut, assumed=item.look.assumed, way=item.look.way)
    thin = THIN if isinstance(item, AbsentEdge) else 1.0
    parts = edge_parts(item.route, item.key, look, thin)
    brush = brush_of(look, theme, thin, hidden=item.key.hidden)
    area = parts[0].boundingRect().united(parts[1].boundingRect())
    return _Part(area.adjusted(-1, -1, 1, 1), partial(_line, parts, brush, opacity))


def _line(parts: EdgeParts, brush: Brush, opacity: float, painter: QPainter) -> None:
    painter.setOpacity(opacity)
    paint_edge(painter, parts, brush)


def _tie(route: Route, theme: Theme, painter: QPainter) -> None:
    paint_tie(painter, route, theme)


def _marks(at: QPointF, theme: Theme, inner: bool, painter: QPainter) -> None:  # noqa: FBT001
    painter.translate(at)
    paint_marks(painter, theme, inner=inner)


def _region(region: Region, theme: Theme, painter: QPainter) -> None:
    paint_region(painter, region, theme)


def _card(
    at: QPointF,
    card: Card,
    theme: Theme,
    die: bool,  # noqa: FBT001
    tier: int | None,
    kin: Kin | None,
    painter: QPainter,
) -> None:
    painter.translate(at)
    detail = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
    paint_card(painter, card, drawing_for(card), Look(), theme, detail)
    if tier is not None:
        painter.translate(CLOCK_PLACE)
        paint_clock(painter, tier, theme)
        painter.translate(-CLOCK_PLACE)
    if kin is not None:
        painter.save()
        paint_kin(painter, kin, theme)
        painter.restore()
    if die:
        painter.translate(PLACE)
        paint_die(painter, theme)


def _entries(scene: CanvasScene) -> list[Entry]:
    cards = [node.card for node in scene.nodes.values()]
    kin = filter(None, map(scene.joining.layer.kin_of, scene.nodes.values()))
    groups = [inner for _, inner in scene.hedge.marked()]
    return entries(cards, scene.edges.values(), bool(scene.absent.shown()), kin, groups)

"""Regions behind the cards: a frame with a title and a note, or a mere note."""

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from engine.sketch import Region
from gui.canvas.card_painter import font
from gui.edit_regions import HEAD, is_note
from gui.theme import Theme

RADIUS = 10.0
INSET = 12.0
CORNER = 16.0  # of the corner that changes the size
TITLE_POINTS, NOTE_POINTS = 11.0, 9.5


class RegionItem(QGraphicsItem):
    """Shows one region; knows nothing of the project."""

    def __init__(self, region: Region, theme: Theme) -> None:
        super().__init__()
        self.region = region
        self.held = False
        self._theme = theme
        self.setZValue(-2)

    def show_region(self, region: Region, *, held: bool) -> None:
        """Another place, size or text; held by the user or not."""
        if (region, held) != (self.region, self.held):
            self.prepareGeometryChange()
            self.region, self.held = region, held
            self.update()

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        self.update()

    def rect(self) -> QRectF:
        """What it covers."""
        region = self.region
        return QRectF(region.left, region.top, region.width, region.height)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """With its rim."""
        return self.rect().adjusted(-2, -2, 2, 2)

    def grip_at(self, point: QPointF) -> bool:
        """True where a scene point takes hold of it: its title, its rim, or a note's whole ground.

        Elsewhere a press is one on empty canvas.
        """
        rect = self.rect()
        if not rect.contains(point):
            return False
        inner = rect.adjusted(7, HEAD, -7, -7)
        return is_note(self.region) or not inner.contains(point)

    def corner_at(self, point: QPointF) -> bool:
        """True on the corner that changes the size."""
        off = self.rect().bottomRight() - point
        return 0 <= off.x() <= CORNER and 0 <= off.y() <= CORNER

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Ground, rim, title, note, and the corner to pull."""
        paint_region(painter, self.region, self._theme, held=self.held)


class Regions(QObject):
    """Items in the order of the project's regions; which one the user holds is known only here."""

    held_changed = Signal()

    def __init__(self, scene: QGraphicsScene, theme: Theme) -> None:
        super().__init__(scene)
        self.items: list[RegionItem] = []
        self.held: int | None = None
        self._scene, self._theme = scene, theme

    def follow(self, regions: tuple[Region, ...]) -> None:
        """Make the items show these."""
        while len(self.items) > len(regions):
            self._scene.removeItem(self.items.pop())
        while len(self.items) < len(regions):
            self.items.append(RegionItem(regions[len(self.items)], self._theme))
            self._scene.addItem(self.items[-1])
        for i, (item, region) in enumerate(zip(self.items, regions, strict=True)):
            item.show_region(region, held=i == self.held)
        if self.held is not None and self.held >= len(regions):
            self.hold(None)

    def hold(self, index: int | None) -> None:
        """Take hold of one, or of none."""
        if index == self.held:
            return
        self.held = index
        for i, item in enumerate(self.items):
            item.show_region(item.region, held=i == index)
        self.held_changed.emit()

    def at(self, point: QPointF) -> int | None:
        """The topmost region of which a scene point takes hold."""
        order = reversed(list(enumerate(self.items)))
        return next((i for i, item in order if item.grip_at(point)), None)

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        for item in self.items:
            item.show_theme(theme)

    def extent(self) -> QRectF:
        """What they cover."""
        rect = QRectF()
        for item in self.items:
            rect = rect.united(item.rect())
        return rect


def paint_region(painter: QPainter, region: Region, theme: Theme, *, held: bool = False) -> None:
    """Ground, rim, title, note, and where it is held the corner to pull."""
    rect = QRectF(region.left, region.top, region.width, region.height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rim = theme.color("selected" if held else "border")
    painter.setPen(QPen(rim, 2.0 if held else 1.2))
    painter.setBrush(theme.color("surface", 0.55))
    painter.drawRoundedRect(rect, RADIUS, RADIUS)
    text = rect.adjusted(INSET, 8, -INSET, -6)
    painter.setPen(theme.color("text"))
    painter.setFont(font(TITLE_POINTS, bold=True))
    metrics = painter.fontMetrics()
    elided = metrics.elidedText(region.title, Qt.TextElideMode.ElideRight, int(text.width()))
    painter.drawText(text, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), elided)
    if region.note:
        down = metrics.height() + 4 if region.title else 0
        painter.setFont(font(NOTE_POINTS))
        painter.setPen(theme.color("quiet"))
        flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(text.adjusted(0, down, 0, 0), int(flags), region.note)
    if held:
        painter.setPen(QPen(rim, 1.6))
        end = rect.bottomRight()
        for far in (5.0, 10.0):
            painter.drawLine(end - QPointF(far + 3, 4), end - QPointF(4, far + 3))

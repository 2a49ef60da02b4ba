"""All edges in one item: those in sight, by pens that edges share."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.canvas.edge_item import HEAD, Brush, EdgeItem, EdgeKey, brush_of
from gui.canvas.layers import Box, Boxes, Layer, rect_of
from gui.theme import Theme

MANY = 100  # edges beyond which all is painted anew
HAIR = 1.5  # pixels: thinner lines are drawn as hairs while the zoom moves, twice as fast


class EdgeLayer(Layer):
    """Paints the edges it follows; each tells when it changes."""

    def __init__(self, theme: Theme, height: float = 0.0) -> None:
        super().__init__(height)
        self._moving = False
        self._theme = theme
        self._items: list[EdgeItem] = []
        self._rows: dict[EdgeItem, int] = {}
        self.boxes = Boxes()

    def follow(self, edges: Mapping[EdgeKey, EdgeItem]) -> None:
        """Paint exactly these."""
        gone = self._rows.keys() - set(edges.values())
        others = [*gone, *(i for i in edges.values() if i not in self._rows)]
        if len(others) > MANY:
            self.update()
        else:
            for item in others:
                self._renew(item.box, item.thickness)
        for item in gone:
            item.touched = _gone
        self._items = list(edges.values())
        self._rows = {item: row for row, item in enumerate(self._items)}
        for item in self._items:
            item.touched = self._touch
        self.boxes.fill([item.box for item in self._items])

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        self.forget()

    def show_motion(self, *, moving: bool) -> None:
        """Whether the zoom is moving: then a frame in time comes before a line's exact width."""
        if moving != self._moving:
            self._moving = moving
            self.update()

    def forget(self) -> None:
        """Pens are chosen anew: the theme or the thickness is another."""
        for item in self._items:
            item.brush = None
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Those in sight, what the user holds last."""
        if not self._items:
            return
        reach = 2.0 * HEAD * max(1.0, self._items[0].thickness)
        exposed = self.exposed or [option.exposedRect]
        shown = [self._items[i] for i in self.boxes.within(exposed, reach)]
        brushes = [item.brush or self._brush(item) for item in shown]
        pairs = list(zip(shown, brushes, strict=True))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        zoom = painter.worldTransform().m11()
        for held in (False, True):
            self._paint(painter, [pair for pair in pairs if pair[1].held is held], zoom)

    def _paint(self, painter: QPainter, pairs: list[tuple[EdgeItem, Brush]], zoom: float) -> None:
        """Lines by their pens, then heads; a pen is set only where it changes."""
        last: Brush | None = None
        exact = not self._moving
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for item, brush in pairs:
            if brush is not last:
                fine = self._moving and brush.pen.widthF() * zoom < HAIR
                painter.setPen(brush.fine if fine else brush.pen)
                last = brush
            painter.drawPath(item.parts(exact=exact)[0])
        last = None
        painter.setPen(Qt.PenStyle.NoPen)
        for item, brush in pairs:
            marks = item.parts(exact=exact)[1]
            if not marks.isEmpty():
                if brush is not last:
                    painter.setBrush(brush.color)
                    last = brush
                painter.drawPath(marks)

    def _brush(self, item: EdgeItem) -> Brush:
        item.brush = brush_of(item.look, self._theme, item.thickness, hidden=item.key.hidden)
        return item.brush

    def _touch(self, item: EdgeItem, before: Box) -> None:
        self.boxes.put(self._rows[item], item.box)
        self._renew(before, item.thickness)
        if before != item.box:
            self._renew(item.box, item.thickness)

    def _renew(self, box: Box, thickness: float) -> None:
        self.update(rect_of(box, 2.0 * HEAD * max(1.0, thickness)))


def _gone(item: EdgeItem, before: Box) -> None:
    """No longer painted."""

"""What is seen while an arrow is drawn: a line to the pointer, and words beside it."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QGraphicsPathItem,
    QGraphicsSimpleTextItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from gui.canvas.card_painter import SMALL_POINTS, font
from gui.canvas.routing import border
from gui.canvas.scene import CanvasScene
from gui.theme import Theme


class RubberLine:
    """A line from the rim of a card to a point, or to the rim of another card."""

    def __init__(self, scene: CanvasScene, *, hidden: bool = False) -> None:
        self._scene, self._hidden = scene, hidden
        self._line = QGraphicsPathItem()
        self.words = Caption()
        for item in (self._line, self.words):
            item.setZValue(3)

    def show(self) -> None:
        """Put it on the scene."""
        for item in (self._line, self.words):
            self._scene.addItem(item)

    def hide(self) -> None:
        """Take it away."""
        for item in (self._line, self.words):
            if item.scene() is self._scene:
                self._scene.removeItem(item)

    def draw(self, source: str, target: str, point: QPointF, *, refused: bool) -> None:
        """From a card to `target`, or to `point` without one; red if it would be refused."""
        theme, nodes = self._scene.theme, self._scene.nodes
        start, end = nodes[source].pos(), point
        if target:
            end = QPointF(*border(nodes[target].pos().toTuple(), start.toTuple(), 3.0))
        path = QPainterPath(QPointF(*border(start.toTuple(), end.toTuple())))
        path.lineTo(end)
        path.addEllipse(end, 3, 3)
        style = Qt.PenStyle.DashDotLine if self._hidden else Qt.PenStyle.SolidLine
        self._line.setPath(path)
        self._line.setPen(QPen(theme.color("error" if refused else "selected"), 2.0, style))

    def say(self, words: str, at: QPointF, *, warning: bool = True) -> None:
        """Words beside a point."""
        self.words.say(words, self._scene.theme, warning=warning)
        self.words.setPos(at + QPointF(16, 14))


class Caption(QGraphicsSimpleTextItem):
    """Words beside the pointer, on a ground of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(font(SMALL_POINTS + 1))
        self._ground = QBrush()

    def say(self, words: str, theme: Theme, *, warning: bool = True) -> None:
        """Show words; nothing for no words."""
        self.setVisible(bool(words))
        self.setText(words)
        self.setBrush(theme.color("error" if warning else "text"))
        self._ground = QBrush(theme.color("surface"))

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The words and their ground."""
        return super().boundingRect().adjusted(-7, -5, 7, 5)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Ground, then words."""
        painter.setBrush(self._ground)
        painter.setPen(QPen(self.brush().color(), 1))
        painter.drawRoundedRect(self.boundingRect().adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        super().paint(painter, option, widget)  # type: ignore[arg-type]

"""A die on the rim of each card whose variable was randomised."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.canvas.card_painter import RECT
from gui.canvas.node_item import NodeItem
from gui.theme import Theme

SIZE = 18.0
PLACE = QPointF(RECT.left() + 4, RECT.top())  # on the card
PIPS = ((-4.2, -4.2), (4.2, -4.2), (0.0, 0.0), (-4.2, 4.2), (4.2, 4.2))


class Badge(QGraphicsItem):
    """The five of a die: shape and tool tip say it, not colour."""

    def __init__(self, node: NodeItem, theme: Theme) -> None:
        super().__init__(node)
        self._theme = theme
        self.setPos(PLACE)
        words = QCoreApplication.translate("Badges", "Randomised: only the lot decides it")
        self.setToolTip(words)

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The die and its rim."""
        return QRectF(-SIZE / 2, -SIZE / 2, SIZE, SIZE).adjusted(-1, -1, 1, 1)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """A rounded square with five pips."""
        paint_die(painter, self._theme)


class Badges:
    """Keeps a die on the right cards; a die goes with its card."""

    def __init__(self, theme: Theme) -> None:
        self.items: dict[str, tuple[NodeItem, Badge]] = {}
        self._theme = theme

    def follow(self, nodes: Mapping[str, NodeItem], wanted: frozenset[str]) -> None:
        """A die on each of `wanted`."""
        for name, (node, badge) in list(self.items.items()):
            here = nodes.get(name) is node
            if here and name in wanted:
                continue
            del self.items[name]
            if here:
                node.scene().removeItem(badge)
        for name in wanted - self.items.keys():
            self.items[name] = (nodes[name], Badge(nodes[name], self._theme))

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        for _, badge in self.items.values():
            badge.show_theme(theme)


def paint_die(painter: QPainter, theme: Theme) -> None:
    """A rounded square with five pips, its middle at the origin."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("text"), 1.3))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(QRectF(-SIZE / 2, -SIZE / 2, SIZE, SIZE), 4, 4)
    painter.setBrush(theme.color("text"))
    for x, y in PIPS:
        painter.drawEllipse(QPointF(x, y), 1.1, 1.1)

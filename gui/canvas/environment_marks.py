"""Which mechanisms changed between environments, on the rim of cards: a ≠ or a =."""

from typing import Protocol

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.queries.lights import EnvironmentsAnswer
from gui.canvas.card_painter import RECT
from gui.canvas.node_item import NodeItem
from gui.theme import Theme

PLACE = QPointF(RECT.right() - 4, RECT.top())  # the die of a lot stands at the left
REACH = 10.0


class Stage(Protocol):
    """What is read of the scene, always as it is now."""

    nodes: dict[str, NodeItem]


class EnvironmentMark(QGraphicsItem):
    """Changed or not found to have changed: told by shape, sign and tool tip, not by colour."""

    def __init__(self, node: NodeItem, words: str, theme: Theme, *, changed: bool) -> None:
        super().__init__(node)
        self.changed, self._theme = changed, theme
        self.setPos(PLACE)
        self.setToolTip(words)

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The sign and its rim."""
        return QRectF(-REACH, -REACH, 2 * REACH, 2 * REACH).adjusted(-1, -1, 1, 1)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """A diamond with ≠, or a disc with =."""
        color = self._theme.color("warn" if self.changed else "quiet")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(self._theme.color("surface"))
        if self.changed:
            corners = ((0, -REACH), (REACH, 0), (0, REACH), (-REACH, 0))
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        else:
            painter.drawEllipse(QPointF(0, 0), REACH - 2, REACH - 2)
        for y in (-2.0, 2.0):
            painter.drawLine(QPointF(-4, y), QPointF(4, y))
        if self.changed:
            painter.drawLine(QPointF(-2.5, 4.5), QPointF(2.5, -4.5))


class EnvironmentMarks:
    """Keeps the marks on the cards of the newest comparison."""

    def __init__(self, stage: Stage, theme: Theme) -> None:
        self._stage = stage
        self.items: dict[str, tuple[NodeItem, EnvironmentMark]] = {}
        self._theme = theme

    def show(self, found: EnvironmentsAnswer | None) -> None:
        """Marks of this comparison; None: no marks."""
        nodes = self._stage.nodes
        for node, mark in self.items.values():
            if node.scene() is not None:
                node.scene().removeItem(mark)
        self.items = {}
        for one in () if found is None else found.verdicts:
            if one.p is not None and one.node in nodes:
                node = nodes[one.node]
                told = _say("Its mechanism changed between environments")
                if not one.changed:
                    told = _say("No change of its mechanism was found between environments")
                mark = EnvironmentMark(node, told, self._theme, changed=one.changed)
                self.items[one.node] = (node, mark)

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        for _, mark in self.items.values():
            mark.show_theme(theme)


def _say(text: str) -> str:
    return QCoreApplication.translate("EnvironmentMarks", text)

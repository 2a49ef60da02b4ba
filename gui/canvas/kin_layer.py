"""Small marks on the cards that lead to an exposure or an outcome: one item paints them all."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.canvas.card_painter import RECT, SMALL_POINTS, font
from gui.canvas.layers import Layer
from gui.canvas.node_item import NodeItem
from gui.theme import Theme

PLACE = QPointF(RECT.left() + 20, RECT.bottom() + 5)  # of the pill's middle, on the card
TALL, GAP, ARROW = 15.0, 4.0, 10.0
EXPOSURE, OUTCOME = "E", "O"  # as the keys that give these roles


@dataclass(frozen=True, slots=True)
class Kin:
    """To what arrows lead from a card."""

    exposure: bool
    outcome: bool

    @property
    def words(self) -> str:
        """In a sentence."""
        if self.exposure and self.outcome:
            return _say("leads to the exposure and, on another way, to the outcome")
        if self.exposure:
            return _say("leads to the exposure (ancestor)")
        return _say("leads to the outcome (ancestor)")


class KinLayer(Layer):
    """Paints the marks of the cards in sight, wherever these are."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(1.1)  # above the cards
        self._theme = theme
        self._kin: dict[NodeItem, Kin] = {}

    def show_kin(self, kin: Mapping[NodeItem, Kin]) -> None:
        """Mark exactly these cards."""
        for node in self._kin.keys() | kin.keys():
            if self._kin.get(node) != kin.get(node):
                node.show_note("kin", kin[node].words if node in kin else "")
                self.update(_around(node))
        self._kin = dict(kin)

    def kin_of(self, node: NodeItem) -> Kin | None:
        """To what arrows lead from a card, where that is shown."""
        return self._kin.get(node)

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Those in sight."""
        exposed = self.exposed or [option.exposedRect]
        for node, kin in self._kin.items():
            if any(rect.intersects(_around(node)) for rect in exposed):
                painter.save()
                painter.translate(node.pos())
                paint_kin(painter, kin, self._theme)
                painter.restore()


def paint_kin(painter: QPainter, kin: Kin, theme: Theme) -> None:
    """The pill of a card whose middle is at the origin."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(PLACE)
    painter.setFont(font(SMALL_POINTS, bold=True))
    step = QFontMetricsF(painter.font()).horizontalAdvance("O") + 2
    letters = EXPOSURE * kin.exposure + OUTCOME * kin.outcome
    wide = 2 * GAP + ARROW + 2 + step * len(letters)
    pill = QRectF(-wide / 2, -TALL / 2, wide, TALL)
    painter.setPen(QPen(theme.color("border"), 1.2))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(pill, TALL / 2, TALL / 2)
    tip = pill.left() + GAP + ARROW
    painter.setPen(QPen(theme.color("quiet"), 1.3))
    painter.drawLine(QPointF(tip - ARROW + 1, 0), QPointF(tip - 1, 0))
    painter.drawPolyline([QPointF(tip - 4, -3), QPointF(tip - 1, 0), QPointF(tip - 4, 3)])
    left = tip + 2
    for letter in letters:
        painter.setPen(theme.color("do" if letter == EXPOSURE else "outcome"))
        room = QRectF(left, pill.top(), step, TALL)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), letter)
        left += step


def _around(node: NodeItem) -> QRectF:
    """Where the mark of a card may be."""
    at = node.pos() + PLACE
    return QRectF(at.x() - 30, at.y() - TALL / 2 - 2, 60, TALL + 4)


def _say(text: str) -> str:
    return QCoreApplication.translate("Kin", text)

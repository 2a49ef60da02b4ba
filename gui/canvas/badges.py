"""What stands on the rim of cards: a die for what a lot set, a small clock with the time tier."""

from collections.abc import Mapping, Set

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.graph.tiers import Tiers
from gui.canvas.card_painter import RECT, SMALL_POINTS, font
from gui.canvas.node_item import NodeItem
from gui.theme import Theme

SIZE = 18.0
PLACE = QPointF(RECT.left() + 4, RECT.top())  # on the card
CLOCK_PLACE = QPointF(RECT.right() - 18, RECT.bottom() + 6)  # arrows end above and at the left
TALL, CLOCK, GAP = 17.0, 9.0, 4.0
PIPS = ((-4.2, -4.2), (4.2, -4.2), (0.0, 0.0), (-4.2, 4.2), (4.2, 4.2))


class Badge(QGraphicsItem):
    """The five of a die: shape and tool tip say it, not colour."""

    def __init__(self, node: NodeItem, theme: Theme) -> None:
        super().__init__(node)
        self._theme = theme
        self.setPos(PLACE)
        self.setToolTip(_say("Randomised: only the lot decides it"))

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


class TierBadge(Badge):
    """A clock and the number of the time tier."""

    def __init__(self, node: NodeItem, tier: int, theme: Theme) -> None:
        super().__init__(node, theme)
        self.tier = tier
        self.setPos(CLOCK_PLACE)
        self.setToolTip(tier_words(tier))

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The pill and its rim."""
        return _pill(self.tier).adjusted(-1, -1, 1, 1)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """The pill."""
        paint_clock(painter, self.tier, self._theme)


class Badges:
    """Keeps dice and clocks on the right cards; they go with their cards."""

    def __init__(self, theme: Theme) -> None:
        self.items: dict[str, tuple[NodeItem, Badge]] = {}
        self.clocks: dict[str, tuple[NodeItem, TierBadge]] = {}
        self._theme = theme

    def follow(self, nodes: Mapping[str, NodeItem], lots: frozenset[str], tiers: Tiers) -> None:
        """A die on each of `lots`, a clock on each card with a time tier."""
        for name in _stale(self.items, nodes, lots):
            _drop(*self.items.pop(name))
        for name in (lots & nodes.keys()) - self.items.keys():
            self.items[name] = (nodes[name], Badge(nodes[name], self._theme))
        kept = {v for v, (_, badge) in self.clocks.items() if tiers.get(v) == badge.tier}
        for name in _stale(self.clocks, nodes, kept):
            _drop(*self.clocks.pop(name))
        for name in (tiers.keys() & nodes.keys()) - self.clocks.keys():
            badge = TierBadge(nodes[name], tiers[name], self._theme)
            self.clocks[name] = (nodes[name], badge)

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self._theme = theme
        for _, badge in (*self.items.values(), *self.clocks.values()):
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


def paint_clock(painter: QPainter, tier: int, theme: Theme) -> None:
    """A pill with a clock, then the number of the tier, its middle at the origin."""
    pill = _pill(tier)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("border"), 1.2))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(pill, TALL / 2, TALL / 2)
    middle = QPointF(pill.left() + GAP + CLOCK / 2, 0.0)
    painter.setPen(QPen(theme.color("quiet"), 1.2))
    painter.drawEllipse(middle, CLOCK / 2, CLOCK / 2)
    painter.drawLine(middle, middle + QPointF(0, -CLOCK / 2 + 1.6))
    painter.drawLine(middle, middle + QPointF(CLOCK / 2 - 2.0, 1.2))
    painter.setFont(_digits())
    painter.setPen(theme.color("text"))
    room = pill.adjusted(2 * GAP + CLOCK - 1, 0, 0, 0)
    where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(room, int(where), str(tier))


def _pill(tier: int) -> QRectF:
    wide = CLOCK + QFontMetricsF(_digits()).horizontalAdvance(str(tier)) + 3 * GAP
    return QRectF(-wide / 2, -TALL / 2, wide, TALL)


def tier_words(tier: int) -> str:
    """What a time tier means, in a sentence."""
    return _say("Time tier {0}: nothing of a later tier can cause it").format(tier)


def _stale(
    items: Mapping[str, tuple[NodeItem, Badge]], nodes: Mapping[str, NodeItem], wanted: Set[str]
) -> list[str]:
    """Those whose card is another one or gone, and those no longer wanted."""
    return [v for v, (node, _) in items.items() if nodes.get(v) is not node or v not in wanted]


def _drop(node: NodeItem, badge: Badge) -> None:
    if node.scene() is not None:
        node.scene().removeItem(badge)


def _digits() -> QFont:
    return font(SMALL_POINTS, bold=True)


def _say(text: str) -> str:
    return QCoreApplication.translate("Badges", text)

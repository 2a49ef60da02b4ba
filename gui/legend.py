"""The legend below a picture of the canvas: what its arrows, rims, signs and curves mean.

Only what the picture shows is explained, drawn by the same hands as on the canvas.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen

from engine.project import Role
from engine.queries.questions import Rung
from gui.canvas.card import Card
from gui.canvas.card_painter import DASH, SOLID, after_pen, font, paint_sign
from gui.canvas.edge_item import EdgeItem, EdgeKey, EdgeLook, edge_color, edge_path
from gui.canvas.edge_ways import Way
from gui.canvas.kin_layer import PLACE, Kin, paint_kin
from gui.canvas.routing import Route
from gui.theme import Theme

SAMPLE, ROW, GAP = 70.0, 26.0, 26.0  # width of a sample, height of a row, between entries
POINTS = 8.5
BOX = QRectF(14, -8, SAMPLE - 28, 16)  # a small card
Draw = Callable[[QPainter, Theme], None]  # a sample, from (0, 0) to the right, centred on y = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A sample and what it means."""

    words: str
    draw: Draw


def entries(
    cards: Iterable[Card],
    edges: Iterable[EdgeItem],
    absent: bool,
    kin: Iterable[Kin] = (),
    hedge: Iterable[bool] = (),
) -> list[Entry]:
    """What this picture needs explained, in a fixed order; each once.

    `hedge`: for each card of the larger group of a hedge, whether it is in the smaller one, too.
    """
    cards, looks = list(cards), [(edge.key, edge.look) for edge in edges]
    found = [
        *_of_edges(looks, absent=absent),
        *_of_ways(look.way for _, look in looks if not look.cut),
    ]
    found += [*_of_kin(kin), *_of_rims(cards), *_of_hedge(hedge), *_of_curves(cards)]
    return list({entry.words: entry for entry in found}.values())


def rows(all_entries: list[Entry], width: float) -> list[list[tuple[float, Entry]]]:
    """The entries in columns of one width, as many as fit; each with its left edge."""
    if not all_entries:
        return []
    wide = max(map(width_of, all_entries)) + GAP
    columns = max(1, min(len(all_entries), int((width + GAP) // wide)))
    placed = [(i % columns * wide, entry) for i, entry in enumerate(all_entries)]
    return [placed[i : i + columns] for i in range(0, len(placed), columns)]


def width_of(entry: Entry) -> float:
    """A sample and its words, canvas units."""
    return SAMPLE + 8 + QFontMetricsF(font(POINTS)).horizontalAdvance(entry.words)


def paint_legend(painter: QPainter, all_entries: list[Entry], area: QRectF, theme: Theme) -> None:
    """The entries in `area`, below a thin line."""
    painter.setPen(QPen(theme.color("border"), 1))
    painter.drawLine(area.topLeft(), area.topRight())
    top = area.top() + 8
    for row in rows(all_entries, area.width()):
        for left, entry in row:
            painter.save()
            painter.translate(area.left() + left, top + ROW / 2)
            entry.draw(painter, theme)
            painter.restore()
            box = QRectF(area.left() + left + SAMPLE + 8, top, width_of(entry), ROW)
            painter.setFont(font(POINTS))
            painter.setPen(theme.color("text"))
            where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, int(where) | int(Qt.TextFlag.TextSingleLine), entry.words)
        top += ROW


def height_of(all_entries: list[Entry], width: float) -> float:
    """What the legend takes below the graph, canvas units."""
    return 8 + ROW * len(rows(all_entries, width)) if all_entries else 0.0


# ── private ────────────────────────────────────────────────────────────────────────────────────


def _of_edges(looks: list[tuple[EdgeKey, EdgeLook]], *, absent: bool) -> Iterator[Entry]:
    arrows = [look for key, look in looks if not key.hidden]
    if any(not look.cut and not look.assumed and not look.way for look in arrows):
        yield _edge(_tr("direct cause, given the other arrows"), EdgeLook())
    if any(look.assumed and not look.cut for look in arrows):
        yield _edge(_tr("assumed, not confirmed yet"), EdgeLook(assumed=True))
    if any(key.hidden for key, _ in looks):
        yield _edge(_tr("hidden common cause"), EdgeLook(), hidden=True)
    if any(look.lot for _, look in looks):
        yield _edge(_tr("cut by a lot: counts for nothing"), EdgeLook(cut=True, lot=True))
    if any(look.cut and not look.lot for _, look in looks):
        yield _edge(_tr("cut by do: carries nothing"), EdgeLook(cut=True))
    if absent:
        yield _edge(_tr("assumed to be absent"), EdgeLook(), faint=True)


def _of_ways(ways: Iterable[Way]) -> Iterator[Entry]:
    """What paths between exposure and outcome run through the edges."""
    there = set(ways)
    for way, meaning in (
        (Way.CAUSAL, _tr("on a causal path from exposure to outcome")),
        (Way.BIASING, _tr("on an open path that biases")),
        (Way.BOTH, _tr("on a causal path and on one that biases")),
        (Way.CLOSED, _tr("on a causal path, closed by what is adjusted")),
    ):
        if way in there:
            yield _edge(meaning, EdgeLook(way=way))


def _of_kin(kin: Iterable[Kin]) -> Iterator[Entry]:
    words = {
        (True, False): _tr("leads to the exposure"),
        (False, True): _tr("leads to the outcome"),
        (True, True): _tr("leads to both"),
    }
    there = set(kin)
    for (exposure, outcome), meaning in words.items():
        if Kin(exposure, outcome) in there:
            yield Entry(meaning, _kin(Kin(exposure, outcome)))


def _of_rims(cards: list[Card]) -> Iterator[Entry]:
    if any(card.latent for card in cards):
        yield Entry(_tr("not measured"), _rim("line", DASH, 1.2, "canvas"))
    words = {
        Rung.DO: _tr("set by do"),
        Rung.IMAGINE: _tr("set in the imagined world"),
        Rung.SEE: _tr("only rows like this are looked at"),
    }
    for card in cards:
        if card.set_words or card.note:
            yield Entry(words[card.rung], _rim(str(card.rung), SOLID, 2.0))
    if any(card.outcome for card in cards):
        yield Entry(_tr("outcome of the question"), _outcome)
    roles = {
        Role.EXPOSURE: _tr("exposure: what is set"),
        Role.OUTCOME: _tr("outcome: what is asked about"),
        Role.ADJUSTED: _tr("adjusted: held constant"),
        Role.SELECTED: _tr("selected: what rows were chosen by"),
    }
    for role, meaning in roles.items():
        if any(card.role is role and not _taken(card) for card in cards):
            yield Entry(meaning, _role(role))


def _of_hedge(hedge: Iterable[bool]) -> Iterator[Entry]:
    """Why no formula gives the effect: the outlines round the cards of two groups."""
    there = set(hedge)
    if there:
        yield Entry(_tr("held together by hidden causes"), _outline(DASH))
    if True in there:
        yield Entry(_tr("also without the treatment: not told apart"), _outline(SOLID))


def _outline(style: Qt.PenStyle) -> Draw:
    def draw(painter: QPainter, theme: Theme) -> None:
        painter.setPen(QPen(theme.color("warn"), 2.0, style))
        painter.setBrush(theme.color("warn", 0.12 if style is DASH else 0.0))
        painter.drawRoundedRect(BOX, 6, 6)

    return draw


def _taken(card: Card) -> bool:
    """Where the card says something else in the place of its role."""
    return bool(card.outcome or card.set_words or card.note)


def _of_curves(cards: list[Card]) -> Iterator[Entry]:
    if any(card.seen is not None for card in cards):
        yield Entry(_tr("as seen in the rows"), _seen)
    words = {
        Rung.DO: _tr("after do"),
        Rung.IMAGINE: _tr("imagined"),
        Rung.SEE: _tr("in the rows looked at"),
    }
    for card in cards:
        if card.after is not None:
            yield Entry(words[card.rung], _after(card))


def _edge(words: str, look: EdgeLook, *, hidden: bool = False, faint: bool = False) -> Entry:
    key = EdgeKey("", "", hidden=hidden)

    def draw(painter: QPainter, theme: Theme) -> None:
        way = Route((0.0, 0.0), (SAMPLE, 0.0))
        painter.setOpacity(0.55 if faint else 1.0)
        painter.fillPath(edge_path(way, key, look, 0.55 if faint else 1.0), edge_color(look, theme))

    return Entry(words, draw)


def _rim(color: str, style: Qt.PenStyle, width: float, fill: str = "surface") -> Draw:
    def draw(painter: QPainter, theme: Theme) -> None:
        painter.setPen(QPen(theme.color(color), width, style))
        painter.setBrush(theme.color(fill))
        painter.drawRoundedRect(BOX, 4, 4)

    return draw


def _outcome(painter: QPainter, theme: Theme) -> None:
    _rim("outcome", SOLID, 2.0)(painter, theme)
    painter.setFont(font(POINTS, bold=True))
    painter.drawText(BOX, int(Qt.AlignmentFlag.AlignCenter), "◎")


def _role(role: Role) -> Draw:
    def draw(painter: QPainter, theme: Theme) -> None:
        if role is Role.EXPOSURE:
            _rim("do", SOLID, 2.0)(painter, theme)
        paint_sign(painter, Card("", role=role), BOX.center(), theme.color("quiet"))

    return draw


def _kin(kin: Kin) -> Draw:
    def draw(painter: QPainter, theme: Theme) -> None:
        painter.translate(BOX.center() - PLACE)
        paint_kin(painter, kin, theme)

    return draw


def _seen(painter: QPainter, theme: Theme) -> None:
    middle, foot = SAMPLE / 2, 24.0
    hill = QPainterPath(QPointF(middle - foot, 8))
    hill.cubicTo(QPointF(middle - 9, 8), QPointF(middle - 9, -9), QPointF(middle, -9))
    hill.cubicTo(QPointF(middle + 9, -9), QPointF(middle + 9, 8), QPointF(middle + foot, 8))
    painter.fillPath(hill, theme.color("seen_fill"))
    painter.strokePath(hill, QPen(theme.color("seen"), 1.4))


def _after(card: Card) -> Draw:
    def draw(painter: QPainter, theme: Theme) -> None:
        painter.setPen(after_pen(card, theme))
        painter.drawLine(QPointF(4, 0), QPointF(SAMPLE - 4, 0))

    return draw


def _tr(text: str) -> str:
    return QCoreApplication.translate("Legend", text)

"""How a node card is painted: pure functions of card, theme and state."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QApplication

from engine.project import Role
from engine.queries.questions import Rung
from gui.canvas.card import Card
from gui.canvas.drawing import PLOT, Drawing, knob_at
from gui.canvas.picture_card import paint_thumbs
from gui.canvas.routing import CARD_HEIGHT, CARD_WIDTH
from gui.theme import Theme

RADIUS = 8.0
PAD = 12.0
RECT = QRectF(-CARD_WIDTH / 2, -CARD_HEIGHT / 2, CARD_WIDTH, CARD_HEIGHT)
NAME_ROW = QRectF(RECT.left() + PAD, RECT.top() + 8, CARD_WIDTH - 2 * PAD, 18)
STAMP_ROW = QRectF(RECT.left() + PAD, RECT.top() + 27, CARD_WIDTH - 2 * PAD, 13)
FOOT_ROW = QRectF(RECT.left() + PAD, RECT.bottom() - 21, CARD_WIDTH - 2 * PAD, 15)
SLIDER = QRectF(FOOT_ROW.left(), FOOT_ROW.top() - 2, 92, 18)
HANDLES = (
    QPointF(RECT.right(), 0),
    QPointF(0, RECT.bottom()),
    QPointF(RECT.left(), 0),
    QPointF(0, RECT.top()),
)
SIGN = 10.0  # room for a sign before words
SIGN_STEP = 17.0  # between the signs that can be pressed
RELEASE, RESET = "release", "reset"
SMALL_TEXT_FROM = 0.4  # level of detail below which only the name is written
FULL_TEXT_FROM = 0.75  # … below which writing shrinks no further
NAME_POINTS, SMALL_POINTS, FAR_POINTS = 10.0, 7.5, 19.0
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
SINGLE = Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
CENTRE = Qt.AlignmentFlag.AlignCenter
SOLID, DASH, DOT = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine


@dataclass(frozen=True, slots=True)
class Look:
    """How the user is holding the card: what the scene, not the project, knows."""

    selected: bool = False
    focused: bool = False
    hovered: bool = False
    target: bool = False  # an arrow being drawn would end here
    refused: bool = False  # … and would close a cycle


def paint_card(
    painter: QPainter, card: Card, drawing: Drawing, look: Look, theme: Theme, detail: float
) -> None:
    """Card at the origin; `detail` is the zoom (1 = 100 %)."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _frame(painter, card, look, theme, far=detail < SMALL_TEXT_FROM)
    if detail < SMALL_TEXT_FROM:
        _far(painter, card, drawing, theme)
    else:
        larger = max(1.0, FULL_TEXT_FROM / detail)
        _title(painter, card, theme, larger)
        _plot(painter, card, drawing, theme)
        _stamp(painter, card, theme, larger)
        _foot(painter, card, drawing, theme, larger)
    if look.hovered and detail >= SMALL_TEXT_FROM:
        _handles(painter, theme)


def font(points: float, *, bold: bool = False, italic: bool = False) -> QFont:
    """The application's font at another size."""
    made = QFont(QApplication.font())
    made.setPointSizeF(points)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    made.setItalic(italic)
    return made


def _frame(painter: QPainter, card: Card, look: Look, theme: Theme, *, far: bool) -> None:
    color, width, style = _rim(card, look, theme)
    if far:  # a rim that stays in sight when it is made smaller
        color, width = (theme.color("line"), 3.0) if width < 2 else (color, 2 * width)
    if look.focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("text"), 2.5))
        ring = RECT.adjusted(-5, -5, 5, 5)
        painter.drawRoundedRect(ring, RADIUS + 5, RADIUS + 5)
    painter.setPen(QPen(color, width, style))
    fill = "selected_fill" if look.selected or look.target else "surface"
    painter.setBrush(theme.color("canvas" if card.latent and fill == "surface" else fill))
    painter.drawRoundedRect(RECT, RADIUS, RADIUS)


def _rim(card: Card, look: Look, theme: Theme) -> tuple[QColor, float, Qt.PenStyle]:
    style = DASH if card.latent else SOLID
    if look.refused:
        return theme.color("error"), 2.5, style
    if look.target or look.selected:
        return theme.color("selected"), 2.5, style
    if card.set_words or card.note:
        return theme.color(_accent(card)), 2.0, style
    if card.outcome:
        return theme.color("outcome"), 2.0, style
    if card.role is Role.EXPOSURE:
        return theme.color("do"), 2.0, style
    return theme.color("line" if card.latent else "border"), 1.2, style


def _accent(card: Card) -> str:
    return str(card.rung)


def _title(painter: QPainter, card: Card, theme: Theme, larger: float) -> None:
    bold, small = font(NAME_POINTS * larger, bold=True), font(SMALL_POINTS * larger)
    sign = " ◎" if card.outcome else ""
    metrics, small_metrics = QFontMetricsF(bold), QFontMetricsF(small)
    sign_width = metrics.horizontalAdvance(sign)
    room = NAME_ROW.width() - sign_width
    words = _fitting_words(card, small_metrics, room - metrics.horizontalAdvance(card.name) - 8)
    taken = small_metrics.horizontalAdvance(words) + 8 if words else 0
    name = metrics.elidedText(card.name, Qt.TextElideMode.ElideMiddle, room - taken)
    _text(painter, NAME_ROW, LEFT, name + sign, bold, theme.color("text"))
    if card.outcome:
        left = NAME_ROW.left() + metrics.horizontalAdvance(name)
        over = QRectF(left, NAME_ROW.top(), sign_width + 4, NAME_ROW.height())
        _text(painter, over, LEFT, sign, bold, theme.color("outcome"))
    _text(painter, NAME_ROW, RIGHT, words, small, theme.color("quiet"))


def _fitting_words(card: Card, metrics: QFontMetricsF, room: float) -> str:
    """Unit and kind, or the unit alone, or nothing: whichever fits beside the name."""
    for words in (card.kind_words, card.kind_words.split(" · ")[0]):
        if metrics.horizontalAdvance(words) <= room:
            return words
    return ""


def _plot(painter: QPainter, card: Card, drawing: Drawing, theme: Theme) -> None:
    if card.latent or card.no_data:
        words = card.chip
        color = theme.color("quiet")
        _text(painter, PLOT, CENTRE, words, font(SMALL_POINTS + 0.5, italic=True), color)
        return
    if card.thumbs:
        paint_thumbs(painter, card, theme)
        return
    painter.setPen(QPen(theme.color("border"), 1))
    painter.drawLine(QPointF(PLOT.left(), drawing.base), QPointF(PLOT.right(), drawing.base))
    _shapes(painter, card, drawing, theme)
    small = font(SMALL_POINTS - 0.5)
    metrics = QFontMetricsF(small)
    for rect, label in drawing.labels:
        elided = metrics.elidedText(label, Qt.TextElideMode.ElideRight, rect.width())
        _text(painter, rect, CENTRE, elided, small, theme.color("quiet"))


def _shapes(painter: QPainter, card: Card, drawing: Drawing, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    bars = bool(card.categories)
    painter.setBrush(theme.color("seen", 0.45) if bars else theme.color("seen_fill"))
    painter.drawPath(drawing.seen_fill)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if not bars:
        painter.setPen(QPen(theme.color("seen"), 1.4))
        painter.drawPath(drawing.seen)
    painter.setPen(after_pen(card, theme))
    painter.drawPath(drawing.after)
    if drawing.needle is not None:
        color = theme.color(_accent(card))
        painter.setPen(QPen(color, 2.5, SOLID, Qt.PenCapStyle.FlatCap))
        painter.drawLine(
            QPointF(drawing.needle, PLOT.top()), QPointF(drawing.needle, PLOT.bottom())
        )
    painter.fillPath(drawing.marks, theme.color(_accent(card)))
    painter.setPen(QPen(theme.color(_accent(card)), 2))
    if card.set_words:
        painter.setBrush(theme.color(f"{_accent(card)}_fill"))
    for rect in drawing.chosen:
        painter.drawRect(rect)


def after_pen(card: Card, theme: Theme) -> QPen:
    """Dashed for do, dotted for imagined, thin solid for seen rows: never colour alone."""
    style = {"do": [3.0, 2.0], "imagine": [0.6, 2.0]}.get(str(card.rung))
    pen = QPen(theme.color(_accent(card)), 2.0)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if card.rung == "do" else Qt.PenCapStyle.RoundCap)
    if style is not None:
        pen.setDashPattern(style)
    return pen


def _stamp(painter: QPainter, card: Card, theme: Theme, larger: float) -> None:
    color = theme.color("warn" if card.doubtful else "quiet")
    row = STAMP_ROW
    if card.held:
        row = STAMP_ROW.adjusted(0, 0, -4 - SIGN_STEP * len(signs(card)), 0)
        _signs(painter, card, theme)
    small = font(SMALL_POINTS * larger, italic=True)
    words = QFontMetricsF(small).elidedText(card.stamp, Qt.TextElideMode.ElideRight, row.width())
    _text(painter, row, RIGHT, words, small, color)


def signs(card: Card) -> tuple[tuple[str, QPointF], ...]:
    """What can be pressed on a card that the question holds, from right to left, and where."""
    if not card.held:
        return ()
    right = STAMP_ROW.right() - 5
    names = (RELEASE,) if card.rung is Rung.SEE else (RELEASE, RESET)
    return tuple(
        (name, QPointF(right - i * SIGN_STEP, STAMP_ROW.center().y()))
        for i, name in enumerate(names)
    )


def _signs(painter: QPainter, card: Card, theme: Theme) -> None:
    """A cross that releases, and an arrow that turns back to the mean or the commonest."""
    pen = QPen(theme.color("quiet"), 1.4, SOLID, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for name, at in signs(card):
        if name == RELEASE:
            painter.drawLine(at + QPointF(-3.2, -3.2), at + QPointF(3.2, 3.2))
            painter.drawLine(at + QPointF(-3.2, 3.2), at + QPointF(3.2, -3.2))
        else:
            round_ = QRectF(at.x() - 4, at.y() - 4, 8, 8)
            painter.drawArc(round_, 150 * 16, -285 * 16)
            tip = at + QPointF(-3.6, -1.8)
            painter.drawPolyline(_points(tip, (-0.6, -3.4), (0, 0), (3.4, -0.6)))


def _foot(painter: QPainter, card: Card, drawing: Drawing, theme: Theme, larger: float) -> None:
    if card.set_words or drawing.knobs:
        _held_foot(painter, card, drawing, theme, larger)
        return
    small = font(SMALL_POINTS * larger)
    metrics = QFontMetricsF(small)
    quiet = theme.color("quiet")
    right = card.note or ("" if card.outcome else card.role_words)
    color = theme.color(_accent(card)) if card.note else quiet
    _text(painter, FOOT_ROW, RIGHT, right, font(SMALL_POINTS * larger, bold=bool(card.note)), color)
    taken = 1.1 * metrics.horizontalAdvance(right) + 8 if right else 0.0
    if right:
        paint_sign(painter, card, QPointF(FOOT_ROW.right() - taken, FOOT_ROW.center().y()), color)
        taken += SIGN
    room = FOOT_ROW.width() - taken
    left = 0.0
    if not (card.latent or card.no_data):
        left = _chip(painter, card, room, small, theme)
    words = metrics.elidedText(card.missing, Qt.TextElideMode.ElideRight, max(0.0, room - left))
    _text(painter, FOOT_ROW.adjusted(left, 0, 0, 0), LEFT, words, small, quiet)


def _chip(painter: QPainter, card: Card, room: float, small: QFont, theme: Theme) -> float:
    """The state of the fit on a ground of its own; returns the width it takes."""
    metrics = QFontMetricsF(small)
    words = metrics.elidedText(card.chip, Qt.TextElideMode.ElideRight, max(0.0, room - 10))
    if not words:
        return 0.0
    pill = QRectF(FOOT_ROW.left() - 4, FOOT_ROW.top(), metrics.horizontalAdvance(words) + 10, 15)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("sunken"))
    painter.drawRoundedRect(pill, 7.5, 7.5)
    _text(painter, pill.adjusted(5, 0, 0, 0), LEFT, words, small, theme.color("quiet"))
    return pill.width() + 2


def paint_sign(painter: QPainter, card: Card, at: QPointF, color: QColor) -> None:
    """An eye before what is seen; before a role its own shape. Drawn: few fonts have them."""
    painter.setPen(QPen(color, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if card.note and card.rung is Rung.SEE:
        eye = QPainterPath(at + QPointF(-5, 0))
        eye.quadTo(at + QPointF(0, -6), at + QPointF(5, 0))
        eye.quadTo(at + QPointF(0, 6), at + QPointF(-5, 0))
        painter.drawPath(eye)
        painter.setBrush(color)
        painter.drawEllipse(at, 1.4, 1.4)
    elif not card.note and card.role is Role.EXPOSURE:
        painter.drawPolyline(_points(at, (-4, 0), (4, 0), (1, -3), (4, 0), (1, 3)))
    elif not card.note and card.role is Role.OUTCOME:
        painter.drawEllipse(at, 4, 4)
        painter.drawEllipse(at, 1.2, 1.2)
    elif not card.note and card.role is Role.ADJUSTED:
        painter.drawRect(QRectF(at.x() - 3.5, at.y() - 3.5, 7, 7))
    elif not card.note and card.role is Role.SELECTED:
        painter.drawPolygon(_points(at, (-4, -3), (4, -3), (0, 4)))


def _points(at: QPointF, *offsets: tuple[float, float]) -> QPolygonF:
    return QPolygonF([at + QPointF(x, y) for x, y in offsets])


def _held_foot(
    painter: QPainter, card: Card, drawing: Drawing, theme: Theme, larger: float
) -> None:
    """The slider of a value, a shift or a range; the words beside it, an eye where it is seen."""
    accent = theme.color(_accent(card))
    if drawing.knobs:
        middle = SLIDER.center().y()
        round_pen = QPen(theme.color("border"), 4, SOLID, Qt.PenCapStyle.RoundCap)
        painter.setPen(round_pen)
        painter.drawLine(QPointF(SLIDER.left(), middle), QPointF(SLIDER.right(), middle))
        _support(painter, card, middle, theme)
        if len(drawing.knobs) == 2:
            painter.setPen(QPen(accent, 4, SOLID, Qt.PenCapStyle.FlatCap))
            painter.drawLine(*(QPointF(x, middle) for x in drawing.knobs))
        painter.setPen(QPen(theme.color("surface"), 1.5))
        painter.setBrush(accent)
        for x in drawing.knobs:
            painter.drawEllipse(QPointF(x, middle), 6.5, 6.5)
    _held_words(painter, card, drawing, theme, larger)


def held_place(card: Card, points: float, *, slider: bool) -> tuple[str, QRectF, QFont]:
    """What is written of a set value, a shift or a range, where, and in which letters.

    Beside the slider, without its unit where there is little room; letters too large for that (seen
    from afar) go over the plot; what is longer than that is written smaller, and then shortened.
    """
    text = card.slid or card.set_words
    bold = font(points, bold=True)
    metrics = QFontMetricsF(bold)
    rows = [FOOT_ROW.adjusted(SLIDER.width() + 10 if slider else 0, 0, 0, 0)]
    if slider:
        rows.append(QRectF(PLOT.left(), PLOT.center().y(), PLOT.width(), 0))
        rows[1].adjust(0, 4 - metrics.height() / 2, 0, 4 + metrics.height() / 2)
    sign = SIGN if card.within is not None else 0.0
    for row in rows:
        for words in (text, card.bare or text):
            if metrics.horizontalAdvance(words) <= row.width() - sign:
                return words, row, bold
    words, room = card.bare or text, rows[-1].width() - sign
    smaller = font(max(SMALL_POINTS, 0.97 * points * room / metrics.horizontalAdvance(words)))
    smaller.setWeight(bold.weight())
    elided = QFontMetricsF(smaller).elidedText(words, Qt.TextElideMode.ElideRight, room)
    return elided, rows[-1], smaller


def _held_words(
    painter: QPainter, card: Card, drawing: Drawing, theme: Theme, larger: float
) -> None:
    accent = theme.color(_accent(card))
    points = NAME_POINTS - 1 if card.set_words else SMALL_POINTS
    words, room, bold = held_place(card, points * larger, slider=bool(drawing.knobs))
    taken = QFontMetricsF(bold).horizontalAdvance(words)
    if room.top() < FOOT_ROW.top():  # over the plot: on a ground of its own
        ground = room.adjusted(room.width() - taken - SIGN - 4, 0, 3, 0)
        painter.fillRect(ground, theme.color("surface", 0.85))
    _text(painter, room, RIGHT, words, bold, accent)
    if card.within is not None:
        at = QPointF(max(room.left() - 2, room.right() - taken - SIGN), room.center().y())
        paint_sign(painter, card, at, accent)


def _support(painter: QPainter, card: Card, middle: float, theme: Theme) -> None:
    """The part of the track where the central 95 % of the data are."""
    if card.shift is not None:
        zero = knob_at(card, 0.0)
        painter.setPen(QPen(theme.color("quiet"), 1.2))
        if zero is not None:
            painter.drawLine(QPointF(zero, middle - 6), QPointF(zero, middle + 6))
        return
    low, high = (knob_at(card, value) for value in card.usual or (0.0, 0.0))
    if card.usual is None or low is None or high is None:
        return
    shade = theme.color("quiet", 0.45) if card.within else theme.color(_accent(card), 0.55)
    painter.setPen(QPen(shade, 4, SOLID, Qt.PenCapStyle.FlatCap))
    painter.drawLine(QPointF(low, middle), QPointF(high, middle))


def _handles(painter: QPainter, theme: Theme) -> None:
    painter.setPen(QPen(theme.color("selected"), 1.5))
    painter.setBrush(theme.color("surface"))
    for at in HANDLES:
        painter.drawEllipse(at, 5.0, 5.0)


def _far(painter: QPainter, card: Card, drawing: Drawing, theme: Theme) -> None:
    """From afar: shape without words, and the name, large."""
    bold = font(FAR_POINTS, bold=True)
    if card.thumbs:
        paint_thumbs(painter, card, theme, PLOT.adjusted(0, 0, 0, 18))
    elif not (card.latent or card.no_data):
        _shapes(painter, card, drawing, theme)
    name = card.name + (" ◎" if card.outcome else "")
    row = QRectF(RECT.left() + 6, RECT.top() + 4, RECT.width() - 12, 34)
    elided = QFontMetricsF(bold).elidedText(name, Qt.TextElideMode.ElideRight, row.width())
    _text(painter, row, CENTRE, elided, bold, theme.color("text"))
    if card.held:
        _far_value(painter, card, theme)


def _far_value(painter: QPainter, card: Card, theme: Theme) -> None:
    """What is set or seen, in the colour of its rung, below the plot."""
    bold = font(FAR_POINTS - 2, bold=True)
    metrics, row = QFontMetricsF(bold), QRectF(RECT.left() + 6, 0, RECT.width() - 12, 0)
    row.setTop(RECT.bottom() - 6 - metrics.height())
    row.setBottom(RECT.bottom() - 6)
    words = card.slid or card.set_words
    if metrics.horizontalAdvance(words) > row.width():
        words = card.bare or words
    words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, row.width())
    taken = metrics.horizontalAdvance(words) + 8
    ground = QRectF(row.center().x() - taken / 2, row.top(), taken, row.height())
    painter.fillRect(ground, theme.color("surface", 0.85))
    _text(painter, row, CENTRE, words, bold, theme.color(_accent(card)))


def _text(
    painter: QPainter, rect: QRectF, where: Qt.AlignmentFlag, text: str, face: QFont, color: QColor
) -> None:
    if text:
        painter.setFont(face)
        painter.setPen(color)
        painter.drawText(rect, int(where) | int(SINGLE), text)

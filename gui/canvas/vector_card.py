"""The card of a variable that is several columns: the cards of its components side by side."""

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QPainterPath, QTransform

from engine.project import Project
from gui.canvas.card import Card, Heard, card_of, lot_words, role_words
from gui.canvas.drawing import BARS, LABEL_HEIGHT, PLOT, Drawing, drawing_of
from gui.canvas.picture_card import picture_card
from gui.numerals import percent, short

MOST_SHOWN = 3  # components; of more the rest is counted
GAP = 8.0


def card_for(project: Project, name: str, heard: Heard, missing: float = 0.0) -> Card:
    """The card of a node, whatever it is; `missing` is the share 0 … 1 of rows without it."""
    if name in project.pictures:
        return picture_card(project, name, heard)
    whole = card_of(project, name, heard, missing)
    if name not in project.vectors or not project.measured(name):
        return whole
    parts = tuple(card_of(project, column, heard) for column in project.vectors.columns(name))
    values = [_value(part) for part in parts if part.set_words]
    notes = [f"{part.name} {part.note}" for part in parts if part.note]
    stamps = list(dict.fromkeys(part.stamp for part in parts))
    return Card(
        name,
        kind_words=_say("{0} columns").format(len(parts)),
        rung=parts[0].rung,
        stamp=stamps[0] if len(stamps) == 1 else "",
        doubtful=any(part.doubtful for part in parts),
        set_words=f"({', '.join(values)})" if len(values) == len(parts) else "",
        note=", ".join(notes),
        chip=_chip(name, parts, heard),
        missing=_say("{0} missing").format(percent(missing)) if missing >= 0.005 else "",
        role=whole.role,
        role_words=role_words(whole.role),
        outcome=any(part.outcome for part in parts),
        why="; ".join(f"{part.name}: {part.why}" for part in parts if part.why),
        lot=lot_words(project, name, heard),
        parts=parts,
    )


def drawing_for(card: Card) -> Drawing:
    """The plot of a card; a vector's components side by side, their names below."""
    if not card.parts:
        return drawing_of(card)
    shown = card.parts[:MOST_SHOWN]
    width = (PLOT.width() - GAP * (len(shown) - 1)) / len(shown)
    fill, seen, after, marks = (QPainterPath() for _ in range(4))
    labels = []
    for i, part in enumerate(shown):
        box = QRectF(PLOT.left() + i * (width + GAP), PLOT.top(), width, BARS.height())
        drawing = drawing_of(part)
        place = _placed(BARS if part.categories else PLOT, box)
        fill.addPath(place.map(drawing.seen_fill))
        seen.addPath(place.map(drawing.seen))
        after.addPath(place.map(drawing.after))
        if drawing.needle is not None:
            at = place.map(QPointF(drawing.needle, PLOT.top())).x()
            marks.addRect(QRectF(at - 1.0, box.top(), 2.0, box.height()))
        for chosen in drawing.chosen if part.set_words else ():
            marks.addRect(place.mapRect(chosen))
        label = QRectF(box.left(), box.bottom() + 1, box.width(), LABEL_HEIGHT)
        more = len(card.parts) - len(shown) if i == len(shown) - 1 else 0
        labels.append((label, f"{part.name} +{more}" if more else part.name))
    return Drawing(fill, seen, after, labels=tuple(labels), base=BARS.bottom(), marks=marks)


def _placed(source: QRectF, box: QRectF) -> QTransform:
    """What takes `source` to `box`."""
    place = QTransform.fromTranslate(box.left(), box.bottom())
    place.scale(box.width() / source.width(), box.height() / source.height())
    place.translate(-source.left(), -source.bottom())
    return place


def _chip(name: str, parts: tuple[Card, ...], heard: Heard) -> str:
    """The chip of the component that is behind: it stands for the whole."""
    if heard.states is None:
        return parts[0].chip
    states = heard.states.states
    return next((p.chip for p in parts if states.get(p.name) == states.get(name)), parts[0].chip)


def _value(part: Card) -> str:
    """What a component is set to, short: there are several of them in one line."""
    if part.categories or part.set_value is None:
        return part.set_words
    return short(float(f"{part.set_value:.3g}"))


def _say(text: str) -> str:
    return QCoreApplication.translate("Card", text)

"""The card of a variable that is a picture: its rows' own, or what was beside what would be."""

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from engine.data.pictures import Pixels
from engine.project import Project
from engine.queries.pictured import PictureAnswer
from engine.queries.questions import Rung
from gui.bridge import alike
from gui.canvas.card import Card, Heard, Thumb, chip_words, role_words, why_words
from gui.canvas.drawing import PLOT
from gui.numerals import count
from gui.pixels import draw_pixels, mean_picture
from gui.theme import Theme

ROWS_SHOWN = 2  # beside the mean
GAP = 12.0
DASHES = {"do": [3.0, 2.0], "imagine": [0.6, 2.0]}


def picture_card(project: Project, name: str, heard: Heard) -> Card:
    """The card of a picture; until there is an answer, the mean and some rows' own."""
    assert project.table is not None
    question, pictures = project.question.active, project.table.pictures[name]
    width, height = pictures.size
    asked = bool(question.action or question.evidence)
    answer = heard.pictures.get(name)
    if answer is not None and not (asked and alike(answer.asked.question, question)):
        answer = None
    role = project.roles.get(name)
    return Card(
        name,
        kind_words=_say("picture · {0} × {1}").format(width, height),
        rung=question.rung,
        chip=chip_words(heard, name),
        role=role,
        role_words=role_words(role),
        outcome=question.outcome == name,
        why=why_words(heard.states, name),
        stamp=_stamp(answer),
        doubtful=answer is not None and answer.extrapolated >= 0.5,
        thumbs=_thumbs(project, name, answer),
    )


def paint_thumbs(painter: QPainter, card: Card, theme: Theme, box: QRectF = PLOT) -> None:
    """The pictures side by side in `box`, each in the frame of its kind."""
    if card.stamp:
        box = box.adjusted(0, 4, 0, 0)
    high, wide = card.thumbs[0].pixels.shape[:2]
    many = len(card.thumbs)
    scale = min(box.height() / high, (box.width() - GAP * (many - 1)) / many / wide)
    size = scale * wide, scale * high
    left = box.center().x() - (many * size[0] + (many - 1) * GAP) / 2
    for place, thumb in enumerate(card.thumbs):
        x = left + place * (size[0] + GAP)
        rect = QRectF(x, box.center().y() - size[1] / 2, *size)
        draw_pixels(painter, rect, thumb.pixels)
        pen = QPen(theme.color(thumb.role), 1.2 if thumb.role == "seen" else 2.0)
        if thumb.role in DASHES:
            pen.setDashPattern(DASHES[thumb.role])
            cap = Qt.PenCapStyle.FlatCap if thumb.role == "do" else Qt.PenCapStyle.RoundCap
            pen.setCapStyle(cap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(-1, -1, 1, 1))
    if any(thumb.role != "seen" for thumb in card.thumbs):
        x, y = left + size[0] + GAP / 2, box.center().y()
        painter.setPen(QPen(theme.color("quiet"), 1.4))
        painter.drawPolyline([QPointF(x - 2, y - 4), QPointF(x + 2, y), QPointF(x - 2, y + 4)])


def thumb_words(card: Card) -> str:
    """What stands on the card, for screen readers."""
    return ", ".join(thumb.words for thumb in card.thumbs)


def _thumbs(project: Project, name: str, answer: PictureAnswer | None) -> tuple[Thumb, ...]:
    assert project.table is not None
    pictures, question = project.table.pictures[name], project.question.active
    if not pictures.rows:
        return ()
    mean = Thumb(
        mean_picture(pictures), "seen", _say("mean of all rows"), ("mean", pictures.digest)
    )
    if answer is not None and len(answer.shown):
        return (_before(answer, mean), _after(answer))
    if question.rung is Rung.IMAGINE and question.row is not None and question.row < pictures.rows:
        return (_own(pictures.pixels[question.row], question.row, pictures.digest),)
    rows = range(min(ROWS_SHOWN, pictures.rows))
    return (mean, *(_own(pictures.pixels[row], row, pictures.digest) for row in rows))


def _own(pixels: Pixels, row: int, digest: str) -> Thumb:
    return Thumb(pixels, "seen", _say("row {0}").format(count(row)), (digest, row))


def _before(answer: PictureAnswer, mean: Thumb) -> Thumb:
    if answer.originals is None or not len(answer.originals):
        return mean
    return Thumb(answer.originals[0], "seen", _say("was"), (answer.originals[0].tobytes(),))


def _after(answer: PictureAnswer) -> Thumb:
    rung = answer.asked.question.rung
    words = {Rung.SEE: _say("a row that fits"), Rung.DO: _say("under do")}
    return Thumb(
        answer.shown[0], str(rung), words.get(rung, _say("would be")), (answer.shown[0].tobytes(),)
    )


def _stamp(answer: PictureAnswer | None) -> str:
    if answer is None:
        return ""
    if answer.asked.question.rung is Rung.SEE:
        return _say("{0} of {1} rows").format(count(answer.matching), count(answer.total))
    return _say("approximate") if answer.approximate else ""


def _say(text: str) -> str:
    return QCoreApplication.translate("Card", text)

"""Pictures beside each other, each in a frame of its kind: seen, drawn under do, imagined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.data.pictures import Pixels
from gui.appearance import Appearance
from gui.phrases import tr
from gui.pixels import draw_pixels, mean_grey
from gui.plots.cursor import Reading
from gui.plots.drawing import Drawing, focus_ring, small
from gui.plots.picture import Line
from gui.plots.tabular import Rows

GAP, PAD = 12.0, 4.0  # between pictures, around each for its frame
LARGEST = 192.0  # pixels of the window, the longer side of one picture
DASHES = {Line.DASHED: [3.0, 2.0], Line.DOTTED: [0.6, 2.0]}


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One picture: its frame's colour and stroke, its title, and facts as (name, value)."""

    pixels: Pixels
    role: str
    line: Line
    title: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        """What is known of it, in one line."""
        return ", ".join(f"{name} {value}" for name, value in self.facts)


def grey_fact(pixels: Pixels) -> tuple[str, str]:
    """How light a picture is, as a fact of it."""
    return tr("mean grey"), f"{mean_grey(pixels):.0f}"


class PhotoPlot(Drawing):
    """Rows of pictures, equally large; arrow keys and pointer say what is known of one."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(appearance, name, parent)
        self.rows: tuple[tuple[Photo, ...], ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def draw(self, rows: Sequence[Sequence[Photo]]) -> None:
        """Show these, a row under the other."""
        before = self.heightForWidth(self.width())
        self.rows = tuple(tuple(row) for row in rows if row)
        if self.heightForWidth(self.width()) != before:
            self.updateGeometry()
        self.reread()
        self.update()

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """Wider is higher, up to the largest picture."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """All rows with their titles."""
        return round(len(self.rows) * self._step(self._size(width).height()))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as the width asks for."""
        width = max(self.width(), 280)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Readable; how high it is, is asked by width."""
        return QSize(160, 64)

    def table(self) -> Rows:
        """What is known of every picture."""
        photos = [photo for _, photo in self._placed()]
        names = list(dict.fromkeys(name for photo in photos for name, _ in photo.facts))
        lines = [(p.title, *(dict(p.facts).get(name, "") for name in names)) for p in photos]
        return ((self.tr("picture"), *names), *lines) if lines else ()

    def stops(self) -> Sequence[QPointF]:
        """The middle of every picture."""
        return [rect.center() for rect, _ in self._placed()]

    def reading_at(self, at: QPointF) -> Reading | None:
        """The picture under a place."""
        for rect, photo in self._placed():
            if rect.adjusted(-PAD, -PAD, PAD, PAD).contains(at):
                line = QLineF(rect.left(), rect.bottom() + 2, rect.right(), rect.bottom() + 2)
                told = tuple((photo.role, f"{name} {value}") for name, value in photo.facts)
                return Reading(line, photo.title, told)
        return None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Pictures, frames, titles."""
        if not self.rows:
            return
        painter, theme = QPainter(self), self.appearance.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = small(self.font())
        for rect, photo in self._placed():
            draw_pixels(painter, rect, photo.pixels)
            pen = QPen(theme.color(photo.role), 1.0 if photo.line is Line.THIN else 2.0)
            if photo.line in DASHES:
                pen.setDashPattern(DASHES[photo.line])
                dotted = photo.line is Line.DOTTED
                pen.setCapStyle(Qt.PenCapStyle.RoundCap if dotted else Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(-2, -2, 2, 2))
            painter.setFont(face)
            painter.setPen(theme.color("quiet" if photo.role == "seen" else photo.role))
            row = QRectF(rect.left() - GAP / 2, rect.bottom() + 5, rect.width() + GAP, 99)
            row.setHeight(painter.fontMetrics().height() + 2)
            right = Qt.TextElideMode.ElideRight
            title = painter.fontMetrics().elidedText(photo.title, right, int(row.width()))
            centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(row, int(centre | Qt.TextFlag.TextSingleLine), title)
        focus_ring(painter, theme, self)
        painter.end()

    def _placed(self) -> Iterator[tuple[QRectF, Photo]]:
        """Every picture with its place, pixels."""
        size = self._size(self.width())
        for number, row in enumerate(self.rows):
            top = PAD + number * self._step(size.height())
            wide = len(row) * size.width() + (len(row) - 1) * GAP
            left = max(PAD, (self.width() - wide) / 2)
            for place, photo in enumerate(row):
                at = QPointF(round(left + place * (size.width() + GAP)), round(top))
                yield QRectF(at.x(), at.y(), size.width(), size.height()), photo

    def _size(self, width: int) -> QRectF:
        """How large one picture is drawn: a whole number of pixels each, where there is room."""
        if not self.rows:
            return QRectF()
        many = max(len(row) for row in self.rows)
        high, wide = self.rows[0][0].pixels.shape[:2]
        room = (width - 2 * PAD - (many - 1) * GAP) / many
        scale = min(room / wide, LARGEST / max(wide, high))
        scale = float(int(scale)) if scale >= 1 else max(scale, 0.1)
        return QRectF(0, 0, scale * wide, scale * high)

    def _step(self, height: float) -> float:
        return height + 2 * PAD + 14 + self.fontMetrics().height()

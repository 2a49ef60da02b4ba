"""How strong a hidden cause must be: the estimate over its two partial R², as contour lines.

After Cinelli, Hazlett, JRSS B 2020, figure 2: observed covariates stand on the same ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.queries.beside import Contours, Peer
from gui.appearance import Appearance
from gui.numerals import percent
from gui.plots.cursor import Reading
from gui.plots.drawing import Drawing, focus_ring, place_text, small, tick_text, ticks
from gui.plots.picture import draw_empty, hatch
from gui.plots.tabular import Rows

NEAR = 9.0  # pixels within which a covariate is read
STEPS = 6  # places along each side of the table
LEVELS = 7  # contour lines, about


@dataclass(frozen=True, slots=True)
class Ground:
    """What is drawn; `scale` turns the estimate into the `unit` shown (100: points)."""

    contours: Contours
    treatment: str
    outcome: str
    unit: str = ""
    scale: float = 1.0


class ContourPlot(Drawing):
    """Contour lines, that of zero thick and what lies past it hatched; covariates as diamonds.

    A ring marks the hidden cause that is looked at.
    """

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        name = self.tr("How strong a hidden cause must be")
        super().__init__(appearance, name, parent)
        self.ground: Ground | None = None
        self.here: tuple[float, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Beside a strip of curves."""
        return QSize(320, 176)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Readable."""
        return QSize(180, 130)

    def draw(self, ground: Ground | None) -> None:
        """Another ground; None: nothing."""
        self.ground = ground
        self.update()
        self.reread()

    def look_at(self, here: tuple[float, float] | None) -> None:
        """Mark a hidden cause by its shares of treatment and outcome."""
        self.here = here
        self.update()

    def table(self) -> Rows:
        """Covariates by name, then places of a grid."""
        ground = self.ground
        if ground is None:
            return ()
        head = (
            self.tr("hidden cause"),
            self.tr("share of {0}").format(ground.treatment),
            self.tr("share of {0}").format(ground.outcome),
            self.tr("estimate at worst"),
        )
        rows = [head]
        for peer in (*ground.contours.peers, *_grid(ground.contours)):
            named = self.tr("as strong as {0}").format(peer.covariate) if peer.covariate else ""
            shares = (f"{peer.of_treatment:.4g}", f"{peer.of_outcome:.4g}")
            rows.append((named, *shares, f"{ground.scale * peer.value:.4g}"))
        return rows

    def stops(self) -> Sequence[QPointF]:
        """The covariates, from left to right; without any the places of a diagonal."""
        if self.ground is None:
            return ()
        contours = self.ground.contours
        known = sorted(self._inside(), key=lambda peer: peer.of_treatment)
        places = [(peer.of_treatment, peer.of_outcome) for peer in known]
        if not places:
            places = [(s, s) for s in np.linspace(0, contours.most, STEPS)]
        return [self._pixel(*place) for place in places]

    def reading_at(self, at: QPointF) -> Reading | None:
        """The estimate at a place, and which covariate stands there."""
        area = self._area()
        if self.ground is None or not area.adjusted(-4, -4, 4, 4).contains(at):
            return None
        found = self._peer_at(at) or self._place_at(at)
        head = self.tr("{0} of {1}, {2} of {3}").format(
            percent(found.of_treatment), self.ground.treatment,
            percent(found.of_outcome), self.ground.outcome,
        )  # fmt: skip
        if found.covariate:
            head = self.tr("as strong as {0}: {1}").format(found.covariate, head)
        value = self.tr("at worst {0}").format(self._value_text(found.value))
        here = self._pixel(found.of_treatment, found.of_outcome)
        line = QLineF(here.x(), area.top(), here.x(), area.bottom())
        return Reading(line, head, (("do", value),), ((here, "do"),))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Ground, lines, covariates, axes."""
        painter, theme = QPainter(self), self.appearance.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        if self.ground is None:
            draw_empty(painter, theme, QRectF(self.rect()), self.tr("Nothing to draw."))
            return
        area = self._area()
        self._paint_axes(painter, area, self.ground)
        painter.save()
        painter.setClipRect(area)
        self._paint_past_zero(painter, area, self.ground.contours)
        self._paint_lines(painter, area, self.ground)
        painter.restore()
        for peer in self._inside():
            self._paint_peer(painter, area, peer)
        if self.here is not None and max(self.here) <= self.ground.contours.most:
            painter.setPen(QPen(theme.color("do"), 2.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self._pixel(*self.here), 6.0, 6.0)
        focus_ring(painter, theme, self)

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _area(self) -> QRectF:
        """The ground in pixels, inside its axes."""
        line = self.fontMetrics().height()
        return QRectF(self.rect()).adjusted(line + 34, 8, -12, -2 * line - 6)

    def _pixel(self, of_treatment: float, of_outcome: float) -> QPointF:
        area, most = self._area(), 1.0 if self.ground is None else self.ground.contours.most
        return QPointF(
            area.left() + area.width() * of_treatment / most,
            area.bottom() - area.height() * of_outcome / most,
        )

    def _inside(self) -> tuple[Peer, ...]:
        if self.ground is None:
            return ()
        contours = self.ground.contours
        return tuple(
            peer
            for peer in contours.peers
            if max(peer.of_treatment, peer.of_outcome) <= contours.most
        )

    def _peer_at(self, at: QPointF) -> Peer | None:
        def far(peer: Peer) -> float:
            return QLineF(at, self._pixel(peer.of_treatment, peer.of_outcome)).length()

        nearest = min(self._inside(), key=far, default=None)
        return nearest if nearest is not None and far(nearest) <= NEAR else None

    def _place_at(self, at: QPointF) -> Peer:
        assert self.ground is not None
        area, contours = self._area(), self.ground.contours
        across = min(max((at.x() - area.left()) / area.width(), 0.0), 1.0) * contours.most
        up = min(max((area.bottom() - at.y()) / area.height(), 0.0), 1.0) * contours.most
        return Peer("", across, up, contours.at(across, up))

    def _value_text(self, value: float) -> str:
        assert self.ground is not None
        ends = self.ground.scale * self.ground.contours.estimate
        return (
            f"{place_text(self.ground.scale * value, 0.0, abs(ends))} {self.ground.unit}".rstrip()
        )

    def _paint_axes(self, painter: QPainter, area: QRectF, ground: Ground) -> None:
        theme, line = self.appearance.theme, painter.fontMetrics().height()
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.bottomLeft(), area.topLeft())
        painter.setPen(theme.color("quiet"))
        middle = Qt.AlignmentFlag.AlignCenter
        for share in ticks(0.0, ground.contours.most, 4):
            x, y = self._pixel(share, share).x(), self._pixel(share, share).y()
            painter.drawText(QRectF(x - 30, area.bottom() + 2, 60, line), middle, percent(share))
            if share == 0.0:
                continue  # one 0 is enough
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(line, y - line / 2, 30, line), right, percent(share))
        elide, metrics = Qt.TextElideMode.ElideMiddle, painter.fontMetrics()
        words = self.tr("explained of {0}")
        across = metrics.elidedText(words.format(ground.treatment), elide, int(area.width()))
        painter.drawText(
            QRectF(area.left(), area.bottom() + line + 3, area.width(), line), middle, across
        )
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        up = metrics.elidedText(words.format(ground.outcome), elide, int(area.height()))
        painter.drawText(QRectF(0, 1, area.height(), line), middle, up)
        painter.restore()

    def _paint_past_zero(self, painter: QPainter, area: QRectF, contours: Contours) -> None:
        """Where the sign has turned."""
        zero = self._polyline(contours, 0.0)
        if zero.isEmpty():
            return
        ground = QPolygonF([*zero.toList(), area.topRight()])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(hatch(self.appearance.theme, "quiet"))
        painter.drawPolygon(ground)

    def _paint_lines(self, painter: QPainter, area: QRectF, ground: Ground) -> None:
        theme, contours = self.appearance.theme, ground.contours
        painter.setBrush(Qt.BrushStyle.NoBrush)
        most = contours.at(contours.most, contours.most)
        low, high = sorted((ground.scale * most, ground.scale * contours.estimate))
        for level in sorted({0.0, *ticks(low, high, LEVELS)}, key=lambda v: v == 0.0):
            drawn = self._polyline(contours, level / ground.scale)
            if drawn.isEmpty():
                continue
            zero = level == 0.0
            painter.setPen(
                QPen(
                    theme.color("text" if zero else "line", 1.0 if zero else 0.7),
                    2.2 if zero else 1.0,
                )
            )
            painter.drawPolyline(drawn)
            words = self.tr("0: no effect") if zero else tick_text(level)
            self._paint_level(painter, area, drawn, words, strong=zero)

    def _paint_level(
        self, painter: QPainter, area: QRectF, drawn: QPolygonF, words: str, *, strong: bool
    ) -> None:
        """The level, on a patch of ground, where its line crosses the ground's diagonal."""
        theme = self.appearance.theme
        weight = QFont.Weight.DemiBold if strong else None
        painter.setFont(small(self.font(), weight=weight))
        slant = [
            abs((area.bottom() - p.y()) / area.height() - (p.x() - area.left()) / area.width())
            for p in drawn.toList()
        ]
        at = drawn.toList()[int(np.argmin(slant))]
        wide = painter.fontMetrics().horizontalAdvance(words) + 6
        box = QRectF(0, 0, wide, painter.fontMetrics().height())
        box.moveCenter(at)
        box.moveRight(min(box.right(), area.right() - 2))
        box.moveLeft(max(box.left(), area.left() + 3))
        box.moveTop(max(box.top(), area.top() + 1))
        around = box.adjusted(-60, -8, 10, 8)  # a covariate's name stands right of it
        if not strong and any(
            around.contains(self._pixel(peer.of_treatment, peer.of_outcome))
            for peer in self._inside()
        ):
            return
        painter.fillRect(box, theme.color("surface", 0.85))
        painter.setPen(theme.color("text" if strong else "quiet"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_peer(self, painter: QPainter, area: QRectF, peer: Peer) -> None:
        theme, at = self.appearance.theme, self._pixel(peer.of_treatment, peer.of_outcome)
        painter.setPen(QPen(theme.color("surface"), 1))
        painter.setBrush(theme.color("see"))
        painter.drawPolygon(
            QPolygonF([at + QPointF(*d) for d in ((0, -5), (5, 0), (0, 5), (-5, 0))])
        )
        painter.setFont(small(self.font()))
        metrics = painter.fontMetrics()
        name = metrics.elidedText(peer.covariate, Qt.TextElideMode.ElideMiddle, 110)
        box = QRectF(
            at.x() + 8,
            at.y() - metrics.height() / 2,
            metrics.horizontalAdvance(name) + 4,
            metrics.height(),
        )
        if box.right() > area.right():
            box.moveRight(at.x() - 8)
        box.moveTop(min(box.top(), area.bottom() - box.height() - 1))
        painter.fillRect(box, theme.color("surface", 0.75))
        painter.setPen(theme.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    def _polyline(self, contours: Contours, level: float) -> QPolygonF:
        return QPolygonF([self._pixel(d, y) for d, y in zip(*contours.line(level), strict=True)])


def _grid(contours: Contours) -> list[Peer]:
    """Places without a name."""
    shares = [float(share) for share in np.linspace(0.0, contours.most, STEPS)]
    place = Peer("", 0.0, 0.0, contours.estimate)
    return [
        replace(place, of_treatment=d, of_outcome=y, value=contours.at(d, y))
        for d in shares[1:]
        for y in shares[1:]
    ]

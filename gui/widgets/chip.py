"""Chips: a stated condition with ✕, a way to add one, and a choice that opens a list."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui.appearance import Appearance
from gui.theme import Theme

CROSS = 18  # width of the ✕ zone at least, pixels


class Chip(QAbstractButton):
    """A rounded label in the colour of `role`; with `removable`, ✕ or Delete emits `removed`."""

    removed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        text: str = "",
        role: str = "quiet",
        *,
        removable: bool = False,
        arrow: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.appearance, self.role = appearance, role
        self.removable, self.arrow = removable, arrow
        self.dashed = False
        self._hovered = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.say(text)
        appearance.changed.connect(self._repaint)

    def say(self, text: str) -> None:
        """Show another text."""
        if text and text == self.text():
            return
        before = self.sizeHint()
        self.setText(text)
        if self.sizeHint() != before:
            self.updateGeometry()
        name = self.tr("Remove {chip}").format(chip=text) if self.removable else text
        self.setAccessibleName(name)
        self.setToolTip(name if self.removable else "")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for text and ✕ or ▾."""
        metrics = self.fontMetrics()
        extra = self._mark() if self.removable or self.arrow else 0
        return QSize(metrics.horizontalAdvance(self.text()) + 22 + extra, metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Long texts are shortened in the middle."""
        return QSize(min(64, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Rim, text, and ✕ or ▾."""
        theme, painter = self.appearance.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        accent = self.role != "quiet" and self.isEnabled()
        rim = theme.color(self.role if accent else "border")
        if self.hasFocus():
            rim = theme.color("selected")
        pen = QPen(rim, 1.6 if self.hasFocus() else 1.2)
        if self.dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.color(self._ground(theme)))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        plain = "text" if self.isEnabled() else "quiet"
        painter.setPen(theme.color(self.role if accent else plain))
        mark = self._mark() if self.removable or self.arrow else 0
        inner = self.rect().adjusted(11, 0, -11 - mark, 0)
        text = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, inner.width() + 1
        )
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(inner, left, text)
        if self.removable:
            self._draw_cross(painter)
        elif self.arrow:
            self._draw_arrow(painter, theme)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """On the ✕: remove."""
        inside = self.rect().contains(event.position().toPoint())
        on_cross = event.position().x() > self.width() - self._mark() - 8
        super().mouseReleaseEvent(event)
        if self.removable and inside and on_cross:
            self.removed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Delete, Backspace, Enter or Space remove."""
        remove = {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}
        press = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
        if self.removable and event.key() in remove | press:
            self.removed.emit()
        elif event.key() in press:
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Under the pointer."""
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """No longer under the pointer."""
        self._hovered = False
        self.update()

    def _ground(self, theme: Theme) -> str:
        if self.role in ("do", "imagine"):
            return f"{self.role}_fill" if self._hovered else "surface"
        if self.isChecked():
            return "selected_fill"
        return "sunken" if self._hovered else "surface"

    def _mark(self) -> int:
        """Room for ✕ or ▾: it grows with the letters."""
        return max(CROSS, self.fontMetrics().height())

    def _draw_cross(self, painter: QPainter) -> None:
        r = self._mark() / 5.5
        pen = QPen(painter.pen().color(), 0.45 * r)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        centre = QPointF(self.width() - 7 - self._mark() / 2, self.height() / 2)
        painter.drawLine(centre + QPointF(-r, -r), centre + QPointF(r, r))
        painter.drawLine(centre + QPointF(-r, r), centre + QPointF(r, -r))

    def _draw_arrow(self, painter: QPainter, theme: Theme) -> None:
        r = self._mark() / 5.5
        pen = QPen(theme.color("quiet"), 0.45 * r)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        centre = QPointF(self.width() - 7 - self._mark() / 2, self.height() / 2 + 0.5)
        wide, tall = 1.2 * r, 0.6 * r
        painter.drawLine(centre + QPointF(-wide, -tall), centre + QPointF(0, tall))
        painter.drawLine(centre + QPointF(0, tall), centre + QPointF(wide, -tall))

    @Slot()
    def _repaint(self) -> None:
        self.update()

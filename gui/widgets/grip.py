"""The upper edge of a panel: drag it to move the panel, or leave the panel where it is."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.appearance import Appearance


class Grip(QWidget):
    """A short line where a hand can take hold; with a name while its panel floats."""

    self_painted = True
    menu_wanted = Signal(object)  # QPoint of the screen

    def __init__(self, name: str, appearance: Appearance) -> None:
        super().__init__()
        self.name, self._appearance = name, appearance
        self.floating = self._hovered = False
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.setToolTip(self.tr("Drag to move {0}; double-click to let it float").format(name))
        appearance.changed.connect(self.update)

    def float_off(self, floating: bool) -> None:  # noqa: FBT001 - a signal's value
        """A panel that floats says its name."""
        self.floating = floating
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Thin, unless it carries a name."""
        line = self.fontMetrics().height()
        return QSize(60, line + 8 if self.floating else max(9, line // 2))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The same."""
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        """The line becomes plain."""
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """The line becomes quiet."""
        self._hovered = False
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """What can be done with the panel."""
        self.menu_wanted.emit(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The ground of the panel, and the line."""
        painter, theme = QPainter(self), self._appearance.theme
        painter.fillRect(self.rect(), theme.color("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.floating:
            painter.setPen(theme.color("quiet"))
            where = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(self.rect().adjusted(12, 0, -12, 0), int(where), self.name)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("quiet" if self._hovered else "border"))
            middle = self.rect().center()
            painter.drawRoundedRect(QRectF(middle.x() - 14, middle.y() - 1, 28, 3), 1.5, 1.5)
        painter.end()

"""A large button: a name, and below it one line that says what it does."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui.appearance import Appearance
from gui.icons import pixmap

PAD = 12
WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class Tile(QAbstractButton):
    """Name, words, perhaps an icon before and keys behind; Return presses, arrows go on."""

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        words: str = "",
        *,
        icon: str = "",
        keys: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance, self.words, self._icon, self.keys = appearance, words, icon, keys
        self.setText(name)
        self.setAccessibleName(name)
        self.setAccessibleDescription(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        appearance.changed.connect(self.update)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """Narrower is taller."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Name and words below each other, folded rather than cut."""
        return sum(rect.height() for rect in self._texts(width)) + 2 * PAD - 4

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Some words a line."""
        width = self.fontMetrics().averageCharWidth() * 44
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A name, folded."""
        return QSize(self.fontMetrics().averageCharWidth() * 22, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Another font needs other room."""
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Return presses; up and down go to the neighbours."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.click()
            case Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Up:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Rim, icon, name, words, keys."""
        painter, theme = QPainter(self), self._appearance.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        held = self.hasFocus() or self.underMouse()
        rim = theme.color("selected" if held else "border")
        painter.setPen(QPen(rim, 1.6 if self.hasFocus() else 1.1))
        painter.setBrush(theme.color("sunken" if self.isDown() else "surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        if self._icon:
            size = self._icon_size()
            picture = pixmap(self._icon, theme.selected, 2 * size)
            painter.drawPixmap(QRect(PAD, PAD, size, size), picture)
        name, words = self._texts(self.width())
        painter.setFont(self._bold())
        painter.setPen(theme.color("text"))
        painter.drawText(name, int(WRAP), self.text())
        painter.setFont(self.font())
        painter.setPen(theme.color("quiet"))
        painter.drawText(words, int(WRAP), self.words)
        if self.keys:
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
            painter.drawText(self.rect().adjusted(PAD, PAD - 2, -PAD, 0), int(right), self.keys)
        painter.end()

    def _texts(self, width: int) -> tuple[QRect, QRect]:
        """Where name and words stand."""
        left = PAD + (self._icon_size() + 10 if self._icon else 0)
        behind = self.fontMetrics().horizontalAdvance(self.keys) + 8 if self.keys else 0
        room = QRect(0, 0, max(40, width - left - PAD), 10_000)
        bold = QFontMetrics(self._bold())
        name = bold.boundingRect(room.adjusted(0, 0, -behind, 0), int(WRAP), self.text())
        name = QRect(left, PAD - 2, room.width() - behind, name.height())
        words = self.fontMetrics().boundingRect(room, int(WRAP), self.words)
        height = words.height() + 2 if self.words else 0
        return name, QRect(left, name.bottom() + 3, room.width(), height)

    def _icon_size(self) -> int:
        return self.fontMetrics().height() + 2

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

"""A wrapped sentence with emphasis, drawn as plain text: names are never read as markup."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.appearance import Appearance
from gui.phrases import Sentence, plain

LEADING = 1.35  # line height over font height


class SentenceLabel(QWidget):
    """Shows a sentence at the width it is given; its accessible name is the plain text.

    `points` is added to the size of the inherited font. Colours: text, quiet, warn of the theme.
    """

    def __init__(
        self, appearance: Appearance, points: float = 0.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.appearance, self.points = appearance, points
        self.sentence: Sentence = ()
        self._laid: dict[tuple[object, ...], tuple[QTextLayout, int]] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()
        appearance.changed.connect(self._repaint)

    def say(self, sentence: Sentence) -> None:
        """Show another sentence; an empty one takes no room."""
        if sentence == self.sentence:
            return
        before = self.heightForWidth(self.width())
        self.sentence = sentence
        self.setAccessibleName(plain(sentence))
        self.setVisible(bool(sentence))
        if self.heightForWidth(self.width()) != before:
            self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """Narrower is taller."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Height of the wrapped text."""
        return self._layout(width)[1] if self.sentence else 0

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A reading width."""
        width = self.width() if self.width() > 100 else 300
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """One word may be wider; it is then broken."""
        return QSize(80, QFontMetricsF(self._font()).height().__ceil__())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the lines."""
        painter = QPainter(self)
        painter.setPen(self.appearance.theme.color("text"))
        self._layout(self.width())[0].draw(painter, QPointF(0, 0), [], QRectF(self.rect()))
        painter.end()

    def _layout(self, width: int) -> tuple[QTextLayout, int]:
        """The wrapped lines and their height; kept for the widths that layouts ask for."""
        font = self._font()
        key = (width, self.sentence, font.key(), self.appearance.theme.name)
        if key not in self._laid:
            if len(self._laid) > 8:
                self._laid.clear()
            self._laid[key] = self._wrapped(width, font)
        return self._laid[key]

    def _wrapped(self, width: int, font: QFont) -> tuple[QTextLayout, int]:
        layout = QTextLayout(plain(self.sentence).replace("\n", "\u2028"), font)
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats(self._formats())
        height = QFontMetricsF(font).height() * LEADING
        y = 0.0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1))
            line.setPosition(QPointF(0, y + (height - line.height()) / 2))
            y += height
        layout.endLayout()
        return layout, y.__ceil__()

    def _formats(self) -> list[QTextLayout.FormatRange]:
        formats, start = [], 0
        for span in self.sentence:
            length = len(span.text.encode("utf-16-le")) // 2
            if span.style:
                piece = QTextLayout.FormatRange()
                piece.start, piece.length = start, length
                piece.format = self._format(span.style)
                formats.append(piece)
            start += length
        return formats

    def _format(self, style: str) -> QTextCharFormat:
        form = QTextCharFormat()
        if style == "strong":
            form.setFontWeight(QFont.Weight.DemiBold)
        else:
            form.setForeground(QColor(self.appearance.theme.color(style)))
        return form

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() + self.points)
        return font

    @Slot()
    def _repaint(self) -> None:
        self.update()

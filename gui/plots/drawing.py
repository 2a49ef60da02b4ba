"""What every plot shares: a description, values to read, copying, axes with round numbers."""

import math
from collections.abc import Sequence

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QEvent,
    QMimeData,
    QPoint,
    QPointF,
    QRectF,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QAction,
    QFocusEvent,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QRegion,
    QShowEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from gui.appearance import Appearance
from gui.numerals import rounded, short, written
from gui.plots.cursor import Cursor, Reading
from gui.plots.tabular import Rows, TableDialog, tab_separated
from gui.theme import Theme

STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Home: -2,
    Qt.Key.Key_End: 2,
}


class Drawing(QWidget):
    """A plot that can be read, copied and shown as a table; `describe` says what it draws.

    The pointer, or the arrow keys, read the values at one place; Enter shows all as a table.
    """

    slow = False  # to draw in another theme: then that is an event of its own

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.appearance = appearance
        self.summary = ""
        self.cursor_layer = Cursor(appearance, self)
        self._stop: int | None = None  # where the keyboard reads
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        copy = QAction(self.tr("Copy picture"), self)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        for action, verb in (
            (copy, self.copy_picture),
            (QAction(self.tr("Copy as SVG"), self), self.copy_svg),
            (QAction(self.tr("Copy as table"), self), self.copy_table),
            (QAction(self.tr("Show as table"), self), self.show_table),
        ):
            action.triggered.connect(verb)
            self.addAction(action)
        self._stale = False  # another theme since it was seen
        appearance.changed.connect(self._follow_theme)

    def describe(self, words: str) -> None:
        """The plot in words."""
        self.summary = words
        if self.cursor_layer.reading is None and words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def table(self) -> Rows:
        """What is drawn, as rows of text with a header."""
        return ()

    def digest(self) -> Rows:
        """The table as it is shown to read: shorter than `table` where that is a grid."""
        return self.table()

    def reading_at(self, at: QPointF) -> Reading | None:
        """What is drawn at a place, pixels; None where nothing is."""
        return None

    def stops(self) -> Sequence[QPointF]:
        """The places that the arrow keys go through, in order."""
        return ()

    def reread(self) -> None:
        """Say what is now drawn where something was read."""
        stops = self.stops()
        if self._stop is not None and stops:
            self._read(self.reading_at(stops[min(self._stop, len(stops) - 1)]))
        else:
            self._read(None)

    @Slot()
    def restyle(self) -> None:
        """Draw in the colours of the theme."""
        self.update()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Seen again, perhaps in another theme."""
        if self._stale:
            self._stale = False
            self.restyle()
        super().showEvent(event)

    @Slot()
    def _follow_theme(self) -> None:
        if not self.isVisible():
            self._stale = True
        elif self.slow:
            QTimer.singleShot(0, self, self.restyle)
        else:
            self.restyle()

    @Slot()
    def copy_picture(self) -> None:
        """The plot to the clipboard, as a picture."""
        QGuiApplication.clipboard().setPixmap(picture_of(self))

    @Slot()
    def copy_svg(self) -> None:
        """The plot to the clipboard as SVG, for programs that take it, and as its text."""
        data = QMimeData()
        drawn = svg_of(self)
        data.setData("image/svg+xml", drawn)
        data.setText(bytes(drawn.data()).decode())
        QGuiApplication.clipboard().setMimeData(data)

    @Slot()
    def copy_table(self) -> None:
        """The plot to the clipboard, as tab-separated text."""
        QGuiApplication.clipboard().setText(tab_separated(self.table()))

    @Slot()
    def show_table(self) -> None:
        """The plot as words and numbers, in a window of its own."""
        TableDialog(self.accessibleName(), self.summary, self.digest(), self.window()).show()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Read where the pointer is."""
        self._stop = None
        self._read(self.reading_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing is read any more, unless by the keyboard."""
        if self._stop is None:
            self._read(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """The keyboard reads elsewhere."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._stop = None
            self._read(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows read, Esc ends reading, Enter shows the table."""
        stops, key = self.stops(), event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.table():
            self.show_table()
        elif key == Qt.Key.Key_Escape and self.cursor_layer.reading is not None:
            self._stop = None
            self._read(None)
        elif key in STEPS and stops:
            self._stop = _next_stop(self._stop, STEPS[Qt.Key(key)], len(stops))
            self.reread()
        else:
            super().keyPressEvent(event)

    def _read(self, reading: Reading | None) -> None:
        if reading is None and self.cursor_layer.reading is None:
            return
        self.cursor_layer.show_reading(reading)
        self.setAccessibleDescription(self.summary if reading is None else reading.words)
        if self._stop is not None:
            event = QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(event)

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.actions())
        menu.popup(self.mapToGlobal(at))


def picture_of(plot: Drawing) -> QPixmap:
    """The plot without what is read on it."""
    shown = plot.cursor_layer.isVisible()
    plot.cursor_layer.setVisible(False)
    try:
        return plot.grab()
    finally:
        plot.cursor_layer.setVisible(shown)


def svg_of(plot: Drawing) -> QByteArray:
    """The plot as SVG, one unit per pixel, on the ground of its theme."""
    from PySide6.QtSvg import QSvgGenerator

    content = QByteArray()
    buffer = QBuffer(content)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(plot.size())
    generator.setViewBox(plot.rect())
    generator.setTitle(plot.accessibleName())
    generator.setDescription(plot.summary)
    shown = plot.cursor_layer.isVisible()
    plot.cursor_layer.setVisible(False)
    painter = QPainter(generator)
    painter.fillRect(plot.rect(), plot.appearance.theme.color("surface"))
    plot.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.end()
    plot.cursor_layer.setVisible(shown)
    return content


def focus_ring(painter: QPainter, theme: Theme, plot: QWidget) -> None:
    """The rim of a plot that has the keyboard."""
    if plot.hasFocus():
        painter.setPen(QPen(theme.color("selected"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(plot.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


def _next_stop(stop: int | None, step: int, count: int) -> int:
    """The stop after `stop`; from none to the middle, or to the end that is meant."""
    if abs(step) > 1:
        return count - 1 if step > 0 else 0
    return count // 2 if stop is None else min(max(stop + step, 0), count - 1)


def small(font: QFont, points: float = -1.0, weight: QFont.Weight | None = None) -> QFont:
    """The font for labels in plots."""
    changed = QFont(font)
    changed.setPointSizeF(max(6.0, font.pointSizeF() + points))
    if weight is not None:
        changed.setWeight(weight)
    return changed


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers (1, 2 or 5 times a power of ten apart) from `low` to `high`, near `about`."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    raw = (high - low) / max(1, about)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [float(f"{n * step:.12g}") for n in range(first, math.floor(high / step + 1e-9) + 1)]


def place_text(value: float, low: float, high: float) -> str:
    """A place on an axis from `low` to `high`, to a thousandth of it."""
    width = high - low
    decimals = max(0, 2 - math.floor(math.log10(width))) if width > 0 else 3
    return written(rounded(value, decimals))


def tick_text(value: float) -> str:
    """A tick's number, short."""
    if abs(value) >= 1e5:
        for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
            if abs(value) >= size:
                return short(value / size) + letter
    return short(value)


def held(
    old: tuple[float, float] | None, new: tuple[float, float], slack: float = 1.5
) -> tuple[float, float]:
    """The view to draw: the old one while `new` fits in and fills it, so that nothing jumps."""
    if old is None or old[0] > new[0] or old[1] < new[1]:
        pair = new if old is None else (min(old[0], new[0]), max(old[1], new[1]))
        return pair if pair[1] - pair[0] <= slack * (new[1] - new[0]) else new
    return old if old[1] - old[0] <= slack * (new[1] - new[0]) else new

"""What every plot shares: a description, copying as picture and table, axes with round numbers."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction, QFont, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from gui.appearance import Appearance
from gui.numerals import short

Rows = Sequence[Sequence[str]]


class Drawing(QWidget):
    """A plot that can be copied; `describe` gives screen readers the sentence it draws."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.appearance = appearance
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        copy = QAction(self.tr("Copy picture"), self)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_picture)
        self.addAction(copy)
        table = QAction(self.tr("Copy as table"), self)
        table.triggered.connect(self.copy_table)
        self.addAction(table)
        appearance.changed.connect(self.restyle)

    def describe(self, words: str) -> None:
        """The plot in words."""
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def table(self) -> Rows:
        """What is drawn, as rows of text with a header."""
        return ()

    @Slot()
    def restyle(self) -> None:
        """Draw in the colours of the theme."""
        self.update()

    @Slot()
    def copy_picture(self) -> None:
        """The plot to the clipboard, as a picture."""
        QGuiApplication.clipboard().setPixmap(self.grab())

    @Slot()
    def copy_table(self) -> None:
        """The plot to the clipboard, as tab-separated text."""
        text = "\n".join("\t".join(row) for row in self.table())
        QGuiApplication.clipboard().setText(text)

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.actions())
        menu.popup(self.mapToGlobal(at))


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

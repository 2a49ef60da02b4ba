"""Categories side by side as chips: one of them, or several."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.appearance import Appearance
from gui.widgets.chip import Chip
from gui.widgets.flow import FlowLayout


class ToggleChip(Chip):
    """A category that is on or off; bold and filled where it is on."""

    def __init__(self, appearance: Appearance, label: str, role: str) -> None:
        super().__init__(appearance, label)
        self.accent = role
        self.setCheckable(True)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Rim and label."""
        theme, painter = self.appearance.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        on = self.isChecked()
        rim = "selected" if self.hasFocus() else self.accent if on else "border"
        painter.setPen(QPen(theme.color(rim), 1.6 if on or self.hasFocus() else 1.2))
        painter.setBrush(theme.color(f"{self.accent}_fill" if on else self._ground(theme)))
        painter.drawRoundedRect(box, 6, 6)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if on else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._elided())
        painter.end()

    def _elided(self) -> str:
        room = max(1, self.width() - 12)
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room)


class CategoryChips(QWidget):
    """`changed(codes)` when the user picks; with `several`, any number of them (never none)."""

    changed = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        labels: Sequence[str],
        role: str,
        *,
        several: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.several = several
        flow = FlowLayout(self, gap=4)
        self.chips: list[ToggleChip] = []
        for label in labels:
            chip = ToggleChip(appearance, label, role)
            chip.setAccessibleName(f"{name} = {label}")
            chip.clicked.connect(self._clicked)
            self.chips.append(chip)
            flow.addWidget(chip)

    def show_codes(self, codes: Iterable[int]) -> None:
        """Mark these categories, without a signal."""
        marked = set(codes)
        for code, chip in enumerate(self.chips):
            chip.setChecked(code in marked)

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if not self.several:
            for chip in self.chips:
                chip.setChecked(chip is sender)
        codes = tuple(code for code, chip in enumerate(self.chips) if chip.isChecked())
        if not codes and isinstance(sender, ToggleChip):
            sender.setChecked(True)
            return
        self.changed.emit(codes)

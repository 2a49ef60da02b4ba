"""A segmented control: one of a few choices, all in sight."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QWidget,
)

from gui.appearance import Appearance


class Segmented(QWidget):
    """Choices side by side; `chosen(index)` when the user takes another one.

    `roles` colours the chosen text of each; `compact` is for use inside a row.
    """

    self_painted = True
    chosen = Signal(int)

    def __init__(
        self,
        appearance: Appearance,
        labels: Sequence[str],
        roles: Sequence[str] = (),
        *,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.appearance = appearance
        self.setSizePolicy(
            QSizePolicy.Policy.Fixed if compact else QSizePolicy.Policy.Expanding,
            QSizePolicy.Policy.Fixed,
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(*([2] * 4 if compact else [3] * 4))
        row.setSpacing(2)
        self.group = QButtonGroup(self)
        self.segments: list[_Segment] = []
        for index, label in enumerate(labels):
            role = roles[index] if index < len(roles) else "text"
            segment = _Segment(appearance, label, role, compact)
            self.segments.append(segment)
            self.group.addButton(segment, index)
            row.addWidget(segment)
        self.group.idToggled.connect(self._toggled)
        appearance.changed.connect(self._repaint)

    def choose(self, index: int) -> None:
        """Show `index` as chosen, without a signal."""
        if not self.segments[index].isChecked():
            self.group.blockSignals(True)
            self.segments[index].setChecked(True)
            self.group.blockSignals(False)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The sunken ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.appearance.theme.color("sunken"))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        painter.end()

    @Slot(int, bool)
    def _toggled(self, index: int, checked: bool) -> None:
        if checked:
            self.chosen.emit(index)

    @Slot()
    def _repaint(self) -> None:
        self.update()


class _Segment(QAbstractButton):
    def __init__(self, appearance: Appearance, label: str, role: str, compact: bool) -> None:
        super().__init__()
        self.appearance, self.role, self.compact = appearance, role, compact
        self.setText(label)
        self.setAccessibleName(label)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the bold label."""
        width = self.fontMetrics().horizontalAdvance(self.text())
        pad = (14, 6) if self.compact else (24, 12)
        return QSize(int(width * 1.06) + pad[0], self.fontMetrics().height() + pad[1])

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The label; raised where chosen."""
        theme, painter = self.appearance.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.isChecked():
            painter.setPen(QPen(theme.color("border"), 1))
            painter.setBrush(theme.color("surface"))
            painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("selected"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if self.isChecked() else QFont.Weight.Normal)
        painter.setFont(font)
        role = self.role if self.isChecked() else "quiet"
        painter.setPen(theme.color(role if self.isEnabled() else "border"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

"""As much of a column as there is room for."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

LEAST_LINES = 3  # of what scrolls, whatever else there is


class Snug(QScrollArea):
    """As high as what is in it, where there is room; else it scrolls, and something is seen."""

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """All of it, at its present width."""
        inside = self.widget()
        layout = None if inside is None else inside.layout()
        if layout is None:
            return super().sizeHint()
        width = max(self.width(), layout.totalMinimumSize().width())
        return QSize(width, max(0, layout.totalHeightForWidth(width)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Some lines, none of them cut."""
        lines = LEAST_LINES * self.fontMetrics().lineSpacing()
        inside, bar = self.widget(), self.verticalScrollBar().sizeHint().width()
        width = 0 if inside is None else inside.minimumSizeHint().width() + bar
        return QSize(width, min(lines, self.sizeHint().height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """What is in it is another now."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width, another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


def snug(column: QVBoxLayout) -> Snug:
    """The column no higher than it needs, scrolling up and down where there is less room."""
    area = Snug()
    _fill(area, column)
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return area


def scrolled(column: QVBoxLayout) -> QScrollArea:
    """The column, scrolling up and down where it does not fit; never sideways."""
    area = QScrollArea()
    _fill(area, column)
    return area


def _fill(area: QScrollArea, column: QVBoxLayout) -> None:
    inside = QWidget()
    inside.setObjectName("sheet")
    inside.setLayout(column)
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

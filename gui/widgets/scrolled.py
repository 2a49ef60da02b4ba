"""As much of a column as there is room for."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


def scrolled(column: QVBoxLayout) -> QScrollArea:
    """The column, scrolling up and down where it does not fit; never sideways."""
    inside, area = QWidget(), QScrollArea()
    inside.setObjectName("sheet")
    inside.setLayout(column)
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area

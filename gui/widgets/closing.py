"""The cross at the end of a line that can be closed."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from gui.appearance import Appearance
from gui.icons import icon


class CloseButton(QPushButton):
    """A flat cross in the colour of the theme's text; `name` says what it closes."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setFlat(True)
        self.setAccessibleName(name)
        self.setToolTip(self.tr("Close"))
        appearance.changed.connect(self._restyle)
        self._restyle()

    @Slot()
    def _restyle(self) -> None:
        self.setIcon(icon("close", self._appearance.theme.text))

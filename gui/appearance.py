"""Which theme is shown: light, dark, or what the system says; one object, passed to every view."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from gui.theme import DARK, LIGHT, Theme


class Appearance(QObject):
    """`theme` is the one to draw with; `changed` after it became another."""

    changed = Signal()

    def __init__(self, choice: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = choice
        self.theme: Theme = self._chosen()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    def choose(self, choice: str) -> None:
        """`choice`: "light", "dark" or "system"."""
        self.choice = choice
        self._follow()

    def _follow(self) -> None:
        theme = self._chosen()
        if theme is not self.theme:
            self.theme = theme
            self.changed.emit()

    def _chosen(self) -> Theme:
        if self.choice == "system":
            scheme = QGuiApplication.styleHints().colorScheme()
            return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        return DARK if self.choice == "dark" else LIGHT

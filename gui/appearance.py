"""How the window looks: its theme and how large it is; one object, passed to every view."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from gui.theme import DARK, LIGHT, Theme

SCALES = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)  # of the whole interface
PRESENTED = 1.35  # how much larger a beamer's texts are
STRONG = 1.8  # how much thicker its arrows


class Appearance(QObject):
    """`theme` and `size` are what to draw with; `changed` after one became another.

    `scale` is what the user chose for every day; `presenting` makes it larger for a beamer.
    """

    changed = Signal()

    def __init__(self, choice: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = choice
        self.scale = 1.0
        self.presenting = False
        self.theme: Theme = self._chosen()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def size(self) -> float:
        """How large texts and metrics are; 1 = as designed."""
        return self.scale * (PRESENTED if self.presenting else 1.0)

    @property
    def strength(self) -> float:
        """How thick arrows are; 1 = as designed."""
        return STRONG if self.presenting else 1.0

    def choose(self, choice: str) -> None:
        """`choice`: "light", "dark" or "system"."""
        self.choice = choice
        self._follow()

    def choose_scale(self, scale: float) -> None:
        """The nearest of the sizes there are."""
        self._resize(min(SCALES, key=lambda one: abs(one - scale)), presenting=self.presenting)

    def step_scale(self, step: int) -> None:
        """The next larger or smaller size; the last one stays."""
        place = SCALES.index(self.scale) + step
        self.choose_scale(SCALES[max(0, min(len(SCALES) - 1, place))])

    def present(self, *, on: bool) -> None:
        """Larger and stronger, for a room; or as before."""
        self._resize(self.scale, presenting=on)

    def _resize(self, scale: float, *, presenting: bool) -> None:
        before = (self.scale, self.presenting)
        self.scale, self.presenting = scale, presenting
        if before != (scale, presenting):
            self.changed.emit()

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

"""The middle of the window: the canvas, or for a while another page in its place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from gui.docks import Docks

FOLDED = "page"  # the reason for which the panels are folded away
KEPT = {"welcome": frozenset[str](), "starter": frozenset({"data"})}


class Pages(QStackedWidget):
    """One page at a time; while it is not the canvas, panels that say nothing yet are folded."""

    turned = Signal(str)  # the page shown now

    def __init__(self, canvas: QWidget) -> None:
        super().__init__()
        self.shown = "canvas"
        self._pages = {"canvas": canvas}
        self._docks: Docks | None = None
        self.addWidget(canvas)

    def add(self, name: str, page: QWidget) -> None:
        """One more page."""
        self._pages[name] = page
        self.addWidget(page)

    def fold_with(self, docks: Docks) -> None:
        """The panels to fold."""
        self._docks = docks

    def turn_to(self, name: str) -> None:
        """Show this page."""
        if name == self.shown:
            return
        self.shown = name
        self.setCurrentWidget(self._pages[name])
        if self._docks is not None:
            if name in KEPT:
                self._docks.fold(FOLDED, KEPT[name])
            else:
                self._docks.unfold(FOLDED)
        self.turned.emit(name)

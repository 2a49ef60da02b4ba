"""The size of the interface, remembered; and the presentation for a beamer."""

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Slot

from gui.actions import Actions
from gui.appearance import Appearance
from gui.docks import QUESTION
from gui.restyling import Restyling
from gui.window import Window

SCALE_KEY = "appearance/scale"
PRESENTING = "presentation"  # the reason for which panels are folded away


class Sizing(QObject):
    """Larger, smaller, as designed; and larger still while presenting, which is not remembered."""

    def __init__(
        self,
        appearance: Appearance,
        restyling: Restyling,
        window: Window,
        actions: Actions,
        settings: QSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance, self._window = appearance, window
        self._actions, self._settings = actions, settings
        self._before = (window.windowState(), window.size())
        window.painted.connect(window.docks.make_room)
        restyling.dressed.connect(self._follow)

    def step(self, step: int) -> None:
        """One size larger or smaller."""
        self._appearance.step_scale(step)
        self._settings.setValue(SCALE_KEY, self._appearance.scale)

    def reset(self) -> None:
        """As designed."""
        self._appearance.choose_scale(1.0)
        self._settings.setValue(SCALE_KEY, self._appearance.scale)

    def present(self) -> None:
        """Begin or end: the whole screen, the graph and the question alone.

        Panels go before letters grow, and come back once letters are small again, since those that
        are hidden need not grow.
        """
        docks = self._window.docks
        if not self._actions["present"].isChecked():
            if self._appearance.presenting:
                self._appearance.present(on=False)  # the rest once it is dressed
            else:
                self._end()
            return
        if not docks.folded(PRESENTING):
            self._before = (self._window.windowState(), self._window.size())
            docks.fold(PRESENTING, frozenset({QUESTION}))
            self._window.showFullScreen()
        QTimer.singleShot(0, self, self._grow)

    def _grow(self) -> None:
        """Once the first half of the beginning is seen; it may have ended by now."""
        if self._actions["present"].isChecked():
            self._appearance.present(on=True)

    @Slot(float)
    def _follow(self, ratio: float) -> None:
        """All parts have the new size; the panels follow."""
        docks = self._window.docks
        if docks.folded(PRESENTING) and not self._appearance.presenting:
            self._end()
        elif ratio != 1:
            docks.rescale(ratio)
            if not self._appearance.presenting:
                docks.make_room()

    def _end(self) -> None:
        self._restore()
        self._window.docks.unfold(PRESENTING)

    def _restore(self) -> None:
        """The window is as it was: maximised, or as large."""
        state, size = self._before
        self._window.setWindowState(state & ~Qt.WindowState.WindowFullScreen)
        if not self._window.isMaximized():
            self._window.resize(size)


def remembered_scale(settings: QSettings) -> float:
    """The size of the interface at the last time; 1 unless it reads as a number."""
    try:
        return float(str(settings.value(SCALE_KEY, 1.0)))
    except ValueError:
        return 1.0

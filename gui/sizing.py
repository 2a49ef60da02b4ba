"""The size of the interface, remembered; and the presentation for a beamer."""

from PySide6.QtCore import QObject, QSettings, Qt, QTimer

from gui.actions import Actions
from gui.appearance import Appearance
from gui.docks import QUESTION
from gui.window import Window

SCALE_KEY = "appearance/scale"
PRESENTING = "presentation"  # the reason for which panels are folded away


class Sizing(QObject):
    """Larger, smaller, as designed; and larger still while presenting, which is not remembered."""

    def __init__(
        self,
        appearance: Appearance,
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

    def step(self, step: int) -> None:
        """One size larger or smaller."""
        before = self._appearance.size
        self._appearance.step_scale(step)
        self._keep(before)

    def reset(self) -> None:
        """As designed."""
        before = self._appearance.size
        self._appearance.choose_scale(1.0)
        self._keep(before)

    def present(self) -> None:
        """Begin or end: the whole screen, the graph and the question alone.

        In two events, so that neither keeps the window long: panels go before letters grow, and
        come back once letters are small again, since those that are hidden need not grow.
        """
        if self._actions["present"].isChecked():
            self._before = (self._window.windowState(), self._window.size())
            self._window.docks.fold(PRESENTING, frozenset({QUESTION}))
            self._window.showFullScreen()
        else:
            self._appearance.present(on=False)
        QTimer.singleShot(0, self, self._finish)

    def _finish(self) -> None:
        """What is still to be done once the first half is seen; it may be the other way by now."""
        on = self._actions["present"].isChecked()
        docks, before = self._window.docks, self._appearance.size
        self._appearance.present(on=on)
        if on:
            docks.rescale(self._appearance.size / before)
        else:
            self._restore()
            docks.unfold(PRESENTING)

    def _restore(self) -> None:
        """The window is as it was: maximised, or as large."""
        state, size = self._before
        self._window.setWindowState(state & ~Qt.WindowState.WindowFullScreen)
        if not self._window.isMaximized():
            self._window.resize(size)

    def _keep(self, before: float) -> None:
        self._window.docks.rescale(self._appearance.size / before)
        self._window.docks.make_room()
        self._settings.setValue(SCALE_KEY, self._appearance.scale)


def remembered_scale(settings: QSettings) -> float:
    """The size of the interface at the last time; 1 unless it reads as a number."""
    try:
        return float(str(settings.value(SCALE_KEY, 1.0)))
    except ValueError:
        return 1.0

"""Another theme or another size for the whole window, in slices, and seen all at once.

To dress all parts and to paint them takes longer than a click should keep the window. So it is
done part by part between other events, while the window goes on showing what it showed; it is
painted once all of it is dressed, and nobody sees half of it.
"""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from gui.actions import Actions
from gui.appearance import Appearance
from gui.canvas.view import CanvasView
from gui.dressing import Dressing
from gui.slices import Slices
from gui.steps import Steps, through
from gui.stylesheet import stylesheet
from gui.theme import palette
from gui.window import Window


class Restyling(QObject):
    """Follows the appearance; `dressed` comes before the window is painted again."""

    dressed = Signal(float)  # how many times as large as before

    def __init__(
        self,
        appearance: Appearance,
        window: Window,
        canvas: CanvasView,
        actions: Actions,
        font: QFont,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance, self._window, self._canvas = appearance, window, canvas
        self._actions, self._font = actions, font
        self._dressing, self._size = Dressing(window), appearance.size
        self._slices = Slices(self)
        appearance.changed.connect(self._begin)
        through(self._steps())

    @property
    def running(self) -> bool:
        """Whether the window still shows what it showed."""
        return self._slices.running

    def cancel(self) -> None:
        """Stay as it is."""
        self._slices.cancel()
        self._window.setUpdatesEnabled(True)

    def _begin(self) -> None:
        """Nothing is painted until all steps are done."""
        self._slices.start(self._held())
        self._window.setUpdatesEnabled(False)

    def _held(self) -> Steps:
        try:
            yield from self._steps()
        finally:
            self._window.setUpdatesEnabled(True)

    def _steps(self) -> Steps:
        appearance = self._appearance
        theme, size = appearance.theme, appearance.size
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(palette(theme))
            yield 0.0
            application.setFont(times(self._font, size))
        self._window.toolbar.show_size(size)
        yield 0.0
        yield from self._actions.restyling(theme)
        yield from self._dressing.steps(stylesheet(theme, size))
        ratio, self._size = size / self._size, size
        self.dressed.emit(ratio)
        yield 0.0
        self._window.settle()
        yield 0.0
        yield from self._canvas.painting()


def times(font: QFont, size: float) -> QFont:
    """The font so many times as large."""
    scaled = QFont(font)
    scaled.setPointSizeF(font.pointSizeF() * size)
    return scaled
